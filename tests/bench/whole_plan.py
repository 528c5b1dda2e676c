#!/usr/bin/env python3
"""`langnghectl check` with all eleven plugins on a register of national size, beside the sqlite3 shell on check.sql and
plan.sql: over the same rows in plain keyed tables, which is judged; beside DuckDB on plan-duckdb.sql, which is only shown;
and checking again after one village was changed beside the slowest plugin that reads villages."""
import csv
import datetime
import json
import os
import re
import sqlite3
import subprocess

from check import TODAY, typed
from measure import ENV, ROOT, Bench, CannotMeasure, Folder, Province, built, generated, in_turns, run, seconds

PLUGINS = ("reporting", "environment", "communication", "training", "science-technology", "ocop", "trade-promotion",
           "raw-material", "inspection", "conferences", "preservation")
READ_VILLAGES = ("environment", "training", "science-technology", "ocop", "trade-promotion", "raw-material", "inspection",
                 "preservation")
EARLIER = "2026-11-13"
RUNS = 5
LIMIT = 0.2
AGAIN_S = 0.020  # what checking again may take beyond the slowest plugin
DUCKDB = "@duckdb/node-api@1.5.6-r.1"
TABLES = {"unit": "units", "village": "villages", "village_year": "village_years", "establishment": "establishments",
          "product": "products", "ip_right": "ip_rights", "recognition": "recognitions", "activity": "activities",
          "zone": None, "submission": None}
LISTS = {"village-preservation": "village-preservation", "renaming": "renaming", "places": "places"}  # rule: tag of plan.sql


def province():
    p = Province(plugins=PLUGINS)
    generated(p, today=TODAY, products=200000)
    # A service at work: it has seen which plugins take long. Of that day nothing is kept for TODAY.
    p.run("langnghe-round", "--now", f"{EARLIER}T09:00:00+07:00", "--stepped")
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


def check(p, *more, day=TODAY):
    return [built("langnghectl"), "-c", p.conf, "check", "--as-of", day, "--json", *more]


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


def duckdb(p):
    """The command that asks DuckDB, its own file filled from the same spreadsheets; None where it cannot be had."""
    modules = os.path.join(ROOT, "build", "duckdb")
    have = subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", modules, DUCKDB],
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if have.returncode != 0:
        return None
    program = ["node", os.path.join(ROOT, "tests", "bench", "duckdb.mjs"), os.path.join(p.dir, "plan.duckdb")]
    load, ask = os.path.join(p.dir, "load.duckdb.sql"), os.path.join(p.dir, "ask.duckdb.sql")
    units = [os.path.join(ROOT, "conf", "units-thanh-hoa.csv"), os.path.join(p.dir, "csv", "units.csv")]
    with open(load, "w", encoding="utf-8") as f:
        for table, kind in TABLES.items():
            path = os.path.join(p.dir, "csv", f"{kind}.csv")
            if kind and table != "unit":
                f.write(f"CREATE TABLE {table} AS SELECT * FROM read_csv('{path}', sample_size = -1, types = {types(path)});\n")
        f.write("CREATE TABLE unit AS " + " UNION ALL BY NAME ".join(
            f"SELECT * FROM read_csv('{path}', all_varchar = true)" for path in units) + ";\n")
    with open(os.path.join(ROOT, "tests", "bench", "plan-duckdb.sql"), encoding="utf-8") as f:
        parts = list(zip(*[iter(re.split(r"^-- part (\w+)\n", f.read(), flags=re.M)[1:])] * 2))

    def of(name, today, year):
        return "".join(text for part, text in parts if part == name).replace("{today}", today).replace("{year}", year)
    with open(ask, "w", encoding="utf-8") as f:
        f.write(of("targets", TODAY, "2030") + of("lists", TODAY, "2030") + "SELECT '== 2025';\n"
                + of("targets", "2025-12-31", "2025"))
    subprocess.run([*program, load, modules], env=ENV, check=True, stdout=subprocess.DEVNULL)
    return [*program, ask, modules]


def types(path):
    """What its columns of dates and of lists are, which a file without any cannot tell."""
    with open(path, encoding="utf-8") as f:
        columns = next(csv.reader(f))
    dates = {c: "DATE" for c in columns if c.endswith(("_on", "_since", "valid_to", "valid_from"))}
    lists = {c: "VARCHAR" for c in columns if c in ("villages", "products", "places", "name")
             or (c == "establishments" and "village" not in columns)}
    return "{" + ", ".join(f"'{c}': '{t}'" for c, t in {**dates, **lists}.items()) + "}"


def answers_agree(p, command):
    """Whether both counted the same members; says where they did not."""
    rows = json.loads(subprocess.run(check(p), env=ENV, capture_output=True, check=True).stdout)
    ours = {(r["rule"], r["period"]): (r["numerator"], r["denominator"], r["unknown_count"]) for r in rows
            if r["kind"] == "short"}
    ours.update({(rule, "list"): sum(r["rule"] == rule and r["status"] == "missing" for r in rows) for rule in LISTS})
    text = subprocess.run(command, env=ENV, capture_output=True, check=True, text=True).stdout
    theirs = {}
    for year, lines in zip(("2030", "2025"), text.split("== 2025\n")):
        for name, *rest in (line.split("|") for line in lines.splitlines()):
            if (name, year) in ours and name != "output-growth" and len(rest) == 3:
                theirs[name, year] = tuple(map(int, rest))
            elif name in LISTS.values():
                theirs[name, "list"] = theirs.get((name, "list"), 0) + 1
    if len(theirs) < 24:
        raise CannotMeasure(f"{command[0]} gave only {sorted(theirs)}")
    for what, figures in theirs.items():
        if ours[what] != figures:
            print(f"DIFFERS {what}: {ours[what]} by langnghectl, {figures} by {command[0]}")
    return all(ours[what] == figures for what, figures in theirs.items())


def again(p, bench):
    """A village's group for the environment was entered since the day's round."""
    p.run("langnghe-round", "--now", f"{TODAY}T09:00:00+07:00", "--stepped")
    path = os.path.join(p.dir, "one.csv")
    with open(path, "w", encoding="utf-8") as f:
        f.write("code,env_group\nTH-000001,no\nTH-000002,yes\n")
    p.ctl("import", "villages", path)
    tomorrow = (datetime.date.fromisoformat(TODAY) + datetime.timedelta(1)).isoformat()  # nothing is kept for that day
    alone = {name: seconds(check(p, "--plugin", name, day=tomorrow)) for name in READ_VILLAGES}
    slowest = max(alone, key=alone.get)
    ours, theirs, all_again = in_turns(RUNS, lambda: seconds(check(p)),
                                       lambda: seconds(check(p, "--plugin", slowest, day=tomorrow)),
                                       lambda: seconds(check(p, day=tomorrow)))
    bench.columns("langnghectl", f"{slowest} + {AGAIN_S * 1000:.0f} ms")
    bench.ratio("check again, one village changed", ours, theirs + AGAIN_S, 1)
    bench.show("check again, everything changed", all_again, theirs + AGAIN_S)


def main():
    with Folder():
        p = province()
        by_shell, by_duckdb = shell(p, plain(p)), duckdb(p)
        agree = answers_agree(p, by_shell) and (not by_duckdb or answers_agree(p, by_duckdb))
        bench = Bench("langnghectl", "sqlite3 shell")
        measures = [lambda: seconds(check(p)), lambda: seconds(by_shell)]
        if by_duckdb:
            measures.append(lambda: seconds(by_duckdb))
        ours, hand, *column_store = in_turns(RUNS, *measures)
        print("check, all plugins, 5 500 villages, 600 000 establishments, 200 000 products, beside")
        bench.ratio("  plain keyed tables, GROUP BY and joins", ours, hand, LIMIT)
        if by_duckdb:
            bench.show("  DuckDB, one thread, its own file", ours, column_store[0])
        else:
            print("  DuckDB cannot be installed here (npm): left out")
        again(p, bench)
        return bench.close() if agree else 2  # a ratio of two different things means little


if __name__ == "__main__":
    run(main)
