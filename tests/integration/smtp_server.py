"""Mail servers for the tests: aiosmtpd, with or without STARTTLS and AUTH under a CA made for the
run; and a scripted one that misbehaves in one way."""
import asyncio
import logging
import os
import ssl
import subprocess
import threading

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # what aiosmtpd says of clients that go away


class Keeper:
    """Keeps what was accepted: (recipient, bytes as sent)."""

    def __init__(self):
        self.letters, self.versions = [], set()

    async def handle_DATA(self, server, session, envelope):
        if session.ssl:
            self.versions.add(session.ssl["ssl_object"].version() if isinstance(session.ssl, dict) else session.ssl.version())
        for to in envelope.rcpt_tos:
            self.letters.append((to, envelope.original_content))
        return "250 2.0.0 kept"


class RealServer(Controller):
    """with RealServer(tls=context, password="…") as s: s.port, s.keeper.letters"""

    def __init__(self, tls=None, password=None, without=()):
        self.keeper, self.tls, self.password, self.without = Keeper(), tls, password, list(without)
        super().__init__(self.keeper, hostname="127.0.0.1", port=free_port())

    def factory(self):
        def check(server, session, envelope, mechanism, data):
            return AuthResult(success=data.password == self.password.encode(), handled=False)
        auth = dict(authenticator=check, auth_required=True, auth_require_tls=True,
                    auth_exclude_mechanism=self.without) if self.password else {}
        return SMTP(self.handler, hostname="mail.langnghe.test", tls_context=self.tls, require_starttls=bool(self.tls),
                    **auth)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *exc):
        self.stop()


def free_port():
    import socket
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Scripted:
    """A server that answers as `replies` says: {"RCPT": "450 later", "DATA": None …}; None: hangs up.
    "DOT" is the answer to the letter, "GREETING" the first line; PIECES=n: n bytes at a time. Counts what it got whole."""

    def __init__(self, **replies):
        self.replies, self.got, self.connections, self.said = replies, 0, 0, []
        self.port = free_port()

    async def serve(self, reader, writer):
        self.connections += 1
        kept = 0

        async def say(word, usual):
            text = self.replies.get(word, usual)
            if callable(text):
                text = text(self)
            if text is None:
                raise ConnectionError
            data = text.encode() + b"\r\n"
            piece = self.replies.get("PIECES", len(data))  # bytes at a time: a slow line
            for i in range(0, len(data), piece):
                writer.write(data[i:i + piece])
                await writer.drain()
                if piece < len(data):
                    await asyncio.sleep(0.004)
            return text
        try:
            await say("GREETING", "220 scripted")
            while line := await reader.readline():
                word = line.split()[0].upper().decode() if line.split() else ""
                self.said.append(line.decode(errors="replace").strip())
                if word == "EHLO":
                    await say("EHLO", "250-scripted\r\n250-CHUNKING\r\n250-PIPELINING\r\n250 SIZE 9999999")
                elif word == "DATA":
                    if not (await say("DATA", "354 go on")).startswith("354"):
                        continue
                    while (line := await reader.readline()) != b".\r\n":
                        kept += len(line)
                        if not line or ("CUT" in self.replies and kept > self.replies["CUT"]):
                            raise ConnectionError
                    self.got += 1
                    await say("DOT", "250 2.0.0 kept")
                elif word == "QUIT":
                    await say("QUIT", "221 bye")
                    break
                else:
                    await say(word, "250 2.1.0 good")
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        writer.close()

    def __enter__(self):
        self.loop = asyncio.new_event_loop()
        started = threading.Event()

        def run():
            asyncio.set_event_loop(self.loop)
            self.server = self.loop.run_until_complete(asyncio.start_server(self.serve, "127.0.0.1", self.port,
                                                                            limit=1 << 20))
            started.set()
            self.loop.run_forever()
        self.thread = threading.Thread(target=run, daemon=True)
        self.thread.start()
        started.wait()
        return self

    def __exit__(self, *exc):
        async def close():
            self.server.close()
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()
            self.loop.call_soon(self.loop.stop)
        asyncio.run_coroutine_threadsafe(close(), self.loop)
        self.thread.join()


class Authority:
    """A CA in a folder, and certificates of it."""

    def __init__(self, folder):
        self.folder = folder
        self.ca = os.path.join(folder, "ca.pem")
        self.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-days",
                     "30", "-subj", "/CN=test authority")

    def openssl(self, *args):
        subprocess.run(["openssl", *args], cwd=self.folder, check=True, capture_output=True)

    def context(self, name, names, days="30", signed=True):
        with open(os.path.join(self.folder, name + ".ext"), "w", encoding="ascii") as f:
            f.write("subjectAltName=" + names + "\n")
        self.openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", name + ".key", "-out", name + ".csr", "-subj",
                     "/CN=" + name)
        by = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"] if signed else ["-signkey", name + ".key"]
        self.openssl("x509", "-req", "-in", name + ".csr", *by, "-out", name + ".pem", "-days", days, "-extfile",
                     name + ".ext")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(os.path.join(self.folder, name + ".pem"), os.path.join(self.folder, name + ".key"))
        return context
