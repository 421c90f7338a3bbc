"""Takes back what was done to the shown ticket; what a server has is shown before it is told."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desk_app.services.command_bus import Done
from desk_app.ui.jobs import Lane
from desk_app.ui.texts import tr
from desk_app.ui.thread_html import done_name
from desk_app.ui.undo_texts import undo_later_text, undo_lines, undo_title

if TYPE_CHECKING:
    from collections.abc import Callable

    from desk_app.domain.entry import Event
    from desk_app.domain.ticket import TicketId
    from desk_app.services.undoing import UndoPlan
    from desk_app.ui.session import Session
    from desk_app.ui.views.ticket_pane import TicketPane


class Undoing(QObject):
    """One ticket pane's way back."""

    begins = Signal()
    """What is typed must be on the disk before a sent text comes back into its draft."""
    draft_returned = Signal(object)
    """An undo gave a text back. Emits: DraftKey."""
    asked = Signal()
    """A preview comes into the pane: it must be seen."""
    queued = Signal(object)
    """An undo waits for the server. Emits: its Event."""

    def __init__(
        self, session: Session, pane: TicketPane, failed: Callable[[Exception], None]
    ) -> None:
        super().__init__(pane)
        self._session = session
        self._pane = pane
        self._failed = failed

    def last(self, ticket: TicketId, *, redo: bool = False) -> None:
        """Take back the agent's last action on a ticket, or the last taking-back."""
        agent = self._session.agent
        self._session.ask(
            Lane.ROWS,
            lambda reader: reader.find_event(ticket, actor=agent, redo=redo),
            owner=self,
            done=self.take_back,
        )

    def take_back(self, event: Event | None) -> None:
        """Take an event back; one that a server has only once that was agreed to."""
        if event is None:
            self._pane.notice.say(tr("There is nothing of yours to undo on this ticket."))
            return
        self.begins.emit()
        self._session.write(
            lambda: self._session.desk.bus.undo_or_plan(event, self._session.agent),
            owner=self,
            done=partial(self._take, event),
            failed=self._failed,
        )

    def _take(self, event: Event, found: Done | UndoPlan) -> None:
        if isinstance(found, Done):
            self._tell(event, found)
            return
        sync = self._session.sync
        online = sync is not None and sync.state is not None and sync.state.is_online
        self.asked.emit()
        self._pane.notice.dismiss()  # its own way back is what is being asked about
        self._pane.undo_panel.ask(
            undo_title(found, "" if sync is None else sync.name),
            undo_lines(found, self._session.directory),
            undo_later_text(online=online),
            name=tr("Do it &again") if found.is_redo else tr("&Undo it"),
            call=partial(self._agreed, event),
        )

    def _agreed(self, event: Event) -> None:
        self.begins.emit()
        self._session.write(
            lambda: self._session.desk.bus.undo(event, self._session.agent, partly=True),
            owner=self,
            done=self._tell_queued,
            failed=self._failed,
        )

    def _tell_queued(self, done: Done) -> None:
        self.queued.emit(done.event)
        if done.draft is not None:
            self.draft_returned.emit(done.draft)

    def _tell(self, event: Event, done: Done) -> None:
        words = (
            tr("Redone.") if event.undoes else tr("Undone: {what}.").format(what=done_name(event))
        )
        self._pane.notice.say(words)
        if done.draft is not None:
            self.draft_returned.emit(done.draft)
