#!/usr/bin/python3
"""Rules without C: the shipped ones against a calculation of their own, files that are wrong, queries that
misbehave, and the life of an alert of such a rule, with a daemon that takes rules over."""
import csv
import os
import re
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from province import BUILD, ROOT, Province, Report, wait_for  # noqa: E402

TODAY = "2026-11-20"
SHIPPED = os.path.join(ROOT, "conf", "rules.d")
GOOD = '''name = "%s";
title = "Làng nghề có nguy cơ mai một chưa có phương án bảo tồn";
unit = "so-nnmt";
kind = "missing";
severity = "warning";
clause = "mục 3 Phụ lục";
query = "SELECT 'village:' || code AS subject, name, commune, at_risk_since, "
	"preservation_plan_on IS NOT NULL AS value "
	"FROM v_village WHERE ended_on IS NULL AND at_risk_since IS NOT NULL";
lacks = "chưa có phương án bảo tồn";
sentence = "có nguy cơ từ ngày {at_risk_since}";
action = "Đề nghị xây dựng phương án bảo tồn.";
'''


def write(folder, name, text):
    path = os.path.join(folder, name + ".conf")
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


def sample(kind):
    with open(os.path.join(ROOT, "conf", "sample", kind + ".csv"), encoding="utf-8-sig", newline="") as f:
        return list(csv.DictReader(f))


def years_before(day, n):
    return f"{int(day[:4]) - n}{day[4:]}"


def found(p, name):
    """{subject: status} of a shipped rule."""
    rows = p.ctl("rule", "run", os.path.join(SHIPPED, name + ".conf"), "--as-of", TODAY, json_out=True)
    return {r["subject"]: r["status"] for r in rows}, {r["subject"]: r["summary"] for r in rows}


def living(rows):
    return [r for r in rows if not r["ended_on"]]


def expect_recognitions():
    reviewed = {v["code"]: v["reviewed_on"] for v in sample("villages")}
    first = years_before(TODAY[:8] + "01", 3)  # monthly: the month's first day
    out = {}
    for r in living(sample("recognitions")):
        if r["status"] != "recognised":
            continue
        latest = max(r["recognised_on"], r["restored_on"], r["renamed_on"], reviewed.get(r["villages"], ""))
        out["recognition:" + r["code"]] = ("unknown" if not r["recognised_on"] else
                                           None if latest > first else "missing")
    return out


def expect_establishments():
    made = {c for p in living(sample("products")) for c in p["establishments"].split("|")}
    alive = {v["code"] for v in living(sample("villages"))}
    out = {}
    for e in living(sample("establishments")):
        if e["village"] in alive:
            key = "village:" + e["village"]
            out[key] = "missing" if e["code"] not in made or out.get(key) else None
    return out


def expect_income():
    base, latest = {}, {}
    for y in sorted(sample("village_years"), key=lambda y: int(y["year"])):
        if y["income_month_thousand"]:
            (base if y["year"] == "2020" else latest)[y["village"]] = int(y["income_month_thousand"])
    return {"village:" + v["code"]: None if latest[v["code"]] >= base[v["code"]] else "missing"
            for v in living(sample("villages")) if v["code"] in base and v["code"] in latest}


def expect_traceability():
    word = {"yes": None, "no": "missing", "": "unknown"}
    return {"product:" + r["code"]: word[r["traceability"]] for r in living(sample("products"))
            if r["ocop_stars"] and int(r["ocop_stars"]) >= 3}


def expect_inspection():
    latest = {}
    for a in living(sample("activities")):
        if a["kind"] == "inspection" and a["held_on"] <= "2026-10-01":  # quarterly
            for place in a["places"].split("|"):
                latest[place] = max(latest.get(place, ""), a["held_on"])
    living_units = {u["code"] for u in sample("units-sample") if not u["valid_to"] and not u["ended_on"]}
    return {"commune:" + c: None if latest.get(c, "") > "2024-10-01" else "missing"
            for c in {v["commune"] for v in living(sample("villages"))} & living_units}


def expect_disbursement():
    out = {}
    for r in living(sample("projects")):
        if r["approved_on"] and r["approved_on"] <= TODAY:
            told = time.strftime("%Y-%m-%d", time.gmtime(time.mktime(time.strptime(
                years_before(r["approved_on"], -1), "%Y-%m-%d")) - 60 * 86400 + 43200))
            paid = r["disbursed_million"] and float(r["disbursed_million"]) > 0
            out["project:" + r["code"]] = None if paid or told > TODAY else "missing"
    return out


def shipped(report, p):
    expected = {"recognition-review": expect_recognitions, "establishments-without-product": expect_establishments,
                "income-below-2020": expect_income, "product-traceability": expect_traceability,
                "commune-inspection": expect_inspection, "project-disbursement": expect_disbursement}
    files = {f[:-5] for f in os.listdir(SHIPPED)}
    report.equal("each shipped rule is calculated here", files, set(expected))
    for name, calculate in sorted(expected.items()):
        r = p.ctl("rule", "check", os.path.join(SHIPPED, name + ".conf"), "--as-of", TODAY, check=False)
        report.check(f"{name} is in order", r.returncode == 0 and "enabled = false" in r.stdout, r.stderr)
        report.equal(name, found(p, name)[0], calculate())
    # One that the sample has nobody of: a village whose income fell.
    p.ctl("import", "village_years", write_csv(p, "village,year,income_month_thousand,figures_on,source",
                                               "TH-0002,2025,3899,2025-12-31,mô phỏng"))
    statuses, summaries = found(p, "income-below-2020")
    report.check("income that fell", statuses["village:TH-0002"] == "missing"
                 and "năm 2025: 3.899 nghìn đồng/tháng, năm 2020: 3.900 nghìn" in summaries["village:TH-0002"],
                 summaries["village:TH-0002"])
    p.ctl("import", "projects", write_csv(p, "code,task,kind,name,unit,approved_on,decision_no,amount_million,source",
                                          "DA-900,environment,treatment,Trạm thử,so-nnmt,2025-12-31,9/QĐ,1234,mô phỏng"))
    statuses, summaries = found(p, "project-disbursement")
    report.check("a project of which nothing was disbursed", statuses["project:DA-900"] == "missing"
                 and "1.234 triệu đồng theo quyết định số 9/QĐ, hạn ngày 31/12/2026" in summaries["project:DA-900"],
                 summaries["project:DA-900"])


def printed(report, p, folder):
    """The rule of the README and that of the manual page, as they are printed."""
    readme = open(os.path.join(ROOT, "README.md"), encoding="utf-8").read()
    text = re.search(r"rules\.d/few-trained\.conf`:\n\n```\n(.*?)```", readme, re.S).group(1)
    page = open(os.path.join(ROOT, "conf", "langnghe-rules.5"), encoding="utf-8").read()
    example = re.search(r"^\.Bd -literal\n(.*?)^\.Ed", page, re.S | re.M).group(1)
    for name, rule in (("few-trained", text), ("risk-without-plan", example)):
        r = p.ctl("rule", "check", write(folder, name, rule), "--as-of", TODAY, check=False)
        report.check(f"the printed rule {name}", r.returncode == 0 and "0 subjects" not in r.stdout, r.stdout + r.stderr)
        os.unlink(os.path.join(folder, name + ".conf"))


def write_csv(p, head, *rows):
    path = os.path.join(p.dir, "rows.csv")
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join([head, *rows]) + "\n")
    return path


QUERY_LINE, SENTENCE_LINE = 7, 11  # of GOOD; a query over several lines has that of its first
WRONG = [  # what is replaced by what, the line that is named, words of the error
    ('name = "%s"', 'name = "other"', 1, 'after its file'),
    ('name = "%s"', 'name = "Làng"', 1, "a-z, 0-9 and hyphens"),
    ('kind = "missing"', 'kind = "mising"', 4, '"missing", "short", "due"'),
    ('kind = "missing";', "", None, "kind is missing"),
    ('kind = "missing"', 'kind = "short"', 4, "comparator"),
    ('kind = "missing"', 'kind = "due"', 7, "no column is named due"),
    ('kind = "missing";', 'kind = "due"; threshold = 3;', 4, "no comparator and no threshold"),
    ('kind = "missing";', 'kind = "missing"; comparator = "ge";', 4, "needs a threshold"),
    ('kind = "missing";', 'kind = "missing"; threshold = 3;', 4, "needs a comparator"),
    ('kind = "missing";', 'kind = "short"; comparator = "~"; threshold = 3;', 4, '"gt", "ge", "eq", "le", "lt"'),
    ('kind = "missing";', 'kind = "short"; comparator = "ge"; threshold = "1.234";', 4, "is no number"),
    ('kind = "missing";', 'kind = "short"; comparator = "ge";', 7, "no column is named target"),
    ('severity = "warning"', 'severity = 3', 5, "text in quotes"),
    ('severity = "warning"', 'severity = "warning"; schedule = "hourly"', 5, '"daily", "weekly"'),
    ('severity = "warning"', 'severity = "warning"; schedul = "daily"', 5, 'unknown key "schedul"'),
    ('severity = "warning"', 'severity = "warning"; notice_days = 9999', 5, "between 0 and 366"),
    ('severity = "warning"', 'severity = "warning"; act_within_days = -1', 5, "between 0 and 3660"),
    ('unit = "so-nnmt";', 'unit = "so-nnmt"; task = "ocop";', 3, "not both"),
    ('unit = "so-nnmt";', '', None, "task"),
    ('unit = "so-nnmt";', 'unit = "so-khong-co";', 3, "no unit of the register"),
    ('unit = "so-nnmt";', 'task = "khong-co";', 3, "the plan has no task"),
    ('action = "Đề nghị xây dựng phương án bảo tồn.";', '', None, "action is missing"),
    ('lacks = "chưa có phương án bảo tồn"', 'lacks = ""', 10, "must not be empty"),
    ('{at_risk_since}', '{at_risk}', SENTENCE_LINE, "{at_risk} is no column"),
    ('{at_risk_since}', '{}', SENTENCE_LINE, "placeholder {}"),
    ('{at_risk_since}', '{days_left}', SENTENCE_LINE, "{days_left} is no column"),
    ('code AS subject', 'kod AS subject', QUERY_LINE, "no such column: kod"),
    ('AS subject', 'AS subjet', QUERY_LINE, "no column is named subject"),
    ('AS value', 'AS vaule', QUERY_LINE, "no column is named value"),
    ('SELECT', 'SELEKT', QUERY_LINE, "syntax error"),
    ('FROM v_village', 'FROM village', QUERY_LINE, "reads no view"),
    ('FROM v_village', 'FROM (SELECT email FROM contact), v_village', QUERY_LINE, "prohibited"),
    ("SELECT 'village:'", "SELECT readfile('/etc/passwd') AS x, 'village:'", QUERY_LINE, "no such function"),
    ("SELECT 'village:'", "SELECT load_extension('x') AS x, 'village:'", QUERY_LINE, "not authorized"),
    ('at_risk_since IS NOT NULL"', 'at_risk_since < :day"', QUERY_LINE, "there is no parameter :day"),
    ('at_risk_since IS NOT NULL"', 'at_risk_since < ?1"', QUERY_LINE, "there is no parameter"),
    ('at_risk_since IS NOT NULL"', 'at_risk_since < :threshold"', QUERY_LINE, "there is no parameter :threshold"),
    ('preservation_plan_on IS NOT NULL AS value', "'có' AS value", QUERY_LINE, "column value is 'có'"),
    ("'village:' || code", "'village:1'", QUERY_LINE, "twice"),
    ("'village:' || code", "code", QUERY_LINE, "must look like village:TH-0012"),
    ("'village:' || code", "'village:X' || code", QUERY_LINE, "the register has no such village"),
    ("commune, at", "'xa-0' AS commune, at", QUERY_LINE, "place 'xa-0' is no unit"),
    ("at_risk_since, ", "at_risk_since, 'hôm qua' AS since, ", QUERY_LINE, "column since is 'hôm qua'"),
    ("at_risk_since, ", "at_risk_since, '2026' || char(7) AS detail, ", QUERY_LINE, "control character"),
    ('query = "', 'query = 5; rest = "', None, "query must be text in quotes"),
    ("mục 3 Phụ lục", "\\xff", 6, "not valid UTF-8"),
    ('lacks = "', 'lacks = "\\n" "', None, None),  # a line break is a space: in order
    ("SELECT 'village:'", "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) AS m, 'village:'",
     QUERY_LINE, "takes too long"),
]


def wrong(report, p, folder):
    for i, (old, new, line, words) in enumerate(WRONG):
        text = GOOD.replace(old, new)
        report.check(f"case {i} changes something", text != GOOD, old)
        if "%s" in text:
            text = text % "case"
        if "AS m," in new:
            text = text.replace("FROM v_village", "FROM n, v_village")
        path = write(folder, "case", text)
        r = p.ctl("rule", "check", path, "--as-of", TODAY, check=False)
        place = f"{path}:{line}: " if line else path + ":"
        report.check(f"{old} -> {new}", r.returncode == 0 if words is None else
                     r.returncode == 1 and place in r.stderr and words in r.stderr
                     and len(set(r.stderr.splitlines())) == len(r.stderr.splitlines()), r.stdout + r.stderr)
    for bad in (b"", b"\x00", b"name = ", b"\xff\xfe", b"name = \"case\";\n" * 2, b"/* open"):
        path = os.path.join(folder, "case.conf")
        with open(path, "wb") as f:
            f.write(bad)
        r = p.ctl("rule", "check", path, check=False)
        report.check(f"{bad!r} is refused", r.returncode == 1 and path in r.stderr, r.stderr)
    report.equal("a file of another name", p.ctl("rule", "check", p.conf + "x", check=False).returncode, 2)
    os.unlink(os.path.join(folder, "case.conf"))


def heavy(report, p, folder):
    """Queries that hurt only themselves: the other rule and the plugins say what they said."""
    write(folder, "good", GOOD % "good")
    before = p.ctl("check", "--as-of", TODAY, json_out=True)
    report.check("the good rule is among them", any(r["plugin"] == "rules" for r in before))
    cross = "SELECT 'village:' || a.code AS subject, 0 AS value, a.name AS at_risk_since FROM v_establishment a, " \
            "v_establishment b, v_establishment c, v_village WHERE a.name || b.name || c.name LIKE '%khong%'"
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) " \
              "SELECT 'village:' || i AS subject, 0 AS value, 1 AS at_risk_since FROM n, v_unit"
    large = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400) SELECT 'village:x' AS " \
            "subject, 0 AS value, group_concat(printf('%900000d', i)) AS at_risk_since FROM n, v_village"
    for name, query in (("cross", cross), ("endless", endless), ("large", large)):
        text = re.sub(r'query = .*?;\n', lambda m: 'query = "%s";\n' % query, GOOD % "bad", flags=re.S)
        write(folder, "bad", text)
        r = p.ctl("check", "--as-of", TODAY, "--json", check=False)
        report.check(f"{name}: it is said", "rules/bad" in r.stderr and r.returncode == 0, r.stderr)
        report.equal(f"{name}: all others are as they were", __import__("json").loads(r.stdout), before)
        t = p.run("langnghed", "-t", check=False)
        report.check(f"{name}: langnghed -t refuses it", t.returncode == 1 and "bad.conf:7" in t.stderr, t.stderr)
    os.unlink(os.path.join(folder, "bad.conf"))
    os.unlink(os.path.join(folder, "good.conf"))


def round_at(p, moment):
    p.run("langnghe-round", "--now", moment, "--stepped", "--poke")


def states(p):
    return {key: (state, status) for key, state, status in
            p.sql("SELECT key, state, status FROM alert WHERE plugin = 'rules'")}


def life(report, p, folder):
    p.ctl("go-live", "2026-11-09")
    write(folder, "risk", GOOD % "risk")
    write(folder, "steady", (GOOD % "steady").replace("preservation_plan_on IS NOT NULL", "0"))
    round_at(p, "2026-11-10T07:30:00+07:00")
    rows = p.ctl("rule", "run", os.path.join(folder, "risk.conf"), "--as-of", "2026-11-10", json_out=True)
    lacking = sorted(r["subject"] for r in rows if r["status"] == "missing")
    report.check("somebody lacks a plan, somebody has one", lacking and len(rows) > len(lacking), str(rows))
    keys = [f"rules/risk/{s}/" for s in lacking]
    first = states(p)
    report.equal("alerts are open", {k: v for k, v in first.items() if "/risk/" in k},
                 {k: ("open", "missing") for k in keys})
    runs = {r["name"]: r for r in p.ctl("plugin", "list", json_out=True)}
    report.check("each rule is listed with its hash and run", all(
        runs.get(n, {}).get("plugin_state") == "ready" and len(runs[n]["sha256"]) == 64 and runs[n]["runs"] == 1
        for n in ("rules/risk", "rules/steady")), str(runs))
    out = os.path.join(p.dir, "letters")
    p.ctl("simulate", "--from", "2026-11-10", "--to", "2026-11-30", "--out", out)
    page = "".join(open(os.path.join(at, f), encoding="utf-8", errors="replace").read()
                   for at, _, names in os.walk(out) for f in names if f.endswith(".html") and "so-nnmt" in f)
    report.check("the lead's letter has the rule, its sentence and what to do",
                 all(w in page for w in ("chưa có phương án bảo tồn", "có nguy cơ từ ngày",
                                         "Đề nghị xây dựng phương án bảo tồn.")), page[:300])

    code = lacking[0].split(":")[1]
    p.ctl("import", "villages", write_csv(p, "code,preservation_plan_on", f"{code},2026-11-10"))
    round_at(p, "2026-11-11T07:30:00+07:00")
    report.equal("mended: resolved", states(p)[keys[0]], ("resolved", "in_order"))
    other = lacking[1].split(":")[1]
    p.ctl("import", "villages", write_csv(p, "code,at_risk_since", f"{other},?"))
    round_at(p, "2026-11-12T07:30:00+07:00")
    report.equal("a row that vanished: unknown, never resolved", states(p)[keys[1]], ("open", "unknown"))

    kept = states(p)
    write(folder, "risk", (GOOD % "risk").replace("FROM v_village", "FROM v_vilage"))
    round_at(p, "2026-11-13T07:30:00+07:00")
    report.equal("a broken query: its alerts stay, the other rule's too", states(p), kept)
    runs = {r["name"]: r for r in p.ctl("plugin", "list", json_out=True)}
    report.check("and why", runs["rules/risk"]["plugin_state"] == "failing" and "v_vilage" in runs["rules/risk"]["last_error"]
                 and runs["rules/steady"]["plugin_state"] == "ready", str(runs.get("rules/risk")))
    report.check("audit says so, too", "v_vilage" in p.ctl("audit", "--as-of", "2026-11-13").stdout)
    report.check("and status", "v_vilage" in p.ctl("status").stdout)
    write(folder, "risk", "name = ")
    round_at(p, "2026-11-14T07:30:00+07:00")
    report.equal("a file that cannot be read: the same", states(p), kept)
    write(folder, "risk", (GOOD % "risk").replace("so-nnmt", "so-khong-co"))
    round_at(p, "2026-11-14T09:00:00+07:00")
    report.equal("a lead that the register does not know: the same", states(p), kept)
    runs = {r["name"]: r for r in p.ctl("plugin", "list", json_out=True, check=False)}
    report.check("and why", "so-khong-co" in runs["rules/risk"]["last_error"], str(runs["rules/risk"]))
    shutil.move(folder, folder + ".away")
    round_at(p, "2026-11-15T07:30:00+07:00")
    report.equal("a folder that is gone: the same", states(p), kept)
    shutil.move(folder + ".away", folder)
    write(folder, "risk", GOOD % "risk")
    os.unlink(os.path.join(folder, "steady.conf"))
    round_at(p, "2026-11-16T07:30:00+07:00")
    after = states(p)
    report.check("a rule that was taken away is withdrawn", all(
        v[0] == "withdrawn" for k, v in after.items() if "/steady/" in k) and any("/steady/" in k for k in after))
    report.equal("the other goes on", {k: v for k, v in after.items() if "/risk/" in k},
                 {k: v for k, v in kept.items() if "/risk/" in k})
    write(folder, "risk", GOOD % "risk" + "# another\n")
    report.equal("a file that did not run yet is listed so", {r["name"]: r["plugin_state"] for r in p.ctl(
        "plugin", "list", json_out=True)}["rules/risk"], "changed")
    write(folder, "risk", "enabled = false;\n" + GOOD % "risk")
    runs = {r["name"]: r["plugin_state"] for r in p.ctl("plugin", "list", json_out=True)}
    report.equal("switched off", runs["rules/risk"], "disabled")


def daemon(report, p, folder):
    """Rules are taken over by reload, whole; a bad one leaves the old ones running."""
    for f in os.listdir(folder):
        os.unlink(os.path.join(folder, f))
    d = subprocess.Popen([os.path.join(BUILD, "langnghed"), "-c", p.conf, "-f"],
                         env=dict(os.environ, LANGNGHE_LIBEXEC=BUILD), stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: os.path.exists(os.path.join(p.dir, "control")))
        has = "SELECT count(*) FROM plugin_run WHERE name = 'rules/risk' AND failures = 0"
        write(folder, "risk", GOOD % "risk")
        r = p.ctl("reload", check=False)
        report.check("reload takes a new rule over, and it is judged without a restart",
                     r.returncode == 0 and wait_for(lambda: p.sql(has)[0][0] == 1), r.stderr)
        write(folder, "worse", (GOOD % "worse").replace("FROM v_village", "FROM v_vilage"))
        r = p.ctl("reload", check=False)
        report.check("reload refuses a query that cannot run, with file and line",
                     r.returncode == 1 and "worse.conf:7" in r.stderr + r.stdout, r.stderr + r.stdout)
        report.check("the daemon serves", p.ctl("status", json_out=True)["daemon"])
        report.equal("the refused one was not run", p.sql("SELECT 1 FROM plugin_run WHERE name = 'rules/worse'"), [])
    finally:
        d.terminate()
        d.wait(30)


def limits(report):
    """plugins.findings and plugins.output_mib are kept, for rules as for plugins."""
    with Province(extra='rules = { directory = "rules"; };', settings="findings = 5; output_mib = 1;") as p:
        folder = os.path.join(p.dir, "rules")
        os.mkdir(folder)
        p.load_sample(kinds=["villages"])
        many = (GOOD % "many").replace(" AND at_risk_since IS NOT NULL", "")
        r = p.ctl("rule", "check", write(folder, "many", many), check=False)
        report.check("more findings than allowed", r.returncode == 1 and "more than 5 findings" in r.stderr, r.stderr)
        long = (GOOD % "long").replace("at_risk_since, ", "at_risk_since, printf('%60000d', 1) AS detail, ") \
            .replace("AND at_risk_since IS NOT NULL", "LIMIT 5")
        r = p.ctl("rule", "check", write(folder, "long", long), check=False)
        report.check("as long as allowed", r.returncode == 0, r.stderr)
        longer = long.replace('"long"', '"longer"').replace("LIMIT 5", "LIMIT 20")
        with open(p.conf, encoding="utf-8") as f:
            conf = f.read().replace("findings = 5", "findings = 50")
        with open(p.conf, "w", encoding="utf-8") as f:
            f.write(conf)
        r = p.ctl("rule", "check", write(folder, "longer", longer), check=False)
        report.check("longer than allowed", r.returncode == 1 and "more than 1 MiB" in r.stderr, r.stdout + r.stderr)


def main():
    report = Report()
    with Province(extra='rules = { directory = "rules"; };', settings="cpu_ms = 1500; memory_mib = 128;") as p:
        folder = os.path.join(p.dir, "rules")
        os.mkdir(folder)
        p.load_sample()
        wrong(report, p, folder)
        heavy(report, p, folder)
        shipped(report, p)
        printed(report, p, folder)
        life(report, p, folder)
    with Province(extra='rules = { directory = "rules"; };') as p:
        folder = os.path.join(p.dir, "rules")
        os.mkdir(folder)
        p.load_sample(kinds=["villages"])
        p.ctl("go-live")
        daemon(report, p, folder)
    limits(report)
    report.close()


if __name__ == "__main__":
    main()
