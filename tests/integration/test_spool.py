#!/usr/bin/python3
"""import.directory, with the real daemon and Maildir: a file dropped in is imported and moved to done/, a wrong one
to rejected/, each with its report and a letter to the administrator; a file that is still being written waits; a
crash between two steps does nothing twice."""
import email
import email.policy
import glob
import os
import shutil
import signal
import subprocess
import sys
import time

import openpyxl

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from province import BUILD, Province, Report  # noqa: E402

OLD = time.time() - 3600


def drop(p, name, text, age=3600):
    path = os.path.join(p.dir, "drop", name)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    os.utime(path, (time.time() - age,) * 2)
    return path


def here(p, where=""):
    folder = os.path.join(p.dir, "drop", where)
    return sorted(f for f in os.listdir(folder) if os.path.isfile(os.path.join(folder, f))) if os.path.isdir(folder) else []


def report_of(p, where, name):
    found = [f for f in here(p, where) if f.endswith(name + ".txt")]
    if len(found) != 1:
        return None
    with open(os.path.join(p.dir, "drop", where, found[0]), encoding="utf-8") as f:
        return f.read()


def letters(p):
    """{subject: plain text} of what came to the administrator."""
    found = {}
    for path in glob.glob(os.path.join(p.maildir, "**", "new", "*"), recursive=True) + glob.glob(
            os.path.join(p.maildir, "new", "*")):
        with open(path, "rb") as f:
            m = email.message_from_binary_file(f, policy=email.policy.default)
        if "quantri@" in str(m["To"]):
            found[str(m["Subject"])] = m.get_body(("plain",)).get_content()
    return found


def until(condition, seconds=40):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return False


def rounds(report, p):
    """One round by hand, so that the moments are ours."""
    drop(p, "villages-moi.csv", "code,name,kind\nTH-0971,Làng mới,village\n")
    drop(p, "lang-nghe-sai.csv", "code,name,commune\nTH-0972,Tốt,\nTH-0973,Xấu,xa-99999\n")
    drop(p, "ghi-chu.csv", "a,b\n1,2\n")
    drop(p, "villages-moi2.csv.part", "code,name\nTH-0974,Nửa\n")
    drop(p, ".hidden", "x")
    drop(p, "~$villages.xlsx", "x")
    drop(p, "village_years-vua-xong.csv", "village,year,workers\nTH-0001,2026,5\n", age=0)
    os.symlink("/etc/passwd", os.path.join(p.dir, "drop", "villages-link.csv"))
    r = p.run("langnghe-round")
    report.equal("what is left alone", here(p), [".hidden", "village_years-vua-xong.csv", "villages-link.csv",
                                                  "villages-moi2.csv.part", "~$villages.xlsx"])
    report.check("a fresh file is looked at again soon", " import\n" in r.stdout, r.stdout)
    done, refused = here(p, "done"), here(p, "rejected")
    report.check("the good one and its report", len(done) == 2 and all("villages-moi.csv" in f for f in done), done)
    report.check("the wrong ones and their reports", len(refused) == 4, refused)
    report.equal("is in the register", p.sql("SELECT name FROM village WHERE code = 'TH-0971'"), [("Làng mới",)])
    report.equal("nothing of the wrong one", p.sql("SELECT count(*) FROM village WHERE code IN ('TH-0972', 'TH-0973')"),
                 [(0,)])
    good, bad = report_of(p, "done", "villages-moi.csv"), report_of(p, "rejected", "lang-nghe-sai.csv")
    report.check("the report names the import", good and "1 added" in good and "undo-import" in good, good)
    report.check("the report names line, column, value", bad and "3: commune 'xa-99999'" in bad and
                 "Nothing was loaded" in bad, bad)
    report.check("what it may hold is said", "begin with one of" in (report_of(p, "rejected", "ghi-chu.csv") or ""))
    p.run("langnghe-post")
    got = letters(p)
    report.check("a letter for each", len(got) == 3, list(got))
    told = next((t for s, t in got.items() if "Không nạp được" in s and "lang-nghe-sai.csv" in s), "")
    report.check("the letter says what is wrong and where the file is", "xa-99999" in told and "rejected/" in told, told)
    number = p.sql("SELECT max(id) FROM import")[0][0]
    report.equal("by whom", p.sql("SELECT by FROM import WHERE id = ?", number), [("import.directory",)])
    os.utime(os.path.join(p.dir, "drop", "village_years-vua-xong.csv"), (OLD, OLD))
    p.run("langnghe-round")
    report.check("once it rests it is taken", any("village_years" in f for f in here(p, "done")), here(p, "done"))


def sent_list(report, p):
    """A list as it comes back from a commune: several kinds on sheets of their own, nothing in its name."""
    book = openpyxl.Workbook()
    book.active.title = "1 Hồ sơ môi trường"
    book.active.append(["TT", "Mã"])
    sheet = book.create_sheet("Làng nghề")
    sheet.append(["UBND xã: điền các ô màu vàng"])
    sheet.append([])
    sheet.append(["Mã làng nghề", "Nghề"])
    sheet.append(["TH-0971", "đan cói"])
    years = book.create_sheet("Số liệu làng nghề theo năm")
    years.append(["Mã làng nghề", "Năm", "Số lao động"])
    years.append(["TH-0971", 2026, 41])
    years.append(["TH-0001", 2019, None])
    path = os.path.join(p.dir, "drop", "danh-sach-kem-theo.xlsx")
    book.save(path)
    os.utime(path, (OLD, OLD))
    p.run("langnghe-round")
    report.equal("both sheets", p.sql("SELECT trade, workers FROM village v JOIN village_year y ON y.village = v.code"
                                      " WHERE v.code = 'TH-0971'"), [("đan cói", 41)])
    report.equal("a row of a key alone adds nothing", p.sql("SELECT count(*) FROM village_year WHERE village = 'TH-0001'"
                                                           " AND year = 2019"), [(0,)])
    years["C2"] = -1
    sheet["B4"] = "đan lát"
    book.save(path)
    os.utime(path, (OLD + 60, OLD + 60))
    p.run("langnghe-round")
    report.check("one wrong sheet refuses both", p.sql("SELECT trade FROM village WHERE code = 'TH-0971'") ==
                 [("đan cói",)] and "Số liệu làng nghề theo năm!C2" in
                 (report_of(p, "rejected", "danh-sach-kem-theo.xlsx") or ""), here(p, "rejected"))


def crash(report, p):
    """The file lies there again as after a kill before the move: no second letter, no second row."""
    before = p.sql("SELECT count(*) FROM letter WHERE kind = 'import'")
    first, = [f for f in here(p, "done") if f.endswith("villages-moi.csv")]
    text = report_of(p, "done", "villages-moi.csv")
    mtime = os.stat(os.path.join(p.dir, "drop", "done", first)).st_mtime
    back = os.path.join(p.dir, "drop", "villages-moi.csv")
    shutil.move(os.path.join(p.dir, "drop", "done", first), back)
    os.utime(back, (mtime, mtime))
    changes = p.sql("SELECT count(*) FROM change")
    p.run("langnghe-round")
    report.equal("moved again", [f for f in here(p, "done") if f.endswith("villages-moi.csv")], [first])
    report.equal("no second letter", p.sql("SELECT count(*) FROM letter WHERE kind = 'import'"), before)
    report.equal("no second change", p.sql("SELECT count(*) FROM change"), changes)
    report.equal("its report stays", report_of(p, "done", "villages-moi.csv"), text)


def daemon(report, p):
    """The daemon hears of files by itself; a slow writer is waited for."""
    env = dict(os.environ, LANGNGHE_LIBEXEC=BUILD)
    process = subprocess.Popen([os.path.join(BUILD, "langnghed"), "-c", p.conf, "-f"], env=env,
                               stderr=subprocess.PIPE, text=True)
    try:
        report.check("it answers", until(lambda: p.ctl("status", check=False).returncode == 0))
        path = os.path.join(p.dir, "drop", "villages-cham.csv")
        with open(path, "w", encoding="utf-8") as f:
            f.write("code,name,kind\nTH-0981,Một,village\n")
            f.flush()
            p.ctl("poke", check=False)
            for n in range(4):
                time.sleep(2)
                f.write(f"TH-099{n},Số {n},village\n")
                f.flush()
            report.check("a half file is not touched", os.path.exists(path) and not p.sql(
                "SELECT 1 FROM village WHERE code = 'TH-0981'"))
        report.check("taken once it is whole", until(lambda: not os.path.exists(path)))
        report.equal("with all its rows", p.sql("SELECT count(*) FROM village WHERE code LIKE 'TH-099_' OR code = 'TH-0981'"),
                     [(5,)])
        moved = os.path.join(p.dir, "drop", "products-moi.csv")
        with open(moved + ".tmp", "w", encoding="utf-8") as f:
            f.write("code,name\nSP-9981,Nón\n")
        os.rename(moved + ".tmp", moved)
        report.check("one that is moved in, too", until(lambda: not os.path.exists(moved)))
        report.check("the letter went out", until(lambda: any("products-moi.csv" in s for s in letters(p))), list(letters(p)))
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)


def many(report, p):
    """More files than one run takes: each run takes a thousand, and none is forgotten."""
    for n in range(1003):
        drop(p, f"villages-{n:04d}.csv", f"code,env_group\nTH-{n % 60 + 1:04d},yes\n")
    p.run("langnghe-round")
    left = len([f for f in here(p) if f.startswith("villages-") and f[9:13].isdigit()])
    report.check("a thousand in one run, the folder's own among them", 3 <= left <= 10, str(left))
    p.run("langnghe-round")
    report.equal("the rest in the next", [f for f in here(p) if f.startswith("villages-") and f[9:13].isdigit()], [])


def main():
    report = Report()
    with Province(extra='import = { directory = "drop"; };') as p:
        os.makedirs(os.path.join(p.dir, "drop"))
        p.load_sample()
        rounds(report, p)
        sent_list(report, p)
        crash(report, p)
        many(report, p)
        daemon(report, p)
        shutil.rmtree(os.path.join(p.dir, "drop"))
        r = p.run("langnghe-round", check=False)
        report.check("a folder that is gone is said and stops nothing", r.returncode == 0 and "import.directory" in r.stderr,
                     r.stderr)
    report.close()


if __name__ == "__main__":
    main()
