#!/usr/bin/python3
"""The service as it is installed: this machine's own system, with what `make install` adds, is booted by systemd in a
container that forgets all it wrote; the unit files are started there as README.md says. Needs root and a kernel that
lets containers be made; elsewhere it says that it was skipped."""
import ctypes
import glob
import json
import os
import pwd
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
SHARED = "/langnghe-test"  # the folder that both sides see
UNIT = f"""[Unit]
Requires=basic.target
After=basic.target
SuccessAction=poweroff-force
FailureAction=poweroff-force
[Service]
Type=oneshot
ExecStart=/usr/bin/python3 {SHARED}/test_systemd.py inside
StandardOutput=file:{SHARED}/out
StandardError=inherit
"""
MAKE = """set -e
mount -t tmpfs none "$1/over"
mkdir "$1/over/upper" "$1/over/work" "$1/over/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/over/upper,workdir=$1/over/work" "$1/over/root"
"""
NSPAWN = 'systemd-nspawn -q -D "$1/over/root" --machine=langnghe-test-$$ --register=no --keep-unit --private-network'
BOOT = f"""{MAKE}
cp "$1/shared/langnghe-test.service" "$1/over/root/etc/systemd/system/"
exec {NSPAWN} --system-call-filter="landlock_create_ruleset landlock_add_rule landlock_restrict_self" \\
    --bind="$1/shared:{SHARED}" --boot -- systemd.unit=langnghe-test.service
"""
KINDS = ["villages", "recognitions", "village_years", "establishments", "products", "ip_rights", "zones", "projects",
         "activities", "difficulties", "submissions", "figures"]
IMPORTS = 'import = {{\n\t# Folder watched for register files (CSV, XLSX): imported, then moved to done/ or rejected/ in it,\n' \
    '\t# with a report and a letter to admin.email. Default: "", none.\n\tdirectory = "{}";'
DATABASE = "/var/lib/langnghe/langnghe.db"


# Outside.

def build_early_reader(root, folder):
    """The plugin of that name, after a file that everybody may read."""
    with open(os.path.join(root, "tests/plugins/early-reader.c"), encoding="utf-8") as f:
        text = f.read().replace("/tmp/langnghe-secret-of-a-test", "/etc/passwd")
    assert "/etc/passwd" in text
    subprocess.run(["cc", "-std=c11", "-D_GNU_SOURCE", "-shared", "-fPIC", "-fvisibility=hidden", f"-I{root}/plugins",
                    f"-I{root}/tests/plugins", "-x", "c", "-o", os.path.join(folder, "early-reader.so"), "-"],
                   input=text, text=True, check=True)


def outside():
    from province import BUILD, ROOT, Report
    if "address" in os.environ.get("SAN", ""):
        print("skipped: the unit's limits are not made for a sanitizer")
        return 0
    folder = tempfile.mkdtemp(prefix="langnghed-systemd-")
    shared = os.path.join(folder, "shared")
    os.makedirs(os.path.join(folder, "over"))
    os.mkdir(shared)
    subprocess.run(["make", "-s", "install", f"DESTDIR={shared}/root", f"VARIANT={os.path.basename(BUILD)}"],
                   cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    shutil.copytree(os.path.join(ROOT, "conf", "sample"), os.path.join(shared, "sample"))
    shutil.copy(os.path.join(BUILD, "tests", "plugins", "sleeper.so"), shared)
    build_early_reader(ROOT, shared)
    for name in ["test_systemd.py", "province.py"]:
        shutil.copy(os.path.join(HERE, name), shared)
    with open(os.path.join(shared, "langnghe-test.service"), "w") as f:
        f.write(UNIT)
    report = Report()
    tried = subprocess.run(["unshare", "-m", "sh", "-c", MAKE + "\nexec " + NSPAWN + " /bin/true", "sh", folder],
                           stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=120)
    if tried.returncode != 0:
        print("skipped: no container can be made here:", tried.stderr.strip().splitlines()[-1:])
        return 0
    said = subprocess.run(["unshare", "-m", "sh", "-c", BOOT, "sh", folder], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, errors="replace", timeout=600)
    out = os.path.join(shared, "out")
    if not os.path.exists(out):
        report.check("the container's system was booted", False, (said.stdout + said.stderr)[-2000:])
        report.close()
    with open(out, encoding="utf-8") as f:
        text = f.read()
    shutil.rmtree(folder)
    print(text, end="")
    totals = re.search(r"^(\d+) passed, (\d+) failed$", text, re.M)
    report.check("the container's system came to the end of its checks", totals, (said.stdout + said.stderr)[-2000:])
    return 0 if totals and totals[2] == "0" and int(totals[1]) > 0 else 1


# Inside.

def run(*args, check=True):
    r = subprocess.run(args, capture_output=True, text=True)
    if check and r.returncode != 0:
        raise AssertionError(f"{' '.join(args)}: exit {r.returncode}\n{r.stdout}{r.stderr}")
    return r


def ctl(*args, check=True):
    return run("runuser", "-u", "langnghe", "--", "langnghectl", *args, check=check)


def journal(unit):
    return run("journalctl", "--no-pager", "-q", "-u", unit).stdout


def change(path, *pairs):
    with open(path, encoding="utf-8") as f:
        text = f.read()
    for old, new in pairs:
        assert old in text, f"{path}: {old}"
        text = text.replace(old, new)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def processes(name, *arguments):
    found = []
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            with open(path, "rb") as f:
                words = f.read().decode().split("\0")
        except OSError:
            continue
        if os.path.basename(words[0]) == name and set(arguments) <= set(words):
            found.append(int(path.split("/")[2]))
    return found


def main_process(unit):
    """Its number. (Looked for by name, a runner is the launcher, too, until its exec.)"""
    return int(run("systemctl", "show", "-P", "MainPID", unit).stdout)


def about(pid):
    """What the kernel says of a process; nothing of one that has just ended."""
    try:
        with open(f"/proc/{pid}/status") as f:
            return dict(line.rstrip("\n").split(":\t", 1) for line in f if ":\t" in line)
    except (FileNotFoundError, ProcessLookupError):
        return {}


def has_landlock():
    create_ruleset, only_its_version = 444, 1
    return ctypes.CDLL(None).syscall(create_ruleset, None, 0, only_its_version) > 0


def runs():
    db = sqlite3.connect(f"file:{DATABASE}?mode=ro", uri=True)
    try:
        return dict(db.execute("SELECT name, coalesce(last_error, '') FROM plugin_run").fetchall())
    finally:
        db.close()


def install():
    """As README.md says it, with the sample's register."""
    run("cp", "-a", f"{SHARED}/root/.", "/")
    run("useradd", "--system", "--home-dir", "/var/lib/langnghe", "--shell", "/usr/sbin/nologin", "langnghe")
    run("install", "-d", "-o", "langnghe", "-g", "langnghe", "-m", "750", "/var/lib/langnghe")
    for name in ["sleeper", "early-reader"]:
        shutil.copy(f"{SHARED}/{name}.so", "/usr/lib/langnghe/plugins/")
    change("/etc/langnghe/langnghed.conf", ('data_label = "";', 'data_label = "DỮ LIỆU MÔ PHỎNG";'),
           ('check_at = "07:30"', 'check_at = "00:00"'), ('send_at = "08:00"', 'send_at = "00:01"'),
           ("wall_ms = ", "wall_ms = 9000; # "), (IMPORTS.format(""), IMPORTS.format("/var/lib/langnghe/import")))
    run("install", "-d", "-o", "langnghe", "-g", "langnghe", "-m", "750", "/var/lib/langnghe/import")
    for path in glob.glob("/etc/langnghe/rules.d/*.conf"):
        change(path, ("enabled = false", "enabled = true"))
    with open("/etc/langnghe/password", "w") as f:
        f.write("bí mật\n")
    shutil.chown("/etc/langnghe/password", "langnghe", "langnghe")
    os.chmod("/etc/langnghe/password", 0o600)
    run("langnghed", "-t")
    ctl("init")
    for kind in ["units", "contacts"]:
        ctl("import", kind, f"{SHARED}/sample/{kind}-sample.csv")
    for kind in KINDS:
        ctl("import", kind, f"{SHARED}/sample/{kind}.csv")


def starts(report, wait_for):
    unit = [f"/usr/lib/systemd/system/{n}" for n in ["langnghed.service", "langnghe-launcher.service", "langnghe-launcher.socket"]]
    verify = run("systemd-analyze", "verify", "--man=no", *unit, check=False)
    report.check("the unit files are in order", not re.search("langnghe", verify.stdout + verify.stderr), verify.stdout + verify.stderr)
    run("systemctl", "enable", "--now", "langnghed")
    report.equal("it says that it is ready", run("systemctl", "is-active", "langnghed", check=False).stdout, "active\n")
    rules = {f"rules/{os.path.basename(p)[:-5]}" for p in glob.glob("/etc/langnghe/rules.d/*.conf")}
    report.check("its first round ran the eleven plugins and the six rules", wait_for(lambda: len(runs()) == 17, 60), str(runs()))
    report.equal("none failed", {n: e for n, e in runs().items() if e}, {})
    report.check("the rules are among them", len(rules) == 6 and rules <= set(runs()), str(rules))
    shutil.copy(f"{SHARED}/sample/villages.csv", "/var/lib/langnghe/import/villages.csv")
    report.check("a file that is dropped is imported, and the letter about it written", wait_for(lambda: any(
        b"villages.csv" in open(f, "rb").read() for f in glob.glob("/var/lib/langnghe/mail/new/*")), 60))
    report.check("a reload tries them all and takes over", "taken over" in ctl("reload").stdout)


def as_the_launcher(pid, *command):
    """The command as the launcher's user, seeing what the launcher sees."""
    who = about(pid)
    return run("nsenter", "-t", str(pid), "-m", "-S", who["Uid"].split()[0], "-G", who["Gid"].split()[0], "--", *command, check=False)


def is_refused(pid, *command):
    r = as_the_launcher(pid, *command)
    return r.returncode != 0 and re.search("Permission denied|Read-only file system", r.stderr) is not None


def another_user(report, wait_for):
    change("/etc/langnghe/langnghed.conf", ('"preservation"]', '"preservation", "sleeper", "early-reader"]'))
    run("systemctl", "reload", "langnghed")
    def hangs():
        return [r for r in processes("langnghe-runner", "--database", "/usr/lib/langnghe/plugins/sleeper.so") if about(r).get("Seccomp") == "2"]

    report.check("a plugin that hangs is at work", wait_for(hangs, 60))
    runner = hangs()
    if not report.check("once", len(runner) == 1, str(runner)):
        return
    launcher, daemon = main_process("langnghe-launcher"), main_process("langnghed")
    is_, its, service = about(runner[0]), about(launcher), about(daemon)
    report.equal("the daemon is the service's user", set(service["Uid"].split()), {str(pwd.getpwnam("langnghe").pw_uid)})
    users = set(is_["Uid"].split())
    report.check("the runner is another user's: neither root's nor the service's",
                 len(users) == 1 and not users & {"0", *service["Uid"].split()}, str(users))
    report.equal("the launcher's", (is_["Uid"], is_["PPid"]), (its["Uid"], str(launcher)))
    report.equal("with no capability, now or ever", {is_[c] for c in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"]}, {"0" * 16})
    report.equal("no new rights, a filter", (is_["NoNewPrivs"], is_["Seccomp"]), ("1", "2"))
    report.check("it has no network", os.readlink(f"/proc/{runner[0]}/ns/net") != os.readlink(f"/proc/{daemon}/ns/net"))

    r = as_the_launcher(launcher, "head", "-c1", DATABASE)
    report.equal("its user reads the register", (r.returncode, r.stdout), (0, "S"))
    r = as_the_launcher(launcher, "find", "/", "-path", "/proc", "-prune", "-o", "-path", "/sys", "-prune", "-o",
                        "-type", "d", "-writable", "-print")
    report.equal("it may write to no folder", r.stdout, "")
    report.check("it sees itself", as_the_launcher(launcher, "head", "-c1", "/proc/self/environ").returncode == 0)
    for part in ["mem", "environ", "maps"]:  # "No such file": others' processes are hidden, too
        r = as_the_launcher(launcher, "head", "-c1", f"/proc/{launcher}/{part}")
        report.check(f"not the launcher's {part}", r.returncode != 0 and not r.stdout, str(r))
    for what, command in {
            "the register": ["sh", "-c", f"echo >> {DATABASE}"], "the folder of the register": ["touch", "/var/lib/langnghe/x"],
            "the settings": ["sh", "-c", "echo >> /etc/langnghe/langnghed.conf"],
            "the plugins": ["touch", "/usr/lib/langnghe/plugins/x.so"]}.items():
        report.check(f"it does not write to {what}", is_refused(launcher, *command))
    for what, command in {
            "the mail server's password": ["cat", "/etc/langnghe/password"], "/etc/shadow": ["cat", "/etc/shadow"]}.items():
        report.check(f"it does not read {what}", is_refused(launcher, *command))
    report.check("it does not ask the daemon or the launcher",
                 all(is_refused(launcher, "python3", "-c", f"import socket; socket.socket(1, socket.{kind}).connect('{path}')")
                     for kind, path in [("SOCK_STREAM", "/run/langnghe/control"), ("SOCK_SEQPACKET", "/run/langnghe-launcher")]))
    report.check("it is ended, and said", wait_for(lambda: "did not answer within" in runs().get("sleeper", ""), 60), str(runs()))
    if has_landlock():
        report.check("a plugin that reads files while it is loaded reads none: the unit lets Landlock through",
                     "the secret cannot be read" in runs().get("early-reader", ""), runs().get("early-reader"))
    audit = "what the user of its runner may read"
    report.equal("the audit says whether this kernel has it", audit not in ctl("audit", check=False).stdout, has_landlock())
    without = run("systemd-run", "-q", "--pipe", "-p", "SystemCallFilter=~landlock_create_ruleset", "-p",
                  "SystemCallErrorNumber=EPERM", "-p", "User=langnghe", "langnghectl", "audit", check=False)
    report.check("and that it is not let through", audit in without.stdout, without.stdout + without.stderr)
    report.check("it leaves nobody", wait_for(lambda: not processes("langnghe-runner"), 20))
    for _ in range(8):  # more than systemd lets a service end by itself in 10 s
        run("systemctl", "kill", "--kill-whom=main", "-s", "KILL", "langnghe-launcher", check=False)
        ctl("plugin", "list")
        run("runuser", "-u", "langnghe", "--", "env", "LANGNGHE_LAUNCHER=/run/langnghe-launcher", "langnghectl", "plugin", "list")
    change("/etc/langnghe/langnghed.conf", ('"preservation", "sleeper", "early-reader"]', '"preservation"]'))
    report.check("a launcher that was killed: systemd starts the next", "taken over" in ctl("reload").stdout)
    report.check("which is another process", wait_for(lambda: main_process("langnghe-launcher") not in (0, launcher), 20))


def ends(report, wait_for):
    run("systemctl", "daemon-reload")
    run("systemctl", "restart", "langnghed", "langnghe-launcher")
    report.equal("a restart", run("systemctl", "is-active", "langnghed", check=False).stdout, "active\n")
    status = json.loads(ctl("status", "--json").stdout)
    report.check("status answers", "langnghe-round" in json.dumps(status), str(status))
    run("systemctl", "stop", "langnghed")
    report.equal("it stops cleanly, each time", run("systemctl", "show", "-P", "Result", "langnghed").stdout, "success\n")
    report.check("no process of it had to be killed", "killed, status" not in journal("langnghed"), journal("langnghed"))
    report.check("nothing is left", wait_for(lambda: not processes("langnghed") and not processes("langnghe-round"), 20))
    run("systemctl", "stop", "langnghe-launcher.socket", "langnghe-launcher.service")
    report.equal("without the socket no daemon: it brings it along",
                 (run("systemctl", "start", "langnghed").returncode, os.path.exists("/run/langnghe-launcher")), (0, True))


def inside():
    from province import Report, wait_for
    report = Report()
    try:
        install()
        starts(report, wait_for)
        another_user(report, wait_for)
        ends(report, wait_for)
    except Exception as e:  # the container must come to its end
        report.check("no exception", False, repr(e))
    if report.failed:
        print(journal("langnghed"), journal("langnghe-launcher"))
    report.close()


if __name__ == "__main__":
    if sys.argv[1:] == ["inside"]:
        inside()
    sys.exit(outside())
