#!/usr/bin/env python3
"""`langnghectl check` with all eleven plugins on a register of national size, beside the sqlite3 shell on check.sql and
plan.sql: over the same rows in plain keyed tables, which is judged."""
import json
import os
import re
import sqlite3
import subprocess

from check import TODAY, typed
from measure import ENV, REGISTER, ROOT, Bench, CannotMeasure, Folder, Province, built, in_turns, run, seconds

PLUGINS = ("reporting", "environment", "communication", "training", "science-technology", "ocop", "trade-promotion",
           "raw-material", "inspection", "conferences", "preservation")
RUNS = 5
LIMIT = 0.2
TABLES = {"unit": "units", "village": "villages", "village_year": "village_years", "establishment": "establishments",
          "product": "products", "ip_right": "ip_rights", "recognition": "recognitions", "activity": "activities",
          "zone": None, "submission": None}
LISTS = {"village-preservation": "village-preservation", "renaming": "renaming", "places": "places"}  # rule: tag of plan.sql


def province():
    p = Province(plugins=PLUGINS)
    out = os.path.join(p.dir, "csv")
    subprocess.run([os.path.join(ROOT, "scripts", "gen-register"), "--out", out, "--today", TODAY, "--products", "200000"],
                   check=True, stdout=subprocess.DEVNULL)
    p.ctl("init")
    for kind in REGISTER:
        p.ctl("import", kind, os.path.join(out, kind + ".csv"))
    return p


def plain(p):
    """The same rows as a person loads them: equal tables, their primary keys, no other index."""
    path = os.path.join(p.dir, "plain.db")
    ours = sqlite3.connect(f"file:{p.database}?mode=ro", uri=True)
    script = []
    for table, kind in TABLES.items():
        create, = ours.execute("SELECT sql FROM sqlite_master WHERE name = ?", [table]).fetchone()
        columns = ours.execute("SELECT name, type FROM pragma_table_info(?) WHERE name <> 'rev'", [table]).fetchall()
        script.append(create + ";")
        if kind:
            script += [f'.import --csv --schema temp "{os.path.join(p.dir, "csv", kind + ".csv")}" cells',
                       f"INSERT INTO {table} ({', '.join(c for c, _ in columns)})"
                       f" SELECT {', '.join(typed(c, t) for c, t in columns)} FROM temp.cells;", "DROP TABLE temp.cells;"]
    ours.close()
    subprocess.run(["sqlite3", "-bail", path], input="\n".join(script), text=True, check=True, env=ENV)
    return path


def check(p):
    return [built("langnghectl"), "-c", p.conf, "check", "--as-of", TODAY, "--json"]


def sections(name):
    """The numbered parts of a file of SQL."""
    with open(os.path.join(ROOT, "tests", "bench", name), encoding="utf-8") as f:
        return dict(zip(*[iter(re.split(r"^-- (\d+)\. ", f.read(), flags=re.M)[1:])] * 2))


def script():
    """Today's figures and lists, then the targets once more as of the last day of 2025."""
    def of(name, *numbers):
        return "".join(f"-- {n}. {text}" for n, text in sections(name).items() if not numbers or int(n) in numbers)
    return (f".parameter set :today \"'{TODAY}'\"\n.parameter set :year 2030\n" + of("check.sql") + of("plan.sql")
            + ".parameter set :today \"'2025-12-31'\"\n.parameter set :year 2025\n.print == 2025\n"
            + of("check.sql", 3) + of("plan.sql", 1, 2, 3, 4, 5, 6))


def shell(p, database):
    path = os.path.join(p.dir, "whole_plan.sql")
    with open(path, "w", encoding="utf-8") as f:
        f.write(script())
    return ["sqlite3", "-readonly", "-bail", database, f".read {path}"]


def answers_agree(p, database):
    """Whether both counted the same members; says where they did not."""
    rows = json.loads(subprocess.run(check(p), env=ENV, capture_output=True, check=True).stdout)
    ours = {(r["rule"], r["period"]): (r["numerator"], r["denominator"], r["unknown_count"]) for r in rows
            if r["kind"] == "short"}
    ours.update({(rule, "list"): sum(r["rule"] == rule and r["status"] == "missing" for r in rows) for rule in LISTS})
    text = subprocess.run(shell(p, database), env=ENV, capture_output=True, check=True, text=True).stdout
    theirs = {}
    for year, lines in zip(("2030", "2025"), text.split("== 2025\n")):
        for name, *rest in (line.split("|") for line in lines.splitlines()):
            if (name, year) in ours and name != "output-growth" and len(rest) == 3:
                theirs[name, year] = tuple(map(int, rest))
            elif name in LISTS.values():
                theirs[name, "list"] = theirs.get((name, "list"), 0) + 1
    if len(theirs) < 24:
        raise CannotMeasure(f"the shell gave only {sorted(theirs)}")
    for what, figures in theirs.items():
        if ours[what] != figures:
            print(f"DIFFERS {what}: {ours[what]} by langnghectl, {figures} by the shell")
    return all(ours[what] == figures for what, figures in theirs.items())


def main():
    with Folder():
        p = province()
        by_hand = plain(p)
        agree = answers_agree(p, by_hand)
        by_shell = shell(p, by_hand)
        bench = Bench("langnghectl", "sqlite3 shell")
        ours, hand = in_turns(RUNS, lambda: seconds(check(p)), lambda: seconds(by_shell))
        print("check, all plugins, 5 500 villages, 600 000 establishments, 200 000 products, beside")
        bench.ratio("  plain keyed tables, GROUP BY and joins", ours, hand, LIMIT)
        return bench.close() if agree else 2  # a ratio of two different things means little


if __name__ == "__main__":
    run(main)
