#!/usr/bin/python3
"""What the decision leaves open (domain notes §1.5) is a setting of the plan, and flipping it changes a
letter: for each, the letters of a few days with the shipped plan and with the flipped one, and what is
said in one and not in the other. Readings about targets that no plugin judges yet come with their
plugin."""
import csv
import email
import email.policy
import os
import re
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from province import Province, Report, ROOT  # noqa: E402

PLAN = os.path.join(ROOT, "conf", "plan-thanh-hoa.conf")


class Case:
    """change: lines of the plan, from and to. unit's letters between the days say `before` with the
    shipped plan and `after` with the flipped one, and neither says the other's; '' : there is no such
    letter at all, only where the other has one."""

    def __init__(self, name, change, days, unit, before, after, live=None):
        self.name, self.change, self.days, self.unit = name, change, days, unit
        self.before, self.after, self.live = before, after, live or days[0]


def rows(kind):
    with open(os.path.join(ROOT, "conf", "sample", kind + ".csv"), encoding="utf-8-sig") as f:
        return list(csv.DictReader(f))


def of(kinds_or_codes):
    """How a letter writes that so many làng nghề are counted in H1."""
    return f"/{len(kinds_or_codes)} làng nghề)"


KINDS_OF = {r["code"]: r["kind"] for r in rows("villages")}
KINDS_OF["TH-9001"] = "village"  # EXTRA
both = [c for c, kind in KINDS_OF.items() if kind in ("village", "traditional_village")]
villages = [c for c, kind in KINDS_OF.items() if kind == "village"]
named = {c for r in rows("recognitions") if r["status"] == "recognised" for c in r["villages"].split("|")}
recognised = [c for c in both if c in named]
# In the sample every approved plan says until when it is valid: one that does not.
EXTRA = """code,name,kind,commune,env_plan_state,env_plan_type,env_plan_on,env_group,env_drainage,env_wastewater,\
env_solid_waste,pollution_risk,reviewed_on,source
TH-9001,Làng nghề thử (mô phỏng),village,xa-15520,approved,plan,2022-06-01,yes,na,na,na,no,2026-07-09,mô phỏng
"""


def reading(name, old, new):
    return [(rf"^\t{name} = {old};", f"\t{name} = {new};")]


DECEMBER = ("2026-11-27", "2026-12-08")
SHORT = ("2026-03-02", "2026-03-09")
START = ("2026-11-02", "2026-11-09")
CASES = [
    Case("no 1: 'trước ngày 05 tháng 12' takes in the 5th", reading("deadline_inclusive", "false", "true"),
         DECEMBER, "so-khcn", "Hạn cuối: thứ Sáu, 04/12/2026", "Hạn cuối: thứ Bảy, 05/12/2026"),
    Case("no 2: a last day on a weekend moves to Monday", reading("weekend_deadline_rolls", "false", "true"),
         ("2027-11-26", "2027-12-07"), "so-khcn", "Hạn cuối: thứ Bảy, 04/12/2027", "Hạn cuối: thứ Hai, 06/12/2027"),
    Case("no 4: the first cycle of reports", reading("first_cycle", "2023", "2022"),
         ("2022-11-29", "2022-12-05"), "so-khcn", "", "Kế hoạch năm 2022"),
    Case("no 5: the communes report too", reading("communes_report", "false", "true"),
         DECEMBER, "xa-15505", "", "reporting/unit-report/unit:xa-15505/2026"),
    Case("no 16: làng nghề truyền thống are làng nghề", reading("traditional_villages_count", "true", "false"),
         SHORT, "so-nnmt", of(both), of(villages)),
    Case("no 17: recognised villages only", reading("recognised_only", "false", "true"),
         SHORT, "so-nnmt", of(both), of(recognised)),
    Case("no 17: an older commitment counts", reading("commitment_counts", "false", "true"),
         START, "xa-15853", "chưa có phương án bảo vệ môi trường", "chưa có tổ chức tự quản về bảo vệ môi trường"),
    Case("no 17: an older scheme counts", reading("scheme_counts", "false", "true"),
         START, "xa-15349", "1 chưa có phương án bảo vệ môi trường", "chưa có tổ chức tự quản về bảo vệ môi trường"),
    Case("no 17: years after which a plan is drawn up again", reading("plan_valid_years", "5", "4"),
         START, "xa-15520", "", "phương án BVMT đã hết hạn"),
    Case("no 21: until when figures of the target year are taken", [
             (r"^\tclose_on_month = 3;", "\tclose_on_month = 5;")],
         ("2026-03-31", "2026-04-10"), "so-nnmt", "[KHÔNG ĐẠT]", "", live="2026-03-02"),
    Case("no 11: months after which nobody's review is stale", reading("reviewed_within_months", "18", "30"),
         START, "xa-15349", "chưa được rà soát hồ sơ môi trường theo kỳ", "chưa có tổ chức tự quản về bảo vệ môi trường"),
    Case("no 22: the collector reports to itself", reading("collector_reports", "false", "true"),
         DECEMBER, "so-nnmt", "", "reporting/unit-report/unit:so-nnmt/2026"),
    Case("no 22: who is bound by khoản 1 Điều 2 is a list", [
             (r'owed_by = \["@reporting"\]; collector', 'owed_by = ["so-khcn"]; collector')],
         DECEMBER, "so-taichinh", "reporting/unit-report/unit:so-taichinh/2026", ""),
    Case("no 21: the reports end earlier", [(r"^\tfirst_year = 2022; last_year = 2030;", "\tfirst_year = 2022; last_year = 2025;")],
         DECEMBER, "so-khcn", "reporting/unit-report/unit:so-khcn/2026", ""),
    Case("the unit of H1-H4", [(r'task = "environment"; unit = "so-tnmt";', 'task = "environment"; unit = "so-congthuong";')],
         SHORT, "so-congthuong", "", "Vai trò của quý đơn vị: đơn vị chủ trì"),
]


def flipped(case, where):
    with open(PLAN, encoding="utf-8") as f:
        text = f.read()
    for old, new in case.change:
        text, n = re.subn(old, new, text, flags=re.M)
        if n == 0:
            raise AssertionError(f"{case.name}: the plan has no line {old}")
    with open(where, "w", encoding="utf-8") as f:
        f.write(text)


def letters(p, case, plan):
    """What unit is told between the days, all in one text."""
    with open(p.conf, encoding="utf-8") as f:
        conf = f.read()
    with open(p.conf, "w", encoding="utf-8") as f:
        f.write(re.sub(r'^plan = ".*";', f'plan = "{plan}";', conf, flags=re.M))
    out = os.path.join(p.dir, "out")
    shutil.rmtree(out, ignore_errors=True)
    p.ctl("simulate", "--from", case.live, "--to", case.days[1], "--out", out)
    said = []
    for day in sorted(d for d in os.listdir(out) if case.days[0] <= d <= case.days[1]):
        path = os.path.join(out, day, case.unit + ".eml")
        if os.path.exists(path):
            with open(path, "rb") as f:
                m = email.message_from_binary_file(f, policy=email.policy.default)
            said.append(m["Subject"] + "\n" + m.get_body(("plain",)).get_content())
    return "\n".join(said)


def run_case(report, p, case):
    plan = os.path.join(p.dir, "plan.conf")
    flipped(case, plan)
    before, after = letters(p, case, PLAN), letters(p, case, plan)
    for which, text, says, other in (("shipped", before, case.before, case.after),
                                     ("flipped", after, case.after, case.before)):
        report.check(f"{case.name}: {which}: says {says!r}", not says or says in text, text[:600])
        if other and not (says and other in before and other in after):
            report.check(f"{case.name}: {which}: does not say {other!r}", other not in text, text[:600])
    report.check(f"{case.name}: a letter changes", before != after)


def main():
    report = Report()
    with Province() as p:
        p.load_sample()
        extra = os.path.join(p.dir, "extra.csv")
        with open(extra, "w", encoding="utf-8") as f:
            f.write(EXTRA)
        p.ctl("import", "villages", extra)
        for case in CASES:
            run_case(report, p, case)
    report.close()


main()
