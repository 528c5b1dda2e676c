#!/usr/bin/python3
"""Figures entered by hand: used where the register says nothing of a target, marked as what they are, told apart by their
day and by the preferred source, and never used where the register knows."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from province import Province, Report  # noqa: E402

HEAD = "target,year,place,source,value,numerator,denominator,measure,figures_on,preferred\n"


def main():
    report = Report()
    with Province(plugins=("ocop", "training", "preservation")) as p:
        p.load_sample([])

        def load(kind, text):
            path = os.path.join(p.dir, kind + ".csv")
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
            return p.ctl("import", kind, path, check=False)

        def target(name, year=2030, day="2026-11-23"):
            return next(r for r in p.ctl("targets", "--as-of", day, json_out=True)
                        if (r["target"], r["year"]) == (name, year))

        row = target("trained")
        report.equal("nothing is known at first", (row["status"], row["value"], row["numerator"]), ("unknown", None, None))
        load("figures", HEAD +
             "trained,2024,ubnd-tinh,mô phỏng: báo cáo 2024,,30000,60000,%,2024-12-31,\n"
             "trained,2025,ubnd-tinh,mô phỏng: báo cáo A,,45000,60000,%,2025-12-31,no\n"
             "trained,2025,ubnd-tinh,mô phỏng: báo cáo B,,48000,60000,%,2025-12-30,yes\n"
             "income,2025,ubnd-tinh,mô phỏng: điều tra mẫu,\"1,46\",,,lần,2025-12-31,\n"
             "output-growth,2025,ubnd-tinh,mô phỏng: niên giám,9.4,,,%/năm,2025-12-31,\n"
             "restored-crafts,2025,ubnd-tinh,mô phỏng: tổng hợp,6,,,nghề,2025-12-31,\n")
        row = target("trained")
        report.equal("the latest year's preferred source", (row["origin"], row["numerator"], row["denominator"], row["value"],
                                                            row["figures_on"]), ("figures", 48000, 60000, 80, "2025-12-30"))
        report.check("it says what it is", "số liệu nhập" in row["source"] and "báo cáo B" in row["source"], str(row))
        report.equal("a share by hand has its gap in people", (row["gap"], row["gap_units"]), (20, 12000))
        report.equal("its earlier year is a point", row["points"], 2)
        report.equal("only what was known that day", target("trained", day="2025-06-30")["numerator"], 30000)
        closed = target("trained", 2025, "2026-04-01")
        report.equal("the year is closed by its own figures", (closed["status"], closed["decided_on"] is not None),
                     ("met", True))
        row = target("income", 2025)
        report.equal("a value without members", (row["value"], row["numerator"], row["status"]), (1.46, None, "missed"))
        report.equal("growth counts as khoảng 10", target("output-growth", 2025)["status"], "met")
        row = target("restored-crafts", 2025)
        report.equal("a count", (row["value"], row["status"]), (6, "met"))
        load("villages", "code,name,kind,commune,source\nTH-1,Làng một (mô phỏng),village,xa-15505,mô phỏng\n")
        load("village_years", "village,year,workers,workers_trained,figures_on,source\nTH-1,2025,100,61,2025-12-31,mô phỏng\n")
        row = target("trained")
        report.equal("the register wins where it knows", (row["origin"], row["numerator"], row["denominator"], row["value"]),
                     ("training", 61, 100, 61))
        r = load("figures", HEAD + "trained,2026,ubnd-tinh,mô phỏng,,70,60,%,2026-12-31,\n")
        report.check("more than all is refused by its cell", r.returncode == 1 and "figures.csv:2" in r.stdout + r.stderr,
                     r.stdout + r.stderr)
        r = load("figures", HEAD + "weaving,2026,ubnd-tinh,mô phỏng,5,,,,2026-12-31,\n")
        report.check("a target that is none is refused", r.returncode == 1 and "weaving" in r.stdout + r.stderr,
                     r.stdout + r.stderr)
    return report.close()


sys.exit(main())
