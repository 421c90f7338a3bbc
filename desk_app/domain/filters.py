"""What a queue asks for, as values: conditions, order, and the queues every desk has.

Named tuples, here and in all that a start loads: a frozen dataclass takes five times as long to
define, and with `dataclasses` itself they were a sixth of what is ours of a start (measured).
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from desk_app.domain.state import Stage, State, TicketId

NOBODY = ""
"""As an owner or team in a filter: there is none."""


class Column(StrEnum):
    """A column of the queue table; every one sorts. Values are stored."""

    NUMBER = "number"
    SUBJECT = "subject"
    REQUESTER = "requester"
    STATUS = "status"
    STAGE = "stage"
    PRIORITY = "priority"
    OWNER = "owner"
    TEAM = "team"
    DEPARTMENT = "department"
    TOPIC = "topic"
    DUE = "due"
    UPDATED = "updated"
    CREATED = "created"
    SOURCE = "source"


class SortKey(NamedTuple):
    """An order of the queue; ties go by id, in the same direction."""

    column: Column = Column.UPDATED
    descending: bool = True


class Scope(NamedTuple):
    """Whose sight limits a queue (`Directory.sees`, as a query); None means every department."""

    agent: str
    departments: frozenset[str] | None
    teams: frozenset[str] = frozenset()
    hides: bool = False
    """Whether there may be tickets in no department: a server shows them to nobody here by now."""


class Snoozes(NamedTuple):
    """What an agent has put off beyond a moment."""

    agent: str
    now_ms: int


class QueueFilter(NamedTuple):
    """Conditions that must all hold; an unset one lets everything through."""

    state: State | None = None
    """None: every state but deleted."""
    status: str | None = None
    stage: Stage | None = None
    owner: str | None = None
    """Agent key; `NOBODY` for tickets without an owner."""
    unassigned: bool = False
    """Neither owner nor team."""
    teams: frozenset[str] | None = None
    department: str | None = None
    topic: str | None = None
    priority: str | None = None
    requester: int | None = None
    number: str | None = None
    answered: bool | None = None
    due_before_ms: int | None = None
    """Milliseconds since 1970, UTC."""
    breach_reason: str | None = None
    """Why it was late begins so, as a whole reason; `NOBODY` where nobody said why."""
    has_breach_reason: bool = False
    has_draft: bool = False
    """Something is typed and not sent."""
    awake: Snoozes | None = None
    """Leaves these out."""
    snoozed: Snoozes | None = None
    """These alone."""
    followed_by: str | None = None
    server_queue: str | None = None
    """What the server named when it was asked what is in this queue of its own."""
    text: str = ""
    """Words to find in subject, requester, thread and file names."""
    scope: Scope | None = None
    also: tuple[QueueFilter, ...] = ()
    """Further conditions that must hold too; theirs may name the same fields."""


class SavedSearch(NamedTuple):
    """A search that an agent gave a name."""

    id: int
    name: str
    text: str


class QueueRow(NamedTuple):
    """One line of the queue, as stored: keys, not names; times in ms since 1970, UTC."""

    id: TicketId
    number: str | None
    subject: str
    requester: str
    status: str
    state: int
    stage: int
    priority: str
    owner: str | None
    team: str | None
    department: str
    topic: str | None
    source: str
    due_ms: int | None
    created_ms: int
    updated_ms: int
    answered: int
    unread: int
    """1 if the requester wrote after this agent last looked."""
    has_files: int
    has_draft: int
    open_tasks: int


SOON_MIN = 30
"""Minutes before its time from which on a ticket is due soon."""


class QueueKind(StrEnum):
    """The queues that every desk has, in their order. Values are stored."""

    MINE = "mine"
    UNASSIGNED = "unassigned"
    TEAMS = "teams"
    OVERDUE = "overdue"
    DUE_TODAY = "due_today"
    UNANSWERED = "unanswered"
    OPEN = "open"
    CLOSED = "closed"
    ALL = "all"
    FOLLOWING = "following"
    SNOOZED = "snoozed"
    DELETED = "deleted"


def queue_filter(kind: QueueKind, scope: Scope, *, now_ms: int, end_of_day_ms: int) -> QueueFilter:
    """What a standard queue holds for an agent at a moment (milliseconds since 1970, UTC).

    What the agent snoozed is in none of the queues of open work.
    """
    snoozes = Snoozes(agent=scope.agent, now_ms=now_ms)
    open_ = QueueFilter(state=State.OPEN, scope=scope, awake=snoozes)
    all_ = QueueFilter(scope=scope)

    return {
        QueueKind.MINE: lambda: open_._replace(owner=scope.agent),
        QueueKind.UNASSIGNED: lambda: open_._replace(unassigned=True),
        QueueKind.TEAMS: lambda: open_._replace(teams=scope.teams),
        QueueKind.OVERDUE: lambda: open_._replace(due_before_ms=now_ms),
        QueueKind.DUE_TODAY: lambda: open_._replace(due_before_ms=end_of_day_ms),
        QueueKind.UNANSWERED: lambda: open_._replace(answered=False),
        QueueKind.OPEN: lambda: open_,
        QueueKind.CLOSED: lambda: all_._replace(state=State.CLOSED),
        QueueKind.ALL: lambda: all_,
        QueueKind.FOLLOWING: lambda: all_._replace(followed_by=scope.agent),
        QueueKind.SNOOZED: lambda: all_._replace(snoozed=snoozes),
        QueueKind.DELETED: lambda: all_._replace(state=State.DELETED),
    }[kind]()
