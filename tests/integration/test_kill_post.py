#!/usr/bin/python3
"""kill -9 of langnghe-post and of langnghe-sender at every point of a letter's way, and at random moments
with 300 letters to Postfix's smtp-sink: none is lost; one that was in hand may come twice, with the same
Message-ID, and no more than one for each connection that was killed."""
import collections
import glob
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from posting import NOW, Post  # noqa: E402
from province import BUILD, Report  # noqa: E402
from smtp_server import Scripted, free_port  # noqa: E402

PRELOAD = os.path.join(BUILD, "tests", "kill_at_commit.so")
FEW, MANY, CONNECTIONS = 3, 300, 4


def start(post, minutes, **env):
    moment = NOW.replace("08:00:00", f"{8 + minutes // 60:02}:{minutes % 60:02}:00")
    return subprocess.Popen([os.path.join(BUILD, "langnghe-post"), "-c", post.p.conf, "--now", moment],
                            env=dict(os.environ, LANGNGHE_LIBEXEC=BUILD, **env), stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)


def finish(post):
    """What an undisturbed machine does from here: the daemon starts the post again until nothing waits."""
    for minutes in (2, 5, 15, 40):
        post.run(minutes)


def kill(post, program):
    """The programs of this test alone, found by their configuration."""
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            with open(path, "rb") as f:
                words = f.read().split(b"\0")
            if os.path.basename(words[0]).decode() == program and post.p.conf.encode() in words:
                os.kill(int(path.split("/")[2]), signal.SIGKILL)
        except (OSError, ProcessLookupError):
            pass


class Sink(Scripted):
    """Keeps the Message-ID of what it took whole. At the nth `point` it kills a program, before it answers."""

    def __init__(self, post, program, point, nth=1):
        self.post, self.program, self.point, self.nth, self.ids = post, program, point, nth, []
        super().__init__(**{word: (lambda _, word=word: self.reach(word)) for word in USUAL})

    def reach(self, word):
        if word == self.point:
            self.nth -= 1
            if self.nth == 0:
                kill(self.post, self.program)
        return USUAL[word]


USUAL = {"GREETING": "220 sink", "MAIL": "250 2.1.0 good", "RCPT": "250 2.1.5 good", "DATA": "354 go on",
         "DOT": "250 2.0.0 kept", "QUIT": "221 bye"}


def at_each_point(report, post):
    for program in ("langnghe-post", "langnghe-sender"):
        for point in USUAL:
            for nth in (1, 2) if point not in ("GREETING", "QUIT") else (1,):
                with Sink(post, program, point, nth) as sink:
                    post.smtp(sink.port)
                    start(post, 1).wait(timeout=120)
                    finish(post)
                    report.equal(f"{program} killed at {point} {nth}: all are sent", post.states(), {"sent": FEW})
                    # A sender outlives its post by a moment, in which the letter in hand may still go.
                    twice = {0, 1} if program == "langnghe-post" else {1} if point == "DOT" else {0}
                    report.check(f"{program} killed at {point} {nth}: none twice, but what was in hand",
                                 sink.got - FEW in twice, str(sink.got))


def at_each_commit(report, post):
    with Sink(post, "", "") as sink:
        post.smtp(sink.port)
        count_file = os.path.join(post.p.dir, "commits")
        start(post, 1, LD_PRELOAD=PRELOAD, COUNT_COMMITS=count_file).wait(timeout=120)
        with open(count_file, encoding="ascii") as f:
            commits = max(int(n) for n in f.read().split())
        report.check("a commit to begin, and one for each letter", commits >= FEW + 1, str(commits))
        for where in ("before", "after"):
            for n in range(1, commits + 1):
                post.smtp(sink.port)
                before = sink.got
                rc = start(post, 1, LD_PRELOAD=PRELOAD, KILL_AT=f"{where}:{n}").wait(timeout=120)
                report.equal(f"the post dies {where} commit {n}", rc, -signal.SIGKILL)
                finish(post)
                report.equal(f"killed {where} commit {n}: all are sent", post.states(), {"sent": FEW})
                report.check(f"killed {where} commit {n}: at most one twice", sink.got - before in (FEW, FEW + 1),
                             str(sink.got - before))


def dumped(folder):
    """Message-ID: how often, of what smtp-sink took whole (it writes the file when the letter has ended)."""
    counts = collections.Counter()
    for path in glob.glob(os.path.join(folder, "*")):
        with open(path, "rb") as f:
            data = f.read()
        found = re.search(rb"^Message-ID:\s+<([^>]+)>", data, re.M | re.I)
        if found:
            counts[found.group(1).decode()] += 1
    return counts


def at_random(report, post):
    rng = random.Random(4182)
    folder = tempfile.mkdtemp(prefix="langnghe-sink-")
    os.chmod(folder, 0o777)
    port = free_port()
    sink = subprocess.Popen(["/usr/sbin/smtp-sink", *(["-u", "postfix"] if os.geteuid() == 0 else []), "-d",
                             os.path.join(folder, "%M."), f"127.0.0.1:{port}", "50"])
    try:
        time.sleep(0.5)
        post.smtp(port, connections=CONNECTIONS)
        wanted = {name for (name,) in post.p.sql("SELECT l.message_id FROM letter l JOIN recipient r ON r.letter = l.id")}
        began = time.monotonic()
        start(post, 1).wait(timeout=300)
        span = time.monotonic() - began
        report.equal("undisturbed: every letter once", dumped(folder), collections.Counter(dict.fromkeys(wanted, 1)))
        for i in range(int(os.environ.get("KILLS", "200"))):
            for name in os.listdir(folder):
                os.unlink(os.path.join(folder, name))
            post.smtp(port, connections=CONNECTIONS)
            child = start(post, 1)
            time.sleep(rng.uniform(0, span))  # a random instant is what is tested
            if rng.random() < 0.5:
                child.kill()
            else:
                kill(post, "langnghe-sender")  # all of them
            child.wait(timeout=300)
            finish(post)
            got = dumped(folder)
            report.check(f"killed at a random moment ({i}): none lost, at most one a connection twice",
                         set(got) == wanted and sum(got.values()) <= MANY + CONNECTIONS and max(got.values()) <= 2 and post.states() == {"sent": MANY},
                         f"{len(wanted - set(got))} lost, {sum(got.values())} taken, {post.states()}")
    finally:
        sink.kill()
        sink.wait()
        shutil.rmtree(folder)


def main():
    report = Report()
    post = Post()
    with post.p:
        post.many(FEW)
        at_each_point(report, post)
        at_each_commit(report, post)
        post.many(MANY)
        at_random(report, post)
    report.close()


main()
