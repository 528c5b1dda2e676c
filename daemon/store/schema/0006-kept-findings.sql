-- What a plugin reported last, so that it is not run again while its day, its inputs and all else it was
-- asked with are the same. made_with: digest of the plugin, its settings, the plan and the calendar.
-- seen_change: the register's last change before that run. Written by rules/kept.c only.
CREATE TABLE kept_findings (
  plugin TEXT PRIMARY KEY,
  day TEXT NOT NULL,
  made_with TEXT NOT NULL,
  seen_change INTEGER NOT NULL,
  key BLOB NOT NULL,                   -- of the frame's checksum
  frame BLOB NOT NULL
) STRICT;
