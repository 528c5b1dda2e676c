-- 0001-register.sql: what is known. One table per kind of register file with the columns of that
-- file in their order, the history of every cell, and the views that rules and plugins may read.
-- Dates are ISO text, yes/no is 1/0, coded words are text checked by the register's code (a CHECK
-- with IN costs two seconds per million rows), NULL is unknown. References are checked at import and
-- removal, in words an officer understands, so no foreign keys stand here. `rev` counts a row's changes.

CREATE TABLE meta (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE unit (
	code TEXT NOT NULL, name TEXT, kind TEXT, parent TEXT, valid_from TEXT, valid_to TEXT,
	successors TEXT, official_code TEXT, ended_on TEXT, end_reason TEXT, source TEXT,
	rev INTEGER NOT NULL DEFAULT 1, PRIMARY KEY (code)
) STRICT, WITHOUT ROWID;

CREATE TABLE contact (
	unit TEXT NOT NULL, email TEXT NOT NULL, name TEXT, role TEXT, field TEXT, phone TEXT,
	valid_from TEXT, valid_to TEXT, ended_on TEXT, end_reason TEXT, source TEXT,
	rev INTEGER NOT NULL DEFAULT 1, PRIMARY KEY (unit, email)
) STRICT, WITHOUT ROWID;

CREATE TABLE village (
	code TEXT NOT NULL, name TEXT, kind TEXT, trade TEXT, hamlets TEXT, commune TEXT,
	old_commune TEXT, old_district TEXT, at_risk_since TEXT, preservation_plan_on TEXT,
	tourism_since TEXT, env_plan_state TEXT, env_plan_type TEXT, env_plan_submitted_on TEXT,
	env_plan_approved_by TEXT, env_plan_no TEXT, env_plan_on TEXT, env_plan_valid_to TEXT,
	env_group INTEGER, env_group_no TEXT, env_group_on TEXT, env_drainage TEXT,
	env_wastewater TEXT, env_solid_waste TEXT, pollution_risk INTEGER, reviewed_on TEXT,
	ended_on TEXT, end_reason TEXT, source TEXT, rev INTEGER NOT NULL DEFAULT 1, PRIMARY KEY (code)
) STRICT, WITHOUT ROWID;

CREATE TABLE recognition (
	code TEXT NOT NULL, kind TEXT, trade TEXT, name TEXT, villages TEXT, decision_no TEXT,
	recognised_on TEXT, valid_to TEXT, status TEXT, restored_on TEXT, renamed_on TEXT,
	rename_decision_no TEXT, ended_on TEXT, end_reason TEXT, source TEXT,
	rev INTEGER NOT NULL DEFAULT 1, PRIMARY KEY (code)
) STRICT, WITHOUT ROWID;

CREATE TABLE village_year (
	village TEXT NOT NULL, year INTEGER NOT NULL, households INTEGER, craft_households INTEGER,
	workers INTEGER, workers_trained INTEGER, establishments INTEGER,
	establishments_compliant INTEGER, establishments_ocop INTEGER, effective INTEGER,
	output_thousand INTEGER, price_basis TEXT, income_month_thousand INTEGER, figures_on TEXT,
	source TEXT, rev INTEGER NOT NULL DEFAULT 1, PRIMARY KEY (village, year)
) STRICT, WITHOUT ROWID;

CREATE TABLE establishment (
	code TEXT NOT NULL, village TEXT, commune TEXT, name TEXT, kind TEXT,
	environment_compliant INTEGER, relocation TEXT, relocation_due_on TEXT, figures_on TEXT,
	ended_on TEXT, end_reason TEXT, source TEXT, rev INTEGER NOT NULL DEFAULT 1, PRIMARY KEY (code)
) STRICT, WITHOUT ROWID;

CREATE TABLE product (
	code TEXT NOT NULL, establishments TEXT, name TEXT, ocop_stars INTEGER, certified_on TEXT,
	valid_to TEXT, certificate_no TEXT, traceability INTEGER, online_sale INTEGER, ended_on TEXT,
	end_reason TEXT, source TEXT, rev INTEGER NOT NULL DEFAULT 1, PRIMARY KEY (code)
) STRICT, WITHOUT ROWID;

CREATE TABLE ip_right (
	no TEXT NOT NULL, form TEXT, name TEXT, holder TEXT, villages TEXT, products TEXT,
	granted_on TEXT, valid_to TEXT, ended_on TEXT, end_reason TEXT, source TEXT,
	rev INTEGER NOT NULL DEFAULT 1, PRIMARY KEY (no)
) STRICT, WITHOUT ROWID;

CREATE TABLE zone (
	code TEXT NOT NULL, name TEXT, material TEXT, communes TEXT, unit TEXT, planned_ha TEXT,
	actual_ha TEXT, certificate TEXT, due_on TEXT, done_on TEXT, ended_on TEXT, end_reason TEXT,
	source TEXT, rev INTEGER NOT NULL DEFAULT 1, PRIMARY KEY (code)
) STRICT, WITHOUT ROWID;

CREATE TABLE project (
	code TEXT NOT NULL, task TEXT, kind TEXT, name TEXT, unit TEXT, villages TEXT,
	planned_approval_on TEXT, approved_on TEXT, decision_no TEXT, amount_million INTEGER,
	funding TEXT, disbursed_million INTEGER, ended_on TEXT, end_reason TEXT, source TEXT,
	rev INTEGER NOT NULL DEFAULT 1, PRIMARY KEY (code)
) STRICT, WITHOUT ROWID;

CREATE TABLE activity (
	code TEXT NOT NULL, task TEXT, kind TEXT, unit TEXT, places TEXT, held_on TEXT,
	quantity INTEGER, participants INTEGER, audience TEXT, outlet TEXT, title TEXT, evidence TEXT,
	ended_on TEXT, end_reason TEXT, source TEXT, rev INTEGER NOT NULL DEFAULT 1, PRIMARY KEY (code)
) STRICT, WITHOUT ROWID;

CREATE TABLE difficulty (
	code TEXT NOT NULL, task TEXT, unit TEXT, raised_on TEXT, text TEXT, asked_of TEXT,
	answered_on TEXT, answer TEXT, ended_on TEXT, end_reason TEXT, source TEXT,
	rev INTEGER NOT NULL DEFAULT 1, PRIMARY KEY (code)
) STRICT, WITHOUT ROWID;

CREATE TABLE submission (
	duty TEXT NOT NULL, unit TEXT NOT NULL, period TEXT NOT NULL, document_on TEXT,
	received_on TEXT, document_no TEXT, figures_on TEXT, accepted INTEGER, note TEXT,
	ended_on TEXT, end_reason TEXT, source TEXT, rev INTEGER NOT NULL DEFAULT 1, PRIMARY KEY (duty,
	unit, period)
) STRICT, WITHOUT ROWID;

CREATE TABLE figure (
	target TEXT NOT NULL, year INTEGER NOT NULL, place TEXT NOT NULL, source TEXT NOT NULL,
	value TEXT, numerator INTEGER, denominator INTEGER, measure TEXT, figures_on TEXT,
	preferred INTEGER, rev INTEGER NOT NULL DEFAULT 1, PRIMARY KEY (target, year, place, source)
) STRICT, WITHOUT ROWID;

-- contact by unit and village_year by village are their primary keys' beginnings.
CREATE INDEX village_by_commune ON village (commune);
CREATE INDEX submission_by_duty ON submission (duty, period);
-- Answers the counts per village without touching the rows.
CREATE INDEX establishment_by_village ON establishment
	(village, ended_on, environment_compliant, relocation, relocation_due_on, figures_on);

-- A granted extension of one unit's last day for one period.
CREATE TABLE extension (
	duty TEXT NOT NULL, unit TEXT NOT NULL, period TEXT NOT NULL, until TEXT NOT NULL,
	document_no TEXT, by TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (duty, unit, period)
) STRICT, WITHOUT ROWID;

-- One row per file loaded. Its changes are change.id first_change … last_change.
CREATE TABLE import (
	id INTEGER PRIMARY KEY, at TEXT NOT NULL, by TEXT NOT NULL, kind TEXT NOT NULL,
	file TEXT NOT NULL, added INTEGER NOT NULL, changed INTEGER NOT NULL,
	first_change INTEGER, last_change INTEGER, undone_at TEXT, undone_by TEXT
) STRICT;

-- The history: who changed what. A row added is one entry without values, a changed cell one entry
-- each. op is add, set or remove; key is the key columns joined with '/'.
CREATE TABLE change (
	id INTEGER PRIMARY KEY, at TEXT NOT NULL, by TEXT NOT NULL, import_id INTEGER,
	kind TEXT NOT NULL, key TEXT NOT NULL, op TEXT NOT NULL, column TEXT, old TEXT, new TEXT
) STRICT;
CREATE INDEX change_by_row ON change (key, kind);

CREATE VIEW v_unit AS SELECT
	code, name, kind, parent, valid_from, valid_to, successors, official_code, ended_on,
	end_reason, source
	FROM unit;
CREATE VIEW v_village AS SELECT
	code, name, kind, trade, hamlets, commune, old_commune, old_district, at_risk_since,
	preservation_plan_on, tourism_since, env_plan_state, env_plan_type, env_plan_submitted_on,
	env_plan_approved_by, env_plan_no, env_plan_on, env_plan_valid_to, env_group, env_group_no,
	env_group_on, env_drainage, env_wastewater, env_solid_waste, pollution_risk, reviewed_on,
	ended_on, end_reason, source
	FROM village;
CREATE VIEW v_recognition AS SELECT
	code, kind, trade, name, villages, decision_no, recognised_on, valid_to, status, restored_on,
	renamed_on, rename_decision_no, ended_on, end_reason, source
	FROM recognition;
CREATE VIEW v_village_year AS SELECT
	village, year, households, craft_households, workers, workers_trained, establishments,
	establishments_compliant, establishments_ocop, effective, output_thousand, price_basis,
	income_month_thousand, figures_on, source
	FROM village_year;
CREATE VIEW v_establishment AS SELECT
	code, village, commune, name, kind, environment_compliant, relocation, relocation_due_on,
	figures_on, ended_on, end_reason, source
	FROM establishment;
CREATE VIEW v_product AS SELECT
	code, establishments, name, ocop_stars, certified_on, valid_to, certificate_no, traceability,
	online_sale, ended_on, end_reason, source
	FROM product;
CREATE VIEW v_ip_right AS SELECT
	no, form, name, holder, villages, products, granted_on, valid_to, ended_on, end_reason, source
	FROM ip_right;
CREATE VIEW v_zone AS SELECT
	code, name, material, communes, unit, planned_ha, actual_ha, certificate, due_on, done_on,
	ended_on, end_reason, source
	FROM zone;
CREATE VIEW v_project AS SELECT
	code, task, kind, name, unit, villages, planned_approval_on, approved_on, decision_no,
	amount_million, funding, disbursed_million, ended_on, end_reason, source
	FROM project;
CREATE VIEW v_activity AS SELECT
	code, task, kind, unit, places, held_on, quantity, participants, audience, outlet, title,
	evidence, ended_on, end_reason, source
	FROM activity;
CREATE VIEW v_difficulty AS SELECT
	code, task, unit, raised_on, text, asked_of, answered_on, answer, ended_on, end_reason, source
	FROM difficulty;
CREATE VIEW v_submission AS SELECT
	duty, unit, period, document_on, received_on, document_no, figures_on, accepted, note,
	ended_on, end_reason, source
	FROM submission;
CREATE VIEW v_figure AS SELECT
	target, year, place, source, value, numerator, denominator, measure, figures_on, preferred
	FROM figure;
