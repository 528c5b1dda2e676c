#!/usr/bin/python3
"""A plugin that fails three times in a row is put aside with growing pauses, shown, told to the
administrator once, tried again when its pause is over or its file is another; its alerts stay."""
import os
import re
import shutil
import subprocess
import sys
from datetime import datetime, timedelta

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from province import BUILD, ROOT, Province, Report  # noqa: E402

ZONE = "+07:00"


def at(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + ZONE


def round_at(p, moment, *options):
    """The next moment of the calendar, as the round says it."""
    r = p.run("langnghe-round", "--now", at(moment), "--stepped", *options)
    return datetime.strptime(re.search(r"next (\S+?)\+", r.stdout).group(1), "%Y-%m-%dT%H:%M:%S")


def row(p, name="environment"):
    return next(r for r in p.ctl("plugin", "list", json_out=True, check=False) if r["name"] == name)


def letters(p):
    return p.sql("SELECT subject, steps FROM letter WHERE kind = 'plugin' ORDER BY id")


def replace(folder, source):
    """A new file beside, then in one step: nobody sees half of it."""
    new = os.path.join(folder, "environment.new")
    shutil.copy(source, new)
    os.rename(new, os.path.join(folder, "environment.so"))


def build_failing(folder):
    """failer.c under the name of a good plugin."""
    source = os.path.join(folder, "failing.c")
    with open(os.path.join(ROOT, "tests", "plugins", "failer.c"), encoding="utf-8") as f:
        text = f.read().replace('BAD_NAME "failer"', 'BAD_NAME "environment"')
    with open(source, "w", encoding="utf-8") as f:
        f.write(text)
    out = os.path.join(folder, "failing.so")
    subprocess.run([os.environ.get("CC", "cc"), "-std=c11", "-shared", "-fPIC", "-fvisibility=hidden",
                    "-I" + os.path.join(ROOT, "plugins"), "-I" + os.path.join(ROOT, "tests", "plugins"),
                    "-o", out, source], check=True)
    return out


def main():
    report = Report()
    with Province(plugin_dir="plugins", extra='rules = { directory = "rules"; };') as p:
        folder = os.path.join(p.dir, "plugins")
        os.mkdir(folder)
        os.mkdir(os.path.join(p.dir, "rules"))
        good = os.path.join(BUILD, "plugins", "environment.so")
        failing = build_failing(p.dir)
        shutil.copy(os.path.join(BUILD, "plugins", "reporting.so"), folder)
        replace(folder, good)
        p.load_sample()
        p.ctl("go-live", "2026-11-09")
        now = datetime(2026, 11, 10, 7, 30)
        usual = round_at(p, now, "--poke")
        alerts = "SELECT key, state, status FROM alert WHERE plugin = 'environment' ORDER BY key"
        before = p.sql(alerts)
        report.check("there are alerts to lose", len(before) > 10)

        replace(folder, failing)
        for i in (1, 2):
            now += timedelta(minutes=1)
            report.equal(f"failure {i}: the calendar is as it was", round_at(p, now, "--poke"), usual)
            report.check(f"failure {i}: failing", row(p)["plugin_state"] == "failing" and row(p)["failures"] == i
                         and row(p)["next_try"] is None and not letters(p), str(row(p)))
        pause, runs, first = 10, row(p)["runs"], now - timedelta(minutes=1)
        for i in range(3, 12):
            now += timedelta(minutes=1)
            nxt = round_at(p, now, "--poke")
            r = row(p)
            want = now + timedelta(minutes=pause)
            report.check(f"failure {i}: put aside for {pause} minutes", r["plugin_state"] == "put_aside"
                         and r["failures"] == i and r["next_try"] == at(want) and r["runs"] == runs + 1
                         and "it says that it failed" in r["last_error"], str(r))
            report.check(f"failure {i}: the next round comes by then", nxt <= want, f"{nxt} {want}")
            report.check(f"failure {i}: told once", len(letters(p)) == 1 and
                         letters(p)[0][1] == f"environment {at(first)}", str(letters(p)))
            runs = r["runs"]
            round_at(p, want - timedelta(seconds=1), "--poke")
            report.equal(f"failure {i}: it rests", row(p)["runs"], runs)
            now = want - timedelta(minutes=1)
            pause = min(2 * pause, 360)
        report.equal("the pause ends at six hours", pause, 360)
        report.equal("its alerts stay as they were", p.sql(alerts), before)
        report.equal("the other plugin worked all the time", row(p, "reporting")["failures"], 0)
        report.check("alerts say when it was checked last", all(
            a["last_checked"] == "2026-11-10" for a in p.ctl("alerts", json_out=True)
            if a["key"].startswith("environment/")))
        said = p.ctl("status", json_out=True)["database"]["plugin_failing"]
        report.check("status says so", [s["name"] for s in said] == ["environment"] and said[0]["next_try"], str(said))
        report.check("audit says so", "put aside until" in p.ctl("audit", "--as-of", "2026-11-12").stdout)
        text = p.sql("SELECT bytes FROM letter WHERE kind = 'plugin'")[0][0]
        report.check("the letter goes to the administrator", b"quantri@thanhhoa.example" in text)
        r = p.ctl("check", "--as-of", "2026-11-12", check=False)
        report.check("a check by hand tries", "it says that it failed" in r.stderr, r.stderr)
        # The end of a pause alone makes a round check, without being poked.
        wake = now + timedelta(minutes=1)
        round_at(p, wake)
        report.equal("the end of a pause is enough for a run", row(p)["runs"], runs + 1)

        replace(folder, good)
        now = wake + timedelta(minutes=1)
        round_at(p, now, "--poke")
        r = row(p)
        report.check("another file is tried at once, and all is well", r["plugin_state"] == "ready"
                     and r["failures"] == 0 and r["next_try"] is None, str(r))
        report.equal("the same alerts", [a[0] for a in p.sql(alerts)], [a[0] for a in before])
        report.equal("nothing was resolved by it", {a[1] for a in p.sql(alerts)}, {a[1] for a in before})

        replace(folder, failing)
        for i in range(3):
            now += timedelta(minutes=1)
            round_at(p, now, "--poke")
        report.equal("a new series is told anew", len(letters(p)), 2)
        replace(folder, good)
        now += timedelta(minutes=1)
        round_at(p, now, "--poke")
        os.rename(os.path.join(folder, "environment.so"), os.path.join(folder, "away"))
        for i in range(4):
            now += timedelta(minutes=1)
            round_at(p, now, "--poke")
        report.check("one that is gone is told as well", len(letters(p)) == 3 and row(p)["plugin_state"] == "unloadable"
                     and row(p)["failures"] == 4, f"{letters(p)} {row(p)}")
        os.rename(os.path.join(folder, "away"), os.path.join(folder, "environment.so"))
        now += timedelta(minutes=1)
        round_at(p, now, "--poke")
        report.check("put back as it was, it is tried at once", row(p)["plugin_state"] == "ready", str(row(p)))
    report.close()


if __name__ == "__main__":
    main()
