#!/usr/bin/python3
"""A running daemon and its folder of plugins: one that is replaced, broken, half copied, taken away or
put back is judged with at the next check, which follows by itself; nothing is restarted and no alert is
lost. The proof trail names the file that judged."""
import os
import shutil
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from province import BUILD, Province, Report, wait_for  # noqa: E402
from test_put_aside import build_failing, replace  # noqa: E402


def main():
    report = Report()
    with Province(plugin_dir="plugins") as p:
        folder = os.path.join(p.dir, "plugins")
        os.mkdir(folder, 0o755)
        good = os.path.join(BUILD, "plugins", "environment.so")
        reporting = os.path.join(BUILD, "plugins", "reporting.so")
        shutil.copy(reporting, folder)
        replace(folder, good)
        failing = build_failing(p.dir)
        p.load_sample()
        p.ctl("go-live", "2026-11-09")
        other = os.path.join(p.dir, "other.so")  # the same plugin, another file: bytes that nobody reads
        shutil.copy(reporting, other)
        with open(other, "ab") as f:
            f.write(b"another build")
        daemon = subprocess.Popen([os.path.join(BUILD, "langnghed"), "-c", p.conf, "-f"],
                                  env=dict(os.environ, LANGNGHE_LIBEXEC=BUILD), stderr=subprocess.DEVNULL)
        try:
            def run(name="environment"):
                rows = p.sql("SELECT failures, runs, sha256, last_error FROM plugin_run WHERE name = ?", name)
                return rows[0] if rows else (None, None, None, None)

            wait_for(lambda: os.path.exists(os.path.join(p.dir, "control")))
            p.ctl("reload")
            report.check("it judges", wait_for(lambda: run()[0] == 0 and run("reporting")[0] == 0))
            alerts = "SELECT key, state, status FROM alert WHERE plugin = 'environment' ORDER BY key"
            before, first = p.sql(alerts), run()
            report.check("there are alerts to lose", len(before) > 10)

            replace(folder, failing)
            report.check("a broken one in its place fails, by itself", wait_for(lambda: run()[0] == 1), str(run()))
            report.check("the reason is kept", "it says that it failed" in run()[3] and run()[2] != first[2], str(run()))
            report.equal("its alerts stay", p.sql(alerts), before)
            report.check("the daemon serves", p.ctl("status", json_out=True)["daemon"])

            long_from_now = "UPDATE plugin_run SET failures = 9, next_try = '2099-01-01T00:00:00+07:00' WHERE name = 'environment'"
            change(p, long_from_now)
            p.ctl("reload")
            report.check("reload has one tried at once that is put aside", wait_for(lambda: run()[0] == 10), str(run()))
            replace(folder, good)
            report.check("mended: it judges again", wait_for(lambda: run()[0] == 0), str(run()))
            report.equal("with the same alerts", p.sql(alerts), before)

            file = os.path.join(folder, "environment.so")
            with open(file, "wb") as f, open(good, "rb") as g:  # in place, and stopped in the middle
                f.write(g.read(3000))
            report.check("half a file fails", wait_for(lambda: run()[0] == 1), str(run()))
            report.check("the reason is kept", "environment.so" in run()[3], str(run()))
            report.equal("half a file: its alerts stay", p.sql(alerts), before)
            os.unlink(file)
            report.check("taken away: it fails", wait_for(lambda: run()[0] == 2), str(run()))
            report.check("the reason is kept", "No such file" in run()[3], str(run()))
            report.equal("taken away: its alerts stay", p.sql(alerts), before)
            listed = {r["name"]: r for r in p.ctl("plugin", "list", json_out=True, check=False)}["environment"]
            report.check("and it is listed so", listed["plugin_state"] == "unloadable" and listed["last_error"], str(listed))
            runs = run()[1]
            replace(folder, good)
            change(p, "DELETE FROM kept_findings")  # what was kept must not answer for the one that was put back
            report.check("put back: it judges", wait_for(lambda: run()[1] > runs), str(run()))
            report.equal("with the same alerts still", p.sql(alerts), before)

            replace_as(folder, other, "reporting")
            report.check("another file of the same plugin judges", wait_for(
                lambda: len(p.sql("SELECT 1 FROM plugin_file WHERE name = 'reporting'")) == 2))
            unit, period = p.sql("SELECT substr(subject, 6), period FROM alert WHERE duty = 'unit-report' LIMIT 1")[0]
            trail = [r for r in p.ctl("trail", "unit-report", unit, period, json_out=True) if r["event"] == "judged by"]
            report.equal("the trail names both files by their hash", [r["hash"] for r in trail],
                         [sha(reporting), sha(other)])
        finally:
            daemon.terminate()
            report.equal("it ends well", daemon.wait(30), 0)
    report.close()


def sha(path):
    import hashlib
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


def replace_as(folder, source, name):
    new = os.path.join(folder, name + ".new")
    shutil.copy(source, new)
    os.rename(new, os.path.join(folder, name + ".so"))


def change(p, sql):
    db = sqlite3.connect(p.database, timeout=30)
    db.execute(sql)
    db.commit()
    db.close()


if __name__ == "__main__":
    main()
