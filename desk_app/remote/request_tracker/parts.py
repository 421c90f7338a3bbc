"""What was written: the texts and files of a transaction, out of the parts that RT keeps."""

from __future__ import annotations

import html
import mimetypes
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk_app.ports.remote import RemoteFile
from desk_app.remote.request_tracker.payloads import Attachment, Attachments, id_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from desk_app.remote.request_tracker.session import Session

MARKER = "x-desk-command"
"""A parameter of the text's content type: RT keeps it, shows it to nobody, and sends no field
of its own for such. So an entry can be known again, whatever became of its text."""
_MARKED = re.compile(
    rf'^content-type:[^\n]*;\s*{MARKER}="?([\w-]+)"?', re.IGNORECASE | re.MULTILINE
)
_CONTENT_ID = re.compile(r"^content-id:\s*<?([^>\s]+)>?", re.IGNORECASE | re.MULTILINE)
_PAGE = 100
_FOLD = re.compile(r"\r?\n[ \t]+")
_AT_ONCE = 50
"""Ids in one question: it goes in an address, which servers cut at 8,000 characters."""
_FIELDS = "TransactionId,ContentType,Filename,ContentLength,Headers"
_TEXTS = frozenset({"text/html", "text/plain"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The text and the files of one transaction."""

    html: str = ""
    text: str = ""
    command: str = ""
    files: tuple[RemoteFile, ...] = ()


def content_type(command: str) -> str:
    """The content type of a text that a command writes."""
    return f'text/html; charset="utf-8"; {MARKER}="{command}"'


def written(session: Session, transactions: Sequence[str]) -> dict[str, Written]:
    """By transaction; two requests for fifty of them, files not read."""
    parts = _parts(session, "TransactionId", transactions, _FIELDS)
    texts = [part for part in parts if _is_text(part)]
    contents = {
        str(part.id): part.content or ""
        for part in _parts(session, "id", [str(part.id) for part in texts], "Content")
    }
    grouped: dict[str, list[Attachment]] = {}
    for part in sorted(parts, key=lambda part: int(part.id)):
        grouped.setdefault(id_of(part.transaction), []).append(part)
    return {key: _written(group, contents) for key, group in grouped.items()}


def _parts(session: Session, field: str, ids: Sequence[str], fields: str) -> list[Attachment]:
    found: list[Attachment] = []
    for start in range(0, len(ids), _AT_ONCE):
        terms = [{"field": field, "value": one} for one in ids[start : start + _AT_ONCE]]
        page, rows = 1, [Attachment(id=0)] * _PAGE
        while len(rows) == _PAGE:
            size = (("fields", fields), ("per_page", str(_PAGE)), ("page", str(page)))
            rows = session.search_json(Attachments, "/attachments", terms, *size).items
            found += rows
            page += 1
    return found


def _is_text(part: Attachment) -> bool:
    return (part.kind or "") in _TEXTS and not part.filename


def _marker(part: Attachment) -> str:
    found = _MARKED.search(_unfolded(part))
    return found[1] if found else ""


def _unfolded(part: Attachment) -> str:
    """The heads with each on one line: RT breaks long ones, and a marker makes one long."""
    return _FOLD.sub(" ", part.headers or "")


def _written(parts: Iterable[Attachment], contents: dict[str, str]) -> Written:
    kept = list(parts)
    texts = [part for part in kept if _is_text(part)]
    files = [part for part in kept if not _is_text(part) and not _is_frame(part)]
    rich = [part for part in texts if part.kind == "text/html"]
    plain = [part for part in texts if part.kind == "text/plain"]
    if rich and plain and not any(part.kind == "multipart/alternative" for part in kept):
        as_html = "".join(_as_html(part, contents) for part in texts)
    else:
        as_html = "".join(contents.get(str(part.id), "") for part in rich)
    as_text = "\n\n".join(contents.get(str(part.id), "") for part in plain)
    return Written(
        html=as_html,
        text="" if rich else as_text,
        command=next((c for c in map(_marker, kept) if c), ""),
        files=tuple(_file(part) for part in files),
    )


def _as_html(part: Attachment, contents: dict[str, str]) -> str:
    """A part as HTML: mail programs put plain texts around pictures and rich ones."""
    text = contents.get(str(part.id), "")
    if part.kind == "text/html":
        return text
    return "<p>" + html.escape(text.strip()).replace("\n", "<br>") + "</p>" if text.strip() else ""


def _is_frame(part: Attachment) -> bool:
    return (part.kind or "").startswith("multipart/")


def _file(part: Attachment) -> RemoteFile:
    kind = part.kind or "application/octet-stream"
    found = _CONTENT_ID.search(_unfolded(part))
    return RemoteFile(
        id=str(part.id),
        name=part.filename or f"attachment-{part.id}{mimetypes.guess_extension(kind) or ''}",
        mime_type=kind,
        size=int(part.length or 0),
        content_id=found[1] if found else None,
    )
