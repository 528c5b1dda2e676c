#!/usr/bin/python3
"""simulate of a year and the daemon under a stepped clock write the same letters; the letters
parse without defects; nobody gets two letters a day; what each eve's preview announced is what came."""
import collections
import email
import email.policy
import os
import re
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


def announced(p):
    """{the day a preview speaks of: units it names, sorted}"""
    found = {}
    for (data,) in p.sql("SELECT bytes FROM letter WHERE kind = 'preview' ORDER BY id"):
        m = email.message_from_bytes(data, policy=email.policy.default)
        day = re.search(r"(\d\d)/(\d\d)/(\d{4})", m["Subject"])
        text = m.get_body(("plain",)).get_content()
        found["-".join(reversed(day.groups()))] = sorted(re.findall(r"^- ([^:]+): (?!KHÔNG GỬI ĐƯỢC)", text, re.M))
    return found


def check_previews(report, p):
    """Nobody touches the register between the eve and the morning, so the preview must be exact."""
    names = {u["code"]: u["name"] for u in p.ctl("units", json_out=True)}
    came = collections.defaultdict(list)
    for unit, day in p.sql("SELECT unit, day FROM letter l WHERE kind <> 'preview' AND EXISTS"
                           " (SELECT 1 FROM recipient r WHERE r.letter = l.id AND r.email <> '')"):
        came[day].append(names[unit])
    said = announced(p)
    report.check("there are previews", len(said) > 20, str(len(said)))
    first = min(came)  # watching began that day: there was no eve
    came = {d: sorted(u) for d, u in came.items() if d > first}
    said = {d: u for d, u in said.items() if first < d < "2027"}
    report.equal("what a preview announced is what came", came, said)


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
        check_previews(report, p)
        report.check("the letters parse without defects", r.returncode == 0, r.stdout[-500:] + r.stderr[-500:])
    report.close()


main()
