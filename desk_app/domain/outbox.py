"""What an agent did and the server does not know yet: the states of it, as a table.

A command leaves the outbox accepted by the server or discarded by the agent, and in no other way.
Nothing expires.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from desk_app.domain.entry import Change, Entry, EntryKind, Event

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from desk_app.domain.ticket import Ticket, TicketId


class OutboxState(StrEnum):
    """Where a command stands. Values are stored."""

    WAITING = "waiting"
    HELD = "held"
    """The agent holds it, or it may still be taken back for some seconds."""
    SENDING = "sending"
    """A request may be on its way."""
    UNCERTAIN = "uncertain"
    """A request went out and no answer came: it is looked for before it is sent again."""
    UNSURE = "unsure"
    """The server cannot tell whether it arrived: the agent is asked."""
    CONFLICT = "conflict"
    """Somebody else changed the same field."""
    STALE = "stale"
    """Somebody else wrote meanwhile: the reply may not fit any more."""
    REFUSED = "refused"
    """The server, or the rules by what the server says now, said no."""
    ACCEPTED = "accepted"
    DISCARDED = "discarded"


class Happening(StrEnum):
    """What can happen to a command in the outbox."""

    HOLD = "hold"
    LET_GO = "let_go"
    """It is no longer held: by the agent, or the seconds are over."""
    SEND = "send"
    ACCEPT = "accept"
    NOT_SENT = "not_sent"
    """The request surely did not reach the server, or the server was too busy to look at it."""
    LOSE = "lose"
    """No answer came: it may have arrived."""
    CRASH = "crash"
    """The program ended while the request may have been on its way."""
    FIND = "find"
    """It was looked for and is there."""
    MISS = "miss"
    """It was looked for and is not there."""
    DOUBT = "doubt"
    """It was looked for, and the server cannot tell."""
    COLLIDE = "collide"
    OVERTAKE = "overtake"
    """An entry was written that the agent had not seen."""
    REFUSE = "refuse"
    RETRY = "retry"
    """The agent wants it sent, knowing what is known."""
    CONFIRM = "confirm"
    """The agent looked and says that it did arrive."""
    DISCARD = "discard"


S, H = OutboxState, Happening
_PARKED: Final = (S.CONFLICT, S.STALE, S.REFUSED)

MOVES: Final[Mapping[tuple[OutboxState, Happening], OutboxState]] = MappingProxyType(
    {
        (S.WAITING, H.HOLD): S.HELD,
        (S.WAITING, H.SEND): S.SENDING,
        (S.WAITING, H.COLLIDE): S.CONFLICT,
        (S.WAITING, H.OVERTAKE): S.STALE,
        (S.WAITING, H.REFUSE): S.REFUSED,
        (S.WAITING, H.FIND): S.ACCEPTED,  # the server has these values already
        (S.WAITING, H.DISCARD): S.DISCARDED,
        (S.HELD, H.LET_GO): S.WAITING,
        (S.HELD, H.DISCARD): S.DISCARDED,
        (S.SENDING, H.ACCEPT): S.ACCEPTED,
        (S.SENDING, H.NOT_SENT): S.WAITING,
        (S.SENDING, H.LOSE): S.UNCERTAIN,
        (S.SENDING, H.CRASH): S.UNCERTAIN,
        (S.SENDING, H.COLLIDE): S.CONFLICT,
        (S.SENDING, H.REFUSE): S.REFUSED,
        (S.UNCERTAIN, H.FIND): S.ACCEPTED,
        (S.UNCERTAIN, H.MISS): S.WAITING,
        (S.UNCERTAIN, H.DOUBT): S.UNSURE,
        (S.UNCERTAIN, H.REFUSE): S.REFUSED,  # it is there, but for what the server did not take
        (S.UNSURE, H.CONFIRM): S.ACCEPTED,
        (S.UNSURE, H.RETRY): S.WAITING,
        (S.UNSURE, H.DISCARD): S.DISCARDED,
        **{(state, H.RETRY): S.WAITING for state in _PARKED},
        **{(state, H.HOLD): S.HELD for state in _PARKED},
        **{(state, H.DISCARD): S.DISCARDED for state in _PARKED},
    }
)
"""Every move there is. What may be on the server already can be neither discarded nor held."""

NEEDS_YOU: Final = frozenset({S.CONFLICT, S.STALE, S.REFUSED, S.UNSURE})
SETTLED: Final = frozenset({S.ACCEPTED, S.DISCARDED})
IN_FLIGHT: Final = frozenset({S.SENDING, S.UNCERTAIN})


def moved(state: OutboxState, happening: Happening) -> OutboxState:
    """The state after something happened.

    Raises:
        ValueError: this cannot happen to a command in this state.
    """
    try:
        return MOVES[state, happening]
    except KeyError:
        raise ValueError(f"{happening} cannot happen to what is {state}") from None


def can(state: OutboxState, happening: Happening) -> bool:
    """Whether this can happen to a command in this state."""
    return (state, happening) in MOVES


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTicket:
    """A ticket is to be made on the server, with its first values and the words it begins with."""

    ticket: Ticket
    entry: Entry | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A reply or a note is to be added to the thread."""

    entry: Entry

    @property
    def is_public(self) -> bool:
        """Whether the requester will read it."""
        return self.entry.kind is not EntryKind.NOTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Fields are to take values; each change tells what the agent saw before."""

    changes: tuple[Change, ...]
    comment: str = ""


Step = NewTicket | Post | Edit

SENT_FIELDS: Final = frozenset(
    {
        *("subject", "status", "owner", "team", "department", "priority", "topic", "sla"),
        *("due_at", "overdue_since", "answered", "links", "merged_into", "referrals"),
        *("source", "requester", "collaborators", "muted", "watchers"),
    }
)
"""Fields that a server keeps; the others follow from these, or are the desk's own."""
FOLLOW_STATUS: Final = frozenset({"state", "closed_at", "closed_by", "reopened_at", "restore_to"})
"""Fields that follow from a status; no server is told of them."""
_PARTS: Final = frozenset({"custom", "task"})


def is_sent(change: Change) -> bool:
    """Whether a server keeps what changed."""
    return change.field in SENT_FIELDS or change.field.partition(":")[0] in _PARTS


def steps(event: Event, entry: Entry | None, start: Ticket | None = None) -> tuple[Step, ...]:
    """What a server has to be told of an event, in order.

    Each step is one request: whether it arrived can be found out for each on its own. `entry` is
    what the event wrote, `start` the ticket that it made.
    """
    if start is not None:
        return (NewTicket(ticket=start, entry=entry),)
    told = tuple(change for change in event.changes if is_sent(change))
    found: list[Step] = [] if entry is None else [Post(entry=entry)]
    if entry is not None and entry.kind is EntryKind.REPLY:
        told = tuple(change for change in told if change.field != "answered")  # follows from it
    if told:
        found.append(Edit(changes=told, comment=event.comment))
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxItem:
    """What one command did, on its way to the server."""

    seq: int
    """Order in which the agent did things; one line per ticket, the lowest first."""
    event: Event
    state: OutboxState
    steps: tuple[Step, ...]
    done: int = 0
    """How many steps the server has accepted."""
    seen: int | None = None
    """`Base.heard` when the agent wrote; None: the thread was not there to be read."""
    told: int | None = None
    """How many events of the ticket the server had told then; None: that was not noted."""
    floor: str = ""
    """The ticket's version just before the last request: what arrived has a later one."""
    tries: int = 0
    next_try: datetime | None = None
    """Not before this time; None: as soon as possible."""
    reason: str = ""
    """A code that says why it stands where it does."""
    words: str = ""
    """What the server said, in its own words; never a secret."""
    refused: tuple[str, ...] = ()
    """Refused in part: fields that the server did not take; the others of the step it has."""
    discarded: OutboxState | None = None
    """Discarded by the agent: where it stood; its reason and words are as they were then."""
    discarded_with: int = 0
    """Discarded: `seq` of the item that was chosen; what waits for a new ticket goes with it."""
    theirs: tuple[Change, ...] = ()
    """In a conflict: each field's base (`old`) and what the server has now (`new`)."""

    @property
    def ticket(self) -> TicketId:
        return self.event.ticket

    @property
    def step(self) -> Step:
        """The step that is due."""
        return self.steps[self.done]

    @property
    def is_open(self) -> bool:
        return self.state not in SETTLED

    @property
    def needs_you(self) -> bool:
        return self.state in NEEDS_YOU


def discarded(item: OutboxItem, chosen: int) -> OutboxItem:
    """The item as the agent gives it up, with all that it takes to have it again.

    Raises:
        ValueError: it may be on the server already.
    """
    state = moved(item.state, Happening.DISCARD)
    return replace(item, state=state, discarded=item.state, discarded_with=chosen)


def restored(item: OutboxItem) -> OutboxItem:
    """A discarded item as it was: in its state, with its reason, at its place in the line.

    Raises:
        ValueError: it was not discarded, or before that could be taken back.
    """
    if item.state is not OutboxState.DISCARDED or item.discarded is None:
        raise ValueError(f"what is {item.state} was not discarded")
    return replace(item, state=item.discarded, discarded=None, discarded_with=0)
