#!/usr/bin/env python3
"""The letters of one sending time, most of them with a list as XLSX: decided, composed and queued
(compose_all.c: mailing_run alone), beside GMime and libxlsxwriter building letters of the same content in
memory (bare_letters.c), their texts and cells taken from our own letters beforehand."""
import csv
import datetime
import email
import email.policy
import email.utils
import io
import os
import shutil
import subprocess

import openpyxl

from measure import ENV, REGISTER, ROOT, Bench, CannotMeasure, Folder, Province, built, in_turns, run

NOW = "2026-11-23T08:00:00+07:00"
LETTERS, WITH_LIST = 200, 166
COMMUNES, WITH_VILLAGES = 193, 159  # beside seven departments, all of which lack something
VILLAGES = 4 * WITH_VILLAGES
RUNS = 7
LIMIT = 3
NAMED = ("Message-ID", "From", "To", "Reply-To", "Subject", "Date", "MIME-Version", "Content-Type")
FILL = {"FFE7E6E6": 1, "FFFBE5D6": 2, "FFFFF2CC": 3}  # as enum format of bare_letters.c
DATE_FORMAT = 4
PADDING = 0.7109375  # what libxlsxwriter adds to a column's width


def province():
    """All communes owe a report; those with villages lack things for them, the others nothing else."""
    p = Province(extra="reminders = { start_spread_workdays = 1; };")
    plan = os.path.join(p.dir, "plan.conf")
    with open(os.path.join(ROOT, "conf", "plan-thanh-hoa.conf"), encoding="utf-8") as f:
        text = f.read()
    with open(plan, "w", encoding="utf-8") as f:
        f.write(text.replace("communes_report = false", "communes_report = true"))
    with open(p.conf, encoding="utf-8") as f:
        text = f.read()
    with open(p.conf, "w", encoding="utf-8") as f:
        f.write(text.replace(f"{ROOT}/conf/plan-thanh-hoa.conf", plan))
    out = os.path.join(p.dir, "csv")
    subprocess.run([os.path.join(ROOT, "scripts", "gen-register"), "--out", out, "--today", NOW[:10],
                    "--villages", str(VILLAGES), "--establishments", "3000", "--communes", str(COMMUNES)],
                   check=True, stdout=subprocess.DEVNULL)
    register(out)
    p.ctl("init")
    for kind in [*REGISTER, "submissions"]:
        p.ctl("import", kind, os.path.join(out, kind + ".csv"))
    p.ctl("go-live", "2026-11-16")
    p.sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return p


def rewrite(path, change):
    """The rows as `change` gives them."""
    with open(path, encoding="utf-8", newline="") as f:
        rows = change(list(csv.DictReader(f)))
    with open(path, "w", encoding="utf-8", newline="") as f:
        out = csv.DictWriter(f, rows[0].keys())
        out.writeheader()
        out.writerows(rows)


def register(folder):
    """The villages spread over the first communes, instead of in clusters; an address for every commune;
    what the other communes have handed in."""
    communes = [f"xa-{i + 1:05d}" for i in range(COMMUNES)]
    rewrite(os.path.join(folder, "villages.csv"),
            lambda rows: [dict(row, commune=communes[i % WITH_VILLAGES]) for i, row in enumerate(rows)])
    rewrite(os.path.join(folder, "contacts.csv"),
            lambda rows: [dict(rows[0], unit=unit, email=f"vanthu@{unit}.mophong.example") for unit in communes])
    with open(os.path.join(folder, "submissions.csv"), "w", encoding="utf-8") as f:
        f.write("duty,unit,period,document_on,received_on,document_no,figures_on,accepted,note,ended_on,end_reason,"
                "source\n")
        for unit in communes[WITH_VILLAGES:]:
            for duty in ("unit-plan", "named-leader"):
                f.write(f"{duty},{unit},once,2025-11-10,2025-11-10,MP-1/KH,,yes,,,,mô phỏng\n")


class Content:
    """The records that bare_letters reads."""

    def __init__(self):
        self.out = io.BytesIO()

    def add(self, tag, text):
        data = text if isinstance(text, bytes) else text.encode()
        self.out.write(f"{tag} {len(data)}\n".encode() + data + b"\n")

    def cell(self, cell):
        form = DATE_FORMAT if cell.is_date else FILL.get(cell.fill.fgColor.rgb if cell.fill.fill_type else "", 0)
        value = cell.value
        if value is None:
            form = DATE_FORMAT if cell.number_format == "dd/mm/yyyy" else form
            self.add("b", f"{form}")
        elif isinstance(value, datetime.datetime):
            self.add("d", f"{form}{value:%Y-%m-%d}")
        elif isinstance(value, (int, float)):
            self.add("n", f"{form}{value}")
        else:
            self.add("s", f"{form}{value}")

    def book(self, name, data):
        self.add("B", name)
        for sheet in openpyxl.load_workbook(io.BytesIO(data)):
            self.add("N", sheet.title)
            widths = sorted((d.min, d.max, d.width) for d in sheet.column_dimensions.values())
            for first, last, width in widths:
                for _ in range(first, last + 1):
                    self.add("W", f"{width - PADDING:.4f}")
            for row in sheet.iter_rows():
                self.add("r", "")
                for cell in row:
                    self.cell(cell)

    def addresses(self, tag, message, header):
        for address in message[header].addresses:
            self.add(tag, f"{address.display_name}\t{address.addr_spec}")

    def letter(self, data):
        m = email.message_from_bytes(data, policy=email.policy.default)
        self.add("L", m["Message-ID"].strip("<>"))
        for tag, header in (("F", "From"), ("T", "To"), ("R", "Reply-To")):
            self.addresses(tag, m, header)
        self.add("S", str(m["Subject"]))
        self.add("D", f"{email.utils.parsedate_to_datetime(m['Date']).timestamp():.0f}")
        for name, value in m.items():
            if name not in NAMED:
                self.add("H", f"{name}\t{value}")
        for part in m.walk():
            kind, bytes_ = part.get_content_type(), part.get_payload(decode=True)
            if kind == "text/plain":
                self.add("P", bytes_)
            elif kind == "text/html":
                self.add("M", bytes_)
            elif kind == "text/calendar":
                self.add("C", part.get_filename().encode() + b"\t" + bytes_)
            elif kind.endswith(".sheet"):
                self.book(part.get_filename(), bytes_)


def numbers(argv):
    r = subprocess.run(argv, env=ENV, capture_output=True, text=True, check=False)
    if r.returncode != 0 or r.stderr:
        raise CannotMeasure(f"{argv[0]}: exit {r.returncode}: {r.stderr.strip()[:300]}")
    return [float(word) for word in r.stdout.split()]


def main():
    with Folder() as folder:
        p = province()
        before = os.path.join(folder, "before.db")
        shutil.copyfile(p.database, before)
        used = {"ours": [], "bare": []}

        def ours():
            for end in ("-wal", "-shm"):
                if os.path.exists(p.database + end):
                    os.unlink(p.database + end)
            shutil.copyfile(before, p.database)
            wall, processor, _ = numbers([built("tests/bench/compose_all"), p.conf, NOW])
            used["ours"].append(processor)
            return wall
        ours()
        letters = [data for data, in p.sql("SELECT bytes FROM letter ORDER BY id")]
        lists = sum(b"spreadsheetml" in data for data in letters)
        if (len(letters), lists) != (LETTERS, WITH_LIST):
            raise CannotMeasure(f"{len(letters)} letters, {lists} with XLSX")
        content = Content()
        for data in letters:
            content.letter(data)
        path = os.path.join(folder, "content")
        with open(path, "wb") as f:
            f.write(content.out.getvalue())

        def bare():
            wall, processor, count, size = numbers([built("tests/bench/bare_letters"), path])
            whole = sum(map(len, letters))
            if count != len(letters) or abs(size - whole) > whole / 100:
                raise CannotMeasure(f"{count:.0f} letters of {size:.0f} bytes beside {len(letters)} of {whole}")
            used["bare"].append(processor)
            return wall
        used["ours"].clear()
        wall = in_turns(RUNS, ours, bare)
        processor = [sorted(used[name])[RUNS // 2] for name in ("ours", "bare")]
        bench = Bench("compose, queue", "bare libraries")
        print(f"{len(letters)} letters, {lists} with XLSX, {sum(map(len, letters)) / len(letters) / 1000:.1f} KB each")
        bench.ratio("  time", *wall, LIMIT)
        bench.ratio("  processor time", *processor, LIMIT)
        return bench.close()


run(main)
