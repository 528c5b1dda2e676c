#!/usr/bin/python3
"""A letter is on its way to the server while the result of the one before it is being committed, but not to
its end: whoever withdraws or holds it in that moment is obeyed. And letters too large to wait in a pipe."""
import os
import sqlite3
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from posting import Post  # noqa: E402
from province import Report  # noqa: E402
from smtp_server import RealServer, Scripted  # noqa: E402

FEW = 4


def others(post):
    """The ids of the recipients that nobody has in hand."""
    return [i for (i,) in post.p.sql("SELECT id FROM recipient WHERE delivery = 'queued' ORDER BY id")]


def at_the_first_answer(post, act):
    """A server at whose first "taken" act is done, before it answers."""
    def answer(server):
        if server.got == 1:
            act()
        return "250 2.0.0 kept"
    return Scripted(DOT=answer)


def withdrawn(report, post):
    gone = []

    def discard():
        gone.extend(post.p.sql("SELECT id, letter FROM recipient WHERE id = ?", others(post)[0])[0])
        post.p.ctl("outbox", "discard", str(gone[1]))
    with at_the_first_answer(post, discard) as server:
        post.smtp(server.port)
        post.run()
        report.equal("discarded on its way: it did not come to its end", server.got, FEW - 1)
        report.equal("the outbox says so", post.states(), {"sent": FEW - 1, "superseded": 1})
        report.equal("and is the one that was discarded", post.p.sql("SELECT id FROM recipient WHERE delivery = 'superseded'"),
                     [(gone[0],)])


def held(report, post):
    with at_the_first_answer(post, lambda: post.p.ctl("hold", "--note", "wait")) as server:
        post.smtp(server.port)
        post.run()
        report.equal("held on its way: nothing more comes to its end", server.got, 1)
        report.equal("all wait", post.states(), {"sent": 1, "held": FEW - 1})
        post.p.ctl("release")
        post.run(2)
        report.equal("freed: each goes once", (server.got, post.states()), (FEW, {"sent": FEW}))


def large(report, post):
    size = 3 << 20
    post.again()
    db = sqlite3.connect(post.p.database)
    for letter, data in db.execute("SELECT id, bytes FROM letter WHERE id IN (SELECT letter FROM recipient)").fetchall():
        line = b"langnghe " * 8 + b"\r\n"
        db.execute("UPDATE letter SET bytes = ? WHERE id = ?", (data + line * (size // len(line)), letter))
    db.commit()
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    with open(post.p.database, "rb") as f:
        post.fresh = f.read()
    for connections in (1, 3):
        with RealServer() as server:
            post.smtp(server.port, connections=connections)
            post.run()
            report.equal(f"letters of 3 MB over {connections}", post.states(), {"sent": FEW})
            report.check("byte for byte", len(server.keeper.letters) == FEW and
                         sorted(server.keeper.letters) == sorted(post.queued()))


def main():
    report = Report()
    with Post() as post:
        post.many(FEW)
        withdrawn(report, post)
        held(report, post)
        large(report, post)
    return report.close()


sys.exit(main())
