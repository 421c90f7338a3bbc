"""What the gate answers, and what it may look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from desk_app.domain.lifecycle import Action, Status
from desk_app.domain.ticket import Ticket, TicketId

if TYPE_CHECKING:
    from desk_app.domain.directory import Directory
    from desk_app.domain.people import Agent


class Reason(StrEnum):
    """Why an action is off. The sentence is the screen's business."""

    NOT_VISIBLE = "not_visible"
    MERGED = "merged"
    LOCKED = "locked"
    WRONG_STATE = "wrong_state"
    NO_PERMISSION = "no_permission"
    SAME_STATUS = "same_status"
    NO_TRANSITION = "no_transition"
    OPEN_TASKS = "open_tasks"
    OPEN_CHILD = "open_child"
    MISSING_TOPIC = "missing_topic"
    MISSING_FIELD = "missing_field"
    NO_OWNER = "no_owner"
    ALREADY_MINE = "already_mine"
    OWNED_BY_OTHER = "owned_by_other"
    NOT_ASSIGNED = "not_assigned"
    TARGET_UNKNOWN = "target_unknown"
    TARGET_CANNOT_SEE = "target_cannot_see"
    NO_CHANGE = "no_change"
    ALREADY_ANSWERED = "already_answered"
    NOT_ANSWERED = "not_answered"
    ALREADY_OVERDUE = "already_overdue"
    NO_OPEN_TASK = "no_open_task"
    NO_CLOSED_TASK = "no_closed_task"
    NO_LINK = "no_link"
    NO_REFERRAL = "no_referral"
    NOT_THERE = "not_there"
    ITSELF = "itself"
    TARGET_MERGED = "target_merged"
    TARGET_IS_CHILD = "target_is_child"
    TARGET_NOT_VISIBLE = "target_not_visible"
    TARGET_DELETED = "target_deleted"
    NO_ADDRESS = "no_address"
    STATUS_TAKES_NO_REPLY = "status_takes_no_reply"
    PAST_DUE_DATE = "past_due_date"
    NOT_YOURS = "not_yours"
    OUT_OF_SIGHT = "out_of_sight"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """The one thing to do so that the action becomes possible."""

    action: Action | None = None
    field: str | None = None
    """A field of the ticket to fill in; `custom:KEY` for an extra one."""
    target: str | None = None
    """What to act on: a task's id, a status, a department."""
    ticket: TicketId | None = None
    """The ticket to go to; with an action, the one to do it with."""
    number: str | None = None
    """The ticket to go to, where only its number is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial:
    """A no, with the facts that its sentence names."""

    code: Reason
    facts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    fix: Fix | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """All that the gate may look at."""

    ticket: Ticket
    actor: Agent
    directory: Directory
    now: datetime
    bound_for: str = ""
    """Department that the ticket goes to in the step after the one that is asked about."""
    locked_by: str | None = None
    """The name of another agent who holds the ticket's lock."""
    open_children: tuple[str, ...] = ()
    """Numbers of open tickets that were merged into this one."""
    others: Mapping[TicketId, Ticket] = field(default_factory=lambda: MappingProxyType({}))
    """The ticket that is asked about as a target, and those that it went on in, if looked up."""
    requester_email: str | None = None
    """None: not looked up; '' if the requester has no address."""

    @property
    def status(self) -> Status:
        return self.directory.lifecycle.statuses[self.ticket.status]
