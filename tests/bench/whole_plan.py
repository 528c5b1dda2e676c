#!/usr/bin/env python3
"""`langnghectl check` with all eleven plugins on a register of national size, beside the sqlite3 shell on check.sql and
plan.sql: over the same rows in plain keyed tables, which is judged."""
import json
import os
import sqlite3
import subprocess

from check import TODAY, typed
from measure import ENV, REGISTER, ROOT, Bench, CannotMeasure, Folder, Province, built, in_turns, run, seconds

PLUGINS = ("reporting", "environment", "communication", "training", "science-technology", "ocop", "trade-promotion",
           "raw-material", "inspection", "conferences", "preservation")
RUNS = 5
LIMIT = 0.2
SQL = [os.path.join(ROOT, "tests", "bench", name) for name in ("check.sql", "plan.sql")]
TABLES = {"unit": "units", "village": "villages", "village_year": "village_years", "establishment": "establishments",
          "product": "products", "ip_right": "ip_rights", "recognition": "recognitions", "submission": None}


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


def shell(database):
    return ["sqlite3", "-readonly", "-cmd", f".parameter set :today \"'{TODAY}'\"", "-cmd", f".read {SQL[0]}", database,
            f".read {SQL[1]}"]


def answers_agree(p, database):
    """Whether both counted the same members; says where they did not."""
    rows = json.loads(subprocess.run(check(p), env=ENV, capture_output=True, check=True).stdout)
    ours = {r["rule"]: (r["numerator"], r["denominator"], r["unknown_count"]) for r in rows
            if r["kind"] == "short" and r["period"] == "2030"}
    lines = subprocess.run(shell(database), env=ENV, capture_output=True, check=True, text=True).stdout.splitlines()
    theirs = {t: tuple(map(int, rest)) for t, *rest in (line.split("|") for line in lines)
              if t in ours and t != "output-growth" and len(rest) == 3}
    if len(theirs) < 10:
        raise CannotMeasure(f"the shell gave only {sorted(theirs)}")
    for target, figures in theirs.items():
        if ours[target] != figures:
            print(f"DIFFERS {target}: {ours[target]} by langnghectl, {figures} by the shell")
    return all(ours[t] == f for t, f in theirs.items())


def main():
    with Folder():
        p = province()
        by_hand = plain(p)
        agree = answers_agree(p, by_hand)
        bench = Bench("langnghectl", "sqlite3 shell")
        ours, hand = in_turns(RUNS, lambda: seconds(check(p)), lambda: seconds(shell(by_hand)))
        print("check, all plugins, 5 500 villages, 600 000 establishments, 200 000 products, beside")
        bench.ratio("  plain keyed tables, GROUP BY and joins", ours, hand, LIMIT)
        return bench.close() if agree else 2  # a ratio of two different things means little


if __name__ == "__main__":
    run(main)
