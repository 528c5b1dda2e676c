"""The plan worked out a second time, in Python, from rows as dictionaries: what the targets come to on a day and what
is found of single villages, products, rights and recognitions. Written from the decision's words and the readings of
plugins/*/README.md; it shares no code with the service. Days are datetime.date; None is unknown."""
import datetime
from fractions import Fraction

D = datetime.date
SHARES = {"effective": ("gt", 80, 90), "trained": ("ge", 80, 100), "ocop": ("ge", 50, 70), "ip": ("ge", 30, 50),
          "env-plan": ("eq", 100, 100), "env-group": ("eq", 100, 100), "env-infrastructure": ("eq", 100, 100),
          "env-compliance": ("eq", 100, 100)}
COUNTS = {"restored-crafts": (5, 10), "restored-villages": (5, 5), "tourism": (5, 9)}  # "khoảng 10": 9 is enough
BRANDS = ("geographical_indication", "collective_mark", "certification_mark", "trademark")
RATES = {"output-growth": (Fraction(9, 100), Fraction(9, 100)),  # "khoảng 10%": 9 is enough
         "income": (Fraction(3, 2), None)}                        # no target in 2030
COUNT_FROM = D(2022, 1, 1)
PLAN_YEARS = 5  # a plan without an end of its own


def add_months(day, n):
    """The day after a term of n months that began on the day: where the month is too short, the term fills it."""
    month = day.year * 12 + day.month - 1 + n
    try:
        return D(month // 12, month % 12 + 1, day.day)
    except ValueError:
        return D((month + 1) // 12, (month + 1) % 12 + 1, 1)


def lives(row, day):
    return row.get("ended_on") is None or row["ended_on"] > day


def latest(years, day, column):
    """The row of the latest year that is known on the day and says something in the column."""
    known = [y for y in years if y.get(column) is not None and D(y["year"], 1, 1) <= day and
             (y.get("figures_on") is None or y["figures_on"] <= day)]
    return max(known, key=lambda y: y["year"], default=None)


class Register:
    def __init__(self, rows):
        self.rows = {k: rows.get(k, []) for k in ("villages", "village_years", "establishments", "products", "ip_rights",
                                                  "recognitions")}
        self.years = {}
        for y in self.rows["village_years"]:
            self.years.setdefault(y["village"], []).append(y)

    # ---- one village

    def plan(self, v, day):
        """ok, lacks, unknown, expired or waiting."""
        state, kind = v.get("env_plan_state"), v.get("env_plan_type") or "plan"
        if kind != "plan" and state in (None, "approved"):
            return "lacks"
        if state == "approved" and v.get("env_plan_on") and v["env_plan_on"] > day:
            sent = v.get("env_plan_submitted_on")
            state = "submitted" if sent and sent <= day else "drafting"
        if state == "approved":
            end = v.get("env_plan_valid_to")
            if end is None and v.get("env_plan_on"):
                end = add_months(v["env_plan_on"], 12 * PLAN_YEARS) - datetime.timedelta(1)
            return "expired" if end and end < day else "ok"
        return {None: "unknown", "submitted": "waiting"}.get(state, "lacks")

    def group(self, v, day):
        if v.get("env_group") is None:
            return "unknown"
        began = v.get("env_group_on")
        return "ok" if v["env_group"] and not (began and began > day) else "lacks"

    def answer(self, v, column):
        return {None: "unknown", "no": "lacks"}.get(v.get(column), "ok")

    def infrastructure(self, v):
        all_three = [self.answer(v, c) for c in ("env_drainage", "env_wastewater", "env_solid_waste")]
        return "lacks" if "lacks" in all_three else "unknown" if "unknown" in all_three else "ok"

    def establishments_of(self, v, day):
        return [e for e in self.rows["establishments"] if e.get("village") == v["code"] and lives(e, day)]

    # ---- members: (good, all, unknown)

    def members(self, target, year, day):
        return getattr(self, target.replace("-", "_"))(year, day)

    def of_villages(self, judge, day, sites=False):
        states = [judge(v) for v in self.rows["villages"]
                  if lives(v, day) and (sites or v.get("kind") in ("village", "traditional_village"))]
        return states.count("ok"), len(states), states.count("unknown")

    def env_plan(self, year, day):
        return self.of_villages(lambda v: self.plan(v, day), day)

    def env_group(self, year, day):
        return self.of_villages(lambda v: self.group(v, day), day)

    def env_infrastructure(self, year, day):
        return self.of_villages(self.infrastructure, day)

    def listed_or_summed(self, v, day, good_of, column):
        """The list of establishments, unless it is shorter than the latest year's sum; None: nobody knows."""
        there = self.establishments_of(v, day)
        y = latest(self.years.get(v["code"], []), day, "establishments")
        if there and (y is None or len(there) >= y["establishments"]):
            states = [good_of(e) for e in there]
            return states.count(True), len(states), states.count(None)
        if y is None:
            return None
        total, good = y["establishments"], y.get(column)
        return (0, total, total) if good is None else (min(good, total), total, 0)

    def env_compliance(self, year, day):
        sums = [0, 0, 0]
        for v in self.rows["villages"]:
            if not lives(v, day):
                continue
            got = self.listed_or_summed(v, day, lambda e: e.get("environment_compliant"), "establishments_compliant")
            if got is None:
                y = latest(self.years.get(v["code"], []), day, "craft_households")
                n = y["craft_households"] if y else 0
                got = (0, n, n)
            sums = [a + b for a, b in zip(sums, got)]
        return tuple(sums)

    def effective(self, year, day):
        def judge(v):
            y = latest(self.years.get(v["code"], []), day, "effective")
            return "unknown" if y is None else "ok" if y["effective"] else "lacks"
        return self.of_villages(judge, day, sites=True)

    def trained(self, year, day):
        good = total = unknown = 0
        for v in self.rows["villages"]:
            y = latest(self.years.get(v["code"], []), day, "workers")
            if not lives(v, day) or y is None:
                continue
            total += y["workers"]
            if y.get("workers_trained") is None:
                unknown += y["workers"]
            else:
                good += min(y["workers_trained"], y["workers"])
        return good, total, unknown

    def certificate(self, product):
        """(first day, last day) of the certificate."""
        begin, end = product.get("certified_on"), product.get("valid_to")
        return begin, add_months(begin, 36) - datetime.timedelta(1) if begin and not end else end

    def has_ranked(self, establishment, day):
        """True, None (not known) or False."""
        answer = False
        for p in self.rows["products"]:
            if establishment["code"] not in p.get("establishments", []) or not lives(p, day):
                continue
            begin, end = self.certificate(p)
            stars = p.get("ocop_stars")
            valid = (begin is not None or end is not None) and (begin is None or begin <= day) and end >= day
            if stars is not None and stars < 3:
                continue
            if stars is not None and valid:
                return True
            nobody_says = stars is not None and begin is None and end is None
            if nobody_says or (stars is None and valid):
                answer = None
        return answer

    def ocop(self, year, day):
        good_of = lambda e: self.has_ranked(e, day)
        states = [good_of(e) for e in self.rows["establishments"] if e.get("village") is None and lives(e, day)]
        sums = [states.count(True), len(states), states.count(None)]
        for v in self.rows["villages"]:
            got = self.listed_or_summed(v, day, good_of, "establishments_ocop") if lives(v, day) else None
            sums = [a + b for a, b in zip(sums, got or (0, 0, 0))]
        return tuple(sums)

    def protected(self, v, year, day):
        makers = {e["code"] for e in self.rows["establishments"] if e.get("village") == v["code"]}
        made = {p["code"] for p in self.rows["products"] if makers & set(p.get("establishments", []))}
        for r in self.rows["ip_rights"]:
            end, ended, begin = r.get("valid_to"), r.get("ended_on"), r.get("granted_on")
            if year >= 2030 and r.get("form") not in BRANDS:
                continue
            if begin is None or begin > day or (end and end < day) or (ended and ended <= day):
                continue
            if v["code"] in r.get("villages", []) or made & set(r.get("products", [])):
                return True
        return False

    def ip(self, year, day, today):
        all_of = [v for v in self.rows["villages"] if lives(v, day) and v.get("kind") in ("village", "traditional_village")]
        good = sum(self.protected(v, year, day) for v in all_of)
        known = any(r.get("granted_on") and r["granted_on"] <= today for r in self.rows["ip_rights"])
        return good, len(all_of), 0 if known else len(all_of)

    def known(self, v, year, day):
        """The village's row of the year, if the day knows of it."""
        return next((y for y in self.years.get(v["code"], []) if y["year"] == year and D(year, 1, 1) <= day and
                     (y.get("figures_on") is None or y["figures_on"] <= day)), None)

    def output_growth(self, year, day):
        """Of the latest year for which half of the villages that gave any output gave both years at the same prices."""
        villages = [v for v in self.rows["villages"] if lives(v, day) and v.get("kind") in ("village", "traditional_village")]
        for now in range(year, 2019, -1):
            pairs = [(self.known(v, now - 1, day) or {}, self.known(v, now, day) or {}) for v in villages]
            pairs = [(a, b) for a, b in pairs if a.get("output_thousand") is not None or b.get("output_thousand") is not None]
            both = [(a["output_thousand"], b["output_thousand"]) for a, b in pairs if a.get("output_thousand") and
                    b.get("output_thousand") is not None and a.get("price_basis") == b.get("price_basis")]
            if both and 2 * len(both) >= len(pairs):
                before = sum(a for a, _ in both)
                return sum(b for _, b in both) - before, before, 0
        return 0, 0, 0

    def income(self, year, day):
        good = total = 0
        for v in self.rows["villages"]:
            base = (self.known(v, 2020, day) or {}).get("income_month_thousand")
            rows = [r for r in (self.known(v, y, day) for y in range(2021, year + 1)) if r and r.get("income_month_thousand")]
            if lives(v, day) and base and rows and rows[-1].get("workers"):
                good += rows[-1]["income_month_thousand"] * rows[-1]["workers"]
                total += base * rows[-1]["workers"]
        return good, total, 0

    def restored(self, craft, day):
        n = 0
        alive = [r for r in self.rows["recognitions"] if r.get("ended_on") is None]
        for r in alive:
            if (r["kind"] == "traditional_craft") != craft or r.get("status") not in (None, "recognised"):
                continue
            n += any(r.get(c) and COUNT_FROM <= r[c] <= day for c in ("restored_on", "recognised_on"))
        return n, int(bool(alive)), 0

    def restored_crafts(self, year, day):
        return self.restored(True, day)

    def restored_villages(self, year, day):
        return self.restored(False, day)

    def tourism(self, year, day):
        crafts = [r for r in self.rows["recognitions"] if r.get("ended_on") is None and r["kind"] == "traditional_craft"]
        crafts.sort(key=lambda r: r["code"])
        seen = set()
        for v in self.rows["villages"]:
            if lives(v, day) and v.get("tourism_since") and v["tourism_since"] <= day:
                craft = next((r["code"] for r in crafts if v["code"] in r.get("villages", [])), None)
                seen.add(("craft", craft) if craft else ("village", v["code"]))
        return len(seen), int(bool(self.rows["villages"])), 0

    # ---- the judgement

    def target(self, target, year, today):
        """(numerator, denominator, unknown, met in the worst case, met in the best case)"""
        day = min(D(year, 12, 31), today)
        good, total, unknown = (self.ip(year, day, today) if target == "ip" else self.members(target, year, day))
        which = 0 if year == 2025 else 1
        if target in RATES:
            enough = lambda n: total > 0 and Fraction(n, total) >= RATES[target][which]
        elif target in COUNTS:
            enough = lambda n: n >= COUNTS[target][which] * total
        else:
            comparator, value = SHARES[target][0], SHARES[target][1 + which]
            share = lambda n: Fraction(100 * n, total) if total else Fraction(0)
            enough = {"gt": lambda n: share(n) > value, "ge": lambda n: share(n) >= value,
                      "eq": lambda n: share(n) == value}[comparator]
        return good, total, unknown, enough(good), enough(good + unknown)

    def certificates(self, today):
        """{product: last day} of those that are told."""
        found = {}
        for p in self.rows["products"]:
            stars, (begin, end) = p.get("ocop_stars"), self.certificate(p)
            if stars is None or stars < 3 or p.get("ended_on") or (begin and begin > today):
                continue
            if end and add_months(end, 24) < today:
                continue
            found[p["code"]] = end
        return found

    def rights(self, today):
        return {r["no"]: r["valid_to"] for r in self.rows["ip_rights"] if r.get("valid_to") and not r.get("ended_on") and
                not (r.get("granted_on") and r["granted_on"] > today)}

    def recognitions(self, today):
        return {r["code"]: r["valid_to"] for r in self.rows["recognitions"] if r.get("valid_to") and not r.get("ended_on")
                and r.get("status") in (None, "recognised")}

    def village_lacks(self, v, today):
        """The marks of the papers that are missing or out of date."""
        states = {"env-plan": self.plan(v, today), "env-group": self.group(v, today),
                  "env-drainage": self.answer(v, "env_drainage"), "env-wastewater": self.answer(v, "env_wastewater"),
                  "env-solid-waste": self.answer(v, "env_solid_waste")}
        return {m for m, s in states.items() if s in ("lacks", "expired")}
