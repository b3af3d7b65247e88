-- Nothing of a call's recording is kept at present.
ALTER TABLE calls ADD COLUMN recording_paused BOOLEAN NOT NULL DEFAULT FALSE;
