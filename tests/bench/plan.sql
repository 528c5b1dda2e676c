-- plan.sql: the other figures of the plan's targets, as plain SQL over the register, and the lists: what `langnghectl
-- check` works out besides check.sql when all plugins run, with the readings' defaults. :today as in check.sql. The
-- targets (sections 1 to 6, and 3 of check.sql) are asked twice: for the year 2025 with its last day as :today and
-- :year 2025 (its reading of E counts every form), and for 2030. Each gives name, numerator, denominator, unknown.

-- 1. Workers trained (C) and places that work well (B): the latest year of each place that says so.
WITH living AS (
	SELECT * FROM village WHERE ended_on IS NULL OR ended_on > :today
), known AS (
	SELECT y.* FROM village_year y JOIN living v ON v.code = y.village
	WHERE year <= CAST(strftime('%Y', :today) AS INTEGER) AND (figures_on IS NULL OR figures_on <= :today)
), workers AS (
	SELECT village, max(year), workers, workers_trained FROM known WHERE workers IS NOT NULL GROUP BY village
), judged AS (
	SELECT village, max(year), effective FROM known WHERE effective IS NOT NULL GROUP BY village
)
SELECT 'trained', coalesce(sum(min(workers_trained, workers)), 0), coalesce(sum(workers), 0),
	coalesce(sum(CASE WHEN workers_trained IS NULL THEN workers END), 0)
FROM workers
UNION ALL
SELECT 'effective', coalesce(sum(effective = 1), 0), count(*), sum(effective IS NULL)
FROM living LEFT JOIN judged ON judged.village = living.code;

-- 2. Establishments with a ranked product whose certificate is valid (D).
WITH certified AS (
	SELECT establishments, ocop_stars, certified_on,
		coalesce(valid_to, date(certified_on, '+36 months', '-1 day')) AS valid_to
	FROM product
	WHERE (ocop_stars IS NULL OR ocop_stars >= 3) AND (ended_on IS NULL OR ended_on > :today)
), made AS (
	SELECT m.value AS code, ocop_stars, certified_on, valid_to,
		(certified_on IS NOT NULL OR valid_to IS NOT NULL) AND coalesce(certified_on, '') <= :today
			AND valid_to >= :today AS valid
	FROM certified, json_each('["' || replace(establishments, '|', '","') || '"]') m
), maker AS (
	SELECT code, max(ocop_stars IS NOT NULL AND valid) AS good,
		max((ocop_stars IS NOT NULL AND certified_on IS NULL AND valid_to IS NULL)
			OR (ocop_stars IS NULL AND valid)) AS unknown
	FROM made GROUP BY code
), listed AS (
	SELECT e.village, count(*) AS n, sum(coalesce(m.good, 0)) AS good,
		sum(coalesce(m.unknown, 0) AND NOT coalesce(m.good, 0)) AS unknown
	FROM establishment e LEFT JOIN maker m ON m.code = e.code
	WHERE e.ended_on IS NULL OR e.ended_on > :today
	GROUP BY e.village
), latest AS (
	SELECT village, max(year), establishments AS n, min(establishments_ocop, establishments) AS good
	FROM village_year
	WHERE establishments IS NOT NULL AND year <= CAST(strftime('%Y', :today) AS INTEGER)
		AND (figures_on IS NULL OR figures_on <= :today)
	GROUP BY village
), counted AS (
	SELECT CASE WHEN l.n >= coalesce(y.n, 0) THEN l.good ELSE coalesce(y.good, 0) END AS good,
		CASE WHEN l.n >= coalesce(y.n, 0) THEN l.n ELSE y.n END AS n,
		CASE WHEN l.n >= coalesce(y.n, 0) THEN l.unknown WHEN y.good IS NULL THEN y.n ELSE 0 END AS unknown
	FROM village v LEFT JOIN listed l ON l.village = v.code LEFT JOIN latest y ON y.village = v.code
	WHERE v.ended_on IS NULL OR v.ended_on > :today
	UNION ALL
	SELECT good, n, unknown FROM listed WHERE village IS NULL
)
SELECT 'ocop', coalesce(sum(good), 0), coalesce(sum(n), 0), coalesce(sum(unknown), 0) FROM counted;

-- 3. Villages with a product under a brand, or, as 2025 reads it, any right (E).
WITH valid AS (
	SELECT villages, products FROM ip_right
	WHERE (:year = 2025 OR form IN ('geographical_indication', 'collective_mark', 'certification_mark', 'trademark'))
		AND granted_on <= :today AND (valid_to IS NULL OR valid_to >= :today) AND (ended_on IS NULL OR ended_on > :today)
), protected AS (
	SELECT v.value AS code FROM valid, json_each('["' || replace(villages, '|', '","') || '"]') v
	UNION
	SELECT e.village FROM valid, json_each('["' || replace(valid.products, '|', '","') || '"]') r
	JOIN product p ON p.code = r.value, json_each('["' || replace(p.establishments, '|', '","') || '"]') m
	JOIN establishment e ON e.code = m.value
)
SELECT 'ip', coalesce(sum(code IN (SELECT code FROM protected)), 0), count(*), 0
FROM village WHERE kind IN ('village', 'traditional_village') AND (ended_on IS NULL OR ended_on > :today);

-- 4. Recognitions (A1, A2) and tourism (A3): what covers several places is one.
SELECT CASE kind WHEN 'traditional_craft' THEN 'restored-crafts' ELSE 'restored-villages' END,
	sum((restored_on BETWEEN '2022-01-01' AND :today) OR (recognised_on BETWEEN '2022-01-01' AND :today)), 1, 0
FROM recognition WHERE ended_on IS NULL AND coalesce(status, 'recognised') = 'recognised'
GROUP BY kind = 'traditional_craft';
WITH craft AS (
	SELECT v.value AS village, min(code) AS code
	FROM recognition, json_each('["' || replace(villages, '|', '","') || '"]') v
	WHERE kind = 'traditional_craft' AND ended_on IS NULL
	GROUP BY v.value
)
SELECT 'tourism', count(DISTINCT coalesce(craft.code, village.code)), 1, 0
FROM village LEFT JOIN craft ON craft.village = village.code
WHERE tourism_since <= :today AND (ended_on IS NULL OR ended_on > :today);

-- 5. Growth of output (F) by years; the program takes the latest with enough villages.
SELECT 'output-growth', n.year, sum(n.output_thousand - l.output_thousand), sum(l.output_thousand), count(*)
FROM village_year n
JOIN village_year l ON l.village = n.village AND l.year = n.year - 1 AND l.price_basis IS n.price_basis
JOIN village v ON v.code = n.village
WHERE l.output_thousand > 0 AND n.output_thousand IS NOT NULL AND v.kind IN ('village', 'traditional_village')
	AND (v.ended_on IS NULL OR v.ended_on > :today) AND coalesce(n.figures_on, '') <= :today
GROUP BY n.year;

-- 6. Income of the latest year against 2020 (G), each place by its workers; no target in 2030.
WITH known AS (
	SELECT y.village, y.year, y.income_month_thousand AS income, y.workers FROM village_year y
	JOIN village v ON v.code = y.village
	WHERE y.income_month_thousand > 0 AND y.year <= CAST(strftime('%Y', :today) AS INTEGER)
		AND (y.figures_on IS NULL OR y.figures_on <= :today) AND (v.ended_on IS NULL OR v.ended_on > :today)
), latest AS (
	SELECT village, max(year), income, workers FROM known WHERE year > 2020 GROUP BY village
)
SELECT 'income', coalesce(sum(n.income * n.workers), 0), coalesce(sum(b.income * n.workers), 0), 0
FROM latest n JOIN known b ON b.village = n.village AND b.year = 2020 WHERE n.workers > 0 AND :year = 2025;

-- 7. Papers that end: certificates, rights, recognitions, with their day.
SELECT code, name, coalesce(valid_to, date(certified_on, '+36 months', '-1 day')) FROM product
WHERE ocop_stars >= 3 AND ended_on IS NULL AND coalesce(certified_on, '') <= :today
	AND coalesce(valid_to, date(certified_on, '+36 months', '-1 day'), '9999') >= date(:today, '-24 months')
ORDER BY code;
SELECT no, name, valid_to FROM ip_right
WHERE valid_to IS NOT NULL AND ended_on IS NULL AND coalesce(granted_on, '') <= :today ORDER BY no;
SELECT code, name, valid_to FROM recognition
WHERE valid_to IS NOT NULL AND ended_on IS NULL AND coalesce(status, 'recognised') = 'recognised' ORDER BY code;

-- 8. Villages and their latest figures of workers, for those to begin with; and those that nobody told of.
SELECT v.code, v.name, v.commune, max(y.year), y.workers, y.workers_trained
FROM village v LEFT JOIN village_year y ON y.village = v.code AND y.workers IS NOT NULL
WHERE v.ended_on IS NULL OR v.ended_on > :today
GROUP BY v.code ORDER BY v.code;

-- 9. Villages at risk without a preservation plan, or recognised with less than a fifth of their households in the craft.
WITH recognised AS (
	SELECT DISTINCT v.value AS code
	FROM recognition, json_each('["' || replace(villages, '|', '","') || '"]') v
	WHERE kind <> 'traditional_craft' AND ended_on IS NULL AND coalesce(status, 'recognised') = 'recognised'
		AND coalesce(recognised_on, '') <= :today AND (valid_to IS NULL OR valid_to >= :today)
), latest AS (
	SELECT village, max(year) AS year, households, craft_households FROM village_year
	WHERE households > 0 AND craft_households IS NOT NULL AND year <= CAST(strftime('%Y', :today) AS INTEGER)
		AND (figures_on IS NULL OR figures_on <= :today)
	GROUP BY village
)
SELECT 'village-preservation', v.code, v.name, v.commune, v.at_risk_since, l.craft_households, l.households, l.year
FROM village v LEFT JOIN latest l ON l.village = v.code LEFT JOIN recognised r ON r.code = v.code
WHERE (v.ended_on IS NULL OR v.ended_on > :today)
	AND ((v.at_risk_since <= :today AND NOT coalesce(v.preservation_plan_on <= :today, 0))
		OR (r.code IS NOT NULL AND 100 * l.craft_households < 20 * l.households));

-- 10. Recognised before the communes were merged, in a place whose name is no more, and not renamed since.
WITH first AS (
	SELECT r.*, substr(villages || '|', 1, instr(villages || '|', '|') - 1) AS village FROM recognition r
	WHERE ended_on IS NULL AND coalesce(status, 'recognised') = 'recognised'
		AND coalesce(recognised_on, '') < '2025-07-01'
)
SELECT 'renaming', f.code, f.name, v.commune, v.old_commune, u.name
FROM first f JOIN village v ON v.code = f.village JOIN unit u ON u.code = v.commune
WHERE lower(substr(u.name, 1, 1)) || substr(u.name, 2) <> lower(substr(v.old_commune, 1, 1)) || substr(v.old_commune, 2)
	AND NOT coalesce(f.renamed_on BETWEEN '2025-07-01' AND :today, 0);

-- 11. Communes with villages that nobody inspected for two years.
WITH seen AS (
	SELECT p.value AS commune, max(held_on) AS held_on
	FROM activity, json_each('["' || replace(places, '|', '","') || '"]') p
	WHERE kind = 'inspection' AND ended_on IS NULL AND held_on <= :today
	GROUP BY p.value
)
SELECT 'places', v.commune, u.name, count(*), s.held_on
FROM village v JOIN unit u ON u.code = v.commune LEFT JOIN seen s ON s.commune = v.commune
WHERE v.ended_on IS NULL
GROUP BY v.commune
HAVING date(max(coalesce(s.held_on, ''), '2022-11-29'), '+2 years') < :today;

-- 12. Communes with villages of a craft and no zone for its material.
WITH trade(word, material) AS (
	VALUES ('chiếu cói', 'cói'), ('đan cói', 'cói'), ('mây tre', 'mây'), ('mây tre', 'tre'), ('đan lát', 'tre'),
		('đan cót', 'tre'), ('miến gạo', 'lúa'), ('bánh đa', 'lúa'), ('dệt lụa', 'dâu tằm'), ('nón lá', 'lá nón'),
		('chè lam', 'lúa')
)
SELECT 'zones', v.commune, group_concat(DISTINCT v.trade)
FROM village v JOIN trade t ON instr(lower(v.trade), t.word)
WHERE v.ended_on IS NULL AND NOT EXISTS (
	SELECT 1 FROM zone z WHERE z.ended_on IS NULL AND instr(lower(z.material), t.material)
		AND instr('|' || z.communes || '|', '|' || v.commune || '|'))
GROUP BY v.commune;
