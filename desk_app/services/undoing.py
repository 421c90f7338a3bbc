"""What an undo comes to: withdrawn where it is still here, made up for where a server has it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from desk_app.domain.changes import value_of
from desk_app.domain.entry import EntryKind
from desk_app.domain.errors import NothingToUndoError
from desk_app.domain.named import NOBODY
from desk_app.domain.outbox import FOLLOW_STATUS, Happening, Post, can, is_sent
from desk_app.services.outbox import settled

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from desk_app.domain.entry import Change, Event
    from desk_app.domain.named import Named
    from desk_app.domain.outbox import OutboxItem
    from desk_app.domain.ticket import Ticket
    from desk_app.ports.unit_of_work import UnitOfWork

_FINAL = frozenset({"merged_into"})
"""Fields that no server sets back: neither Request Tracker 5 nor osTicket 1.17 parts what was
merged."""


class Stays(StrEnum):
    """What no undo takes back."""

    MAIL = "mail"
    NOTE = "note"
    MERGE = "merge"
    COMMENT = "comment"
    """Words that went with a change of fields."""


_SERVERS_TIME = frozenset({"overdue_since"})
"""Fields that hold a time of the server's once it has them: only whether there is one counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Staying:
    """Something that stays, and since when it is out of reach."""

    what: Stays
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoPlan:
    """An undo that a server has to be told of, before it is done."""

    event: Event
    """As it was done."""
    number: str | None
    """The ticket's; None while it has none."""
    action: str
    """Name of what the agent once did: of a redoing, what was redone."""
    is_redo: bool
    changes: tuple[Change, ...]
    """What goes out, field by field: `old` is what the server has, `new` what it is to have."""
    stays: tuple[Staying, ...]
    named: Named = NOBODY
    """How people and tickets are called that the changes name."""
    not_offered: str | None = None
    """A status that the server did not offer when it was read last: it may refuse."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far an event can be taken back."""

    back: Event
    """What of it goes back; without its entry where that stays."""
    is_told: bool
    """Whether a server has it, and has to be told."""
    stays: tuple[Staying, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)
    """Of the error, if there has to be one."""

    def check_whole(self) -> None:
        """Raise NothingToUndoError where something of it stays that people have read."""
        for stay in self.stays:
            if stay.what in _WHYS:
                raise NothingToUndoError(why=_WHYS[stay.what], at=stay.at, **self.facts)


def reach(unit: UnitOfWork, event: Event, ticket: Ticket) -> Reach:
    """Find out how far an event can be taken back now.

    Raises:
        NothingToUndoError: `why` is `undone` (already), `created`, `changed_since`, `sending`
            while it may be on its way; `mailed`, `noted` or `merged` (`at`) where a server has all
            of it and nothing of it goes back.
    """
    facts: dict[str, object] = {"number": ticket.number, "action": event.action}
    if event.undone:
        raise NothingToUndoError(why="undone", **facts)
    if event.action in {"create", "receive"}:
        raise NothingToUndoError(why="created", **facts)
    item = unit.standing(event)
    if item is not None and item.is_open and not can(item.state, Happening.DISCARD):
        raise NothingToUndoError(why="sending", **facts)
    if item is not None:
        is_told = not item.is_open or item.done > 0
    else:  # by this agent, but not at this desk?
        is_told = unit.base(ticket.id) is not None and not unit.has_command(event.command)
    stays = _staying(event, item) if is_told else ()
    back = going_back(event) if is_told else event
    found = Reach(back=back, is_told=is_told, stays=stays, facts=facts)
    if not back.changes:
        found.check_whole()
    by_its_clock = FOLLOW_STATUS if is_told else frozenset()
    asked = (change for change in back.changes if change.field not in by_its_clock)
    if not all(_is_as_left(ticket, change, is_told=is_told) for change in asked):
        raise NothingToUndoError(why="changed_since", **facts)
    return found


def withdrawn(unit: UnitOfWork, event: Event) -> bool:
    """Take what waits of an undone event out of the outbox; whether no server need be told."""
    item = unit.standing(event)
    if item is None or not item.is_open:
        return False
    unit.save_item(settled(item, Happening.DISCARD, reason="undone"))
    return not item.done


def plan(unit: UnitOfWork, found: Reach, event: Event, original: Event, before: Ticket) -> UndoPlan:
    """What is to be shown before a server is told."""
    changes = tuple(
        replace(change, old=value_of(before, change.field), new=change.old)
        for change in found.back.changes
        if is_sent(change)
    )
    base = unit.base(before.id)
    status = next((str(change.new) for change in changes if change.field == "status"), None)
    offered = None if base is None else base.steps
    return UndoPlan(
        event=event,
        number=before.number,
        action=original.action,
        is_redo=event is not original,
        changes=changes,
        stays=found.stays,
        named=unit.named(changes),
        not_offered=status if offered is not None and status not in offered else None,
    )


def _is_as_left(ticket: Ticket, change: Change, *, is_told: bool) -> bool:
    now = value_of(ticket, change.field)
    if is_told and change.field in _SERVERS_TIME:
        return (now is None) == (change.new is None)
    return now == change.new


def can_be_made_up(event: Event, ticket: Ticket, field: str) -> bool:
    """Whether a server that has an event can be asked to set a field back to what it was.

    What follows from a status is by the server's clock, and says nothing of whether it was changed.
    """
    back = [c for c in going_back(event).changes if c.field not in FOLLOW_STATUS]
    holds = all(_is_as_left(ticket, change, is_told=True) for change in back)
    return holds and field in {change.field for change in back}


def going_back(event: Event) -> Event:
    """What a server can be asked to set back, and what follows from that here."""
    written = event.entry is not None
    sent = {c.field for c in event.changes if is_sent(c) and c.field not in _FINAL}
    sent -= {"answered"} if written else set()
    if any(change.field in _FINAL for change in event.changes):
        sent = set()  # what came with a merge goes back with it, or not at all
    kept = tuple(
        change
        for change in event.changes
        if change.field in sent
        or (change.field in FOLLOW_STATUS and "status" in sent)
        or (change.field == "breach_reason" and not written and sent)
    )
    return replace(event, changes=kept, entry=None)


def _staying(event: Event, item: OutboxItem | None) -> tuple[Staying, ...]:
    steps = () if item is None else item.steps
    post = next((step for step in steps if isinstance(step, Post)), None)
    at, found = event.at, []
    if post is not None:
        at = post.entry.at  # the server's time, once the thread was read again
        is_note = post.entry.kind is EntryKind.NOTE
        found.append(Staying(what=Stays.NOTE if is_note else Stays.MAIL, at=at))
    if any(change.field in _FINAL for change in event.changes):
        found.append(Staying(what=Stays.MERGE, at=at))
    if event.comment:
        found.append(Staying(what=Stays.COMMENT, at=at))
    return tuple(found)


_WHYS = {Stays.MAIL: "mailed", Stays.NOTE: "noted", Stays.MERGE: "merged"}
"""Why nothing goes back, where nothing else does."""
