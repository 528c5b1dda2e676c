#!/usr/bin/env python3
"""`langnghectl import establishments` of a million rows, checked and with history, beside the sqlite3
shell's own .import into an equal keyed table."""
import os
import shutil
import sqlite3
import subprocess

from measure import ROOT, Bench, CannotMeasure, Folder, Province, built, copy_of, generated, in_turns, run, seconds

ROWS = 1000000
RUNS = 5
LIMIT = 2.0
SQL = os.path.join(ROOT, "tests", "bench", "import.sql")


def fresh(database):
    for end in ("", "-wal", "-shm"):
        if os.path.exists(database + end):
            os.unlink(database + end)


def count(database, sql):
    db = sqlite3.connect(database)
    try:
        return db.execute(sql).fetchone()[0]
    finally:
        db.close()


class Import:
    def __init__(self, province, csv, before):
        self.province, self.csv, self.before = province, csv, before
        self.reference = os.path.join(os.path.dirname(csv), "reference.db")

    def langnghectl(self):
        """Into a register that knows the units and villages, and nothing else."""
        p = self.province
        fresh(p.database)
        shutil.copyfile(self.before, p.database)
        took = seconds([built("langnghectl"), "-c", p.conf, "import", "establishments", self.csv])
        for table in ("establishment", "change WHERE kind = 'establishments' AND op = 'add'"):
            if count(p.database, f"SELECT count(*) FROM {table}") != ROWS:
                raise CannotMeasure(f"langnghectl import: not {ROWS} rows in {table}")
        return took

    def shell(self):
        fresh(self.reference)
        with open(SQL, encoding="utf-8") as sql:
            took = seconds(["sqlite3", self.reference], stdin=sql, cwd=os.path.dirname(self.csv))
        if count(self.reference, "SELECT count(*) FROM establishment") != ROWS:
            raise CannotMeasure(f"sqlite3 .import: not {ROWS} rows")
        return took


def main():
    with Folder():
        p = Province()
        out = generated(p, ("units", "villages"), establishments=ROWS, products=0)
        both = Import(p, os.path.join(out, "establishments.csv"), copy_of(p))
        bench = Bench("langnghectl", "sqlite3 .import")
        ours, shell = in_turns(RUNS, both.langnghectl, both.shell)
        bench.ratio("import, 1 000 000 establishments", ours, shell, LIMIT)
        return bench.close()


run(main)
