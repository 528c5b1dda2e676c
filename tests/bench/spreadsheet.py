#!/usr/bin/env python3
"""`langnghectl import establishments FILE.xlsx` of 100 000 rows beside a bare libzip and expat loop over the same
file plus the import of the same rows as CSV; and the most memory that 300 000 rows take."""
import csv
import datetime
import os
import shutil
import sqlite3
import subprocess

import openpyxl

from measure import ENV, Bench, CannotMeasure, Folder, Province, built, copy_of, generated, in_turns, run, seconds

ROWS, MANY_ROWS = 100000, 300000
RUNS = 5
LIMIT = 1.5
MEMORY_LIMIT = 64 * 1024  # KiB


def spreadsheet(file, rows):
    """The first rows of a CSV as a person's spreadsheet has them: dates are dates."""
    to = f"{file[:-4]}-{rows}.xlsx"
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Cơ sở")
    with open(file, encoding="utf-8-sig", newline="") as f:
        for n, row in enumerate(csv.reader(f)):
            if n > rows:
                break
            sheet.append([datetime.date.fromisoformat(c) if len(c) == 10 and c[4:8:3] == "--" else c or None for c in row])
    book.save(to)
    return to


def first_lines(file, rows):
    to = f"{file[:-4]}-{rows}.csv"
    with open(file, encoding="utf-8") as f, open(to, "w", encoding="utf-8") as out:
        for n, line in enumerate(f):
            if n > rows:
                break
            out.write(line)
    return to


class Import:
    def __init__(self, province, before):
        self.province, self.before = province, before

    def command(self, file):
        p = self.province
        for end in ("", "-wal", "-shm"):
            if os.path.exists(p.database + end):
                os.unlink(p.database + end)
        shutil.copyfile(self.before, p.database)
        return [built("langnghectl"), "-c", p.conf, "import", "establishments", file]

    def check(self, rows):
        db = sqlite3.connect(self.province.database)
        got = db.execute("SELECT count(*) FROM establishment").fetchone()[0]
        db.close()
        if got != rows:
            raise CannotMeasure(f"{got} rows came in, not {rows}")

    def seconds(self, file, rows):
        took = seconds(self.command(file))
        self.check(rows)
        return took

    def most_memory(self, file, rows):
        """KiB, as the kernel counted them for that one child."""
        child = subprocess.Popen(self.command(file), env=ENV, stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            raise CannotMeasure(f"import of {rows} rows: exit {child.returncode}")
        self.check(rows)
        return used.ru_maxrss


def main():
    with Folder():
        p = Province()
        out = generated(p, ("units", "villages"), establishments=MANY_ROWS, products=0)
        before = copy_of(p)
        full = os.path.join(out, "establishments.csv")
        sheet, text, many = spreadsheet(full, ROWS), first_lines(full, ROWS), spreadsheet(full, MANY_ROWS)
        ours = Import(p, before)
        bench = Bench("XLSX", "expat + CSV")
        xlsx, loop, as_csv = in_turns(RUNS, lambda: ours.seconds(sheet, ROWS),
                                      lambda: seconds([built("tests/bench/plain_xlsx"), sheet]),
                                      lambda: ours.seconds(text, ROWS))
        bench.ratio("import, 100 000 rows", xlsx, loop + as_csv, LIMIT)
        bench.columns("taken", "allowed")
        bench.ratio("memory, 300 000 rows", ours.most_memory(many, MANY_ROWS), MEMORY_LIMIT, 1, "{:.0f} KiB")
        return bench.close()


run(main)
