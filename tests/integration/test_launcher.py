#!/usr/bin/python3
"""Runners as another user: langnghe-launcher started as a service manager starts it, as a user of its own; the same
findings, the same limits and reasons as without it; nothing outlives who asked; what is sent to it that is no request
hurts nobody. Without the rights to change users it runs as our own user, and that is said."""
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from launcher import AS_ROOT, NOBODY, Launcher, children, command  # noqa: E402
from province import BUILD, ROOT, Province, Report, wait_for  # noqa: E402

GOOD = ["reporting", "environment", "preservation"]
BAD = {"segfault": "died of signal 11", "leaver": "exit code 0", "endless": "processor time and was ended",
       "sleeper": "did not answer within", "stubborn": "died of signal", "shadow-reader": "died of signal"}
ASAN = "address" in os.environ.get("SAN", "")


def everybody_reads(folder):
    """Programs, plugins and the packaged files, where another user may read them."""
    os.chmod(folder, 0o755)
    libexec, plugins = os.path.join(folder, "libexec"), os.path.join(folder, "plugins")
    os.mkdir(libexec)
    os.mkdir(plugins)
    for name in os.listdir(BUILD):
        if name.startswith("langnghe") and os.access(os.path.join(BUILD, name), os.X_OK):
            shutil.copy(os.path.join(BUILD, name), libexec)
    for name in GOOD:
        shutil.copy(os.path.join(BUILD, "plugins", name + ".so"), plugins)
    for name in [*BAD, "fat"]:
        shutil.copy(os.path.join(BUILD, "tests", "plugins", name + ".so"), plugins)
    shutil.copytree(os.path.join(ROOT, "conf"), os.path.join(folder, "conf"))
    subprocess.run(["chmod", "-R", "u+rwX,go=rX", folder], check=True)
    return libexec, plugins


def user_of(pid):
    with open(f"/proc/{pid}/status") as f:
        return {int(u) for line in f if line.startswith("Uid:") for u in line.split()[1:]}


def findings(p, env=None):
    rows = p.ctl("check", "--as-of", "2026-11-23", json_out=True, env=env, check=False)
    return sorted(json.dumps(r, sort_keys=True, ensure_ascii=False) for r in rows)


def why(p, env, as_of="2026-11-23"):
    """What a check says about each plugin that failed, by its name."""
    r = p.ctl("check", "--as-of", as_of, env=env)
    return {name: line for line in r.stderr.splitlines() for name in [*BAD, *GOOD] if f"plugin {name}:" in line or f"/{name}.so:" in line}


def set_plugins(p, names):
    with open(p.conf, encoding="utf-8") as f:
        text = f.read()
    begin = text.index("enabled = [") + len("enabled = [")
    end = text.index("]", begin)
    with open(p.conf, "w", encoding="utf-8") as f:
        f.write(text[:begin] + ", ".join(f'"{n}"' for n in names) + text[end:])


def another_user(report, p, launcher, env):
    """While a plugin hangs, whose process it is."""
    set_plugins(p, ["sleeper"])
    check = subprocess.Popen([os.path.join(launcher.libexec, "langnghectl"), "-c", p.conf, "check", "--as-of", "2026-11-23"],
                             env=dict(os.environ, **env), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    report.check("the runner is the launcher's", wait_for(lambda: len(launcher.runners()) == 1, 20))
    report.equal("nobody but the launcher starts one", [c for c in children(check.pid) if "runner" in command(c)], [])
    users = {u for r in launcher.runners() for u in user_of(r)}
    if AS_ROOT:
        report.equal("it is another user's, for good", users, {NOBODY})
    else:
        print("not root: the launcher runs as our own user")
    return check


def ends_with_its_parent(report, p, launcher, env):
    check = another_user(report, p, launcher, env)
    check.kill()
    check.wait()
    check.stderr.close()
    report.check("who asked is killed: the runner ends", wait_for(lambda: not launcher.runners(), 20))

    check = another_user(report, p, launcher, env)
    launcher.stop(signal.SIGKILL)
    said = check.communicate(timeout=60)[1]
    report.check("the launcher is killed: the check ends and says whose end it was",
                 "sleeper" in said and "langnghe-launcher" in said, said)
    launcher.start()
    set_plugins(p, GOOD)
    report.equal("the next launcher on the same socket serves", why(p, env), {})


def rubbish(report, p, launcher, env):
    """What is no request: told or dropped, and nothing is left over."""
    before = launcher.descriptors() if AS_ROOT else 0

    def say(message, fds=(), wait=True):
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as s:
            s.settimeout(20)
            s.connect(launcher.path)
            socket.send_fds(s, [message], list(fds)) if message else None
            return s.recv(4096) if wait else b""

    null = os.open("/dev/null", os.O_RDWR)
    report.check("no descriptor", b"of another version" in say(b"--describe\0x\0"))
    report.check("several descriptors", b"of another version" in say(b"--describe\0x\0", [null] * 4))
    report.check("no end of an argument", b"of another version" in say(b"--describe", [null]))
    report.check("too many arguments", b"of another version" in say(b"x\0" * 9, [null]))
    report.check("too long a request", b"cannot be read" in say(b"x" * 40000 + b"\0", [null]))
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as s:
        s.settimeout(20)
        s.connect(launcher.path)
        socket.send_fds(s, [b"--nonsense\0"], [null])
        pid = struct.unpack("=i", s.recv(4096)[:4])[0]
        report.equal("wrong arguments: it is started, and its end is told", (pid > 0, struct.unpack("=ii", s.recv(4096))),
                     (True, (os.CLD_EXITED, 2)))
    for _ in range(50):
        say(b"", wait=False)
        say(b"--describe\0x\0", [null], wait=False)
    held = [socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) for _ in range(300)]
    for s in held[:250]:
        s.connect(launcher.path)
    report.equal("250 silent connections: it serves", why(p, env), {})
    for s in held[250:]:
        s.connect(launcher.path)
    report.equal("300 silent connections: it serves, once the first are given up", why(p, env), {})
    for s in held:
        s.close()
    os.close(null)
    report.equal("300 that have gone: it serves", why(p, env), {})
    if AS_ROOT:  # else nobody may look into it
        report.check("nothing is left open", wait_for(lambda: launcher.descriptors() == before, 20),
                     f"{before} before, {launcher.descriptors()} after")
    report.check("no process is left", wait_for(lambda: not children(launcher.pid), 20), str(children(launcher.pid)))


def not_there(report, p, launcher, env):
    set_plugins(p, GOOD)
    gone = dict(env, LANGNGHE_LAUNCHER=launcher.path + "-not")
    said = why(p, gone)
    report.check("no launcher: every plugin's failure says so, none runs as ourselves",
                 sorted(said) == sorted(GOOD) and all("cannot be reached" in v for v in said.values()), str(said))
    os.kill(launcher.pid, signal.SIGSTOP)
    began = time.monotonic()
    said = why(p, env)
    took = time.monotonic() - began
    os.kill(launcher.pid, signal.SIGCONT)
    report.check("a launcher that hangs: the same, and it is waited for only once",
                 sorted(said) == sorted(GOOD) and all("did not answer within 10 s" in v for v in said.values()), str(said))
    report.check("no longer than once", took < 25, f"{took:.1f} s")


def hangs_later(report, p, launcher, env):
    """It hangs while runners of its are at work: their end is waited for once, not for each."""
    names = ["sleeper", "fat", "endless", "leaver", *GOOD]
    set_plugins(p, names)
    check = subprocess.Popen([os.path.join(launcher.libexec, "langnghectl"), "-c", p.conf, "check", "--as-of", "2026-11-23"],
                             env=dict(os.environ, **env), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    wait_for(lambda: len(launcher.runners()) >= 2, 20)
    os.kill(launcher.pid, signal.SIGSTOP)
    began = time.monotonic()
    said = check.communicate(timeout=120)[1]
    took = time.monotonic() - began
    os.kill(launcher.pid, signal.SIGCONT)
    report.check("a launcher that hangs in the middle", "sleeper" in said and took < 30, f"{took:.1f} s {said}")
    report.check("its runners end with it", wait_for(lambda: not launcher.runners(), 20))
    set_plugins(p, GOOD)
    report.equal("afterwards it serves", why(p, env), {})


def a_day(report, p, launcher, env):
    """The daemon's own round: letters, with runners that are another user's."""
    def letters(extra):
        p.ctl("go-live", "2026-11-23")
        day = "2026-11-22T07:00:00+07:00,step,2026-11-26T09:00:00+07:00"
        p.run("langnghed", "-f", "--clock", day, env=extra)
        return p.letters(), p.sql("SELECT name, last_error FROM plugin_run ORDER BY name")

    shutil.copy(p.database, p.database + ".before")
    with_it = letters(env)
    for end in ["", "-wal", "-shm"]:
        if os.path.exists(p.database + end):
            os.unlink(p.database + end)
    shutil.move(p.database + ".before", p.database)
    without = letters({"LANGNGHE_LIBEXEC": launcher.libexec})
    report.equal("a day of the daemon writes the same letters", with_it, without)
    report.check("there are some", len(with_it[0]) > 3 and all(e is None for _, e in with_it[1]), str(with_it))


def main():
    report = Report()
    folder = tempfile.mkdtemp(prefix="langnghed-launcher-")
    libexec, plugins = everybody_reads(folder)
    r = subprocess.run([os.path.join(libexec, "langnghe-launcher")], capture_output=True, text=True)
    report.check("without a socket it says how it is used", r.returncode == 2 and "ListenSequentialPacket" in r.stderr, r.stderr)
    with Province(plugins=GOOD, plugin_dir=plugins, settings="wall_ms = 7000; cpu_ms = 1000;") as p:
        os.chmod(p.dir, 0o755)
        with open(p.conf, encoding="utf-8") as f:
            text = f.read()
        with open(p.conf, "w", encoding="utf-8") as f:
            f.write(text.replace(os.path.join(ROOT, "conf"), os.path.join(folder, "conf")))
        p.load_sample()
        launcher = Launcher(os.path.join(p.dir, "launcher"), libexec).start()
        env = {"LANGNGHE_LAUNCHER": launcher.path, "LANGNGHE_LIBEXEC": libexec}
        plain = {"LANGNGHE_LIBEXEC": libexec}
        try:
            with_it, without = findings(p, env), findings(p, plain)
            report.check("the same findings as without it", len(without) > 100 and with_it == without,
                         f"{len(with_it)} and {len(without)}")
            set_plugins(p, [*GOOD, *BAD])
            said, as_ever = why(p, env), why(p, plain)
            for name, reason in BAD.items():
                if not ASAN:
                    report.check(f"{name}: {reason}", reason in said.get(name, ""), said.get(name, "it ran"))
            report.equal("the good ones beside them", [n for n in GOOD if n in said], [])
            if not ASAN:
                report.equal("the reasons are those without it", sorted(said.items()), sorted(as_ever.items()))
            report.check("no runner is left", wait_for(lambda: not children(launcher.pid), 20))
            ends_with_its_parent(report, p, launcher, env)
            rubbish(report, p, launcher, env)
            not_there(report, p, launcher, env)
            hangs_later(report, p, launcher, env)
            a_day(report, p, launcher, env)
        finally:
            launcher.stop()
    shutil.rmtree(folder)
    report.close()


main()
