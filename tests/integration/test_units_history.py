#!/usr/bin/python3
"""Units through time: the real history of the province's offices since the decision, and the ten old communes
that were split by Nghị quyết 1686/NQ-UBTVQH15 of 16/6/2025: who acts on a day, whom a letter goes to, what the
administrator is told. Villages are invented."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from province import Province, Report  # noqa: E402

# Old commune: GSO numbers of the communes that took over a part of it.
SPLIT = {"Phường Đông Thọ": (14758, 14797), "Phường An Hưng": (14797, 16417), "Thị trấn Sơn Lư": (15016, 15019),
         "Thị trấn Hà Trung": (15271, 15286), "Xã Hà Bình": (15271, 15286), "Xã Luận Khê": (15634, 15661),
         "Thị trấn Thiệu Hóa": (15772, 15796, 15835), "Xã Thiệu Long": (15448, 15772), "Xã Yên Thọ": (16228, 16264),
         "Xã Thanh Tân": (16273, 16369)}
NAMES = {14758: "phường Hàm Rồng", 14797: "phường Hạc Thành", 16417: "phường Đông Quang", 15016: "xã Quan Sơn",
         15019: "xã Tam Lư", 15271: "xã Hà Trung", 15286: "xã Hoạt Giang", 15634: "xã Luận Thành", 15661: "xã Tân Thành",
         15772: "xã Thiệu Hóa", 15796: "xã Thiệu Quang", 15835: "xã Thiệu Trung", 15448: "xã Định Hòa",
         16228: "xã Như Thanh", 16264: "xã Yên Thọ", 16273: "xã Thanh Kỳ", 16369: "xã Công Chính"}
# Unit of the decision, a day, who acts for it then. The departments' day is a setting of units-thanh-hoa.csv.
ACTING = [("so-nnptnt", "2022-11-29", "so-nnptnt"), ("so-tnmt", "2024-12-31", "so-tnmt"),
          ("so-nnptnt", "2025-07-01", "so-nnmt"), ("so-tnmt", "2025-07-01", "so-nnmt"), ("vp-ntm", "2025-07-01", "so-nnmt"),
          ("so-khdt", "2025-07-01", "so-taichinh"), ("so-tttt", "2025-07-01", "so-khcn"),
          ("so-ldtbxh", "2025-07-01", "so-noivu"), ("so-congthuong", "2026-11-26", "so-congthuong"),
          ("bao-thanhhoa", "2025-05-31", "bao-thanhhoa"), ("bao-thanhhoa", "2025-06-01", "bao-dai-ptth"),
          ("dai-ptth", "2025-06-01", "bao-dai-ptth"), ("huyen-ba-thuoc", "2025-06-30", "huyen-ba-thuoc"),
          ("huyen-ba-thuoc", "2025-07-01", None)]


def acting(p, day):
    return {row["code"]: row.get("acting") for row in p.ctl("units", "--as-of", day, json_out=True)}


def history(report, p):
    for code, day, who in ACTING:
        report.equal(f"{code} on {day}", acting(p, day).get(code, "not there"), who)
    report.check("what had not begun is not there", "so-nnmt" not in acting(p, "2024-12-31"))


def load(p, kind, lines, check=True):
    path = os.path.join(p.dir, "rows.csv")
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join(lines) + "\n")
    return p.ctl("import", kind, path, check=check)


def old_code(i):
    return f"xa-cu-{i:02}"


def load_split(report, p):
    """As it comes about: the villages are known in their old communes, then these end."""
    header = "code,name,kind,parent,valid_from,valid_to,successors,source"
    source = "Nghị quyết số 1686/NQ-UBTVQH15"
    old = [(old_code(i), f"{name} (cũ)", "|".join(f"xa-{n}" for n in parts)) for i, (name, parts) in enumerate(SPLIT.items())]
    load(p, "units", [header, *[f"{code},{name},commune,ubnd-tinh,,,,{source}" for code, name, _ in old]])
    load(p, "villages", ["code,name,kind,trade,commune,env_plan_state,source",
                         *[f"LN-{i:02},Làng thử {i} (mô phỏng),village,mộc,{code},none,mô phỏng"
                           for i, (code, _, _) in enumerate(old)]])
    load(p, "units", [header, *[f"xa-{n},{name},commune,ubnd-tinh,2025-07-01,,,{source}" for n, name in NAMES.items()],
                      *[f"{code},{name},commune,ubnd-tinh,,2025-06-30,{parts},{source}" for code, name, parts in old]])
    load(p, "contacts", ["unit,email,name", *[f"xa-{n},vanthu@xa-{n}.thanhhoa.example,Văn thư" for n in NAMES]])
    refused = load(p, "villages", ["code,name,kind,commune", f"LN-99,Làng đến sau (mô phỏng),village,{old[6][0]}"], check=False)
    report.check("who still places a village there is told the choice", refused.returncode == 1 and
                 "xa-15772|xa-15796|xa-15835" in refused.stdout + refused.stderr, refused.stdout)


def letters_to(p, since):
    return {unit for (unit,) in p.sql("SELECT DISTINCT unit FROM letter WHERE id > ? AND unit <> '@admin'", since)}


def last_letter(p):
    return p.sql("SELECT coalesce(max(id), 0) FROM letter")[0][0]


def split(report, p):
    load_split(report, p)
    then, now = acting(p, "2025-06-30"), acting(p, "2025-07-01")
    for i, (name, parts) in enumerate(SPLIT.items()):
        report.equal(f"{name} the day before", then[old_code(i)], old_code(i))
        report.equal(f"{name} since", set(now[old_code(i)].split("|")), {f"xa-{n}" for n in parts})
    alarms = {row["where"]: row["what"] for row in p.ctl("audit", json_out=True, check=False)}
    for i, (name, parts) in enumerate(SPLIT.items()):
        said = alarms.get(f"LN-{i:02}", "")
        report.check(f"audit names the choice for {name}", "was split into" in said and
                     all(NAMES[n] in said and f"xa-{n}" in said for n in parts), said)
    p.ctl("go-live", "2026-11-16")
    communes = {f"xa-{n}" for n in NAMES}
    for day in ("16", "17", "18", "19", "20", "23", "30"):
        p.run("langnghe-round", "--now", f"2026-11-{day}T08:00:00+07:00")
    written = letters_to(p, 0)
    report.equal("no commune is written to about what nobody can place", written & communes, set())
    report.check("the lead is", "so-nnmt" in written, str(written))
    load(p, "villages", ["code,commune", "LN-06,xa-15796"])  # thị trấn Thiệu Hóa: in Thiệu Quang
    since = last_letter(p)
    for day in ("01", "02", "03", "04", "07"):
        p.run("langnghe-round", "--now", f"2026-12-{day}T08:00:00+07:00")
    report.equal("placed by hand, its commune is told, and no other", letters_to(p, since) & communes, {"xa-15796"})
    alarms = {row["where"] for row in p.ctl("audit", json_out=True, check=False)}
    report.check("the alarm is over for it alone", "LN-06" not in alarms and "LN-05" in alarms, str(sorted(alarms)))


def main():
    report = Report()
    with Province() as p:
        p.ctl("init")
        history(report, p)
        split(report, p)
    return report.close()


sys.exit(main())
