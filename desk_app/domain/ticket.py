"""A ticket and what hangs on it, as the agent sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from desk_app.domain.state import EntryId, Stage, State, TicketId

__all__ = ["EntryId", "Referral", "Source", "Stage", "State", "Task", "Ticket", "TicketId"]


class Source(StrEnum):
    """How a ticket came in. Values are stored."""

    EMAIL = "email"
    WEB = "web"
    PHONE = "phone"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A piece of work that must be done before its ticket may be closed."""

    id: int
    title: str
    detail: str = ""
    owner: str | None = None
    due_at: datetime | None = None
    created_at: datetime | None = None
    closed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """A ticket shown to somebody without being handed over."""

    kind: str
    """`agent`, `team` or `department`."""
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One ticket: the fields that commands change, and nothing derived from them."""

    id: TicketId
    subject: str
    requester: int
    department: str
    status: str
    created_at: datetime
    updated_at: datetime
    number: str | None = None
    """None until the desk or a server gave one."""
    state: State = State.OPEN
    priority: str = "normal"
    topic: str | None = None
    sla: str | None = None
    owner: str | None = None
    team: str | None = None
    source: Source = Source.OTHER
    due_at: datetime | None = None
    """Set by a person; wins over the SLA plan."""
    overdue_since: datetime | None = None
    """When somebody said that it is late, whatever its time."""
    answered: bool = False
    worked_at: datetime | None = None
    """First reply, note or task by an agent since it was last assigned to nobody."""
    last_message_at: datetime | None = None
    last_response_at: datetime | None = None
    reopened_at: datetime | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    restore_to: str | None = None
    """The status to go back to when a deleted ticket is restored."""
    merged_into: TicketId | None = None
    links: tuple[TicketId, ...] = ()
    referrals: tuple[Referral, ...] = ()
    collaborators: tuple[int, ...] = ()
    muted: tuple[int, ...] = ()
    """Those of them who get no replies."""
    watchers: tuple[int, ...] = ()
    """People who get a copy of everything, internal notes too; no requester is told of them."""
    tasks: tuple[Task, ...] = ()
    custom: tuple[tuple[str, str], ...] = ()
    """Answers to the help topic's extra fields, by key."""
    breach_reason: str = ""
    """Why it is, or was, late, as a person said; '' if nobody did."""
    listed_only: bool = False
    """It came with a server's list that does not tell its answers: nobody here knows them yet."""

    def __post_init__(self) -> None:
        if self.created_at.tzinfo is None or self.updated_at.tzinfo is None:
            raise ValueError("a ticket's times must be timezone-aware")

    @property
    def is_assigned(self) -> bool:
        return self.owner is not None or self.team is not None

    @property
    def open_tasks(self) -> tuple[Task, ...]:
        return tuple(task for task in self.tasks if task.is_open)

    def custom_value(self, key: str) -> str:
        """The answer to one extra field, '' if there is none."""
        return dict(self.custom).get(key, "")
