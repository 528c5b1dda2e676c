"""langnghe-post sending what waits in the outbox of a province (tests/integration/posting.py)."""
import os
import subprocess
import time

from measure import ENV, CannotMeasure, built

from posting import NOW


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
