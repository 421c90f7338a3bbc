"""What an agent has typed and not yet sent: kept by ticket and kind, whoever owns the ticket."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from desk_app.domain.entry import Attachment
from desk_app.domain.ticket import TicketId

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
