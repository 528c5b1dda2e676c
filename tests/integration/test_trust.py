#!/usr/bin/python3
"""Code is loaded only from files and folders that belong to root or the service's user and that nobody
else may write; what is refused is said with path, owner, mode and remedy."""
import os
import pwd
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from province import BUILD, Province, Report  # noqa: E402

NOBODY = pwd.getpwnam("nobody").pw_uid


def main():
    report = Report()
    root = os.geteuid() == 0
    with Province(plugin_dir="plugins") as p:
        folder = os.path.join(p.dir, "plugins")
        os.mkdir(folder, 0o755)
        for name in ("reporting", "environment"):
            shutil.copy(os.path.join(BUILD, "plugins", name + ".so"), folder)
        file = os.path.join(folder, "environment.so")
        os.chmod(file, 0o644)
        p.load_sample()

        def refused(what, *words):
            lint = p.ctl("plugin", "lint", file, check=False)
            report.check(f"{what}: lint", lint.returncode == 1 and all(w in lint.stderr for w in words), lint.stderr)
            t = p.run("langnghed", "-t", check=False)
            report.check(f"{what}: langnghed -t", t.returncode == 1 and all(w in t.stderr for w in words), t.stderr)
            r = p.ctl("check", "--as-of", "2026-11-20", check=False)
            report.check(f"{what}: the other plugin is judged", "reporting/" in r.stdout or what.startswith("folder"),
                         r.stderr)
            report.check(f"{what}: it is not", "environment/" not in r.stdout)

        def accepted(what):
            lint = p.ctl("plugin", "lint", file, check=False)
            report.check(what, lint.returncode == 0, lint.stderr)

        accepted("as it is installed")
        for mode in (0o664, 0o646):
            os.chmod(file, mode)
            refused(f"file {mode:04o}", f"mode {mode:04o}", f"chmod go-w {file}")
        os.chmod(file, 0o644)
        for mode in (0o775, 0o757, 0o777):
            os.chmod(folder, mode)
            refused(f"folder {mode:04o}", f"mode {mode:04o}", f"chmod go-w {folder}")
        os.chmod(folder, 0o1777)
        accepted("a sticky folder, where nobody replaces another's file")
        os.chmod(folder, 0o755)
        os.chmod(p.dir, 0o777)
        refused("folder above", f"chmod go-w {p.dir}")
        os.chmod(p.dir, 0o700)

        away = os.path.join(p.dir, "away")
        os.mkdir(away, 0o755)
        shutil.move(file, away)
        os.symlink(os.path.join(away, "environment.so"), file)
        accepted("a link into a folder that is in order")
        os.chmod(away, 0o777)
        refused("link's target folder", f"chmod go-w {away}")
        os.chmod(away, 0o755)
        os.unlink(file)
        shutil.move(os.path.join(away, "environment.so"), file)

        if root:
            os.chown(file, NOBODY, -1)
            refused("file of another user", "belongs to nobody", f"chown root {file}")
            os.chown(file, 0, -1)
            os.chown(folder, NOBODY, -1)
            refused("folder of another user", "belongs to nobody", f"chown root {folder}")
            os.chown(folder, 0, -1)
            os.chmod(folder, 0o1777)
            shutil.move(file, away)
            os.symlink(os.path.join(away, "environment.so"), file)
            os.lchown(file, NOBODY, -1)
            refused("link of another user", "the link", "belongs to nobody")
            os.unlink(file)
            shutil.move(os.path.join(away, "environment.so"), file)
            os.chmod(folder, 0o755)
            os.chown(file, NOBODY, -1)
            os.chown(p.database, NOBODY, -1)
            accepted("of the service's user, who owns the database")
            os.chown(file, 0, -1)
            os.chown(p.database, 0, -1)
        os.unlink(file)
        os.mkdir(file)
        refused("a folder in its place", file)
        os.rmdir(file)
        refused("nothing in its place", "cannot open")
    report.close()


if __name__ == "__main__":
    main()
