"""Commands: the only way anything changes, and the pure function that carries them out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from desk_app.domain.changes import with_custom, with_people, with_task_closed, with_value
from desk_app.domain.entry import EntryKind
from desk_app.domain.lifecycle import Action
from desk_app.domain.ticket import State, Task, Ticket

if TYPE_CHECKING:
    from datetime import datetime

    from desk_app.domain.entry import Entry, Event
    from desk_app.domain.ticket import Referral, TicketId


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One thing that somebody did; `id` makes it known again wherever it turns up."""

    name: ClassVar[str] = ""
    action: ClassVar[Action | None] = None
    """What the gate is asked; None for what no agent does by hand."""

    id: str
    ticket: TicketId
    actor: str
    """Agent key; '' when the requester or the program did it."""
    at: datetime
    comment: str = ""

    def on(self, ticket: Ticket) -> Ticket:
        raise NotImplementedError


def apply(ticket: Ticket, command: Command) -> Ticket:
    """Carry out one command; pure, and the same for live work, replay and undo."""
    return replace(command.on(ticket), updated_at=max(command.at, ticket.updated_at))


@dataclass(frozen=True, slots=True, kw_only=True)
class Create(Command):
    """A ticket begins to exist, with its first values and the requester's words."""

    name: ClassVar[str] = "create"
    start: Ticket
    entry: Entry | None = None

    def on(self, ticket: Ticket) -> Ticket:
        return self.start


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim(Command):
    """The actor takes the ticket."""

    name: ClassVar[str] = "claim"
    action: ClassVar[Action | None] = Action.CLAIM

    def on(self, ticket: Ticket) -> Ticket:
        return replace(ticket, owner=self.actor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assign(Command):
    """The ticket goes to an agent or a team; the other of the two stays (as in osTicket)."""

    name: ClassVar[str] = "assign"
    action: ClassVar[Action | None] = Action.ASSIGN
    to: Referral
    bound_for: str = ""
    """Department that it is transferred to by the command after this one."""

    def on(self, ticket: Ticket) -> Ticket:
        if self.to.kind == "team":
            return replace(ticket, team=self.to.key)
        return replace(ticket, owner=self.to.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Release(Command):
    """Nobody has the ticket any more; work starts anew for whoever takes it."""

    name: ClassVar[str] = "release"
    action: ClassVar[Action | None] = Action.RELEASE

    def on(self, ticket: Ticket) -> Ticket:
        return replace(ticket, owner=None, team=None, worked_at=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer(Command):
    """The ticket moves to another department."""

    name: ClassVar[str] = "transfer"
    action: ClassVar[Action | None] = Action.TRANSFER
    department: str

    def on(self, ticket: Ticket) -> Ticket:
        return replace(ticket, department=self.department)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refer(Command):
    """Somebody else may see the ticket without being handed it."""

    name: ClassVar[str] = "refer"
    action: ClassVar[Action | None] = Action.REFER
    to: Referral

    def on(self, ticket: Ticket) -> Ticket:
        return replace(ticket, referrals=(*ticket.referrals, self.to))


@dataclass(frozen=True, slots=True, kw_only=True)
class Unrefer(Command):
    """A referral ends."""

    name: ClassVar[str] = "unrefer"
    action: ClassVar[Action | None] = Action.UNREFER
    to: Referral

    def on(self, ticket: Ticket) -> Ticket:
        return replace(ticket, referrals=tuple(r for r in ticket.referrals if r != self.to))


@dataclass(frozen=True, slots=True, kw_only=True)
class SetStatus(Command):
    """The ticket takes a status; leaving or entering the open state keeps its dates."""

    name: ClassVar[str] = "set_status"
    action: ClassVar[Action | None] = Action.SET_STATUS
    status: str
    state: State

    def on(self, ticket: Ticket) -> Ticket:
        return entered(ticket, self.status, self.state, self.actor, self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopen(SetStatus):
    """A closed ticket is worked on again."""

    name: ClassVar[str] = "reopen"
    action: ClassVar[Action | None] = Action.REOPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete(SetStatus):
    """The ticket leaves every queue; it can be restored."""

    name: ClassVar[str] = "delete"
    action: ClassVar[Action | None] = Action.DELETE


@dataclass(frozen=True, slots=True, kw_only=True)
class Restore(SetStatus):
    """A deleted ticket takes the status it had."""

    name: ClassVar[str] = "restore"
    action: ClassVar[Action | None] = Action.RESTORE


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply(Command):
    """An agent answers the requester; `status` may be set with it."""

    name: ClassVar[str] = "reply"
    action: ClassVar[Action | None] = Action.REPLY
    entry: Entry
    claim: bool = False
    """Give an unowned ticket to the actor (a rule of the desk's lifecycle)."""
    status: str | None = None
    state: State = State.OPEN

    def on(self, ticket: Ticket) -> Ticket:
        owner = self.actor if self.claim and ticket.owner is None else ticket.owner
        done = replace(
            ticket,
            owner=owner,
            answered=True,
            last_response_at=self.at,
            worked_at=ticket.worked_at or self.at,
        )
        if self.status is None:
            return done
        return entered(done, self.status, self.state, self.actor, self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Note(Command):
    """An agent writes for agents only."""

    name: ClassVar[str] = "note"
    action: ClassVar[Action | None] = Action.NOTE
    entry: Entry

    def on(self, ticket: Ticket) -> Ticket:
        return ticket if ticket.worked_at else replace(ticket, worked_at=self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receive(Command):
    """The requester wrote; a person's words clear 'answered' and may reopen the ticket."""

    name: ClassVar[str] = "receive"
    entry: Entry
    status: str | None = None
    """The status that this message reopens to, if it does."""

    def on(self, ticket: Ticket) -> Ticket:
        if self.entry.automatic:
            return ticket
        # Old mail comes in later, and clocks go wrong: the time never goes back, and whoever wrote
        # is heard in any case.
        newest = max(self.entry.at, ticket.last_message_at or self.entry.at)
        heard = replace(ticket, answered=False, last_message_at=newest)
        if self.status is None:
            return heard
        return entered(heard, self.status, State.OPEN, self.actor, self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class EditField(Command):
    """One field takes a value. Fields: see `FIELD_ACTIONS`."""

    name: ClassVar[str] = "edit"
    field: str
    value: Any

    def on(self, ticket: Ticket) -> Ticket:
        marked = None if self.field == "due_at" else ticket.overdue_since  # it has time again
        return with_people(replace(ticket, **{"overdue_since": marked, self.field: self.value}))


FIELD_ACTIONS = {
    "subject": Action.EDIT_SUBJECT,
    "priority": Action.EDIT_PRIORITY,
    "sla": Action.EDIT_SLA,
    "topic": Action.EDIT_TOPIC,
    "source": Action.EDIT_SOURCE,
    "due_at": Action.EDIT_DUE,
    "requester": Action.EDIT_REQUESTER,
    "muted": Action.EDIT_COLLABORATORS,
    "collaborators": Action.EDIT_COLLABORATORS,
    "watchers": Action.EDIT_WATCHERS,
}
"""Fields that an agent may edit, and the action that the gate is asked about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditCustom(Command):
    """One extra field takes an answer; '' takes it away."""

    name: ClassVar[str] = "edit_custom"
    action: ClassVar[Action | None] = Action.EDIT_CUSTOM
    key: str
    value: str

    def on(self, ticket: Ticket) -> Ticket:
        return with_custom(ticket, self.key, self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkAnswered(Command):
    """Says that nobody need wait for an answer."""

    name: ClassVar[str] = "mark_answered"
    action: ClassVar[Action | None] = Action.MARK_ANSWERED

    def on(self, ticket: Ticket) -> Ticket:
        return replace(ticket, answered=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkUnanswered(Command):
    """Says that somebody still waits for an answer."""

    name: ClassVar[str] = "mark_unanswered"
    action: ClassVar[Action | None] = Action.MARK_UNANSWERED

    def on(self, ticket: Ticket) -> Ticket:
        return replace(ticket, answered=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link(Command):
    """The ticket names another one as related."""

    name: ClassVar[str] = "link"
    action: ClassVar[Action | None] = Action.LINK
    other: TicketId

    def on(self, ticket: Ticket) -> Ticket:
        return replace(ticket, links=tuple(dict.fromkeys((*ticket.links, self.other))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlink(Command):
    """A relation is taken away."""

    name: ClassVar[str] = "unlink"
    action: ClassVar[Action | None] = Action.UNLINK
    other: TicketId

    def on(self, ticket: Ticket) -> Ticket:
        return replace(ticket, links=tuple(other for other in ticket.links if other != self.other))


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge(SetStatus):
    """The ticket goes on in another one, whose thread shows both."""

    name: ClassVar[str] = "merge"
    action: ClassVar[Action | None] = Action.MERGE
    into: TicketId

    def on(self, ticket: Ticket) -> Ticket:
        closed = entered(ticket, self.status, self.state, self.actor, self.at)
        return replace(closed, merged_into=self.into)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddTask(Command):
    """Work that must be done before the ticket may close."""

    name: ClassVar[str] = "add_task"
    action: ClassVar[Action | None] = Action.ADD_TASK
    task: Task

    def on(self, ticket: Ticket) -> Ticket:
        return replace(
            ticket, tasks=(*ticket.tasks, self.task), worked_at=ticket.worked_at or self.at
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseTask(Command):
    """A task is done."""

    name: ClassVar[str] = "close_task"
    action: ClassVar[Action | None] = Action.CLOSE_TASK
    task: int

    def on(self, ticket: Ticket) -> Ticket:
        return with_task_closed(ticket, self.task, self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenTask(Command):
    """A task was not done after all."""

    name: ClassVar[str] = "reopen_task"
    action: ClassVar[Action | None] = Action.REOPEN_TASK
    task: int

    def on(self, ticket: Ticket) -> Ticket:
        return with_task_closed(ticket, self.task, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Revert(Command):
    """Takes one event back: its fields get their old values, its entry leaves the thread."""

    name: ClassVar[str] = "revert"
    event: Event

    def on(self, ticket: Ticket) -> Ticket:
        for change in self.event.changes:
            ticket = with_value(ticket, change.field, change.old)
        return ticket


def entered(ticket: Ticket, status: str, state: State, actor: str, at: datetime) -> Ticket:
    """The ticket in a status, with the dates that follow from its state.

    Whatever the way into the deleted state, the ticket remembers where it came from.
    """
    former = ticket.restore_to if ticket.state is State.DELETED else ticket.status
    restore_to = former if state is State.DELETED else None
    moved = replace(ticket, status=status, state=state, restore_to=restore_to)
    if ticket.state is State.OPEN and state is not State.OPEN:
        return replace(moved, closed_at=at, closed_by=actor)
    if ticket.state is not State.OPEN and state is State.OPEN:
        return replace(moved, closed_at=None, closed_by=None, reopened_at=at)
    return moved


def wrote(command: Command) -> Entry | None:
    """The entry that a command adds to the thread."""
    entry: Entry | None = getattr(command, "entry", None)
    return entry


def public(entry: Entry) -> bool:
    """Whether the requester reads it."""
    return entry.kind is not EntryKind.NOTE
