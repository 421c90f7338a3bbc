"""What an agent has typed and not yet sent: kept by ticket and kind, whoever owns the ticket."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from desk_app.domain.entry import Attachment
from desk_app.domain.rich_text import html_to_text, text_to_html
from desk_app.domain.ticket import TicketId

_LINE = "———"
_DIVIDER = re.compile(rf"<p\b[^>]*>(?:\s|<[^>]*>)*{_LINE}(?:\s|<[^>]*>)*?</p>")
"""Also as an editor writes it that took the paragraph in and gave it out again."""
_PICTURE = re.compile(r"<img\b[^>]*?\bsrc=[\"']([^\"']*)")
_BODY = re.compile(r"\A.*?<body\b[^>]*>(.*?)(?:</body>.*)?\Z", re.DOTALL)
FILE_LIMIT = 25_000_000
"""Bytes that the files of one draft may have together: what mail servers commonly take."""


class DraftKind(StrEnum):
    """A reply and a note on one ticket are two drafts. Values are stored."""

    REPLY = "reply"
    NOTE = "note"
    NEW_TICKET = "new_ticket"


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftKey:
    """Names a draft: never a form, an owner or a status."""

    ticket: TicketId
    """For a new ticket: the id that it will have."""
    kind: DraftKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One version of what was typed."""

    key: DraftKey
    html: str
    text: str
    cc: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    """A new ticket's form: subject, requester, topic …"""
    saved_at: datetime | None = None
    """None: not on disk yet."""

    @property
    def is_empty(self) -> bool:
        typed = any(value.strip() for _, value in self.fields)
        return not self.text.strip() and not self.attachments and not typed and not self.has_picture

    @property
    def has_picture(self) -> bool:
        return "<img" in self.html


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """A file or a pasted text that was ready only when its draft was no longer on screen."""

    file: Attachment | None = None
    html: str = ""


def with_late(draft: Draft, late: Late) -> Draft:
    """The draft with what came late behind it."""
    files = draft.attachments if late.file is None else (*draft.attachments, late.file)
    if not late.html:
        return replace(draft, attachments=files)
    html = _inner(draft) + late.html
    return replace(draft, html=html, text=html_to_text(html), attachments=files)


def combined(taken: Draft, newer: Draft | None) -> Draft:
    """A text that came back, then a line, then what was typed since: nothing is hidden."""
    if newer is None or newer.is_empty:
        return taken
    both = replace(
        taken,
        cc=tuple(dict.fromkeys((*taken.cc, *newer.cc))),
        attachments=tuple(dict.fromkeys((*taken.attachments, *newer.attachments))),
    )
    if not (newer.text.strip() or newer.has_picture) or _content(_inner(newer)) == _content(
        _inner(taken)
    ):
        return both
    return replace(
        both,
        html=f"{_inner(taken)}<p>{_LINE}</p>{_inner(newer)}",
        text=f"{taken.text}\n\n{_LINE}\n\n{newer.text}",
    )


def left_over(draft: Draft | None, gone: Draft) -> Draft | None:
    """What stays in a draft when `gone`, which is part of it, goes out again.

    Where the two cannot be told apart, all of it stays.
    """
    if draft is None or draft.is_empty:
        return None
    files = tuple(file for file in draft.attachments if file not in gone.attachments)
    html, wanted = _inner(draft), _content(_inner(gone))
    if _content(html) == wanted:
        rest = replace(draft, html="", text="", attachments=files)
        return None if rest.is_empty else rest
    for line in _DIVIDER.finditer(html):
        if _content(html[: line.start()]) == wanted:
            after = html[line.end() :]
            rest = replace(draft, html=after, text=html_to_text(after), attachments=files)
            return None if rest.is_empty else rest
    return draft


def _inner(draft: Draft) -> str:
    """The HTML without the document that an editor puts around it."""
    html = draft.html or text_to_html(draft.text)
    found = _BODY.match(html)
    return html if found is None else found[1]


def _content(html: str) -> tuple[list[str], list[str]]:
    """Words and pictures: editors differ in white space and markup."""
    return html_to_text(html).split(), _PICTURE.findall(html)
