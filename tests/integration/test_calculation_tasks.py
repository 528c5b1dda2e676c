#!/usr/bin/python3
"""The service against the second calculation of the tasks (calculation_tasks.py): duties, yearly counts, zones, projects,
places, difficulties, and how targets move, for random registers on random and on awkward days. SEED=N and CASES=N repeat
a run."""
import collections
import csv
import datetime
import os
import random
import shutil
import sqlite3
import sys
from fractions import Fraction

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from calculation import COUNTS, RATES, SHARES, lives  # noqa: E402
from calculation_tasks import Tasks, trend  # noqa: E402
from province import Province, Report  # noqa: E402
from test_calculation import AWKWARD, PLACES, Maker, load  # noqa: E402

D = datetime.date
HERE = os.path.dirname(os.path.abspath(__file__))
CASES = int(os.environ.get("CASES", "220"))
SEED = int(os.environ.get("SEED", "5182"))
PLUGINS = ("reporting", "environment", "communication", "training", "science-technology", "ocop", "trade-promotion",
           "raw-material", "inspection", "conferences", "preservation")
TASKS = ["communication", "training", "environment", "science-technology", "trade-promotion", "raw-material"]
TRADES = ["dệt chiếu cói", "đan lát", "làm miến gạo", "Mây tre đan", "mộc", "rèn", "làm nón lá", "dệt lụa"]
OLD = ["xã Thọ Long", "Xã Thọ Long", "xã Xuân Hòa", "xã Tiến Lộc", "thị trấn Nga Sơn", "phường Hạc Thành"]
ENDS = D(2025, 12, 31), D(2030, 12, 31)
SEEN = collections.Counter()


class Busy(Maker):
    """A register with what was done in it."""

    def awkward(self):
        """A day at the edge of a quarter, a year, a term of 24 or 6 months, or near the day that is judged."""
        r, t = self.r, self.today
        edges = [D(t.year, 1, 1), D(t.year, 12, 31), D(t.year - 1, 12, 31), D(t.year + 1, 1, 1), D(2025, 1, 1),
                 D(2025, 12, 31), D(2026, 6, 30), D(2026, 7, 1), D(2030, 12, 31), t - datetime.timedelta(30),
                 t - datetime.timedelta(31), t + datetime.timedelta(180), t + datetime.timedelta(181)]
        edges += [D(t.year, m, 1) for m in (1, 4, 7, 10)] + [D(t.year, 3, 31), D(t.year, 6, 30), D(t.year, 9, 30)]
        return r.choice(edges) if r.random() < 0.5 else self.day(900, 300)

    def activities(self, n):
        r = self.r
        kinds = ["media_item", "training_class", "workshop", "work_plan", "inspection", "trade_promotion", "website",
                 "online_sale", "value_chain", "tourism_route", "conference_midterm", "conference_final",
                 "conference_report", "inspection_report"]
        return [{"code": f"HD-{i + 1:04d}", "task": self.maybe(r.choice(TASKS)), "kind": r.choice(kinds),
                 "places": self.some(PLACES), "held_on": self.maybe(self.awkward()),
                 "quantity": self.maybe(r.choice([1, 1, 2, 5])),
                 "audience": self.maybe(r.choice(["artisan", "worker", "employer"])),
                 "ended_on": self.ended()} for i in range(n)]

    def projects(self, villages, n):
        r = self.r
        return [{"code": f"DA-{i + 1:04d}", "task": r.choice(TASKS), "name": f"Dự án {i + 1}",
                 "kind": r.choice(["treatment", "treatment", "model", "pilot", "brand", "relocation", "equipment"]),
                 "villages": self.some([v["code"] for v in villages]), "planned_approval_on": self.maybe(self.awkward()),
                 "approved_on": self.maybe(self.awkward()), "ended_on": self.ended()} for i in range(n)]

    def zones(self, n):
        r = self.r
        return [{"code": f"VNL-{i + 1:04d}", "name": f"Vùng {i + 1}", "communes": self.some(PLACES),
                 "material": r.choice(["cói", "luồng", "tre", "lúa", "dâu tằm", "lá nón", "gỗ"]),
                 "planned_ha": self.maybe(r.choice([10, 12.5, 100])), "actual_ha": self.maybe(r.choice([9.5, 10, 12.5, 99])),
                 "certificate": self.maybe("FSC"), "due_on": self.maybe(self.awkward()),
                 "done_on": self.maybe(self.awkward()), "ended_on": self.ended()} for i in range(n)]

    def difficulties(self, n):
        return [{"code": f"KK-{i + 1:04d}", "task": self.r.choice(TASKS), "unit": self.r.choice(PLACES),
                 "raised_on": self.maybe(self.awkward()), "text": f"Khó khăn {i + 1}",
                 "answered_on": None, "ended_on": self.ended()} for i in range(n)]

    def submissions(self, n):
        rows = {}
        for _ in range(n):
            on = self.awkward()
            row = {"duty": self.r.choice(["unit-report", "unit-report", "province-report", "midterm-conference",
                                          "final-conference"]),
                   "unit": self.r.choice(["so-khcn", "so-congthuong", "so-taichinh", "so-vhttdl", "so-nnmt"]),
                   "period": str(min(2030, self.r.choice([max(2023, self.today.year), max(2023, self.today.year - 1)]))), "document_on": on,
                   "received_on": self.maybe(on + datetime.timedelta(self.r.randint(0, 9))),
                   "accepted": self.maybe(self.r.random() < 0.8)}
            row["period"] = {"midterm-conference": "2025", "final-conference": "2030"}.get(row["duty"], row["period"])
            rows[row["duty"], row["unit"], row["period"]] = row
        return list(rows.values())

    def register(self):
        r, rows = self.r, super().register()
        for v in rows.get("villages", []):
            v.update(trade=self.maybe(r.choice(TRADES)), old_commune=self.maybe(r.choice(OLD)),
                     at_risk_since=self.maybe(self.awkward()), preservation_plan_on=None,
                     pollution_risk=self.maybe(r.random() < 0.5), reviewed_on=self.maybe(self.awkward()))
            if v["at_risk_since"]:
                v["preservation_plan_on"] = self.maybe(v["at_risk_since"] + datetime.timedelta(r.randint(0, 500)))
        for y in rows.get("village_years", []):
            if y["households"] and r.random() < 0.4:
                y["households"] = y["households"] // 5 * 5 or 5
                y["craft_households"] = y["households"] // 5 - r.choice([0, 0, 1])
        for e in rows.get("establishments", []):
            e["relocation"] = self.maybe(r.choice(["none", "required", "done"]))
            e["relocation_due_on"] = self.maybe(self.awkward()) if e["relocation"] == "required" else None
        for c in rows.get("recognitions", []):
            c["renamed_on"] = self.maybe(r.choice([D(2025, 6, 30), D(2025, 7, 1), self.awkward()]))
        for d in rows.setdefault("difficulties", self.difficulties(r.choice([0, 2, 6]))):
            if d["raised_on"]:
                d["answered_on"] = self.maybe(d["raised_on"] + datetime.timedelta(r.randint(0, 60)))
        rows["activities"] = self.activities(r.choice([0, 5, 30, 60]))
        rows["projects"] = self.projects(rows.get("villages", []), r.choice([0, 3, 10]))
        rows["zones"] = self.zones(r.choice([0, 2, 6]))
        rows["submissions"] = self.submissions(r.choice([0, 3, 8]))
        return {kind: [fit(row) for row in of] for kind, of in rows.items()}


def fit(row):
    """Two dates of one thing in their order, as the register asks for."""
    for first, second in (("recognised_on", "renamed_on"),):
        if row.get(first) and row.get(second) and row[second] < row[first]:
            row[second] = None
    return row


def names_of_today():
    names = {}
    for file in (os.path.join("..", "..", "conf", "units-thanh-hoa.csv"), os.path.join("..", "..", "conf", "sample",
                                                                                     "units-sample.csv")):
        with open(os.path.join(HERE, file), encoding="utf-8") as f:
            names.update({row["code"]: row["name"] for row in csv.DictReader(f)})
    return names


NAMES = names_of_today()


class Case:
    def __init__(self, report, p, seed):
        self.report, self.p, self.r = report, p, random.Random(seed)
        r = self.r
        self.today = r.choice(AWKWARD) if r.random() < 0.5 else D(2022, 12, 1) + datetime.timedelta(r.randint(0, 3000))
        self.rows = Busy(r, self.today).register()
        self.what = f"SEED={seed} {self.today}"
        self.results = {}

    def equal(self, what, got, want):
        SEEN[what] += bool(want)
        self.report.equal(f"{self.what} {what}", got, want)

    def earlier_results(self):
        """Results of earlier years, as the service keeps them: {(target, year): [(day, n, d, unknown)]}, newest first."""
        db = sqlite3.connect(self.p.database)
        for target in list(SHARES) + list(COUNTS):
            for year in (2025, 2030):
                rows = []
                for back in range(1, 5):
                    judged = D(self.today.year - back, self.r.choice([1, 6, 12]), self.r.choice([1, 15, 28]))
                    d = self.r.randint(1, 60)
                    n, unknown = self.r.randint(0, d), 0
                    if self.r.random() < 0.15:
                        unknown = self.r.randint(0, d - n)
                    if target in COUNTS:
                        n, d, unknown = self.r.randint(0, 8), 1, 0
                    if self.r.random() < 0.35:
                        continue
                    on = judged - datetime.timedelta(self.r.randint(0, 200)) if self.r.random() < 0.6 else None
                    db.execute("INSERT INTO target_result (target, year, judged_on, numerator, denominator, unknown, range_low,"
                               " range_high, status, figures_on) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'unknown', ?)",
                               (target, year, judged.isoformat(), n, d, unknown, n, n + unknown, on and on.isoformat()))
                    rows.append((on or judged, n, d, unknown))
                self.results[target, year] = rows
        db.commit()
        db.close()

    def run(self, template):
        load(self.p, template, self.rows)
        self.earlier_results()
        self.model = Tasks(self.rows, self.today, NAMES)
        self.ours = self.p.ctl("check", "--all", "--as-of", self.today.isoformat(), json_out=True)
        self.duties()
        self.years()
        self.things()
        self.villages()
        self.targets()

    def of(self, rule):
        return [f for f in self.ours if f["rule"] == rule]

    def lacks(self, rule, prefix):
        """{code: what it lacks}, without those that lack nothing."""
        return {f["subject"][len(prefix):]: set(f["lacks"].split("|")) for f in self.of(rule) if f["lacks"]}

    def state(self, f, done):
        """What may be said of a duty that was done, or not."""
        if done:
            return {"done"}
        last = f["last_day"] and D.fromisoformat(f["last_day"])
        if last is None:
            return {"unknown"}
        return {"overdue", "lapsed"} if self.today > last else {"due_today"} if self.today == last else {"due_soon", "not_due"}

    def duties(self):
        m = self.model
        for (rule, period), done in m.counts().items():
            self.report.check(f"{self.what} {rule} {period} is looked at", any(f["period"] == period for f in self.of(rule)))
        for rule in ("media-items", "training-classes", "workshops"):
            for f in self.of(rule):
                done = m.count(rule, f["period"])
                SEEN[f"{rule} {done}"] += 1
                self.report.check(f"{self.what} {rule} {f['period']}", f["status"] in self.state(f, done), str(f))
        for year, kind, duty in ((2025, "conference_midterm", "midterm-conference"),
                                 (2030, "conference_final", "final-conference")):
            found = self.of(duty)
            self.report.equal(f"{self.what} {duty}", len(found), int(self.today.year >= year))
            for f in found:
                on = m.conference(year, kind, duty)
                late = on and f["last_day"] and on > D.fromisoformat(f["last_day"])
                SEEN[f"{duty} {bool(on)}"] += 1
                self.report.check(f"{self.what} {duty} done", f["status"] in ({"done_late"} if late else self.state(f, on)),
                                  str(f))
        for f in self.of("inspection-report"):
            year = int(f["period"])
            done = bool(m.held("inspection_report", D(year, 1, 1), D(year, 12, 31)))
            SEEN[f"inspection-report {done}"] += 1
            self.report.equal(f"{self.what} inspection-report {year}", f["lacks"], None if done else "inspection-report")
        for f in self.of("unit-report"):
            unit = f["subject"][5:]
            on = m.handed_in("unit-report", unit, f["period"])
            if unit not in ("so-khcn", "so-congthuong", "so-taichinh", "so-vhttdl") or (
                    f["status"] == "not_applicable"):
                continue
            late = on and on > D.fromisoformat(f["last_day"])
            SEEN[f"unit-report {bool(on)} {bool(late)}"] += 1
            self.report.check(f"{self.what} unit-report {unit} {f['period']}",
                              f["status"] in ({"done_late"} if late else self.state(f, bool(on))), str(f))

    def years(self):
        m = self.model
        for rule, want in (("training-year", m.training_year()), ("yearly-activities", m.yearly_activities()),
                           ("pilot-models", m.pilot_models()), ("tourism-routes", m.tourism_routes()),
                           ("inspections", m.inspections())):
            got = [set(f["lacks"].split("|")) if f["lacks"] else set() for f in self.of(rule)]
            self.equal(rule, got[0] if got else set(), want)

    def things(self):
        m = self.model
        late, none = m.science_projects()
        self.equal("places", set(self.lacks("places", "place:")), m.places())
        self.equal("difficulties", set(self.lacks("difficulties", "difficulty:")), m.difficulties())
        self.equal("zones", self.lacks("zones", "zone:"), m.zones())
        self.equal("communes without a zone", set(self.lacks("communes-without-zone", "place:")), m.without_zone())
        self.equal("projects", set(self.lacks("projects", "project:")), late)
        self.equal("approved-projects", set(self.lacks("approved-projects", "task:")), {"science-technology"} if none else set())

    def villages(self):
        m = self.model
        unknown = {f["subject"][8:] for f in self.of("village-training") if f["status"] == "unknown"}
        self.equal("village-training", unknown, m.training_unknown())
        self.equal("village-preservation", self.lacks("village-preservation", "village:"), m.preservation())
        self.equal("renaming", set(self.lacks("renaming", "recognition:")), m.renaming())
        marks = {"review", "compliance", "relocation", "pollution-project"}
        want = {v["code"]: m.surroundings(v) for v in self.rows.get("villages", [])
                if lives(v, self.today) and v["kind"] in ("village", "traditional_village")}
        self.equal("surroundings", {c: s & marks for c, s in self.lacks("village-environment", "village:").items()
                                    if s & marks}, {c: s for c, s in want.items() if s})

    def targets(self):
        for row in self.p.ctl("targets", "--as-of", self.today.isoformat(), json_out=True):
            target, year = row["target"], row["year"]
            n, d, unknown = row["numerator"], row["denominator"], row["unknown_count"]
            if target in RATES or not d or unknown >= d:
                continue
            percent = target in SHARES
            if percent:
                wanted = Fraction(SHARES[target][2 if year == 2030 else 1])
            else:
                wanted = {"restored-crafts": (5, 10), "restored-villages": (5, 5), "tourism": (5, 10)}[target][year == 2030]
            scale = 100 if percent else 1
            on = D.fromisoformat(row["figures_on"]) if row["figures_on"] else self.today
            points = [(on, Fraction(scale * n, d), Fraction(d - unknown, d))]
            points += [(day, Fraction(scale * a, b), Fraction(b - c, b)) for day, a, b, c in self.results[target, year]]
            now, needed, forecast, risk = trend(points, Fraction(wanted), ENDS[year == 2030], self.today, percent)
            what = f"{self.what} {target} {year}"
            for name, mine in (("pace_now", now), ("pace_needed", needed), ("forecast", forecast)):
                theirs = row[name]
                same = mine is None if theirs is None else mine is not None and abs(theirs - float(mine)) <= 0.0011
                self.report.check(f"{what} {name}", same, f"{theirs}, by the model {mine and float(mine)}")
                SEEN[name] += mine is not None
            self.report.equal(f"{what} points", row["points"], len(points))
            if row["status"] in ("on_track", "at_risk") and self.today.year < year:
                self.report.equal(f"{what} at risk", row["status"], "at_risk" if risk else "on_track")
                SEEN[row["status"]] += 1
            if percent:
                gap = max(Fraction(0), wanted - points[0][1])
                self.report.check(f"{what} gap", 0 <= gap - Fraction(str(row["gap"])) < Fraction(1, 1000), str(row["gap"]))
                enough = {"gt": lambda k: Fraction(100 * k, d) > wanted}.get(SHARES[target][0],
                                                                           lambda k: Fraction(100 * k, d) >= wanted)
                missing = next(k for k in range(d + 2) if enough(k)) - n
                self.report.equal(f"{what} still missing", row["gap_units"], max(0, missing))
                SEEN["gaps"] += missing > 0


def main():
    report = Report()
    with Province(plugins=PLUGINS) as p:
        p.ctl("init")
        p.ctl("import", "units", os.path.join(HERE, "..", "..", "conf", "sample", "units-sample.csv"))
        template = os.path.join(p.dir, "template.db")
        p.sql("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copyfile(p.database, template)
        for n in range(CASES):
            Case(report, p, SEED * 1000 + n if "SEED" not in os.environ or CASES > 1 else SEED).run(template)
    for what in ("media-items True", "media-items False", "training-classes True", "midterm-conference True",
                 "midterm-conference False", "final-conference False", "unit-report True False", "unit-report True True",
                 "unit-report False False", "inspection-report True", "inspection-report False", "training-year", "yearly-activities", "pilot-models", "tourism-routes",
                 "inspections", "places", "difficulties", "zones", "communes without a zone", "projects",
                 "approved-projects", "village-training", "village-preservation", "renaming", "surroundings", "pace_now",
                 "pace_needed", "forecast", "on_track", "at_risk", "gaps"):
        report.check(f"such cases were among them: {what}", SEEN[what] > 0 or CASES < 200, dict(SEEN))
    report.close()


if __name__ == "__main__":
    main()
