#!/usr/bin/python3
"""Servers that are slow, stop in the middle or break off, and what is never said aloud: afterwards the outbox says
what the server holds, and no password stands anywhere. The limits run at a percentage of their length."""
import base64
import os
import socket
import sqlite3
import struct
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from posting import NOW, Post  # noqa: E402
from province import BUILD, Report  # noqa: E402
from smtp_server import Authority, RealServer, Scripted, free_port  # noqa: E402

PERCENT = {"LANGNGHE_PATIENCE": "1"}  # 120 s to take bytes become 1,2 s, 300 s for a letter 3 s, 240 s for a run 2,4 s
LARGE = 4 << 20


class Blocking:
    """A server in a thread: talk(connection, reader) is called for each connection."""

    def __init__(self, talk):
        self.talk, self.port, self.whole, self.cut = talk, free_port(), [], 0
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        self.listener.bind(("127.0.0.1", self.port))
        self.listener.listen(5)

    def serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            try:
                with connection:
                    self.talk(self, connection, connection.makefile("rb"))
            except OSError:
                self.cut += 1

    def envelope(self, connection, reader):
        """Up to the bytes of a letter; False: it said goodbye."""
        connection.sendall(b"220 slow\r\n")
        return self.next(connection, reader)

    def next(self, connection, reader):
        for line in reader:
            word = line.split()[0].upper() if line.split() else b""
            connection.sendall({b"EHLO": b"250 slow\r\n", b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}.get(
                word, b"250 good\r\n"))
            if word == b"DATA":
                return True
            if word == b"QUIT":
                return False
        return False

    def letter(self, reader):
        """The bytes of a letter, or None: it was cut off."""
        got = []
        for line in reader:
            if line == b".\r\n":
                data = b"".join(got)
                self.whole.append(data)
                return data
            got.append(line[1:] if line.startswith(b".") else line)
        self.cut += 1
        return None

    def __enter__(self):
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def __exit__(self, *exc):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


def run(post, minutes=1, **env):
    return post.p.run("langnghe-post", "--now", NOW.replace("08:00:00", f"{8 + minutes // 60:02}:{minutes % 60:02}:00"),
                      check=False, env=dict(PERCENT, **env))


def large_letter(post):
    """One letter, larger than what sockets hold."""
    post.again()
    post.keep_one()
    db = sqlite3.connect(post.p.database)
    letter, data = db.execute("SELECT id, bytes FROM letter WHERE id = (SELECT letter FROM recipient WHERE"
                              " delivery = 'queued')").fetchone()
    data += (b"langnghe " * 8 + b"\r\n") * (LARGE // 74)
    db.execute("UPDATE letter SET bytes = ? WHERE id = ?", (data, letter))
    db.commit()
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    with open(post.p.database, "rb") as f:
        post.fresh = f.read()
    return data


def stalls(report, post):
    fresh, data = post.fresh, large_letter(post)
    for what, pause, first in (("briefly", 0.4, True), ("for longer than we wait", 4, False)):
        def talk(server, connection, reader, pause=pause):
            if server.envelope(connection, reader):
                if len(server.whole) + server.cut == 0:
                    time.sleep(pause)  # takes nothing, then goes on as if nothing had been
                if server.letter(reader) is not None:
                    connection.sendall(b"250 2.0.0 kept\r\n")
                    server.next(connection, reader)
        with Blocking(talk) as server:
            post.smtp(server.port)
            run(post)
            state = post.one()
            report.equal(f"stalls {what}: its first letter", (state[0], len(server.whole)),
                         ("sent", 1) if first else ("deferred", 0))
            report.check(f"stalls {what}: what it took is whole", all(got == data for got in server.whole))
            if not first:
                report.check("and it is said that nothing went", "took no bytes" in state[2] or "within the letter" in state[2],
                             str(state))
                deadline = time.monotonic() + 20
                while server.cut == 0 and time.monotonic() < deadline:
                    time.sleep(0.05)
                run(post, 10)
                report.equal("again, once, whole", (post.one()[0], server.whole == [data]), ("sent", True))
    post.fresh = fresh


def dribbles(report, post):
    """A byte now and then: no single wait is too long, the letter's is."""
    for stage, delivery in ((b"RCPT", "deferred"), (b".", "in_doubt")):
        def talk(server, connection, reader, stage=stage):
            def slowly(text):
                for byte in text:
                    connection.sendall(bytes([byte]))
                    time.sleep(0.1)
            connection.sendall(b"220 slow\r\n")
            within = False
            for line in reader:
                word = line.split()[0].upper() if line.split() else b""
                if within and word != b".":
                    continue
                answer = b"354 go on\r\n" if word == b"DATA" else b"250 2.0.0 good\r\n"
                within = word == b"DATA"
                if word == stage:
                    slowly(b"250-" + b"x" * 900 + b"\r\n")
                connection.sendall(answer)
        with Blocking(talk) as server:
            post.smtp(server.port)
            post.keep_one()
            began = time.monotonic()
            r = run(post)
            state = post.one()
            report.check(f"a byte now and then at {stage.decode()}: the watch ends it", state[0] == delivery and
                         "did not answer in time" in state[2] and time.monotonic() - began < 60, f"{state} {r.stderr}")


def breaks_tls(report, post):
    ends = {"garbage": b"\x00garbage\xff" * 20, "nothing": b"", "an alert": b"\x15\x03\x03\x00\x02\x02\x28"}
    for what, answer in ends.items():
        said = []

        def talk(server, connection, reader, answer=answer, said=said):
            connection.sendall(b"220 half\r\n")
            for line in reader:
                said.append(line)
                if line.upper().startswith(b"EHLO"):
                    connection.sendall(b"250-half\r\n250 STARTTLS\r\n")
                elif line.upper().startswith(b"STARTTLS"):
                    connection.sendall(b"220 go on\r\n")
                    connection.recv(4096)
                    connection.sendall(answer)
                    return
                else:
                    connection.sendall(b"250 good\r\n")
        with Blocking(talk) as server:
            post.smtp(server.port, "")
            post.keep_one()
            r = run(post)
            state = post.one()
            report.check(f"TLS broken by {what}: put off", state[0] == "deferred" and r.returncode == 0, f"{state} {r.stderr}")
            report.check(f"TLS broken by {what}: nothing in the clear",
                         not any(line.upper().startswith((b"MAIL", b"AUTH")) for line in said), str(said))


def long_run(report, post):
    """A run ends by itself after its time, and says that there is more; the next goes on."""
    def slow(server):
        time.sleep(0.1)
        return "250 2.0.0 kept"
    post.many(60)
    with Scripted(DOT=slow) as server:
        post.smtp(server.port)
        r = run(post)
        states = post.states()
        report.check("the run's time is over: some are sent, the rest waits untouched",
                     set(states) == {"sent", "queued"} and r.returncode == 0, f"{states} {r.stderr}")
        report.check("the daemon is told to go on at once", r.stdout.startswith("next 2026-11-23T08:01:00"), r.stdout)
        for _ in range(20):
            if set(post.states()) == {"sent"}:
                break
            run(post)
        report.equal("all are sent, each once", (post.states(), server.got), ({"sent": 60}, 60))


def broken_pipes(report, post):
    post.many(3)

    def reset(server, connection, reader):
        """Goes away in the middle of the letter, without a farewell."""
        if server.envelope(connection, reader):
            connection.recv(2000)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    with Blocking(reset) as server:
        data = large_letter(post)
        post.smtp(server.port)
        r = run(post)
        state = post.one()
        # The library goes on asking for bytes that nobody takes: to be in doubt is the safe side.
        report.check("reset within a letter: the sender lives and says so", state[0] in ("deferred", "in_doubt") and
                     len(data) > LARGE // 2 and "the connection ended" in state[2] and r.returncode == 0, f"{state} {r.stderr}")
    post.many(30)
    with Scripted() as server:
        post.smtp(server.port)
        read, write = os.pipe()
        os.close(read)  # nobody reads what it says
        child = subprocess.Popen([os.path.join(BUILD, "langnghe-post"), "-c", post.p.conf, "--now", NOW], stdout=write,
                                 stderr=write, env=dict(os.environ, LANGNGHE_LIBEXEC=BUILD))
        os.close(write)
        child.wait(timeout=120)
        report.equal("nobody listens: it does its work all the same", (child.returncode >= 0, post.states()), (True, {"sent": 30}))


def secrets(report, post, ca):
    """AUTH PLAIN and LOGIN, taken and refused: neither the password nor its forms stand anywhere."""
    good, word, user = ca.context("secret", "IP:127.0.0.1"), "p4ss/wörd+hết", "langnghe"
    path = os.path.join(post.p.dir, "secret")
    with open(path, "w", encoding="utf-8") as f:
        f.write(word + "\n")
    os.chmod(path, 0o600)
    login = f'ca_file = "{ca.ca}"; user = "{user}"; password_file = "{path}";'
    forms = [word, base64.b64encode(word.encode()).decode(), base64.b64encode(f"\0{user}\0{word}".encode()).decode()]
    post.many(3)
    for mechanism, without in (("PLAIN", ["LOGIN"]), ("LOGIN", ["PLAIN"])):
        for right in (True, False):
            with RealServer(tls=good, password=word if right else "another", without=without) as server:
                post.smtp(server.port, login)
                r = post.run()
                what = f"AUTH {mechanism}, {'taken' if right else 'refused'}"
                report.equal(what, set(post.states()), {"sent"} if right else {"held"})
                said = "\n".join([r.stdout, r.stderr, *[post.p.ctl(*words, check=False).stdout for words in (
                    ("outbox",), ("outbox", "--json"), ("status",), ("audit",))]])
                with open(post.p.database, "rb") as f:
                    said += f.read().decode("latin-1")
                said += "".join(str(row) for row in post.p.sql("SELECT * FROM recipient") + post.p.sql("SELECT * FROM meta"))
                report.check(f"{what}: the password is nowhere", not any(form in said for form in forms))
    for mechanisms in ("CRAM-MD5", "XOAUTH2", None):
        offer = f"250-scripted\r\n250 AUTH {mechanisms}" if mechanisms else "250 scripted"
        with Scripted(EHLO=offer, MAIL="530 5.7.0 authenticate first") as server:
            post.smtp(server.port, f'starttls = "off"; user = "{user}"; password_file = "{path}";')
            r = post.run()
            report.equal(f"only {mechanisms}: nothing goes, all is held", (set(post.states()), server.got), ({"held"}, 0))
            report.check(f"only {mechanisms}: the reason is shown", "530" in post.p.ctl("status").stdout)


def main():
    report = Report()
    with Post() as post:
        ca = Authority(post.p.dir)
        stalls(report, post)
        dribbles(report, post)
        breaks_tls(report, post)
        long_run(report, post)
        broken_pipes(report, post)
        secrets(report, post, ca)
    return report.close()


sys.exit(main())
