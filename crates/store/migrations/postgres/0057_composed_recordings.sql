-- The files of a call's legs are merged into one, read at its start.
ALTER TABLE calls ADD COLUMN auto_compose BOOLEAN NOT NULL DEFAULT FALSE;
-- How a merged file is made of others, as JSON: it is read and written as a whole.
ALTER TABLE segments ADD COLUMN composed TEXT COLLATE "C";
