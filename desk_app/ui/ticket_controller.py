"""The shown ticket: reads it, fills the pane, carries out what the agent asks, undoes it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QObject, Signal

from desk_app.domain.calm_text import breakable, calm
from desk_app.domain.draft import DraftKey
from desk_app.domain.filters import QueueFilter, SortKey
from desk_app.domain.lifecycle import Action
from desk_app.domain.ticket import TicketId
from desk_app.services.writing import Writing
from desk_app.ui.done_notice import DoneNotice
from desk_app.ui.field_rows import FieldCalls, field_rows, with_marks
from desk_app.ui.file_saver import FileSaver
from desk_app.ui.held_calls import HeldCalls
from desk_app.ui.jobs import Lane
from desk_app.ui.lifecycle_controller import LifecycleController
from desk_app.ui.people_text import people_text
from desk_app.ui.session import nothing
from desk_app.ui.sync_texts import checked_again_text
from desk_app.ui.texts import denial_text, error_text, fix_text, tip, tr
from desk_app.ui.thread_controller import ThreadController
from desk_app.ui.thread_html import Thread, history_lines, nothing_there
from desk_app.ui.ticket_head import clock_working, head_line
from desk_app.ui.undoing import Undoing
from desk_app.ui.unseen import unseen_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from desk_app.domain.commands import Command
    from desk_app.domain.filters import QueueRow
    from desk_app.domain.gate import Denial
    from desk_app.domain.outbox import OutboxItem
    from desk_app.ports.reader import TicketPage, TicketReader
    from desk_app.ports.unit_of_work import Changes
    from desk_app.services.command_bus import Done
    from desk_app.ui.session import Session
    from desk_app.ui.views.ticket_pane import TicketPane


_LONGEST = 240
"""Characters of a subject that are shown over the thread; its tip has all of them."""


class _Read(NamedTuple):
    """A ticket as it was read, ready to be shown."""

    page: TicketPage
    others: list[QueueRow]
    thread: Thread
    unsettled: tuple[OutboxItem, ...]


class TicketController(QObject):
    """Connects one `TicketPane` with the desk."""

    chosen = Signal(object)
    """Another ticket is wanted on screen; it is being read. Emits: ticket id or None."""
    shown = Signal(object)
    """A ticket is on screen. Emits: TicketPage or None."""
    opened = Signal(object)
    """The agent went into the shown ticket, or it was read anew since. Emits: TicketPage."""
    ticket_wanted = Signal(object)
    """Something asked for another ticket. Emits: ticket id."""
    action_wanted = Signal(object)
    """A fix asked for an action that needs a choice. Emits: Action."""

    def __init__(self, session: Session, pane: TicketPane) -> None:
        super().__init__(pane)
        self._session = session
        self._pane = pane
        self.gate = LifecycleController(session)
        self.page: TicketPage | None = None
        self.unsettled: tuple[OutboxItem, ...] = ()
        """What was done to the shown ticket and is not settled with its server."""
        self.files = FileSaver(session, pane)
        self.talk = ThreadController(session, pane, self.files)
        self.talk.reread_wanted.connect(self.reread)
        self.undoing = Undoing(session, pane, self.tell_failure)
        self.talk.undo_wanted.connect(self.undoing.take_back)
        self._done = DoneNotice(session, pane, self.undoing.take_back)
        self.undoing.queued.connect(self._done.tell)
        pane.retry_wanted.connect(self.reread)
        self._ticket: TicketId | None = None
        self._is_open = False
        self.held = HeldCalls(lambda: self.is_there, pane.notice)
        session.changed.connect(self._refresh)
        pane.bar.step_requested.connect(self.set_status)
        pane.bar.refusal_shown.connect(self.show_refusal)
        pane.side.refusal_shown.connect(self.show_refusal)
        pane.side.task_toggled.connect(self._toggle_task)
        pane.side.task_wanted.connect(partial(self.action_wanted.emit, Action.ADD_TASK))
        pane.side.ticket_wanted.connect(self.ticket_wanted.emit)

    # --- showing ---------------------------------------------------------------------------

    def show_ticket(self, ticket: TicketId | None) -> None:
        """Read a ticket and show it; None empties the pane. Drafts are saved on the way."""
        if ticket != self._ticket:
            self._ticket = ticket
            self._is_open = False
            self.talk.begin(ticket)
            self._pane.notice.hide()
            self._pane.undo_panel.drop()
            self.held.drop()
            self.chosen.emit(ticket)
        if ticket is None:
            self._show(None)
        else:
            self.reread()

    def open(self) -> None:
        """The agent goes into the shown ticket: from now on what comes is read."""
        self._is_open = True
        if self.page is not None and self.page.ticket.id == self._ticket:
            self._mark_read(self.page)
            self.opened.emit(self.page)

    def when_on_screen(self, call: Callable[[], object]) -> None:
        """Now if any ticket is on screen, else as soon as the chosen one is.

        What has the keyboard and cannot be seen swallows what is typed.
        """
        if self.page is not None:
            call()
        else:
            self.held.when_shown(call)

    @property
    def is_there(self) -> bool:
        """Whether the ticket that was chosen last is the one on screen."""
        return self._ticket == (None if self.page is None else self.page.ticket.id)

    def is_at(self, ticket: TicketId) -> bool:
        """Whether this is the ticket that was chosen last."""
        return ticket == self._ticket

    def reread(self) -> None:
        """Read the shown ticket, or read it anew: what it is judged by changed."""
        ticket, entries, agent = self._ticket, self.talk.entries, self._session.agent
        scope = self._session.scope()
        make = self.talk.maker()
        if ticket is None:
            return
        self._pane.tell_reading(another=not self.is_there)
        linked = self._session.sync is not None

        def question(reader: TicketReader) -> _Read:
            page = reader.page(ticket, agent=agent, entries=entries)
            theirs = QueueFilter(requester=page.requester.id, scope=scope)
            others = reader.queue_head(theirs, SortKey(), agent=agent, limit=20)
            rows = reader.outbox(ticket) if linked else []
            unsettled = tuple(row.item for row in rows)
            return _Read(page, others, make(page, _by_entry(unsettled)), unsettled)

        self._session.ask(
            Lane.ROWS,
            question,
            owner=self,
            done=self._show,
            failed=partial(self._tell_unread, ticket),
        )

    def _tell_unread(self, ticket: TicketId, error: Exception) -> None:
        """Say that a page could not be read; the one before must not pass for it."""
        if ticket != self._ticket:
            return
        if self.page is not None and self.page.ticket.id == ticket:
            words, retry = error_text(error), tr("Retry")
            self._pane.show_body()
            self._pane.notice.say(words, kind="error", act=retry, call=self.reread)
            return
        self._show(None)
        self._pane.show_trouble(error_text(error))

    def _refresh(self, changes: Changes) -> None:
        ticket = self._ticket
        if ticket is None:
            return
        if changes.everything or ticket in changes.tickets:
            self.reread()
        elif changes.outbox and self._session.sync is not None:

            def compare(found: tuple[OutboxItem, ...]) -> None:
                if ticket == self._ticket and found != self.unsettled:
                    self.reread()

            self._session.ask(
                Lane.ROWS,
                lambda reader: tuple(row.item for row in reader.outbox(ticket)),
                owner=self,
                done=compare,
            )

    def _show(self, read: _Read | None) -> None:
        page = None if read is None else read.page
        if page is not None and page.ticket.id != self._ticket:
            return
        if page is not None and self._session.directory is None:
            return  # read once more when the directory is here, without which nothing can be shown
        at_end = page is not None and _newest(page) != _newest(self.page)
        self.page = page
        self.gate.show(page)
        unseen = self.gate.unseen()
        if unseen is not None and page is not None:
            words = unseen_text(unseen, page, self._session.directory)
            self.page = None
            self.gate.show(None)
            self._pane.show_trouble(words)
            page = None
        elif read is None or page is None:
            self._pane.show_nothing()
        else:
            self.unsettled = read.unsettled
            self._fill(page, read.others)
            self.talk.take_unsettled(_by_entry(read.unsettled))
            self.talk.show(page, read.thread, at_end=at_end)
        self.shown.emit(page)
        self.held.settle()

    def _fill(self, page: TicketPage, others: list[QueueRow]) -> None:
        directory = self._session.directory
        assert directory is not None  # noqa: S101 - `_show` looked
        pane, ticket = self._pane, page.ticket
        pane.show_body("" if page.entries else nothing_there(page))
        subject = ticket.subject or tr("(no subject)")
        pane.subject.setText(breakable(calm(subject, _LONGEST)))
        pane.subject.setToolTip(tip(subject) if len(subject) > _LONGEST else "")
        now = self._session.desk.now()
        pane.badges.setText(head_line(page, directory, now))
        pane.badges.setToolTip(clock_working(page, directory, now))
        pane.bar.note = "" if self._session.sync is None else checked_again_text()
        pane.bar.show_steps(directory.lifecycle.stage(ticket), self.gate.steps())
        calls = FieldCalls(
            edit=self.action_wanted.emit,
            undo=self.undoing.take_back,
            agent=self._session.agent,
            has_server=self._session.sync is not None,
        )
        rows = with_marks(field_rows(self.gate, directory, page, calls), self.unsettled, directory)
        pane.side.show_fields(rows)
        theirs = [row for row in others if row.id != ticket.id]
        pane.side.show_requester(
            people_text(page),
            [(row.id, f"{row.number or tr('new')}  {row.subject}") for row in theirs],
        )
        pane.side.show_tasks(ticket.tasks)
        pane.side.show_history(history_lines(page, self.unsettled, directory))
        if self._is_open:
            self._mark_read(page)
            self.opened.emit(page)

    def _mark_read(self, page: TicketPage) -> None:
        if not page.entries or page.seen == page.entries[-1].id:
            return
        entry, ticket, agent = page.entries[-1].id, page.ticket.id, self._session.agent

        def work() -> Changes:
            with self._session.desk.unit() as unit:
                unit.mark_read(agent, ticket, entry)
                return unit.commit()

        self._session.write(work, owner=self, done=nothing, failed=self._session.failed.emit)

    # --- doing -----------------------------------------------------------------------------

    def writing(self) -> Writing | None:
        """Makes commands for the shown ticket; None if there is none."""
        directory, me = self._session.directory, self._session.me
        if self.page is None or directory is None or me is None:
            return None
        return Writing(self._session.desk, directory, me, self.page.ticket)

    def do(self, action: Action, target: Any = None) -> None:
        """Carry out an action, or say why not."""
        denied = self.gate.denial(action, target)
        writing = self.writing()
        if denied is not None:
            self.show_refusal(denied)
        elif writing is not None:
            self.send(writing.plain(action, target))

    def set_status(self, status: str) -> None:
        self.do(Action.SET_STATUS, status)

    def edit(self, field: str, value: Any) -> None:
        writing = self.writing()
        if writing is not None:
            self.send(writing.edit(field, value))

    def add_task(self, title: str) -> None:
        writing = self.writing()
        if writing is not None:
            self.send(writing.add_task(title, self._session.agent))

    def send(self, command: Command, *, closes: DraftKey | None = None) -> None:
        """Send a command; the notice offers to undo it."""
        self._session.send(
            command, owner=self, done=self.offer_undo, failed=self.tell_failure, closes=closes
        )

    def undo(self, *, redo: bool = False) -> None:
        """Take back the agent's last action on this ticket, or the last taking-back."""
        if self._ticket is not None:
            self.undoing.last(self._ticket, redo=redo)

    def offer_undo(self, done: Done) -> None:
        """Say what was done, with the way back."""
        self._done.tell(done.event)

    def _toggle_task(self, task: Any) -> None:
        self.do(Action.CLOSE_TASK if task.is_open else Action.REOPEN_TASK, task.id)

    # --- saying why ------------------------------------------------------------------------

    def show_refusal(self, denied: Denial) -> None:
        """Say why not, with a button for what would help."""
        self._pane.notice.say(
            denial_text(denied), kind="refusal", act=fix_text(denied), call=self._fix(denied)
        )
        self._pane.notice.take_keyboard()

    def _fix(self, denied: Denial) -> Callable[[], None] | None:
        fix = denied.fix
        if fix is None:
            return None
        if fix.action in {Action.CLAIM, Action.REOPEN, Action.RESTORE, Action.MERGE}:
            return partial(self.do, fix.action, fix.ticket)
        if fix.action is not None and fix.field is None:
            return partial(self.action_wanted.emit, fix.action)
        if fix.field is not None:
            return partial(self._go_to_field, fix.field)
        number = fix.number
        if number is None:
            return partial(self.ticket_wanted.emit, fix.ticket)
        return partial(
            self._session.ask,
            Lane.ROWS,
            lambda reader: reader.find_ticket(number),
            owner=self,
            done=self.ticket_wanted.emit,
        )

    def _go_to_field(self, field: str) -> None:
        self._pane.side.setCurrentIndex(0)
        button = self._pane.side.field_buttons.get(field)
        if button is not None:
            button.setFocus()
            button.click()

    def tell_failure(self, error: Exception) -> None:
        """Say why something was not done."""
        denied = getattr(error, "denial", None)
        if denied is not None:
            self.show_refusal(denied)
        else:
            self._pane.notice.say(error_text(error), kind="error")


def _by_entry(items: tuple[OutboxItem, ...]) -> dict[int, OutboxItem]:
    return {item.event.entry: item for item in items if item.event.entry is not None}


def _newest(page: TicketPage | None) -> tuple[TicketId, int] | None:
    if page is None:
        return None
    return page.ticket.id, page.entries[-1].id if page.entries else 0
