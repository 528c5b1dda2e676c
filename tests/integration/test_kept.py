#!/usr/bin/python3
"""A plugin whose day, inputs, settings and file are the same is not run again, and what it said last holds:
whatever it depends on makes it run."""
import csv
import io
import os
import sqlite3
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from province import Province, Report, ROOT  # noqa: E402

NOW = "2026-11-24T09:00:00+07:00"
ALL = ("reporting", "environment", "communication", "training", "science-technology", "ocop", "trade-promotion",
       "raw-material", "inspection", "conferences", "preservation")


def runs(p):
    """How often each plugin was run."""
    return dict(p.sql("SELECT name, runs FROM plugin_run"))


def said(p):
    """All that is known of the alerts."""
    return p.sql("SELECT key, status, state, summary FROM alert ORDER BY key")


def write(p, sql, *args):
    db = sqlite3.connect(p.database)
    db.execute(sql, args)
    db.commit()
    db.close()


class Kept:
    def __init__(self, report, p):
        self.report, self.p = report, p

    def round(self, what, again, now=NOW, same=True):
        """After a round `again` were run once more; same: it says what it said before."""
        before, words = runs(self.p), said(self.p)
        self.p.run("langnghe-round", "--now", now, "--poke")
        after = runs(self.p)
        self.report.equal(what, {name for name in after if after[name] != before.get(name, 0)}, set(again))
        if same:
            self.report.equal(f"{what}: the same alerts", said(self.p), words)

    def load(self, kind, text, check=True):
        path = os.path.join(self.p.dir, "rows.csv")
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        return self.p.ctl("import", kind, path, check=check)


def every_column(report):
    """Whatever column changes: what is kept and run again says what a run of all says."""
    with Province(plugins=ALL) as p:
        p.load_sample()
        k = Kept(report, p)
        p.run("langnghe-round", "--now", NOW, "--poke")
        for kind, key in (("villages", ["code"]), ("village_years", ["village", "year"]), ("products", ["code"]),
                          ("recognitions", ["code"])):
            rows = list(csv.DictReader(io.StringIO(p.ctl("export", kind).stdout.lstrip("\ufeff"))))
            for column in [c for c in rows[0] if c not in key and not c.startswith("#")]:
                other = next((r[column] for r in reversed(rows) if r[column] and r[column] != rows[0][column]), None)
                if other is None:
                    continue
                changed = k.load(kind, ",".join(key + [column]) + "\n" +
                                 ",".join([rows[0][c] for c in key] + [f'"{other}"']) + "\n", check=False)
                if changed.returncode != 0:
                    continue  # this value does not fit the row
                kept = p.ctl("check", "--as-of", NOW[:10], json_out=True)
                whole = p.ctl("check", "--as-of", NOW[:10], "--all", json_out=True)
                report.equal(f"{kind}.{column}", kept, [r for r in whole if r["status"]])
                if column in ("reviewed_on", "output_thousand", "name"):
                    p.run("langnghe-round", "--now", NOW, "--poke")


def main():
    report = Report()
    every_column(report)
    with Province() as p:
        p.load_sample()
        p.ctl("go-live", "2026-11-16")
        k = Kept(report, p)
        both = ["environment", "reporting"]
        k.round("first", both, same=False)
        report.check("there are alerts", len(said(p)) > 50, str(len(said(p))))
        k.round("nothing has changed", [])
        k.load("villages", "code,hamlets\nTH-0012,Thôn khác (mô phỏng)\n")
        k.round("the hamlets of a village, which neither asks for", [])
        k.load("villages", "code,env_group\nTH-0012,no\n")
        k.round("a village's group for the environment", ["environment"], same=False)
        k.load("villages", "code,name,kind,trade,commune,source\nTH-9001,Làng thử (mô phỏng),village,thử,xa-15505,mô phỏng\n")
        k.round("a new village", ["environment"], same=False)
        p.ctl("remove", "villages", "TH-9001", "--by", "thử", "--note", "nhập nhầm")
        k.round("a village that is gone", ["environment"], same=False)
        k.load("submissions", "duty,unit,period,document_on,received_on,document_no\n"
               "unit-report,so-khcn,2026,2026-11-23,2026-11-23,9/BC\n")
        k.round("a submission", ["reporting"], same=False)
        k.load("zones", "code,name,material,planned_ha,source\nVNL-099,Vùng thử (mô phỏng),cói,3,mô phỏng\n")
        k.round("a kind that neither reads", [])
        k.load("contacts", "unit,email,name\nso-khcn,moi@so-khcn.thanhhoa.example,Mới\n")
        k.round("a contact", [])
        p.ctl("extend", "unit-report", "so-noivu", "2026", "--until", "2026-12-10", "--document-no", "7/UBND",
              "--by", "thử")
        k.round("an extension", both, same=False)
        report.equal("and moves the last day", p.sql("SELECT last_day FROM alert WHERE key ="
                                                     " 'reporting/unit-report/unit:so-noivu/2026'"), [("2026-12-10",)])
        k.round("another day", both, now="2026-11-25T09:00:00+07:00", same=False)
        k.round("and again", [], now="2026-11-25T09:30:00+07:00")
        write(p, "UPDATE kept_findings SET frame = zeroblob(length(frame)) WHERE plugin = 'reporting'")
        k.round("a frame that was damaged", ["reporting"], now="2026-11-25T10:00:00+07:00")
        with open(p.conf, encoding="utf-8") as f:
            conf = f.read()
        with open(p.conf, "w", encoding="utf-8") as f:
            f.write(conf.replace("plugins = {", "plugins = { environment = { count_waiting_as_missing = true; };", 1))
        k.round("a setting of one", ["environment"], now="2026-11-25T10:30:00+07:00", same=False)
        plan = os.path.join(p.dir, "plan.conf")
        with open(os.path.join(ROOT, "conf", "plan-thanh-hoa.conf"), encoding="utf-8") as f:
            text = f.read()
        with open(plan, "w", encoding="utf-8") as f:
            f.write(text.replace("commitment_counts = false", "commitment_counts = true"))
        with open(p.conf, encoding="utf-8") as f:
            conf = f.read()
        lines = [f'plan = "{plan}";' if line.startswith("plan =") else line for line in conf.split("\n")]
        with open(p.conf, "w", encoding="utf-8") as f:
            f.write("\n".join(lines))
        k.round("a reading of the plan", both, now="2026-11-25T11:00:00+07:00", same=False)
    return report.close()


sys.exit(main())
