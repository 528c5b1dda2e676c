"""Exim and OpenSMTPD, each in a folder of its own on a free port, delivering into one Maildir. Their packages
and Postfix's exclude one another, so they are only unpacked, once, beneath the build folder; needs root."""
import glob
import os
import shutil
import subprocess
import tempfile
import time

from province import ROOT
from smtp_server import free_port

PACKAGES = ["exim4-base", "exim4-daemon-light", "libidn12", "opensmtpd"]
UNPACKED = os.path.join(ROOT, "build", "mta")


def unpack():
    """Fetches and unpacks the packages where that was not done before."""
    if os.path.isdir(UNPACKED):
        return
    folder = tempfile.mkdtemp(prefix="langnghe-mta-")
    try:
        os.chmod(folder, 0o777)
        subprocess.run(["apt-get", "download", "-qq", *PACKAGES], cwd=folder, check=True, capture_output=True)
        root = os.path.join(folder, "root")
        for package in glob.glob(os.path.join(folder, "*.deb")):
            subprocess.run(["dpkg", "-x", package, root], check=True)
        os.chmod(os.path.join(root, "usr", "sbin", "exim4"), 0o755)  # as it is used here it needs no rights
        shutil.copytree(root, UNPACKED + ".new", symlinks=True)
        os.rename(UNPACKED + ".new", UNPACKED)
    finally:
        shutil.rmtree(folder)


class Server:
    """with Exim() as s: s.port, s.letters(): the bytes of each letter in its Maildir."""

    def __init__(self):
        unpack()
        self.dir = tempfile.mkdtemp(prefix="langnghe-mta-")
        os.chmod(self.dir, 0o755)
        self.port = free_port()
        self.box = os.path.join(self.dir, "box")
        os.mkdir(self.box)
        shutil.chown(self.box, "nobody", "nogroup")

    def write(self, name, text):
        path = os.path.join(self.dir, name)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        return path

    def letters(self):
        found = []
        for path in glob.glob(os.path.join(self.box, "new", "*")):
            with open(path, "rb") as f:
                found.append(f.read())
        return found

    def until(self, done, seconds=120):
        for _ in range(seconds * 10):
            if done():
                return True
            time.sleep(0.1)
        return False

    def greets(self):
        import socket
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as s:
                return s.recv(3) == b"220"
        except OSError:
            return False

    def __enter__(self):
        self.output = open(os.path.join(self.dir, "output"), "w+", encoding="utf-8")
        self.process = subprocess.Popen(self.command(), stdout=self.output, stderr=subprocess.STDOUT,
                                        env=dict(os.environ, **self.environment()))
        if not self.until(self.greets, 30):
            self.__exit__()
            raise RuntimeError(f"{type(self).__name__} does not answer: {self.said}")
        return self

    def environment(self):
        return {}

    def in_namespace(self, users, lines):
        """Runs the lines of a script where these users exist, of which the system knows nothing."""
        for name, row in (("passwd", "{0}:x:{1}:{1}::/nonexistent:/usr/sbin/nologin\n"), ("group", "{0}:x:{1}:\n")):
            with open(os.path.join("/etc", name), encoding="utf-8") as f:
                self.write(name, f.read() + "".join(row.format(user, 64001 + i) for i, user in enumerate(users)))
        script = self.write("start", "\n".join([
            "set -e", *[f"mount --bind {self.dir}/{name} /etc/{name}" for name in ("passwd", "group")], *lines]))
        return ["unshare", "--mount", "sh", script]

    def __exit__(self, *exc):
        self.process.terminate()
        self.process.wait()
        self.output.seek(0)
        self.said = self.output.read()[-2000:]
        self.output.close()
        shutil.rmtree(self.dir, ignore_errors=True)


class Exim(Server):
    def command(self):
        spool = os.path.join(self.dir, "spool")
        os.mkdir(spool)
        for path in (self.dir, spool):
            shutil.chown(path, "nobody", "nogroup")
        conf = self.write("exim.conf", f"""primary_hostname = mta.langnghe.test
exim_user = nobody
exim_group = nogroup
never_users =
deliver_drop_privilege
spool_directory = {spool}
log_file_path = {self.dir}/%slog
pid_file_path = {self.dir}/pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = {self.port}
smtp_accept_queue_per_connection = 0
acl_smtp_rcpt = take
acl_smtp_data = take
begin acl
take:
  accept
begin routers
all:
  driver = accept
  transport = box
begin transports
box:
  driver = appendfile
  directory = {self.box}
  maildir_format
  create_directory
  user = nobody
  group = nogroup
  envelope_to_add
""")
        return self.in_namespace(["Debian-exim"], [
            f"exec setpriv --reuid=nobody --regid=nogroup --clear-groups {UNPACKED}/usr/sbin/exim4 -C {conf} -bdf"])

    def environment(self):
        return {"LD_LIBRARY_PATH": os.path.join(UNPACKED, "usr", "lib", "x86_64-linux-gnu")}


class OpenSMTPD(Server):
    """Its folders are compiled in, too."""

    def command(self):
        conf = self.write("smtpd.conf", f"""listen on 127.0.0.1 port {self.port} hostname mta.langnghe.test
action "box" maildir "{self.box}" virtual {{ "@" = "nobody" }}
match from any for any action "box"
""")
        return self.in_namespace(["opensmtpd", "opensmtpq"], [
            *[f"mount -t tmpfs none {folder}" for folder in ("/run", "/var/spool", "/var/lib", "/usr/libexec")],
            "mkdir -p /var/lib/opensmtpd/empty /usr/libexec/opensmtpd",
            f"cp -a {UNPACKED}/usr/libexec/opensmtpd/. /usr/libexec/opensmtpd/",
            f"exec {UNPACKED}/usr/sbin/smtpd -d -f {conf}"])
