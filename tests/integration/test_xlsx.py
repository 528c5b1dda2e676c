#!/usr/bin/python3
"""Spreadsheets in and out: ours, openpyxl's and LibreOffice's. What goes out comes back unchanged, what is wrong
is named by its cell and loads nothing, what is no honest spreadsheet is refused."""
import csv
import datetime
import email
import email.policy
import io
import os
import re
import subprocess
import sys
import unicodedata
import zipfile

import openpyxl
from openpyxl.worksheet.datavalidation import DataValidation

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from province import KINDS, Province, Report  # noqa: E402

ALL_KINDS = ["units", "contacts"] + KINDS
HEADINGS = ["Mã làng nghề", "Tên làng nghề", "Loại", "Xã, phường", "Ngày phê duyệt phương án BVMT",
            "Tình trạng phương án BVMT", "Có tổ tự quản về BVMT"]


def libreoffice(p, file, to, out=None):
    """FILE converted in a folder of its own; its new path."""
    folder = os.path.join(p.dir, out or "converted-" + to.split(":")[0])
    os.makedirs(folder, exist_ok=True)
    subprocess.run(["soffice", f"-env:UserInstallation=file://{p.dir}/office", "--headless", "--convert-to", to,
                    "--outdir", folder, file], check=True, capture_output=True, timeout=300)
    return os.path.join(folder, os.path.splitext(os.path.basename(file))[0] + "." + to.split(":")[0])


def cells(file):
    """Every row of the first sheet as LibreOffice, openpyxl and we agree to read it."""
    sheet = openpyxl.load_workbook(file, data_only=True).worksheets[0]
    rows = [[c if c != "" else None for c in row] for row in sheet.iter_rows(values_only=True)]
    return [row for row in rows if any(c is not None for c in row)]


def rows_of(p, kind):
    """The kind's rows as our CSV tells them, without #rev."""
    text = p.ctl("export", kind).stdout
    return [r[:-1] for r in csv.reader(io.StringIO(text.lstrip("\ufeff")))]


def outcome(p, *args):
    """(exit code, what was printed, counts) of an import."""
    r = p.ctl("import", *args, check=False)
    found = re.search(r"(\d+) added, (\d+) changed, (\d+) unchanged", r.stdout)
    return r.returncode, r.stdout + r.stderr, tuple(map(int, found.groups())) if found else None


def there_and_back(report, p):
    for kind in ALL_KINDS:
        ours = os.path.join(p.dir, kind + ".xlsx")
        p.ctl("export", kind, ours)
        before = p.ctl("export", kind).stdout
        count = len(before.splitlines()) - 1
        report.check(f"{kind}: the sample has rows", count > 0)
        theirs = libreoffice(p, ours, "xlsx")
        report.equal(f"{kind}: LibreOffice gives back the same cells", cells(theirs), cells(ours))
        through_ods = libreoffice(p, libreoffice(p, ours, "ods"), "xlsx", "from-ods")
        for name, file in (("ours", ours), ("LibreOffice's", theirs), ("through ODS", through_ods)):
            code, said, counts = outcome(p, kind, file)
            report.equal(f"{kind}: {name} changes nothing: {said[:300]}", (code, counts), (0, (0, 0, count)))
        report.equal(f"{kind}: its rows and their revisions", p.ctl("export", kind).stdout, before)


def looks(report, p):
    """What the officer meets when the file opens."""
    book = openpyxl.load_workbook(os.path.join(p.dir, "villages.xlsx"))
    sheet = book.worksheets[0]
    report.equal("the sheet is called", sheet.title, "Làng nghề")
    head = [c.value for c in sheet[1]]
    report.check("headings are Vietnamese", head[0] == "Mã làng nghề" and head[-1] == "#rev", head)
    report.equal("heading, code and name stay", sheet.freeze_panes, "C2")
    report.check("filters", sheet.auto_filter.ref and sheet.auto_filter.ref.startswith("A1:"), sheet.auto_filter.ref)
    report.check("#rev is hidden", sheet.column_dimensions[sheet.cell(1, len(head)).column_letter].hidden)
    lists = {str(v.sqref).split(":")[0]: v.formula1 for v in sheet.data_validations.dataValidation}
    kind = sheet.cell(1, head.index("Loại") + 1).column_letter + "2"
    where = re.fullmatch(r"'(.+)'!\$(\w+)\$1:\$\2\$(\d+)", lists.get(kind, ""))
    if report.check("drop-down of a coded column", where, lists):
        values = [book[where[1]][f"{where[2]}{n}"].value for n in range(1, int(where[3]) + 1)]
        report.equal("its values", values, ["Làng nghề", "Làng nghề truyền thống", "Điểm có nghề"])
        report.check("its sheet is hidden", book[where[1]].sheet_state == "hidden")
    day = next(c for row in sheet.iter_rows(min_row=2) for c in row
               if head[c.column - 1].startswith("Có nguy cơ mai một") and c.value)
    report.check("real dates", isinstance(day.value, datetime.datetime) and day.number_format == "dd/mm/yyyy", day.value)
    widths = [d.width for d in sheet.column_dimensions.values() if not d.hidden]
    report.check("widths", len(widths) > 5 and min(widths) >= 8 and max(widths) <= 45, widths)


def workbook(p, name, rows, headings=HEADINGS, title=(), sheet="Làng nghề", more=None):
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    for row in title:
        page.append(row)
    page.append(headings)
    for row in rows:
        page.append(row)
    if more:
        more(book, page)
    file = os.path.join(p.dir, name)
    book.save(file)
    return file


def made_by_hand(report, p):
    """Title rows above the heading, merged; dates; text in decomposed form; formulas; a hidden row; a second sheet."""
    nfd = unicodedata.normalize("NFD", "Nghề đúc đồng Trà Đông, làng cũ")
    rows = [["TH-0901", nfd, "Làng nghề truyền thống", "xa-15505", datetime.date(2024, 2, 29), "Đã phê duyệt", "có"],
            ["TH-0902", "Nghề nón lá", unicodedata.normalize("NFD", "Làng nghề"), "xa-15505",
             datetime.datetime(2025, 12, 31, 17, 30), "Đã phê duyệt", True],
            ["TH-0903", '=CONCATENATE("Nghề ","chiếu cói")', "Điểm có nghề", "xa-15505", "=DATE(2026,1,5)", "Đã phê duyệt",
             False],
            ["TH-0904", "Nghề ẩn", "Làng nghề", "xa-15505", None, None, None]]
    titles = [["SỞ NÔNG NGHIỆP VÀ MÔI TRƯỜNG"], ["DANH SÁCH LÀNG NGHỀ"], []]

    def dress(book, page):
        page.merge_cells("A1:G1")
        page.merge_cells("A2:G2")
        page.row_dimensions[8].hidden = True
        choice = DataValidation(type="list", formula1='"Làng nghề,Làng nghề truyền thống,Điểm có nghề"')
        page.add_data_validation(choice)
        choice.add("C5:C99")
        for row in page.iter_rows(min_row=5, min_col=5, max_col=5):
            row[0].number_format = "dd/mm/yyyy"
        book.create_sheet("Ghi chú").append(["không phải dữ liệu"])

    file = workbook(p, "tay.xlsx", rows, title=titles, more=dress)
    code, said, counts = outcome(p, "villages", file)
    report.check("formulas without a value are empty: a name is missing", code != 0 and "B7" in said, said)
    file = libreoffice(p, file, "xlsx")  # which works the formulas out
    code, said, counts = outcome(p, "villages", file, "--sheet", "Ghi chú")
    report.check("another sheet is another table", code != 0 and "Ghi chú!" in said, said)
    code, said, counts = outcome(p, "villages", file, "--sheet", "Nghề")
    report.check("an unknown sheet: the sheets are named", code != 0 and "Làng nghề" in said and "Ghi chú" in said, said)
    code, said, counts = outcome(p, "villages", file)
    report.equal(f"made by hand: {said[:300]}", (code, counts), (0, (4, 0, 0)))
    report.check("the hidden row is said", "hidden" in said and "8" in said, said)
    got = p.sql("SELECT code, name, kind, env_plan_on, env_plan_state, env_group FROM village"
                " WHERE code LIKE 'TH-09%' ORDER BY code")
    report.equal("made by hand: the rows", got, [
        ("TH-0901", unicodedata.normalize("NFC", nfd), "traditional_village", "2024-02-29", "approved", 1),
        ("TH-0902", "Nghề nón lá", "village", "2025-12-31", "approved", 1),
        ("TH-0903", "Nghề chiếu cói", "craft_site", "2026-01-05", "approved", 0),
        ("TH-0904", "Nghề ẩn", "village", None, None, None)])
    code, said, counts = outcome(p, "villages", workbook(
        p, "khong-ro.xlsx", [["TH-0901", "không rõ"]], headings=["Mã làng nghề", "Có tổ tự quản về BVMT"]))
    report.equal(f"unknown is chosen from the list: {said[:200]}", (code, counts), (0, (0, 1, 0)))
    report.equal("and stored as unknown", p.sql("SELECT env_group FROM village WHERE code='TH-0901'"), [(None,)])
    code, said, counts = outcome(p, "villages", workbook(p, "xa.xlsx", [["x"]] * 12, headings=["Ghi chú"]))
    report.check("no heading in ten rows", code != 0 and counts is None and "xa.xlsx:Làng nghề!" in said, said)


def numbers(report, p):
    """1904 dates, numbers as spreadsheets store them, percent formats, words for numbers."""
    def from_1904(book, page):
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
        page["C2"] = datetime.date(2024, 5, 6)
        page["D2"].number_format = "0.0%"
    file = workbook(p, "so.xlsx", [["VNL-0901", "Vùng cói", None, 0.1 + 0.2], ["VNL-0902", "Vùng luồng", None, "1.234,5"],
                                   ["VNL-0903", "Vùng tre", None, 1234.125]],
                    headings=["Mã vùng nguyên liệu", "Tên vùng nguyên liệu", "Hạn hoàn thành", "Diện tích thực hiện (ha)"],
                    more=from_1904)
    code, said, counts = outcome(p, "zones", file)
    report.equal(f"numbers: {said[:300]}", (code, counts), (0, (3, 0, 0)))
    got = p.sql("SELECT code, due_on, CAST(actual_ha AS TEXT) FROM zone WHERE code LIKE 'VNL-09%' ORDER BY code")
    report.equal("numbers stored", [(c, d, float(n)) for c, d, n in got],
                 [("VNL-0901", "2024-05-06", 30.0), ("VNL-0902", None, 1234.5), ("VNL-0903", None, 1234.125)])


# kind, headings by key, row, the cell at fault, a word of the reason
WRONG = [
    ("villages", ["code", "name", "commune"], ["TH-0951", "a", "xa-99999"], "C2", ""),
    ("villages", ["code", "name", "commune"], ["TH-0951", "a", None], "", None),  # right: the commune is unknown
    ("villages", ["code", "name", "reviewed_on"], ["TH-0951", "a", "31/02/2026"], "C2", ""),
    ("villages", ["code", "name", "reviewed_on"], ["TH-0951", "a", 12], "C2", ""),
    ("villages", ["code", "name", "kind"], ["TH-0951", "a", "Làng chài"], "C2", "village"),
    ("villages", ["code", "name", "env_group"], ["TH-0951", "a", "#N/A"], "C2", "formula"),
    ("village_years", ["village", "year", "workers"], ["TH-7777", 2025, 3], "A2", ""),
    ("village_years", ["village", "year", "workers"], ["TH-0001", 20255, 3], "B2", "2100"),
    ("village_years", ["village", "year", "workers", "workers_trained"], ["TH-0001", 2025, 10, 11], "D2", ""),
    ("village_years", ["village", "year", "households", "craft_households"], ["TH-0001", 2025, 10, 11], "D2", ""),
    ("village_years", ["village", "year", "workers"], ["TH-0001", 2025, 3.5], "C2", ""),
    ("village_years", ["village", "year", "workers"], ["TH-0001", 2025, -3], "C2", ""),
    ("establishments", ["code", "name", "village"], ["CS-9951", "a", "TH-7777"], "C2", ""),
    ("establishments", ["code", "name", "relocation"], ["CS-9951", "a", "có thể"], "C2", "required"),
    ("products", ["code", "name", "ocop_stars"], ["SP-9951", "a", 6], "C2", "5"),
    ("products", ["code", "name", "establishments"], ["SP-9951", "a", "CS-9999"], "C2", ""),
    ("products", ["code", "name", "certified_on", "valid_to"],
     ["SP-9951", "a", datetime.date(2026, 5, 1), datetime.date(2026, 4, 30)], "D2", ""),
    ("recognitions", ["code", "kind", "villages"], ["CN-9951", "village", "TH-7777"], "C2", ""),
    ("recognitions", ["code", "kind"], ["CN-9951", None], "B2", ""),
    ("recognitions", ["code", "kind", "recognised_on", "valid_to"],
     ["CN-9951", "village", datetime.date(2026, 5, 1), datetime.date(2026, 4, 30)], "D2", ""),
    ("ip_rights", ["no", "form"], ["4-0001", "bản quyền"], "B2", "trademark"),
    ("ip_rights", ["no", "form", "granted_on", "valid_to"],
     ["4-0001", "trademark", datetime.date(2026, 5, 1), datetime.date(2026, 4, 30)], "D2", ""),
    ("zones", ["code", "name", "communes"], ["VNL-9951", "a", "xa-99999"], "C2", ""),
    ("zones", ["code", "name", "planned_ha"], ["VNL-9951", "a", -1], "C2", ""),
    ("projects", ["code", "name", "task"], ["DA-9951", "a", 10], "C2", ""),
    ("projects", ["code", "name", "kind"], ["DA-9951", "a", "thủy điện"], "C2", "treatment"),
    ("activities", ["code", "kind", "held_on"], ["HD-9951", "workshop", "2026-13-01"], "C2", ""),
    ("activities", ["code", "kind"], ["HD-9951", "họp"], "B2", "workshop"),
    ("difficulties", ["code", "text", "raised_on", "answered_on"],
     ["KK-9951", "a", datetime.date(2026, 5, 1), datetime.date(2026, 4, 30)], "D2", ""),
    ("difficulties", ["code", "text"], ["KK-9951", None], "B2", ""),
    ("submissions", ["duty", "unit", "period"], ["R9", "so-nnmt", "2025"], "A2", ""),
    ("submissions", ["duty", "unit", "period"], ["R1", "so-nnmt", "2025-Q5"], "C2", ""),
    ("submissions", ["duty", "unit", "period"], ["R1", "so-khong-co", "2025"], "B2", ""),
    ("figures", ["target", "year", "place", "source", "value"], ["trained", 20255, "tinh", "báo cáo", 50], "B2", "2100"),
    ("figures", ["target", "year", "place", "source", "value"], ["trained", 2025, "tinh", "báo cáo", 101], "E2", ""),
    ("figures", ["target", "year", "place", "source", "value"], ["Z9", 2025, "tinh", "báo cáo", 50], "A2", ""),
    ("contacts", ["unit", "email"], ["so-nnmt", "a@b@c"], "B2", ""),
    ("units", ["code", "name", "kind"], ["so-moi", "a", "bộ"], "C2", "department"),
]


def wrong(report, p):
    """Each is named by its cell, with what is allowed; nothing is loaded."""
    province = p.sql("SELECT code FROM unit WHERE kind='province'")[0][0]
    old = workbook(p, "xa-cu.xlsx", [["xa-cu", "Xã Cũ", "commune", datetime.date(2025, 6, 30), "xa-15505"]],
                   headings=["code", "name", "kind", "valid_to", "successors"])
    p.ctl("import", "units", old)
    cases = WRONG + [("villages", ["code", "name", "commune"], ["TH-0951", "a", "xa-cu"], "C2", "xa-15505")]
    for n, (kind, headings, row, cell, word) in enumerate(cases):
        row = [province if v == "tinh" else v for v in row]
        before = p.ctl("export", kind).stdout
        file = workbook(p, f"sai-{n}.xlsx", [row], headings=headings)
        code, said, _ = outcome(p, kind, file, *(["--dry-run"] if word is None else []))
        what = f"{kind} {headings[-1]}={row[-1]!r}, {cell}"
        if word is None:
            report.check(f"{what}: taken", code == 0, said)
            continue
        report.check(f"{what}: refused by cell", code == 1 and f"sai-{n}.xlsx:Làng nghề!{cell}: " in said
                     and word in said, said)
        report.check(f"{what}: nothing loaded", p.ctl("export", kind).stdout == before)


def rewrite(file, to, change):
    """The parts of FILE through CHANGE(name, bytes) into TO."""
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = change(name, old.read(name))
            if data is not None:
                new.writestr(name, data)
    return to


def sent_back(report, p):
    """The list of a commune's letter: its own rows, and what was filled in comes in as it was sent."""
    folder = os.path.join(p.dir, "letters")
    p.ctl("simulate", "--from", "2026-11-02", "--to", "2026-11-06", "--out", folder)
    commune = "xa-15505"
    name, = [os.path.join(d, f) for d, _, files in os.walk(folder) for f in files if f == commune + ".eml"][:1]
    with open(name, "rb") as f:
        letter = email.message_from_binary_file(f, policy=email.policy.default)
    body = letter.get_body(("plain",)).get_content()
    file = os.path.join(p.dir, "danh-sach.xlsx")
    with open(file, "wb") as f:
        f.write(next(a for a in letter.iter_attachments() if a.get_filename().endswith(".xlsx")).get_content())
    book = openpyxl.load_workbook(file)
    kinds = {"villages": "Làng nghề", "village_years": "Số liệu làng nghề theo năm"}
    for kind, sheet in kinds.items():
        report.check(f"the letter names the sheet {sheet}", sheet in book.sheetnames and f"“{sheet}”" in body, book.sheetnames)
    sheet = book["Làng nghề"]
    rows = {r[0].value: r for r in sheet.iter_rows(min_row=4)}
    want = [c for c, in p.sql("SELECT code FROM village WHERE commune = ?", commune)]
    report.equal("exactly that commune's villages", sorted(rows), sorted(want))
    head = [c.value for c in sheet[3]]
    report.check("a title above the heading, with the label of simulated data",
                 "DỮ LIỆU MÔ PHỎNG" in sheet["A1"].value and "vàng" in sheet["A1"].value, sheet["A1"].value)
    plan_no = head.index("Số quyết định phê duyệt phương án BVMT")
    for code, row in rows.items():
        known = p.sql("SELECT env_plan_no FROM village WHERE code = ?", code)[0][0]
        fill = row[plan_no].fill.fgColor.rgb
        report.check(f"{code}: an empty cell is marked, another is not", (row[plan_no].value or None) == known and
                     (fill == "FFFFF2CC") == (known is None), (row[plan_no].value, known, fill))
    for kind in kinds:
        before = p.ctl("export", kind).stdout
        code, said, counts = outcome(p, kind, file)
        report.equal(f"{kind}, as it was sent: {said[:300]}", (code, counts[:2], p.ctl("export", kind).stdout),
                     (0, (0, 0), before))
    village = next(c for c in want if p.sql("SELECT env_plan_no FROM village WHERE code = ?", c) == [(None,)])
    rows[village][plan_no].value = "99/QĐ-UBND"
    years = book["Số liệu làng nghề theo năm"]
    titles = [c.value for c in years[3]]
    row = next(r for r in years.iter_rows(min_row=4) if r[titles.index("#rev")].value is None)
    asked = row[0].value, row[1].value
    report.equal("of the year", asked[1], 2026)
    row[titles.index("Số lao động")].value = 120
    row[titles.index("Số lao động đã qua đào tạo")].value = 66
    filled = os.path.join(p.dir, "da-dien.xlsx")
    book.save(filled)
    theirs = libreoffice(p, filled, "xlsx", "da-dien")
    for kind, counts in (("villages", (0, 1)), ("village_years", (1, 0))):
        code, said, got = outcome(p, kind, theirs)
        report.equal(f"{kind}, filled in: {said[:300]}", (code, got and got[:2]), (0, counts))
    report.equal("the plan's number", p.sql("SELECT env_plan_no FROM village WHERE code = ?", village), [("99/QĐ-UBND",)])
    report.equal("the year's figures", p.sql("SELECT workers, workers_trained FROM village_year WHERE village = ? AND"
                                             " year = ?", *asked), [(120, 66)])
    code, said, _ = outcome(p, "villages", file)
    report.check("the sheet of before would undo nothing", code == 0 and p.sql(
        "SELECT env_plan_no FROM village WHERE code = ?", village) == [("99/QĐ-UBND",)], said)
    rows[village][plan_no].value = "100/QĐ-UBND"
    book.save(filled)
    code, said, _ = outcome(p, "villages", filled)
    report.check("what was changed since is refused, by cell", code == 1 and "changed since" in said, said)


def hostile(report, p):
    good = workbook(p, "tot.xlsx", [["TH-0961", "a"]], headings=["code", "name"])
    raw = open(good, "rb").read()
    path = lambda name: os.path.join(p.dir, name)
    sheet = "xl/worksheets/sheet1.xml"

    def written(name, data):
        with open(path(name), "wb") as f:
            f.write(data)
        return path(name)

    def changed(data, part):
        """A byte of the part's packed text flipped."""
        info = zipfile.ZipFile(good).getinfo(part)
        at = info.header_offset + 30 + len(part) + info.compress_size // 2
        return data[:at] + bytes([data[at] ^ 255]) + data[at + 1:]

    bomb = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10 if i else "ha"}">' for i in range(9))
    head = b'<?xml version="1.0" encoding="UTF-8"?>'
    strip = lambda d: d[d.index(b"?>") + 2:] if d.startswith(b"<?xml") else d
    locked = bytearray(raw)
    for magic, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = 0
        while (start := locked.find(magic, start)) >= 0:
            locked[start + at] |= 1
            start += 4
    files = [
        ("entities", rewrite(good, path("thuc-the.xlsx"), lambda n, d: head + f"<!DOCTYPE x [{bomb}]>".encode() + strip(d)
                             if n == sheet else d), "DOCTYPE"),
        ("outer entity", rewrite(good, path("ngoai.xlsx"), lambda n, d: head +
                                 b'<!DOCTYPE x SYSTEM "file:///etc/passwd">' + strip(d) if n == "xl/workbook.xml" else d),
         "DOCTYPE"),
        ("bomb", rewrite(good, path("bom.xlsx"), lambda n, d: d.replace(b"<sheetData>", b" " * (1 << 30) + b"<sheetData>")
                         if n == sheet else d), "1 GiB"),
        ("a cell of a megabyte", rewrite(good, path("o.xlsx"), lambda n, d: d.replace(
            b"</sheetData>", b'<row r="9"><c r="A9" t="inlineStr"><is><t>' + b"x" * (1 << 20) + b"</t></is></c></row></sheetData>")
            if n == sheet else d), "row 9"),
        ("rows in disorder", rewrite(good, path("lon.xlsx"), lambda n, d: d.replace(
            b"</sheetData>", b'<row r="1"><c r="A1"><v>1</v></c></row></sheetData>') if n == sheet else d), "order"),
        ("a row beyond the last", rewrite(good, path("xa-tit.xlsx"), lambda n, d: d.replace(
            b"</sheetData>", b'<row r="99999999"/></sheetData>') if n == sheet else d), "order"),
        ("a column beyond the last", rewrite(good, path("cot.xlsx"), lambda n, d: d.replace(
            b"</sheetData>", b'<row r="9"><c r="XFD9"><v>1</v></c></row></sheetData>') if n == sheet else d), "256"),
        ("a text that is not there", rewrite(good, path("chuoi.xlsx"), lambda n, d: d.replace(
            b"</sheetData>", b'<row r="9"><c r="A9" t="s"><v>777</v></c></row></sheetData>') if n == sheet else d), "row 9"),
        ("no sheet part", rewrite(good, path("khong.xlsx"), lambda n, d: None if n == sheet else d), "damaged"),
        ("no workbook", rewrite(good, path("zip.xlsx"), lambda n, d: None if n == "xl/workbook.xml" else d), "no Excel"),
        ("XML that ends early", rewrite(good, path("cut-xml.xlsx"), lambda n, d: d[:-20] if n == sheet else d), "damaged"),
        ("cut short", written("ngan.xlsx", raw[:len(raw) // 2]), "spreadsheet"),
        ("a changed byte", written("byte.xlsx", changed(raw, sheet)), ""),
        ("protected by a password", written("khoa.xlsx", bytes(locked)), "password"),
        ("older or encrypted", libreoffice(p, good, "xls"), "Excel Workbook (.xlsx)"),
        ("an OpenDocument file", libreoffice(p, good, "ods"), "no Excel"),
    ]
    before = p.ctl("export", "villages").stdout
    for what, file, word in files:
        code, said, _ = outcome(p, "villages", file)
        report.check(f"{what}: refused, one line that says why", code in (1, 3) and word in said and
                     os.path.basename(file) in said and len(said.splitlines()) < 4, f"{code} {said[:300]}")
    report.check("nothing was loaded", p.ctl("export", "villages").stdout == before)
    code, said, counts = outcome(p, "villages", good)
    report.equal("the good one is taken", (code, counts), (0, (1, 0, 0)))


def main():
    report = Report()
    with Province(plugins=("environment", "training", "reporting")) as p:
        p.load_sample()
        sent_back(report, p)
        there_and_back(report, p)
        looks(report, p)
        made_by_hand(report, p)
        numbers(report, p)
        wrong(report, p)
        hostile(report, p)
    report.close()


if __name__ == "__main__":
    main()
