-- The life of findings over time, and what each unit was told. Written by alerts/ only.

CREATE TABLE alert (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,            -- plugin/rule/subject/period
  plugin TEXT NOT NULL,
  rule TEXT NOT NULL,
  kind INTEGER NOT NULL,               -- enum ln_kind
  subject TEXT NOT NULL,
  period TEXT NOT NULL,                -- '' where there is none
  task TEXT, duty TEXT, target TEXT,
  name TEXT NOT NULL,                  -- the subject's name for people
  place TEXT,
  status TEXT NOT NULL,
  state TEXT NOT NULL,
  severity INTEGER NOT NULL,
  level INTEGER NOT NULL DEFAULT 0,    -- of escalation
  generation INTEGER NOT NULL DEFAULT 1, -- counts its reopenings: steps are told anew in each
  opened_on TEXT NOT NULL,
  found_on TEXT,                       -- first day it was known to be bad (not only unknown)
  ended_on TEXT,
  status_since TEXT NOT NULL,
  status_seq INTEGER NOT NULL DEFAULT 1,
  worse_since TEXT,
  worse_seq INTEGER NOT NULL DEFAULT 0,
  lost INTEGER NOT NULL DEFAULT 0,     -- missing or short became unknown (P8)
  last_day TEXT, valid_to TEXT, done_on TEXT, document_no TEXT,
  extension_no TEXT,
  numerator INTEGER, denominator INTEGER, unknown INTEGER,
  lacks INTEGER NOT NULL DEFAULT 0, unknowns INTEGER NOT NULL DEFAULT 0,
  acknowledged_on TEXT, acknowledged_by TEXT, snoozed_until TEXT,
  note TEXT,
  summary TEXT NOT NULL
) STRICT;
CREATE INDEX alert_active ON alert(state, plugin);
CREATE INDEX alert_duty ON alert(duty, period);

-- Whom an alert is addressed to, today and before.
CREATE TABLE alert_unit (
  alert INTEGER NOT NULL REFERENCES alert(id),
  unit TEXT NOT NULL,                  -- the living unit that is written to
  role TEXT NOT NULL,
  named TEXT NOT NULL,                 -- the unit as the plan or the register names it
  since TEXT NOT NULL,
  until TEXT,                          -- set when another unit took it over, or it no longer concerns
  inherited_from TEXT,
  told_numerator INTEGER, told_denominator INTEGER, -- of the last letter about it (P9)
  PRIMARY KEY (alert, unit)
) STRICT, WITHOUT ROWID;
CREATE INDEX alert_unit_unit ON alert_unit(unit);

-- One step of an alert towards one unit. outcome: pending (news waiting for a letter), told,
-- passed (a later step went instead), skipped (acknowledged), returned (was in a letter that nobody
-- accepted: due again).
CREATE TABLE notice (
  alert INTEGER NOT NULL REFERENCES alert(id),
  unit TEXT NOT NULL,
  generation INTEGER NOT NULL,
  step TEXT NOT NULL,
  outcome TEXT NOT NULL,
  day TEXT NOT NULL,
  letter INTEGER,
  PRIMARY KEY (alert, unit, generation, step)
) STRICT, WITHOUT ROWID;
CREATE INDEX notice_letter ON notice(letter) WHERE letter IS NOT NULL;
CREATE INDEX notice_pending ON notice(outcome) WHERE outcome = 'pending';

-- What happened to an alert, in words for the administrator. Never changed.
CREATE TABLE alert_event (
  id INTEGER PRIMARY KEY,
  alert INTEGER NOT NULL REFERENCES alert(id),
  day TEXT NOT NULL,
  event TEXT NOT NULL,
  detail TEXT NOT NULL,
  by TEXT
) STRICT;
CREATE INDEX alert_event_alert ON alert_event(alert);

-- Results of targets, written on change and at month end: history cannot be invented later.
-- closed = 1: the year's figures are closed and this is its result (P10).
CREATE TABLE target_result (
  target TEXT NOT NULL,
  year INTEGER NOT NULL,
  judged_on TEXT NOT NULL,
  numerator INTEGER NOT NULL,
  denominator INTEGER NOT NULL,
  unknown INTEGER NOT NULL,
  range_low INTEGER NOT NULL,
  range_high INTEGER NOT NULL,
  status TEXT NOT NULL,
  figures_on TEXT,
  source TEXT,
  closed INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (target, year, judged_on)
) STRICT, WITHOUT ROWID;

CREATE VIEW v_target_result AS
  SELECT target, year, judged_on, numerator, denominator, unknown, range_low, range_high, status,
         figures_on, source, closed
  FROM target_result;

-- One row per plugin: how its runs went.
CREATE TABLE plugin_run (
  name TEXT PRIMARY KEY,
  version TEXT, file TEXT, sha256 TEXT,
  last_run TEXT,                       -- moment of the last run
  last_complete TEXT,                  -- day of the last complete one: "last checked"
  last_ms INTEGER, findings INTEGER,
  runs INTEGER NOT NULL DEFAULT 0,
  failures INTEGER NOT NULL DEFAULT 0, -- in a row
  last_error TEXT
) STRICT;
