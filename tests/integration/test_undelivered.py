#!/usr/bin/python3
"""P23: a letter that every address refused. The coordinator gets a line about it, once; when the unit's
contacts change, what is open goes anew; nothing else makes it go again."""
import email
import email.policy
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from posting import Post  # noqa: E402
from province import Report  # noqa: E402
from smtp_server import Scripted  # noqa: E402

UNIT, COORDINATOR = "xa-15976", "so-nnmt"
OLD, NEW = f"vanthu@{UNIT}.thanhhoa.test", f"ubnd@{UNIT}.thanhhoa.test"
HEADING = "THƯ KHÔNG ĐẾN ĐƯỢC"


class Days:
    """The province, its post and a server that refuses the unit's old address."""

    def __init__(self, report, post, server):
        self.report, self.post, self.p, self.server = report, post, post.p, server
        post.smtp(server.port)

    def round(self, day, send=True):
        """The letters queued on that day in November 2026: {unit: id}."""
        last = self.p.sql("SELECT max(id) FROM letter")[0][0]
        self.p.run("langnghe-round", "--now", f"2026-11-{day}T08:00:00+07:00")
        if send:
            self.p.run("langnghe-post", "--now", f"2026-11-{day}T08:01:00+07:00")
        return dict(self.p.sql("SELECT unit, id FROM letter WHERE id > ? AND unit <> '@admin'", last))

    def text(self, letter):
        data = self.p.sql("SELECT bytes FROM letter WHERE id = ?", letter)[0][0]
        return email.message_from_bytes(data, policy=email.policy.default).get_body(("plain",)).get_content()

    def delivery(self, letter):
        return self.p.sql("SELECT delivery, smtp_text FROM recipient WHERE letter = ?", letter)

    def contacts(self, *rows):
        path = os.path.join(self.p.dir, "addresses.csv")
        with open(path, "w", encoding="utf-8") as f:
            f.write("\n".join(["unit,email,name,role,field,phone,valid_to", *rows]) + "\n")
        self.p.ctl("import", "contacts", path)

    def outcomes(self):
        alert = self.p.sql("SELECT alert FROM alert_unit WHERE unit = ? ORDER BY alert LIMIT 1", UNIT)[0][0]
        return [row["outcome"] for row in self.p.ctl("explain", str(alert), "--unit", UNIT, json_out=True)]


def refuses(server):
    return "550 5.1.1 no such user" if OLD in server.said[-1] else "250 ok"


def first_morning(days):
    days.p.run("langnghe-post", "--now", "2026-11-23T08:01:00+07:00")
    letter, = days.p.sql("SELECT id, steps FROM letter WHERE unit = ?", UNIT)
    days.report.equal("refused at its only address", days.delivery(letter[0]), [("failed", "550 5.1.1 no such user")])
    days.report.check("explain says so", days.outcomes()[0] == "undelivered", str(days.outcomes()))
    return letter


def goes_anew(report):
    with Post() as post, Scripted(RCPT=refuses) as server:
        days = Days(report, post, server)
        letter, steps = first_morning(days)
        queued = days.round(24)
        report.equal("the coordinator alone is told", {u for u in queued if HEADING in days.text(queued[u])}, {COORDINATOR})
        report.check("the unit is not written to again", UNIT not in queued, str(queued))
        told = days.text(queued[COORDINATOR])
        for part in (HEADING, OLD, "23/11/2026", "5.1.1 no such user", "lấy địa chỉ thư đúng"):
            report.check(f"the line says {part}", part in told, told)
        report.check("its subject says so", "không đến được" in days.p.sql(
            "SELECT subject FROM letter WHERE id = ?", queued[COORDINATOR])[0][0])
        days.contacts("xa-14797,van.phong@xa-14797.thanhhoa.test,Văn phòng,focal,all,,")
        queued = days.round(25)
        report.check("another unit's address makes nothing go, nobody is told twice", UNIT not in queued
                     and not any(HEADING in days.text(i) for i in queued.values()), str(queued))
        report.equal("it stays as it was", days.delivery(letter)[0][0], "failed")
        days.contacts(f"{UNIT},{OLD},,,,,2026-11-25", f"{UNIT},{NEW},Văn phòng,focal,all,,")
        queued = days.round(26)
        report.check("with the new address it goes anew", UNIT in queued, str(queued))
        again = queued.get(UNIT, letter)
        report.equal("to the new address", days.p.sql("SELECT email, delivery FROM recipient WHERE letter = ?", again),
                     [(NEW, "sent")])
        report.equal("about the same", days.p.sql("SELECT steps FROM letter WHERE id = ?", again)[0][0], steps)
        ids = days.p.sql("SELECT count(DISTINCT message_id) FROM letter WHERE id IN (?, ?)", letter, again)
        report.equal("a letter of its own", ids, [(2,)])
        state, text = days.delivery(letter)[0]
        report.check("the old one is accounted for", state == "superseded" and "5.1.1" in text and "changed since" in text,
                     f"{state} {text}")
        report.check("explain: told", "undelivered" not in days.outcomes() and "told" in days.outcomes(),
                     str(days.outcomes()))
        report.check("once", UNIT not in days.round(27))
        report.equal("no letter to it is failed", [row for row in days.p.ctl("outbox", "--state", "failed", json_out=True)
                                                   if row["unit"] == UNIT], [])


def line_is_not_lost(report):
    """P1: the letter with the line was accepted by nobody: the line goes with the next one."""
    with Post() as post, Scripted(RCPT=refuses) as server:
        days = Days(report, post, server)
        first_morning(days)
        waiting = days.round(24, send=False)
        report.check("the line waits in a letter", HEADING in days.text(waiting[COORDINATOR]))
        queued = days.round(25)
        report.equal("that letter is withdrawn", {d for d, _ in days.delivery(waiting[COORDINATOR])}, {"superseded"})
        report.check("the next one has the line", COORDINATOR in queued and HEADING in days.text(queued[COORDINATOR]),
                     str(queued))
        queued = days.round(26)
        report.check("then no more", not any(HEADING in days.text(i) for i in queued.values()), str(queued))


def one_of_two(report):
    """An address that refused beside one that accepted: the unit was told."""
    with Post() as post, Scripted(RCPT=lambda s: "550 5.1.1 no" if "moitruong@xa-16489" in s.said[-1] else "250 ok") as server:
        days = Days(report, post, server)
        days.p.run("langnghe-post", "--now", "2026-11-23T08:01:00+07:00")
        letter, = days.p.sql("SELECT id FROM letter WHERE unit = 'xa-16489'")[0]
        report.equal("one sent, one refused", sorted(d for d, _ in days.delivery(letter)), ["failed", "sent"])
        queued = days.round(24)
        report.check("nobody needs to be told", not any(HEADING in days.text(i) for i in queued.values()), str(queued))
        days.contacts("xa-16489,moitruong@xa-16489.thanhhoa.test,,,,,2026-11-24")
        queued = days.round(25)
        report.check("nothing goes anew", "xa-16489" not in queued, str(queued))
        report.equal("the dead address is accounted for", sorted(d for d, _ in days.delivery(letter)),
                     ["sent", "superseded"])


def main():
    report = Report()
    goes_anew(report)
    line_is_not_lost(report)
    one_of_two(report)
    return report.close()


sys.exit(main())
