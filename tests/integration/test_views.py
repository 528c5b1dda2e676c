#!/usr/bin/python3
"""langnghe-views(5) and the views it tells of: every column, its words, what makes the page fail, and the examples
run as rules against the sample register."""
import os
import re
import shutil
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from province import BUILD, ROOT, Province, Report  # noqa: E402

TODAY = "2026-11-20"
PAGE = os.path.join(BUILD, "langnghe-views.5")
MEANINGS = os.path.join(ROOT, "daemon", "store", "schema", "views.txt")
TEMPLATE = os.path.join(ROOT, "daemon", "store", "langnghe-views.5.in")
EXAMPLES = [("short", 'comparator = "ge"; threshold = 50;'), ("missing", ""), ("due", "")]
RULE = '''name = "%s"; title = "Ví dụ (mô phỏng)"; unit = "so-nnmt"; kind = "%s"; %s
clause = "mô phỏng"; lacks = "còn thiếu"; sentence = "ví dụ"; action = "Đề nghị bổ sung.";
query = "%s";
'''


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def made(p, text):
    """The exit code, the errors and the page that this text of meanings gives, None for none."""
    meanings, page = os.path.join(p.dir, "views.txt"), os.path.join(p.dir, "page.5")
    with open(meanings, "w", encoding="utf-8") as f:
        f.write(text)
    if os.path.exists(page):
        os.unlink(page)
    r = subprocess.run([os.path.join(BUILD, "views_page"), meanings, TEMPLATE, page], capture_output=True, text=True)
    return r.returncode, r.stderr, read(page) if os.path.exists(page) else None


def told(page):
    """{view: {column: what is told of it}}"""
    views = {}
    for part in re.split(r"^\.Ss (?=v_)", page.split("\n.Sh FUNCTIONS")[0], flags=re.M)[1:]:
        items = re.split(r"^\.It Va ", part, flags=re.M)
        views[part.split("\n", 1)[0]] = {i.split("\n", 1)[0]: i.split("\n", 1)[1] for i in items[1:]}
    return views


def check_columns(report, p, page):
    views = told(page)
    there = {name: [row[1] for row in p.sql(f"PRAGMA table_info({name})")]
             for name, in p.sql("SELECT name FROM sqlite_master WHERE type = 'view'")}
    report.equal("every view and column, in order", {v: list(c) for v, c in views.items()}, there)
    state = views["v_village"]["env_plan_state"]
    report.check("words come with their labels", "drafting (Đang lập)" in state.replace("\n", " "), state)
    report.check("a status is one of the targets'", "on_track" in views["v_target_result"]["status"]
                 and "overdue" not in views["v_target_result"]["status"])
    for view, column, unit in (("v_village_year", "output_thousand", "thousand VND"), ("v_zone", "actual_ha", "ha"),
                               ("v_project", "amount_million", "million VND"), ("v_unit", "valid_to", "date")):
        report.check(f"the unit of {view}.{column}", unit in views[view][column].split("\n")[0], views[view][column])


def check_failing(report, p, page):
    text = read(MEANINGS)
    report.equal("the same page again", made(p, text), (0, "", page))
    line = next(x for x in text.split("\n") if x.startswith("\ttrade\t"))
    for what, changed, word in (
            ("a column without a meaning", text.replace(line + "\n", "", 1), "v_village.trade has no meaning"),
            ("a meaning without its column", text.replace(line, line + "\n\tgone\t-\tNothing.", 1), "v_village.gone"),
            ("a column told twice", text.replace(line, line + "\n" + line, 1), "v_village.trade is told"),
            ("a view without a meaning", text.replace("v_zone: ", "v_place: "), "v_zone has no meaning"),
            ("half a line", text.replace(line, "\ttrade", 1), "tab before each")):
        code, errors, got = made(p, changed)
        report.check(what + " is an error, and there is no page", code == 1 and got is None and word in errors, errors)


def check_examples(report, p, page):
    queries = re.findall(r"^\.Bd -literal\n(.*?)^\.Ed", page.split("\n.Sh EXAMPLES")[1], flags=re.M | re.S)
    report.equal("one kind for each example", len(queries), len(EXAMPLES))
    db = sqlite3.connect(p.database)
    for i, (query, (kind, more)) in enumerate(zip(queries, EXAMPLES)):
        path = os.path.join(p.dir, f"example-{i}.conf")
        with open(path, "w", encoding="utf-8") as f:
            f.write(RULE % (f"example-{i}", kind, more, query.replace("\\e", "\\").replace("\n", " ")))
        rows = p.ctl("rule", "run", path, "--as-of", TODAY, json_out=True)
        want = {r[0] for r in db.execute(query, {"today": TODAY, "year": int(TODAY[:4])})}
        report.check(f"example {i + 1} finds something", len(want) > 10, str(len(want)))
        report.equal(f"example {i + 1} as a rule", {r["subject"] for r in rows}, want)
        report.check(f"example {i + 1} tells apart", len({r["status"] for r in rows}) > 1, str(rows[:1]))
    db.close()


def check_lint(report):
    if not shutil.which("mandoc"):
        return
    r = subprocess.run(["mandoc", "-Tlint", PAGE], capture_output=True, text=True)
    harmless = ("referenced manual not found", "possible typo in section name: Sh VIEWS")
    left = [x for x in (r.stdout + r.stderr).splitlines() if not any(h in x for h in harmless)]
    report.equal("mandoc has nothing to say", left, [])


def main():
    report = Report()
    page = read(PAGE)
    with Province(plugins=("reporting",)) as p:
        p.load_sample()
        check_columns(report, p, page)
        check_failing(report, p, page)
        check_examples(report, p, page)
    check_lint(report)
    report.close()


main()
