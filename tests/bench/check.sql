-- check.sql: what `langnghectl check` works out for the plugins environment and reporting, as plain
-- SQL over the register, for the sqlite3 shell: the reference that the bench measures against.
--
--   sqlite3 -readonly -cmd ".parameter set :today \"'2026-11-20'\"" DATABASE < check.sql
--
-- The readings of the plan are the defaults: a làng nghề truyền thống counts as a làng nghề, a nghề
-- truyền thống alone does not; commitments and schemes are shown and do not count as a plan; a plan
-- without an end runs five years; every village that has not ended counts, recognised or not.
-- A state is one of ok, lacks, unknown, expired, waiting. Unknown is never counted as lacking.

-- 1. The marks of each village.
SELECT
	code, name, commune, old_commune, old_district, reviewed_on,
	CASE
	WHEN env_plan_state = 'approved' AND env_plan_type <> 'plan' THEN 'lacks'
	WHEN env_plan_state = 'approved' AND env_plan_type IS NULL THEN 'unknown'
	WHEN env_plan_state = 'approved'
		AND coalesce(env_plan_valid_to, date(env_plan_on, '+5 years')) IS NULL THEN 'unknown'
	WHEN env_plan_state = 'approved'
		AND coalesce(env_plan_valid_to, date(env_plan_on, '+5 years')) < :today THEN 'expired'
	WHEN env_plan_state = 'approved' THEN 'ok'
	WHEN env_plan_state = 'submitted' THEN 'waiting'
	WHEN env_plan_state IS NULL THEN 'unknown'
	ELSE 'lacks'
	END AS env_plan,
	env_plan_state, env_plan_type, env_plan_no, env_plan_on, env_plan_valid_to,
	CASE env_group WHEN 1 THEN 'ok' WHEN 0 THEN 'lacks' ELSE 'unknown' END AS env_group,
	CASE WHEN env_drainage IN ('yes', 'na') THEN 'ok'
		WHEN env_drainage = 'no' THEN 'lacks' ELSE 'unknown' END AS env_drainage,
	CASE WHEN env_wastewater IN ('yes', 'na') THEN 'ok'
		WHEN env_wastewater = 'no' THEN 'lacks' ELSE 'unknown' END AS env_wastewater,
	CASE WHEN env_solid_waste IN ('yes', 'na') THEN 'ok'
		WHEN env_solid_waste = 'no' THEN 'lacks' ELSE 'unknown' END AS env_solid_waste
FROM village
WHERE kind IN ('village', 'traditional_village') AND (ended_on IS NULL OR ended_on > :today)
ORDER BY code;

-- 2. The establishments of each village: listed, compliant, not compliant, not known, and those that
-- should have moved by now. The index establishment_by_village answers it alone.
SELECT
	village, count(*) AS listed,
	sum(environment_compliant = 1) AS compliant,
	sum(environment_compliant = 0) AS not_compliant,
	sum(environment_compliant IS NULL) AS unknown,
	sum(relocation = 'required' AND relocation_due_on < :today) AS relocation_overdue
FROM establishment
WHERE village IS NOT NULL AND (ended_on IS NULL OR ended_on > :today)
GROUP BY village
ORDER BY village;

-- 3. The target figures H1, H2, H3 over the villages, H4 over the establishments of all three kinds
-- of places. Numerator, denominator (the unknown included), unknown. A place of which neither a list
-- nor sums nor craft households are known adds nothing to H4: no member is invented.
WITH living AS (
	SELECT * FROM village WHERE ended_on IS NULL OR ended_on > :today
), held AS (
	SELECT * FROM living WHERE kind IN ('village', 'traditional_village')
), plan AS (
	SELECT env_plan_state AS state, env_plan_type AS type, env_plan_on AS approved_on,
		coalesce(env_plan_valid_to, date(env_plan_on, '+5 years')) AS valid_to
	FROM held
), listed AS (
	SELECT village, count(*) AS n, sum(environment_compliant = 1) AS good,
		sum(environment_compliant IS NULL) AS unknown
	FROM establishment
	WHERE village IS NOT NULL AND (ended_on IS NULL OR ended_on > :today)
	GROUP BY village
), known AS (
	SELECT * FROM village_year
	WHERE year <= CAST(strftime('%Y', :today) AS INTEGER)
		AND (figures_on IS NULL OR figures_on <= :today)
), latest AS (
	-- The newest sums that name a number of establishments. (One max() beside bare columns takes
	-- them from the row that holds the maximum.)
	SELECT village, max(year) AS year, establishments AS n,
		min(establishments_compliant, establishments) AS good
	FROM known WHERE establishments IS NOT NULL
	GROUP BY village
), households AS (
	SELECT village, max(year) AS year, craft_households AS n
	FROM known WHERE craft_households IS NOT NULL
	GROUP BY village
), counted AS (
	-- A list wins over the sums where it covers at least as many.
	SELECT
		CASE WHEN l.n >= coalesce(y.n, 0) THEN l.good ELSE y.good END AS good,
		CASE WHEN l.n >= coalesce(y.n, 0) THEN l.n ELSE coalesce(y.n, h.n) END AS n,
		CASE WHEN l.n >= coalesce(y.n, 0) THEN l.unknown
			WHEN y.n IS NULL THEN h.n
			WHEN y.good IS NULL THEN y.n ELSE 0 END AS unknown
	FROM living v
	LEFT JOIN listed l ON l.village = v.code
	LEFT JOIN latest y ON y.village = v.code
	LEFT JOIN households h ON h.village = v.code
)
SELECT 'env-plan' AS target,
	coalesce(sum(state = 'approved' AND type = 'plan' AND valid_to >= :today AND coalesce(approved_on, '') <= :today), 0)
		AS numerator,
	count(*) AS denominator,
	coalesce(sum(state IS NULL
		OR (state = 'approved' AND (type IS NULL OR (type = 'plan' AND valid_to IS NULL)))), 0)
		AS unknown
FROM plan
UNION ALL
SELECT 'env-group', coalesce(sum(env_group = 1 AND coalesce(env_group_on, '') <= :today), 0), count(*), coalesce(sum(env_group IS NULL), 0)
FROM held
UNION ALL
SELECT 'env-infrastructure',
	coalesce(sum(env_drainage <> 'no' AND env_wastewater <> 'no' AND env_solid_waste <> 'no'), 0),
	count(*),
	coalesce(sum('no' NOT IN (coalesce(env_drainage, ''), coalesce(env_wastewater, ''),
			coalesce(env_solid_waste, ''))
		AND (env_drainage IS NULL OR env_wastewater IS NULL OR env_solid_waste IS NULL)), 0)
FROM held
UNION ALL
SELECT 'env-compliance', coalesce(sum(good), 0), coalesce(sum(n), 0), coalesce(sum(unknown), 0)
FROM counted;

-- 4. The reports owed: R1 by every province-level unit that lives on the last day and has, itself or
-- through a predecessor, a role in the appendix, less the collector; R2 by the collector. A report
-- handed in by a predecessor counts (whether another predecessor's part is still owed is for the
-- program to say). "Trước ngày" leaves the day itself out.
WITH RECURSIVE named(code) AS (
	VALUES ('so-nnptnt'), ('so-tnmt'), ('so-tttt'), ('so-khcn'), ('so-congthuong'),
		('so-taichinh'), ('so-khdt'), ('so-vhttdl'), ('so-ldtbxh'), ('vp-ntm'), ('dai-ptth'),
		('bao-thanhhoa')
), period(duty, year, last_day) AS (
	VALUES ('unit-report', 2023, '2023-12-04'), ('province-report', 2023, '2023-12-14')
	UNION ALL
	SELECT duty, year + 1, (year + 1) || substr(last_day, 5) FROM period
	WHERE year < CAST(strftime('%Y', :today) AS INTEGER)
), carries(duty, year, last_day, named, unit) AS (
	SELECT duty, year, last_day, code, code FROM period, named
	UNION
	SELECT c.duty, c.year, c.last_day, c.named, s.value
	FROM carries c JOIN unit u ON u.code = c.unit,
		json_each('["' || replace(u.successors, '|', '","') || '"]') s
	WHERE u.valid_to < c.last_day AND u.successors IS NOT NULL
), living AS (
	SELECT c.*, u.name FROM carries c JOIN unit u ON u.code = c.unit
	WHERE (u.valid_from IS NULL OR u.valid_from <= c.last_day)
		AND (u.valid_to IS NULL OR u.valid_to >= c.last_day)
), collector AS (
	SELECT duty, year, unit FROM living WHERE named = 'so-nnptnt'
), owed AS (
	SELECT l.duty, l.year, l.last_day, l.unit, l.name,
		min(coalesce(s.received_on, s.document_on)) AS done_on,
		sum(s.duty IS NOT NULL AND coalesce(s.received_on, s.document_on) IS NULL) AS undated
	FROM living l
	JOIN collector k ON k.duty = l.duty AND k.year = l.year
	LEFT JOIN submission s ON s.duty = l.duty AND s.period = CAST(l.year AS TEXT)
		AND s.unit IN (l.unit, l.named) AND s.accepted IS NOT 0
		AND (s.ended_on IS NULL OR s.ended_on > :today)
		AND coalesce(s.received_on, s.document_on, '') <= :today
	WHERE (l.duty = 'unit-report' AND l.unit <> k.unit)
		OR (l.duty = 'province-report' AND l.unit = k.unit)
	GROUP BY l.duty, l.year, l.last_day, l.unit, l.name
)
SELECT duty, year, unit, name, last_day, done_on,
	CASE
	WHEN done_on <= last_day OR undated > 0 THEN 'done'
	WHEN done_on IS NOT NULL THEN 'done_late'
	WHEN :today > last_day THEN 'overdue'
	WHEN :today = last_day THEN 'due_today'
	WHEN julianday(last_day) - julianday(:today) <= 30 THEN 'due_soon'
	ELSE 'not_due'
	END AS status,
	CAST(julianday(last_day) - julianday(:today) AS INTEGER) AS days_left
FROM owed
ORDER BY duty, year, unit;
