#!/usr/bin/python3
"""200 letters through a real Exim and a real OpenSMTPD into a Maildir, byte for byte; and what a DKIM
signature covers (RFC 6376, relaxed headers and body) is the same before and after each of the three servers."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from mail_forms import canonical, id_of, own  # noqa: E402
from other_mtas import Exim, OpenSMTPD  # noqa: E402
from posting import Post  # noqa: E402
from province import Report  # noqa: E402

LETTERS = 200
def through(report, post, kind):
    name = kind.__name__
    with kind() as server:
        post.smtp(server.port, connections=2)
        r = post.run()
        report.equal(f"{name} takes every letter", (r.returncode, post.states()), (0, {"sent": LETTERS}))
        report.check(f"{name} delivers them", server.until(lambda: len(server.letters()) >= LETTERS))
        got = {id_of(data): data for data in server.letters()}
        sent = {id_of(data): data for _, data in post.queued()}
        report.equal(f"{name}: none twice", (len(server.letters()), set(got)), (LETTERS, set(sent)))
        differ = [i for i in sent if own(got.get(i, b"X: \n\n")) != sent[i].replace(b"\r\n", b"\n")]
        report.equal(f"{name}: byte for byte", differ, [])
        differ = [i for i in sent if canonical(got.get(i, b"X: \n\n")) != canonical(sent[i])]
        report.equal(f"{name}: a signature would hold", differ, [])
    some = next(iter(sent.values()))
    report.check("and not whatever the letter says", canonical(some) != canonical(some + b"x") and
                 canonical(some) != canonical(some.replace(b"Subject: ", b"Subject: x", 1)))


def main():
    if os.geteuid() != 0:
        print("left out: other mail servers are started as root only")
        return 0
    report = Report()
    with Post() as post:
        os.chmod(post.p.dir, 0o755)
        post.many(LETTERS)
        for kind in (Exim, OpenSMTPD):
            through(report, post, kind)
    return report.close()


sys.exit(main())
