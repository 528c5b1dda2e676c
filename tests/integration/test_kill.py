#!/usr/bin/python3
"""kill -9 of langnghe-round before and after each of its commits, and at random moments: the next run
gives the letters of an undisturbed one. The same for langnghe-post: no letter lost, none doubled."""
import os
import random
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from province import BUILD, Province, Report  # noqa: E402

PRELOAD = os.path.join(BUILD, "tests", "kill_at_commit.so")
MOMENTS = ["2026-11-23T06:00:00+07:00", "2026-11-23T08:00:00+07:00", "2026-11-23T16:00:00+07:00"]


def args(p, moment):
    return ["-c", p.conf, "--now", moment, "--stepped"]


def start(p, program, moment, env):
    return subprocess.Popen([os.path.join(BUILD, program), *args(p, moment)],
                            env=dict(os.environ, LANGNGHE_LIBEXEC=BUILD, **env),
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def run(p, program, moment, env=None):
    child = start(p, program, moment, env or {})
    return child.wait(timeout=300)


def reset(p, snapshot):
    for name in os.listdir(p.dir):
        path = os.path.join(p.dir, name)
        if os.path.isdir(path):
            shutil.rmtree(path)
        else:
            os.unlink(path)
    shutil.copytree(snapshot, p.dir, dirs_exist_ok=True)


def finish(p):
    """What an undisturbed machine does from here: every moment again, then the post."""
    for m in MOMENTS:
        p.run("langnghe-round", "--now", m, "--stepped")
    p.run("langnghe-post", "--now", MOMENTS[-1], "--stepped")
    delivered = len(os.listdir(os.path.join(p.maildir, "new")))
    return p.letters(), delivered, p.sql("PRAGMA integrity_check")[0][0]


def main():
    report = Report()
    rng = random.Random(4182)
    with Province() as p:
        p.load_sample()
        p.ctl("go-live", "2026-11-23")
        snapshot = p.dir + ".snapshot"
        shutil.copytree(p.dir, snapshot, ignore=shutil.ignore_patterns("control"))
        try:
            want = finish(p)
            report.check("there are letters to lose", len(want[0]) >= 5, str(len(want[0])))

            for program, moment, prepare in [("langnghe-round", MOMENTS[1], MOMENTS[:1]),
                                             ("langnghe-post", MOMENTS[1], MOMENTS[:2])]:
                def prepared():
                    reset(p, snapshot)
                    for m in prepare:
                        run(p, "langnghe-round", m)
                prepared()
                count_file = os.path.join(p.dir, "commits")
                run(p, program, moment, {"LD_PRELOAD": PRELOAD, "COUNT_COMMITS": count_file})
                commits = int(open(count_file).read().split()[-1])
                report.check(f"{program} commits", commits >= 3, str(commits))
                points = list(range(1, commits + 1))
                if len(points) > 40:  # every one at the ends, a sample between
                    points = points[:12] + sorted(rng.sample(points[12:-12], 16)) + points[-12:]
                for where in ("before", "after"):
                    for n in points:
                        prepared()
                        rc = run(p, program, moment,
                                 {"LD_PRELOAD": PRELOAD, "KILL_AT": f"{where}:{n}"})
                        report.equal(f"{program} dies {where} commit {n}", rc, -signal.SIGKILL)
                        report.equal(f"{program} killed {where} commit {n}: as undisturbed",
                                     finish(p), want)

            began = time.monotonic()
            reset(p, snapshot)
            run(p, "langnghe-round", MOMENTS[1])
            span = time.monotonic() - began
            for i in range(int(os.environ.get("KILLS", "50"))):
                reset(p, snapshot)
                child = start(p, "langnghe-round", MOMENTS[1], {})
                time.sleep(rng.uniform(0, span))  # a random instant is what is tested
                child.kill()
                child.wait()
                report.equal(f"killed at a random moment ({i}): as undisturbed", finish(p), want)
        finally:
            shutil.rmtree(snapshot, ignore_errors=True)
    report.close()


main()
