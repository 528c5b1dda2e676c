#!/usr/bin/env python3
"""langnghe-post empties an outbox into Postfix's smtp-sink over one connection, each result committed by
itself, beside Postfix's own smtp-source with as many letters of the same size; all on one CPU. And a letter
of a long queue beside one of a short queue."""
import os
import subprocess
import time

from measure import Bench, CannotMeasure, built, run, seconds

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


def main():
    os.environ["B"] = os.path.abspath(os.environ["B"])
    bench = Bench("langnghe-post", "smtp-source")
    post = Post()
    with post.p:
        post.many(LETTERS)
        size = post.p.sql("SELECT max(length(bytes)) FROM letter JOIN recipient ON letter.id = letter")[0][0]
        with Sink() as sink:
            ours = post_all(post, sink.port, 1, LETTERS)
            theirs = seconds([*ONE_CPU, "/usr/sbin/smtp-source", "-d", "-s", "1", "-m", str(LETTERS), "-l", str(size),
                              f"127.0.0.1:{sink.port}"])
        bench.ratio(f"{LETTERS} letters of {size / 1000:.1f} KB", ours, theirs, 2)
        post.many(LETTERS // 5)
        with Sink() as sink:
            fifth = post_all(post, sink.port, 1, LETTERS // 5)
        bench.ratio("a letter in a queue five times as long", ours / 5, fifth, 1.2)
    return bench.close()


run(main)
