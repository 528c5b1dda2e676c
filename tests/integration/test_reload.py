#!/usr/bin/python3
"""A file that is broken while the daemon runs changes nothing: not by itself, not by a reload; mended
and reloaded, it is taken over whole."""
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from province import BUILD, ROOT, Province, Report, wait_for  # noqa: E402


def status(p):
    return p.ctl("status", json_out=True)


def main():
    report = Report()
    with Province() as p:
        plan = os.path.join(p.dir, "plan.conf")
        shutil.copy(os.path.join(ROOT, "conf", "plan-thanh-hoa.conf"), plan)
        good = open(plan, encoding="utf-8").read()
        conf = open(p.conf, encoding="utf-8").read()
        with open(p.conf, "w", encoding="utf-8") as f:
            f.write(conf.replace(f"{ROOT}/conf/plan-thanh-hoa.conf", "plan.conf")
                    .replace(f"{ROOT}/conf/templates/vi", "templates"))
        shutil.copytree(os.path.join(ROOT, "conf", "templates", "vi"), os.path.join(p.dir, "templates"))
        p.load_sample(kinds=["villages"])
        daemon = subprocess.Popen([os.path.join(BUILD, "langnghed"), "-c", p.conf, "-f"],
                                  env=dict(os.environ, LANGNGHE_LIBEXEC=BUILD),
                                  stderr=subprocess.PIPE, text=True)
        try:
            def poke():
                with socket.socket(socket.AF_UNIX) as s:
                    s.connect(os.path.join(p.dir, "control"))
                    s.sendall(b"poke\n")
                    s.shutdown(socket.SHUT_WR)
                    while s.recv(4096):
                        pass

            def touch():
                """A plugin runs again only when something it reads has changed."""
                db = sqlite3.connect(p.database)
                db.executemany("INSERT INTO change (at, by, kind, key, op) VALUES ('2026-11-24', 'test', ?, 'x', 'set')",
                               [("villages",), ("submissions",)])
                db.commit()
                db.close()

            report.check("it answers", wait_for(lambda: os.path.exists(os.path.join(p.dir, "control"))))
            poke()  # before the day's first check there would be none
            runs = "SELECT coalesce(max(runs), 0) FROM plugin_run"
            report.check("the daemon's first round", wait_for(lambda: p.sql(runs)[0][0] >= 1))
            with open(plan, "w", encoding="utf-8") as f:
                f.write(good.replace("targets = (", "tragets = ("))
            letter = os.path.join(p.dir, "templates", "letter.txt")
            good_letter = open(letter, encoding="utf-8").read()
            with open(letter, "w", encoding="utf-8") as f:
                f.write("{{#begun")
            before = p.sql(runs)[0][0]
            with open(p.conf, "a", encoding="utf-8") as f:
                f.write("\nmail = 5;\n")
            broken_conf = open(p.conf, encoding="utf-8").read()

            touch()
            poke()
            report.check("a round with broken files beside it runs on the old ones",
                         wait_for(lambda: p.sql(runs)[0][0] > before))
            report.equal("and no plugin's run of it failed",
                         p.sql("SELECT name, last_error FROM plugin_run WHERE last_error IS NOT NULL"), [])
            held = p.ctl("hold", "--note", "thử", check=False)
            report.check("the brake works with a broken configuration, and says what is wrong with it",
                         held.returncode == 0 and "duplicate" in held.stderr
                         and p.sql("SELECT value FROM meta WHERE key = 'sending_held'") == [("thử",)], held.stderr)
            with open(p.conf, "w", encoding="utf-8") as f:
                f.write(broken_conf.replace("\nmail = 5;\n", ""))
            p.ctl("release")
            refused = p.ctl("reload", check=False)
            report.check("who asked is told that it is refused, and why", refused.returncode == 1
                         and "tragets" in refused.stderr, f"{refused.returncode} {refused.stdout} {refused.stderr}")
            report.check("and so is who looks later", wait_for(
                lambda: "not taken over" in json.dumps(status(p), ensure_ascii=False)),
                json.dumps(status(p))[:400])
            before = p.sql(runs)[0][0]
            touch()
            poke()
            report.check("and the old plan goes on", wait_for(lambda: p.sql(runs)[0][0] > before))
            with open(plan, "w", encoding="utf-8") as f:
                f.write(good)
            p.ctl("reload", check=False)
            report.check("a template that is broken is refused, too", wait_for(
                lambda: "templates/letter.txt:1" in json.dumps(status(p), ensure_ascii=False)), json.dumps(status(p))[:600])
            with open(letter, "w", encoding="utf-8") as f:
                f.write(good_letter)
            report.check("mended, the reload says so", "taken over" in p.ctl("reload").stdout)
            report.check("it is taken over", wait_for(
                lambda: "and taken over" in json.dumps(status(p), ensure_ascii=False)),
                json.dumps(status(p))[:400])
        finally:
            daemon.terminate()
            log = daemon.communicate(timeout=60)[1]
        report.equal("the daemon stops cleanly", daemon.returncode, 0)
        report.check("the log names the mistake with its line", "plan.conf:" in log and "tragets" in log,
                     log[-600:])
        report.equal("no copy of the files is left", [n for n in os.listdir(p.dir) if ".files-" in n], [])
    report.close()


main()
