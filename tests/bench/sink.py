"""Postfix's smtp-sink on a free port, and when it had accepted how many letters."""
import os
import re
import subprocess
import tempfile
import threading
import time

from measure import CannotMeasure

from smtp_server import free_port

SAMPLE_S = 0.01
LAST_COUNT = re.compile(rb"mesg=(\d+)[^=]*$")
OVERFLOWS = ("ListenOverflows", "ListenDrops")


def dropped():
    """Connections that found a full queue, on the whole machine: they try again after a second."""
    with open("/proc/net/netstat", encoding="ascii") as f:
        names, values = [line.split() for line in f if line.startswith("TcpExt:")]
    return sum(int(value) for name, value in zip(names, values) if name in OVERFLOWS)


def reached(seen, letters):
    """When the count of `seen` was that high; between two looks as if letters came evenly."""
    before = None
    for moment, count in seen:
        if count >= letters:
            if before is None or count == before[1]:
                return moment
            share = (letters - before[1]) / (count - before[1])
            return before[0] + share * (moment - before[0])
        before = moment, count
    raise CannotMeasure(f"{before[1] if before else 0} of {letters} letters were seen accepted")


class Sink:
    """with Sink() as s: s.port; s.seen: (moment, letters accepted so far), in order."""

    def __init__(self, before=()):
        self.port, self.seen, self.before = free_port(), [], list(before)

    def __enter__(self):
        user = ["-u", "postfix"] if os.geteuid() == 0 else []
        self.dropped = dropped()
        self.file = tempfile.TemporaryFile()
        self.process = subprocess.Popen([*self.before, "/usr/sbin/smtp-sink", "-c", *user,
                                         f"127.0.0.1:{self.port}", "4000"], stdout=self.file)
        time.sleep(0.5)
        self.over = threading.Event()
        self.watch = threading.Thread(target=self.look)
        self.watch.start()
        return self

    def look(self):
        """The counters come as text after text: only the last one matters."""
        while not self.over.wait(SAMPLE_S):
            size = os.fstat(self.file.fileno()).st_size
            text = os.pread(self.file.fileno(), 200, max(0, size - 200))
            found = LAST_COUNT.search(text[:text.rfind(b"\r") + 1])
            if found and (not self.seen or int(found.group(1)) != self.seen[-1][1]):
                self.seen.append((time.perf_counter(), int(found.group(1))))

    def count(self):
        return self.seen[-1][1] if self.seen else 0

    def wait(self, letters, patience_s, alive=lambda: True):
        """The moment at which so many had been accepted."""
        until = time.monotonic() + patience_s
        while self.count() < letters:
            if time.monotonic() > until or not alive():
                raise CannotMeasure(f"the sink accepted {self.count()} of {letters} letters")
            time.sleep(SAMPLE_S)
        return reached(self.seen, letters)

    def __exit__(self, *exc):
        self.over.set()
        self.watch.join()
        self.process.kill()
        self.process.wait()
        self.file.close()
        if exc[0] is None and dropped() != self.dropped:
            print("(a connection found the sink's queue full and was tried again later)")
