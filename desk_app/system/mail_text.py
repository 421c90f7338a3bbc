"""Turns the bytes of a mail into text that can be stored, noting what had to be rescued."""

from __future__ import annotations

import binascii
import codecs
import re
from collections.abc import Iterator

from desk_app.domain.mail import Oddity, OddityCode

_MAX_DETAIL_CHARS = 200
_LAST_RESORT = "windows-1252"
_TRANSPARENT = frozenset({"", "us-ascii", "ascii", "ansi_x3.4-1968", "7bit", "8bit", "default"})
"""Names that promise ASCII or nothing; no oddity as long as the bytes are ASCII."""

_BLOCKED = frozenset({"punycode", "idna", "unicode-escape", "raw-unicode-escape", "undefined"})
"""Python's own codecs: no mail has them, and some take quadratic time or warn."""

# What the name means in practice: the WHATWG's supersets, and what Outlook and old Macs write.
_ALIASES = {
    "ansi": "windows-1252",
    "cp-850": "cp850",
    "big5": "big5hkscs",
    "euc-kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso-8859-1": "windows-1252",
    "iso8859-1": "windows-1252",
    "latin1": "windows-1252",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-9": "windows-1254",
    "ks_c_5601-1987": "cp949",
    "macintosh": "mac-roman",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "unicode-1-1-utf-7": "utf-7",
    "utf8mb4": "utf-8",
    "windows-31j": "cp932",
    "windows-874": "cp874",
    "x-gbk": "gb18030",
    "x-mac-roman": "mac-roman",
    "x-sjis": "cp932",
}

_WORD = re.compile(r"=\?([^?\s*]{1,60})(?:\*[^?\s]{0,60})?\?([bBqQ])\?(.{0,2000}?)\?=", re.DOTALL)
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_QUOTED_LINE = re.compile(r"(>*) ?(.*)", re.DOTALL)


class Oddities:
    """Collects what was rescued in one mail, each fact once, in the order found."""

    def __init__(self) -> None:
        self._found: dict[Oddity, None] = {}

    def note(self, code: OddityCode, detail: str = "") -> None:
        """Add a fact; `detail` is cut to a length that fits a list."""
        self._found[Oddity(code=code, detail=folded(detail)[:_MAX_DETAIL_CHARS])] = None

    def all(self) -> tuple[Oddity, ...]:
        return tuple(self._found)


def scrubbed(text: str) -> str:
    """Return text that a database takes: no NUL, no lone surrogate."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def folded(text: str) -> str:
    """Return text for one line: scrubbed, each run of white space one blank."""
    return " ".join(scrubbed(text).split())


def decode_bytes(data: bytes, charset: str, odd: Oddities) -> str:
    """Decode by the declared charset, else UTF-8, else windows-1252; U+FFFD for the rest."""
    declared = charset.rpartition("=")[2].strip(" \t\"'").lower()  # `charset=charset=utf-8`
    if declared in _TRANSPARENT:
        if data.isascii():
            return data.decode("ascii")
        odd.note(OddityCode.WRONG_CHARSET, declared)
    else:
        text = _find_text(data, declared, odd)
        if text is not None:
            return text
    return _guessed(data)


def _guessed(data: bytes) -> str:
    """Decode as UTF-8 if most of what is not ASCII is that: a text may be cut in a character."""
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    if bad and 2 * bad > sum(1 for char in text if char > "\x7f"):
        return data.decode(_LAST_RESORT, "replace")
    return text


def _find_text(data: bytes, declared: str, odd: Oddities) -> str | None:
    try:
        codec = codecs.lookup(_ALIASES.get(declared, declared)).name
        if codec not in _BLOCKED:
            return data.decode(codec)
    except UnicodeDecodeError:
        odd.note(OddityCode.WRONG_CHARSET, declared)
        return None
    except (LookupError, ValueError):  # no text codec; a NUL or a surrogate in the name
        pass
    odd.note(OddityCode.UNKNOWN_CHARSET, declared)
    return None


def decode_words(raw: str, odd: Oddities) -> str:
    """Decode encoded words by hand, wherever they stand.

    Neighbours in one charset are put together before they are decoded: many programs cut a
    character in two there, and the modern parser decodes each word alone.
    """
    return "".join(
        piece if charset is None else decode_bytes(piece.encode("latin-1"), charset, odd)
        for charset, piece in _joined(_word_pieces(raw))
    )


def _word_pieces(raw: str) -> Iterator[tuple[str | None, str]]:
    """Yield plain pieces with None, and words with their charset, bytes carried as Latin-1."""
    end = 0
    for word in _WORD.finditer(raw):
        yield None, raw[end : word.start()]
        yield word[1].lower(), _word_bytes(word[2], word[3]).decode("latin-1")
        end = word.end()
    yield None, raw[end:]


def _joined(pieces: Iterator[tuple[str | None, str]]) -> Iterator[tuple[str | None, str]]:
    """Drop the white space between words, and put neighbours of one charset together."""
    open_charset: str | None = None
    open_piece = gap = ""
    for charset, piece in pieces:
        if charset is None and not piece.strip() and open_charset is not None:
            gap = piece
            continue
        if charset is not None and charset == open_charset:
            open_piece += piece
        else:
            yield open_charset, open_piece
            if charset is None:
                yield None, gap
            open_charset, open_piece = charset, piece
        gap = ""
    yield open_charset, open_piece
    yield None, gap


def _word_bytes(encoding: str, payload: str) -> bytes:
    raw = payload.encode("utf-8", "replace")
    if encoding in "qQ":
        return binascii.a2b_qp(raw.replace(b" ", b"_"), header=True)
    digits = _NOT_BASE64.sub(b"", raw)
    spare = len(digits) % 4
    if spare == 1:  # cut in the middle of a byte; the rest is good
        digits, spare = digits[:-1], 0
    return binascii.a2b_base64(digits + b"=" * (-spare % 4))


def with_lf(text: str) -> str:
    """Return text whose lines end in LF, whatever they ended in."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def unflowed(text: str, *, drop_space: bool) -> str:
    """Put the soft-broken lines of format=flowed together again (RFC 3676, `delsp` too)."""
    paragraphs: list[list[str]] = []
    open_depth: int | None = None
    for line in text.split("\n"):
        quoted = _QUOTED_LINE.fullmatch(line)
        marks, content = (quoted[1], quoted[2]) if quoted else ("", line)
        is_signature = content == "-- "
        if open_depth != len(marks) or is_signature:
            paragraphs.append([f"{marks} "] if marks else [])
        is_soft = content.endswith(" ") and not is_signature
        open_depth = len(marks) if is_soft else None
        paragraphs[-1].append(content[:-1] if is_soft and drop_space else content)
    return "\n".join("".join(paragraph) for paragraph in paragraphs)
