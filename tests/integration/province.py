"""A province in a temporary folder: the packaged plan, calendar and templates, the sample's
register, its own database and Maildir. Shared by the integration tests."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, os.environ.get("B", "build/cc"))
KINDS = ["villages", "recognitions", "village_years", "establishments", "products", "ip_rights",
         "zones", "projects", "activities", "difficulties", "submissions", "figures"]


class Province:
    """with Province() as p: p.ctl("check", "--as-of", "2026-11-23", json_out=True)"""

    def __init__(self, plugins=("reporting", "environment"), extra="", plugin_dir=None, settings=""):
        self.dir = tempfile.mkdtemp(prefix="langnghed-")
        self.conf = os.path.join(self.dir, "langnghed.conf")
        self.database = os.path.join(self.dir, "langnghe.db")
        self.maildir = os.path.join(self.dir, "mail")
        names = ", ".join('"%s"' % p for p in plugins)
        with open(self.conf, "w", encoding="utf-8") as f:
            f.write(f'''
database = "langnghe.db";
control_socket = "control";
timezone = "Asia/Ho_Chi_Minh";
data_label = "DỮ LIỆU MÔ PHỎNG";
plan = "{ROOT}/conf/plan-thanh-hoa.conf";
calendar = "{ROOT}/conf/calendar-vn.conf";
templates = "{ROOT}/conf/templates/vi";
units_directory = "{ROOT}/conf";
admin = {{ name = "Quản trị"; email = "quantri@thanhhoa.example"; }};
plugins = {{ directory = "{plugin_dir or os.path.join(BUILD, "plugins")}"; enabled = [{names}]; {settings} }};
mail = {{ transport = "maildir"; maildir = "mail"; from = "langnghe@thanhhoa.example";
          reply_to = "dau-moi@thanhhoa.example"; }};
{extra}
''')

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        if not os.environ.get("KEEP"):
            shutil.rmtree(self.dir, ignore_errors=True)
        else:
            print("kept", self.dir, file=sys.stderr)

    def run(self, program, *args, check=True, env=None, timeout=600):
        path = os.path.join(BUILD, program)
        full = {**os.environ, "LANGNGHE_LIBEXEC": BUILD, **(env or {})}
        r = subprocess.run([path, "-c", self.conf, *args], capture_output=True, text=True, env=full,
                           timeout=timeout)
        if check and r.returncode != 0:
            raise AssertionError(f"{program} {' '.join(args)}: exit {r.returncode}\n{r.stdout}{r.stderr}")
        return r

    def ctl(self, *args, check=True, json_out=False, env=None):
        r = self.run("langnghectl", *args, *(["--json"] if json_out else []), check=check, env=env)
        return json.loads(r.stdout) if json_out else r

    def load_sample(self, kinds=KINDS):
        self.ctl("init")
        sample = os.path.join(ROOT, "conf", "sample")
        self.ctl("import", "units", os.path.join(sample, "units-sample.csv"))
        self.ctl("import", "contacts", os.path.join(sample, "contacts-sample.csv"))
        for kind in kinds:
            self.ctl("import", kind, os.path.join(sample, kind + ".csv"))
        return self

    def copy_database(self, to):
        shutil.copytree(self.dir, to, ignore=shutil.ignore_patterns("control"))

    def sql(self, query, *args):
        import sqlite3
        db = sqlite3.connect(self.database)
        try:
            return db.execute(query, args).fetchall()
        finally:
            db.close()

    def letters(self):
        """(unit, day, kind, steps) of every letter that told somebody something, in a stable order."""
        return sorted(self.sql(
            "SELECT unit, day, kind, steps FROM letter WHERE id NOT IN"
            " (SELECT letter FROM recipient WHERE delivery = 'superseded' OR email = '')"))


def wait_for(what, limit=60):
    """Whether it comes true within so many seconds."""
    end = time.monotonic() + limit
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.05)
    return False


def difference(got, want):
    """What differs, short enough to read."""
    if isinstance(got, (list, tuple)) and isinstance(want, (list, tuple)):
        extra = [x for x in got if x not in want][:3]
        missing = [x for x in want if x not in got][:3]
        return f"\n  too many {str(extra)[:400]}\n  too few  {str(missing)[:400]}"
    return f"\n  got  {str(got)[:400]}\n  want {str(want)[:400]}"


class Report:
    """Counts checks; closes with the line every suite closes with."""

    def __init__(self):
        self.passed = self.failed = 0

    def check(self, what, ok, detail=""):
        if ok:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAIL {what} {detail}")
        return ok

    def equal(self, what, got, want):
        return self.check(what, got == want, "" if got == want else difference(got, want))

    def close(self):
        print(f"{self.passed} passed, {self.failed} failed")
        sys.exit(1 if self.failed or not self.passed else 0)
