#!/usr/bin/python3
"""simulate of a year and the daemon under a stepped clock write the same letters; the letters
parse without defects; nobody gets two letters a day."""
import collections
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from province import BUILD, Province, Report, ROOT  # noqa: E402


def letters_of_daemon(p, start, end):
    env = dict(os.environ, LANGNGHE_LIBEXEC=BUILD)
    r = subprocess.run([os.path.join(BUILD, "langnghed"), "-c", p.conf, "-f", "--clock",
                        f"{start},step,{end}"], env=env, capture_output=True, text=True, timeout=1200)
    if r.returncode != 0:
        raise AssertionError(f"langnghed: exit {r.returncode}\n{r.stderr[-2000:]}")
    return p.letters()


def main():
    report = Report()
    with Province() as p:
        p.load_sample()
        p.ctl("go-live", "2026-01-05")
        out = os.path.join(p.dir, "simulated")
        rows = p.ctl("simulate", "--from", "2026-01-01", "--to", "2026-12-31", "--out", out,
                     json_out=True)
        live = letters_of_daemon(p, "2026-01-01T00:00:00+07:00", "2026-12-31T23:59:00+07:00")
        simulated = sorted((r["unit"], r["date"], r["steps"]) for r in rows)
        daemon = sorted((u, d, s) for u, d, k, s in live if k != "preview")
        report.equal("simulate and the daemon write as many letters", len(simulated), len(daemon))
        report.equal("simulate and the daemon write the same letters", simulated, daemon)
        report.check("there are letters", len(daemon) > 20, str(len(daemon)))
        per_day = collections.Counter((u, d) for u, d, k, s in live if k == "digest")
        report.equal("at most one letter a unit a day", [k for k, n in per_day.items() if n > 1], [])
        new = os.path.join(p.maildir, "new")
        report.equal("every letter lies in the Maildir", len(os.listdir(new)), p.sql(
            "SELECT count(DISTINCT letter) FROM recipient WHERE delivery = 'sent'")[0][0])
        files = [os.path.join(new, f) for f in sorted(os.listdir(new))]
        r = subprocess.run(["/usr/bin/python3", os.path.join(ROOT, "tests/mail_parse.py"), *files],
                           capture_output=True, text=True)
        report.check("the letters parse without defects", r.returncode == 0, r.stdout[-500:] + r.stderr[-500:])
    report.close()


main()
