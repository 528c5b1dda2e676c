#!/usr/bin/env python3
"""`langnghectl check` with both plugins beside the sqlite3 shell on check.sql, warm: over the same rows
as a person would load them into plain keyed tables, which is judged, and over our own file with our
index, which is only shown; and a tenth of the data beside the whole."""
import json
import os
import sqlite3
import subprocess

from measure import ENV, ROOT, Bench, CannotMeasure, Folder, Province, built, generated, in_turns, run, seconds

TODAY = "2026-11-20"
RUNS = 11
LIMIT_SHELL = 0.5  # of plain GROUP BYs and joins in the shell, over plain keyed tables
LIMIT_TEN = 11     # times the time, of ten times the data
SQL = os.path.join(ROOT, "tests", "bench", "check.sql")


def province(villages):
    """A generated register in a database of its own: ten times the villages, ten times all."""
    p = Province()
    generated(p, today=TODAY, villages=villages, establishments=villages * 1200 // 11, communes=villages * 3 // 5)
    return p


FILES = {"unit": ["units-thanh-hoa", "units"], "village": ["villages"], "village_year": ["village_years"],
         "establishment": ["establishments"], "submission": []}  # what check.sql reads


def typed(column, kind):
    """A cell of a CSV file as the register keeps it: empty is NULL, yes and no are 1 and 0."""
    if kind != "INTEGER":
        return f"nullif({column}, '')"
    return f"CASE {column} WHEN 'yes' THEN 1 WHEN 'no' THEN 0 WHEN '' THEN NULL ELSE {column} END"


def plain(p):
    """The same rows in a database that a person makes with the sqlite3 shell: equal tables, their
    primary keys and no other index, .import of the files that langnghectl imported."""
    path = os.path.join(p.dir, "plain.db")
    ours = sqlite3.connect(f"file:{p.database}?mode=ro", uri=True)
    script = []
    for table, files in FILES.items():
        create, = ours.execute("SELECT sql FROM sqlite_master WHERE name = ?", [table]).fetchone()
        script += [create + ";"]
        columns = ours.execute("SELECT name, type FROM pragma_table_info(?) WHERE name <> 'rev'",
                               [table]).fetchall()
        for name in files:
            file = os.path.join(ROOT, "conf", name + ".csv")
            if not os.path.exists(file):
                file = os.path.join(p.dir, "csv", name + ".csv")
            script += [f'.import --csv --schema temp "{file}" cells',
                       f"INSERT INTO {table} ({', '.join(c for c, _ in columns)})"
                       f" SELECT {', '.join(typed(c, kind) for c, kind in columns)} FROM temp.cells;",
                       "DROP TABLE temp.cells;"]
    subprocess.run(["sqlite3", "-bail", path], input="\n".join(script), text=True, check=True, env=ENV)
    ours.execute("ATTACH ? AS plain", [path])
    for table in FILES:
        for one, other in (("main", "plain"), ("plain", "main")):
            n, = ours.execute(f"SELECT count(*) FROM (SELECT * FROM {one}.{table}"
                              f" EXCEPT SELECT * FROM {other}.{table})").fetchone()
            if n:
                raise CannotMeasure(f"{n} rows of {table} in {one} are not in {other}")
    ours.close()
    return path


def shell(database):
    return ["sqlite3", "-readonly", "-cmd", f".parameter set :today \"'{TODAY}'\"", database]


def check(p):
    return [built("langnghectl"), "-c", p.conf, "check", "--as-of", TODAY, "--json"]


def check_seconds(p):
    return seconds(check(p))


def shell_seconds(database):
    with open(SQL, encoding="utf-8") as sql:
        return seconds(shell(database), stdin=sql)


def answers_agree(p, *databases):
    """Whether all counted the same villages and establishments; says where they did not."""
    rows = json.loads(subprocess.run(check(p), env=ENV, capture_output=True, check=True).stdout)
    ours = {r["rule"]: (r["numerator"], r["denominator"], r["unknown_count"])
            for r in rows if r["kind"] == "short" and r["period"] == "2030"}
    if len(ours) != 4:
        raise CannotMeasure(f"check reported {len(ours)} of the targets H1 to H4")
    agree = True
    for database in databases:
        with open(SQL, encoding="utf-8") as sql:
            lines = subprocess.run(shell(database), stdin=sql, env=ENV, capture_output=True, check=True,
                                   text=True).stdout.splitlines()
        theirs = {t: tuple(int(n) for n in rest) for t, *rest in
                  (line.split("|") for line in lines) if t in ours}
        for target in ours:
            if ours[target] != theirs.get(target):
                agree = False
                print(f"DIFFERS {target}: numerator, denominator, unknown are {ours[target]} by"
                      f" langnghectl, {theirs.get(target)} by check.sql on {os.path.basename(database)}")
    return agree


def main():
    with Folder():
        small, large = province(550), province(5500)
        by_hand = plain(large)
        # and all are warm now
        agree = answers_agree(small, small.database) & answers_agree(large, by_hand, large.database)
        bench = Bench("langnghectl", "sqlite3 shell")
        ours, hand, indexed, tenth = in_turns(
            RUNS, lambda: check_seconds(large), lambda: shell_seconds(by_hand),
            lambda: shell_seconds(large.database), lambda: check_seconds(small))
        print("check, 5 500 villages, 600 000 workshops, beside")
        bench.ratio("  plain keyed tables, GROUP BY and joins", ours, hand, LIMIT_SHELL)
        bench.show("  our own file with our index", ours, indexed)
        print(f"{'':44}{'whole':>14}{'a tenth':>16}")
        bench.ratio("check, ten times the data", ours, tenth, LIMIT_TEN)
        return bench.close() if agree else 2  # a ratio of two different things means little


if __name__ == "__main__":
    run(main)
