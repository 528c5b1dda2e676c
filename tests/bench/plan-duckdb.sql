-- plan-duckdb.sql: the figures and lists of check.sql and plan.sql as DuckDB is asked for them, for the bench to print
-- beside. {today} is the day as 2026-11-20, {year} the target year. Dates are dates, yes and no are words.
-- The parts: targets (asked for both years), lists (asked for today).

-- part targets
WITH living AS (
	SELECT * FROM village WHERE ended_on IS NULL OR ended_on > DATE '{today}'
), held AS (
	SELECT *, coalesce(env_plan_valid_to, env_plan_on + INTERVAL 5 YEAR) AS plan_to
	FROM living WHERE kind IN ('village', 'traditional_village')
), listed AS (
	SELECT village, count(*) AS n, count_if(environment_compliant = 'yes') AS good,
		count_if(environment_compliant IS NULL) AS unknown
	FROM establishment WHERE village IS NOT NULL AND (ended_on IS NULL OR ended_on > DATE '{today}')
	GROUP BY village
), known AS (
	SELECT * FROM village_year
	WHERE year <= year(DATE '{today}') AND (figures_on IS NULL OR figures_on <= DATE '{today}')
), latest AS (
	SELECT village, arg_max(establishments, year) AS n,
		arg_max(struct_pack(v := least(establishments_compliant, establishments)), year).v AS good
	FROM known WHERE establishments IS NOT NULL GROUP BY village
), households AS (
	SELECT village, arg_max(craft_households, year) AS n FROM known WHERE craft_households IS NOT NULL GROUP BY village
), counted AS (
	SELECT
		CASE WHEN l.n >= coalesce(y.n, 0) THEN l.good ELSE y.good END AS good,
		CASE WHEN l.n >= coalesce(y.n, 0) THEN l.n ELSE coalesce(y.n, h.n) END AS n,
		CASE WHEN l.n >= coalesce(y.n, 0) THEN l.unknown WHEN y.n IS NULL THEN h.n WHEN y.good IS NULL THEN y.n ELSE 0 END
			AS unknown
	FROM living v LEFT JOIN listed l ON l.village = v.code LEFT JOIN latest y ON y.village = v.code
	LEFT JOIN households h ON h.village = v.code
)
SELECT 'env-plan', count_if(env_plan_state = 'approved' AND env_plan_type = 'plan' AND plan_to >= DATE '{today}'
		AND coalesce(env_plan_on <= DATE '{today}', true)), count(*),
	count_if(env_plan_state IS NULL OR (env_plan_state = 'approved'
		AND (env_plan_type IS NULL OR (env_plan_type = 'plan' AND plan_to IS NULL))))
FROM held
UNION ALL
SELECT 'env-group', count_if(env_group = 'yes' AND coalesce(env_group_on <= DATE '{today}', true)), count(*),
	count_if(env_group IS NULL)
FROM held
UNION ALL
SELECT 'env-infrastructure', count_if(env_drainage <> 'no' AND env_wastewater <> 'no' AND env_solid_waste <> 'no'), count(*),
	count_if('no' NOT IN (coalesce(env_drainage, ''), coalesce(env_wastewater, ''), coalesce(env_solid_waste, ''))
		AND (env_drainage IS NULL OR env_wastewater IS NULL OR env_solid_waste IS NULL))
FROM held
UNION ALL
SELECT 'env-compliance', sum(good), sum(n), sum(unknown) FROM counted;

-- part targets
WITH known AS (
	SELECT y.* FROM village_year y JOIN village v ON v.code = y.village
	WHERE y.year <= year(DATE '{today}') AND (y.figures_on IS NULL OR y.figures_on <= DATE '{today}')
		AND (v.ended_on IS NULL OR v.ended_on > DATE '{today}')
), workers AS (
	SELECT village, arg_max(workers, year) AS workers, arg_max(struct_pack(v := workers_trained), year).v AS trained
	FROM known WHERE workers IS NOT NULL GROUP BY village
), judged AS (
	SELECT village, arg_max(effective, year) AS effective FROM known WHERE effective IS NOT NULL GROUP BY village
)
SELECT 'trained', sum(CASE WHEN trained IS NULL THEN NULL ELSE least(trained, workers) END), sum(workers),
	coalesce(sum(CASE WHEN trained IS NULL THEN workers END), 0)
FROM workers
UNION ALL
SELECT 'effective', count_if(effective = 'yes'), count(*), count_if(effective IS NULL)
FROM village LEFT JOIN judged ON judged.village = village.code WHERE ended_on IS NULL OR ended_on > DATE '{today}';

-- part targets
WITH certified AS (
	SELECT *, coalesce(valid_to, certified_on + INTERVAL 36 MONTH - INTERVAL 1 DAY) AS until
	FROM product WHERE (ocop_stars IS NULL OR ocop_stars >= 3) AND (ended_on IS NULL OR ended_on > DATE '{today}')
), made AS (
	SELECT unnest(string_split(establishments, '|')) AS code, ocop_stars, certified_on, valid_to,
		(certified_on IS NOT NULL OR valid_to IS NOT NULL) AND coalesce(certified_on <= DATE '{today}', true)
			AND until >= DATE '{today}' AS valid
	FROM certified
), maker AS (
	SELECT code, bool_or(ocop_stars IS NOT NULL AND valid) AS good,
		bool_or((ocop_stars IS NOT NULL AND certified_on IS NULL AND valid_to IS NULL) OR (ocop_stars IS NULL AND valid))
			AS unknown
	FROM made GROUP BY code
), listed AS (
	SELECT e.village, count(*) AS n, count_if(m.good) AS good, count_if(m.unknown AND NOT m.good) AS unknown
	FROM establishment e LEFT JOIN maker m ON m.code = e.code
	WHERE e.ended_on IS NULL OR e.ended_on > DATE '{today}'
	GROUP BY e.village
), latest AS (
	SELECT village, arg_max(establishments, year) AS n,
		arg_max(struct_pack(v := least(establishments_ocop, establishments)), year).v AS good
	FROM village_year
	WHERE establishments IS NOT NULL AND year <= year(DATE '{today}')
		AND (figures_on IS NULL OR figures_on <= DATE '{today}')
	GROUP BY village
), counted AS (
	SELECT CASE WHEN l.n >= coalesce(y.n, 0) THEN l.good ELSE coalesce(y.good, 0) END AS good,
		CASE WHEN l.n >= coalesce(y.n, 0) THEN l.n ELSE y.n END AS n,
		CASE WHEN l.n >= coalesce(y.n, 0) THEN l.unknown WHEN y.good IS NULL THEN y.n ELSE 0 END AS unknown
	FROM village v LEFT JOIN listed l ON l.village = v.code LEFT JOIN latest y ON y.village = v.code
	WHERE v.ended_on IS NULL OR v.ended_on > DATE '{today}'
	UNION ALL
	SELECT good, n, unknown FROM listed WHERE village IS NULL
)
SELECT 'ocop', sum(good), sum(n), coalesce(sum(unknown), 0) FROM counted;

-- part targets
WITH valid AS (
	SELECT villages, products FROM ip_right
	WHERE ({year} = 2025 OR form IN ('geographical_indication', 'collective_mark', 'certification_mark', 'trademark'))
		AND granted_on <= DATE '{today}' AND (valid_to IS NULL OR valid_to >= DATE '{today}')
		AND (ended_on IS NULL OR ended_on > DATE '{today}')
), righted AS (
	SELECT unnest(string_split(products, '|')) AS product FROM valid
), makers AS (
	SELECT unnest(string_split(p.establishments, '|')) AS code FROM righted r JOIN product p ON p.code = r.product
), protected AS (
	SELECT unnest(string_split(villages, '|')) AS code FROM valid
	UNION
	SELECT e.village FROM makers m JOIN establishment e ON e.code = m.code
)
SELECT 'ip', count_if(code IN (SELECT code FROM protected)), count(*), 0
FROM village WHERE kind IN ('village', 'traditional_village') AND (ended_on IS NULL OR ended_on > DATE '{today}');

-- part targets
SELECT CASE kind WHEN 'traditional_craft' THEN 'restored-crafts' ELSE 'restored-villages' END,
	count_if(coalesce(restored_on BETWEEN DATE '2022-01-01' AND DATE '{today}', false)
		OR coalesce(recognised_on BETWEEN DATE '2022-01-01' AND DATE '{today}', false)), 1, 0
FROM recognition WHERE ended_on IS NULL AND coalesce(status, 'recognised') = 'recognised'
GROUP BY 1
UNION ALL
SELECT 'tourism', count(DISTINCT coalesce(craft.code, village.code)), 1, 0
FROM village LEFT JOIN (
	SELECT v.village, min(v.code) AS code
	FROM (SELECT unnest(string_split(villages, '|')) AS village, code FROM recognition
		WHERE kind = 'traditional_craft' AND ended_on IS NULL) v
	GROUP BY v.village) craft ON craft.village = village.code
WHERE tourism_since <= DATE '{today}' AND (ended_on IS NULL OR ended_on > DATE '{today}');

-- part targets
SELECT 'output-growth-of', n.year, sum(n.output_thousand - l.output_thousand), sum(l.output_thousand), count(*)
FROM village_year n
JOIN village_year l ON l.village = n.village AND l.year = n.year - 1 AND l.price_basis IS NOT DISTINCT FROM n.price_basis
JOIN village v ON v.code = n.village
WHERE l.output_thousand > 0 AND n.output_thousand IS NOT NULL AND v.kind IN ('village', 'traditional_village')
	AND (v.ended_on IS NULL OR v.ended_on > DATE '{today}') AND coalesce(n.figures_on <= DATE '{today}', true)
GROUP BY n.year;

-- part targets
WITH known AS (
	SELECT y.village, y.year, y.income_month_thousand AS income, y.workers FROM village_year y
	JOIN village v ON v.code = y.village
	WHERE y.income_month_thousand > 0 AND y.year <= year(DATE '{today}')
		AND (y.figures_on IS NULL OR y.figures_on <= DATE '{today}') AND (v.ended_on IS NULL OR v.ended_on > DATE '{today}')
), latest AS (
	SELECT village, arg_max(income, year) AS income, arg_max(struct_pack(v := workers), year).v AS workers
	FROM known WHERE year > 2020 GROUP BY village
)
SELECT 'income', sum(n.income * n.workers), sum(b.income * n.workers), 0
FROM latest n JOIN known b ON b.village = n.village AND b.year = 2020 WHERE n.workers > 0 AND {year} = 2025;

-- part lists
SELECT 'marks', code, name, commune, old_commune, reviewed_on, env_plan_state, env_plan_type,
	coalesce(env_plan_valid_to, env_plan_on + INTERVAL 5 YEAR), env_group, env_drainage, env_wastewater, env_solid_waste
FROM village
WHERE kind IN ('village', 'traditional_village') AND (ended_on IS NULL OR ended_on > DATE '{today}') ORDER BY code;

-- part lists
SELECT 'compliance', village, count(*), count_if(environment_compliant = 'yes'), count_if(environment_compliant = 'no'),
	count_if(environment_compliant IS NULL), count_if(relocation = 'required' AND relocation_due_on < DATE '{today}')
FROM establishment WHERE village IS NOT NULL AND (ended_on IS NULL OR ended_on > DATE '{today}')
GROUP BY village ORDER BY village;

-- part lists
SELECT 'certificates', code, name, coalesce(valid_to, certified_on + INTERVAL 36 MONTH - INTERVAL 1 DAY) AS until
FROM product
WHERE ocop_stars >= 3 AND ended_on IS NULL AND coalesce(certified_on <= DATE '{today}', true)
	AND coalesce(until >= DATE '{today}' - INTERVAL 24 MONTH, true)
ORDER BY code;

-- part lists
SELECT 'rights', no, name, valid_to FROM ip_right
WHERE valid_to IS NOT NULL AND ended_on IS NULL AND coalesce(granted_on <= DATE '{today}', true)
UNION ALL
SELECT 'recognitions', code, name, valid_to FROM recognition
WHERE valid_to IS NOT NULL AND ended_on IS NULL AND coalesce(status, 'recognised') = 'recognised';

-- part lists
SELECT 'training', v.code, v.name, v.commune, arg_max(y.workers, y.year), arg_max(y.workers_trained, y.year)
FROM village v LEFT JOIN village_year y ON y.village = v.code AND y.workers IS NOT NULL
WHERE v.ended_on IS NULL OR v.ended_on > DATE '{today}'
GROUP BY v.code, v.name, v.commune ORDER BY v.code;

-- part lists
WITH recognised AS (
	SELECT DISTINCT unnest(string_split(villages, '|')) AS code FROM recognition
	WHERE kind <> 'traditional_craft' AND ended_on IS NULL AND coalesce(status, 'recognised') = 'recognised'
		AND coalesce(recognised_on <= DATE '{today}', true) AND (valid_to IS NULL OR valid_to >= DATE '{today}')
), latest AS (
	SELECT village, arg_max(households, year) AS households, arg_max(craft_households, year) AS craft_households
	FROM village_year
	WHERE households > 0 AND craft_households IS NOT NULL AND year <= year(DATE '{today}')
		AND (figures_on IS NULL OR figures_on <= DATE '{today}')
	GROUP BY village
)
SELECT 'village-preservation', v.code, v.name, v.commune, v.at_risk_since, l.craft_households, l.households
FROM village v LEFT JOIN latest l ON l.village = v.code LEFT JOIN recognised r ON r.code = v.code
WHERE (v.ended_on IS NULL OR v.ended_on > DATE '{today}')
	AND ((v.at_risk_since <= DATE '{today}' AND NOT coalesce(v.preservation_plan_on <= DATE '{today}', false))
		OR (r.code IS NOT NULL AND 100 * l.craft_households < 20 * l.households));

-- part lists
WITH first AS (
	SELECT *, string_split(villages, '|')[1] AS village FROM recognition
	WHERE ended_on IS NULL AND coalesce(status, 'recognised') = 'recognised'
		AND coalesce(recognised_on < DATE '2025-07-01', true)
)
SELECT 'renaming', f.code, f.name, v.commune, v.old_commune, u.name
FROM first f JOIN village v ON v.code = f.village JOIN unit u ON u.code = v.commune
WHERE lower(u.name[1]) || u.name[2:] <> lower(v.old_commune[1]) || v.old_commune[2:]
	AND NOT coalesce(f.renamed_on BETWEEN DATE '2025-07-01' AND DATE '{today}', false);

-- part lists
WITH seen AS (
	SELECT commune, max(held_on) AS held_on
	FROM (SELECT unnest(string_split(places, '|')) AS commune, held_on FROM activity
		WHERE kind = 'inspection' AND ended_on IS NULL AND held_on <= DATE '{today}')
	GROUP BY commune
)
SELECT 'places', v.commune, u.name, count(*), max(s.held_on)
FROM village v JOIN unit u ON u.code = v.commune LEFT JOIN seen s ON s.commune = v.commune
WHERE v.ended_on IS NULL
GROUP BY v.commune, u.name
HAVING greatest(coalesce(max(s.held_on), DATE '2022-11-29'), DATE '2022-11-29') + INTERVAL 2 YEAR < DATE '{today}';
