-- What the run that is kept read: "|village.code|village.ended_on|". A change of any other column is no reason to run the
-- plugin again. NULL: not known, every column of its inputs counts.
ALTER TABLE kept_findings ADD COLUMN reads TEXT;
