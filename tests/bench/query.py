"""A check in Python by exec: opens the database read-only, runs one query, prints its first cell."""
import sqlite3
import sys

db = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
print(db.execute(sys.argv[2]).fetchone()[0])
db.close()
