"""Says what was just done, in the outbox's words where a server is to hear of it; offers undo."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from desk_app.domain.named import NOBODY, numbers_in
from desk_app.domain.outbox import OutboxState, Post
from desk_app.ui.jobs import Lane
from desk_app.ui.sync_texts import item_state, state_text, what_text
from desk_app.ui.texts import event_name, tr
from desk_app.ui.thread_html import done_line, event_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from desk_app.domain.entry import Event
    from desk_app.domain.named import Named
    from desk_app.domain.outbox import OutboxItem
    from desk_app.ports.outbox_reader import OutboxRow
    from desk_app.ports.unit_of_work import Changes
    from desk_app.ui.session import Session
    from desk_app.ui.views.ticket_pane import TicketPane

SOURCE = "done"
SECOND_MS = 1000


class DoneNotice(QObject):
    """The notice of one ticket pane; as long as it stands there, it says how things stand."""

    def __init__(self, session: Session, pane: TicketPane, undo: Callable[[Event], None]) -> None:
        super().__init__(pane)
        self._session = session
        self._pane = pane
        self._undo = undo
        self._item: OutboxItem | None = None
        self._event: Event | None = None
        self._named = NOBODY
        self._said: OutboxState | None = None
        """Where it stood when it was last read out."""
        self._seconds = QTimer(self)
        self._seconds.setInterval(SECOND_MS)
        self._seconds.timeout.connect(self._write)
        session.changed.connect(self._hear)

    def tell(self, event: Event) -> None:
        """Say what this event did."""
        self._event, self._item, self._said = event, None, None
        self._seconds.stop()
        if self._session.sync is None and not any(numbers_in(event.changes)):
            self._say(self._line(event, NOBODY), can_undo=True)
        else:
            self._ask(event)

    def _line(self, event: Event, named: Named) -> str:
        directory = self._session.directory
        if directory is None:
            return event_name(event.action)
        return event_line(event, directory, named).split(": ", 1)[-1]

    def _hear(self, changes: Changes) -> None:
        """It went a step on, and the agent still looks at what was said of it."""
        event = self._event
        if event is None or self._item is None or not self._pane.notice.says(SOURCE):
            return
        if changes.outbox or changes.everything:
            self._ask(event)

    def _ask(self, event: Event) -> None:
        self._session.ask(
            Lane.ROWS,
            lambda reader: (reader.outbox(event.ticket), reader.named(event.changes)),
            owner=self,
            done=partial(self._take, event),
        )

    def _take(self, event: Event, read: tuple[list[OutboxRow], Named]) -> None:
        if event is not self._event:
            return
        rows, self._named = read
        before = self._item
        found = next((row.item for row in rows if row.item.event.id == event.id), None)
        if found is None and before is None:  # a thing of this desk alone
            self._say(self._line(event, self._named), can_undo=True)
            return
        if found is None and before is not None:
            found = replace(before, state=OutboxState.ACCEPTED, next_try=None)
        assert found is not None  # noqa: S101 - one of both is there
        if before is not None and not self._pane.notice.says(SOURCE):
            return
        self._item = found
        self._write()

    def _write(self) -> None:
        """How it stands now; the seconds of a held reply are counted."""
        item, event = self._item, self._event
        if item is None or event is None:
            return
        counts = item.state is OutboxState.HELD and item.next_try is not None
        if counts and not self._seconds.isActive():
            self._seconds.start()
        elif not counts:
            self._seconds.stop()
        sync = self._session.sync
        server = "" if sync is None else sync.name
        if item.state is OutboxState.ACCEPTED:
            state = state_text(item.state, server)
        else:
            state = item_state(item, server, self._session.desk.now())
        written = any(isinstance(step, Post) for step in item.steps)
        directory = self._session.directory
        line = what_text(item) if directory is None else done_line(event, directory, self._named)
        words = tr("{what}  ·  {state}").format(what=line, state=state)
        self._say(words, can_undo=not (written and item.state is OutboxState.ACCEPTED))

    def _say(self, words: str, *, can_undo: bool) -> None:
        event = self._event
        notice = self._pane.notice
        if event is None or (notice.says(SOURCE) and notice.text == words):
            return
        state = None if self._item is None else self._item.state
        counted = notice.says(SOURCE) and state is self._said
        self._said = state
        act = tr("Undo (Ctrl+Z)") if can_undo else ""
        call = partial(self._undo, event) if can_undo else None
        notice.say(words, act=act, call=call, source=SOURCE, quiet=counted)
