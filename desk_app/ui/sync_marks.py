"""Marks of what is not settled, on the rows of the queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from desk_app.domain.ticket import TicketId
from desk_app.ui.jobs import Lane

if TYPE_CHECKING:
    from desk_app.domain.outbox import OutboxState
    from desk_app.ports.unit_of_work import Changes
    from desk_app.ui.main_window import MainWindow

TOGETHER_MS = 50


class SyncMarks(QObject):
    """Keeps the queue's rows in step with the outbox; asks for those alone that are kept."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._session = window.session
        self._model = window.model
        self._writer = window.queues.writer
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(TOGETHER_MS)
        self._soon.timeout.connect(self._read)
        self._session.linked.connect(self._begin)

    def _begin(self) -> None:
        self._session.changed.connect(self._hear)
        self._model.rows_taken.connect(self._soon.start)
        self._soon.start()

    def _hear(self, changes: Changes) -> None:
        if changes.outbox or changes.everything:
            self._soon.start()

    def _read(self) -> None:
        kept = [TicketId(ticket) for ticket in self._model.kept()]
        self._session.ask(
            Lane.ROWS, lambda reader: reader.unsettled(kept), owner=self, done=self._take
        )

    def _take(self, found: dict[TicketId, OutboxState]) -> None:
        before = self._writer.unsettled
        now: dict[int, OutboxState] = {int(ticket): state for ticket, state in found.items()}
        changed = {t for t in before.keys() | now.keys() if before.get(t) != now.get(t)}
        self._writer.unsettled = now
        self._model.write_again(changed)
