"""The life of a ticket as data: statuses, the ways between them, and what each action needs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from desk_app.domain.ticket import Stage, State, Ticket

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desk_app.domain.people import Permission


class Action(StrEnum):
    """Everything an agent can do to a ticket; each has a rule in every lifecycle file."""

    CLAIM = "claim"
    ASSIGN = "assign"
    RELEASE = "release"
    TRANSFER = "transfer"
    REFER = "refer"
    UNREFER = "unrefer"
    REPLY = "reply"
    NOTE = "note"
    SET_STATUS = "set_status"
    REOPEN = "reopen"
    EDIT_SUBJECT = "edit_subject"
    EDIT_PRIORITY = "edit_priority"
    EDIT_SLA = "edit_sla"
    EDIT_TOPIC = "edit_topic"
    EDIT_SOURCE = "edit_source"
    EDIT_DUE = "edit_due"
    EDIT_REQUESTER = "edit_requester"
    EDIT_COLLABORATORS = "edit_collaborators"
    EDIT_WATCHERS = "edit_watchers"
    EDIT_CUSTOM = "edit_custom"
    MARK_ANSWERED = "mark_answered"
    MARK_UNANSWERED = "mark_unanswered"
    MARK_OVERDUE = "mark_overdue"
    LINK = "link"
    UNLINK = "unlink"
    MERGE = "merge"
    ADD_TASK = "add_task"
    CLOSE_TASK = "close_task"
    REOPEN_TASK = "reopen_task"
    DELETE = "delete"
    RESTORE = "restore"
    BREACH_REASON = "breach_reason"
    """Say why it is, or was, late."""


class Check(StrEnum):
    """A condition that a lifecycle file may ask for; `gate` knows how to look."""

    NOT_THERE = "not_there"
    """Never holds: servers of this kind have nothing like it, or are not told of it."""
    NOT_MERGED = "not_merged"
    NOT_LOCKED = "not_locked"
    NOT_MINE = "not_mine"
    UNOWNED = "unowned"
    ASSIGNED = "assigned"
    TARGET_CAN_SEE = "target_can_see"
    TARGET_DIFFERS = "target_differs"
    NOT_ANSWERED = "not_answered"
    ANSWERED = "answered"
    NOT_OVERDUE = "not_overdue"
    HAS_OPEN_TASK = "has_open_task"
    HAS_CLOSED_TASK = "has_closed_task"
    TASK_IS_OPEN = "task_is_open"
    TASK_IS_CLOSED = "task_is_closed"
    HAS_LINK = "has_link"
    HAS_REFERRAL = "has_referral"
    NOT_ITSELF = "not_itself"
    REQUESTER_REACHABLE = "requester_reachable"
    STATUS_TAKES_REPLY = "status_takes_reply"
    DUE_IN_FUTURE = "due_in_future"
    NO_OPEN_TASK = "no_open_task"
    NO_OPEN_CHILD = "no_open_child"
    HAS_TOPIC = "has_topic"
    REQUIRED_FIELDS = "required_fields"
    HAS_OWNER = "has_owner"


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """One status: what it means, where it leads, what entering it takes."""

    key: str
    name: str
    state: State
    to: tuple[str, ...]
    stage: Stage | None = None
    """Fixed stage, for statuses such as 'On hold'; else `Lifecycle.stage` derives it."""
    takes_reply: bool = True
    reopens_to: str | None = None
    """Where a requester's message takes a closed ticket; None: it stays as it is."""
    permission: Permission | None = None
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When an action is open to an agent."""

    states: frozenset[State]
    permission: Permission | None
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifecycle:
    """Statuses and rules of one kind of desk."""

    key: str
    name: str
    initial: str
    reopened: str
    claim_on_reply: bool
    hands_over_unseen: bool = False
    """Whether a ticket may be given to somebody who sees it only after the transfer that follows,
    by somebody who does not see it any more then."""
    statuses: Mapping[str, Status]
    rules: Mapping[Action, Rule]
    breach_reasons: tuple[str, ...] = ()
    """What can be chosen as the reason why a ticket is late; own words do too."""

    def stage(self, ticket: Ticket) -> Stage:
        """The stage that the lifecycle bar shows; first line that fits decides.

        1. Any state but open: Resolution.  2. The status fixes a stage: that one.
        3. Nobody has it: Intake.  4. Assigned, but no reply, note or task by an agent yet:
        Assignment and Communication.  5. Else: Working the Issue.
        """
        if ticket.state is not State.OPEN:
            return Stage.RESOLUTION
        fixed = self.statuses[ticket.status].stage
        if fixed is not None:
            return fixed
        if not ticket.is_assigned:
            return Stage.INTAKE
        return Stage.ASSIGNMENT if ticket.worked_at is None else Stage.WORKING

    def steps(self, ticket: Ticket) -> tuple[Status, ...]:
        """The statuses that the present one leads to, in the file's order."""
        return tuple(self.statuses[key] for key in self.statuses[ticket.status].to)

    def restored(self, ticket: Ticket) -> Status:
        """Where a deleted ticket goes back to; one that was merged never to an open status."""
        former = self.statuses.get(ticket.restore_to or "")
        if former is not None and former.state is not State.DELETED:
            return former
        if ticket.merged_into is not None:
            return self.first_in(State.CLOSED)
        return self.statuses[self.initial]

    def first_in(self, state: State) -> Status:
        """The status that stands for a state where nobody named one, such as 'resolve'."""
        return next(s for s in self.statuses.values() if s.state is state)
