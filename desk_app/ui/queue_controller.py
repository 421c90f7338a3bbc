"""The shown queue: its first rows at once, then all of it, then kept up to date."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from desk_app.domain.filters import (
    Column,
    QueueFilter,
    QueueKind,
    QueueRow,
    SavedSearch,
    SortKey,
    queue_filter,
)
from desk_app.domain.moment import to_ms
from desk_app.ui.jobs import Lane
from desk_app.ui.models.queue_cells import CellWriter
from desk_app.ui.models.queue_model import QueueModel

if TYPE_CHECKING:
    from array import array
    from collections.abc import Callable

    from desk_app.ports.reader import TicketReader
    from desk_app.ports.unit_of_work import Changes
    from desk_app.ui.session import Session
    from desk_app.ui.views.queue_view import QueueView

HEAD = 256
"""Rows that are read before the whole order is known: more than fit on a screen."""
MINUTE_MS = 60_000


class QueueController(QObject):
    """Connects one `QueueView` with the desk."""

    counted = Signal(object)
    """Live counts. Emits: dict of queue name to number."""
    started = Signal()
    """The very first rows are in the table, or could not be read."""
    listed = Signal(int)
    """The whole queue is in the table. Emits: its length."""

    def __init__(self, session: Session, model: QueueModel, writer: CellWriter) -> None:
        super().__init__(model)
        self._session = session
        self._model = model
        self._writer = writer
        self._view: QueueView | None = None
        self.kind = QueueKind.OPEN
        self.text = ""
        self.order = SortKey(column=Column.UPDATED, descending=True)
        self._asked = 0
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(0)
        self._again.timeout.connect(self._merge)
        self._minute = QTimer(self)
        self._minute.setInterval(MINUTE_MS)
        self._minute.timeout.connect(lambda: self._read_rows(model.kept()))
        self._minute.start()
        model.rows_wanted.connect(self._read_rows)
        session.changed.connect(self._refresh)

    def attach(self, view: QueueView) -> None:
        self._view = view
        view.sort_wanted.connect(self.sort)
        view.show_sort(self.order)

    # --- another question ------------------------------------------------------------------

    def show_queue(self, kind: QueueKind) -> None:
        """Show a standard queue, without a search."""
        self.kind, self.text = kind, ""
        self.reload()

    def search(self, text: str) -> None:
        """Show what a text finds in every open or closed ticket; '' goes back to the queue."""
        self.text = text.strip()
        self.reload()

    def show_search(self, saved: SavedSearch) -> None:
        self.search(saved.text)

    def sort(self, order: SortKey) -> None:
        self.order = order
        self.reload()

    def start(self) -> None:
        """Ask for the first rows and nothing else: whatever runs beside it makes it later."""

        def go_on() -> None:
            self._ask_ids(self._asked)
            self.count()
            self.started.emit()

        def give_up(error: Exception) -> None:
            self._session.failed.emit(error)
            go_on()

        self._asked += 1
        self._ask_head(then=go_on, failed=give_up)

    def reload(self) -> None:
        """Ask anew: the first screen by itself, then the whole list."""
        self._asked += 1
        self._ask_head()
        self._ask_ids(self._asked)
        self.count()

    def _ask_head(
        self,
        *,
        then: Callable[[], None] = lambda: None,
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        number, wanted, order = self._asked, self.wanted(), self.order
        agent = self._session.agent

        def take(rows: list[QueueRow]) -> None:
            if number == self._asked:
                self._show_head(rows)
            then()

        self._session.ask(
            Lane.ROWS,
            lambda reader: reader.queue_head(wanted, order, agent=agent, limit=HEAD),
            owner=self,
            done=take,
            failed=failed,
        )

    def wanted(self) -> QueueFilter:
        """The conditions of what is shown now."""
        now = self._session.desk.now()
        midnight = (now.astimezone() + timedelta(days=1)).replace(hour=0, minute=0, second=0)
        kind = QueueKind.ALL if self.text else self.kind
        wanted = queue_filter(
            kind, self._session.scope(), now_ms=to_ms(now), end_of_day_ms=to_ms(midnight)
        )
        return replace(wanted, text=self.text)

    def count(self) -> None:
        now = self._session.desk.now()
        midnight = (now.astimezone() + timedelta(days=1)).replace(hour=0, minute=0, second=0)
        scope = self._session.scope()
        kinds = {
            str(kind): queue_filter(kind, scope, now_ms=to_ms(now), end_of_day_ms=to_ms(midnight))
            for kind in QueueKind
        }
        self._session.ask(
            Lane.LIST,
            lambda reader: reader.counts(kinds),
            owner=self,
            done=self.counted.emit,
        )

    # --- the same question again -----------------------------------------------------------

    def _refresh(self, changes: Changes) -> None:
        touched = self._model.kept() if changes.everything else changes.tickets
        self._read_rows(self._model.stale(touched))
        if changes.everything or changes.tickets:
            self._again.start()

    def _merge(self) -> None:
        self._ask_ids(self._asked)
        self.count()

    def _ask_ids(self, number: int) -> None:
        wanted, order = self.wanted(), self.order
        held = self._model.held_ids()

        def question(reader: TicketReader) -> tuple[array[int], dict[int, int]]:
            ids = reader.queue_ids(wanted, order)
            return ids, _places(ids, held)

        def take(found: tuple[array[int], dict[int, int]]) -> None:
            if number == self._asked:
                self._model.merge_ids(*found)
                self.listed.emit(len(found[0]))

        self._session.ask(Lane.LIST, question, owner=self, done=take)

    def _show_head(self, rows: list[QueueRow]) -> None:
        from array import array

        self._model.show_ids(array("q", (row.id for row in rows)))
        self._model.take_rows(rows)

    def _read_rows(self, tickets: list[int]) -> None:
        if not tickets:
            return
        agent = self._session.agent

        def take(rows: dict[int, QueueRow]) -> None:
            self._model.take_rows(rows.values(), set(tickets) - rows.keys())

        self._session.ask(
            Lane.ROWS, lambda reader: reader.rows(tickets, agent=agent), owner=self, done=take
        )


def _places(ids: array[int], held: list[int]) -> dict[int, int]:
    """Where the held ids are now; found here, on the worker."""
    wanted = set(held)
    return {ticket: row for row, ticket in enumerate(ids) if ticket in wanted} if wanted else {}
