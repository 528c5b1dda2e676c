#!/usr/bin/python3
"""Letters to real mail servers and to scripted ones: the bytes arrive as they were queued; afterwards
the outbox says what the server holds, whatever the server did."""
import email
import email.policy
import os
import re
import sqlite3
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from posting import NOW, Post  # noqa: E402
from province import Report  # noqa: E402
from smtp_server import Authority, RealServer, Scripted  # noqa: E402

def bytes_arrive(report, post):
    with RealServer() as server:
        post.smtp(server.port)
        r = post.run()
        queued = post.p.sql("SELECT r.email, l.bytes FROM recipient r JOIN letter l ON l.id = r.letter"
                            " WHERE r.email <> ''")
        report.equal("all are sent", post.states(), {"sent": len(queued)})
        report.equal("byte for byte", sorted(server.keeper.letters), sorted(queued))
        report.check("there were many", len(queued) > 8, str(len(queued)))
        report.check("nothing is said twice", r.returncode == 0 and "error" not in r.stderr, r.stderr)
        codes = post.p.sql("SELECT DISTINCT smtp_code, smtp_text FROM recipient WHERE email <> ''")
        report.check("the answer is kept", len(codes) == 1 and codes[0][0] == 250 and "kept" in codes[0][1], str(codes))
        for _, data in server.keeper.letters[:3]:
            m = email.message_from_bytes(data, policy=email.policy.default)
            report.check("a letter of ours", m["X-Langnghe-Unit"] and m["Message-ID"], str(m.keys()))
        post.run(2)
        report.equal("none a second time", len(server.keeper.letters), len(queued))


EVIL = "Lụa\r\nBcc: spy@units.langnghe.test\r\nSubject: mine\r\n\r\n.\r\nMAIL FROM:<a@b.test>\n.\n\u202e" + "dài " * 20


def injection(report):
    """What no import takes, written into the register all the same: it stays text, in one line."""
    def poison(p):
        db = sqlite3.connect(p.database)
        db.execute("UPDATE village SET name = ? || name", (" ".join(EVIL.split()),))  # controls fail the rule's run
        db.execute("UPDATE contact SET name = ?", (EVIL,))
        db.execute("UPDATE unit SET name = ? || name WHERE kind = 'commune'", (EVIL,))
        db.commit()
        db.close()
    plain, post = Post(), Post(poison)
    with plain.p, post.p, RealServer() as server:
        post.smtp(server.port)
        post.run()
        letters = [data for _, data in server.keeper.letters]
        report.check("poisoned names: every letter goes", letters and post.states() == {"sent": len(letters)},
                     str(post.states()))
        report.equal("to nobody else", {to for to, _ in server.keeper.letters},
                     {to for to, _ in plain.queued()})
        report.check("the poison is in there", any("spy@units" in message.get_body(("plain",)).get_content()
                     for message in (email.message_from_bytes(d, policy=email.policy.default) for d in letters)))
        report.check("no bare LF or CR", not any(re.search(rb"(?<!\r)\n|\r(?!\n)", d) for d in letters))
        report.check("7 bits, lines of at most 998", all(max(d) < 128 and max(map(len, d.split(b"\r\n"))) <= 998
                                                        for d in letters))
        names = [[k for k, _ in email.message_from_bytes(d).items()] for d in letters]
        usual = {k for d in (d for _, d in plain.queued()) for k in email.message_from_bytes(d).keys()}
        report.check("no header that other letters do not have, none twice",
                     all(set(n) <= usual and len(n) == len(set(n)) for n in names), str(names[:1]))


SCRIPTS = {  # replies: delivery, code, part of the text
    "the letter is accepted": ({}, "sent", 250, "kept"),
    "bare 250": ({"DOT": "250"}, "sent", 250, ""),
    "greylisting": ({"RCPT": "450 4.2.0 later"}, "deferred", 450, "later"),
    "no such address": ({"RCPT": "550 5.1.1 unknown"}, "failed", 550, "unknown"),
    "the sender is put off": ({"MAIL": "451 4.3.0 busy"}, "deferred", 451, "busy"),
    "the sender is refused": ({"MAIL": "552 5.3.4 too big"}, "failed", 552, "too big"),
    "the greeting refuses": ({"GREETING": "554 not here"}, "deferred", 554, "not here"),
    "the greeting puts off": ({"GREETING": "421 busy"}, "deferred", 421, "busy"),
    "DATA is put off": ({"DATA": "451 4.3.0 no"}, "deferred", 451, "no"),
    "the letter is put off": ({"DOT": "452 4.3.1 full"}, "deferred", 452, "full"),
    "the letter is refused": ({"DOT": "554 5.7.1 spam"}, "failed", 554, "spam"),
    "421 at EHLO": ({"EHLO": "421 4.3.2 going down"}, "deferred", 421, "going down"),
    "421 at MAIL": ({"MAIL": "421 4.3.2 going down"}, "deferred", 421, "going down"),
    "421 at RCPT": ({"RCPT": "421 4.3.2 going down"}, "deferred", 421, "going down"),
    "421 at DATA": ({"DATA": "421 4.3.2 going down"}, "deferred", 421, "going down"),
    "421 after the dot": ({"DOT": "421 4.3.2 going down"}, "deferred", 421, "going down"),
    "death at EHLO": ({"EHLO": None}, "deferred", None, ""),
    "death at MAIL": ({"MAIL": None}, "deferred", None, ""),
    "death at RCPT": ({"RCPT": None}, "deferred", None, ""),
    "death at DATA": ({"DATA": None}, "deferred", None, ""),
    "nonsense at the greeting": ({"GREETING": "huh?"}, "deferred", None, ""),
    "nonsense at MAIL": ({"MAIL": "\0\0\xff nonsense"}, "deferred", None, ""),
    "nonsense at RCPT": ({"RCPT": "huh?"}, "deferred", None, ""),
    "nonsense at DATA": ({"DATA": "huh?"}, "deferred", None, ""),
    "a very long answer": ({"DOT": "250 " + "x" * 5000}, "sent", 250, "xxx"),
    "replies in pieces of one byte": ({"PIECES": 1}, "sent", 250, "kept"),
    "greylisting in pieces of one byte": ({"PIECES": 1, "RCPT": "450 4.2.0 later"}, "deferred", 450, "later"),
    "replies in pieces of seven bytes": ({"PIECES": 7}, "sent", 250, "kept"),
    "the greeting refuses in pieces of one byte": ({"PIECES": 1, "GREETING": "554 not here"}, "deferred", 554, "not here"),
    "death at the greeting": ({"GREETING": None}, "deferred", None, ""),
    "death within the letter, all of it on its way": ({"CUT": 500}, "in_doubt", None, "without an answer"),
    "death after the dot": ({"DOT": None}, "in_doubt", None, "without an answer"),
    "nonsense after the dot": ({"DOT": "huh?"}, "in_doubt", None, ""),
}


def scripted(report, post):
    for what, (replies, delivery, code, text) in SCRIPTS.items():
        with Scripted(**replies) as server:
            post.smtp(server.port)
            post.keep_one()
            r = post.run()
            state = post.one()
            ok = state[0] == delivery and (code is None or state[1] == code) and text in (state[2] or "")
            report.check(what, ok and r.returncode == 0, f"{state} {r.stderr}")
            report.check(f"{what}: CHUNKING is not used", not any(s.startswith("BDAT") for s in server.said))
            if delivery == "sent":
                report.equal(f"{what}: the server holds it once", server.got, 1)


def doubt(report, post):
    """Sent again once, with the same Message-ID; then it stays in doubt."""
    with Scripted(DOT=None) as server:
        post.smtp(server.port)
        post.keep_one()
        post.run(1)
        report.equal("in doubt", post.one()[::3], ("in_doubt", 1))
        post.run(1)
        report.equal("not at once again", server.got, 1)
        post.run(10)
        report.equal("again, once", (server.got, *post.one()[::3]), (2, "in_doubt", 2))
        post.run(600)
        report.equal("and not a third time", server.got, 2)
    letters = []
    with Scripted(DOT=lambda s: None if s.got == 1 else "250 kept") as server:
        post.smtp(server.port)
        post.keep_one()
        post.run(1)
        post.run(10)
        report.equal("accepted at the second", (server.got, post.one()[0]), (2, "sent"))


def in_parallel(report, post):
    """mail.connections at a time; a slow letter on one keeps none of the others."""
    with Scripted() as server:
        post.smtp(server.port, connections=4)
        post.run()
        report.equal("over four connections: all are sent", list(post.states()), ["sent"])
        report.equal("each once", server.got, post.states()["sent"])
        report.equal("and there were four", server.connections, 4)
    with Scripted(RCPT=lambda s: "450 4.2.0 later") as server:
        post.smtp(server.port, connections=4)
        post.run()
        states = post.states()
        report.check("a server that takes nothing is soon left alone: the rest waits, untried",
                     states.get("deferred", 0) in range(3, 8) and states.get("queued", 0) > 0, str(states))


def one_bad_of_many(report, post):
    with Scripted(RCPT=lambda s: "550 5.1.1 no" if len([x for x in s.said if x.startswith("RCPT")]) == 2 else "250 ok") as server:
        post.smtp(server.port)
        post.run()
        states = post.states()
        report.check("one bad address stops no other", states.get("failed") == 1 and
                     states["sent"] == sum(states.values()) - 1, str(states))
        report.check("letters share a connection", server.connections <= 3, str(server.connections))


def credentials(report, post, ca):
    good = ca.context("mail", "IP:127.0.0.1,DNS:localhost")
    password = os.path.join(post.p.dir, "password")
    with open(password, "w", encoding="utf-8") as f:
        f.write("mật khẩu 9\n")
    os.chmod(password, 0o600)
    login = f'ca_file = "{ca.ca}"; user = "langnghe"; password_file = "{password}";'
    with RealServer(tls=good, password="mật khẩu 9") as server:
        post.smtp(server.port, login)
        r = post.run()
        report.equal("STARTTLS and AUTH", list(post.states()), ["sent"])
        report.check("no password in the log", "khẩu" not in r.stderr, r.stderr)
    with RealServer(tls=good, password="another") as server:
        post.smtp(server.port, login)
        post.run()
        report.check("a refused password holds the queue", "refuses our name or password" in
                     post.p.ctl("status").stdout and not server.keeper.letters,
                     str(post.p.sql("SELECT DISTINCT delivery, smtp_code, smtp_text FROM recipient")))
        report.equal("and nothing is lost", set(post.states()), {"held"})
    for mode, who in ((0o644, "others"), (0o640, "its group")):
        os.chmod(password, mode)
        with RealServer(tls=good, password="mật khẩu 9") as server:
            post.smtp(server.port, login)
            r = post.run()
            report.check(f"a password that {who} can read is refused", f"can be read by {who}" in r.stderr and
                         "sent" not in post.states(), f"{post.states()} {r.stderr}")


def trust(report, post, ca):
    cases = {
        "another name": (ca.context("other", "DNS:elsewhere.test"), ca.ca, "mismatch"),
        "self-signed": (ca.context("own", "IP:127.0.0.1", signed=False), ca.ca, "self.signed"),
        "expired": (ca.context("old", "IP:127.0.0.1", days="-1"), ca.ca, "expired"),
        "another authority": (ca.context("mail2", "IP:127.0.0.1"), None, "issuer|self.signed"),
    }
    for what, (context, file, why) in cases.items():
        with RealServer(tls=context) as server:
            post.smtp(server.port, f'ca_file = "{file}";' if file else "")
            post.keep_one()
            post.run()
            state = post.one()
            report.check(f"{what}: not trusted, nothing sent", state[0] == "deferred" and not server.keeper.letters,
                         str(state))
            report.check(f"{what}: says why", re.search(why, state[2] or "", re.I), str(state))
    with RealServer() as server:  # no STARTTLS at all
        post.smtp(server.port, f'ca_file = "{ca.ca}";')
        post.keep_one()
        post.run()
        report.check("no STARTTLS: nothing goes in the clear", post.one()[0] == "deferred" and not server.keeper.letters
                     and "STARTTLS" in post.one()[2], str(post.one()))


def early_tickets(report, post, ca, sessions=200):
    """TLS 1.3: the server's session tickets come with the end of the handshake; no session waits for a reply
    to what it never said (a session that does ends after 60 s as deferred)."""
    good = ca.context("tickets", "IP:127.0.0.1")
    post.many(sessions)
    with RealServer(tls=good) as server:
        post.smtp(server.port, f'ca_file = "{ca.ca}";')
        for (letter,) in post.p.sql("SELECT letter FROM recipient"):
            post.p.run("langnghe-post", "--now", NOW, "--letter", str(letter))
        report.equal(f"{sessions} sessions under TLS: every letter at its first try", post.states(), {"sent": sessions})
        report.equal("and each once", len(server.keeper.letters), sessions)
        report.equal("under TLS 1.3", server.keeper.versions, {"TLSv1.3"})


def nobody_there(report, post):
    from smtp_server import free_port
    post.smtp(free_port())
    r = post.run()
    states = post.states()
    report.check("no server: put off, the reason kept", states.get("deferred") and "sent" not in states and
                 "refused" in post.p.sql("SELECT smtp_text FROM recipient WHERE delivery = 'deferred'")[0][0],
                 f"{states} {r.stderr}")


def main():
    report = Report()
    post = Post()
    with post.p:
        ca = Authority(post.p.dir)
        bytes_arrive(report, post)
        scripted(report, post)
        doubt(report, post)
        in_parallel(report, post)
        one_bad_of_many(report, post)
        credentials(report, post, ca)
        trust(report, post, ca)
        nobody_there(report, post)
        injection(report)
        early_tickets(report, post, ca)
    report.close()


main()
