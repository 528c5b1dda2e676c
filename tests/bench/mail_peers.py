#!/usr/bin/env python3
"""langnghe-post with the default of four connections beside Alertmanager and collectd's notify_email, from
queued to accepted by Postfix's smtp-sink; and the processor time a letter. Alertmanager waits for nothing
(group_wait 0, one mail a group) and its mails have the size of our letters. notify_email cannot send more than
a few hundred bytes: our smallest letter is the one that is judged beside it. Neither of them keeps on disk
what it sends."""
import json
import os
import socket
import statistics
import subprocess
import threading
import time
import urllib.error
import urllib.request

from measure import Bench, CannotMeasure, Folder, in_turns, run

from posting import Post
from sending import letter_size, receipt, send
from sink import Sink
from smtp_server import free_port

LETTERS = 4000
BATCH = 200  # alerts in one request; more or fewer of them make Alertmanager slower
RUNS = 5
CONNECTIONS = 4
PATIENCE_S = 120
TICK_S = 1 / os.sysconf("SC_CLK_TCK")

ALERTMANAGER = """
global: {{ smtp_smarthost: "127.0.0.1:{port}", smtp_from: "langnghe@units.langnghe.test", smtp_require_tls: false,
           smtp_hello: "localhost" }}
route: {{ receiver: officer, group_by: [letter], group_wait: 0s, group_interval: 5m, repeat_interval: 4h }}
receivers:
  - name: officer
    email_configs: [ {{ to: "officer@units.langnghe.test", html: "", text: "{text}",
                        headers: {{ Subject: "{{{{ .GroupLabels.letter }}}}" }} }} ]
"""

COLLECTD = """
BaseDir "{folder}"
PIDFile "{folder}/pid"
TypesDB "/usr/share/collectd/types.db"
Interval 3600
LoadPlugin unixsock
LoadPlugin notify_email
<Plugin unixsock>
	SocketFile "{socket}"
</Plugin>
<Plugin notify_email>
	SMTPServer "127.0.0.1"
	SMTPPort {port}
	From "langnghe@units.langnghe.test"
	Recipient "officer@units.langnghe.test"
</Plugin>
"""


def processor_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * TICK_S


class Peer:
    """A daemon in the foreground with a configuration of its own, ready when `is_ready` says so."""

    def __init__(self, argv, is_ready):
        self.process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        until = time.monotonic() + 20
        while not is_ready():
            if self.process.poll() is not None or time.monotonic() > until:
                self.process.kill()
                raise CannotMeasure(f"{argv[0]} did not start: {self.process.communicate()[1][-300:]}")
            time.sleep(0.02)
        # What it says is read, so that it never waits for us.
        threading.Thread(target=self.process.stderr.read, daemon=True).start()

    def measure(self, sink, letters, give):
        """(seconds, processor seconds) from the first letter given to the last accepted."""
        before = processor_seconds(self.process.pid)
        begin = time.perf_counter()
        give()
        end = sink.wait(letters, PATIENCE_S, lambda: self.process.poll() is None)
        time.sleep(0.2)  # the last letter's farewell is part of it
        return end - begin, processor_seconds(self.process.pid) - before

    def end(self):
        self.process.kill()
        self.process.wait()


def write(path, text):
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=1) as r:
            return r.status == 200
    except (urllib.error.URLError, OSError):
        return False


def alertmanager(folder, size):
    web = f"http://127.0.0.1:{free_port()}"
    alerts = [{"labels": {"alertname": "late", "letter": f"letter {i}"}} for i in range(LETTERS)]
    batches = [json.dumps(alerts[i:i + BATCH]).encode() for i in range(0, LETTERS, BATCH)]

    def give():
        for batch in batches:
            urllib.request.urlopen(urllib.request.Request(f"{web}/api/v2/alerts", batch,
                                                          {"Content-Type": "application/json"}), timeout=60).close()
    with Sink() as sink:
        line = "Lang nghe: sixty-four bytes of a letter that says nothing more.\\n"
        conf = write(os.path.join(folder, "alertmanager.yml"),
                     ALERTMANAGER.format(port=sink.port, text=line * (size // (len(line) - 1))))
        peer = Peer(["/usr/bin/prometheus-alertmanager", f"--config.file={conf}",
                     f"--storage.path={folder}/alertmanager", f"--web.listen-address={web[7:]}",
                     "--cluster.listen-address=", "--log.level=error"], lambda: answers(f"{web}/-/ready"))
        try:
            return peer.measure(sink, LETTERS, give)
        finally:
            peer.end()


def collectd(folder):
    path = os.path.join(folder, "collectd.sock")

    def is_ready():
        return os.path.exists(path)

    def give():
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(path)
            lines = "".join(f'PUTNOTIF severity=warning time={int(time.time())} host=langnghe message="letter {i}"\n'
                            for i in range(LETTERS)).encode()
            threading.Thread(target=s.sendall, args=[lines]).start()
            said = b""
            while said.count(b"\n") < LETTERS:
                got = s.recv(65536)
                if not got:
                    raise CannotMeasure("collectd ended the conversation")
                said += got
    with Sink() as sink:
        if os.path.exists(path):
            os.unlink(path)
        conf = write(os.path.join(folder, "collectd.conf"),
                     COLLECTD.format(folder=folder, socket=path, port=sink.port))
        peer = Peer(["/usr/sbin/collectd", "-f", "-C", conf], is_ready)
        try:
            return peer.measure(sink, LETTERS, give)
        finally:
            peer.end()


def langnghe(post):
    with Sink() as sink:
        return send(post, sink.port, CONNECTIONS)


def compare(folder, post, what, beside_notes):
    """beside_notes: how the rates beside notify_email are told: Bench.at_least or one without a limit."""
    post.many(LETTERS)
    size = letter_size(post)
    used = {}

    def seconds_of(name, measure, *arguments):
        took, processor = measure(*arguments)
        used.setdefault(name, []).append(processor * 1e6 / LETTERS)
        return took
    ours, alerts, notes = (LETTERS / took for took in in_turns(
        RUNS, lambda: seconds_of("ours", langnghe, post),
        lambda: seconds_of("alertmanager", alertmanager, folder, size),
        lambda: seconds_of("collectd", collectd, folder)))
    processor = {name: statistics.median(each) for name, each in used.items()}
    bench = Bench("langnghe-post", "Alertmanager")
    print(f"{LETTERS} times {what} of {size / 1000:.1f} KB")
    bench.at_least("  letters a second", ours, alerts, 1.5, "{:.0f}")
    bench.ratio("  processor time a letter", processor["ours"], processor["alertmanager"], 0.35, "{:.0f} µs")
    bench.columns("langnghe-post", "notify_email")
    beside_notes(bench, "  letters a second, theirs of 0.3 KB", ours, notes)
    bench.show("  processor time a letter", processor["ours"], processor["collectd"], "{:.0f} µs")
    return bench.close()


def main():
    with Folder() as folder:
        missed = compare(folder, Post(receipt), "a receipt, our smallest letter,",
                         lambda bench, what, ours, theirs: bench.at_least(what, ours, theirs, 1, "{:.0f}"))
        return missed | compare(folder, Post(), "a letter of the morning",
                                lambda bench, what, ours, theirs: bench.show(what, ours, theirs, "{:.0f}"))


run(main)
