#!/usr/bin/python3
"""Plugins that crash, hang, flood, leave, beside good ones in one round: each is reported with its
reason, the others' findings are complete, and what a broken plugin said before stays as it was."""
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from province import BUILD, ROOT, Province, Report  # noqa: E402

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


def main():
    report = Report()
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
