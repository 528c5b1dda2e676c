#!/usr/bin/python3
"""langnghed alone, its helpers replaced by small scripts: the stepped clock walks from moment to
moment, a poke and a stop are heard, a helper that fails is tried again later and remembered, bad
files are not taken over, the socket is guarded, idle means no wake-up."""
import json
import os
import signal
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from province import BUILD, Province, Report  # noqa: E402

HELPER = '''#!/bin/sh
name=$(basename "$0")
echo "$name $*" >> "$PLAY/calls"
[ ! -f "$PLAY/$name.sh" ] || . "$PLAY/$name.sh"
'''


class Daemon:
    """langnghed in the foreground with scripts for helpers."""

    def __init__(self, p):
        self.p = p
        self.play = os.path.join(p.dir, "play")
        os.makedirs(self.play)
        for name in ("langnghe-round", "langnghe-post"):
            path = os.path.join(self.play, name)
            with open(path, "w", encoding="utf-8") as f:
                f.write(HELPER)
            os.chmod(path, 0o755)
        self.socket = os.path.join(p.dir, "control")
        self.process = None

    def script(self, name, text):
        with open(os.path.join(self.play, f"langnghe-{name}.sh"), "w", encoding="utf-8") as f:
            f.write(text)

    def start(self, *args, env=None):
        full = dict(os.environ, LANGNGHE_LIBEXEC=self.play, PLAY=self.play, **(env or {}))
        open(os.path.join(self.play, "calls"), "w").close()
        self.process = subprocess.Popen([os.path.join(BUILD, "langnghed"), "-c", self.p.conf, "-f", *args],
                                        env=full, stderr=subprocess.PIPE, text=True)

    def calls(self):
        with open(os.path.join(self.play, "calls"), encoding="utf-8") as f:
            return f.read().splitlines()

    def ask(self, line, raw=False):
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(10)
            s.connect(self.socket)
            s.sendall(line if raw else line.encode() + b"\n")
            answer = b""
            while part := s.recv(65536):
                answer += part
        return answer.decode()

    def status(self):
        return json.loads(self.ask("status"))

    def until(self, condition, what, seconds=20):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if condition():
                    return True
            except (OSError, ValueError):
                pass
            time.sleep(0.02)
        raise AssertionError(f"waited in vain: {what}; calls: {self.calls()}")

    def end(self, sig=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(sig)
        _, err = self.process.communicate(timeout=30)
        return self.process.returncode, err


def stepped(report, p):
    d = Daemon(p)
    d.script("round", '''case "$*" in
*2026-11-20T07:59:00*) echo "noise"; echo "next 2026-11-20T08:00:00+07:00 send" ;;
*2026-11-20T0[89]:00:00*) echo "next 2026-11-23T07:30:00+07:00 check" ;;
*) echo "next 2026-11-30T07:30:00+07:00 check" ;;
esac''')
    d.script("post", '''case "$*" in
*2026-11-20T08:00:00*) echo "next 2026-11-20T09:00:00+07:00 retry" ;;
*) echo "next never" ;;
esac''')
    d.start("--clock", "2026-11-20T07:59:00+07:00,step,2026-11-29T00:00:00+07:00")
    code, err = d.process.wait(timeout=30), d.process.stderr.read()
    report.equal("a stepped clock ends well at its end", code, 0)
    moments = [c.split("--now ")[1].split("+")[0] for c in d.calls() if c.startswith("langnghe-round")]
    report.equal("round runs at every moment of both helpers", moments,
                 ["2026-11-20T07:59:00", "2026-11-20T08:00:00", "2026-11-20T09:00:00", "2026-11-23T07:30:00"])
    report.check("helpers are told that the clock is stepped", all("--stepped" in c for c in d.calls()), err)
    d.script("round", "echo 'this database has seen the real clock' >&2; exit 3")
    d.start("--clock", "2026-11-20T07:59:00+07:00,step")
    code, err = d.process.wait(timeout=30), d.process.stderr.read()
    report.equal("a database of the real clock is fatal at start", code, 3)
    report.check("with the helper's sentence", "seen the real clock" in err, err)


def commands(report, p):
    d = Daemon(p)
    d.script("round", 'echo "next 2199-01-01T08:00:00+07:00 check"')
    d.script("post", 'echo "next never"')
    d.start()
    d.until(lambda: d.status()["doing"] is None and len(d.calls()) == 2, "first cycle")
    s = d.status()
    report.equal("status says when and why", (s["next"], s["reason"], s["clock"]),
                 ("2199-01-01T08:00:00+07:00", "check", "real"))
    report.equal("the socket is nobody else's", os.stat(d.socket).st_mode & 0o777, 0o600)
    report.equal("poke", d.ask("poke"), "ok\n")
    d.until(lambda: len(d.calls()) == 4, "poked cycle")
    report.check("round is told of the poke", "--poke" in d.calls()[2] and "--poke" not in d.calls()[3],
                 str(d.calls()))
    report.check("an unknown command is refused", d.ask("dance").startswith("error: "), "")
    report.check("a line without end is refused", d.ask(b"x" * 300, raw=True).startswith("error: "), "")
    begun = time.monotonic()
    report.equal("a silent connection is closed", d.ask(b"stat", raw=True), "")
    report.check("after its five seconds", 4 < time.monotonic() - begun < 8, str(time.monotonic() - begun))
    second = subprocess.run([os.path.join(BUILD, "langnghed"), "-c", p.conf, "-f"], capture_output=True,
                            text=True, env=dict(os.environ, LANGNGHE_LIBEXEC=d.play, PLAY=d.play))
    report.check("a second daemon is refused", second.returncode == 3 and "another" in second.stderr,
                 second.stderr)
    many = [socket.socket(socket.AF_UNIX) for _ in range(30)]
    for s in many:
        s.connect(d.socket)
    for s in many:
        s.close()
    report.check("thirty connections at once do no harm", d.status()["pid"] == d.process.pid, "")
    path = f"/proc/{d.process.pid}/status"
    d.until(lambda: d.status()["doing"] is None, "idle")
    time.sleep(0.3)
    before = [l for l in open(path, encoding="utf-8") if "voluntary" in l]
    time.sleep(3)
    after = [l for l in open(path, encoding="utf-8") if "voluntary" in l]
    report.equal("idle means no wake-up", before, after)
    report.equal("stop", d.ask("stop"), "ok\n")
    report.equal("ends well", d.process.wait(timeout=10), 0)
    report.check("and takes its socket along", not os.path.exists(d.socket), "")
    d.end()


def failures(report, p):
    d = Daemon(p)
    d.script("round", 'echo "the table is locked" >&2; exit 1')
    d.script("post", 'kill -SEGV $$')
    d.start()
    d.until(lambda: len(d.status()["obituaries"]) == 2, "two deaths")
    s = d.status()
    why = {o["name"]: o["why"] for o in s["obituaries"]}
    report.check("the death says its exit code and last words",
                 "exit code 1" in why["langnghe-round"] and "table is locked" in why["langnghe-round"], str(why))
    report.check("a signal is named", "signal 11" in why["langnghe-post"], str(why))
    report.equal("failures are counted", [c["failures"] for c in s["children"]], [1, 1])
    d.ask("poke")
    d.until(lambda: [c["failures"] for c in d.status()["children"]] == [2, 2], "a poke tries again")
    d.script("round", 'echo "next 2199-01-01T08:00:00+07:00 check"')
    d.script("post", 'echo "next sometime"')
    d.ask("poke")
    d.until(lambda: d.status()["children"][0]["failures"] == 0, "recovery")
    d.until(lambda: "last line" in d.status()["obituaries"][0]["why"], "a bad last line is a failure")
    d.script("post", 'echo "next 2001-01-01T08:00:00+07:00 send"')
    d.ask("poke")
    d.until(lambda: "not after" in d.status()["obituaries"][0]["why"], "a moment in the past is a failure")
    d.script("post", "sleep 1000")
    d.ask("poke")
    d.until(lambda: d.status()["doing"] == "langnghe-post", "post at work")
    child = [c["pid"] for c in d.status()["children"] if c["pid"]][0]
    code, err = d.end()
    report.equal("stops cleanly with a helper at work", code, 0)
    report.check("and ends the helper", not os.path.exists(f"/proc/{child}"), str(child))
    report.check("recovery is logged", "works again" in err, err)
    report.equal("a failure in a row is logged once, then at growing intervals",
                 err.count("langnghe-post failed"), 3)


def files(report, p):
    d = Daemon(p)
    d.script("round", '''case "$*" in
*--test*) [ ! -f "$PLAY/bad" ] || { echo "plan.conf:3: no" >&2; exit 1; } ;;
*) echo "next 2199-01-01T08:00:00+07:00 check" ;;
esac''')
    d.script("post", 'echo "next never"')
    d.start()
    d.until(lambda: d.status()["doing"] is None and len(d.calls()) == 2, "first cycle")
    report.check("reload begins", d.ask("reload").startswith("ok"), "")
    d.until(lambda: "taken over" in (d.status()["last_reload"] or ""), "taken over")
    d.until(lambda: len(d.calls()) == 5, "a cycle after it")
    open(os.path.join(d.play, "bad"), "w").close()
    d.process.send_signal(signal.SIGHUP)
    d.until(lambda: "not taken over" in d.status()["last_reload"], "refused")
    report.check("with the reason", "plan.conf:3" in d.status()["last_reload"], d.status()["last_reload"])
    with open(p.conf, encoding="utf-8") as f:
        good = f.read()
    with open(p.conf, "w", encoding="utf-8") as f:
        f.write(good + "\nnonsense = 1;\n")
    answer = d.ask("reload")
    report.check("bad settings are refused with file and line", answer.startswith("error: ") and
                 "langnghed.conf:" in answer, answer)
    with open(p.conf, "w", encoding="utf-8") as f:
        f.write(good)
    d.process.kill()
    d.process.communicate()
    report.check("a killed daemon leaves its socket", os.path.exists(d.socket), "")
    d.start()
    d.until(lambda: d.status()["pid"] == d.process.pid, "a stale socket is taken over")
    report.equal("ends well", d.end()[0], 0)


def manager(report, p):
    """The words to the service manager, and the background."""
    d = Daemon(p)
    d.script("round", 'echo "next never"')
    d.script("post", 'echo "next never"')
    path = os.path.join(p.dir, "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
        s.bind(path)
        s.settimeout(10)
        d.start(env={"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "200000"})
        words = {s.recv(100).decode() for _ in range(3)}
        report.equal("ready, then alive", words, {"READY=1", "WATCHDOG=1"})
        d.process.send_signal(signal.SIGINT)
        while s.recv(100).decode() != "STOPPING=1":
            pass
        report.equal("stopping", d.process.wait(timeout=10), 0)
    d.end()
    env = dict(os.environ, LANGNGHE_LIBEXEC=d.play, PLAY=d.play)
    r = subprocess.run([os.path.join(BUILD, "langnghed"), "-c", p.conf], env=env, timeout=20)
    report.equal("without -f it returns once it is ready", r.returncode, 0)
    pid = d.status()["pid"]
    d.ask("stop")
    d.until(lambda: not os.path.exists(f"/proc/{pid}") or
            open(f"/proc/{pid}/stat", encoding="utf-8").read().split()[2] == "Z", "ends")


def main():
    report = Report()
    for part in (stepped, commands, failures, files, manager):
        with Province() as p:
            part(report, p)
    report.close()


main()
