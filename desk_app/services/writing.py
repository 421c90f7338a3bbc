"""Makes commands from what an agent asked for by name: the same for the window and scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desk_app.domain.breach import GiveBreachReason, note_text, tidy
from desk_app.domain.commands import (
    AddTask,
    Assign,
    Claim,
    CloseTask,
    Command,
    Delete,
    EditCustom,
    EditField,
    Link,
    MarkAnswered,
    MarkUnanswered,
    Merge,
    Note,
    Refer,
    Release,
    Reopen,
    ReopenTask,
    Reply,
    Restore,
    SetStatus,
    Transfer,
    Unlink,
    Unrefer,
)
from desk_app.domain.entry import Attachment, Entry, EntryKind
from desk_app.domain.lifecycle import Action
from desk_app.domain.moment import whole_ms
from desk_app.domain.overdue import MarkOverdue
from desk_app.domain.rich_text import html_to_text, text_to_html
from desk_app.domain.ticket import EntryId, State, Task

if TYPE_CHECKING:
    from collections.abc import Callable

    from desk_app.domain.directory import Directory
    from desk_app.domain.people import Agent, Requester
    from desk_app.domain.ticket import Referral, Ticket
    from desk_app.services.desk import Desk


class Writing:
    """Commands of one agent on one ticket."""

    def __init__(
        self, desk: Desk, directory: Directory, agent: Agent, ticket: Ticket, comment: str = ""
    ) -> None:
        self._desk = desk
        self._directory = directory
        self._agent = agent
        self._ticket = ticket
        self._comment = comment
        self._at = whole_ms(desk.now())

    def reply(
        self,
        html: str,
        requester: Requester,
        *,
        cc: tuple[str, ...] = (),
        attachments: tuple[Attachment, ...] = (),
        status: str | None = None,
    ) -> Reply:
        """Words to the requester; `status` is set with them."""
        to = (requester.email,) if requester.email else ()
        entry = self._entry(EntryKind.REPLY, html, attachments, to=to, cc=cc)
        lifecycle = self._directory.lifecycle
        state = State.OPEN if status is None else lifecycle.statuses[status].state
        return Reply(
            **self._stamp(),
            entry=entry,
            claim=lifecycle.claim_on_reply,
            status=status,
            state=state,
        )

    def note(self, html: str, attachments: tuple[Attachment, ...] = ()) -> Note:
        """Words for agents only."""
        return Note(**self._stamp(), entry=self._entry(EntryKind.NOTE, html, attachments))

    def breach_reason(self, reason: str) -> GiveBreachReason:
        """Why it is late; '' takes back what was said."""
        told = tidy(reason)
        field = self._directory.reason_field(self._ticket)
        if field is not None:
            return GiveBreachReason(**self._stamp(), entry=None, reason=told, field=field.key)
        entry = self._entry(EntryKind.NOTE, text_to_html(note_text(told)), ())
        return GiveBreachReason(**self._stamp(), entry=entry, reason=told)

    def assign(self, to: Referral, *, bound_for: str = "") -> Assign:
        """To an agent or a team; `bound_for` is where the next command transfers it."""
        return Assign(**self._stamp(), to=to, bound_for=bound_for)

    def set_status(self, status: str) -> SetStatus:
        found = self._directory.lifecycle.statuses[status]
        return SetStatus(**self._stamp(), status=found.key, state=found.state)

    def edit(self, field: str, value: Any) -> Command:
        """Set a field, or an extra field by `custom:KEY`."""
        name, _, key = field.partition(":")
        if name == "custom":
            return EditCustom(**self._stamp(), key=key, value=value)
        return EditField(**self._stamp(), field=field, value=value)

    def add_task(self, title: str, owner: str | None = None) -> AddTask:
        task = Task(
            id=self._desk.ids.number(self._at), title=title, owner=owner, created_at=self._at
        )
        return AddTask(**self._stamp(), task=task)

    def plain(self, action: Action, target: Any = None) -> Command:
        """A command that needs at most one target (see `gate.denial` for what it is)."""
        return _PLAIN[action](self, target)

    def _stamp(self) -> dict[str, Any]:
        return {
            "id": self._desk.ids.command(self._at),
            "ticket": self._ticket.id,
            "actor": self._agent.key,
            "at": self._at,
            "comment": self._comment,
        }

    def _state(self, make: Callable[..., SetStatus], key: str, **more: Any) -> SetStatus:
        status = self._directory.lifecycle.statuses[key]
        return make(**self._stamp(), status=status.key, state=status.state, **more)

    def _entry(
        self,
        kind: EntryKind,
        html: str,
        attachments: tuple[Attachment, ...],
        to: tuple[str, ...] = (),
        cc: tuple[str, ...] = (),
    ) -> Entry:
        clean = self._desk.clean_html(html)
        return Entry(
            id=EntryId(self._desk.ids.number(self._at)),
            ticket=self._ticket.id,
            kind=kind,
            at=self._at,
            author_name=self._agent.name,
            author_email=self._agent.email,
            agent=self._agent.key,
            html=clean,
            text=html_to_text(clean),
            to=to,
            cc=cc,
            attachments=attachments,
        )

    def _closed(self) -> str:
        return self._directory.lifecycle.first_in(State.CLOSED).key


_PLAIN: dict[Action, Callable[[Writing, Any], Command]] = {
    Action.BREACH_REASON: lambda w, t: w.breach_reason(t),
    Action.CLAIM: lambda w, t: Claim(**w._stamp()),
    Action.ASSIGN: lambda w, t: w.assign(t),
    Action.RELEASE: lambda w, t: Release(**w._stamp()),
    Action.TRANSFER: lambda w, t: Transfer(**w._stamp(), department=t),
    Action.REFER: lambda w, t: Refer(**w._stamp(), to=t),
    Action.UNREFER: lambda w, t: Unrefer(**w._stamp(), to=t),
    Action.SET_STATUS: lambda w, t: w.set_status(t),
    Action.REOPEN: lambda w, t: w._state(Reopen, t or w._directory.lifecycle.reopened),
    Action.MARK_ANSWERED: lambda w, t: MarkAnswered(**w._stamp()),
    Action.MARK_UNANSWERED: lambda w, t: MarkUnanswered(**w._stamp()),
    Action.MARK_OVERDUE: lambda w, t: MarkOverdue(**w._stamp()),
    Action.LINK: lambda w, t: Link(**w._stamp(), other=t),
    Action.UNLINK: lambda w, t: Unlink(**w._stamp(), other=t),
    Action.MERGE: lambda w, t: w._state(Merge, w._closed(), into=t),
    Action.CLOSE_TASK: lambda w, t: CloseTask(**w._stamp(), task=t),
    Action.REOPEN_TASK: lambda w, t: ReopenTask(**w._stamp(), task=t),
    Action.DELETE: lambda w, t: w._state(
        Delete, w._directory.lifecycle.first_in(State.DELETED).key
    ),
    Action.RESTORE: lambda w, t: w._state(
        Restore, t or w._directory.lifecycle.restored(w._ticket).key
    ),
}
