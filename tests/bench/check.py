#!/usr/bin/env python3
"""`langnghectl check` with both plugins beside the sqlite3 shell on check.sql, over the same
database file, warm; and a tenth of the data beside the whole."""
import json
import os
import subprocess

from measure import ENV, REGISTER, ROOT, Bench, CannotMeasure, Folder, Province, built, in_turns, run, \
    seconds

TODAY = "2026-11-20"
RUNS = 11
LIMIT_SHELL = 0.5  # of plain GROUP BYs and joins in the shell
LIMIT_TEN = 11     # times the time, of ten times the data
SQL = os.path.join(ROOT, "tests", "bench", "check.sql")


def province(villages):
    """A generated register in a database of its own: ten times the villages, ten times all."""
    p = Province()
    out = os.path.join(p.dir, "csv")
    subprocess.run([os.path.join(ROOT, "scripts", "gen-register"), "--out", out, "--today", TODAY,
                    "--villages", str(villages), "--establishments", str(villages * 1200 // 11),
                    "--communes", str(villages * 3 // 5)], check=True, stdout=subprocess.DEVNULL)
    p.ctl("init")
    for kind in REGISTER:
        p.ctl("import", kind, os.path.join(out, kind + ".csv"))
    return p


def shell(p):
    return ["sqlite3", "-readonly", "-cmd", f".parameter set :today \"'{TODAY}'\"", p.database]


def check(p):
    return [built("langnghectl"), "-c", p.conf, "check", "--as-of", TODAY, "--json"]


def check_seconds(p):
    return seconds(check(p))


def shell_seconds(p):
    with open(SQL, encoding="utf-8") as sql:
        return seconds(shell(p), stdin=sql)


def answers_agree(p):
    """Whether both counted the same villages and establishments; says where they did not."""
    rows = json.loads(subprocess.run(check(p), env=ENV, capture_output=True, check=True).stdout)
    ours = {r["rule"]: (r["numerator"], r["denominator"], r["unknown_count"])
            for r in rows if r["kind"] == "short" and r["period"] == "2030"}
    with open(SQL, encoding="utf-8") as sql:
        lines = subprocess.run(shell(p), stdin=sql, env=ENV, capture_output=True, check=True,
                               text=True).stdout.splitlines()
    theirs = {t: tuple(int(n) for n in rest) for t, *rest in
              (line.split("|") for line in lines) if t in ours}
    if len(ours) != 4:
        raise CannotMeasure(f"check reported {len(ours)} of the targets H1 to H4")
    for target in ours:
        if ours[target] != theirs.get(target):
            print(f"DIFFERS {target}: numerator, denominator, unknown are {ours[target]} by langnghectl,"
                  f" {theirs.get(target)} by check.sql")
    return ours == theirs


def main():
    with Folder():
        small, large = province(550), province(5500)
        agree = all([answers_agree(p) for p in (small, large)])  # and both are warm now
        bench = Bench("langnghectl", "sqlite3 shell")
        ours, shells, tenth = in_turns(RUNS, lambda: check_seconds(large), lambda: shell_seconds(large),
                                       lambda: check_seconds(small))
        bench.ratio("check, 5 500 villages, 600 000 workshops", ours, shells, LIMIT_SHELL)
        print(f"{'':44}{'whole':>14}{'a tenth':>16}")
        bench.ratio("check, ten times the data", ours, tenth, LIMIT_TEN)
        return bench.close() if agree else 2  # a ratio of two different things means little


run(main)
