"""langnghe-launcher started as a service manager starts it: with a listening socket, as another user where we are root."""
import os
import signal
import socket

AS_ROOT = os.geteuid() == 0
NOBODY = 65534


class Launcher:
    """The program with a listening socket as descriptor 3, as systemd starts it. stop() leaves the socket to the next."""

    def __init__(self, path, libexec):
        self.path, self.libexec, self.process = path, libexec, None
        self.listening = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.listening.bind(path)
        self.listening.listen(128)

    def start(self, as_another=AS_ROOT):
        pid = os.fork()
        if pid == 0:
            try:
                os.dup2(self.listening.fileno(), 3)
                os.set_inheritable(3, True)
                os.closerange(4, 256)
                if as_another:
                    os.setgroups([])
                    os.setgid(0)  # reads what the database's group reads
                    os.setuid(NOBODY)
                os.execve(os.path.join(self.libexec, "langnghe-launcher"), ["langnghe-launcher"],
                          {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1", "LANGNGHE_LIBEXEC": self.libexec})
            finally:
                os._exit(99)
        self.pid = pid
        return self

    def stop(self, how=signal.SIGTERM):
        os.kill(self.pid, how)
        os.waitpid(self.pid, 0)

    def runners(self):
        """Those that run a plugin; one that only describes itself ends at once."""
        return [p for p in children(self.pid) if "--database" in words(p)]

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as f:
        return [int(c) for c in f.read().split()]


def words(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as f:
            return f.read().decode().split("\0")
    except OSError:
        return []


def command(pid):
    try:
        with open(f"/proc/{pid}/comm") as f:  # cut at 15 bytes
            return f.read().strip()
    except OSError:
        return ""
