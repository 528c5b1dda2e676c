"""The tasks of the Phụ lục worked out a second time, in Python, as calculation.py does the targets: who has done what he
owes, which counts of a year are open, what zones, projects, places and difficulties lack, and how a target moves. It
shares no code with the service."""
import datetime
from fractions import Fraction

from calculation import Register, add_months, latest, lives

D = datetime.date
DAY = datetime.timedelta(1)
DECISION = D(2022, 11, 29)
MERGED = D(2025, 7, 1)
PILOTS = {("raw-material",): "pilot-material", ("trade-promotion",): "pilot-tourism",
          ("science-technology", "environment"): "pilot-technology"}
YEARLY = {"trade_promotion": "trade-promotion", "website": "website", "online_sale": "online-sale",
          "value_chain": "value-chain"}
MATERIALS = {"chiếu cói": ["cói"], "đan cói": ["cói"], "mây tre": ["mây", "tre", "luồng", "nứa", "vầu"],
             "đan lát": ["mây", "tre", "luồng", "nứa", "vầu"], "đan cót": ["tre", "luồng", "nứa", "vầu"],
             "miến gạo": ["lúa"], "bánh đa": ["lúa"], "miến dong": ["dong riềng"], "dệt lụa": ["dâu tằm"],
             "tơ tằm": ["dâu tằm"], "nón lá": ["lá nón", "lá lụi"], "dược liệu": ["dược liệu"],
             "men rượu thuốc bắc": ["dược liệu"], "chè lam": ["lúa"]}
KINDS = ("activities", "projects", "zones", "difficulties", "submissions")


def quarter(day):
    first = D(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return f"{day.year}-Q{(day.month + 2) // 3}", first, add_months(first, 3) - DAY


class Tasks(Register):
    def __init__(self, rows, today, units):
        super().__init__(rows)
        self.rows.update({k: rows.get(k, []) for k in KINDS})
        self.today = today
        self.units = units if today >= MERGED else {}  # {code: name}: communes as they are since the merger

    def held(self, kind, first, last, **more):
        """Activities on record in these days, not after the one that is judged."""
        return [a for a in self.rows["activities"] if a["kind"] == kind and not a.get("ended_on") and a.get("held_on") and
                first <= a["held_on"] <= min(last, self.today) and all(a.get(c) in values for c, values in more.items())]

    def this_year(self, kind, **more):
        return self.held(kind, D(self.today.year, 1, 1), D(self.today.year, 12, 31), **more)

    # ---- duties: {(rule, period): done}

    def counts(self):
        spans = {"media-items": ("media_item", quarter(self.today)),
                 **{rule: (kind, (str(self.today.year), D(self.today.year, 1, 1), D(self.today.year, 12, 31)))
                    for rule, kind in (("training-classes", "training_class"), ("workshops", "workshop"))}}
        return {(rule, period): self.count(rule, period) for rule, (_, (period, _, _)) in spans.items()
                if 2023 <= self.today.year <= 2030}

    def count(self, rule, period):
        """Whether the lower bound was reached; more than the upper one is no fault."""
        kind = {"media-items": "media_item", "training-classes": "training_class", "workshops": "workshop"}[rule]
        year, q = int(period[:4]), int(period[6:] or 0)
        first = D(year, 3 * q - 2, 1) if q else D(year, 1, 1)
        last = add_months(first, 3 if q else 12) - DAY
        found = self.held(kind, first, last, task=(None, "communication"))
        return sum(1 if a.get("quantity") is None else a["quantity"] for a in found) >= 1

    def conference(self, year, kind, duty):
        """The day on which both were there: held in its year, its report handed in by the middle of the next. None: not."""
        end = min(D(year + 1, 6, 30), self.today)
        reports = [a["held_on"] for a in self.rows["activities"] if a["kind"] == "conference_report" and
                   not a.get("ended_on") and a.get("held_on")]
        reports += [s.get("document_on") or s.get("received_on") for s in self.rows["submissions"]
                    if s["duty"] == duty and s["period"] == str(year) and s.get("accepted") is not False and
                    not s.get("ended_on")]
        held = [a["held_on"] for a in self.held(kind, D(year, 1, 1), D(year, 12, 31))]
        reports = [on for on in reports if on and D(year, 1, 1) <= on <= end]
        return max(min(held), min(reports)) if held and reports else None

    def handed_in(self, duty, unit, period):
        """The day of the unit's own paper; None: none that counts."""
        for s in self.rows["submissions"]:
            on = s.get("received_on") or s.get("document_on")
            if (s["duty"], s["unit"], s["period"]) == (duty, unit, period) and s.get("accepted") is not False and \
                    not s.get("ended_on") and on and on <= self.today:
                return on
        return None

    # ---- what a year lacks

    def training_year(self):
        late = self.today.month >= 7
        lacks = set() if self.this_year("work_plan", task=("training",)) else {"training-plan"}
        for audience, mark in (("artisan", "artisan-classes"), ("employer", "employer-classes")):
            if late and not self.this_year("training_class", audience=(audience,)):
                lacks.add(mark)
        return lacks

    def yearly_activities(self):
        late = self.today.month >= 7
        return {mark for kind, mark in YEARLY.items() if late and not self.this_year(kind)}

    def pilot_models(self):
        lacks = {"pilot-material", "pilot-tourism", "pilot-brand", "pilot-technology"}
        for p in self.rows["projects"]:
            if p.get("ended_on") or not p.get("approved_on") or p["approved_on"] > self.today:
                continue
            if p["kind"] == "brand":
                lacks.discard("pilot-brand")
            elif p["kind"] in ("pilot", "model"):
                lacks -= {mark for tasks, mark in PILOTS.items() if p.get("task") in tasks}
        return lacks

    def tourism_routes(self):
        routes = [a["held_on"] for a in self.rows["activities"] if a["kind"] == "tourism_route" and not a.get("ended_on")]
        routes += [v.get("tourism_since") for v in self.rows["villages"] if not v.get("ended_on")]
        return set() if any(on and on <= self.today for on in routes) else {"tourism-route"}

    def inspections(self):
        return {"inspections"} if self.today.month >= 7 and not self.this_year("inspection") else set()

    # ---- single things: {code: what it lacks}

    def places(self):
        late = set()
        for commune in {v["commune"] for v in self.rows["villages"] if not v.get("ended_on")} & set(self.units):
            seen = [a["held_on"] for a in self.held("inspection", D.min, self.today) if commune in a.get("places", [])]
            if add_months(max(seen + [DECISION]), 24) < self.today:
                late.add(commune)
        return late

    def difficulties(self):
        return {d["code"] for d in self.rows["difficulties"] if not d.get("ended_on") and d.get("raised_on") and
                d["raised_on"] + 30 * DAY < self.today and not (d.get("answered_on") and d["answered_on"] <= self.today)}

    def zones(self):
        lacks = {}
        for z in self.rows["zones"]:
            if z.get("ended_on"):
                continue
            done = z.get("done_on") is not None and z["done_on"] <= self.today
            over = z.get("due_on") is not None and z["due_on"] < self.today
            planned, actual = z.get("planned_ha"), z.get("actual_ha")
            lacks[z["code"]] = {mark for mark, bad in (
                ("area", planned is not None and actual is not None and actual < planned and (done or over)),
                ("due", over and not done), ("certificate", done and not z.get("certificate"))) if bad}
        return {code: marks for code, marks in lacks.items() if marks}

    def without_zone(self):
        zones = [(z["material"], set(z.get("communes", []))) for z in self.rows["zones"] if not z.get("ended_on")]
        found = set()
        for v in self.rows["villages"]:
            if v.get("ended_on") or v["commune"] not in self.units:
                continue
            needed = next((m for word, m in MATERIALS.items() if word in (v.get("trade") or "").lower()), None)
            if needed and not any(v["commune"] in communes and any(m in material for m in needed)
                                  for material, communes in zones):
                found.add(v["commune"])
        return found

    def science_projects(self):
        """(those whose planned day is over, whether none was approved)"""
        mine = [p for p in self.rows["projects"] if p.get("task") == "science-technology" and not p.get("ended_on")]
        done = {p["code"] for p in mine if p.get("approved_on") and p["approved_on"] <= self.today}
        late = {p["code"] for p in mine if p["code"] not in done and p.get("planned_approval_on") and
                p["planned_approval_on"] < self.today}
        return late, not done

    # ---- single villages

    def training_unknown(self):
        found = set()
        for v in self.rows["villages"]:
            y = latest(self.years.get(v["code"], []), self.today, "workers")
            known = y is not None and y.get("workers_trained") is not None and self.today.year - y["year"] <= 2
            if lives(v, self.today) and v.get("kind") in ("village", "traditional_village") and not known:
                found.add(v["code"])
        return found

    def preservation(self):
        recognised = {c for r in self.rows["recognitions"] if not r.get("ended_on") and r["kind"] != "traditional_craft" and
                      r.get("status") in (None, "recognised") and
                      not (r.get("recognised_on") and r["recognised_on"] > self.today) and
                      not (r.get("valid_to") and r["valid_to"] < self.today) for c in r.get("villages", [])}
        lacks = {}
        for v in self.rows["villages"]:
            if not lives(v, self.today):
                continue
            plan, risk, marks = v.get("preservation_plan_on"), v.get("at_risk_since"), set()
            if risk and risk <= self.today and not (plan and plan <= self.today):
                marks.add("preservation-plan")
            years = [y for y in self.years.get(v["code"], []) if y.get("households") and y.get("craft_households") is not None]
            y = latest(years, self.today, "households")
            if v["code"] in recognised and y and 5 * y["craft_households"] < y["households"]:
                marks.add("criteria")
            lacks[v["code"]] = marks
        return {code: marks for code, marks in lacks.items() if marks}

    def renaming(self):
        places = {v["code"]: v for v in self.rows["villages"]}
        found = set()
        for r in self.rows["recognitions"] if self.today >= MERGED else ():
            first = places.get(r["villages"][0]) if r.get("villages") else None
            if r.get("ended_on") or r.get("status") not in (None, "recognised") or first is None or not first.get("old_commune"):
                continue
            if r.get("recognised_on") and r["recognised_on"] >= MERGED:
                continue
            now, then = self.units.get(first["commune"]), first["old_commune"]
            same = now and now[:1].lower() + now[1:] == then[:1].lower() + then[1:]
            renamed = r.get("renamed_on") and MERGED <= r["renamed_on"] <= self.today
            if now and not same and not renamed:
                found.add(r["code"])
        return found

    def surroundings(self, v):
        """What a village lacks besides papers and pipes: review, compliance, relocation, a treatment project."""
        marks = set()
        if v.get("reviewed_on") and v["reviewed_on"] <= self.today and add_months(v["reviewed_on"], 18) < self.today:
            marks.add("review")
        sums = self.listed_or_summed(v, self.today, lambda e: e.get("environment_compliant"), "establishments_compliant")
        if sums and sums[1] - sums[0] - sums[2] > 0:
            marks.add("compliance")
        for e in self.establishments_of(v, self.today):
            due = e.get("relocation_due_on")
            if e.get("relocation") == "required" and (due is None or due <= self.today + 180 * DAY):
                marks.add("relocation")
        projects = [p for p in self.rows["projects"] if p["kind"] == "treatment" and not p.get("ended_on") and
                    p.get("approved_on") and p["approved_on"] <= self.today and v["code"] in p.get("villages", [])]
        if v.get("pollution_risk") and not projects:
            marks.add("pollution-project")
        return marks


def trend(points, wanted, end, today, percent):
    """(pace now, pace needed, forecast, at risk); points: (day, value, share known), newest first, as fractions."""
    at = [Fraction(day.toordinal()) / Fraction(36525, 100) for day, _, _ in points]
    value = [v for _, v, _ in points]
    last = Fraction(end.toordinal()) / Fraction(36525, 100)
    now = needed = forecast = None
    if len(points) > 1 and at[0] - at[1] > Fraction(8, 100):
        now = (value[0] - value[1]) / (at[0] - at[1])
    if last > at[0] and today < end:
        needed = max(Fraction(0), (wanted - value[0]) / (last - at[0]))
    known = [c for _, _, c in points]
    if len(points) >= 3 and min(known) >= Fraction(4, 5) and max(known) - min(known) <= Fraction(1, 10):
        x, y = sum(at) / len(at), sum(value) / len(value)
        square = sum((a - x) ** 2 for a in at)
        if square:
            forecast = y + sum((a - x) * (v - y) for a, v in zip(at, value)) / square * (last - x)
            forecast = max(Fraction(0), min(forecast, Fraction(100)) if percent else forecast)
    if forecast is not None:
        risk = forecast < wanted
    else:
        risk = now is not None and needed is not None and needed > 0 and needed > 2 * now
    return now, needed, forecast, risk
