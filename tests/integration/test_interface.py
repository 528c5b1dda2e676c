#!/usr/bin/python3
"""The plugin interface, version 1, as a promise: a plugin built against the first release loads and says
what it said; the header is C99, C11, C17 and C++ to gcc and clang without a warning; one with fields that
this host does not know is taken, one with less than the first release is refused with both sizes; the
example in the header is a plugin."""
import collections
import os
import platform
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from province import BUILD, ROOT, Province, Report  # noqa: E402

AS_OF = "2026-11-20"
SOURCE = os.path.join(ROOT, "tests", "plugins", "interface", "any-language.c")
LANGUAGES = [(cc, "-std=" + std, "c") for cc in ("gcc", "clang") for std in ("c99", "c11", "c17")] + \
            [(cc, "-std=" + std, "c++") for cc in ("g++", "clang++") for std in ("c++11", "c++17")]


def build(cc, standard, language, source, out, include, *more):
    r = subprocess.run([cc, standard, "-x", language, "-Wall", "-Wextra", "-pedantic", "-Werror", "-O2", "-fPIC",
                        "-fvisibility=hidden", "-I" + include, *more, "-shared", "-Wl,-z,defs", "-o", out, source],
                       capture_output=True, text=True)
    return r.stderr


def findings(p, file):
    return p.ctl("plugin", "run", file, "--as-of", AS_OF, json_out=True)


def first_release(report, p):
    """The binary as it was built then, and the same source built here with the header of then."""
    folder = os.path.join(ROOT, "tests", "plugins", "first-release")
    file = os.path.join(p.dir, "first-release.so")
    said = build("gcc", "-std=c99", "c", os.path.join(folder, "first-release.c"), file, folder)
    report.equal("the header of the first release compiles without a warning", said, "")
    loads_and_says(report, p, file, "built here")
    shutil.copyfile(os.path.join(folder, "first-release.so"), file)
    os.chmod(file, 0o644)
    if platform.machine() == "x86_64":
        loads_and_says(report, p, file, "built then")
        return
    report.equal("a binary of another machine is refused", p.ctl("plugin", "lint", file, check=False).returncode, 1)
    print("first-release.so is for x86_64: not run here")


def loads_and_says(report, p, file, which):
    lint = p.ctl("plugin", "lint", file, check=False)
    report.check(f"a plugin of the first release is in order, {which}",
                 lint.returncode == 0 and "4 rules, 1 settings" in lint.stdout, lint.stderr)
    rows = findings(p, file)
    villages, trades = p.sql("SELECT count(*), count(trade) FROM village")[0]
    papers = p.sql("SELECT count(*) FROM recognition WHERE valid_to IS NOT NULL")[0][0]
    report.equal("it says what it said", collections.Counter(r["rule"] for r in rows),
                 {"trade": villages, "reports": 1, "figures": 1, "papers": papers})
    figures = next(r for r in rows if r["rule"] == "figures")
    report.equal("a target's figures", (figures["numerator"], figures["denominator"], figures["figures_on"],
                                        figures["target_value"]), (trades, villages, "2026-10-20", 90))
    due = next(r for r in rows if r["rule"] == "reports")
    report.equal("a duty", (due["unit"], due["period"], due["last_day"], due["status"]),
                 ("so-nnmt", "2025", "2025-12-14", "lapsed"))


def by_hand(report, p):
    """The request of "When it crashes" in the manual page is one."""
    with open(os.path.join(ROOT, "plugins", "langnghe-plugin.3"), encoding="utf-8") as f:
        line = re.search(r"^printf 'check .*$", f.read(), re.M)[0].replace("\\e", "\\")
    file = os.path.join(p.dir, "first-release.so")
    r = subprocess.run(["sh", "-ec", line + "\n" + '"$0" -c "$1" --database "$2" "$3" < request | cat > answer',
                        os.path.join(BUILD, "langnghe-runner"), p.conf, p.database, file], cwd=p.dir, capture_output=True, text=True)
    with open(os.path.join(p.dir, "answer"), "rb") as f:
        answer = f.read()
    report.check("the request of the manual page is answered", r.returncode == 0 and answer[:4] == b"LNFR" and
                 b"village:" in answer, r.stderr + str(answer[:100]))


def capabilities(report):
    """Every name that the host knows stands in the header and in the manual page, and no other."""
    def names(path, begin, end):
        with open(os.path.join(ROOT, path), encoding="utf-8") as f:
            text = f.read()
        part = text[text.index(begin):]
        return part[:part.index(end)]

    known = set(re.findall(r'\{"([a-z_.]+)",', names("daemon/rules/host_capability.c", "rows[] = {", "};")))
    report.check("there are some", len(known) > 10, str(known))
    page = set(re.findall(r"(?:kinds|marks|limits)\.[a-z_]+", names("plugins/langnghe-plugin.3", "kinds.due", ".Ss ")))
    report.equal("the manual page names them all", page, known)
    comment = names("plugins/langnghe_plugin.h", "What this host can do, by name", "*/")
    header, group = set(), ""
    for name in re.findall(r'(?<=")[a-z]+\.[a-z_]+(?=")|(?<= )\.[a-z_]+', comment):
        group = name.split(".")[0] or group
        header.add(group + "." + name.split(".")[1])
    report.equal("so does the header", header - {"views.v_village"}, known)


def languages(report, p, include):
    want = None
    for cc, standard, language in LANGUAGES:
        file = os.path.join(p.dir, "any-language.so")
        said = build(cc, standard, language, SOURCE, file, include)
        if not report.check(f"{cc} {standard}: no warning", said == "", said):
            continue
        rows = findings(p, file)
        want = want or rows
        report.check(f"{cc} {standard}: the same findings", rows == want and len(rows) > 50)


def grown(report, p, include):
    """A header of the future: every struct that may grow has one field more."""
    future = os.path.join(p.dir, "future")
    os.mkdir(future)
    with open(os.path.join(include, "langnghe_plugin.h"), encoding="utf-8") as f:
        text = f.read()
    for name in ("ln_mark_row", "ln_rule_row", "ln_setting_row", "ln_finding", "ln_target", "ln_debtor", "ln_plugin"):
        text, n = re.subn(r"(struct %s \{.*?)\n\};" % name, r"\1\n\tvoid *added;\n};", text, count=1, flags=re.S)
        report.equal(f"{name} has grown", n, 1)
    with open(os.path.join(future, "langnghe_plugin.h"), "w", encoding="utf-8") as f:
        f.write(text)
    file = os.path.join(p.dir, "any-language.so")
    said = build("gcc", "-std=c99", "c", SOURCE, file, include)
    today = findings(p, file)
    said = build("gcc", "-std=c99", "c", SOURCE, file, future, "-DADDED", "-Wno-missing-field-initializers")
    report.equal("a plugin of the future is built", said, "")
    report.equal("what it has more is not looked at", findings(p, file), today)


def wrong(report, p, include):
    """Mismatches name what differs, expected and got."""
    cases = [
        ("LN_ABI, sizeof(struct ln_plugin)", "7, sizeof(struct ln_plugin)", "interface 7", "1 is expected"),
        ("LN_ABI, sizeof(struct ln_plugin)", "LN_ABI, 88", "88 bytes", "at least 96"),
        ("{sizeof(struct ln_mark_row)", "{40", "mark", "40 bytes", "at least 48"),
        ("{sizeof(struct ln_rule_row)", "{96", "rule", "96 bytes", "at least 104"),
        ("{sizeof(struct ln_rule_row)", "{8192", "rule", "8192 bytes"),
        ("NAME, \"1.0\"", "\"other\", \"1.0\"", "'other'", "'any-language' is expected"),
        ("LN_MISSING, \"Nghề", "9, \"Nghề", "kind 9", "1 due"),
        ("LN_WARNING, \"Đề", "8, \"Đề", "severity 8", "1 notice"),
        ("langnghe_plugin = {", "something_else = {", "exports no symbol langnghe_plugin"),
    ]
    with open(SOURCE, encoding="utf-8") as f:
        good = f.read()
    for old, new, *words in cases:
        text = good.replace(old, new)
        if "something_else" in new:
            text = text.replace("struct ln_plugin langnghe_plugin;", "struct ln_plugin something_else;")
        report.check(f"{new}: something is changed", text != good)
        source, file = os.path.join(p.dir, "wrong.c"), os.path.join(p.dir, "any-language.so")
        with open(source, "w", encoding="utf-8") as f:
            f.write(text)
        said = build("gcc", "-std=c99", "c", source, file, include)
        r = p.ctl("plugin", "lint", file, check=False)
        report.check(f"{new}: refused in words", said == "" and r.returncode == 1 and all(w in r.stderr for w in words),
                     said + r.stderr)
    text = good.replace("f = {sizeof(struct ln_finding)", "f = {184")
    source, file = os.path.join(p.dir, "wrong.c"), os.path.join(p.dir, "any-language.so")
    with open(source, "w", encoding="utf-8") as f:
        f.write(text)
    build("gcc", "-std=c99", "c", source, file, include)
    r = p.ctl("plugin", "run", file, "--as-of", AS_OF, check=False)
    report.check("a finding that is too short", r.returncode == 1 and "184 bytes" in r.stderr and "at least 192" in r.stderr,
                 r.stderr)


def forgotten(report, p, include):
    """A struct without its size fails the run; it is no end of a list. So is a list that does not end."""
    with open(os.path.join(ROOT, "tests", "plugins", "first-release", "first-release.c"), encoding="utf-8") as f:
        good = f.read()
    file, source = os.path.join(p.dir, "first-release.so"), os.path.join(p.dir, "forgotten.c")
    for name in ("debtor", "target"):
        text = good.replace(f"{name}.size = sizeof {name};", f"{name}.size = 0;")
        report.check(f"{name}: something is changed", text != good)
        with open(source, "w", encoding="utf-8") as f:
            f.write(text)
        said = build("gcc", "-std=c99", "c", source, file, include)
        r = p.ctl("plugin", "run", file, "--as-of", AS_OF, check=False)
        report.check(f"{name}: the run fails in words", said == "" and r.returncode == 1 and f"struct ln_{name}" in r.stderr
                     and "set .size" in r.stderr, said + r.stderr)
    text = good.replace('{"v_village", "v_recognition", 0}', "{" + '"v_village", ' * 65 + "0}")
    report.check("inputs: something is changed", text != good)
    with open(source, "w", encoding="utf-8") as f:
        f.write(text)
    said = build("gcc", "-std=c99", "c", source, file, include)
    r = p.ctl("plugin", "lint", file, check=False)
    report.check("too many inputs are refused", said == "" and r.returncode == 1 and "64 inputs" in r.stderr, said + r.stderr)


def example(report, p, include):
    """The plugin printed in the header, and how it is built there."""
    with open(os.path.join(include, "langnghe_plugin.h"), encoding="utf-8") as f:
        text = f.read()
    body = re.search(r"A whole plugin, museum\.c:\n(.*?)\n \*     cc ", text, re.S).group(1)
    source, file = os.path.join(p.dir, "museum.c"), os.path.join(p.dir, "museum.so")
    with open(source, "w", encoding="utf-8") as f:
        f.write("\n".join(line[7:] for line in body.split("\n")) + "\n")
    said = build("gcc", "-std=c99", "c", source, file, include, "-Wno-missing-field-initializers")
    report.equal("the header's example is built", said, "")
    rows = findings(p, file)
    open_villages = p.sql("SELECT count(*), count(tourism_since) FROM village WHERE ended_on IS NULL")[0]
    report.equal("and looks at every village", (len(rows), sum(r["status"] is None for r in rows)), open_villages)


def main():
    report = Report()
    include = os.path.join(ROOT, "plugins")
    with Province(settings="findings = 4321; output_mib = 3;") as p:
        p.load_sample()
        first_release(report, p)
        capabilities(report)
        by_hand(report, p)
        languages(report, p, include)
        grown(report, p, include)
        wrong(report, p, include)
        forgotten(report, p, include)
        example(report, p, include)
    report.close()


if __name__ == "__main__":
    main()
