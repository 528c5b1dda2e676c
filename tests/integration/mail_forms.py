"""A letter's bytes as servers leave them: without the lines they put before it, and what a DKIM signature covers
(RFC 6376, relaxed headers and body)."""
import hashlib
import re

SIGNED = (b"from", b"to", b"reply-to", b"subject", b"date", b"message-id", b"references", b"mime-version", b"content-type",
          b"auto-submitted")
TRACE = (b"return-path", b"delivered-to", b"x-original-to", b"envelope-to", b"delivery-date", b"received")


def split(data):
    """(headers as (name, value with its line breaks), body) with LF ends."""
    head, _, body = data.replace(b"\r\n", b"\n").partition(b"\n\n")
    return [tuple(line.split(b":", 1)) for line in re.split(rb"\n(?![ \t])", head)], body


def own(data):
    """Without the lines that servers put before a letter."""
    headers, body = split(data)
    while headers[0][0].lower() in TRACE:
        headers.pop(0)
    return b"\n".join(name + b":" + value for name, value in headers) + b"\n\n" + body


def canonical(data):
    """What a signature covers: the hashed body and the signed headers, both relaxed."""
    headers, body = split(data)
    lines = [re.sub(rb"[ \t]+", b" ", line).rstrip(b" ") for line in body.split(b"\n")]
    while lines and not lines[-1]:
        lines.pop()
    digest = hashlib.sha256(b"".join(line + b"\r\n" for line in lines)).hexdigest()
    signed = sorted((name.lower(), re.sub(rb"[ \t\n]+", b" ", value).strip()) for name, value in headers
                    if name.lower() in SIGNED)
    return digest, signed


def id_of(data):
    return dict((name.lower(), value.strip()) for name, value in split(data)[0])[b"message-id"]
