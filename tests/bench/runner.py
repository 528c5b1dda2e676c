#!/usr/bin/env python3
"""One contained run of an empty plugin (one_run.c) beside processes that only open the same database and run one query:
a dynamic C program (bare_query.c), and a check in Python by exec (query.py); on the national register beside the
sample's; and with langnghe-launcher between, as under systemd. The plugin asks for no plan and no unit: what reading
these takes comes on top for one that does."""
import os
import statistics
import subprocess

from measure import BUILD, ENV, ROOT, Bench, CannotMeasure, Folder, Province, built, generated, run
from launcher import Launcher

ROUNDS = 201
LIMIT_BARE = 2.0   # of posix_spawn of a dynamic program with one query
LIMIT_PYTHON = 0.2  # of a Python check by exec: five times as fast
LIMIT_LARGE = 1.1  # of the same on the sample's register
LIMIT_LAUNCHED = 1.2  # of the same as our own child
SQL = "SELECT name FROM v_village LIMIT 1"


def medians(small, large, launcher):
    r = subprocess.run([built("tests/bench/one_run"), str(ROUNDS), small.conf, built("tests/plugins/empty.so"),
                        small.database, large.database, built("tests/bench/bare_query"),
                        os.path.join(ROOT, "tests", "bench", "query.py"), SQL],
                       env=dict(ENV, LANGNGHE_LAUNCHER=launcher.path), capture_output=True, text=True, check=False)
    if r.returncode != 0 or r.stderr:
        raise CannotMeasure(r.stderr.strip()[:300])
    rows = [[int(n) for n in line.split()] for line in r.stdout.splitlines()]
    return [statistics.median(column) for column in zip(*rows[1:])]  # as one_run.c orders them


def main():
    with Folder():
        small, large = Province().load_sample(), Province()
        generated(large)
        for p in (small, large):
            p.sql("PRAGMA wal_checkpoint(TRUNCATE)")
        # as our own user: the folders of a bench are nobody else's
        launcher = Launcher(os.path.join(small.dir, "launcher"), BUILD).start(as_another=False)
        try:
            ours, ours_large, bare, bare_large, python, launched = medians(small, large, launcher)
        finally:
            launcher.stop()
        bench = Bench("one run", "the other")
        print("a contained run of an empty plugin, beside")
        bench.ratio("  a dynamic program with one query", ours, bare, LIMIT_BARE, "{:.0f} µs")
        bench.ratio("  a check in Python by exec", ours, python, LIMIT_PYTHON, "{:.0f} µs")
        print(f"{'':44}{'national':>14}{'sample':>16}")
        bench.ratio("  the same on the national register", ours_large, ours, LIMIT_LARGE, "{:.0f} µs")
        bench.show("  the dynamic program on it", bare_large, bare, "{:.0f} µs")
        print(f"{'':44}{'launched':>14}{'own child':>16}")
        bench.ratio("  the same, started by langnghe-launcher", launched, ours, LIMIT_LAUNCHED, "{:.0f} µs")
        return bench.close()


run(main)
