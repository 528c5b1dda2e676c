#!/usr/bin/python3
"""What must hold of the plan on given days, asked of the real programs: who owes what, until when;
what a machine that was off sends; who is written to and who is not."""
import email
import email.policy
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from province import Province, Report  # noqa: E402

OWING = {"so-khcn", "so-congthuong", "so-taichinh", "so-vhttdl", "so-noivu", "bao-dai-ptth"}


def run_rounds(p, moments, post=True):
    for m in moments:
        p.run("langnghe-round", "--now", m, "--stepped")
        if post:
            p.run("langnghe-post", "--now", m, "--stepped")


def due_facts(report):
    with Province() as p:
        p.load_sample(kinds=["villages"])  # no submissions: everybody owes
        rows = p.ctl("check", "--as-of", "2026-11-23", json_out=True)
        r1 = {r["unit"]: r for r in rows if r["duty"] == "unit-report" and r["period"] == "2026"}
        report.equal("R1 2026 is owed by six, and the collector is listed",
                     sorted(r1), sorted(OWING | {"so-nnmt"}))
        for unit in sorted(OWING):
            r = r1[unit]
            report.equal(f"R1 2026 of {unit} on 23/11", (r["status"], r["last_day"], r["days_left"]),
                         ("due_soon", "2026-12-04", 11))
            report.check("as the decision words it", "05/12/2026" in r["due_text"], r["due_text"])
        report.equal("the collector", r1["so-nnmt"]["status"], "not_applicable")
        r2 = [r for r in rows if r["duty"] == "province-report" and r["period"] == "2026"]
        report.equal("R2 2026", [(r["unit"], r["last_day"], r["days_left"]) for r in r2],
                     [("so-nnmt", "2026-12-14", 21)])
        targets = {(t["target"], t["year"]): t for t in p.ctl("targets", json_out=True)}
        report.equal("targets of both years", len(targets), 25)
        for t in ("env-plan", "env-group", "env-infrastructure", "env-compliance"):
            status = [r["status"] for r in rows if r["target_value"] is not None
                      and r["subject"] == f"target:{t}" and r["period"] == "2030"]
            report.check(f"{t} of 2030 is not short today", status and status[0] in
                         ("on_track", "at_risk", "unknown"), str(status))


def machine_off(report):
    with Province() as p:
        p.load_sample(kinds=["villages"])
        p.ctl("go-live", "2026-10-05")
        run_rounds(p, [f"2026-{d}T08:00:00+07:00" for d in
                       ("10-05", "10-06", "10-07", "10-08", "10-09", "11-04", "11-20", "11-26")])
        before = p.sql("SELECT count(*) FROM letter WHERE unit = 'so-khcn'")[0][0]
        run_rounds(p, ["2026-12-02T08:00:00+07:00", "2026-12-02T08:30:00+07:00",
                       "2026-12-02T15:00:00+07:00"])
        rows = p.sql("SELECT day, steps, subject, bytes FROM letter WHERE unit = 'so-khcn' ORDER BY id")
        new = rows[before:]
        report.equal("back on Wednesday: one letter", len(new), 1)
        report.check("the latest step, once", "before-3" in new[0][1] and "before-7" not in new[0][1],
                     new[0][1])
        report.check("named by the true days left", "òn 2 ngày" in new[0][2], new[0][2])
        message = email.message_from_bytes(new[0][3], policy=email.policy.default)
        text = message.get_body(("plain",)).get_content()
        report.check("also in the text", "còn 2 ngày" in text and "còn 3 ngày" not in text)


def backdated(report):
    """Watching that is said to begin earlier than today: the lists are spread all the same (P2)."""
    with Province() as p:
        p.load_sample()
        p.ctl("go-live", "2026-07-01")
        run_rounds(p, [f"2026-{d}T08:00:00+07:00" for d in ("11-23", "11-24", "11-25", "11-26", "11-27")])
        days = [d for (d,) in p.sql("SELECT day FROM letter WHERE unit LIKE 'xa-%' AND kind = 'digest'")]
        report.check("lists of the communes on each of five days",
                     sorted(set(days)) == [f"2026-11-{n}" for n in (23, 24, 25, 26, 27)], str(sorted(set(days))))
        report.check("and never most of them on one", max(days.count(d) for d in days) < len(days) / 2, str(days))
        missed = p.sql("SELECT count(*) FROM alert WHERE key LIKE 'reporting/unit-report/%/2025'")
        report.equal("what ended before is not watched", missed, [(0,)])


def saturday(report):
    with Province() as p:
        p.load_sample(kinds=["villages"])
        p.ctl("go-live", "2027-01-04")
        rows = p.ctl("simulate", "--from", "2027-11-25", "--to", "2027-12-06", "--out",
                     os.path.join(p.dir, "out"), json_out=True)
        days = sorted(r["date"] for r in rows if r["unit"] == "so-khcn" and "unit-report" in r["steps"])
        report.check("2027: the last reminder is on Friday 03/12", "2027-12-03" in days and
                     "2027-12-04" not in days, str(days))


def addressees(report):
    with Province() as p:
        p.load_sample()
        p.ctl("go-live", "2026-11-16")
        out = os.path.join(p.dir, "out")
        rows = p.ctl("simulate", "--from", "2026-11-16", "--to", "2026-12-07", "--out", out, json_out=True)
        place = dict(p.sql("SELECT code, commune FROM village"))
        foreign = [r for r in rows if r["unit"].startswith("xa-") for key in r["steps"].split(";")
                   if "village:" in key
                   and place[key.split("village:")[1].split("/")[0]] != r["unit"]]
        report.equal("no commune sees another's village", foreign, [])
        report.equal("a commune gets nothing but its villages",
                     [r["steps"][:80] for r in rows if r["unit"].startswith("xa-")
                      and any("village:" not in k for k in r["steps"].split(";"))], [])
        lead = [r for r in rows if r["unit"] == "so-nnmt"][0]
        with open(os.path.join(out, lead["date"], "so-nnmt.eml"), "rb") as f:
            text = email.message_from_binary_file(f, policy=email.policy.default).get_body(
                ("plain",)).get_content()
        report.check("today's name with the old one beside it",
                     "Sở Nông nghiệp và Môi trường (trước đây: Sở Tài nguyên và Môi trường)" in text)
        ended = {u for (u,) in p.sql("SELECT code FROM unit WHERE valid_to < '2026-11-16'")}
        report.equal("no ended unit is written to", sorted({r["unit"] for r in rows} & ended), [])


def start(report):
    """First go-live on a register full of old misses: one letter per unit, over five working days."""
    with Province() as p:
        p.load_sample(kinds=["villages", "submissions"])
        p.ctl("go-live", "2026-08-10")
        rows = p.ctl("simulate", "--from", "2026-08-10", "--to", "2026-08-21", "--out",
                     os.path.join(p.dir, "out"), json_out=True)
        units = [r["unit"] for r in rows]
        report.check("many units are told", len(set(units)) > 20, str(len(set(units))))
        report.equal("one letter per unit", sorted(u for u in set(units) if units.count(u) > 1), [])
        days = sorted({r["date"] for r in rows})
        report.equal("spread over five working days", days,
                     ["2026-08-10", "2026-08-11", "2026-08-12", "2026-08-13", "2026-08-14"])


def merger(report):
    """P16 with the real plugins: the successor goes on where its predecessor stood."""
    with Province() as p:
        p.load_sample(kinds=["villages"])
        p.ctl("go-live", "2026-10-05")
        run_rounds(p, ["2026-10-05T08:00:00+07:00", "2026-10-09T08:00:00+07:00",
                       "2026-11-04T08:00:00+07:00", "2026-11-20T08:00:00+07:00"])
        path = os.path.join(p.dir, "merger.csv")
        with open(path, "w", encoding="utf-8") as f:
            f.write("code,valid_to,successors\nso-noivu,2026-11-22,so-gddt\n")
        p.ctl("import", "units", path)
        run_rounds(p, [f"2026-{d}T08:00:00+07:00" for d in ("11-23", "11-27", "12-01")])
        late = p.sql("SELECT day FROM letter WHERE unit = 'so-noivu' AND day >= '2026-11-23'")
        report.equal("nothing to the unit that ended", late, [])
        told = [s for (s,) in p.sql("SELECT step FROM notice n JOIN alert a ON a.id = n.alert WHERE"
                                    " n.unit = 'so-gddt' AND a.duty = 'unit-report' AND outcome = 'told'")]
        report.check("the successor knows what was told, and is reminded on",
                     {"before-30", "before-14", "inherited", "before-7", "before-3"} <= set(told), str(told))
        live = p.sql("SELECT count(*) FROM alert WHERE duty = 'unit-report' AND period = '2026'"
                     " AND state = 'open'")[0][0]
        report.equal("one alert each for the six that owe", live, 6)


def stale(report):
    """P1: a letter queued on Friday that nobody delivered is not delivered a week later."""
    with Province() as p:
        p.load_sample(kinds=["villages"])
        p.ctl("go-live", "2026-10-05")
        run_rounds(p, ["2026-11-20T08:00:00+07:00", "2026-11-27T08:00:00+07:00"], post=False)
        run_rounds(p, ["2026-12-05T10:00:00+07:00"], post=False)  # a Saturday, the last day is over
        waiting = p.sql("SELECT count(*) FROM recipient r JOIN letter l ON l.id = r.letter"
                        " WHERE r.delivery = 'queued' AND l.day < '2026-12-05'")[0][0]
        report.equal("no stale letter waits for the post", waiting, 0)


def main():
    report = Report()
    for part in (due_facts, machine_off, saturday, addressees, start, backdated, merger, stale):
        part(report)
    report.close()


main()
