-- How often a letter's end was in doubt: it is sent again once, with the same Message-ID, and then
-- stays in doubt for a person to decide. in_doubt with a next_attempt is tried again then.
ALTER TABLE recipient ADD COLUMN doubts INTEGER NOT NULL DEFAULT 0;
