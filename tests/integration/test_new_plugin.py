#!/usr/bin/python3
"""new-plugin: from an installation, what it makes is built by gcc and clang without a warning, passes its
own cases, lint and run, and is taken over with its settings; so in the tree. Bad names are refused in a
line, and nothing half-made is left. README.md, "Your first plugin in an hour", is followed word by word."""
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from province import BUILD, ROOT, Province, Report, wait_for  # noqa: E402

LONG = "x" * 40
REFUSED = {
    "": "needs a name", "9lives": "begins with a letter", "Dong": "begins with a letter", "-x": "usage",
    "lang_nghe": "a-z, 0-9 and hyphens", "làng": "a-z, 0-9 and hyphens", "a b": "a-z, 0-9 and hyphens",
    "a/b": "a-z, 0-9 and hyphens", "../x": "begins with a letter", "x.so": "a-z, 0-9 and hyphens",
    "x\ny": "a-z, 0-9 and hyphens", "x-": "a hyphen", "x--y": "a hyphen", "x" * 41: "at most 40",
    "rules": "another name", "enabled": "another name", "directory": "another name",
}


class Installed:
    """An installation under DESTDIR that is used where it lies: its programs, its langnghe.pc, and the
    configuration of a province whose plugins are those of the installation."""

    def __init__(self, p):
        self.p = p
        self.usr = os.path.join(p.dir, "dest", "usr")
        self.work = os.path.join(p.dir, "work")
        os.mkdir(self.work)
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "CC", "CFLAGS", "LDFLAGS", "SAN"))}
        self.env.update(PATH=f"{self.usr}/bin:{self.usr}/sbin:/usr/bin:/bin:/usr/sbin:/sbin",
                        PKG_CONFIG_PATH=f"{self.usr}/lib/pkgconfig", LANGNGHE_CONF=p.conf,
                        LANGNGHE_LIBEXEC=f"{self.usr}/libexec/langnghe")

    def install(self, *variables):
        # What is there is installed as it is: `all` would build with other flags than those of this variant.
        return self.run("make", "-s", "-o", "all", "install", f"VARIANT={os.path.basename(BUILD)}", *variables, cwd=ROOT)

    def run(self, *argv, cwd=None, **more):
        return subprocess.run(argv, cwd=cwd or self.work, capture_output=True, text=True, timeout=300,
                              env=dict(self.env, **more))

    def sh(self, script, cwd=None):
        return self.run("sh", "-ec", script, cwd=cwd)


def refusals(report, i):
    def refused(what, says, *argv, code=1):
        before = sorted(os.listdir(i.work))
        r = i.run("langnghe-new-plugin", *argv)
        report.check(f"{what}: refused in a line", r.returncode == code and r.stderr.count("\n") == 1 + what.count("\n")
                     and says in r.stderr and not r.stdout, f"{r.returncode} {r.stderr}")
        report.equal(f"{what}: nothing is left", sorted(os.listdir(i.work)), before)

    for name, says in REFUSED.items():
        refused(repr(name) if "\n" not in name else name, says, name, code=2 if says == "usage" else 1)
    refused("no name", "usage", code=2)
    refused("three words", "usage", "a", "b", "c", code=2)
    refused("no folder's name", "empty", "a", "", code=2)
    refused("no such parent", "no such folder", "a", "there/is/none")
    os.mkdir(os.path.join(i.work, "taken"))
    refused("an empty folder", "there already", "taken")
    refused("an existing folder", "there already", "a", i.work)
    os.symlink("nowhere", os.path.join(i.work, "link"))
    refused("a link to nowhere", "there already", "link")
    before = sorted(os.listdir(i.work))
    r = i.sh("ulimit -f 1; trap '' XFSZ; exec langnghe-new-plugin half")
    report.check("no room in the middle: it fails", r.returncode != 0, r.stderr)
    report.equal("no room in the middle: nothing is left", sorted(os.listdir(i.work)), before)


def stands_alone(report, i):
    for name, compiler, folder in (("a", "gcc", "a"), ("village-2-reviews", "clang", "some where/else"),
                                   (LONG, "gcc", LONG), ("village-2-reviews", "clang", os.path.join(i.work, "again"))):
        os.makedirs(os.path.join(i.work, "some where"), exist_ok=True)
        what = f"{name[:20]} by {compiler}"
        r = i.run("langnghe-new-plugin", name, *([folder] if folder != name else []))
        path = os.path.join(i.work, folder)
        report.check(f"{what}: made", r.returncode == 0 and not r.stderr and os.path.isdir(path), r.stderr)
        text = "".join(open(os.path.join(d, f), encoding="utf-8").read() for d, _, fs in os.walk(path) for f in fs)
        report.check(f"{what}: nothing is left of the template", not re.search("@[A-Z]+@", text) and name in text)
        r = i.run("make", f"CC={compiler}", "CFLAGS=-O2 -Werror", cwd=path)
        report.check(f"{what}: built without a warning", r.returncode == 0 and not r.stderr, r.stderr)
        r = i.run("make", "-s", "lint", cwd=path)
        report.check(f"{what}: lint", r.returncode == 0 and f"plugin {name} 1.0" in r.stdout, r.stdout + r.stderr)
        r = i.run("make", "-s", "test", cwd=path)
        report.check(f"{what}: its cases", r.returncode == 0 and "2 passed, 0 failed" in r.stdout, r.stdout + r.stderr)
        symbols = i.run("nm", "-D", "--defined-only", f"{name}.so", cwd=path).stdout.split("\n")
        report.equal(f"{what}: exports one symbol", [s.split()[-1] for s in symbols if s], ["langnghe_plugin"])
    r = i.sh("umask 002; langnghe-new-plugin shared && cd shared && make -s && find . -perm /022")
    report.check("a loose umask: nobody else can write", r.returncode == 0 and "./" not in r.stdout, r.stdout + r.stderr)
    r = i.run("langnghectl", "plugin", "run", "a/a.so", "--as-of", "2026-11-20", "--json")
    report.check("run on the register: every village is reported",
                 r.returncode == 0 and r.stdout.count('"subject": "village:') == i.p.sql(
                     "SELECT count(*) FROM v_village WHERE ended_on IS NULL OR ended_on > '2026-11-20'")[0][0], r.stderr)
    r = i.run("make", "test", cwd=os.path.join(i.work, "a"), PKG_CONFIG_PATH="")
    report.check("without langnghe.pc: says so", r.returncode != 0 and (
        "PKG_CONFIG_PATH" in r.stderr or os.path.exists("/usr/lib/pkgconfig/langnghe.pc")), r.stderr)


def its_settings(report, i):
    """The block of settings.conf, as it is, in plugins = { … }."""
    i.run("make", "-s", "install", cwd=os.path.join(i.work, "a"))
    report.equal("installed beside the others, writable by its owner only",
                 oct(os.stat(f"{i.usr}/lib/langnghe/plugins/a.so").st_mode & 0o777), "0o644")
    with open(os.path.join(i.work, "a", "settings.conf"), encoding="utf-8") as f:
        block = f.read()
    enable(i, "a", block)
    r = i.run("langnghed", "-t")
    report.check("its settings are taken", r.returncode == 0, r.stdout + r.stderr)
    enable(i, "a", block.replace("12", "121"))
    r = i.run("langnghed", "-t")
    report.check("one out of range is refused", r.returncode == 1 and "plugins.a.months is 121" in r.stdout + r.stderr,
                 r.stdout + r.stderr)


def enable(i, name, block):
    with open(i.p.conf, encoding="utf-8") as f:
        text = f.read()
    text = re.sub(r"(?s)enabled = .*?\n(?=mail)", f'enabled = ["environment", "{name}"];\n{block}}};\n', text)
    with open(i.p.conf, "w", encoding="utf-8") as f:
        f.write(text)


def another_prefix(report, i):
    """PREFIX without DESTDIR, as an administrator would build for /opt."""
    opt = os.path.join(i.p.dir, "opt")
    r = i.install(f"PREFIX={opt}", f"SYSCONFDIR={opt}/etc")
    report.check("installed into a PREFIX", r.returncode == 0, r.stderr)

    def pc(*argv):
        return i.run("pkg-config", *argv, "langnghe", PKG_CONFIG_PATH=f"{opt}/lib/pkgconfig").stdout.strip()
    header = open(os.path.join(ROOT, "plugins", "langnghe_plugin.h"), encoding="utf-8").read()
    report.equal("its plugins' folder", os.path.realpath(pc("--variable=plugindir")), os.path.realpath(f"{opt}/lib/langnghe/plugins"))
    report.equal("the header's abi", pc("--variable=abi"), re.search(r"define LN_ABI (\d+)", header)[1])
    report.check("a version", re.fullmatch(r"\d+\.\d+\.\d+", pc("--modversion")), pc("--modversion"))
    report.check("the header is where it says", os.path.exists(os.path.join(pc("--cflags").strip()[2:], "langnghe_plugin.h")))
    r = i.run(f"{opt}/bin/langnghe-new-plugin", "from-opt")
    r = i.run("make", "CFLAGS=-Werror", cwd=os.path.join(i.work, "from-opt"), PKG_CONFIG_PATH=f"{opt}/lib/pkgconfig")
    report.check("built with it", r.returncode == 0 and f"{opt}/" in r.stdout, r.stderr)


def in_the_tree(report, i):
    """What a plugin needs of the tree, copied."""
    tree = os.path.join(i.p.dir, "tree")
    for name in ("Makefile", "plugins/langnghe_plugin.h", "daemon/base/banned.h", "scripts/new-plugin"):
        os.makedirs(os.path.join(tree, os.path.dirname(name)), exist_ok=True)
        shutil.copy(os.path.join(ROOT, name), os.path.join(tree, name))
    shutil.copytree(os.path.join(ROOT, "scripts", "plugin-template"), os.path.join(tree, "scripts", "plugin-template"))
    r = i.run("../tree/scripts/new-plugin", "in-tree")
    folder = os.path.join(tree, "plugins", "in-tree")
    report.check("made in the tree, from wherever it is called", r.returncode == 0 and os.path.isdir(folder), r.stderr)
    report.check("without a Makefile of its own", not os.path.exists(os.path.join(folder, "Makefile")))
    r = i.run("../tree/scripts/new-plugin", "in-tree")
    report.check("once only", r.returncode == 1 and "plugins/in-tree is there already" in r.stderr, r.stderr)
    for cc in ("gcc", "clang"):
        so = f"build/{cc}/plugins/in-tree.so"
        r = i.run("make", "-s", f"CC={cc}", "WERROR=1", so, cwd=tree)
        report.check(f"the tree's rule builds it with {cc}", r.returncode == 0 and not r.stderr, r.stderr)
        r = i.run("langnghectl", "plugin", "test", so, "plugins/in-tree/cases", cwd=tree)
        report.check("its cases", r.returncode == 0 and "2 passed, 0 failed" in r.stdout, r.stdout + r.stderr)
    r = i.run("make", "-n", "all", cwd=tree)
    report.check("make builds it with the others", "plugins/in-tree.so" in r.stdout, r.stderr)
    r = i.run("../tree/scripts/new-plugin", "elsewhere", "elsewhere")
    report.check("from the tree with a folder it stands alone", r.returncode == 0 and
                 os.path.exists(os.path.join(i.work, "elsewhere", "Makefile")), r.stderr)
    os.remove(os.path.join(tree, "scripts", "plugin-template", "rule.c"))
    r = i.run("../tree/scripts/new-plugin", "no-template")
    report.check("without its template it says so", r.returncode == 1 and "missing" in r.stderr, r.stderr)
    report.equal("and leaves nothing", sorted(os.listdir(os.path.join(tree, "plugins"))), ["in-tree", "langnghe_plugin.h"])


def commands(part):
    """The blocks of four spaces of a step, as they are written; one for the shell that must not be indented is first."""
    return re.findall(r"(?ms)^```sh\n(.*?)^```$", part) + [re.sub(r"(?m)^ {4}", "", b) for b in re.findall(r"(?:^ {4}.*\n)+", part, re.M)]


def of_the_readme(report, i):
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as f:
        text = f.read()
    part = re.search(r"(?ms)^## Your first plugin in an hour$(.*?)^## ", text)[1]
    steps = re.split(r"(?m)^\*\*(?=\d\. )", part)
    folder = os.path.join(i.work, "at-risk-villages")
    r = i.sh(commands(steps[1])[0])
    said = [line for line in commands(steps[1])[1].split("\n") if line and line != "…"]
    report.check("step 1: made, built, in order, as is printed", r.returncode == 0 and all(s in r.stdout for s in said),
                 r.stdout + r.stderr)
    for block in commands(steps[2]):
        r = i.sh(block, cwd=folder)
        report.check("step 2: looked at", r.returncode == 0 and "at_risk_since" in r.stdout, r.stderr)
    r = i.sh(commands(steps[3])[0], cwd=folder)
    report.check("step 3: the cases are written", r.returncode == 0, r.stderr)
    r = i.run("make", "test", cwd=folder)
    report.check("step 3: and fail", r.returncode != 0 and "0 passed, 2 failed" in r.stdout, r.stdout)
    with open(os.path.join(folder, "at-risk-villages.c"), "w", encoding="utf-8") as f:
        f.write(re.search(r"```c\n(.*?)```", steps[4], re.S)[1])
    change, said = commands(re.sub(r"```c\n.*?```", "", steps[4], flags=re.S))
    r = i.sh(change, cwd=folder)
    report.check("step 4: the code as printed is built and finds what it says", r.returncode == 0 and said in r.stdout,
                 r.stdout + r.stderr)
    r = i.run("make", "-B", "CC=clang", "CFLAGS=-O2 -Werror", cwd=folder)
    report.check("step 4: clang has nothing to say", r.returncode == 0 and not r.stderr, r.stderr)
    r = i.sh(commands(steps[5])[0], cwd=folder)
    with open(os.path.join(folder, "settings.conf"), encoding="utf-8") as f:
        block = f.read()
    report.check("step 5: the settings", r.returncode == 0 and "months = 6;" in block, r.stderr)
    with_daemon(report, i, steps, folder, block)
    line = next(b for b in commands(steps[8]) if b.startswith("cc "))
    r = i.sh(line, cwd=folder)
    report.check("the line without make", r.returncode == 0 and not r.stderr, r.stderr)


def with_daemon(report, i, steps, folder, block):
    def here(commands_of_step):
        return commands_of_step.replace("/tmp/", f"{i.work}/").replace("/usr/lib", f"{i.usr}/lib")

    def alerts():
        return i.p.sql("SELECT count(*) FROM alert WHERE plugin = 'at-risk-villages'")[0][0]

    enable(i, "environment-2", "")  # as before: only what is shipped
    with open(i.p.conf, encoding="utf-8") as f:
        text = f.read().replace(', "environment-2"', "")
    with open(i.p.conf, "w", encoding="utf-8") as f:
        f.write(text)
    i.run("langnghectl", "go-live")
    daemon = subprocess.Popen([f"{i.usr}/sbin/langnghed", "-f"], env=i.env, stderr=subprocess.DEVNULL)
    try:
        report.check("the daemon answers", wait_for(lambda: os.path.exists(os.path.join(i.p.dir, "control"))))
        r = i.sh(here(commands(steps[6])[0]), cwd=folder)
        report.check("step 6: installed, and run on the register", r.returncode == 0 and "village:TH-0012" in r.stdout,
                     r.stdout + r.stderr)
        enable(i, "at-risk-villages", block)
        r = i.sh(here(commands(steps[7])[1]))
        report.check("step 7: checked, enabled, listed", r.returncode == 0 and "are in order" in r.stdout + r.stderr and
                     re.search(r"(?m)^at-risk-villages .* ready", r.stdout), r.stdout + r.stderr)
        report.check("step 7: check names the village at risk", "village-at-risk/village:TH-0012/" in r.stdout, r.stdout)
        report.check("step 8: after the reload the daemon judges with it", wait_for(lambda: alerts() > 0))
        r = i.sh(here(commands(steps[8])[0]))
        report.check("step 8: its alerts", r.returncode == 0 and "at-risk-villages/village-at-risk/" in r.stdout, r.stderr)
        letters = [open(os.path.join(d, f), encoding="utf-8").read()
                   for d, _, fs in os.walk(os.path.join(i.work, "rehearsal-plugin")) for f in fs
                   if f.startswith("xa-") and f.endswith(".html")]
        report.check("step 8: a letter to a commune says it", any(
            "chưa có kế hoạch bảo tồn" in text and "Làng nghề có nguy cơ mai một" in text for text in letters),
                     str(len(letters)))
    finally:
        daemon.terminate()
        daemon.wait(30)


def main():
    report = Report()
    with Province(plugins=("environment",)) as p:
        with open(p.conf, encoding="utf-8") as f:
            text = f.read()
        with open(p.conf, "w", encoding="utf-8") as f:
            f.write(text.replace(os.path.join(BUILD, "plugins"), f"{p.dir}/dest/usr/lib/langnghe/plugins"))
        i = Installed(p)
        r = i.install(f"DESTDIR={p.dir}/dest", "PREFIX=/usr")
        if not report.check("installed into a DESTDIR", r.returncode == 0, r.stdout + r.stderr):
            report.close()
        p.load_sample()
        refusals(report, i)
        stands_alone(report, i)
        its_settings(report, i)
        another_prefix(report, i)
        in_the_tree(report, i)
        of_the_readme(report, i)
    report.close()


main()
