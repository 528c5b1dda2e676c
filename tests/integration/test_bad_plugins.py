#!/usr/bin/python3
"""Plugins that crash, hang, flood, leave, beside good ones in one round: each is reported with its
reason, the others' findings are complete, and what a broken plugin said before stays as it was."""
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from province import BUILD, ROOT, Province, Report  # noqa: E402

QUICK = ["segfault", "leaver", "aborter", "forger", "wise-forger", "chatterbox", "forker", "fork-bomb", "tracer",
         "killer", "starter", "thread", "opener", "writer", "shadow-reader", "password-reader", "caller", "stubborn",
         "limit-lifter", "log-writer", "deep", "mumbler", "far-future", "ghost-village", "ghost-target", "ghost-place",
         "unknown-rule", "subject-form", "twice", "thief", "failer", "odd-result"]
SLOW = ["endless", "sleeper", "glutton", "flood", "fat", "diarist", "closer", "slow-query", "cross-join"]
SAYS = {"ghost-village": "rule rule, subject village:nowhere: the register has no such village",
        "ghost-target": "rule rule, subject target:nothing: the plan has no such target",
        "ghost-place": "rule rule, subject museum:1: place 'nowhere' is no unit of the register",
        "far-future": "since is no day between", "mumbler": "name is not UTF-8", "flood": "more than 200000 findings",
        "endless": "was ended", "sleeper": "did not answer within", "leaver": "it gave no answer"}
ASAN = "address" in os.environ.get("SAN", "")  # there the filter refuses instead of ending
ALLOWED = {"glutton", "thread", "log-writer", "opener", "shadow-reader"} if ASAN else set()
BAD = ["segfault", "endless", "flood", "leaver", "aborter", "sleeper", "forger", "failer", "writer"]


def build_as(name, source, folder):
    """The misbehaviour of one of tests/plugins under another plugin's name."""
    path = os.path.join(ROOT, "tests", "plugins", source + ".c")
    with open(path, encoding="utf-8") as f:
        text = f.read().replace(f'#define BAD_NAME "{source}"', f'#define BAD_NAME "{name}"')
    c = os.path.join(folder, name + ".c")
    with open(c, "w", encoding="utf-8") as f:
        f.write(text)
    subprocess.run(["cc", "-std=c11", "-D_GNU_SOURCE", "-shared", "-fPIC", "-fvisibility=hidden",
                    "-I" + os.path.join(ROOT, "plugins"), "-I" + os.path.join(ROOT, "tests/plugins"),
                    "-o", os.path.join(folder, name + ".so"), c], check=True)
    os.unlink(c)


def plugins(p):
    return {r["name"]: r for r in p.ctl("plugin", "list", json_out=True)}


def alerts(p, plugin):
    return sorted(p.sql("SELECT key, state, status FROM alert WHERE plugin = ?", plugin))


def until(what, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if what():
                return True
        except (OSError, sqlite3.Error):
            pass
        time.sleep(0.05)
    return False


def poke(p):
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(os.path.join(p.dir, "control"))
        s.sendall(b"poke\n")
        s.shutdown(socket.SHUT_WR)
        while s.recv(4096):
            pass


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def beside_a_daemon(report):
    """The whole table of misbehaviour, a few at a time, beside a daemon that serves all the while."""
    folder = os.path.join(BUILD, "tests", "plugins")
    table = [b for b in QUICK + SLOW if b not in ALLOWED]
    with Province(plugins=["good"], plugin_dir=folder, settings="wall_ms = 3000; cpu_ms = 1000;") as p:
        p.load_sample()
        p.ctl("go-live", "2026-11-16")
        conf = open(p.conf, encoding="utf-8").read()
        alone = p.ctl("check", "--as-of", "2026-11-16", "--all", json_out=True)
        report.check("the good one says something", len(alone) > 5)
        daemon = subprocess.Popen([os.path.join(BUILD, "langnghed"), "-c", p.conf, "-f"],
                                  env=dict(os.environ, LANGNGHE_LIBEXEC=BUILD), stderr=subprocess.DEVNULL)
        try:
            serves = lambda: p.ctl("status", json_out=True)["daemon"]["pid"] == daemon.pid  # noqa: E731
            report.check("the daemon serves", until(lambda: os.path.exists(os.path.join(p.dir, "control"))) and serves())
            before = descriptors(daemon.pid)
            for i in range(0, len(table), 6):
                some = table[i:i + 6]
                with open(p.conf, "w", encoding="utf-8") as f:
                    f.write(conf.replace('enabled = ["good"]', "enabled = %s" % str(["good", *some]).replace("'", '"')))
                report.equal(f"{some}: taken over", p.ctl("reload", check=False).returncode, 0)
                ctl = p.ctl("check", "--as-of", "2026-11-16", "--all", "--json")
                report.equal(f"{some}: the good one says the same", json.loads(ctl.stdout), alone)
                poke(p)
                marks = ", ".join("?" * len(some))
                ran = f"SELECT count(*) FROM plugin_run WHERE name IN ({marks})"
                report.check(f"{some}: the daemon's round", until(lambda: p.sql(ran, *some)[0][0] == len(some)))
                listed = plugins(p)
                status = p.ctl("status", json_out=True)
                failing = {r["name"]: r["last_error"] for r in status["database"]["plugin_failing"]}
                for name in some:
                    reason = listed[name]["last_error"] or ""
                    report.check(f"{name}: plugin list says why", listed[name]["failures"] and
                                 reason.startswith(f"plugin {name}: ") and (ASAN or SAYS.get(name, "") in reason),
                                 str(listed[name]))
                    report.equal(f"{name}: so does status", failing.get(name), reason)
                report.check(f"{some}: good goes on", "good" not in failing and not listed["good"]["failures"])
                report.check(f"{some}: the daemon serves", serves() and daemon.poll() is None)
            report.check("the lines of status, too", "plugin_failing: " in p.ctl("status").stdout)
            report.check("no descriptor is left open", until(lambda: descriptors(daemon.pid) <= before, 20))
        finally:
            daemon.terminate()
            report.equal("it ends as asked", daemon.wait(timeout=60), 0)
        left = subprocess.run(["pgrep", "-f", f"langnghe-runner.*{p.dir}"], capture_output=True)
        report.equal("no runner is left behind the daemon", left.stdout, b"")


def main():
    report = Report()
    beside_a_daemon(report)
    with Province(plugins=["reporting", "environment", "good", *BAD],
                  settings="wall_ms = 3000; cpu_ms = 1000;") as p:
        folder = os.path.join(p.dir, "plugins")
        os.mkdir(folder)
        conf = open(p.conf, encoding="utf-8").read()
        conf = conf.replace(os.path.join(BUILD, "plugins"), folder)
        with open(p.conf, "w", encoding="utf-8") as f:
            f.write(conf)
        for name in ("reporting", "environment"):
            shutil.copy(os.path.join(BUILD, "plugins", name + ".so"), folder)
        for name in ("good", *BAD):
            shutil.copy(os.path.join(BUILD, "tests", "plugins", name + ".so"), folder)
        p.load_sample()
        p.ctl("go-live", "2026-11-16")
        p.run("langnghe-round", "--now", "2026-11-16T08:00:00+07:00", "--stepped")
        listed = plugins(p)
        for name in BAD:
            row = listed[name]
            report.check(f"{name} failed and says why", row["failures"] and row["last_error"], str(row))
            report.equal(f"{name} opened nothing", alerts(p, name), [])
        villages = p.sql("SELECT count(*) FROM village")[0][0]
        for name in ("reporting", "environment", "good"):
            report.check(f"{name} ran whole", not listed[name]["failures"] and listed[name]["findings"],
                         str(listed[name]))
        report.equal("the good one told of every village", listed["good"]["findings"], villages)
        before = {n: alerts(p, n) for n in ("good", "environment", "reporting")}
        report.check("there are alerts to lose", len(before["good"]) == villages)
        letters = p.sql("SELECT count(*) FROM letter")[0][0]
        report.check("letters went out all the same", letters > 5, str(letters))

        for source in ("segfault", "endless", "leaver", "failer", "flood"):
            build_as("good", source, folder)
            p.run("langnghe-round", "--now", "2026-11-16T09:00:00+07:00", "--stepped", "--poke")
            report.equal(f"{source} in the good one's place: its alerts stay", alerts(p, "good"),
                         before["good"])
            report.check(f"{source}: reported", plugins(p)["good"]["failures"] > 0)
            report.equal(f"{source}: the others go on", alerts(p, "environment"), before["environment"])
        shutil.copy(os.path.join(BUILD, "tests", "plugins", "good.so"), folder)
        p.run("langnghe-round", "--now", "2026-11-16T10:00:00+07:00", "--stepped", "--poke")
        report.equal("mended: runs again", plugins(p)["good"]["failures"], 0)
        report.equal("mended: the same alerts", alerts(p, "good"), before["good"])
        left = subprocess.run(["pgrep", "-f", f"langnghe-runner.*{p.dir}"], capture_output=True)
        report.equal("no runner is left behind", left.stdout, b"")
    report.close()


main()
