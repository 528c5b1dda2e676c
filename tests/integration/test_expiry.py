#!/usr/bin/python3
"""Certificates that run for years are counted and not carried out of a plugin's process; what somebody was told of is:
a renewed certificate ends its alert, whenever its renewal is written down."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from province import Province, Report  # noqa: E402

FAR, NEAR, GONE = "2029-06-30", "2027-01-15", "2026-09-30"


class Certificates:
    def __init__(self, report, p):
        self.report, self.p = report, p

    def load(self, **ends):
        """Products of one establishment by their certificates' last days."""
        path = os.path.join(self.p.dir, "products.csv")
        with open(path, "w", encoding="utf-8") as f:
            f.write("code,establishments,name,ocop_stars,certified_on,valid_to,certificate_no,source\n")
            for code, end in ends.items():
                f.write(f"{code},CS-00001,Sản phẩm {code} (mô phỏng),3,2023-12-01,{end},1/QĐ,mô phỏng\n")
        self.p.ctl("import", "products", path)

    def round(self, day):
        self.p.run("langnghe-round", "--now", f"{day}T09:00:00+07:00", "--poke")

    def alerts(self):
        return {subject: (state, status) for subject, state, status in
                self.p.sql("SELECT subject, state, status FROM alert WHERE rule = 'certificates'")}

    def listed(self, day, *more):
        return {r["subject"]: r["status"] for r in
                self.p.ctl("check", "--as-of", day, *more, json_out=True) if r["rule"] == "certificates"}


def main():
    report = Report()
    with Province(plugins=("ocop",)) as p:
        p.load_sample(["villages", "establishments"])
        p.ctl("go-live", "2026-11-16")
        c = Certificates(report, p)
        c.load(FAR=FAR, NEAR=NEAR, GONE=GONE, LATE=FAR)
        told = {"product:NEAR": "expiring", "product:GONE": "expired"}
        report.equal("what lacks nothing is not listed", c.listed("2026-11-24"), told)
        report.equal("unless asked for", c.listed("2026-11-24", "--all"),
                     {**told, "product:FAR": None, "product:LATE": None})
        c.round("2026-11-24")
        report.equal("the first round", c.alerts(), {s: ("open", status) for s, status in told.items()})
        report.equal("all are counted", p.sql("SELECT findings FROM plugin_run"), [(6,)])  # with the two targets
        frame = p.sql("SELECT frame FROM kept_findings")[0][0]
        report.check("what nobody has to hear of is not carried", b"product:NEAR" in frame and b"product:FAR" not in frame)
        c.round("2026-11-24")
        report.equal("kept findings say the same", c.alerts(), {s: ("open", status) for s, status in told.items()})
        c.load(NEAR=FAR)
        c.round("2026-11-24")
        report.check("what ends an alert is", b"product:NEAR" in p.sql("SELECT frame FROM kept_findings")[0][0])
        report.equal("renewed on the same day", c.alerts(),
                     {"product:NEAR": ("resolved", "in_order"), "product:GONE": ("open", "expired")})
        c.load(GONE=FAR, LATE=NEAR)
        c.round("2026-11-25")
        report.equal("renewed later", c.alerts(), {"product:NEAR": ("resolved", "in_order"), "product:GONE": ("resolved", "in_order"),
                                                   "product:LATE": ("open", "expiring")})
        name, summary = p.sql("SELECT name, summary FROM alert WHERE subject = 'product:GONE'")[0]
        report.check("its end has its name and its new day", "GONE" in name and "còn hiệu lực đến 30/06/2029" in summary, f"{name} {summary}")
        c.load(LATE=FAR)
        c.load(LATE=NEAR)
        c.round("2026-11-25")
        report.equal("changed and changed back", c.alerts()["product:LATE"], ("open", "expiring"))
    return report.close()


sys.exit(main())
