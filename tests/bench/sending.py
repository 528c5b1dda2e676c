"""langnghe-post sending what waits in the outbox of a province (tests/integration/posting.py)."""
import os
import subprocess
import time

from measure import ENV, CannotMeasure, built

from posting import NOW


def receipt(province):
    """For Post: the smallest letter that there is is one of the morning's, 4.6 KB without attachments."""
    path = os.path.join(province.dir, "submission.csv")
    with open(path, "w", encoding="utf-8") as f:
        f.write("duty,unit,period,document_on,received_on,document_no,accepted\n"
                "unit-report,so-khcn,2026,2026-11-20,2026-11-20,12/BC-SKHCN,yes\n")
    province.run("langnghe-round", "--now", NOW.replace("-23T", "-20T"))
    province.ctl("import", "submissions", path)


def letter_size(post):
    """Of the letters that wait."""
    return post.p.sql("SELECT max(length(bytes)) FROM letter JOIN recipient ON letter.id = letter")[0][0]


def send(post, port, connections, while_it_runs=lambda process: None):
    """(seconds, processor seconds of the post and its senders); every letter was sent."""
    post.smtp(port, connections=connections)
    letters = sum(post.states().values())
    with open(post.p.database, "rb") as f:
        os.fsync(f.fileno())  # that it was written anew is not what is measured
    begin = time.perf_counter()
    process = subprocess.Popen([built("langnghe-post"), "-c", post.p.conf, "--now", NOW], env=ENV,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while_it_runs(process)
    _, _, used = os.wait4(process.pid, 0)
    took = time.perf_counter() - begin
    process.returncode = 0
    if post.states() != {"sent": letters}:
        raise CannotMeasure(f"langnghe-post: {post.states()}")
    return took, used.ru_utime + used.ru_stime
