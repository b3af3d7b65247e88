-- Of which call and which party a recording file is, for looking it up.
-- Zero of the file's time, milliseconds UTC.
ALTER TABLE segments ADD COLUMN began_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE segments ADD COLUMN direction TEXT COLLATE "C" NOT NULL DEFAULT 'INBOUND';
-- Agent or customer.
ALTER TABLE segments ADD COLUMN participant_id TEXT COLLATE "C";
ALTER TABLE segments ADD COLUMN identity TEXT COLLATE "C";
-- Agents and queues that had the call before and after.
ALTER TABLE segments ADD COLUMN transferred_from TEXT COLLATE "C";
ALTER TABLE segments ADD COLUMN transferred_to TEXT COLLATE "C";
ALTER TABLE segments ADD COLUMN transferred_from_queue TEXT COLLATE "C";
ALTER TABLE segments ADD COLUMN transferred_to_queue TEXT COLLATE "C";
UPDATE segments SET
    began_at = COALESCE((SELECT recording_epoch_us / 1000 FROM calls
        WHERE calls.account = segments.account AND calls.id = segments.call), started_at),
    direction = COALESCE((SELECT direction FROM calls
        WHERE calls.account = segments.account AND calls.id = segments.call), direction),
    participant_id = (SELECT COALESCE(legs.agent, calls.customer) FROM legs
        JOIN calls ON calls.account = legs.account AND calls.id = legs.call
        WHERE legs.account = segments.account AND legs.id = segments.leg),
    identity = (SELECT identity FROM legs WHERE legs.account = segments.account AND legs.id = segments.leg);
CREATE INDEX segments_leg ON segments (account, leg);
CREATE INDEX segments_began ON segments (account, began_at);

-- The agent who handed a call over last, and whose queue it was until then.
ALTER TABLE calls ADD COLUMN handed_over_by TEXT COLLATE "C";
ALTER TABLE calls ADD COLUMN handed_over_queue TEXT COLLATE "C";
