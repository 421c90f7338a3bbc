"""What of one's own work is due first, in the status bar: a press goes there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from desk_app.domain.filters import Column, QueueKind, SortKey, queue_filter
from desk_app.domain.moment import from_ms, to_ms
from desk_app.ui.announcing import announce
from desk_app.ui.jobs import Lane
from desk_app.ui.models.queue_cells import due_words
from desk_app.ui.texts import tip, tr

if TYPE_CHECKING:
    from datetime import datetime

    from desk_app.domain.filters import QueueRow
    from desk_app.ports.reader import TicketReader
    from desk_app.ui.queue_controller import QueueController
    from desk_app.ui.session import Session

_LEAST = 40


class SoonestButton(QPushButton):
    """Hidden while nothing of one's own is ever due."""

    ticket_wanted = Signal(object)
    """Emits: ticket id."""
    nothing_due = Signal()
    """It was asked for by key, and there is nothing to go to."""

    def __init__(self, session: Session, queues: QueueController, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._row: QueueRow | None = None
        self._was_over = False
        self.setFlat(True)
        self.setProperty("bar", "true")
        self.setMinimumWidth(_LEAST)  # in a narrow window it gives way, not the window
        self.clicked.connect(self.go)
        queues.counted.connect(lambda _: self._ask())
        self.hide()

    def go(self) -> None:
        """Go to the ticket, or say that there is none."""
        if self._row is None:
            self.nothing_due.emit()
        else:
            self.ticket_wanted.emit(self._row.id)

    def _ask(self) -> None:
        now = self._session.desk.now()
        agent, scope = self._session.agent, self._session.scope()
        mine = queue_filter(QueueKind.MINE, scope, now_ms=to_ms(now), end_of_day_ms=to_ms(now))
        order = SortKey(column=Column.DUE, descending=False)

        def first(reader: TicketReader) -> list[QueueRow]:
            return reader.queue_head(mine, order, agent=agent, limit=1)

        self._session.ask(Lane.LIST, first, owner=self, done=lambda rows: self._take(rows, now))

    def _take(self, rows: list[QueueRow], now: datetime) -> None:
        row = rows[0] if rows and rows[0].due_ms is not None else None
        other = (row and row.id) != (self._row and self._row.id)
        self._row = row
        self.setVisible(row is not None)
        if row is None or row.due_ms is None:
            return
        seconds = int((from_ms(row.due_ms) - now).total_seconds())
        number = row.number or tr("new")
        self.setText(tr("SLA: {number} {due}").format(number=number, due=due_words(seconds)))
        words = tr("Of your work this is due first: {subject}").format(subject=row.subject)
        self.setToolTip(tip(words))
        self.setAccessibleName(f"{self.text()}. {words}")
        is_over = seconds < 0
        if is_over and (other or not self._was_over):
            announce(self, self.text())
        self._was_over = is_over
