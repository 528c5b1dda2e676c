#!/usr/bin/env python3
"""20 000 letters in one run of langnghe-post over its default of four connections: whether the memory of
the post and its senders grows, and whether the last fifth of the letters takes longer than the first.
Others on the machine only add time: of each fifth the quickest of the runs counts."""
import os
import threading

from measure import Bench, CannotMeasure, Folder, run

from posting import Post
from sending import send
from sink import Sink, reached

LETTERS = 20000
FIFTH = LETTERS // 5
WARM = 1000  # letters after which every sender has had its first connection full
CONNECTIONS = 4
RUNS = 3
SAMPLE_S = 0.05
TICK_S = 1 / os.sysconf("SC_CLK_TCK")
LIMIT_KIB = 1024
LIMIT_FIFTH, LIMIT_PROCESSOR = 1.2, 1.1  # no longer, but for the noise of a shared machine


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
        return [int(child) for child in f.read().split()]


def rss_kib(pid):
    """Not PSS: that changes with what others run of the same files."""
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("Rss:"))


def processor_s(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * TICK_S


class Watch:
    """Of the post and its senders while they work: how much memory and processor time at how many letters."""

    def __init__(self, sink):
        self.sink, self.kib, self.processor, self.over = sink, [], [], threading.Event()

    def look(self, pid):
        while not self.over.wait(SAMPLE_S):
            try:
                all_of_them = [pid, *children(pid)]
                letters = self.sink.count()
                if len(all_of_them) == 1 + CONNECTIONS and letters > 0:
                    self.processor.append((sum(map(processor_s, all_of_them)), letters))
                    self.kib.append((sum(map(rss_kib, all_of_them)), letters))
            except (OSError, StopIteration):
                return  # they have just ended

    def begin(self, process):
        self.thread = threading.Thread(target=self.look, args=[process.pid])
        self.thread.start()

    def end(self):
        self.over.set()
        self.thread.join()
        if len(self.kib) < 20:
            raise CannotMeasure(f"only {len(self.kib)} looks at the processes")

    def grown(self):
        """KiB at most since the first thousand letters."""
        before = next(kib for kib, letters in self.kib if letters >= WARM)
        return max(kib for kib, _ in self.kib) - before


def fifths(seen):
    """What the first and the last fifth took of what `seen` counts; the beginnings and the end, of which
    no look may tell, are left out of both."""
    edge = FIFTH // 10
    return (reached(seen, FIFTH) - reached(seen, edge),
            reached(seen, LETTERS - edge) - reached(seen, LETTERS - FIFTH))


def long_run(post):
    with Sink() as sink:
        watch = Watch(sink)
        send(post, sink.port, CONNECTIONS, watch.begin)
        watch.end()
        return watch.grown(), fifths(sink.seen), fifths(watch.processor)


def main():
    with Folder():
        post = Post()
        post.many(LETTERS)
        grown, wall, processor = zip(*[long_run(post) for _ in range(RUNS)])
        bench = Bench("langnghe-post", "limit")
        bench.count(f"KiB grown in {LETTERS} letters", max(grown), LIMIT_KIB, LIMIT_KIB - 1)
        bench.columns("last fifth", "first fifth")
        for what, taken, limit in ((f"time for {FIFTH} letters of {LETTERS}", wall, LIMIT_FIFTH),
                                   ("processor time", processor, LIMIT_PROCESSOR)):
            first, last = map(min, zip(*taken))
            bench.ratio(what, last, first, limit)
        return bench.close()


run(main)
