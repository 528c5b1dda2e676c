#!/usr/bin/python3
"""langnghectl plugin test: every plugin of the tree holds its own cases; a case that expects something else
says where and what; a case that cannot be run says why; nothing of the installation is touched."""
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from province import BUILD, Province, Report, ROOT  # noqa: E402

PLUGIN = os.path.join(BUILD, "plugins", "environment.so")
PAPERS = os.path.join(ROOT, "plugins", "environment", "cases", "papers")


def write(path, text):
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def changed(p, name, changes):
    """A copy of the shipped case with other files: {name: text or function of the old text}."""
    folder = os.path.join(p.dir, "cases", name)
    shutil.copytree(PAPERS, folder)
    for file, text in changes.items():
        path = os.path.join(folder, file)
        if callable(text):
            with open(path, encoding="utf-8") as f:
                text = text(f.read())
        write(path, text)
    return folder


WRONG = {
    "another status": ({"expected.csv": lambda t: t.replace("village:LN-2,-,legal,missing", "village:LN-2,-,legal,expired")},
                       "expected.csv:3: environment/village-environment/village:LN-2/: status is 'missing', "
                       "expected expired"),
    "a number": ({"expected.csv": lambda t: t.replace("on_track,,3,7,1", "on_track,,4,7,1")},
                 "numerator is '3', expected 4"),
    "somebody who is not there": ({"expected.csv": lambda t: t.replace("village:LN-2,", "village:LN-99,")},
                                  "no such finding about village:LN-99"),
    "one finding too few": ({"expected.csv": lambda t: "\n".join(r for r in t.split("\n") if "LN-3" not in r)},
                            "not expected: environment/village-environment/village:LN-3/"),
    "none at all": ({"expected.csv": "as_of,rule\n2026-12-01,nothing\n"}, "not expected: environment/env-plan/"),
    "another reading": ({"plan.conf": None}, "village:LN-3/"),
    "no such column": ({"expected.csv": lambda t: t.replace("as_of,rule", "as_of,colour")}, "expected.csv:1: column 'colour'"),
    "no day": ({"expected.csv": lambda t: t.replace("as_of", "#as_of")}, "the column as_of is missing"),
    "a day that is none": ({"expected.csv": lambda t: t.replace("2026-12-01", "2026-13-01")}, "expected.csv:2: as_of"),
    "nothing to compare": ({"expected.csv": "as_of,rule\n2026-12-01,\n"}, "expected.csv:2: the row expects nothing"),
    "an empty file": ({"expected.csv": ""}, "expected.csv"),
    "a wrong register": ({"villages.csv": lambda t: t.replace("LN-1,Làng", "LN-1,", 1).replace("approved", "aproved")},
                         "villages.csv:2: env_plan_state 'aproved'"),
    "a wrong setting": ({"settings.conf": "count_waiting_as_missing = 7;\n"}, "settings.conf:1: plugins.environment.count_waiting_as_missing must be true or false"),
    "an unknown setting": ({"settings.conf": "\n\ncolour = 7;\n"}, "settings.conf:3: "),
    "settings that break out": ({"settings.conf": "}; enabled = [\"reporting\"]; x = {\n"}, "settings.conf:"),
}


def main():
    report = Report()
    with Province() as p:
        p.ctl("init")
        before = os.stat(p.database).st_mtime_ns
        names = sorted(n for n in os.listdir(os.path.join(ROOT, "plugins"))
                       if os.path.isdir(os.path.join(ROOT, "plugins", n, "cases")))
        report.check("plugins with cases of their own", len(names) >= 11, str(names))
        for name in names:
            r = p.ctl("plugin", "test", os.path.join(BUILD, "plugins", name + ".so"),
                      os.path.join(ROOT, "plugins", name, "cases"), check=False)
            report.check(f"the cases of {name}", r.returncode == 0 and " passed, 0 failed" in r.stdout, r.stdout + r.stderr)
        r = p.ctl("plugin", "test", PLUGIN, PAPERS, check=False)
        report.check("one case by itself", r.returncode == 0 and r.stdout.endswith("1 passed, 0 failed\n"), r.stdout)
        with open(os.path.join(ROOT, "conf", "plan-thanh-hoa.conf"), encoding="utf-8") as f:
            WRONG["another reading"][0]["plan.conf"] = f.read().replace("commitment_counts = false", "commitment_counts = true")
        for what, (files, says) in WRONG.items():
            folder = changed(p, what.replace(" ", "-"), files)
            r = p.ctl("plugin", "test", PLUGIN, folder, check=False)
            report.check(f"{what}: refused", r.returncode == 1 and "0 passed, 1 failed" in r.stdout, r.stdout)
            report.check(f"{what}: says {says!r}", says in r.stdout, r.stdout)
        r = p.ctl("plugin", "test", PLUGIN, os.path.join(p.dir, "cases"), check=False)
        report.check("a folder of cases", f"0 passed, {len(WRONG)} failed" in r.stdout, r.stdout[-200:])
        bad = os.path.join(BUILD, "tests", "plugins", "segfault.so")
        r = p.ctl("plugin", "test", bad, PAPERS, check=False)
        report.check("a plugin that crashes", r.returncode == 1 and "SIGSEGV" in r.stdout + r.stderr or
                     "signal" in r.stdout, r.stdout + r.stderr)
        r = p.ctl("plugin", "test", PLUGIN, p.dir + "/mail", check=False)
        report.check("no such folder", r.returncode == 3 and r.stderr.count("\n") == 1, r.stderr)
        empty = os.path.join(p.dir, "empty")
        os.mkdir(empty)
        r = p.ctl("plugin", "test", PLUGIN, empty, check=False)
        report.check("no case in it", r.returncode == 1 and "no case" in r.stderr, r.stderr)
        report.equal("the installation's database is untouched", os.stat(p.database).st_mtime_ns, before)
        left = [d for d in os.listdir("/tmp") if d.startswith("langnghe-") and len(d) == 15]
        report.check("no folder is left behind", not left or all(
            not os.path.exists(os.path.join("/tmp", d, "case.db")) for d in left), str(left))
    report.close()


main()
