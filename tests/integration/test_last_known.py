#!/usr/bin/python3
"""While a plugin fails its alerts stay as they were, and the letters about them say all that they would say, with the
day of the last check; held against the same province whose plugins work. Mended, the line is gone."""
import difflib
import email
import email.policy
import os
import re
import shutil
import sqlite3
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from province import BUILD, ROOT, Province, Report  # noqa: E402

PLUGINS = ["reporting", "environment"]
RULE = '''
name = "few-trained"; title = "Lao động được đào tạo"; unit = "so-nnmt"; kind = "missing"; severity = "warning";
clause = "mục 2 Phụ lục"; action = "Đề nghị đưa vào kế hoạch đào tạo.";
query = "SELECT 'village:' || code AS subject, name, commune, code > 'TH-0030' AS value FROM v_village WHERE ended_on IS NULL";
lacks = "chưa có số lao động được đào tạo"; sentence = "chưa báo";
'''
LAST = "Kiểm tra lần cuối: ngày 13/11/2026; từ đó hệ thống chưa kiểm tra lại được"


def run_days(p, start, end):
    p.run("langnghed", "-f", "--clock", f"{start}T07:00:00+07:00,step,{end}T18:00:00+07:00")


def letters(p, since):
    """{(unit, day): its text} of the letters to units, and of the administrator's previews of them."""
    found = {}
    for unit, day, data in p.sql("SELECT unit, day, bytes FROM letter WHERE kind IN ('digest', 'preview') AND day >= ?"
                                 " ORDER BY id", since):
        m = email.message_from_bytes(data, policy=email.policy.default)
        found[unit, day] = m["Subject"] + "\n" + m.get_body(("plain",)).get_content()
    return found


SAYINGS = [  # what a letter says otherwise while something in it was not looked at again
    (r"^.*[Kk]iểm tra lần cuối:? ngày.*\n", ""), (", riêng nội dung ghi “Kiểm tra lần cuối”: đến ngày đó", ""),
    (r"^   Đã được lùi thời hạn đến ngày.*\n", ""), # the plugin's own word about it; the letter's is "(đã được lùi …)"
    (r"^- .*: thư xác nhận đã nhận báo cáo\r?\n", ""), # nobody thanks while the plugin fails
    (r"còn \d+ việc đang theo dõi", "còn n việc đang theo dõi"), (r"\d+ thư sẽ gửi", "n thư sẽ gửi"), (r"sẽ gửi \d+ thư", "sẽ gửi n thư"),
    ("Có nội dung chưa kiểm tra lại được \\(ghi “Kiểm tra lần cuối”\\)", "Không có việc mới, không có việc đã xong")]


def without_line(text):
    for was, would_be in SAYINGS:
        text = re.sub(was, would_be, text, flags=re.M)
    return text


def alerts(p):
    return p.sql("SELECT key, state, status, summary, lost FROM alert ORDER BY key")


def break_them(p, folder):
    """One crashes, one is no plugin at all."""
    path = os.path.join(ROOT, "tests", "plugins", "segfault.c")
    with open(path, encoding="utf-8") as f:
        text = f.read().replace('#define BAD_NAME "segfault"', '#define BAD_NAME "reporting"')
    source = os.path.join(folder, "reporting.c")
    with open(source, "w", encoding="utf-8") as f:
        f.write(text)
    os.system(f"cc -std=c11 -D_GNU_SOURCE -shared -fPIC -fvisibility=hidden -I{ROOT}/plugins -I{ROOT}/tests/plugins"
              f" -o {folder}/reporting.so {source}")
    os.unlink(source)
    with open(os.path.join(folder, "environment.so"), "w") as f:
        f.write("no plugin\n")


def put_back(folder):
    for name in PLUGINS:
        os.unlink(os.path.join(folder, name + ".so"))
        shutil.copy(os.path.join(BUILD, "plugins", name + ".so"), folder)


def record(p, sql, *values):
    db = sqlite3.connect(p.database)
    db.execute(sql, values)
    db.commit()
    db.close()


def compare(report, what, p, control, since):
    got, want = letters(p, since), letters(control, since)
    report.equal(f"{what}: the same letters go out", sorted(got), sorted(want))
    told = {k: t for k, t in got.items() if "\n1. [" in t}
    report.check(f"{what}: there are some", len(told) > 1, str(sorted(got)))
    report.equal(f"{what}: each says when it was checked last", [k for k, t in told.items() if LAST not in t], [])
    report.equal(f"{what}: none of the others does", [k for k, t in want.items() if "iểm tra lần cuối" in t], [])
    differ = [k for k in sorted(got) if without_line(got[k]) != without_line(want.get(k, ""))]
    report.equal(f"{what}: and else they are the same, word for word", differ, [])
    for k in differ[:4]:
        print(k, *difflib.unified_diff(without_line(want.get(k, "")).split("\n"), without_line(got[k]).split("\n"),
                                       lineterm="", n=0), sep="\n")
    return got


def prepare(control):
    """A province with folders of its own for plugins and rules, watched since 02/11 and checked until 13/11."""
    for name in ["plugins", "rules.d"]:
        os.mkdir(os.path.join(control.dir, name))
    for name in PLUGINS:
        shutil.copy(os.path.join(BUILD, "plugins", name + ".so"), os.path.join(control.dir, "plugins"))
    with open(os.path.join(control.dir, "rules.d", "few-trained.conf"), "w", encoding="utf-8") as f:
        f.write(RULE)
    with open(control.conf, encoding="utf-8") as f:
        text = f.read()
    with open(control.conf, "w", encoding="utf-8") as f:
        f.write(text.replace(os.path.join(BUILD, "plugins"), "plugins") + 'rules = { directory = "rules.d"; };\n')
    control.load_sample()
    control.ctl("go-live", "2026-11-02")
    run_days(control, "2026-11-01", "2026-11-13")


def copy_of(control, p):
    shutil.rmtree(p.dir)
    control.copy_database(p.dir)


def break_all(p):
    break_them(p, os.path.join(p.dir, "plugins"))
    shutil.move(os.path.join(p.dir, "rules.d"), os.path.join(p.dir, "rules.away"))


def the_same_letters(report, p, control):
    before = alerts(p)
    break_all(p)
    for province in (p, control):  # what the host knows by itself holds, whoever judges
        province.ctl("extend", "unit-report", "so-khcn", "2026", "--until", "2026-12-18", "--document-no", "88/UBND-NN", "--by", "B")
    run_days(p, "2026-11-14", "2026-12-07")
    run_days(control, "2026-11-14", "2026-12-07")
    report.check("all fail", len(p.sql("SELECT 1 FROM plugin_run WHERE failures > 3")) == 3,
                 str(p.sql("SELECT name, failures FROM plugin_run")))
    moved = [r for r in zip(before, alerts(p)) if r[0] != r[1]]
    report.equal("no alert was changed, but for the extension", [r[0][0] for r in moved], ["reporting/unit-report/unit:so-khcn/2026"])
    got = compare(report, "until the reports are overdue", p, control, "2026-11-14")
    late = got.get(("so-taichinh", "2026-12-07"), "")
    report.check("what became overdue meanwhile is said to be", "[QUÁ HẠN 3 NGÀY]" in late and "Quá hạn 3 ngày" in late, late)
    report.check("who was given more time is not late", not any("QUÁ HẠN" in t for (u, _), t in got.items() if u == "so-khcn"))
    report.check("who has handed in since the last check hears nothing", not any(u == "so-congthuong" for u, _ in got))
    report.check("a rule without C, whose folder is gone, is told in its words",
                 any("chưa có số lao động được đào tạo" in t and LAST in t for t in got.values()))
    for province in (p, control):
        record(province, "INSERT INTO submission (duty, unit, period, document_on, received_on, document_no)"
               " VALUES ('province-report', 'so-nnmt', '2026', '2026-12-08', '2026-12-08', '99/BC')")
        record(province, "INSERT INTO change (at, by, kind, key, op) VALUES ('2026-12-08', 'B', 'submissions', 'x', 'set')")
        run_days(province, "2026-12-08", "2026-12-16")
    compare(report, "after the collector's own report", p, control, "2026-12-08")


def mended(report, p):
    put_back(os.path.join(p.dir, "plugins"))
    shutil.move(os.path.join(p.dir, "rules.away"), os.path.join(p.dir, "rules.d"))
    run_days(p, "2026-12-17", "2026-12-22")
    after = letters(p, "2026-12-17")
    report.check("mended, nobody speaks of it", after and not any("iểm tra lần cuối" in t for t in after.values()), str(sorted(after)))


def lapsed(report, p, control):
    break_all(p)
    for province in (p, control):
        run_days(province, "2026-12-23", "2027-03-10")
    got, want = ({k: m[0] for k, t in letters(x, "2026-12-23").items() if (m := re.search(r"QUÁ HẠN \d+ NGÀY", t))}
                 for x in (p, control))
    report.equal("what is overdue is told as long as it would be, and no longer", got, want)


def nothing_kept(report, p):
    """As after an upgrade: an older version kept no description. The duty and its last day are said all the same."""
    break_all(p)
    record(p, "UPDATE kept_findings SET description = NULL")
    run_days(p, "2026-11-14", "2026-12-07")
    bare = letters(p, "2026-11-14")
    for day, said in (("2026-11-20", "[SẮP ĐẾN HẠN – CÒN 14 NGÀY]"), ("2026-12-07", "[QUÁ HẠN 3 NGÀY]")):
        text = bare.get(("so-taichinh", day), "")
        report.check(f"nothing kept, {day}: duty, day and the last check are said", "Kế hoạch năm 2026" in text and said in text
                     and "Căn cứ: khoản 1 Điều 2" in text and "Đề nghị quý đơn vị hoàn thiện báo cáo" in text
                     and "Hạn cuối: thứ Sáu, 04/12/2026" in text and LAST in text and "[]" not in text and "– ." not in text, text)
    report.equal("nothing kept: no letter speaks of a text without a day", [k for k, t in bare.items() if "văn bản không ghi ngày" in t], [])
    overview = bare.get(("so-nnmt", "2026-12-07"), "")
    report.equal("nothing kept: the coordinator's own duty once", overview.count("Báo cáo UBND tỉnh tình hình") > 0
                 and "Sở Nông nghiệp và Môi trường – Báo cáo UBND" in overview, False)


def main():
    report = Report()
    with Province() as control, Province() as p, Province() as upgraded:
        prepare(control)
        copy_of(control, p)
        copy_of(control, upgraded)
        the_same_letters(report, p, control)
        mended(report, p)
        run_days(control, "2026-12-17", "2026-12-22")
        lapsed(report, p, control)
        nothing_kept(report, upgraded)
    report.close()


main()
