-- import.sql: the same rows into an equal keyed table with the sqlite3 shell's own .import: the
-- reference that `langnghectl import establishments` is measured against.
--
--   (cd DIR && sqlite3 reference.db < …/tests/bench/import.sql)    DIR holds establishments.csv
--
-- Equal: the columns, the key, the index, the journal and what a commit waits for are those of the
-- register. Less than the register does: cells stay text as they stand (yes/no, empty for unknown),
-- nothing is checked, no reference is looked up, no history is kept.
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;

CREATE TABLE establishment (
	code TEXT NOT NULL, village TEXT, commune TEXT, name TEXT, kind TEXT,
	environment_compliant TEXT, relocation TEXT, relocation_due_on TEXT, figures_on TEXT,
	ended_on TEXT, end_reason TEXT, source TEXT, PRIMARY KEY (code)
) STRICT, WITHOUT ROWID;
CREATE INDEX establishment_by_village ON establishment
	(village, ended_on, environment_compliant, relocation, relocation_due_on, figures_on);

.import --csv --skip 1 establishments.csv establishment
SELECT count(*) FROM establishment;
