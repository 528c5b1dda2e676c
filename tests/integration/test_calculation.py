#!/usr/bin/python3
"""The service against a second calculation (calculation.py), written in another language from the plan's words: the same
targets and the same findings for random registers on random and on awkward days: empty tables, everything unknown,
shares that hit their target exactly, 29 February, ends of quarters and years. SEED=N and CASES=N repeat a run."""
import collections
import csv
import datetime
import os
import random
import shutil
import sys
from fractions import Fraction

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from calculation import COUNTS, RATES, SHARES, Register, lives  # noqa: E402
from province import Province, Report  # noqa: E402

D = datetime.date
CASES = int(os.environ.get("CASES", "240"))
SEED = int(os.environ.get("SEED", "4182"))
PLUGINS = ("environment", "training", "science-technology", "ocop", "preservation")
AWKWARD = [D(2024, 2, 29), D(2028, 2, 29), D(2025, 12, 31), D(2026, 1, 1), D(2026, 3, 31), D(2026, 4, 1), D(2025, 1, 1),
           D(2030, 12, 31), D(2031, 1, 1), D(2031, 3, 31), D(2031, 4, 1), D(2026, 6, 30), D(2026, 9, 30), D(2027, 12, 31),
           D(2022, 11, 29), D(2029, 2, 28)]
KINDS = ("villages", "village_years", "establishments", "products", "ip_rights", "recognitions", "activities", "projects",
         "zones", "difficulties", "submissions")  # in the order in which they can be loaded
PLACES = ["xa-15505", "xa-15520", "xa-15574", "xa-14797"]


class Maker:
    """Rows of one register, around the day that is judged."""

    def __init__(self, r, today):
        self.r, self.today = r, today
        self.gaps = r.choice([0.0, 0.1, 0.4, 0.9, 1.0])  # how often a cell is empty

    def maybe(self, value):
        return None if self.r.random() < self.gaps else value

    def day(self, back=1500, ahead=600):
        r = self.r
        near = [self.today, self.today - datetime.timedelta(1), self.today + datetime.timedelta(1), D(2025, 12, 31),
                D(2026, 1, 1), D(2024, 2, 29), D(2023, 2, 28), D(2022, 1, 1), D(2021, 12, 31)]
        return r.choice(near) if r.random() < 0.3 else self.today + datetime.timedelta(r.randint(-back, ahead))

    def days(self, n):
        """n days in their order, some unknown."""
        return [self.maybe(d) for d in sorted(self.day() for _ in range(n))]

    def ended(self):
        return self.day() if self.r.random() < 0.1 else None

    def some(self, items, most=3):
        return self.r.sample(items, min(len(items), self.r.randint(0, most)))

    def villages(self, n):
        r, rows = self.r, []
        for i in range(n):
            sent, on, to = self.days(3)
            rows.append({"code": f"TH-{i + 1:04d}", "name": f"Làng {i + 1}",
                         "kind": self.maybe(r.choice(["village", "traditional_village", "craft_site"])),
                         "commune": r.choice(PLACES), "tourism_since": self.maybe(self.day()),
                         "env_plan_state": self.maybe(r.choice(["none", "drafting", "submitted", "returned", "approved",
                                                                "approved"])),
                         "env_plan_type": self.maybe(r.choice(["plan", "plan", "commitment", "scheme"])),
                         "env_plan_submitted_on": sent, "env_plan_on": on, "env_plan_valid_to": to or self.day(0, 900)
                         if not on else max(to or on, on),
                         "env_group": self.maybe(r.random() < 0.6), "env_group_on": self.maybe(self.day()),
                         "env_drainage": self.maybe(r.choice(["yes", "no", "na"])),
                         "env_wastewater": self.maybe(r.choice(["yes", "no", "na"])),
                         "env_solid_waste": self.maybe(r.choice(["yes", "no", "na"])), "ended_on": self.ended()})
            row = rows[-1]
            if sent and not on and row["env_plan_valid_to"] < sent:
                row["env_plan_submitted_on"] = None
        return rows

    def village_years(self, villages):
        r, rows = self.r, []
        for v in villages:
            for year in sorted(r.sample(range(2019, 2031), r.choice([0, 1, 4, 8, 12]))):
                households, workers, there = r.randint(0, 60), r.randint(0, 40), r.randint(0, 6)
                rows.append({"village": v["code"], "year": year, "households": households,
                             "craft_households": self.maybe(r.randint(0, households)), "workers": self.maybe(workers),
                             "workers_trained": None, "establishments": self.maybe(there),
                             "establishments_compliant": None, "establishments_ocop": None,
                             "effective": self.maybe(r.random() < 0.7),
                             "output_thousand": self.maybe(r.choice([0, 1000, 1100, 1090, r.randint(500, 2000)])),
                             "price_basis": self.maybe(r.choice(["current", "current", "constant"])),
                             "income_month_thousand": self.maybe(r.choice([4000, 6000, r.randint(3000, 9000)])),
                             "figures_on": self.maybe(r.choice([D(year, 12, 31), D(year, 6, 30), D(year + 1, 1, 15)]))})
                row = rows[-1]
                if row["workers"] is not None:
                    row["workers_trained"] = self.maybe(r.choice([workers * 4 // 5, workers, r.randint(0, workers)]))
                if row["establishments"] is not None:
                    row["establishments_compliant"] = self.maybe(r.randint(0, there))
                    row["establishments_ocop"] = self.maybe(r.randint(0, there))
        return rows

    def establishments(self, villages, n):
        r = self.r
        return [{"code": f"CS-{i + 1:04d}", "name": f"Cơ sở {i + 1}",
                 "village": r.choice(villages)["code"] if villages and r.random() < 0.8 else None,
                 "commune": r.choice(PLACES), "environment_compliant": self.maybe(r.random() < 0.7),
                 "ended_on": self.ended()} for i in range(n)]

    def products(self, establishments, n):
        rows = []
        for i in range(n):
            on, to = self.days(2)
            rows.append({"code": f"SP-{i + 1:04d}", "name": f"Sản phẩm {i + 1}",
                         "establishments": self.some([e["code"] for e in establishments]),
                         "ocop_stars": self.maybe(self.r.randint(1, 5)), "certified_on": on, "valid_to": to,
                         "ended_on": self.ended()})
        return rows

    def ip_rights(self, villages, products, n):
        rows = []
        for i in range(n):
            on, to = self.days(2)
            rows.append({"no": f"4-{i + 1:04d}", "form": self.r.choice(["geographical_indication", "collective_mark",
                         "certification_mark", "trademark", "industrial_design", "patent"]), "name": f"Quyền {i + 1}",
                         "villages": self.some([v["code"] for v in villages]),
                         "products": self.some([p["code"] for p in products]), "granted_on": on, "valid_to": to,
                         "ended_on": self.ended()})
        return rows

    def recognitions(self, villages, n):
        rows = []
        for i in range(n):
            on, to = self.days(2)
            rows.append({"code": f"CN-{i + 1:04d}", "name": f"Danh hiệu {i + 1}",
                         "kind": self.r.choice(["traditional_craft", "village", "traditional_village"]),
                         "villages": self.some([v["code"] for v in villages]), "recognised_on": on, "valid_to": to,
                         "status": self.maybe(self.r.choice(["recognised", "recognised", "lapsed", "revoked"])),
                         "restored_on": self.maybe(self.day()), "ended_on": self.ended()})
        return rows

    def register(self):
        r = self.r
        if r.random() < 0.03:
            return {}
        villages = self.villages(r.choice([0, 1, 2, 5, 10, 15]))
        establishments = self.establishments(villages, r.choice([0, 1, 10, 30]))
        products = self.products(establishments, r.choice([0, 3, 12]))
        return {"villages": villages, "village_years": self.village_years(villages), "establishments": establishments,
                "products": products, "ip_rights": self.ip_rights(villages, products, r.choice([0, 1, 6])),
                "recognitions": self.recognitions(villages, r.choice([0, 1, 8]))}


SEEN = collections.Counter()


def text(value):
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "|".join(value)
    return "" if value is None else value.isoformat() if isinstance(value, D) else str(value)


def load(p, template, rows):
    for end in ("-wal", "-shm"):
        if os.path.exists(p.database + end):
            os.unlink(p.database + end)
    shutil.copyfile(template, p.database)
    for kind in KINDS:
        if not rows.get(kind):
            continue
        file = os.path.join(p.dir, kind + ".csv")
        with open(file, "w", encoding="utf-8", newline="") as f:
            out = csv.writer(f)
            out.writerow(rows[kind][0])
            out.writerows([text(v) for v in row.values()] for row in rows[kind])
        p.ctl("import", kind, file)


def status(row, target, year, today, met):
    """P10, from what the row counts and the day of its figures."""
    if not row["denominator"] or row["unknown_count"] >= row["denominator"]:
        return "unknown"
    closing = D(year + 1, 3, 31)
    own = bool(row["figures_on"]) and int(row["figures_on"][:4]) >= year
    if today > closing:
        return ("met" if met else "missed") if own else "unknown"
    if met and own:
        return "met"
    if today < D(year, 1, 1):
        return "on_track"
    over = today > D(year, 12, 31)
    if met:
        return "unknown" if over else "on_track"
    return "unknown" if over and not own else "short"


def case(report, p, template, seed):
    r = random.Random(seed)
    today = r.choice(AWKWARD) if r.random() < 0.5 else D(2022, 12, 1) + datetime.timedelta(r.randint(0, 3000))
    rows = Maker(r, today).register()
    load(p, template, rows)
    ours, model = p.ctl("check", "--all", "--as-of", today.isoformat(), json_out=True), Register(rows)
    targets = {(f["rule"], int(f["period"])): f for f in ours if f["kind"] == "short"}
    for target in list(SHARES) + list(COUNTS) + list(RATES):
        for year in (2025, 2030):
            if RATES.get(target, (0, 0))[year == 2030] is None:
                report.check(f"{target} {year} has no target", (target, year) not in targets)
                continue
            what = f"SEED={seed} {today} {target} {year}"
            row = targets.get((target, year))
            if not report.check(what, row is not None, "not reported"):
                continue
            good, total, unknown, met, _ = model.target(target, year, today)
            got = row["numerator"], row["denominator"], row["unknown_count"]
            if got == (None, 0, 0):
                got = 0, 0, 0  # nothing to count is no number
            if report.check(what, got == (good, total, unknown), f"{got}, by the model {(good, total, unknown)}"):
                scale = 1 if target in COUNTS or target == "income" else 100
                for name, n in (("range_low", good), ("range_high", good + unknown)):
                    value = row[name]
                    report.check(f"{what} {name}", value == (None if total == 0 else scale * 1000 * n // total / 1000),
                                 f"{value}, {n}/{total}")
                report.equal(what + " status", row["status"], status(row, target, year, today, met))
                SEEN[row["status"]] += 1
                exact = Fraction(SHARES[target][2 if year == 2030 else 1], 100) if target in SHARES else None
                SEEN["exactly on target"] += total > 0 and exact not in (None, 1) and Fraction(good, total) == exact
                SEEN["all unknown"] += total > 0 and unknown == total
                SEEN["met in the best case only"] += not met and model.target(target, year, today)[4]
    lacks = {f["subject"]: set((f["lacks"] or "").split("|")) - {""} for f in ours if f["rule"] == "village-environment"}
    papers = {"env-plan", "env-group", "env-drainage", "env-wastewater", "env-solid-waste"}
    want = {"village:" + v["code"]: model.village_lacks(v, today) for v in rows.get("villages", [])
            if lives(v, today) and v["kind"] in ("village", "traditional_village")}
    report.equal(f"SEED={seed} {today} villages", {s: m & papers for s, m in lacks.items() if m & papers and s in want},
                 {s: m for s, m in want.items() if m})
    SEEN["villages that lack something"] += len(want)
    for rule, subject, want in (("rights", "ip-right:", model.rights(today)),
                                ("recognitions", "recognition:", model.recognitions(today))):
        told = {f["subject"][len(subject):]: f["last_day"] for f in ours if f["rule"] == rule}
        report.equal(f"SEED={seed} {today} {rule}", told, {c: d.isoformat() for c, d in want.items()})
        SEEN[rule] += len(want)
    told = {f["subject"][8:]: f["last_day"] for f in ours if f["rule"] == "certificates"}
    report.equal(f"SEED={seed} {today} certificates", told,
                 {c: d and d.isoformat() for c, d in model.certificates(today).items()})


def main():
    report = Report()
    with Province(plugins=PLUGINS) as p:
        p.ctl("init")
        p.ctl("import", "units", os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "conf", "sample",
                                              "units-sample.csv"))
        template = os.path.join(p.dir, "template.db")
        p.sql("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copyfile(p.database, template)
        for n in range(CASES):
            case(report, p, template, SEED * 1000 + n if "SEED" not in os.environ or CASES > 1 else SEED)
    for what in ("met", "missed", "short", "unknown", "on_track", "exactly on target", "all unknown",
                 "met in the best case only", "villages that lack something", "rights", "recognitions"):
        report.check(f"such cases were among them: {what}", SEEN[what] > 0 or CASES < 200, dict(SEEN))
    report.close()


if __name__ == "__main__":
    main()
