"""Reads the body of a mail: the text to show, and the files that came with it.

Multiparts are split here, not by `email`'s feed parser: that one recurses without a bound, reads
a body line by line once per level, and writes forwarded mails anew instead of keeping their bytes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import Message
from html import escape

from desk_app.domain.mail import MAX_ID_CHARS, MailPart, OddityCode, safe_name
from desk_app.system.mail_header import Head, read_head
from desk_app.system.mail_text import Oddities, decode_bytes, scrubbed, unflowed, with_lf

MAX_DEPTH = 20
"""Of multiparts in multiparts; what lies deeper is attached undecoded."""

MAX_PARTS = 1_000
"""Of one mail, multiparts counted; the rest is dropped and that is noted."""

_PLAIN_ENCODINGS = frozenset({"", "7bit", "8bit", "binary", "7-bit", "8-bit"})
_KNOWN_ENCODINGS = frozenset(
    {"base64", "quoted-printable", "x-uuencode", "uuencode", "x-uue", "uue"}
)
_SHOWN_TYPES = frozenset({"text/plain", "text/html"})
_FORWARDED_TYPES = frozenset({"message/rfc822", "message/global", "message/news"})
_TNEF_TYPES = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_OPAQUE_TYPE = "application/octet-stream"
_META_CHARSET = re.compile(rb"<meta[^>]{1,200}charset\s*=\s*[\"']?([A-Za-z0-9_:.-]{1,40})", re.I)
_META_BYTES = 2_048

# The names a mail's parts usually need; the system's own table differs from one to the next.
_EXTENSIONS = {
    "application/json": ".json",
    "application/msword": ".doc",
    "application/pdf": ".pdf",
    "application/pgp-encrypted": ".pgp",
    "application/pgp-keys": ".asc",
    "application/pgp-signature": ".asc",
    "application/pkcs7-mime": ".p7m",
    "application/pkcs7-signature": ".p7s",
    "application/rtf": ".rtf",
    "application/vnd.ms-excel": ".xls",
    "application/x-pkcs7-mime": ".p7m",
    "application/x-pkcs7-signature": ".p7s",
    "application/xml": ".xml",
    "application/zip": ".zip",
    "audio/mpeg": ".mp3",
    "audio/x-wav": ".wav",
    "image/jpeg": ".jpg",
    "image/svg+xml": ".svg",
    "image/vnd.microsoft.icon": ".ico",
    "message/delivery-status": ".txt",
    "message/disposition-notification": ".txt",
    "text/calendar": ".ics",
    "text/html": ".html",
    "text/plain": ".txt",
    "text/rfc822-headers": ".txt",
    "text/vcard": ".vcf",
    "text/x-vcard": ".vcf",
}
_PLAIN_SUBTYPE = re.compile(r"(?:image|audio|video|text)/([a-z0-9]{1,8})")


@dataclass(frozen=True, slots=True)
class _Fragment:
    """One passage of the body, in one or both forms."""

    text: str = ""
    html: str = ""


@dataclass(frozen=True, slots=True)
class Body:
    """What is to be read, and the files."""

    fragments: tuple[_Fragment, ...] = ()
    parts: tuple[MailPart, ...] = ()

    @property
    def text(self) -> str:
        return "\n".join(fragment.text for fragment in self.fragments if fragment.text)

    @property
    def html(self) -> str:
        """All passages as HTML, '' if none of them is."""
        if not any(fragment.html for fragment in self.fragments):
            return ""
        return "\n".join(
            fragment.html or f"<pre>{escape(fragment.text)}</pre>" for fragment in self.fragments
        )


class BodyReader:
    """Walks the parts of one mail."""

    def __init__(self, data: bytes, odd: Oddities) -> None:
        self._data = data
        self._odd = odd
        self._count = 0

    def read(self, head: Head) -> Body:
        """Return the body under the mail's own head."""
        body = self._read(head, len(self._data), 0, "text/plain")
        if self._count > MAX_PARTS:
            self._odd.note(OddityCode.TOO_MANY_PARTS, str(MAX_PARTS))
        return body

    def _read(self, head: Head, end: int, depth: int, default: str) -> Body:
        self._count += 1
        if self._count > MAX_PARTS:
            return Body()
        kind = head.content_type(default)
        if kind.startswith("multipart/"):
            return self._multipart(head, end, depth, kind)
        payload = self._payload(head, end)
        name = _declared_name(head)
        if kind in _SHOWN_TYPES and not name and head.disposition() != "attachment":
            return Body(fragments=self._fragments(head, payload, kind))
        return Body(parts=(self._file(head, payload, kind, name),))

    def _multipart(self, head: Head, end: int, depth: int, kind: str) -> Body:
        if depth >= MAX_DEPTH:
            self._odd.note(OddityCode.TOO_DEEP, kind)
            payload = self._data[head.body_at : end]
            return Body(parts=(self._file(head, payload, _OPAQUE_TYPE, ""),))
        spans = self._spans(head.parameter("content-type", "boundary"), head.body_at, end)
        if not spans:
            self._odd.note(OddityCode.BAD_MULTIPART, kind)
            text = self._data[head.body_at : end]
            return Body(fragments=self._fragments(head, text, "text/plain"))
        default = "message/rfc822" if kind == "multipart/digest" else "text/plain"
        bodies = [
            self._read(read_head(self._data, first, last, self._odd), last, depth + 1, default)
            for first, last in spans
            if self._count <= MAX_PARTS
        ]
        join = self._alternative if kind == "multipart/alternative" else _mixed
        return join(bodies)

    def _spans(self, boundary: str, start: int, end: int) -> list[tuple[int, int]]:
        """Return where the parts are; a missing last boundary is noted, a missing first is [].

        Parts after the last boundary count: some programs use one boundary on two levels.
        """
        mark = re.escape(boundary.rstrip().encode("utf-8"))
        if not mark:
            return []
        line = re.compile(rb"^--" + mark + rb"(--)?[ \t]*\r?(?:\n|\Z)", re.MULTILINE)
        spans: list[tuple[int, int]] = []
        first: int | None = None
        for found in line.finditer(self._data, start, end):
            if first is not None:
                spans.append((first, self._line_end_before(found.start(), first)))
            first = None if found[1] else found.end()
        if first is not None:
            self._odd.note(OddityCode.UNCLOSED_MULTIPART)
            spans.append((first, end))
        return spans

    def _line_end_before(self, at: int, floor: int) -> int:
        """The line end before a boundary belongs to the boundary."""
        ending = self._data[max(floor, at - 2) : at]
        return at - (2 if ending == b"\r\n" else 1 if ending.endswith(b"\n") else 0)

    def _alternative(self, bodies: Sequence[Body]) -> Body:
        """Take the last of each form, the richest by RFC 2046."""
        texts = [body.text for body in bodies if body.text]
        htmls = [body.html for body in bodies if body.html]
        if len(texts) > 1 and any(text not in texts[-1] for text in texts):
            self._odd.note(OddityCode.EXTRA_ALTERNATIVE, "text/plain")
        if len(htmls) > 1:
            self._odd.note(OddityCode.EXTRA_ALTERNATIVE, "text/html")
        fragment = _Fragment(texts[-1] if texts else "", htmls[-1] if htmls else "")
        return Body((fragment,), tuple(part for body in bodies for part in body.parts))

    def _payload(self, head: Head, end: int) -> bytes:
        """Return a part's bytes with its transfer encoding undone."""
        raw = self._data[head.body_at : end]
        words = head.one("content-transfer-encoding").lower().replace(";", " ").split()
        encoding = words[0] if words else ""
        if encoding in _PLAIN_ENCODINGS:
            return raw
        if encoding not in _KNOWN_ENCODINGS:
            self._odd.note(OddityCode.BAD_TRANSFER_ENCODING, encoding)
            return raw
        return self._decoded(raw, encoding)

    def _decoded(self, raw: bytes, encoding: str) -> bytes:
        message: Message[str, str] = Message()
        message["Content-Transfer-Encoding"] = encoding
        message.set_payload(raw.decode("ascii", "surrogateescape"))
        try:
            decoded = message.get_payload(decode=True)
        except (ValueError, LookupError):  # binascii.Error is a ValueError
            decoded = None
        if message.defects or not isinstance(decoded, bytes):
            self._odd.note(OddityCode.BAD_TRANSFER_ENCODING, encoding)
        return decoded if isinstance(decoded, bytes) else raw

    def _fragments(self, head: Head, payload: bytes, kind: str) -> tuple[_Fragment, ...]:
        charset = head.parameter("content-type", "charset")
        if not charset and kind == "text/html":
            meta = _META_CHARSET.search(payload, 0, _META_BYTES)
            charset = meta[1].decode("ascii") if meta else ""
        text = with_lf(decode_bytes(payload, charset, self._odd)).removeprefix("\ufeff")
        if "\0" in text:
            self._odd.note(OddityCode.NUL_BYTES)
        text = scrubbed(text)
        if kind == "text/html":
            return (_Fragment(html=text),) if text else ()
        if head.parameter("content-type", "format").lower() == "flowed":
            drop = head.parameter("content-type", "delsp").lower() == "yes"
            text = unflowed(text, drop_space=drop)
        return (_Fragment(text=text),) if text else ()

    def _file(self, head: Head, payload: bytes, kind: str, name: str) -> MailPart:
        if kind in _FORWARDED_TYPES:
            name = self._forwarded_name(payload, name)
        content_id = _content_id(head)
        part = MailPart(
            name=self._safe(name, kind),
            mime_type=kind,
            content_id=content_id,
            inline=content_id is not None and head.disposition() != "attachment",
            data=payload,
        )
        if kind in _TNEF_TYPES or part.name.lower() == "winmail.dat":
            self._odd.note(OddityCode.TNEF, part.name)
        return part

    def _forwarded_name(self, payload: bytes, name: str) -> str:
        """Name a forwarded mail by its subject, unless it came with a name."""
        subject = read_head(payload, 0, len(payload), Oddities()).text("subject")
        self._odd.note(OddityCode.FORWARDED, subject)
        return name or (f"{subject}.eml" if safe_name(subject) else "")

    def _safe(self, name: str, kind: str) -> str:
        safe = safe_name(name)
        if not safe:
            safe = f"{kind.partition('/')[0]}-{self._count}{_extension(kind)}"
            safe = safe_name(safe) or f"part-{self._count}.bin"
            self._odd.note(OddityCode.NAME_MADE, safe)
        elif safe != name:
            self._odd.note(OddityCode.NAME_CHANGED, safe)
        return safe


def _mixed(bodies: Sequence[Body]) -> Body:
    return Body(
        tuple(fragment for body in bodies for fragment in body.fragments),
        tuple(part for body in bodies for part in body.parts),
    )


def _declared_name(head: Head) -> str:
    return head.parameter("content-disposition", "filename") or head.parameter(
        "content-type", "name"
    )


def _content_id(head: Head) -> str | None:
    """Return the content id without brackets; some programs leave those away."""
    found = "".join(head.one("content-id").split()).strip("<>")
    return found if found and len(found) <= MAX_ID_CHARS else None


def _extension(kind: str) -> str:
    if kind in _FORWARDED_TYPES:
        return ".eml"
    plain = _PLAIN_SUBTYPE.fullmatch(kind)
    return _EXTENSIONS.get(kind, f".{plain[1]}" if plain else ".bin")
