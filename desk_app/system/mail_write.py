"""Writes a mail that the user's own mail program opens as a draft, ready to be sent.

The bytes are put together here, not by `email`'s generator: its modern policy folds a long
Message-ID into an encoded word and takes encoded names with a comma apart (cpython 121284).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from email.header import Header
from itertools import compress
from urllib.parse import quote

from desk_app.domain.mail import BadMailFieldError, MailAddress, MailPart, safe_name
from desk_app.system.mail_text import folded, scrubbed, with_lf

_LOCAL = re.compile(r"(?=.{1,64}$)[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*", re.ASCII)
_DOMAIN = re.compile(r"(?=.{1,253}$)[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
_ID = re.compile(r"[!-;=?-~]{1,500}")
_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}")
_OPAQUE_TYPE = "application/octet-stream"
_COMPOSITE = ("multipart/", "message/")
"""Types that may not be sent as base64 (RFC 2046 5.2)."""

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9 !#$%&'*+/^_`{|}~-]{1,60}")
_QUOTED_NAME = re.compile(r"(?!.*=\?)[ -~]{1,60}")
_PLAIN_FILE = re.compile(r"(?!.*=\?)[A-Za-z0-9 !#$&'()+,.;=@^_`{}~-]{1,60}")
_PLAIN_SUBJECT = re.compile(r"(?!.*=\?)[ -~]*")
_LINE_CHARS = 76
_MAX_WORD_CHARS = 200
_NEW_LINE = "\r\n"
_CONTINUED = "\r\n "


def unsent_eml(  # noqa: PLR0913 - the fields of a mail
    *,
    sender: MailAddress,
    to: Sequence[MailAddress],
    cc: Sequence[MailAddress] = (),
    subject: str,
    html: str = "",
    text: str = "",
    attachments: Sequence[MailPart] = (),
    in_reply_to: str | None = None,
    references: Sequence[str] = (),
    message_id: str,
) -> bytes:
    """Return a draft with `X-Unsent: 1` in pure ASCII; ids come and go without brackets.

    Line ends and other control characters in names and the subject become blanks. There is no
    Date: the program that sends it sets one. Parts that are `inline` and have a content id go
    with the HTML, the others behind it. Messages and multiparts go as application/octet-stream.

    Raises:
        BadMailFieldError: an address or an id could not be read back as it is.
    """
    headers = {
        "From": _addresses("sender", [sender]),
        "To": _addresses("to", to),
        "Cc": _addresses("cc", cc),
        "Subject": _subject(subject),
        "Message-ID": _id("message_id", message_id),
        "In-Reply-To": "" if in_reply_to is None else _id("in_reply_to", in_reply_to),
        "References": _CONTINUED.join(_id("references", one) for one in references),
        "X-Unsent": "1",
        "MIME-Version": "1.0",
    }
    head = "".join(f"{name}: {value}{_NEW_LINE}" for name, value in headers.items() if value)
    return head.encode("ascii") + _content(html, text, attachments)


def _content(html: str, text: str, attachments: Sequence[MailPart]) -> bytes:
    """Return mixed(related(alternative(text, html), images), files), as far as needed."""
    is_shown = [bool(html and part.inline and part.content_id) for part in attachments]
    shown = list(compress(attachments, is_shown))
    files = [part for part, shows in zip(attachments, is_shown, strict=True) if not shows]
    texts = [_text("plain", text)] if text or not html else []
    if html:
        texts.append(_text("html", html))
    body = _multipart("alternative", texts)
    related = _multipart("related", [body, *map(_file, shown)])
    return _multipart("mixed", [related, *map(_file, files)])


def _multipart(kind: str, entities: Sequence[bytes]) -> bytes:
    """Put entities together; one alone stays as it is."""
    if len(entities) == 1:
        return entities[0]
    # Neither quoted-printable nor base64 has `=_`, and each kind is used once: no part has it.
    boundary = f"=_desk_app_{kind}"
    mark = f"--{boundary}".encode("ascii")
    lines = [_head(f'multipart/{kind};{_CONTINUED}boundary="{boundary}"')]
    for entity in entities:
        lines += [mark, b"\r\n", entity, b"\r\n"]
    return b"".join([*lines, mark, b"--\r\n"])


def _head(content_type: str, *more: str) -> bytes:
    lines = (f"Content-Type: {content_type}", *more, "", "")
    return _NEW_LINE.join(lines).encode("ascii")


def _text(subtype: str, text: str) -> bytes:
    head = _head(f"text/{subtype}; charset=utf-8", "Content-Transfer-Encoding: quoted-printable")
    quoted = binascii.b2a_qp(scrubbed(with_lf(text)).encode("utf-8"), istext=True)
    return head + quoted.replace(b"\n", b"\r\n")


def _file(part: MailPart) -> bytes:
    more = [
        "Content-Transfer-Encoding: base64",
        f"Content-Disposition: {'inline' if part.inline else 'attachment'};{_file_name(part.name)}",
    ]
    if part.content_id is not None:
        more.append(f"Content-ID: {_id('content_id', part.content_id)}")
    data = base64.encodebytes(part.data).replace(b"\n", b"\r\n")
    return _head(_mime_type(part.mime_type), *more) + data


def _mime_type(mime_type: str) -> str:
    plain = mime_type.lower()
    is_good = _TYPE.fullmatch(plain) and not plain.startswith(_COMPOSITE)
    return plain if is_good else _OPAQUE_TYPE


def _file_name(name: str) -> str:
    safe = safe_name(name) or "attachment.bin"
    if _PLAIN_FILE.fullmatch(safe):
        return f'{_CONTINUED}filename="{safe}"'
    # One line: `safe_name` keeps to 240 bytes, so 720 characters of the 998 a line may have.
    return f"{_CONTINUED}filename*=utf-8''{quote(safe, safe='')}"


def _addresses(field: str, addresses: Sequence[MailAddress]) -> str:
    return f",{_CONTINUED}".join(_address(field, address) for address in addresses)


def _address(field: str, address: MailAddress) -> str:
    local, _, domain = address.email.rpartition("@")
    try:
        domain = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError as exc:
        raise BadMailFieldError(field, address.email) from exc
    if not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        raise BadMailFieldError(field, address.email)
    name = _name(_line(address.name))
    return f"{name}{_CONTINUED}<{local}@{domain}>" if name else f"{local}@{domain}"


def _name(name: str) -> str:
    if not name or _PLAIN_NAME.fullmatch(name):
        return name
    if _QUOTED_NAME.fullmatch(name):
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return _encoded(name)


def _subject(subject: str) -> str:
    line = _line(subject)
    words = line.split(" ")
    if not _PLAIN_SUBJECT.fullmatch(line) or max(map(len, words)) > _MAX_WORD_CHARS:
        return _encoded(line)
    lines = [""]
    for word in words:
        if lines[-1] and len(lines[-1]) + len(word) >= _LINE_CHARS:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
    return _CONTINUED.join(lines)


def _encoded(line: str) -> str:
    return Header(line, "utf-8", _LINE_CHARS, "In-Reply-To").encode(linesep=_NEW_LINE)


def _line(text: str) -> str:
    """Return text without line ends or control characters: nothing can start a new header."""
    return folded(_CONTROLS.sub(" ", text))


def _id(field: str, value: str) -> str:
    if not _ID.fullmatch(value):
        raise BadMailFieldError(field, value)
    return f"<{value}>"
