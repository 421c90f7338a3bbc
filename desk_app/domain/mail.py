"""A mail that came in, as plain values, and the rules that read them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

EARLIEST_YEAR = 1990
"""A mail dated before this year is taken as undated."""

LATEST_AHEAD = timedelta(days=2)
"""A mail dated further ahead of now than this is taken as undated; zones alone make one day."""

MAX_NAME_CHARS = 150
MAX_NAME_BYTES = 240
"""Of a file name in UTF-8; file systems stop at 255 bytes."""

_MAX_EXTENSION_CHARS = 16
MAX_ID_CHARS = 500
"""A longer Message-ID is taken as none: no program makes one, and stores index it."""


class AutoKind(StrEnum):
    """Which machine wrote a mail that nobody wrote. Values are stored."""

    AUTO_REPLY = "auto_reply"
    BULK = "bulk"
    BOUNCE = "bounce"
    LOOP = "loop"


class OddityCode(StrEnum):
    """What was wrong with a mail that could be read all the same. Values are stored."""

    NO_MESSAGE_ID = "no_message_id"
    NO_FROM = "no_from"
    BAD_ADDRESS = "bad_address"
    NO_DATE = "no_date"
    ABSURD_DATE = "absurd_date"
    DUPLICATE_HEADER = "duplicate_header"
    BAD_HEADER = "bad_header"
    RAW_BYTES_IN_HEADER = "raw_bytes_in_header"
    HEADER_CUT = "header_cut"
    NO_HEADER_END = "no_header_end"
    UNKNOWN_CHARSET = "unknown_charset"
    WRONG_CHARSET = "wrong_charset"
    BAD_ENCODED_WORD = "bad_encoded_word"
    BAD_TRANSFER_ENCODING = "bad_transfer_encoding"
    NUL_BYTES = "nul_bytes"
    BARE_CR = "bare_cr"
    BAD_MULTIPART = "bad_multipart"
    UNCLOSED_MULTIPART = "unclosed_multipart"
    TOO_DEEP = "too_deep"
    TOO_MANY_PARTS = "too_many_parts"
    EXTRA_ALTERNATIVE = "extra_alternative"
    EMPTY_BODY = "empty_body"
    FORWARDED = "forwarded"
    TNEF = "tnef"
    NAME_MADE = "name_made"
    NAME_CHANGED = "name_changed"


class BrokenReason(StrEnum):
    """Why nothing of a mail can be used, or why its bytes were not read. Values are stored."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    BINARY = "binary"
    NO_HEADER = "no_header"
    NOTHING_IN_IT = "nothing_in_it"
    UNREADABLE_FILE = "unreadable_file"
    NOT_A_MAILBOX = "not_a_mailbox"
    UNEXPECTED = "unexpected"
    """The program itself failed on it; one mail must not stop the rest."""


class BrokenMailError(Exception):
    """Nothing of this mail can be used; keep its bytes aside and go on with the next."""

    def __init__(self, reason: BrokenReason, detail: str = "") -> None:
        super().__init__(reason.value, detail)
        self.reason = reason
        self.detail = detail


class BadMailFieldError(ValueError):
    """A value cannot stand in a mail's header; `field` names it."""

    def __init__(self, field: str, detail: str = "") -> None:
        super().__init__(field, detail)
        self.field = field
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Oddity:
    """One thing that was rescued; `detail` is a fact (a header's name, a charset), no sentence."""

    code: OddityCode
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailAddress:
    """Who; `email` is '' or has no '@' where the header named nobody that can be written to."""

    name: str = ""
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailPart:
    """One file of a mail, decoded."""

    name: str
    """Safe on every platform, never empty; two parts of a mail may have the same name."""
    mime_type: str
    content_id: str | None = None
    """Without angle brackets."""
    inline: bool = False
    """Shown inside the HTML (it has a content id), so not to be listed as an attachment."""
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class MailMessage:
    """One mail, decoded. All ids are without angle brackets."""

    message_id: str
    id_made: bool = False
    """The mail had no id; it is a hash of its bytes, so the same mail gets the same id again."""
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    """Oldest first, as the header has them."""
    subject: str = ""
    """Runs of white space folded to one blank; '' if the mail has none."""
    sender: MailAddress | None = None
    reply_to: tuple[MailAddress, ...] = ()
    to: tuple[MailAddress, ...] = ()
    cc: tuple[MailAddress, ...] = ()
    sent_at: datetime | None = None
    """In UTC. None if missing, unreadable, before EARLIEST_YEAR or over LATEST_AHEAD from now."""
    html: str = ""
    """'' if the mail has none; where there is some, it holds the whole body. Not sanitised."""
    text: str = ""
    """Lines end in LF; the whole body if `html` is ''."""
    parts: tuple[MailPart, ...] = ()
    auto: AutoKind | None = None
    number_hint: str | None = None
    oddities: tuple[Oddity, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RawMail:
    """The bytes of one mail as a file gave them."""

    origin: str
    """The file's path; in a mailbox `path#n`, n counting from 1."""
    position: str
    """Token to go on after this mail."""
    done_bytes: int
    """How far into the whole source this is, for progress."""
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceProblem:
    """A file or a mail in one whose bytes were not read; the rest goes on."""

    origin: str
    position: str
    done_bytes: int
    reason: BrokenReason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class AutoRule:
    """One header whose lower-case value, if `pattern` is found in it, tells the kind."""

    kind: AutoKind
    header: str
    pattern: re.Pattern[str]


def _rule(kind: AutoKind, header: str, pattern: str = "") -> AutoRule:
    return AutoRule(kind, header, re.compile(pattern))


_MAILER = r"(?:^|[<\s\"])mailer[- ]daemon(?:@|[\s\">]|$)"

AUTO_RULES: Sequence[AutoRule] = (
    # A mail of our own that came back.
    _rule(AutoKind.LOOP, "x-desk-app"),
    # Reports of delivery, RFC 3464 and before it.
    _rule(AutoKind.BOUNCE, "content-type", r"multipart/report.*delivery-status"),
    _rule(AutoKind.BOUNCE, "x-failed-recipients"),
    _rule(AutoKind.BOUNCE, "from", _MAILER),
    # Before the null return path: RFC 3834 has automatic replies use that as well.
    _rule(AutoKind.AUTO_REPLY, "auto-submitted", r"^\s*auto-(?:replied|notified)"),
    _rule(AutoKind.AUTO_REPLY, "precedence", r"auto[_-]reply"),
    _rule(AutoKind.AUTO_REPLY, "x-autoreply"),
    _rule(AutoKind.AUTO_REPLY, "x-autorespond"),
    _rule(AutoKind.AUTO_REPLY, "x-autoresponder"),
    _rule(AutoKind.AUTO_REPLY, "x-auto-reply-from"),
    _rule(AutoKind.BOUNCE, "return-path", r"^\s*<\s*>"),
    _rule(AutoKind.BULK, "precedence", r"\b(?:bulk|list|junk)\b"),
    _rule(AutoKind.BULK, "list-id"),
    _rule(AutoKind.BULK, "list-unsubscribe"),
    _rule(AutoKind.BULK, "x-mailing-list"),
    # Any other word but `no` is a machine too: RFC 3834 5.
    _rule(AutoKind.BULK, "auto-submitted", r"^\s*(?!no\b)\S"),
    # After the lists, which set it on what people write to them.
    _rule(AutoKind.LOOP, "x-loop"),
    # Last: newsletters set it too, and they are told apart above.
    _rule(AutoKind.AUTO_REPLY, "x-auto-response-suppress", r"\b(?:all|oof|autoreply)\b"),
)
"""First match wins. What is marked is never answered by a machine."""


def auto_kind(headers: Mapping[str, Sequence[str]]) -> AutoKind | None:
    """Tell by AUTO_RULES which machine wrote a mail; the names in `headers` are lower case."""
    for rule in AUTO_RULES:
        if any(rule.pattern.search(value.lower()) for value in headers.get(rule.header, ())):
            return rule.kind
    return None


_HINT = re.compile(r"\[\s*#\s*((?=[A-Za-z-]*[0-9])[A-Za-z0-9-]{1,32})\s*\]")


def number_hint(subject: str) -> str | None:
    """Return the ticket number in the first `[#123456]` of a subject."""
    found = _HINT.search(subject)
    return found[1] if found else None


_PREFIX = re.compile(
    r"\s*(?:re|fwd?|aw|wg|antw(?:ort)?|sv|vs|vb|tr|rv|res|enc|odp|pd|ynt|ilt|doorst|betr"
    r"|r[eé]f|rif|ответ|отв|на|回复|答复|回覆|转发|轉寄)"
    r"\s*(?:[\[(]\s*\d{1,4}\s*[\])]|\^\d{1,4})?\s*[:\uff1a]",
    re.IGNORECASE,
)


def normal_subject(subject: str) -> str:
    """Return the subject without the marks of replies and forwards before it."""
    end = 0
    while found := _PREFIX.match(subject, end):
        end = found.end()
    return subject[end:].strip()


def parent_ids(message: MailMessage) -> tuple[str, ...]:
    """Return the ids of the mails this one may answer, nearest first, each once, never its own."""
    nearest_first = dict.fromkeys(_parents(message))
    nearest_first.pop(message.message_id, None)
    return tuple(nearest_first)


def _parents(message: MailMessage) -> Iterator[str]:
    if message.in_reply_to is not None:
        yield message.in_reply_to
    yield from reversed(message.references)


def sane_moment(moment: datetime | None, *, now: datetime) -> datetime | None:
    """Return an aware `moment`, or None if it is outside the bounds stated above."""
    if moment is None or moment.year < EARLIEST_YEAR or moment > now + LATEST_AHEAD:
        return None
    return moment


# Path and shell characters of any platform, control characters, and what turns the reading
# direction or cannot be seen: `exe.fdp` must not look like `pdf.exe`.
_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f/\\:*?"<>|]')
_UNSEEN = re.compile("[\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u206f\ufeff]")
_RESERVED = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|clock\$|(?:com|lpt)[0-9¹²³])\s*(?:\.|$)", re.IGNORECASE
)


def safe_name(name: str) -> str:
    """Return a file name that every platform takes, '' if nothing is left of it."""
    seen = _UNSEEN.sub("", name.encode("utf-8", "replace").decode("utf-8"))
    clean = " ".join(_UNSAFE.sub("_", seen).split()).strip(". ")
    if _RESERVED.match(clean):
        clean = f"_{clean}"
    return _shortened(clean)


def _shortened(name: str) -> str:
    """Cut the stem, not the extension, which tells the kind of file."""
    if len(name) <= MAX_NAME_CHARS and len(name.encode()) <= MAX_NAME_BYTES:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > _MAX_EXTENSION_CHARS:
        stem, dot, extension = name, "", ""
    tail = dot + extension
    room = MAX_NAME_BYTES - len(tail.encode())
    stem = stem[: MAX_NAME_CHARS - len(tail)].encode()[:room].decode("utf-8", "ignore")
    return stem.rstrip(". ") + tail
