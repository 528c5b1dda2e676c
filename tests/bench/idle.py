#!/usr/bin/env python3
"""langnghed with the sample configuration, doing nothing, beside monit watching one file; and its
start beside a bare libevent program (bare.c)."""
import contextlib
import json
import os
import signal
import socket
import subprocess
import time

from measure import BUILD, ENV, ROOT, Bench, CannotMeasure, Folder, Province, built, in_turns, run

MINUTE_S = 60
STARTS = 50
LIMIT_PSS = 1.3    # of monit's
LIMIT_START = 2.0  # of the bare program's
SETTLE_S = 60      # for the first round and post to end


def sample():
    """The sample's own configuration and register; what it writes goes into this folder."""
    p = Province()
    with open(os.path.join(ROOT, "conf", "sample", "langnghed.conf"), encoding="utf-8") as f:
        text = f.read()
    for theirs, ours in (('"../../build/sample/', f'"{p.dir}/'), ('"../../build/', f'"{os.path.dirname(BUILD)}/'),
                         ('"../', f'"{ROOT}/conf/'), ('"..";', f'"{ROOT}/conf";')):
        text = text.replace(theirs, ours)
    with open(p.conf, "w", encoding="utf-8") as f:
        f.write(text)
    return p.load_sample()


def status(p):
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(10)
        s.connect(os.path.join(p.dir, "control"))
        s.sendall(b"status\n")
        answer = b""
        while part := s.recv(65536):
            answer += part
    return json.loads(answer)


def runs(p):
    return [child["runs"] for child in status(p)["children"]]


def rests(p):
    """Its first round and post have run, and ended well."""
    s = status(p)
    return s["doing"] is None and all(c["runs"] and not c["failures"] for c in s["children"])


def wake_ups(pid):
    """Times that a thread of pid went to sleep, which is as often as it woke."""
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/status", encoding="ascii", errors="replace") as f:
            total += sum(int(line.split()[1]) for line in f if line.startswith("voluntary_ctxt"))
    return total


def pss_kib(pid):
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("Pss:"))


def until(condition, what, limit_s=SETTLE_S):
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        try:
            if condition():
                return
        except (OSError, ValueError):
            pass
        time.sleep(0.1)
    raise CannotMeasure(f"waited {limit_s} s in vain until {what}")


def started(ends, argv):
    """A process that is ended with ends, whatever happens."""
    process = subprocess.Popen(argv, env=ENV, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    ends.callback(end, process)
    return process


def start_langnghed(ends, p):
    process = started(ends, [built("langnghed"), "-c", p.conf, "-f"])
    until(lambda: status(p)["pid"] == process.pid, "langnghed answers")
    until(lambda: rests(p), "langnghed's first round and post have ended")
    return process


def start_monit(ends, p):
    rc = os.path.join(p.dir, "monitrc")
    with open(rc, "w", encoding="ascii") as f:
        f.write(f'set daemon 30\nset log {p.dir}/monit.log\nset pidfile {p.dir}/monit.pid\n'
                f'set idfile {p.dir}/monit.id\nset statefile {p.dir}/monit.state\n'
                f'check file register with path {p.database}\n  if does not exist then alert\n')
    os.chmod(rc, 0o600)
    process = started(ends, ["monit", "-c", rc, "-I"])
    until(lambda: os.path.exists(f"{p.dir}/monit.pid"), "monit runs")
    return process


def end(process):
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def still(p, bench):
    with contextlib.ExitStack() as ends:
        daemon, monit = start_langnghed(ends, p), start_monit(ends, p)
        done = None
        while done != runs(p):  # again if a moment of the calendar fell into the minute
            done = runs(p)
            time.sleep(1)  # our own question is over
            before = [wake_ups(daemon.pid), wake_ups(monit.pid)]
            time.sleep(MINUTE_S)
            woken = [wake_ups(daemon.pid) - before[0], wake_ups(monit.pid) - before[1]]
        pss = [pss_kib(daemon.pid), pss_kib(monit.pid)]
        bench.count("wake-ups in a minute", woken[0], woken[1], 0)
        bench.ratio("memory (PSS)", pss[0], pss[1], LIMIT_PSS, "{:.0f} KiB")


def first_answer_us(sock, *argv):
    r = subprocess.run([built("tests/bench/first_answer"), sock, *argv], env=ENV, capture_output=True,
                       text=True)
    if r.returncode != 0:
        raise CannotMeasure(r.stderr.strip())
    return int(r.stdout)


def starts(p, bench):
    control, bare = os.path.join(p.dir, "control"), os.path.join(p.dir, "bare")
    ours, theirs = in_turns(
        STARTS, lambda: first_answer_us(control, built("langnghed"), "-c", p.conf, "-f"),
        lambda: first_answer_us(bare, built("tests/bench/bare"), bare))
    print(f"{'':44}{'langnghed':>14}{'bare libevent':>16}")
    bench.ratio("exec to the first answer", ours, theirs, LIMIT_START, "{:.0f} µs")


def main():
    with Folder():
        p = sample()
        bench = Bench("langnghed", "monit")
        still(p, bench)
        starts(p, bench)
        return bench.close()


run(main)
