"""What the benches share: folders, alternating runs, ratios with their limits.

Two programs are measured in turns, so that both meet the same weather of a shared machine; what is
compared are medians. Only ratios are judged."""
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "integration"))
from province import BUILD, Province  # noqa: E402

ENV = dict(os.environ, LANGNGHE_LIBEXEC=BUILD)
REGISTER = ["units", "contacts", "villages", "recognitions", "village_years", "establishments",
            "products", "ip_rights", "activities"]  # as gen-register writes them, in order


class CannotMeasure(Exception):
    """Not a missed limit: something did not run, or ran and did something else."""


class Folder:
    """with Folder() as path: a folder of this bench that everything temporary goes into."""

    def __enter__(self):
        self.path = tempfile.tempdir = tempfile.mkdtemp(prefix="bench-langnghed-",
                                                        dir=os.environ.get("TMPDIR", "/tmp"))
        return self.path

    def __exit__(self, *exc):
        tempfile.tempdir = None
        shutil.rmtree(self.path, ignore_errors=True)


def generated(p, kinds=REGISTER, **options):
    """The generator's register imported into a fresh province; the folder of its CSV files. options: scripts/gen-register's."""
    out = os.path.join(p.dir, "csv")
    more = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    subprocess.run([os.path.join(ROOT, "scripts", "gen-register"), "--out", out, *more], check=True,
                   stdout=subprocess.DEVNULL)
    p.ctl("init")
    for kind in kinds:
        p.ctl("import", kind, os.path.join(out, kind + ".csv"))
    return out


def copy_of(p):
    """The database as it is now, in one file."""
    path = os.path.join(p.dir, "before.db")
    db = sqlite3.connect(p.database)
    db.execute("VACUUM INTO ?", (path,))
    db.close()
    return path


def built(program):
    path = os.path.join(BUILD, program)
    if not os.access(path, os.X_OK):
        raise CannotMeasure(f"{path} is not built: make bench")
    return path


def seconds(argv, **options):
    """Wall time of one command; its output is thrown away, a word on stderr is a failure."""
    begin = time.perf_counter()
    r = subprocess.run(argv, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=ENV,
                       **options)
    took = time.perf_counter() - begin
    if r.returncode != 0 or r.stderr:
        raise CannotMeasure(f"{' '.join(argv)}: exit {r.returncode}: {r.stderr.strip()[:300]}")
    return took


def in_turns(runs, *measures):
    """The medians of each measure (a function giving a number), called in turns."""
    taken = [[measure() for measure in measures] for _ in range(runs)]
    return [statistics.median(column) for column in zip(*taken)]


class Bench:
    """Prints a line per ratio; ends with exit 1 if one missed its limit."""

    def __init__(self, ours, reference):
        self.missed = 0
        self.columns(ours, reference)

    def columns(self, ours, reference):
        print(f"{'':44}{ours:>14}{reference:>16}   ratio", flush=True)

    def ratio(self, what, ours, reference, limit, text="{:.3f} s"):
        if reference <= 0:
            raise CannotMeasure(f"{what}: the reference measured nothing")
        got = ours / reference
        self.say(what, text.format(ours), text.format(reference), got <= limit,
                 f"{got:.2f} × (limit {limit:g} ×)")

    def at_least(self, what, ours, reference, limit, text):
        """For rates: the more the better."""
        if reference <= 0:
            raise CannotMeasure(f"{what}: the reference measured nothing")
        got = ours / reference
        self.say(what, text.format(ours), text.format(reference), got >= limit,
                 f"{got:.2f} × (at least {limit:g} ×)")

    def show(self, what, ours, reference, text="{:.3f} s"):
        """A ratio that is worth knowing and has no limit."""
        self.say(what, text.format(ours), text.format(reference), True,
                 f"{ours / reference:.2f} × (no limit)")

    def count(self, what, ours, reference, limit):
        """A number of things that may not happen: no ratio, because the limit may be zero."""
        self.say(what, str(ours), str(reference), ours <= limit, f"{ours} (limit {limit})")

    def say(self, what, ours, reference, kept, verdict):
        self.missed += not kept
        print(f"{what:44}{ours:>14}{reference:>16}   {verdict}{'' if kept else '  MISSED'}",
              flush=True)

    def close(self):
        return 1 if self.missed else 0


def run(main):
    try:
        sys.exit(main())
    except (CannotMeasure, AssertionError, OSError, subprocess.SubprocessError) as e:
        print(f"{os.path.basename(sys.argv[0])}: {e}", file=sys.stderr)
        sys.exit(2)
