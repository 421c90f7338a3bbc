"""Reads the head of a mail, or of a part of one, whatever was done to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.errors import MessageError
from email.headerregistry import AddressHeader, ParameterizedMIMEHeader
from email.message import Message
from email.utils import collapse_rfc2231_value, getaddresses, parsedate_to_datetime
from typing import TypeVar

from desk_app.domain.mail import MAX_ID_CHARS, MailAddress, OddityCode
from desk_app.system.mail_text import Oddities, decode_bytes, decode_words, folded, scrubbed

_T = TypeVar("_T")

HEADER_FAULTS = (
    MessageError,  # HeaderParseError that the parser forgot to turn into a defect
    ValueError,  # UnicodeError too; a line end inside an encoded word (headerregistry.Address)
    AttributeError,  # a token list where a token was expected (cpython 83281)
    LookupError,  # empty local part, `name*` without value (cpython 148518, 151857); codecs
    TypeError,
    AssertionError,
    NotImplementedError,
    OverflowError,  # absurd zones
    RecursionError,  # comments in comments
)
"""All that email's header parser is known, or was seen, to let out on hostile input."""

MAX_HEAD_BYTES = 1_000_000
MAX_VALUE_CHARS = 64_000
MAX_MODERN_CHARS = 4_000
"""The modern parser copies the rest of the value at each token; longer ones are read plainly."""
MAX_ADDRESSES = 2_000
MAX_IDS = 200
_MAX_DATE_CHARS = 200

_LINE = re.compile(rb"([^\r\n]*)(?:\r\n|\r|\n|\Z)")
_HEADER_LINE = re.compile(rb"([!-9;-~]+)[ \t]*:")
_ENVELOPE_LINE = re.compile(rb">?From ")
_ID = re.compile(r"<([^<>]{1,1000})>")
_EMAIL = re.compile(r"[^\s<>(),;:\"\[\]@]{1,300}@[^\s<>(),;:\"\[\]@]{1,300}")
_NOT_ONE = frozenset('<>,"@')
_CUT_NAME = re.compile(r"\?=\s+=\?")
_EMPTY_GROUP = re.compile(r"(?:[^:@]*:\s*;?|<>)?\s*")
"""`undisclosed-recipients:;`, the null return path, or nothing."""

_TYPE = re.compile(r"[!-.0-~]+/[!-.0-~]+")


@dataclass(frozen=True, slots=True)
class Head:
    """The headers of one mail or part: lower-case name to its values, raw but unfolded."""

    fields: Mapping[str, list[str]]
    body_at: int
    """Where the body starts, in bytes from the start of the whole mail."""
    odd: Oddities

    def one(self, name: str) -> str:
        """Return the first value of a header, '' if there is none; more than one is noted."""
        values = self.fields.get(name, ())
        if len(values) > 1:
            self.odd.note(OddityCode.DUPLICATE_HEADER, name)
        return values[0] if values else ""

    def text(self, name: str) -> str:
        """Return a header for reading: decoded, white space folded."""
        raw = self.one(name)
        if "=?" not in raw:
            return folded(raw)
        modern = _find_modern(name, raw, str, self.odd)
        if modern is None or not _reads_well(modern):
            modern = self._by_hand(name, raw)
        return folded(modern)

    def addresses(self, name: str) -> tuple[MailAddress, ...]:
        """Return the addresses of all headers of that name, in order."""
        found = [one for raw in self.fields.get(name, ()) for one in self._addresses(name, raw)]
        return tuple(found[:MAX_ADDRESSES])

    def ids(self, name: str) -> tuple[str, ...]:
        """Return the ids in a header, without brackets.

        Read by hand: the modern parser fails on ids that Exchange makes (`<[..@host]>`).
        """
        raw = " ".join(self.fields.get(name, ()))
        found = _ID.findall(raw) or [word for word in raw.split() if "@" in word]
        ids = ("".join(one.split()) for one in found)
        return tuple(one for one in ids if one and len(one) <= MAX_ID_CHARS)[-MAX_IDS:]

    def moment(self, name: str) -> datetime | None:
        """Return a date in UTC, None if there is none that can be read."""
        with suppress(*HEADER_FAULTS):
            moment = parsedate_to_datetime(self.one(name)[:_MAX_DATE_CHARS])
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        return None

    def content_type(self, default: str) -> str:
        """Return the type in lower case, `default` if there is none or it makes no sense."""
        raw = self.one("content-type").partition(";")[0].strip().lower()
        return raw if _TYPE.fullmatch(raw) else default

    def disposition(self) -> str:
        """Return `inline`, `attachment` or what else is there, '' if nothing."""
        return self.one("content-disposition").partition(";")[0].strip().lower()

    def parameter(self, name: str, key: str) -> str:
        """Return a parameter of a MIME header, decoded; '' if there is none."""
        raw = self.one(name)[:MAX_MODERN_CHARS]
        if "=" not in raw:
            return ""
        modern = _find_modern(name, raw, lambda made: _modern_parameter(made, key), self.odd)
        if modern is not None and _reads_well(modern):
            return modern
        return scrubbed(self._by_hand(name, _plain_parameter(name, raw, key)))

    def _addresses(self, name: str, raw: str) -> tuple[MailAddress, ...]:
        # The modern parser puts a blank between the encoded words of a long name.
        is_cut = _CUT_NAME.search(raw)
        modern = None if is_cut else _find_modern(name, raw, _modern_addresses, self.odd)
        if modern and all(_EMAIL.fullmatch(one.email) and _reads_well(one.name) for one in modern):
            return tuple(MailAddress(name=folded(a.name), email=folded(a.email)) for a in modern)
        plain = tuple(self._plain_addresses(name, raw))
        if plain or _EMPTY_GROUP.fullmatch(raw):
            return plain
        self.odd.note(OddityCode.BAD_ADDRESS, raw)
        return (MailAddress(name=folded(self._by_hand(name, raw)).strip("<> "), email=""),)

    def _plain_addresses(self, name: str, raw: str) -> Iterator[MailAddress]:
        """Read one name and address by hand, else as the old parser does, else any address."""
        pairs = _one_named(raw)
        with suppress(*HEADER_FAULTS):
            pairs = pairs or [pair for pair in getaddresses([raw]) if _EMAIL.fullmatch(pair[1])]
        for label, email in pairs or [("", email) for email in _EMAIL.findall(raw)]:
            yield MailAddress(
                name=folded(self._by_hand(name, label)), email=folded(email).strip("<> ")
            )

    def _by_hand(self, name: str, raw: str) -> str:
        if "=?" not in raw:
            return raw
        text = decode_words(raw, self.odd)
        if "\ufffd" in text or text == raw:
            self.odd.note(OddityCode.BAD_ENCODED_WORD, name)
        return text


def read_head(data: bytes, start: int, end: int, odd: Oddities) -> Head:
    """Read the headers of `data[start:end]`; that no blank line ends them is noted.

    A line of the head that is none ends it, as in `email`: what follows is the body.
    """
    lines: list[tuple[str, bytearray]] = []
    at = start
    while at < end and (line := _LINE.match(data, at, end)):
        content = line[1]
        if not content:
            at = line.end()
            break
        if not _takes(lines, content, is_first=at == start):
            odd.note(OddityCode.NO_HEADER_END)
            break
        at = line.end()
        if at - start > MAX_HEAD_BYTES:
            odd.note(OddityCode.HEADER_CUT)
            break
    return Head(_fields(lines, odd), at, odd)


def _takes(lines: list[tuple[str, bytearray]], content: bytes, *, is_first: bool) -> bool:
    """Add a line of the head to `lines`; False if it does not belong to a head."""
    header = _HEADER_LINE.match(content)
    # The second: a parameter on a line of its own that somebody forgot to indent.
    if lines and (content[:1] in b" \t" or (not header and lines[-1][1].rstrip()[-1:] == b";")):
        lines[-1][1].extend(content)
        return True
    if header:
        lines.append((header[1].decode("ascii").lower(), bytearray(content[header.end() :])))
    return bool(header or (is_first and _ENVELOPE_LINE.match(content)))


def _fields(lines: list[tuple[str, bytearray]], odd: Oddities) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for name, value in lines:
        fields.setdefault(name, []).append(_decoded_value(name, bytes(value), odd))
    return fields


def _decoded_value(name: str, value: bytes, odd: Oddities) -> str:
    if len(value) > MAX_VALUE_CHARS:
        odd.note(OddityCode.HEADER_CUT, name)
        value = value[:MAX_VALUE_CHARS]
    if not value.isascii():
        odd.note(OddityCode.RAW_BYTES_IN_HEADER, name)
    if b"\0" in value:
        odd.note(OddityCode.NUL_BYTES, name)
    return scrubbed(decode_bytes(value, "utf-8", odd)).strip()


def _reads_well(text: str) -> bool:
    return "\ufffd" not in text and "=?" not in text


def _find_modern(name: str, raw: str, read: Callable[[object], _T], odd: Oddities) -> _T | None:
    """Let the modern policy read a value; None if it cannot, or would take too long."""
    if len(raw) > MAX_MODERN_CHARS:
        return None
    try:
        return read(policy.default.header_factory(name, raw))
    except HEADER_FAULTS as exc:
        odd.note(OddityCode.BAD_HEADER, f"{name}: {type(exc).__name__}")
    return None


def _modern_addresses(made: object) -> tuple[MailAddress, ...]:
    if not isinstance(made, AddressHeader):
        return ()
    return tuple(
        MailAddress(name=scrubbed(one.display_name), email=scrubbed(one.addr_spec))
        for one in made.addresses
    )


def _one_named(raw: str) -> list[tuple[str, str]]:
    """Return the pair of `Any [words] <a@b.c>`, which the old parser drops the name of."""
    label, _, email = raw.rstrip("> \t").rpartition("<")
    name = label.strip(' \t"')
    is_one = _EMAIL.fullmatch(email.strip()) and not _NOT_ONE.intersection(name)
    return [(name, email)] if is_one else []


def _modern_parameter(made: object, key: str) -> str:
    if not isinstance(made, ParameterizedMIMEHeader):
        return ""
    return scrubbed(str(made.params.get(key, "")))


def _plain_parameter(name: str, raw: str, key: str) -> str:
    message: Message[str, str] = Message()
    with suppress(*HEADER_FAULTS):
        message[name] = raw
        value = message.get_param(key, "", name)
        return scrubbed(collapse_rfc2231_value(value) if value else "")
    return ""
