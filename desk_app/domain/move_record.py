"""Who gave which ticket to whom: the reassignments in a desk's history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from desk_app.domain.entry import Event
    from desk_app.domain.ticket import TicketId

FIELDS = ("owner", "team", "department", "breach_reason")
"""What a reassignment changes; why a ticket is late is listed beside."""


class MoveKind(StrEnum):
    """What kind of reassignment an event was."""

    CLAIM = "claim"
    """The actor took what nobody had."""
    STEAL = "steal"
    """The actor took what another agent had."""
    ASSIGN = "assign"
    RELEASE = "release"
    TEAM = "team"
    TRANSFER = "transfer"
    UNDO = "undo"
    BREACH_REASON = "breach_reason"
    """Somebody said why the ticket is late."""


class Step(NamedTuple):
    """One field's value before and after; None: nobody."""

    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One reassignment."""

    event: int
    at: datetime
    actor: str
    """Agent key; '' for the program."""
    ticket: TicketId
    number: str
    subject: str
    kind: MoveKind
    steps: tuple[tuple[str, Step], ...]
    """By field of `FIELDS`."""
    comment: str = ""
    undone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MovesWanted:
    """Which reassignments; an unset condition lets everything through."""

    actor: str | None = None
    person: str | None = None
    """Who had the ticket before, or has it after."""
    kind: MoveKind | None = None
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""
    """In the number, subject or comment, case ignored."""
    after: int = 0
    """Events with a higher id alone."""

    def take(self, moved: Moved) -> bool:
        """Whether what the store did not look at fits too."""
        owners = {who for name, step in moved.steps if name == "owner" for who in step}
        words = f"{moved.number} {moved.subject} {moved.comment}".casefold()
        return (
            (self.person is None or self.person in owners)
            and (self.kind is None or self.kind is moved.kind)
            and self.text.casefold().strip() in words
        )


def steps_of(event: Event) -> tuple[tuple[str, Step], ...]:
    """The fields of a reassignment among an event's changes."""
    return tuple(
        (c.field, Step(_key(c.old), _key(c.new))) for c in event.changes if c.field in FIELDS
    )


def kind_of(event: Event) -> MoveKind:
    """What an event that changed one of `FIELDS` was."""
    steps = dict(steps_of(event))
    if event.undoes is not None:
        return MoveKind.UNDO
    owner = steps.get("owner")
    if event.action == "breach_reason":
        return MoveKind.BREACH_REASON
    if owner is None:
        return MoveKind.TEAM if "team" in steps else MoveKind.TRANSFER
    if owner.new is None:
        return MoveKind.RELEASE
    if owner.new != event.actor:
        return MoveKind.ASSIGN
    return MoveKind.CLAIM if owner.old is None else MoveKind.STEAL


def _key(value: object) -> str | None:
    return None if value is None or value == "" else str(value)
