"""A province whose letters of one morning wait for a mail server."""
import os
import sqlite3

from province import Province, ROOT

NOW = "2026-11-23T08:00:00+07:00"


class Post:
    """A province whose letters of one morning wait for a server."""

    def __init__(self, before_the_round=lambda province: None):
        self.p = Province()
        with open(self.p.conf, encoding="utf-8") as f:
            self.conf = f.read().replace(".example", ".test").replace(f'units_directory = "{ROOT}/conf"',
                                                                      'units_directory = "."')
        self.configure('transport = "maildir";')
        for name in ("units-thanh-hoa", "contacts-thanh-hoa"):
            self.living(name)
        self.p.ctl("init")
        for kind, name in (("units", "units-sample"), ("contacts", "contacts-sample"), ("villages", "villages")):
            self.p.ctl("import", kind, self.living(os.path.join("sample", name)))
        self.p.ctl("go-live", "2026-11-16")
        before_the_round(self.p)
        self.p.run("langnghe-round", "--now", NOW)
        self.p.sql("PRAGMA wal_checkpoint(TRUNCATE)")
        with open(self.p.database, "rb") as f:
            self.fresh = self.morning = f.read()

    def __enter__(self):
        self.p.__enter__()
        return self

    def __exit__(self, *exc):
        self.p.__exit__(*exc)

    def living(self, name):
        """A copy of a shipped list whose addresses do not end in .example."""
        with open(os.path.join(ROOT, "conf", name + ".csv"), encoding="utf-8") as f:
            text = f.read().replace(".example", ".test")
        path = os.path.join(self.p.dir, os.path.basename(name) + ".csv")
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        return path

    def configure(self, lines):
        with open(self.p.conf, "w", encoding="utf-8") as f:
            f.write(self.conf.replace('transport = "maildir";', lines))

    def again(self):
        """The letters wait as they did."""
        for end in ("-wal", "-shm"):
            if os.path.exists(self.p.database + end):
                os.remove(self.p.database + end)
        with open(self.p.database, "wb") as f:
            f.write(self.fresh)

    def smtp(self, port, more='starttls = "off";', host="127.0.0.1", connections=1):
        self.again()
        more += f" connections = {connections};"
        self.configure(f'transport = "smtp"; server = "{host}:{port}"; {more}')

    def run(self, minutes=1):
        return self.p.run("langnghe-post", "--now", NOW.replace("08:00:00", f"{8 + minutes // 60:02}:{minutes % 60:02}:00"),
                          check=False)

    def states(self):
        return dict(self.p.sql("SELECT delivery, count(*) FROM recipient WHERE email <> '' GROUP BY 1"))

    def keep_one(self):
        """Only the first letter's first address waits."""
        db = sqlite3.connect(self.p.database)
        db.execute("UPDATE recipient SET delivery = 'superseded' WHERE id <> (SELECT min(id) FROM recipient WHERE"
                   " delivery = 'queued')")
        db.commit()
        db.close()

    def one(self):
        return self.p.sql("SELECT delivery, smtp_code, smtp_text, doubts FROM recipient WHERE delivery <> 'superseded'"
                          " AND email <> ''")[0]

    def many(self, count):
        """`count` letters, one address each, copies of the morning's smallest one."""
        self.fresh = self.morning
        self.again()
        db = sqlite3.connect(self.p.database)
        row = db.execute("SELECT id, message_id, bytes FROM letter ORDER BY length(bytes)").fetchone()
        columns = "thread, day, unit, kind, subject, worst, items, steps, queued_at"
        db.execute("DELETE FROM recipient")
        for i in range(count):
            name = f"{count}.{i}.{row[1]}"
            letter = db.execute(f"INSERT INTO letter (message_id, bytes, {columns}) SELECT ?, ?, {columns} FROM letter"
                                " WHERE id = ?", (name, row[2].replace(row[1].encode(), name.encode()), row[0])).lastrowid
            db.execute("INSERT INTO recipient (letter, email, delivery) VALUES (?, ?, 'queued')",
                       (letter, f"officer{i}@units.langnghe.test"))
        db.commit()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()
        with open(self.p.database, "rb") as f:
            self.fresh = f.read()

    def queued(self):
        """(address, bytes) of every letter that has an address."""
        return self.p.sql("SELECT r.email, l.bytes FROM recipient r JOIN letter l ON l.id = r.letter WHERE r.email <> ''")
