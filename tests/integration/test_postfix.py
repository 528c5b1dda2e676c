#!/usr/bin/python3
"""200 letters through a real Postfix: into a Maildir, byte for byte; and, as the shipped sample
configuration has it, from Postfix on to a submission server with STARTTLS and a password."""
import os
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from mail_forms import canonical, own  # noqa: E402
from posting import Post  # noqa: E402
from postfix import Postfix  # noqa: E402
from province import Report, ROOT  # noqa: E402
from smtp_server import Authority, RealServer  # noqa: E402

LETTERS = 200
MAILDIR = """compatibility_level = 3.6
myhostname = mta.langnghe.test
inet_interfaces = loopback-only
mynetworks = 127.0.0.0/8
mydestination =
alias_maps =
virtual_mailbox_domains = units.langnghe.test
virtual_mailbox_base = {dir}/boxes
virtual_mailbox_maps = static:all/
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
"""


def pairs(letters):
    return sorted((to, own(data)) for to, data in letters)


def into_maildir(report, post):
    with Postfix(MAILDIR) as server:
        boxes = os.path.join(server.dir, "boxes")
        os.makedirs(boxes)
        shutil.chown(boxes, 65534, 65534)
        post.smtp(server.port)
        r = post.run()
        report.equal("Postfix takes every letter", (r.returncode, post.states()), (0, {"sent": LETTERS}))
        new = os.path.join(boxes, "all", "new")
        report.check("and delivers it", server.until(lambda: os.path.isdir(new) and len(os.listdir(new)) >= LETTERS),
                     server.log())
        got = []
        for name in os.listdir(new):
            with open(os.path.join(new, name), "rb") as f:
                data = f.read()
            to = next(line for line in data.split(b"\n") if line.lower().startswith(b"x-original-to: "))
            got.append((to[len("x-original-to: "):].decode(), data))
        report.equal("byte for byte", pairs(got) == pairs(post.queued()), True)
        report.equal("what a signature covers is unchanged", sorted(canonical(data) for _, data in got),
                     sorted(canonical(data) for _, data in post.queued()))
        report.equal("none twice", len(got), LETTERS)


def as_smart_host(report, post, ca):
    with open(os.path.join(ROOT, "conf", "postfix", "main.cf"), encoding="utf-8") as f:
        sample = f.read()
    password = "mật khẩu 9"
    with RealServer(tls=ca.context("mail", "DNS:localhost"), password=password) as upstream:
        for place in ("[mail.thanhhoa.gov.vn]:587", "/etc/ssl/certs/ca-certificates.crt", "/etc/postfix/sasl_passwd"):
            report.check(f"the sample names {place}", place in sample)
        conf = sample.replace("relayhost = [mail.thanhhoa.gov.vn]:587", f"relayhost = [localhost]:{upstream.port}")
        conf = conf.replace("/etc/ssl/certs/ca-certificates.crt", ca.ca)
        conf = conf.replace("/etc/postfix/sasl_passwd", "{dir}/etc/sasl_passwd")
        conf += "smtp_host_lookup = native\n"  # "localhost" is in no name server
        with Postfix(conf) as server:
            server.write("sasl_passwd", f"[localhost]:{upstream.port} langnghe:{password}\n", 0o600)
            post.smtp(server.port)
            r = post.run()
            report.equal("the smart host takes every letter", (r.returncode, post.states()), (0, {"sent": LETTERS}))
            report.check("and brings it on", server.until(lambda: len(upstream.keeper.letters) >= LETTERS), server.log())
            report.equal("byte for byte, over STARTTLS, with its password",
                         pairs(upstream.keeper.letters) == pairs(post.queued()), True)
        with Postfix(conf.replace(ca.ca, "/etc/ssl/certs/ca-certificates.crt")) as server:
            server.write("sasl_passwd", f"[localhost]:{upstream.port} langnghe:{password}\n", 0o600)
            upstream.keeper.letters.clear()
            post.smtp(server.port)
            post.keep_one()
            post.run()
            report.check("a certificate that it does not trust: kept, not sent",
                         server.until(lambda: "not verified" in server.log() or "untrusted" in server.log().lower(), 30)
                         and not upstream.keeper.letters and server.waiting() == 1, server.log())


def main():
    report = Report()
    if os.geteuid() != 0:
        print("left out: Postfix starts as root only")
        return
    post = Post()
    with post.p:
        os.chmod(post.p.dir, 0o755)
        post.many(LETTERS)
        into_maildir(report, post)
        as_smart_host(report, post, Authority(post.p.dir))
    report.close()


main()
