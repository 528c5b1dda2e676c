-- P23. known_change: the register's last change when the letter was queued, so that a later one of the
-- unit's contacts is a new address. told_in: the letter in which the coordinator was told that nobody
-- got this one.
ALTER TABLE letter ADD COLUMN known_change INTEGER NOT NULL DEFAULT 0;
ALTER TABLE letter ADD COLUMN told_in INTEGER;
UPDATE letter SET known_change = (SELECT coalesce(max(id), 0) FROM change);
CREATE INDEX letter_told_in ON letter(told_in) WHERE told_in IS NOT NULL;
CREATE INDEX recipient_failed ON recipient(letter) WHERE delivery = 'failed';
