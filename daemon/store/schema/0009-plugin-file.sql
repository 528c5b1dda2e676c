-- Which file of a plugin judged from which day on: a row whenever another one judges than before.
CREATE TABLE plugin_file (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,      -- as in plugin_run
  version TEXT, sha256 TEXT NOT NULL,
  used_from TEXT NOT NULL  -- day
) STRICT;
CREATE INDEX plugin_file_name ON plugin_file(name, id);
