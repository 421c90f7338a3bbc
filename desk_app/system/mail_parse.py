"""Turns the bytes of one mail into a MailMessage, rescuing what can be rescued."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import datetime

from desk_app.domain.mail import (
    BrokenMailError,
    BrokenReason,
    MailAddress,
    MailMessage,
    MailPart,
    OddityCode,
    auto_kind,
    number_hint,
    sane_moment,
)
from desk_app.system.mail_body import BodyReader
from desk_app.system.mail_header import Head, read_head
from desk_app.system.mail_text import Oddities

MAX_MAIL_BYTES = 50_000_000

_BOM = b"\xef\xbb\xbf"
_ENVELOPE = re.compile(rb">?From [^\r\n]*(?:\r\n|\r|\n)")
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_PROBED_BYTES = 1_000
_NULL_YEAR = re.compile(r"\b0\d{3}\s+\d{1,2}:\d\d")

_SENDER_HEADERS = ("from", "sender", "reply-to", "return-path")
"""Where a mail says who wrote it, best first."""

_MAIL_HEADERS = frozenset(
    {
        *("bcc", "cc", "delivered-to", "from", "reply-to", "return-path", "sender", "to"),
        *("content-type", "date", "mime-version", "received", "subject", "x-mailer"),
        *("in-reply-to", "list-id", "message-id", "references"),
    }
)
"""A file with none of these is no mail, even if its first line has a colon."""


def parse_mail(data: bytes, *, now: datetime) -> MailMessage:
    """Read one mail; `now` (aware) tells absurd dates.

    Raises:
        BrokenMailError: nothing of it can be used. Whatever else is wrong is in `oddities`.
    """
    if now.tzinfo is None:
        raise ValueError("now must be timezone-aware")
    odd = Oddities()
    data = _prepared(data, odd)
    head = read_head(data, 0, len(data), odd)
    if not _MAIL_HEADERS.intersection(head.fields):
        is_binary = _BINARY.search(data[:_PROBED_BYTES])
        raise BrokenMailError(BrokenReason.BINARY if is_binary else BrokenReason.NO_HEADER)
    message = _with_body(_envelope(head, data, now), head, data)
    if message.sender is None and not (message.text.strip() or message.html or message.parts):
        raise BrokenMailError(BrokenReason.NOTHING_IN_IT)
    return replace(message, oddities=odd.all())


def _prepared(data: bytes, odd: Oddities) -> bytes:
    """Refuse what is empty or too large; drop what stands before the first header."""
    if len(data) > MAX_MAIL_BYTES:
        raise BrokenMailError(BrokenReason.TOO_LARGE, str(len(data)))
    data = data.removeprefix(_BOM).lstrip(b" \t\r\n")
    if not data:
        raise BrokenMailError(BrokenReason.EMPTY)
    if b"\r" in data and b"\n" not in data:
        odd.note(OddityCode.BARE_CR)
        data = data.replace(b"\r", b"\n")
    envelope = _ENVELOPE.match(data)
    return data[envelope.end() :] if envelope else data


def _envelope(head: Head, data: bytes, now: datetime) -> MailMessage:
    """Return the mail without its body."""
    ids = head.ids("message-id")
    head.one("message-id")  # for the note if there are two
    if not ids:
        head.odd.note(OddityCode.NO_MESSAGE_ID)
    subject = head.text("subject")
    return MailMessage(
        message_id=ids[0] if ids else _made_id(data),
        id_made=not ids,
        in_reply_to=next(iter(head.ids("in-reply-to")), None),
        references=head.ids("references"),
        subject=subject,
        number_hint=number_hint(subject),
        sender=_find_sender(head),
        reply_to=head.addresses("reply-to"),
        to=head.addresses("to"),
        cc=head.addresses("cc"),
        sent_at=_find_moment(head, now),
        auto=auto_kind(head.fields),
    )


def _made_id(data: bytes) -> str:
    """Return an id that is the same for the same mail, from a mailbox or a file of its own."""
    plain = data.replace(b"\r\n", b"\n").rstrip(b"\n")
    return f"made-{hashlib.sha256(plain).hexdigest()[:40]}@desk-app.invalid"


def _find_sender(head: Head) -> MailAddress | None:
    head.one("from")  # for the note if there are two
    for name in _SENDER_HEADERS:
        found = next(iter(head.addresses(name)), None)
        if found is not None and (found.email or name == "from"):
            if name != "from":
                head.odd.note(OddityCode.NO_FROM, name)
            return found
    head.odd.note(OddityCode.NO_FROM)
    return None


def _find_moment(head: Head, now: datetime) -> datetime | None:
    raw = head.one("date")
    read = head.moment("date")
    # `email` takes the year 0001 as 2001.
    sane = None if _NULL_YEAR.search(raw) else sane_moment(read, now=now)
    if read is None:
        head.odd.note(OddityCode.NO_DATE, raw)
    elif sane is None:
        head.odd.note(OddityCode.ABSURD_DATE, raw)
    return sane


def _with_body(message: MailMessage, head: Head, data: bytes) -> MailMessage:
    body = BodyReader(data, head.odd).read(head)
    if not body.text.strip() and not body.html.strip():
        head.odd.note(OddityCode.EMPTY_BODY)
    parts = tuple(_shown(part, body.html) for part in body.parts)
    return replace(message, text=body.text, html=body.html, parts=parts)


def _shown(part: MailPart, html: str) -> MailPart:
    """Mark an attachment as inline if the HTML shows it; Outlook calls those attachments."""
    if part.inline or part.content_id is None or f"cid:{part.content_id}" not in html:
        return part
    return replace(part, inline=True)
