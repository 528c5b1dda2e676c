#!/usr/bin/env python3
"""langnghe-post to a server 20 ms away (slow_line.c before smtp-sink): sixteen connections beside one."""
import subprocess
import time

from measure import Bench, Folder, built, in_turns, run

from posting import Post
from sending import send
from sink import Sink
from smtp_server import free_port

ROUND_TRIP_MS = 20
MANY = 16
LETTERS = 100  # over one connection
RUNS = 3
LIMIT = 12


def rate(post, port, connections):
    """Letters a second, as many for each connection."""
    post.many(LETTERS * connections)
    return LETTERS * connections / send(post, port, connections)[0]


def main():
    with Folder():
        post = Post()
        with Sink() as sink:
            port = free_port()
            line = subprocess.Popen([built("tests/bench/slow_line"), str(port), str(sink.port), str(ROUND_TRIP_MS)])
            time.sleep(0.2)
            try:
                ours, one = in_turns(RUNS, lambda: rate(post, port, MANY), lambda: rate(post, port, 1))
            finally:
                line.kill()
                line.wait()
        bench = Bench(f"{MANY} connections", "one connection")
        bench.at_least(f"letters a second, {ROUND_TRIP_MS} ms round trip", ours, one, LIMIT, "{:.1f}")
        return bench.close()


run(main)
