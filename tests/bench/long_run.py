#!/usr/bin/env python3
"""20 000 letters in one run of langnghe-post over its default of four connections: whether the memory of
the post and its senders grows, and whether the last fifth of the letters takes longer than the first.
Others on the machine only add time: of each fifth the quickest of the runs counts."""
import threading

from measure import Bench, CannotMeasure, Folder, run

from posting import Post
from sending import send
from sink import Sink

LETTERS = 20000
FIFTH = LETTERS // 5
CONNECTIONS = 4
RUNS = 5
SAMPLE_S = 0.05
LIMIT_KIB = 1024
LIMIT_FIFTH = 1.1  # no longer, but for noise


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
        return [int(child) for child in f.read().split()]


def rss_kib(pid):
    """Not PSS: that changes with what others run of the same files."""
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("Rss:"))


class Memory:
    """Of the post and its senders, from the first moment at which all senders have delivered something."""

    def __init__(self, sink):
        self.sink, self.kib, self.over = sink, [], threading.Event()

    def look(self, pid):
        while not self.over.wait(SAMPLE_S):
            try:
                senders = children(pid)
                if len(senders) == CONNECTIONS and self.sink.count() > 100 * CONNECTIONS:
                    self.kib.append(rss_kib(pid) + sum(map(rss_kib, senders)))
            except (OSError, StopIteration):
                return  # it has just ended

    def watch(self, process):
        self.thread = threading.Thread(target=self.look, args=[process.pid])
        self.thread.start()

    def growth(self):
        self.over.set()
        self.thread.join()
        if len(self.kib) < 20:
            raise CannotMeasure(f"only {len(self.kib)} looks at the memory")
        return max(self.kib) - self.kib[0]


def long_run(post):
    """(KiB grown, seconds of the first and of the last fifth)"""
    with Sink() as sink:
        memory = Memory(sink)
        send(post, sink.port, CONNECTIONS, memory.watch)
        sink.wait(LETTERS, 10)
        return (memory.growth(), sink.reached(FIFTH) - sink.reached(1),
                sink.reached(LETTERS) - sink.reached(LETTERS - FIFTH + 1))


def main():
    with Folder():
        post = Post()
        post.many(LETTERS)
        grown, first, last = zip(*[long_run(post) for _ in range(RUNS)])
        bench = Bench("langnghe-post", "limit")
        bench.count(f"KiB grown in {LETTERS} letters", max(grown), LIMIT_KIB, LIMIT_KIB - 1)
        bench.columns("last fifth", "first fifth")
        bench.ratio(f"{FIFTH} letters of {LETTERS}", min(last), min(first), LIMIT_FIFTH)
        return bench.close()


run(main)
