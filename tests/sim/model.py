#!/usr/bin/env python3
"""An independent model of the reminder policy.

Reads the case table (*.cases), simulates every case day by day and compares the
letters with those the case expects. It shares nothing with the engine but the
table and the prose: README.md says how a case is written and which reading was
taken where the prose leaves room (numbers in comments below: P = rule of the
policy, R = reading of README.md).

    python3 model.py [--print] [--case ID] FILE.cases...

Exit 1 if any case differs, 2 if a file cannot be read.
"""
import sys
from collections import Counter
from datetime import date, timedelta

DAY = timedelta(days=1)


# ---------------------------------------------------------------- the calendar

OFF = {
    2025: "01-01 01-27 01-28 01-29 01-30 01-31 04-07 04-30 05-01 05-02 09-01 09-02",
    2026: "01-01 02-16 02-17 02-18 02-19 02-20 04-27 04-30 05-01 08-31 09-01 09-02",
}
WORKED = {date(2025, 4, 26), date(2026, 8, 22)}
TET = {2023: "01-22", 2024: "02-10", 2025: "01-29", 2026: "02-17", 2027: "02-06",
       2028: "01-26", 2029: "02-13", 2030: "02-02", 2031: "01-23"}
HUNG = {2023: "04-29", 2024: "04-18", 2025: "04-07", 2026: "04-26", 2027: "04-16",
        2028: "04-04", 2029: "04-23", 2030: "04-12", 2031: "04-02"}


def month_day(year, text):
    return date(year, int(text[:2]), int(text[3:]))


def days_off(year, cache={}):
    """The days off of a year: as announced, else provisional (P12)."""
    if year not in cache:
        if year in OFF:
            off = {month_day(year, t) for t in OFF[year].split()}
        else:
            neighbour = date(year, 9, 1)
            if neighbour.weekday() >= 5:
                neighbour = date(year, 9, 3)
            off = {date(year, 1, 1), date(year, 4, 30), date(year, 5, 1), date(year, 9, 2),
                   neighbour}
            if year in TET:
                tet = month_day(year, TET[year])
                off |= {tet + n * DAY for n in range(-1, 4)}
                off.add(month_day(year, HUNG[year]))
        cache[year] = off
    return cache[year]


def is_workday(day):
    if day in WORKED:
        return True
    return day.weekday() < 5 and day not in days_off(day.year)


def on_or_before(day):
    while not is_workday(day):
        day -= DAY
    return day


def on_or_after(day):
    while not is_workday(day):
        day += DAY
    return day


def add_workdays(day, n):
    for _ in range(n):
        day = on_or_after(day + DAY)
    return day


def first_of_month(year, month):
    return on_or_after(date(year, month, 1))


def first_of_week(day):
    """The first working day of the week that holds day: Monday, else the next working day."""
    return on_or_after(day - day.weekday() * DAY)


def is_low_day(day):
    """P15: days on which a low matter may go by itself."""
    return day in (first_of_week(day), first_of_month(day.year, day.month))


def months_between(first, last):
    """Every (year, month) from the month of first to the month of last."""
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        yield year, month
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def a_year_later(day):
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return date(day.year + 1, 2, 28)


# ---------------------------------------------------------------- the case table

DEFAULTS = {
    "yearly_report": [30, 14, 7, 3, 1, 0], "yearly_count": [120, 60, 30, 7],
    "quarterly_count": [30, 10, 0], "conference": [180, 90, 30, 7], "expiry": [180, 90, 30],
    "overdue_workdays": [1, 4, 7, 10], "overdue_weeks": 4, "lapse_days": 90,
    "first_told_workdays": 3, "start_spread_workdays": 5, "worse_points": 1,
    "unknown_months": [1, 4, 7, 10, 11], "protected_steps": [3, 1, 0],
}
FACTS = {
    "due": {"unit", "duty", "period", "last", "cadence", "done", "document_no"},
    "missing": {"subject", "place", "lead", "legal", "lacks", "unknown", "cadence"},
    "target": {"unit", "coord", "year", "status", "n", "d"},
    "expiry": {"place", "lead", "valid_to"},
}
CADENCES = {"yearly-report", "yearly-count", "quarterly-count", "conference", "once"}
STATUSES = {"met", "on_track", "at_risk", "short", "missed", "unknown"}


def value_of(key, text):
    """A fact's value: dates and numbers are converted, everything else stays text."""
    if key in ("last", "done", "valid_to", "until", "ends"):
        return date.fromisoformat(text)
    if key in ("lacks", "unknown", "n", "d", "year"):
        return int(text)
    if key == "coord":
        return text.split(",")
    if key in ("place", "lead") and text == "-":
        return None
    if key == "cadence" and text not in CADENCES or key == "status" and text not in STATUSES:
        raise ValueError(f"{key}={text}")
    return text


def pairs(tokens, allowed):
    facts = {}
    for token in tokens:
        key, equals, text = token.partition("=")
        if not equals or key not in allowed:
            raise ValueError(token)
        facts[key] = value_of(key, text)
    return facts


class Case:
    def __init__(self, name, title):
        self.name, self.title = name, title
        self.settings = dict(DEFAULTS)
        self.golive = date(2023, 1, 2)
        self.units = {}      # code -> (last day it lives, [successors])
        self.findings = {}   # name -> (kind, facts at the beginning)
        self.events = []     # (day, name, words)
        self.off = []        # (first, last)
        self.runs = []       # (first, last)
        self.expected = []   # (what, day, unit, items)
        self.none = False

    def line(self, words):
        head, rest = words[0], words[1:]
        if head == "set":
            many = isinstance(DEFAULTS[rest[0]], list)
            self.settings[rest[0]] = [int(n) for n in rest[1].split(",")] if many else int(rest[1])
        elif head == "golive":
            self.golive = date.fromisoformat(rest[0])
        elif head == "unit":
            facts = pairs(rest[1:], {"ends", "successor"})
            self.units[rest[0]] = (facts.get("ends"), facts.get("successor", "").split("|"))
        elif head in FACTS:
            if rest[0] in self.findings:
                raise ValueError(rest[0] + " twice")
            self.findings[rest[0]] = (head, pairs(rest[1:], FACTS[head]))
        elif head == "on":
            self.event(date.fromisoformat(rest[0]), rest[1], rest[2:])
        elif head in ("off", "run"):
            if rest[1] != "..":
                raise ValueError("FIRST .. LAST is expected")
            span = date.fromisoformat(rest[0]), date.fromisoformat(rest[2])
            (self.off if head == "off" else self.runs).append(span)
        elif head in ("letter", "receipt", "withdrawn"):
            items = tuple(sorted(rest[2:]))
            if (head == "withdrawn") != (not items):
                raise ValueError("items")
            self.expected.append((head, date.fromisoformat(rest[0]), rest[1], items))
        elif head == "none":
            self.none = True
        else:
            raise ValueError(head)

    def event(self, day, name, words):
        if name == "plugin" and words[0] in ("fails", "works", "off"):
            pass
        elif name == "mail" and words[0] in ("stuck", "works") and len(words) == 2:
            pass
        elif name not in self.findings:
            raise ValueError(name)
        elif words[0] in ("snooze", "extend"):
            words = [words[0], pairs(words[1:], {"until"})["until"]]
        elif words[0] not in ("appears", "gone", "ended", "ack", "unsnooze", "unsubmit",
                              "dispute"):
            words = ["facts", pairs(words, FACTS[self.findings[name][0]])]
        self.events.append((day, name, words))


def refuse(message):
    print(message, file=sys.stderr)
    sys.exit(2)


def read_cases(file):
    cases, case = [], None
    try:
        lines = open(file, encoding="utf-8").read().splitlines()
    except (OSError, UnicodeDecodeError) as e:
        refuse(f"{file}: {e}")
    for number, text in enumerate(lines, 1):
        words = text.partition("#")[0].split()
        try:
            if not words:
                continue
            if words[0] == "case":
                if case:
                    raise ValueError("case without end")
                case = Case(words[1], " ".join(words[2:]))
            elif words[0] == "end":
                if case.none and case.expected or not case.runs:
                    raise ValueError("none with letters, or nothing run")
                cases.append(case)
                case = None
            else:
                case.line(words)
        except (ValueError, KeyError, IndexError, AttributeError) as e:
            refuse(f"{file}:{number}: {e!r}: {text.strip()}")
    if case:
        refuse(f"{file}: case {case.name} has no end")
    return cases


# ---------------------------------------------------------------- alerts

class Step:
    """One named day. Event steps are news: they go before periodic ones and are never skipped."""

    def __init__(self, name, day, *, key=None, urgent=False, event=False, kept=False,
                 start=None, rides_only=False):
        self.name, self.day, self.key = name, day, key or name
        self.urgent, self.event, self.kept = urgent, event, kept
        self.start = start            # P2: the day it may go by itself
        self.rides_only = rides_only


class Telling:
    """One step of one alert in one letter to one unit."""

    def __init__(self, unit, step, day, facts):
        self.unit, self.key, self.name, self.day = unit, step.key, step.name, day
        self.size = facts.get("n"), facts.get("d")
        self.void = False  # told before an extension moved its day into the future (R14)


class Alert:
    def __init__(self, name, kind, facts, day):
        self.name, self.kind, self.facts = name, kind, facts
        self.state = "open"     # open done resolved ended withdrawn
        self.closed_on = None
        self.status = None
        self.since = day        # the day the present status began
        self.seq = 0            # changes of status so far
        self.found = None       # the day it was first seen missing
        self.was_missing = False  # before it became unknown
        self.ack = self.snoozed_until = None
        self.tellings = []
        self.returned = set()   # (unit, key) of steps whose letter nobody accepted (P1)
        self.passed = set()     # steps told or passed over before an extension (R14)


class Letter:
    def __init__(self, kind, day, unit, content):
        self.kind, self.day, self.unit, self.content = kind, day, unit, content
        self.accepted = False   # content: list of (alert, telling); receipts have no telling


class Simulation:
    def __init__(self, case):
        self.case, self.set = case, case.settings
        self.world = {name: dict(facts) for name, (_, facts) in case.findings.items()}
        late = {name for _, name, words in case.events if words[0] == "appears"}
        self.reported = set(self.world) - late
        self.gone = set()
        self.ended_subjects = set()
        self.plugin = "works"
        self.stuck = set()
        self.alerts = {}
        self.receipts = []      # alerts whose receipt is still to be sent
        self.waiting = []       # letters nobody has accepted
        self.log = []           # (what, day, unit, items)
        # P2: the first check since go-live; before the first run the machine was there all along
        self.started = case.golive if case.golive < case.runs[0][0] else None
        self.horizon = max(last for _, last in case.runs)
        self.extended = {}      # name -> new last day

    # ---- units

    def living(self, unit, day):
        """Who answers for a unit on a day (P16); None: nobody known."""
        while unit in self.case.units:
            ends, successors = self.case.units[unit]
            if ends is None or day <= ends:
                return unit
            if len(successors) != 1 or not successors[0]:
                return None     # no successor, or split without a rule
            unit = successors[0]
        return unit

    def addressees(self, alert, day):
        """The living units an alert is told to, each once; the lead's role wins."""
        facts, roles = alert.facts, []
        if alert.kind in ("due", "target"):
            roles.append((facts["unit"], "lead"))
            roles += [(u, "coordinating") for u in facts.get("coord", [])]
        else:
            roles += [(facts.get("lead"), "lead"), (facts.get("place"), "place")]
        found = {}
        for unit, role in roles:
            unit = unit and self.living(unit, day)
            if unit:
                found.setdefault(unit, role)
        return found

    def told(self, alert, unit, day):
        """What was told to the unit, or to those it follows (P16)."""
        return [t for t in alert.tellings if self.living(t.unit, day) == unit]

    # ---- the steps of an alert

    def last_day(self, alert):
        return self.extended.get(alert.name, alert.facts["last"])

    def step_days(self, facts):
        return self.set[facts.get("cadence", "yearly-report").replace("-", "_")]

    def first_step_day(self, facts, last):
        return on_or_before(last - max(self.step_days(facts)) * DAY)

    def lapsed(self, alert, day):
        """P5: over after lapse_days, or with the first step of the duty's next period."""
        facts = alert.facts
        if day > self.last_day(alert) + self.set["lapse_days"] * DAY:
            return True
        ends = []
        if facts.get("cadence") != "quarterly-count":
            ends.append(self.first_step_day(facts, a_year_later(facts["last"])))
            for other in self.world.values():
                if (other.get("duty"), other.get("unit")) == (facts["duty"], facts["unit"]) \
                        and other["last"] > facts["last"]:
                    ends.append(self.first_step_day(other, other["last"]))
        return any(self.last_day(alert) < end <= day for end in ends)

    def due_steps(self, alert):
        facts, last = alert.facts, self.last_day(alert)
        steps = [Step(f"before-{n}", on_or_before(last - n * DAY), urgent=True,
                      kept=n in self.set["protected_steps"])
                 for n in sorted(self.step_days(facts), reverse=True)]
        overdue = []
        collected = self.collected_on(facts)
        if facts.get("cadence") == "quarterly-count":
            overdue.append(Step("overdue-1", add_workdays(last, 1), kept=True))
        elif collected:   # P13: the collector has reported, only the monthly steps are left
            overdue += self.monthly("overdue-m", max(collected, last))
        else:
            counts = self.set["overdue_workdays"]
            for n in counts:
                overdue.append(Step(f"overdue-{n}", add_workdays(last, n), kept=n == counts[0]))
            base = after = overdue[-1].day
            for k in range(1, self.set["overdue_weeks"] + 1):
                after = on_or_after(base + 7 * k * DAY)
                overdue.append(Step(f"overdue-w{k}", after))
            overdue += self.monthly("overdue-m", after)
        for step in overdue:
            step.urgent = True
        return steps + [s for s in overdue if not self.lapsed(alert, s.day)]

    def collected_on(self, facts):
        """P13: the day R2 of the same period was seen done, for a debtor of R1."""
        for other in self.alerts.values():
            if facts["duty"] == "R1" and other.kind == "due" and other.state == "done" \
                    and (other.facts["duty"], other.facts["period"]) == ("R2", facts["period"]):
                return other.closed_on
        return None

    def monthly(self, prefix, after, months=range(1, 13), strictly=True):
        """The first working days of months that lie after a day (or on it)."""
        steps = []
        for year, month in months_between(after, self.horizon):
            day = first_of_month(year, month)
            if month in months and (day > after or day == after and not strictly):
                steps.append(Step(f"{prefix}{year}-{month:02d}", day))
        return steps

    def quarterly(self, after):
        steps = []
        for year, month in months_between(after, self.horizon):
            day = first_of_month(year, month)
            if month % 3 == 0 and day > after:
                steps.append(Step(f"quarter-{year}-Q{month // 3}", day))
        return steps

    def start_day(self, unit):
        """P2: the working day on which the unit's first list may go by itself."""
        number = sum(unit.encode()) % self.set["start_spread_workdays"]
        return add_workdays(on_or_after(self.started), number)

    def missing_steps(self, alert, unit):
        found = alert.found
        if found <= self.started:
            start = self.start_day(unit)
            first = Step("first", self.started, start=start)
        else:
            earliest = start = add_workdays(found, self.set["first_told_workdays"])
            while start < earliest or start != first_of_week(start):
                start += DAY
            first = Step("first", start)
        told = min((t.day for t in alert.tellings if t.unit == unit), default=start)
        gap = add_workdays(max(start, told), 5) - DAY   # R31: not again within a working week
        after = max(gap, alert.since)
        once = alert.facts.get("cadence") == "once"
        return [first] + (self.quarterly(after) if once else self.monthly("month-", after))

    def unknown_steps(self, alert, unit, day):
        months = self.set["unknown_months"]
        if alert.since <= self.started:
            start = self.start_day(unit)
            return [Step("unknown-start", self.started, start=start)] \
                + self.monthly("unknown-", start, months)
        lost = []
        if alert.was_missing and any(t.day <= alert.since and not t.name.startswith("unknown")
                                     for t in self.told(alert, unit, day)):
            lost.append(Step("lost", alert.since, key=f"lost#{alert.seq}", kept=True,
                             rides_only=True))
        return lost + self.monthly("unknown-", alert.since, months, strictly=False)

    def expiry_steps(self, alert):
        return [Step(f"expires-{n}", on_or_before(alert.facts["valid_to"] - n * DAY), urgent=True)
                for n in sorted(self.set["expiry"], reverse=True)]

    def target_steps(self, alert, unit, role):
        """P9. The news (status-S) is listed first; decide() prefers events."""
        facts, status, start, after = alert.facts, alert.status, None, alert.since
        if alert.since <= self.started:
            start = self.start_day(unit)
            after = start
        news = Step(f"status-{status}", max(alert.since, self.started), event=True, kept=True,
                    key=f"status-{status}#{alert.seq}", start=start)
        if status == "missed":
            return [news]
        year = facts["year"]
        periodic = [s for s in self.quarterly(after)
                    if role == "coordinating" or (s.day.year, s.day.month) != (year, 12)]
        if role != "coordinating":
            periodic += [s for s in self.monthly("month-", after, (10, 11, 12))
                         if s.day.year == year]
        return [news] + sorted(periodic, key=lambda s: s.day)

    def worse(self, alert, unit, day):
        """P9: a whole thing lost and at least worse_points, since the last letter about it."""
        told = [t for t in self.told(alert, unit, day) if None not in t.size]
        if not told or alert.status not in ("at_risk", "short"):
            return False
        (n0, d0), n, d = told[-1].size, alert.facts["n"], alert.facts["d"]
        return n <= n0 - 1 and d > 0 and d0 > 0 \
            and 100 * (n0 * d - n * d0) >= self.set["worse_points"] * d0 * d

    def steps(self, alert, unit, role, day):
        if alert.kind == "due":
            return [] if self.lapsed(alert, day) else self.due_steps(alert)
        if alert.status == "unknown":
            return [] if role == "coordinating" else self.unknown_steps(alert, unit, day)
        if alert.status == "expiring":
            return self.expiry_steps(alert)
        if alert.kind == "target":
            return self.target_steps(alert, unit, role)
        return self.missing_steps(alert, unit)

    def decide(self, alert, unit, role, day):
        """The step that is due towards the unit today, or None."""
        if alert.snoozed_until and day < alert.snoozed_until:
            return None
        steps = self.steps(alert, unit, role, day)
        if alert.ack:   # P20: of the later steps every second is left out, beginning with the first
            first = min((t.day for t in alert.tellings if t.unit == unit and not t.void),
                        default=date.max)   # R34: nothing is left out before it
            later = [s for s in steps if s.day >= alert.ack and s.day > first and not s.kept]
            steps = [s for s in steps if s not in later[::2]]
        if alert.kind == "due" and day > self.last_day(alert):
            steps = [s for s in steps if not s.name.startswith("before-")]
        told = {t.key for t in self.told(alert, unit, day) if not t.void} | alert.passed
        for step in steps:
            if step.event and step.day <= day and step.key not in told:
                return step
        if role != "coordinating" and self.worse(alert, unit, day):
            return Step("worse", day, event=True)
        news = max((t.day for t in self.told(alert, unit, day)), default=date.min)
        steps = [s for s in steps if not s.event
                 and (alert.kind != "target" or s.day > news or s.key in told)]
        while steps and steps[-1].key not in told and steps[-1].day > day:
            steps.pop()   # not yet; a told one stays, for a clock that was set back (P22)
        if steps and steps[-1].key not in told:
            return steps[-1]
        return None

    # ---- the check at 06:00

    def status_of(self, kind, facts, day):
        if kind == "missing":
            if facts.get("lacks", 0) > 0:
                return "missing"
            return "unknown" if facts.get("unknown", 0) > 0 else "ok"
        if kind == "expiry":
            if day > facts["valid_to"]:
                return "missing"
            first = on_or_before(facts["valid_to"] - max(self.set["expiry"]) * DAY)
            return "expiring" if day >= first else "ok"
        return "ok" if facts["status"] in ("met", "on_track") else facts["status"]

    def check(self, day):
        if self.started is None and day >= self.case.golive:
            self.started = day
        if self.plugin == "off":
            for alert in self.alerts.values():
                if alert.state == "open":
                    alert.state = "withdrawn"
        if self.plugin == "works":
            for name, (kind, _) in self.case.findings.items():
                if name in self.reported:
                    (self.check_due if kind == "due" else self.check_thing)(name, kind, day)
                elif name in self.gone and kind != "due":
                    self.lose(self.alerts.get(name), day)
        for letter in list(self.waiting):   # P1: at once when all its items ended
            if all(t and t.name not in ("resolved", "ended") and not self.is_open(a, day)
                   for a, t in letter.content):
                self.withdraw(letter, day)

    @staticmethod
    def lose(alert, day):
        """P8: its row was removed: not known to be mended, so unknown from now on."""
        if alert and alert.state == "open" and alert.status != "unknown":
            alert.was_missing = alert.status != "expiring"
            alert.status, alert.since = "unknown", day
            alert.seq += 1

    def is_open(self, alert, day):
        return alert.state == "open" and not (alert.kind == "due" and self.lapsed(alert, day))

    def check_due(self, name, kind, day):
        alert, facts = self.alerts.get(name), dict(self.world[name])
        last = self.extended.get(name, facts["last"])
        if not alert:
            if not facts.get("done") and self.case.golive <= min(day, last) \
                    and day >= self.first_step_day(facts, last) and name not in self.ended_subjects:
                self.alerts[name] = Alert(name, kind, facts, day)
            return
        was_open = self.is_open(alert, day)
        alert.facts = facts
        if name in self.ended_subjects:
            self.close(alert, "ended", day)
        elif facts.get("done"):
            if was_open:
                self.close(alert, "done", day)
                self.receipts.append(alert)
        elif alert.state in ("done", "withdrawn"):
            alert.state = "open"
            self.receipts = [a for a in self.receipts if a is not alert]

    def check_thing(self, name, kind, day):
        alert, facts = self.alerts.get(name), dict(self.world[name])
        status = self.status_of(kind, facts, day)
        if name in self.ended_subjects:
            if alert:
                self.close(alert, "ended", day)
            return
        if status == "ok":
            if alert:
                alert.facts = facts
                self.close(alert, "resolved", day)
            return
        if kind == "target" and facts["d"] == 0 and not alert:
            return   # P17: its cause, an empty register, is told by itself
        if not alert or alert.state in ("resolved", "ended"):
            alert = self.alerts[name] = Alert(name, kind, facts, day)   # a new life
        alert.state, alert.facts = "open", facts
        if status != alert.status:
            if status == "missing" and not any(t.name == "first" for t in alert.tellings):
                alert.found = day
            alert.was_missing = alert.status not in (None, "unknown", "expiring")
            alert.status, alert.since = status, day
            alert.seq += 1

    def close(self, alert, state, day):
        if alert.state == "open":
            alert.state, alert.closed_on = state, day

    # ---- by hand

    def by_hand(self, day, name, words):
        alert = self.alerts.get(name)
        if words[0] == "extend":
            self.extended[name] = words[1]
            if alert:
                self.reopen_steps(alert, day)
        elif not alert:
            return
        elif words[0] in ("ack", "dispute"):   # R32
            alert.ack = day
        elif words[0] == "unsnooze":
            alert.snoozed_until = None
        elif words[0] == "snooze":
            alert.snoozed_until = words[1]
            if alert.kind == "due":
                alert.snoozed_until = min(words[1], self.last_day(alert) - DAY)

    def reopen_steps(self, alert, day):
        """R14: after an extension the steps whose new day is still to come are open again."""
        steps = self.due_steps(alert)
        told = {t.key for t in alert.tellings if not t.void}
        last = max((i for i, s in enumerate(steps) if s.key in told), default=-1)
        alert.passed |= {s.key for s in steps[:last + 1] if s.day <= day}
        ahead = {s.key for s in steps if s.day > day}
        for telling in alert.tellings:
            telling.void = telling.void or telling.key in ahead

    # ---- the sending at 08:00

    def withdraw(self, letter, day):
        """P1: its notices are pending again."""
        self.waiting.remove(letter)
        self.log.append(("withdrawn", day, letter.unit, ()))
        for alert, telling in letter.content:
            if telling:
                alert.tellings.remove(telling)
                alert.returned.add((letter.unit, telling.key))
            elif alert.state == "done":
                self.receipts.append(alert)

    def units_of(self, day):
        units = {letter.unit for letter in self.waiting}
        for alert in self.alerts.values():
            units |= set(self.addressees(alert, day))
        return sorted(units)

    def riders(self, alert, unit, day):
        """News of a closed or moved alert for a unit that was told about it."""
        told = self.told(alert, unit, day)
        names = {t.name for t in told if t.unit == unit}
        if not told:
            return []
        if alert.state in ("resolved", "ended") and alert.state not in names:
            return [Step(alert.state, alert.closed_on, rides_only=True)]
        if self.is_open(alert, day) and not names:
            snoozed = alert.snoozed_until and day < alert.snoozed_until
            return [] if snoozed else [Step("inherited", day)]
        return []

    def may_cause(self, alert, step, unit, day):
        """P15: whether a low step may cause a letter by itself today."""
        if step.name == "resolved" and alert.kind == "missing":   # P19: the list became empty
            return is_low_day(day) and not any(
                a.kind == "missing" and a.state == "open" and unit in self.addressees(a, day)
                for a in self.alerts.values())
        if step.rides_only:
            return False
        if (unit, step.key) in alert.returned:   # it had its day, in a letter nobody accepted
            return True
        if step.start:
            return day >= step.start
        return is_low_day(day)

    def compose(self, unit, day):
        due = []
        for alert in self.alerts.values():
            role = self.addressees(alert, day).get(unit)
            if not role:
                continue
            step = self.decide(alert, unit, role, day) if alert.state == "open" else None
            due += [(alert, s) for s in ([step] if step else []) + self.riders(alert, unit, day)]
        if any(s.urgent for _, s in due):
            return due
        if any(self.may_cause(a, s, unit, day) for a, s in due):
            return [(a, s) for a, s in due if not (s.start and day < s.start)]
        return []

    def send(self, day, units):
        for unit in units:
            for letter in [w for w in self.waiting if w.unit == unit]:
                self.withdraw(letter, day)
            for alert in list(self.receipts):
                if unit in self.addressees(alert, day):
                    self.receipts.remove(alert)
                    self.queue(Letter("receipt", day, unit, [(alert, None)]), (alert.name,))
            items = self.compose(unit, day)
            if items:
                content = []
                for alert, step in items:
                    telling = Telling(unit, step, day, alert.facts)
                    alert.tellings.append(telling)
                    content.append((alert, telling))
                names = tuple(sorted(f"{a.name}/{s.name}" for a, s in items))
                self.queue(Letter("letter", day, unit, content), names)

    def queue(self, letter, names):
        self.log.append((letter.kind, letter.day, letter.unit, names))
        if letter.unit in self.stuck:
            self.waiting.append(letter)

    def cannot_wait(self, unit, day):
        """P15: a missed step whose last day would be over at the next sending time."""
        next_sending = on_or_after(day + DAY)
        for alert in self.alerts.values():
            role = self.addressees(alert, day).get(unit)
            if role and self.is_open(alert, day) and alert.kind in ("due", "expiry"):
                step = self.decide(alert, unit, role, day)
                last = self.last_day(alert) if alert.kind == "due" else alert.facts["valid_to"]
                if step and step.urgent and step.day < day <= last < next_sending:
                    return True
        return False

    # ---- a day

    def apply(self, day, name, words, after_check):
        """Facts are seen by the day's check; what people do comes after it."""
        hand = words[0] in ("ack", "dispute", "snooze", "unsnooze", "extend")
        if hand != after_check:
            return
        if hand:
            self.by_hand(day, name, words)
        elif name == "plugin":
            self.plugin = words[0]
        elif name == "mail":
            (self.stuck.add if words[0] == "stuck" else self.stuck.discard)(words[1])
        elif words[0] == "appears":
            self.reported.add(name)
        elif words[0] == "gone":
            self.reported.discard(name)
            self.gone.add(name)
        elif words[0] == "ended":
            self.ended_subjects.add(name)
        elif words[0] == "unsubmit":
            self.world[name]["done"] = None
        else:
            self.world[name].update(words[1])

    def run(self):
        events = sorted(self.case.events, key=lambda e: e[0])
        for first, last in self.case.runs:
            day = first
            while day <= last:
                if not any(a <= day <= b for a, b in self.case.off):
                    today = [e for e in events if e[0] <= day]
                    events = events[len(today):]
                    for e in today:
                        self.apply(*e, after_check=False)
                    self.check(day)
                    for e in today:
                        self.apply(*e, after_check=True)
                    if day >= self.case.golive:
                        units = self.units_of(day)
                        if not is_workday(day):
                            units = [u for u in units if self.cannot_wait(u, day)]
                        self.send(day, units)
                day += DAY
        return self.log


# ---------------------------------------------------------------- main

def show(entry):
    what, day, unit, items = entry
    return " ".join([what, str(day), unit, *items])


def main(arguments):
    printing = "--print" in arguments
    only = None
    if "--case" in arguments:
        only = arguments.pop(arguments.index("--case") + 1)
    files = [a for a in arguments if not a.startswith("--")]
    if not files:
        refuse(__doc__)
    count, bad, seen = 0, 0, set()
    for file in files:
        for case in read_cases(file):
            if case.name in seen:
                refuse(f"{file}: case {case.name} is there twice")
            seen.add(case.name)
            if only and case.name != only:
                continue
            count += 1
            log = Simulation(case).run()
            if printing:
                print(f"{case.name}: {case.title}")
                for entry in sorted(log, key=lambda e: (e[1], e[2], e[0])):
                    print("  " + show(entry))
            actual, expected = Counter(log), Counter(case.expected)
            if actual != expected:
                bad += 1
                print(f"{file}: case {case.name} ({case.title}) differs")
                for entry in sorted((expected - actual).elements(), key=lambda e: e[1]):
                    print("  expected, not sent:  " + show(entry))
                for entry in sorted((actual - expected).elements(), key=lambda e: e[1]):
                    print("  sent, not expected:  " + show(entry))
    print(f"{count} cases, {bad} differ")
    return 1 if bad or not count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
