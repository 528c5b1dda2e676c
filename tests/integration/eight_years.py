#!/usr/bin/python3
"""simulate from 2022-12-01 to 2030-12-31: every letter parses without a defect, no unit gets two a day,
every letter names a kind of matter, and after the plan's end nothing is written."""
import collections
import glob
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from province import ROOT, Province, Report  # noqa: E402


def main():
    report = Report()
    with Province() as p:
        p.load_sample()
        out = os.path.join(p.dir, "out")
        rows = p.ctl("simulate", "--from", "2022-12-01", "--to", "2031-06-30", "--out", out, json_out=True)
        report.check("eight years of letters", len(rows) > 1000, str(len(rows)))
        report.equal("a year without letters", sorted(set(range(2023, 2031))
                     - {int(r["date"][:4]) for r in rows}), [])
        day = collections.Counter((r["unit"], r["date"]) for r in rows if "receipt" not in r["steps"])
        report.equal("two letters a day", [k for k, n in day.items() if n > 1], [])
        files = sorted(glob.glob(os.path.join(out, "*", "*.eml")))
        report.equal("a file each", len(files), len(rows))
        for i in range(0, len(files), 200):
            r = subprocess.run(["/usr/bin/python3", os.path.join(ROOT, "tests/mail_parse.py"),
                                *files[i:i + 200]], capture_output=True, text=True)
            report.check(f"letters {i}… parse without defects", r.returncode == 0, r.stderr[-400:])
        last = max(r["date"] for r in rows)
        report.check("nothing after the last closing day", last <= "2031-04-30", last)
    report.close()


main()
