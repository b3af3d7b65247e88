-- Since when the call waits in its queue, or did before the answer: a transfer to a queue begins anew.
ALTER TABLE calls ADD COLUMN waiting_since BIGINT NOT NULL DEFAULT 0;
UPDATE calls SET waiting_since = created_at;
-- It waits before all others: a transfer did not reach anybody.
ALTER TABLE calls ADD COLUMN front_of_queue BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE calls ADD COLUMN held_since BIGINT;
-- The transfer to an agent that is under way: from this agent to that one, who has the leg.
ALTER TABLE calls ADD COLUMN transfer_from TEXT;
ALTER TABLE calls ADD COLUMN transfer_to TEXT;
ALTER TABLE calls ADD COLUMN transfer_leg TEXT;
ALTER TABLE calls ADD COLUMN transfer_since BIGINT;
