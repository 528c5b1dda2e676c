#!/usr/bin/python3
"""mail_parse.py FILE…: reads letters (.eml) strictly and prints one JSON summary a line.

Fails (exit 1, the reason on stderr) on any defect that Python's email parser sees, a bare LF, a
line of more than 998 bytes, a byte above 127, a missing header, a workbook that openpyxl or a
calendar that icalendar does not read. Used by the unit tests and the integration tests.
"""
import email
import email.policy
import io
import json
import sys

import icalendar
import openpyxl

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WANTED = ["From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted",
          "X-Langnghe-Unit", "X-Langnghe-Items", "MIME-Version"]


def fail(path, why):
    sys.exit(f"{path}: {why}")


def check_bytes(path, raw):
    for number, line in enumerate(raw.split(b"\r\n"), 1):
        if b"\n" in line or b"\r" in line:
            fail(path, f"line {number}: a line end that is not CRLF")
        if len(line) > 998:
            fail(path, f"line {number}: {len(line)} bytes")
        if any(byte > 127 or byte == 0 for byte in line):
            fail(path, f"line {number}: a byte that is not ASCII")


def check_calendar(path, raw):
    for number, line in enumerate(raw.split(b"\r\n"), 1):
        if len(line) > 75:
            fail(path, f"calendar line {number}: {len(line)} octets")
        line.decode("utf-8")
    calendar = icalendar.Calendar.from_ical(raw)
    events = []
    for event in calendar.walk("VEVENT"):
        for key in ("UID", "DTSTAMP", "DTSTART", "SUMMARY"):
            if key not in event:
                fail(path, f"an event has no {key}")
        events.append({"uid": str(event["UID"]), "day": event["DTSTART"].dt.isoformat(),
                       "sequence": int(event["SEQUENCE"]), "summary": str(event["SUMMARY"]),
                       "description": str(event["DESCRIPTION"])})
    return events


def check_workbook(raw):
    book = openpyxl.load_workbook(io.BytesIO(raw))
    return {sheet.title: [[None if c is None else str(c) for c in row]
                          for row in sheet.iter_rows(values_only=True)] for sheet in book}


def summary(path):
    raw = open(path, "rb").read()
    check_bytes(path, raw)
    message = email.message_from_bytes(raw, policy=email.policy.default)
    for part in message.walk():
        if part.defects:
            fail(path, f"defects: {part.defects}")
    for name in message.keys():
        if message[name].defects:
            fail(path, f"header {name}: {message[name].defects}")
    for name in WANTED:
        if len(message.get_all(name, [])) != 1:
            fail(path, f"header {name} is there {len(message.get_all(name, []))} times")
    out = {"headers": {name: str(value) for name, value in message.items()},
           "header_names": message.keys(),
           "to": [str(a.addr_spec) for a in message["To"].addresses],
           "attachments": [], "sheets": {}, "events": []}
    out["text"] = message.get_body(("plain",)).get_content()
    out["html"] = message.get_body(("html",)).get_content()
    for part in message.iter_attachments():
        out["attachments"].append(part.get_filename())
        content = part.get_payload(decode=True)
        if part.get_content_type() == XLSX:
            out["sheets"] = check_workbook(content)
        elif part.get_content_type() == "text/calendar":
            out["events"] = check_calendar(path, content)
    return out


for path in sys.argv[1:]:
    print(json.dumps(summary(path), ensure_ascii=False))
