-- Letters with their delivery state, kept until accounted for. Written by mail/ only.
-- Moments are local time of the plan's zone, "2026-11-24T08:00:00"; tries are unix seconds.

-- A letter's number is its id and is never used twice, not even after old letters were removed.
CREATE TABLE letter (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  message_id TEXT NOT NULL UNIQUE,     -- without angle brackets
  thread TEXT,                         -- Message-ID of the unit's first letter of the year
  day TEXT NOT NULL,                   -- the day it speaks of
  unit TEXT NOT NULL,
  kind TEXT NOT NULL,                  -- digest receipt
  subject TEXT NOT NULL,
  worst TEXT NOT NULL,                 -- urgency of its worst item: overdue due_now legal …
  items INTEGER NOT NULL,
  steps TEXT NOT NULL,                 -- "key step;key step"
  queued_at TEXT NOT NULL,
  bytes BLOB NOT NULL
) STRICT;
CREATE INDEX letter_unit ON letter(unit, day);

-- delivery: queued held sending sent deferred in_doubt failed superseded. A letter without any
-- living address has one row with email '' that failed: "no address".
CREATE TABLE recipient (
  id INTEGER PRIMARY KEY,
  letter INTEGER NOT NULL REFERENCES letter(id) ON DELETE CASCADE,
  email TEXT NOT NULL,
  name TEXT,
  delivery TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  next_attempt INTEGER,                -- deferred: not before
  smtp_code INTEGER,
  smtp_text TEXT,
  leased_at INTEGER,                   -- sending: since
  sent_at INTEGER,
  UNIQUE (letter, email)
) STRICT;
CREATE INDEX recipient_open ON recipient(delivery, letter)
  WHERE delivery NOT IN ('sent', 'superseded', 'failed');
