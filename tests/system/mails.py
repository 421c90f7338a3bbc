"""Mails made by hand, and how the tests read them."""

import base64
from datetime import UTC, datetime

from desk_app.system.mail_parse import parse_mail

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def parse(data):
    return parse_mail(data if isinstance(data, bytes) else data.encode(), now=NOW)


def codes(mail):
    return {oddity.code for oddity in mail.oddities}


def with_head(head, body="hello\n"):
    return f"From: Ann <ann@example.org>\nMessage-ID: <1@x>\n{head}\n\n{body}"


PLAIN = with_head("To: b@example.org\nSubject: Hi\nDate: Mon, 23 Nov 2026 10:00:00 +0100")


def multipart(kind, *parts, boundary="b"):
    inner = "".join(f"--{boundary}\n{part}\n" for part in parts)
    return f"Content-Type: multipart/{kind}; boundary={boundary}\n\n{inner}--{boundary}--\n"


def mail_of(entity):
    return parse("From: a@b.c\nMessage-ID: <1@x>\nMIME-Version: 1.0\n" + entity)


PNG = base64.b64encode(b"\x89PNG").decode()
IMAGE = (
    "Content-Type: image/png\nContent-ID: <logo@x>\nContent-Transfer-Encoding: base64\n"
    f"Content-Disposition: inline; filename=logo.png\n\n{PNG}"
)
