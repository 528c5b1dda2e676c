#!/usr/bin/python3
"""A granted extension in the letters that follow it: said as what it is, not as a new matter, and with a calendar entry
that replaces the one of the old last day."""
import email
import email.policy
import glob
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from province import Province, Report  # noqa: E402

UNIT = "so-vhttdl"


def letters(p):
    """(changes since the last letter, day of the calendar entry, its sequence) of the unit's reminders, in their order."""
    found = []
    for path in glob.glob(os.path.join(p.maildir, "*", "*")):
        with open(path, encoding="utf-8") as f:
            m = email.message_from_file(f, policy=email.policy.default)
        entries = [str(a.get_content()) for a in m.iter_attachments() if a.get_filename().endswith(".ics")]
        if UNIT not in str(m["To"]) or not entries:
            continue
        text = m.get_body(("plain",)).get_content().replace("\r\n", "\n")
        changes = re.search(r"THAY ĐỔI TỪ THƯ TRƯỚC.*?\n\n", text, re.S)
        found.append((m["Date"].datetime, changes.group() if changes else "",
                      re.search(r"DTSTART;VALUE=DATE:(\d+)", entries[0]).group(1),
                      int(re.search(r"SEQUENCE:(\d+)", entries[0]).group(1))))
    return [rest for _, *rest in sorted(found)]


def main():
    report = Report()
    with Province(plugins=("reporting",)) as p:
        def days(*all_of):
            for day in all_of:
                p.run("langnghe-round", "--now", f"{day}T08:01:00+07:00", "--stepped", "--poke")
                p.run("langnghe-post", "--now", f"{day}T08:02:00+07:00", "--stepped")

        p.load_sample()
        p.ctl("go-live", "2026-11-16")
        days("2026-11-16", "2026-11-20")
        p.ctl("extend", "unit-report", UNIT, "2026", "--until", "2026-12-18", "--document-no", "88/UBND-NN", "--by", "Lê B")
        days("2026-11-23", "2026-11-27", "2026-12-01", "2026-12-04", "2026-12-07", "2026-12-11")
        told = letters(p)
        report.equal("two letters before it and two since", [day for _, day, _ in told],
                     ["20261204", "20261204", "20261218", "20261218"])
        report.equal("each entry replaces the one before", [n for *_, n in told], sorted({n for *_, n in told}))
        changes = [c for c, *_ in told]
        report.check("it is said", "Được lùi thời hạn: 1 việc" in changes[2] and "Mới" not in changes[2], changes[2])
        report.check("once", "lùi" not in changes[3], changes[3])
    return report.close()


sys.exit(main())
