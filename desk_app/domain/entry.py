"""The items of a ticket's thread: what was written, and what happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from desk_app.domain.ticket import EntryId, TicketId


class EntryKind(IntEnum):
    """Who may read an entry follows from this. Values are stored."""

    MESSAGE = 0
    """From the requester or a collaborator."""
    REPLY = 1
    """From an agent, to the requester."""
    NOTE = 2
    """From an agent, to agents only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file of an entry; its bytes are kept once, by their hash."""

    name: str
    mime_type: str
    size: int
    """Bytes."""
    sha256: str
    content_id: str | None = None
    inline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One message, reply or note."""

    id: EntryId
    ticket: TicketId
    kind: EntryKind
    at: datetime
    author_name: str
    html: str
    """Cleaned when it came in; safe to show, loads nothing."""
    text: str
    """The same as plain text, for search, quotes and previews."""
    agent: str | None = None
    requester: int | None = None
    author_email: str = ""
    title: str = ""
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    message_id: str | None = None
    automatic: bool = False
    """Written by a machine (auto-reply, bounce, bulk mail): it reopens and answers nothing."""
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One field before and after. `task:ID` and `custom:KEY` name parts of a ticket."""

    field: str
    old: object
    new: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What one command did to a ticket: who, when, what, old and new."""

    id: int
    ticket: TicketId
    command: str
    """The command's id."""
    action: str
    """The command's name, such as `assign`."""
    actor: str
    """Agent key; '' when the requester or the program did it."""
    at: datetime
    changes: tuple[Change, ...] = ()
    comment: str = ""
    entry: EntryId | None = None
    """The entry that the command wrote, if it wrote one."""
    undoes: int | None = None
    """The event that this one took back."""
    undone: bool = False
