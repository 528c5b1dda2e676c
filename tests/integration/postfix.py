"""A Postfix of its own in a folder, on a free port; needs root, as Postfix does."""
import os
import shutil
import subprocess
import tempfile
import time

from smtp_server import free_port

SERVICES = """
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """with Postfix(main_cf_text) as s: s.port; main_cf may use {dir}."""

    def __init__(self, main_cf):
        self.dir = tempfile.mkdtemp(prefix="langnghe-postfix-")
        self.port = free_port()
        os.chmod(self.dir, 0o755)
        self.etc = os.path.join(self.dir, "etc")
        for name in ("etc", "queue", "data"):
            os.mkdir(os.path.join(self.dir, name))
        shutil.chown(os.path.join(self.dir, "data"), "postfix")
        own = f"queue_directory = {self.dir}/queue\ndata_directory = {self.dir}/data\n" \
              f"maillog_file = {self.dir}/log\nmaillog_file_prefixes = /tmp, {self.dir}\n"
        self.write("main.cf", main_cf.replace("{dir}", self.dir) + own)
        self.write("master.cf", f"127.0.0.1:{self.port} inet n - n - - smtpd{SERVICES}")

    def write(self, name, text, mode=0o644):
        path = os.path.join(self.etc, name)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        os.chmod(path, mode)
        return path

    def command(self, word):
        return subprocess.run(["/usr/sbin/postfix", "-c", self.etc, word], capture_output=True, text=True, check=False)

    def __enter__(self):
        r = self.command("start")
        if r.returncode:
            raise RuntimeError(f"postfix does not start: {r.stdout}{r.stderr}{self.log()}")
        return self

    def waiting(self):
        """How many letters its queue holds."""
        r = subprocess.run(["/usr/sbin/postqueue", "-c", self.etc, "-j"], capture_output=True, text=True, check=False)
        return len(r.stdout.splitlines())

    def until(self, done, seconds=120):
        for _ in range(seconds * 10):
            if done():
                return True
            time.sleep(0.1)
        return False

    def log(self):
        try:
            with open(os.path.join(self.dir, "log"), encoding="utf-8") as f:
                return f.read()[-3000:]
        except OSError:
            return ""

    def __exit__(self, *exc):
        self.command("stop")
        shutil.rmtree(self.dir, ignore_errors=True)
