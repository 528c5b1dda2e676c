#!/usr/bin/env python3
"""langnghe-post empties an outbox into Postfix's smtp-sink, beside Postfix's own smtp-source with as many
letters of the same size; all on one CPU. A letter is leased, sent and settled by itself; results that have come
together are committed together, which only happens where several connections are open: what one of them costs
is shown too. And a letter of a long queue beside one of a short queue."""
import os
import subprocess
import time

from measure import Bench, CannotMeasure, built, in_turns, run, seconds

from posting import NOW, Post
from smtp_server import free_port

LETTERS = 10000
ONE_CPU = ["taskset", "-c", "0"]


class Sink:
    """with Sink() as s: s.port."""

    def __init__(self):
        self.port = free_port()

    def __enter__(self):
        user = ["-u", "postfix"] if os.geteuid() == 0 else []
        self.process = subprocess.Popen([*ONE_CPU, "/usr/sbin/smtp-sink", *user,
                                         f"127.0.0.1:{self.port}", "500"])
        time.sleep(0.5)
        return self

    def __exit__(self, *exc):
        self.process.kill()
        self.process.wait()


def post_all(post, port, connections, letters):
    post.smtp(port, connections=connections)
    begin = time.perf_counter()
    r = subprocess.run([*ONE_CPU, built("langnghe-post"), "-c", post.p.conf, "--now", NOW], capture_output=True,
                       text=True, env=dict(os.environ, LANGNGHE_LIBEXEC=os.environ["B"]), check=False)
    took = time.perf_counter() - begin
    if post.states() != {"sent": letters}:
        raise CannotMeasure(f"post: {post.states()} {r.stderr[-300:]}")
    return took


def receipt(province):
    """The smallest letter that there is: 4.6 KB, without attachments."""
    path = os.path.join(province.dir, "submission.csv")
    with open(path, "w", encoding="utf-8") as f:
        f.write("duty,unit,period,document_on,received_on,document_no,accepted\n"
                "unit-report,so-khcn,2026,2026-11-20,2026-11-20,12/BC-SKHCN,yes\n")
    province.run("langnghe-round", "--now", NOW.replace("-23T", "-20T"))
    province.ctl("import", "submissions", path)


def measure(bench, post, letters, connections, limit):
    size = post.p.sql("SELECT max(length(bytes)) FROM letter JOIN recipient ON letter.id = letter")[0][0]
    with Sink() as sink:
        ours, theirs = in_turns(3, lambda: post_all(post, sink.port, connections, letters),
                                lambda: seconds([*ONE_CPU, "/usr/sbin/smtp-source", "-d", "-s", "1", "-m", str(letters),
                                                 "-l", str(size), f"127.0.0.1:{sink.port}"]))
    what = f"{letters} letters of {size / 1000:.1f} KB, {connections} connection{'s'[:connections > 1]}"
    if limit:
        bench.ratio(what, ours, theirs, limit)
    else:
        bench.show(what, ours, theirs)


def main():
    os.environ["B"] = os.path.abspath(os.environ["B"])
    bench = Bench("langnghe-post", "smtp-source")
    post = Post(receipt)
    with post.p:
        post.many(LETTERS)
        measure(bench, post, LETTERS, 8, 2)
        for connections in (4, 1):
            measure(bench, post, LETTERS, connections, None)
        with Sink() as sink:
            whole = post_all(post, sink.port, 4, LETTERS)
        post.many(LETTERS // 5)
        with Sink() as sink:
            fifth = post_all(post, sink.port, 4, LETTERS // 5)
        bench.ratio("a letter in a queue five times as long", whole / 5, fifth, 1.2)
    post = Post()
    with post.p:
        post.many(LETTERS)
        measure(bench, post, LETTERS, 8, None)
    return bench.close()


run(main)
