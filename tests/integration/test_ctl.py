#!/usr/bin/python3
"""Every command of langnghectl once over the sample province: what it changes, what it lists (keys and
meaning, not wording), what it refuses and with which exit code."""
import csv
import email
import email.policy
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from province import BUILD, KINDS, Province, Report, ROOT  # noqa: E402

SAMPLE = os.path.join(ROOT, "conf", "sample")
AS_OF = ("--as-of", "2026-11-23")

KEYS = {
    "check": "key,plugin,rule,kind,subject,period,task,duty,unit,role,place,severity,status,clause,due_text,"
             "last_day,days_left,value,target_value,comparator,measure,numerator,denominator,unknown_count,"
             "range_low,range_high,lacks,figures_on,action,act_by,summary",
    "deadlines": "duty,unit,period,task,clause,due_text,last_day,days_left,status,required,recorded,done_on,"
                 "document_no,extended_to,waiting_for,last_notice,next_notice",
    "targets": "target,year,task,unit,clause,measure,value,comparator,target_value,numerator,denominator,"
               "unknown_count,range_low,range_high,status,gap,gap_units,pace_now,pace_needed,forecast,points,"
               "figures_on,source,origin,decided_on",
    "alerts": "id,key,unit,role,alert_state,status,severity,level,opened_on,first_told,last_notice,"
              "next_notice,last_checked,acknowledged_by,snoozed_until,note,summary",
    "units": "code,name,kind,parent,valid_from,valid_to,successors",
    "contacts": "unit,email,name,role,field",
    "plan": "item,id,text,clause",
    "plugin list": "name,version,file,sha256,abi,plugin_state,rules,last_run,last_ms,findings,runs,failures,"
                   "last_error,next_try",
    "audit": "severity,what,where,remedy",
}


class Ctl:
    def __init__(self, report, p):
        self.report, self.p = report, p

    def list(self, *args):
        rows = self.p.ctl(*args, json_out=True)
        name = " ".join(args[:2]) if " ".join(args[:2]) in KEYS else args[0]
        if rows and name in KEYS:
            self.report.equal(f"keys of {name}", ",".join(rows[0]), KEYS[name])
        return rows

    def refused(self, what, code, *args):
        r = self.p.ctl(*args, check=False)
        lines = r.stderr.splitlines()
        return self.report.check(f"refused: {what}", r.returncode == code and len(lines) == 1 and not r.stdout,
                                 f"exit {r.returncode}, {r.stdout!r} {r.stderr!r}")


def one(rows, **wanted):
    found = [r for r in rows if all(r[k] == v for k, v in wanted.items())]
    return found[0] if len(found) == 1 else {"found": len(found), "wanted": wanted}


def usage(report, p):
    c = Ctl(report, p)
    c.refused("unknown command", 2, "dance")
    c.refused("no database yet", 3, "check")
    text = p.ctl("--help").stdout
    for name in ("check", "outbox show", "simulate", "restore", "go-live", "plugin list", "test-mail"):
        report.check(f"--help lists {name}", f"\n  {name} " in text)
    for line in text.splitlines():
        if line.startswith("  ") and len(line) > 19 and line[18] == " ":
            name = line[2:18].strip()
            one_help = p.ctl(*name.split(), "--help").stdout
            report.check(f"{name} --help has an example", "example: langnghectl" in one_help, one_help)
    for args in (("report", "2026"), ("rule", "check", "x")):
        c.refused("not in this version: " + args[0], 2, *args)
    c.refused("missing word", 2, "import", "villages")
    c.refused("word too many", 2, "units", "x")
    c.refused("unknown option", 2, "check", "--everything")
    c.refused("option without value", 2, "check", "--plugin")
    c.refused("required option", 2, "ack", "1", "--by", "A")
    c.refused("no date", 2, "snooze", "1", "--until", "soon", "--by", "A", "--note", "x")
    c.refused("no such day", 2, "go-live", "2026-02-30")
    text = p.ctl("import", "villages", "--help").stdout
    report.check("import KIND --help tells the columns", re.search(
        r"\n  env_plan_state +one of none \(Chưa có\), drafting", text) and "\n  code* " in text, text)
    text = p.ctl("import", "--help").stdout
    report.check("import --help tells the kinds", all(f"\n  {k} " in text for k in KINDS + ["units", "contacts"]), text)
    r = p.ctl("import", "castles", "--help", check=False)
    report.check("and no others", r.returncode == 2 and "village_years" in r.stderr, r.stderr)


def register(report, p):
    c = Ctl(report, p)
    first = p.ctl("init").stdout
    report.check("init says that it created", "created" in first, first)
    again = p.ctl("init").stdout
    report.check("init again changes nothing", "created" not in again, again)
    c.refused("unknown kind", 2, "import", "castles", "x.csv")
    c.refused("missing file", 3, "import", "villages", "/nonexistent.csv")
    for kind, file in [("units", "units-sample"), ("contacts", "contacts-sample")] + [(k, k) for k in KINDS]:
        rows = p.ctl("import", kind, os.path.join(SAMPLE, file + ".csv"), "--by", "test", json_out=True)
        report.check(f"{kind} import without reject", rows[-1]["rejected"] == 0 and rows[-1]["added"] > 0, str(rows))
        rows = p.ctl("import", kind, os.path.join(SAMPLE, file + ".csv"), json_out=True)
        report.equal(f"{kind} again changes nothing", (rows[-1]["added"], rows[-1]["changed"]), (0, 0))
    for kind in KINDS:
        out = os.path.join(p.dir, kind + ".csv")
        p.ctl("export", kind, out)
        rows = p.ctl("import", kind, out, json_out=True)
        report.equal(f"importing the export of {kind} changes nothing",
                     (rows[-1]["added"], rows[-1]["changed"], rows[-1]["rejected"]), (0, 0, 0))
    bad = os.path.join(p.dir, "bad.csv")
    with open(bad, "w", encoding="utf-8") as f:
        f.write("code,name,kind\nTH-0001,Tên mới,village\nTH-0002,Tên,no-such-kind\n")
    r = p.ctl("import", "villages", bad, "--json", check=False)
    rows = json.loads(r.stdout)
    report.equal("a rejected row rejects the file", (r.returncode, rows[-1]["rejected"], rows[0]["row"],
                                                     rows[0]["column"]), (1, 1, 3, "kind"))
    rows = p.ctl("import", "villages", bad, "--accept-good", os.path.join(p.dir, "rejects.csv"), "--by", "An",
                 json_out=True)
    report.equal("unless the good ones are taken", (rows[-1]["changed"], rows[-1]["rejected"]), (1, 1))
    imports_told(report, p, bad)
    number = str(rows[-1]["number"])
    Ctl(report, p).refused("the history of what never was", 1, "history", "villages", "ZZZ")
    history = p.ctl("history", "villages", "TH-0001", json_out=True)
    report.check("history says who", history[-1]["by"] == "An" or history[0]["by"] == "An", str(history))
    p.ctl("undo-import", number, "--by", "An")
    c.refused("undo twice", 1, "undo-import", number)
    with open(os.path.join(p.dir, "one.csv"), "w", encoding="utf-8") as f:
        f.write("code,name,kind,commune\nTH-9999,Nhập nhầm,village,xa-15505\n")
    p.ctl("import", "villages", os.path.join(p.dir, "one.csv"))
    p.ctl("remove", "villages", "TH-9999", "--by", "An", "--note", "nhập nhầm")
    c.refused("remove a unit of the plan", 1, "remove", "units", "so-khcn", "--by", "An", "--note", "x")
    r = p.ctl("undo-import", "1", "--by", "An", check=False)
    report.check("undo the import of the plan's units", r.returncode == 1 and "the plan names" in r.stderr, r.stderr)
    with open(os.path.join(p.dir, "unit.csv"), "w", encoding="utf-8") as f:
        f.write("code,name,kind\nso-thu,Sở Thử,department\n")
    number = str(p.ctl("import", "units", os.path.join(p.dir, "unit.csv"), json_out=True)[-1]["number"])
    p.ctl("undo-import", number)
    report.equal("but not of another unit", p.sql("SELECT count(*) FROM unit WHERE code = 'so-thu'"), [(0,)])
    c.refused("remove what is not there", 1, "remove", "villages", "TH-9999", "--by", "An", "--note", "x")
    p.ctl("export", "villages", os.path.join(p.dir, "part.csv"), "--unit", "xa-15505")
    with open(os.path.join(p.dir, "part.csv"), encoding="utf-8-sig", newline="") as f:
        report.equal("export of one place", len(list(csv.DictReader(f))), 12)


def imports_told(report, p, bad):
    """What import prints: every reason whole, what became of the file, and what a trial did not do."""
    r = p.ctl("import", "villages", bad, check=False)
    lines = r.stdout.splitlines()
    report.check("a rejected cell on its line, uncut", lines[0].startswith(f"{bad}:3: kind 'no-such-kind': ") and
                 lines[0].endswith("craft_site (Điểm có nghề)"), r.stdout)
    report.check("nothing was loaded", "1 rejected" in lines[1] and "nothing was loaded" in lines[1], lines[1])
    rejects = os.path.join(p.dir, "not-written.csv")
    r = p.ctl("import", "villages", bad, "--dry-run", "--accept-good", rejects)
    last = r.stdout.splitlines()[-1]
    report.check("a trial says would be", "would be changed" in last and "nothing was loaded" in last, last)
    report.check("and that no file was written", f"{rejects} was not written" in last and not os.path.exists(rejects),
                 last)
    head = os.path.join(p.dir, "head.csv")
    with open(head, "w", encoding="utf-8") as f:
        f.write("\nMa,Ten lang,xyz,#note\nTH-0001,a,b,c\n")
    for more in ((), ("--accept-good", rejects), ("--dry-run",)):
        r = p.ctl("import", "villages", head, *more, check=False)
        lines = r.stdout.splitlines()
        report.check("a refused header is one sentence", r.returncode == 1 and len(lines) == 2 and
                     lines[0].startswith(f"{head}:2: 'Ma', 'Ten lang', 'xyz': ") and "rejected" not in r.stdout and
                     "header is refused" in lines[1] and not os.path.exists(rejects), r.stdout)
    with open(head, "w", encoding="utf-8") as f:
        f.write("\ncode,kind\nTH-0001,xyz\n")
    report.check("one bad row is no header", "1 rejected" in p.ctl("import", "villages", head, check=False).stdout)


def judging(report, p):
    c = Ctl(report, p)
    rows = c.list("check", *AS_OF)
    plan = one(rows, subject="target:env-plan", period="2030")
    report.equal("protection plans", (plan.get("numerator"), plan.get("denominator"), plan.get("unknown_count")),
                 (22, 65, 6))
    report.check("as a percentage", 33.8 <= (plan.get("value") or 0) < 33.9, str(plan))
    owed = one(rows, duty="unit-report", unit="so-khcn", period="2026")
    report.equal("a report is due", (owed.get("status"), owed.get("last_day"), owed.get("days_left"),
                                     owed.get("role"), owed.get("kind")),
                 ("due_soon", "2026-12-04", 11, "debtor", "due"))
    report.check("all rows have an action", all(r["action"] and r["summary"] for r in rows))
    only = c.list("check", "--plugin", "reporting", *AS_OF)
    report.equal("one plugin only", {r["plugin"] for r in only}, {"reporting"})
    report.equal("check stores nothing", p.sql("SELECT count(*) FROM alert")[0][0], 0)
    report.equal("bad news are the exit code", p.ctl("check", *AS_OF, "--exit-code", check=False).returncode, 1)
    c.refused("a plugin that is not enabled", 2, "check", "--plugin", "weather")

    rows = c.list("deadlines", *AS_OF)
    reports = {r["unit"]: r for r in rows if r["duty"] == "unit-report" and r["period"] == "2026"}
    report.equal("who has handed in", {u for u, r in reports.items() if r["status"] == "done"}, {"so-congthuong"})
    report.equal("the collector owes none", reports["so-nnmt"]["status"], "not_applicable")
    report.check("five owe it", sum(r["status"] == "due_soon" for r in reports.values()) == 5, str(reports))
    report.equal("R2", (one(rows, duty="province-report", unit="so-nnmt", period="2026").get("last_day")), "2026-12-14")
    media = [r for r in rows if r["duty"] == "media-items" and r["status"] == "unknown"]
    report.check("duties without their plugin are listed as unknown", len(media) > 0)
    report.check("not as late, but with what they wait for",
                 all(r["days_left"] is None and r["last_day"] and "no rule plugin" in r["waiting_for"] for r in media),
                 str(media))
    report.check("the others wait for no plugin", not any("plugin" in (r["waiting_for"] or "") for r in rows
                                                          if r["duty"] in ("unit-report", "unit-plan")))
    report.check("and none is left out", {"unit-plan", "named-leader", "inspection-report", "training-classes",
                                          "workshops"} <= {r["duty"] for r in rows}, str({r["duty"] for r in rows}))
    report.check("conferences in their years", any(r["duty"] == "final-conference" for r in c.list(
        "deadlines", "--year", "2030", *AS_OF)))
    report.check("two undated duties told in one finding are two rows", one(
        rows, duty="named-leader", unit="so-khcn").get("status") != "unknown")
    report.check("another year", all(r["status"] in ("not_due", "not_applicable") for r in c.list(
        "deadlines", "--year", "2028", *AS_OF) if r["period"].startswith("2028")))

    rows = c.list("targets", *AS_OF)
    report.equal("every target", len(rows), 25)
    report.equal("unreported ones are unknown", one(rows, target="income", year=2025).get("status"), "unknown")
    row = one(rows, target="env-plan", year=2030)
    report.check("the gap in things", (row.get("gap_units") or 0) > 0 and row["gap"] > 0, str(row))
    report.equal("one year", {r["year"] for r in c.list("targets", "--year", "2030", *AS_OF)}, {2030})
    c.refused("no target year", 2, "targets", "--year", "2027")

    rows = c.list("villages", *AS_OF)
    report.check("every living village", len(rows) >= 94, str(len(rows)))
    here = c.list("villages", "--place", "xa-15505", *AS_OF)
    report.equal("one place", len(here), 12)
    mark = one(rows, code="TH-0028")["lacks"].split("|")
    report.check("TH-0028 lacks five things and more", len(mark) >= 5, str(mark))
    for args in (("villages", "--lacks", "zzz"), ("villages", "--place", "zzz"), ("alerts", "--unit", "zzz"),
                 ("export", "villages", "-", "--unit", "zzz"), ("trail", "zzz", "so-khcn", "2026"),
                 ("trail", "unit-report", "zzz", "2026"), ("trail", "unit-report", "so-khcn", "1999")):
        c.refused("a mistyped name is no empty list: " + " ".join(args), 2, *args)
    lacking = c.list("villages", "--lacks", mark[0], *AS_OF)
    report.check("filtered by what is lacking", lacking and all(mark[0] in r["lacks"].split("|") for r in lacking))
    c.list("units")
    c.list("contacts")
    items = c.list("plan")
    report.equal("the plan's targets and tasks", (sum(r["item"] == "target" for r in items),
                                                  sum(r["item"] == "task" for r in items)), (25, 9))
    plugins = c.list("plugin", "list")
    report.equal("enabled plugins are ready",
                 {r["name"] for r in plugins if r["plugin_state"] == "ready"}, {"reporting", "environment"})


def alerts(report, p):
    c = Ctl(report, p)
    c.refused("a preview before go-live", 1, "preview")
    p.ctl("go-live", "2026-11-02")
    c.refused("live already", 1, "go-live", "2026-11-03")
    p.run("langnghe-round", "--now", "2026-11-23T08:00:00+07:00")
    rows = c.list("alerts", *AS_OF)
    report.check("alerts are open", len(rows) > 20, str(len(rows)))
    row = one(c.list("alerts", "--unit", "so-khcn", *AS_OF), key="reporting/unit-report/unit:so-khcn/2026")
    if "id" not in row:
        row = next(r for r in rows if r["unit"] == "so-khcn" and r["role"] == "debtor" and "2026" in r["key"])
    number = str(row["id"])
    p.ctl("ack", number, "--by", "Lê B", "--note", "đang trình ký", *AS_OF)
    row = next(r for r in c.list("alerts", *AS_OF) if str(r["id"]) == number)
    report.equal("acknowledged", (row["alert_state"], row["acknowledged_by"]), ("acknowledged", "Lê B"))
    said = p.ctl("snooze", number, "--until", "2026-12-20", "--by", "Lê B", "--note", "x", *AS_OF).stdout
    report.check("and it says so", "snoozed until 2026-12-03, the day before" in said, said)
    report.equal("snoozed at the latest until the day before the last day", p.sql(
        "SELECT snoozed_until FROM alert WHERE id = ?", number), [("2026-12-03",)])
    c.refused("snoozed into the past", 1, "snooze", number, "--until", "2026-11-20", "--by", "B", "--note", "x", *AS_OF)
    p.ctl("snooze", number, "--until", "2026-11-27", "--by", "Lê B", "--note", "chờ số liệu", *AS_OF)
    p.ctl("unsnooze", number, "--by", "Lê B", "--note", "xong", *AS_OF)
    report.check("explain says what comes", len(p.ctl("explain", number, *AS_OF, json_out=True)) > 0)
    p.ctl("dispute", number, "--by", "Lê B", "--note", "không thuộc thẩm quyền", *AS_OF)
    c.refused("an id that is not there", 1, "ack", "999999", "--by", "B", "--note", "x")
    c.refused("a state that is none", 2, "alerts", "--state", "angry")
    c.refused("a task that is none", 2, "alerts", "--task", "12")
    report.equal("tasks by number", c.list("alerts", "--task", "3", *AS_OF),
                 c.list("alerts", "--task", "environment", *AS_OF))

    what = ("unit-report", "so-taichinh", "2026")
    p.ctl("submit", *what, "--on", "2026-11-23", "--document-no", "99/BC-STC", "--by", "Lê B", *AS_OF)
    row = one(c.list("deadlines", *AS_OF), duty="unit-report", unit="so-taichinh", period="2026")
    report.equal("submitted", (row.get("status"), row.get("done_on"), row.get("document_no")),
                 ("done", "2026-11-23", "99/BC-STC"))
    p.ctl("unsubmit", *what, "--by", "Lê B", "--note", "nhầm đơn vị")
    p.ctl("extend", *what, "--until", "2026-12-11", "--document-no", "88/UBND-NN", "--by", "Lê B")
    row = one(c.list("deadlines", *AS_OF), duty="unit-report", unit="so-taichinh", period="2026")
    report.equal("taken back and extended", (row.get("status"), row.get("last_day"), row.get("extended_to")),
                 ("due_soon", "2026-12-11", "2026-12-11"))
    today = ("--on", "2026-11-23", "--by", "B", *AS_OF)
    c.refused("a duty that is none", 1, "submit", "tax-return", "so-khcn", "2026", *today)
    c.refused("a period that does not fit", 1, "submit", "unit-report", "so-khcn", "2026-Q1", *today)
    c.refused("what has not come in", 1, "submit", *what, "--on", "2026-11-24", "--by", "B", *AS_OF)
    c.refused("tomorrow by the clock", 1, "submit", *what, "--on", "2099-11-24", "--by", "B")
    for duty, unit, period, debtor in (("province-report", "so-khcn", "2026", "so-nnmt"),
                                       ("unit-report", "so-nnmt", "2026", "so-khcn"),  # the collector
                                       ("unit-report", "so-tnmt", "2026", "so-khcn"),  # ended before
                                       ("media-items", "so-nnmt", "2026-Q3", "so-khcn")):
        r = p.ctl("submit", duty, unit, period, *today, check=False)
        report.check(f"{unit} does not owe {duty}", r.returncode == 1 and unit in r.stderr and
                     re.search(r"owed by .*\b" + debtor, r.stderr), r.stderr)
    p.ctl("submit", "unit-plan", "so-taichinh", "once", *today)
    p.ctl("submit", *what, "--on", "2026-11-20", "--document-no", "100/BC-STC", "--by", "Trần C", *AS_OF)
    rows = p.ctl("trail", *what, json_out=True)
    report.check("the trail tells it all", len(rows) >= 3)
    added = [r["detail"] for r in rows if r["event"] == "add"]
    report.equal("with number and dates, also of a row that is gone", added,
                 ["99/BC-STC, received 2026-11-23 (Lê B)", "100/BC-STC, received 2026-11-20 (Trần C)"])
    p.ctl("unsubmit", *what, "--by", "Lê B", "--note", "nhầm đơn vị")
    rows = p.ctl("trail", "unit-report", "so-congthuong", "2026", json_out=True)
    report.check("and the day of the paper", rows[0]["detail"].startswith("MP-529/BC of 2026-11-17, received 2026-11-18"),
                 str(rows))


def letters(report, p):
    c = Ctl(report, p)
    rows = p.ctl("outbox", json_out=True)
    report.check("letters are queued", rows and all(r["delivery"] == "queued" for r in rows if r["recipient"]),
                 str(rows[:2]))
    number = str(next(r["id"] for r in rows if r["delivery"] == "queued"))
    message = email.message_from_string(p.ctl("outbox", "show", number).stdout, policy=email.policy.default)
    report.check("outbox show is the letter", message["Subject"] and message["X-Langnghe-Unit"], str(message.keys()))
    p.ctl("hold", "--note", "rà soát")
    held = p.ctl("outbox", "--state", "held", json_out=True)
    report.check("hold stops all", len(held) > 0 and "rà soát" in p.ctl("status").stdout)
    c.refused("one letter while all is held", 1, "outbox", "release", number)
    p.ctl("release")
    report.equal("release frees all", p.ctl("outbox", "--state", "held", json_out=True), [])
    p.ctl("outbox", "discard", number)
    c.refused("retry what is not stuck", 1, "outbox", "retry", number)
    c.refused("no such letter", 1, "outbox", "show", "99999")
    retry_of_an_old_letter(report, p, c)
    c.refused("no such state", 2, "outbox", "--state", "lost")
    try_the_way_out(report, p, c)
    out = os.path.join(p.dir, "rehearsal")
    before = p.sql("SELECT count(*), max(id) FROM letter")
    rows = p.ctl("simulate", "--from", "2026-11-24", "--to", "2026-12-20", "--out", out, json_out=True)
    report.check("a rehearsal writes letters", len(rows) > 5, str(len(rows)))
    files = [os.path.join(d, f) for d, _, names in os.walk(out) for f in names if f.endswith(".eml")]
    report.equal("a file each", len(files), len(rows))
    row = rows[0]
    report.check("by day and unit", any(f.startswith(os.path.join(out, row["date"], row["unit"])) for f in files))
    with open(os.path.join(out, "index.html"), encoding="utf-8") as f:
        index = f.read()
    report.check("the index links every page", index.count(".html\"") == len(rows), "")
    report.check("pages are there", all(os.path.getsize(f[:-4] + ".html") > 200 for f in files))
    report.equal("the database stays as it was", p.sql("SELECT count(*), max(id) FROM letter"), before)
    c.refused("a folder in use", 3, "simulate", "--from", "2026-11-24", "--to", "2026-11-25", "--out", out)
    c.refused("backwards", 2, "simulate", "--from", "2026-11-24", "--to", "2026-11-23", "--out", out + "2")
    r = p.ctl("preview")
    said = re.match(r"next sending time (20\d\d-\d\d-\d\d) (\d\d:\d\d): (\d+|no) letter", r.stdout)
    report.check("a preview says of when", said, r.stdout)
    rows = p.ctl("preview", json_out=True)
    report.check("and lists that day's", said and {r["date"] for r in rows} <= {said[1]}, str(rows[:1]))


def retry_of_an_old_letter(report, p, c):
    """Bytes from before the last sending time are never sent again; what they said goes anew."""
    def settle(letter, delivery):
        db = sqlite3.connect(p.database)
        db.execute(f"UPDATE recipient SET delivery = {delivery}, smtp_text = '550 no' WHERE letter = ?1", (letter,))
        db.commit()
        db.close()
    told = [n for (n,) in p.sql("SELECT letter FROM recipient r WHERE delivery = 'queued' AND EXISTS (SELECT 1 FROM"
                                " notice n WHERE n.letter = r.letter) GROUP BY letter ORDER BY count(*)")]
    settle(told[0], "'failed'")
    r = p.ctl("outbox", "retry", str(told[0]))
    report.check("an old letter is not sent again", "new letter" in r.stdout, r.stdout)
    report.equal("it is withdrawn", p.sql("SELECT DISTINCT delivery FROM recipient WHERE letter = ?", told[0]),
                 [("superseded",)])
    report.equal("its notices return", p.sql("SELECT count(*) FROM notice WHERE letter = ?", told[0]), [(0,)])
    settle(told[-1], "iif(id = (SELECT min(id) FROM recipient WHERE letter = ?1), 'failed', 'sent')")
    c.refused("an old letter that somebody got", 1, "outbox", "retry", str(told[-1]))


def try_the_way_out(report, p, c):
    """test-mail goes at once, alone, also while sending is held."""
    def one_more(what, *held):
        new = os.path.join(p.maildir, "new")
        before = set(os.listdir(new)) if os.path.isdir(new) else set()
        waiting = len(p.ctl("outbox", "--state", "queued", json_out=True))
        r = p.ctl("test-mail", "thu@thanhhoa.example")
        fresh = sorted(set(os.listdir(new)) - before)
        report.equal(f"{what}: one letter more", len(fresh), 1)
        with open(os.path.join(new, fresh[0]), "rb") as f:
            m = email.message_from_bytes(f.read(), policy=email.policy.default)
        report.equal(f"{what}: to the address", m["To"].addresses[0].addr_spec, "thu@thanhhoa.example")
        text = m.get_body(("plain",)).get_content()
        report.check(f"{what}: says what it is", "thư gửi thử" in text and "dau-moi@thanhhoa.example" in text, text)
        report.equal(f"{what}: says that sending is held", "ĐANG TẠM GIỮ" in text, bool(held))
        report.check(f"{what}: the outcome is printed", "delivered" in r.stdout and p.maildir in r.stdout, r.stdout)
        report.equal(f"{what}: nothing else moved", len(p.ctl("outbox", "--state", "queued", json_out=True)), waiting)
    one_more("test-mail")
    p.ctl("hold")
    one_more("test-mail while held", "held")
    p.ctl("release")
    c.refused("test-mail to no address", 2, "test-mail", "nobody")
    shutil.move(p.maildir, p.maildir + ".away")
    open(p.maildir, "w").close()
    r = p.ctl("test-mail", "thu@thanhhoa.example", check=False)
    report.check("test-mail says why it did not go", r.returncode != 0 and "mail" in r.stderr, r.stderr)
    os.remove(p.maildir)
    shutil.move(p.maildir + ".away", p.maildir)
    letter = p.ctl("outbox", json_out=True)[-1]
    if letter["delivery"] != "sent":
        p.ctl("outbox", "discard", str(letter["id"]))


def upkeep(report, p):
    c = Ctl(report, p)
    rows = c.list("audit", *AS_OF)
    where = {r["where"]: r for r in rows}
    report.check("the audit sees the commune without address", "xa-15961" in where, str(list(where)))
    report.check("and villages without commune", {"TH-0025", "TH-0045", "TH-0063", "TH-0086"} <= set(where), str(where))
    report.check("every row has a remedy", all(r["remedy"] and r["what"] for r in rows))
    slip = os.path.join(p.dir, "slip.csv")
    with open(slip, "w", encoding="utf-8") as f:
        f.write("code,kind,task,held_on,source\nHD-901,workshop,communication,2062-11-20,mô phỏng\n"
                "HD-902,workshop,communication,2026-11-23,mô phỏng\n")
    p.ctl("import", "activities", slip)
    ahead = one(c.list("audit", *AS_OF), where="activities").get("what", "")
    report.check("and a year that was mistyped", "1 row has" in ahead and "HD-901 2062-11-20" in ahead and
                 "HD-902" not in ahead, ahead)
    p.ctl("remove", "activities", "HD-901", "--by", "An", "--note", "thử")
    p.ctl("remove", "activities", "HD-902", "--by", "An", "--note", "thử")
    p.ctl("backup", os.path.join(p.dir, "copy.db"))
    c.refused("backup over a file", 1, "backup", os.path.join(p.dir, "copy.db"))
    with open(os.path.join(p.dir, "junk.db"), "w", encoding="utf-8") as f:
        f.write("no database at all" * 100)
    c.refused("restore of junk", 1, "restore", os.path.join(p.dir, "junk.db"))
    p.ctl("remove", "villages", "TH-0096", "--by", "An", "--note", "thử", check=False)
    before = p.sql("SELECT count(*) FROM village")[0][0]
    p.ctl("import", "villages", os.path.join(p.dir, "one.csv"))
    p.ctl("restore", os.path.join(p.dir, "copy.db"))
    report.check("restore brings back", p.sql("SELECT count(*) FROM village WHERE code = 'TH-9999'")[0][0] == 0 and
                 before > 0)
    status = p.ctl("status", json_out=True)
    report.check("and holds sending with its reason", "restored" in (status["database"]["held"] or ""), str(status))
    rows = c.list("audit", *AS_OF)
    report.check("the audit says so", any("held" in r["what"] for r in rows))
    report.equal("audit's exit code", p.ctl("audit", "--exit-code", check=False).returncode, 1)
    report.equal("no daemon", status["daemon"], None)
    c.refused("reload without a daemon", 3, "reload")


def configure(p, *changes):
    """Puts each (pattern, text) into the configuration; the text that was there."""
    with open(p.conf, encoding="utf-8") as f:
        before = text = f.read()
    for pattern, to in changes:
        text, n = re.subn(pattern, lambda _, to=to: to, text)
        assert n == 1, pattern
    with open(p.conf, "w", encoding="utf-8") as f:
        f.write(text)
    return before


def settings(report, p):
    """What the audit says of the settings; status and an ill plugin under a bad configuration."""
    c = Ctl(report, p)
    before = {r["where"] for r in c.list("audit", *AS_OF)}
    report.check("simulated addresses are in order", not before & {"contacts", "mail.reply_to"}, str(before))
    text = configure(p, (r'data_label = .*;', 'data_label = "";'), (
        r'mail = \{', 'import = { directory = "in"; }; retention = { letters = 90; };\n'
        'web = { listen = "127.0.0.1:80"; public_url = "http://a"; };\nmail = { bounces = "b"; server = "localhost";'))
    rows = {r["where"]: r for r in c.list("audit", *AS_OF)}
    report.check("unlabelled ones are not", all(rows.get(w, {}).get("severity") == "warning" and ".example" in
                 rows[w]["what"] for w in ("contacts", "mail.reply_to", "admin.email")), str(rows))
    unused = {"retention.letters", "web.listen", "web.public_url",
              "mail.bounces", "mail.server"}
    report.equal("options without effect", {w for w, r in rows.items() if "no effect" in r["what"]}, unused)
    with open(p.conf, "w", encoding="utf-8") as f:
        f.write(text)

    daemon = subprocess.Popen([os.path.join(BUILD, "langnghed"), "-c", p.conf, "-f"],
                              env=dict(os.environ, LANGNGHE_LIBEXEC=BUILD), stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 20
        while time.monotonic() < end and not p.ctl("status", json_out=True)["daemon"]:
            time.sleep(0.02)
        for broken in ((r"timezone = .*;", 'timezone = "Mars";\nplan2 = 1;'), (r"timezone = .*;", "timezone = ;")):
            configure(p, broken)
            r = p.ctl("status", "--json", check=False)
            status = json.loads(r.stdout)
            report.check("status in spite of a bad configuration", r.returncode == 1 and
                         status["daemon"]["pid"] == daemon.pid and status["database"] and
                         any(line.startswith(p.conf + ":4: ") for line in status["configuration"]), r.stdout)
            r = p.ctl("status", check=False)
            report.check("in words, too", f"daemon pid: {daemon.pid}" in r.stdout and p.conf + ":4: " in r.stderr,
                         r.stdout + r.stderr)
            with open(p.conf, "w", encoding="utf-8") as f:
                f.write(text)
    finally:
        daemon.terminate()
        daemon.wait(timeout=30)
    report.equal("and nothing to say of a good one", p.ctl("status", json_out=True)["configuration"], [])

    configure(p, (r"plugins = .*;", 'plugins = { directory = "%s"; enabled = ["segfault"]; };'
                  % os.path.join(BUILD, "tests/plugins")))
    r = p.ctl("check")
    if "address" not in os.environ.get("SAN", ""):
        report.equal("a failing plugin in one clear sentence", r.stderr,
                     "langnghectl: plugin segfault: its process died of signal 11 (Segmentation fault); "
                     "nothing is concluded from it\n")
    with open(p.conf, "w", encoding="utf-8") as f:
        f.write(text)


def going_live(report):
    """In the middle of a day nothing goes at once: its sending time counts as over."""
    workday = False  # whether today is one
    for send_at, over in (("00:00", True), ("23:59", False)):
        with Province(extra=f'schedule = {{ check_at = "00:00"; send_at = "{send_at}"; late_until = "23:59"; }};') as p:
            p.load_sample()
            said = p.ctl("go-live").stdout
            match = re.search(r"from (\S+)\nthe first letters go on (\S+) at " + send_at, said)
            if not report.check("go-live says when the first letters go", match, said):
                continue
            today, first = match.groups()
            if over:
                workday = p.sql("SELECT value FROM meta WHERE key = 'last_send'") == [(today,)]
                report.check("after the sending time: not today", first > today, said)
            elif workday:
                report.equal("before it: today", first, today)
            p.run("langnghe-round", "--now", f"{today}T23:58:00+07:00")
            if workday:
                report.equal("no letter at once", p.sql("SELECT count(*) FROM letter WHERE unit <> '@admin'"), [(0,)])
            p.run("langnghe-round", "--now", f"{first}T{send_at}:00+07:00")
            report.check("letters at the first sending time",
                         p.sql("SELECT count(*) FROM letter WHERE unit <> '@admin'")[0][0] > 0)


def packaged(report):
    """The packaged configuration is in order as installed, its paths moved to where they may be written."""
    with Province() as p:
        conf = os.path.join(p.dir, "etc")
        shutil.copytree(os.path.join(ROOT, "conf"), conf, ignore=shutil.ignore_patterns("sample"))
        p.conf = os.path.join(conf, "langnghed.conf")
        configure(p, (r"/var/lib/langnghe/langnghe.db\";", p.database + '";'),
                  (r"/run/langnghe/control\";", os.path.join(p.dir, "control") + '";'),
                  (r"/var/lib/langnghe/mail\";", p.maildir + '";'),
                  (r'directory = "/usr/lib/langnghe/plugins";', f'directory = "{BUILD}/plugins";'))
        r = p.run("langnghed", "-t", check=False)
        report.check("the packaged file passes -t", r.returncode == 0 and not r.stderr, r.stdout + r.stderr)
        word = os.path.join(p.dir, "word")
        before = configure(p, (r'transport = "maildir"', 'transport = "smtp"'), (r'\tserver = ""', '\tserver = "localhost:25"'),
                           (r'\tstarttls = "required"', '\tstarttls = "off"'), (r'\tuser = ""', '\tuser = "langnghe"'),
                           (r'\tpassword_file = ""', f'\tpassword_file = "{word}"'),
                           *((f'"{name}@langnghe\\.example"', f'"{name}@langnghe.test"')
                             for name in ("langnghe", "dau-moi", "quantri")))
        for what, text, mode, said in (("is not there", None, 0, "No such file"), ("that others may read", "x\n", 0o644, "0600"),
                                       ("that is empty", "\n", 0o600, "first line is empty")):
            if text:
                with open(word, "w", encoding="utf-8") as f:
                    f.write(text)
                os.chmod(word, mode)
            r = p.run("langnghed", "-t", check=False)
            report.check(f"-t sees a password file {what}", r.returncode == 1 and said in r.stderr and word in r.stderr,
                         r.stdout + r.stderr)
        with open(p.conf, "w", encoding="utf-8") as f:
            f.write(before)
        p.ctl("init")
        where = {r["where"] for r in p.ctl("audit", json_out=True)}
        report.check("and sets nothing that has no effect", "contacts" in where and "retention.letters" not in where,
                     str(where))


def describing(report, p):
    """A description into a file is refused in words: the runner may write none."""
    out = os.path.join(p.dir, "description")
    with open(out, "w", encoding="utf-8") as f:
        r = subprocess.run([os.path.join(BUILD, "langnghe-runner"), "--describe",
                            os.path.join(BUILD, "plugins/reporting.so")], stdout=f, stderr=subprocess.PIPE, text=True)
    report.check("--describe into a file", r.returncode == 2 and "pipe" in r.stderr, f"{r.returncode} {r.stderr}")


def trying(report, p):
    """A plugin is judged and tried before it is installed."""
    bad = os.path.join(BUILD, "tests", "plugins")
    report.check("lint of a good plugin", "in order" in p.ctl("plugin", "lint", bad + "/good.so").stdout)
    r = p.ctl("plugin", "lint", bad + "/wrong-abi.so", check=False)
    report.check("lint names expected and got", r.returncode == 1 and "1 is expected" in r.stderr, r.stderr)
    rows = p.ctl("plugin", "run", bad + "/good.so", "--as-of", "2026-11-20", json_out=True)
    report.check("run prints what it reports", rows and rows[0]["plugin"] == "good", str(rows[:1]))
    r = p.ctl("plugin", "run", bad + "/segfault.so", check=False)
    report.check("run of a crashing one says so", r.returncode == 1 and "signal 11" in r.stderr, r.stderr)
    report.equal("and stores nothing", p.sql("SELECT count(*) FROM plugin_run WHERE name IN"
                                             " ('good', 'segfault')")[0][0], 0)


def main():
    report = Report()
    with Province() as p:
        for part in (usage, register, judging, alerts, letters, upkeep, settings, describing, trying):
            part(report, p)
    going_live(report)
    packaged(report)
    report.close()


main()
