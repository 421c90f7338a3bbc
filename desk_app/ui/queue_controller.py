"""The shown queue: its first rows at once, then all of it, then kept up to date."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal

from desk_app.domain.filters import (
    SOON_MIN,
    Column,
    QueueFilter,
    QueueKind,
    QueueRow,
    Scope,
    SortKey,
    queue_filter,
)
from desk_app.domain.moment import on_the_wall, to_ms
from desk_app.domain.search_text import Search, read_search
from desk_app.ports.unit_of_work import Changes
from desk_app.ui.jobs import Lane
from desk_app.ui.models.queue_cells import CellWriter
from desk_app.ui.models.queue_model import QueueModel
from desk_app.ui.views.navigator import SERVER_QUEUE

if TYPE_CHECKING:
    from array import array
    from collections.abc import Callable

    from desk_app.domain.filters import SavedSearch
    from desk_app.domain.server_queue import ServerQueue
    from desk_app.ports.reader import TicketPage, TicketReader
    from desk_app.ui.session import Session
    from desk_app.ui.views.queue_view import QueueView

HEAD = 256
"""Rows that are read before the whole order is known: more than fit on a screen."""
SETTLED_MS = 250
"""So long after the last row was asked for, the table stands still."""
MINUTE_MS = 60_000


class Shown(NamedTuple):
    """What the table shows: a queue, or a search in all tickets, and what narrows it."""

    kind: QueueKind = QueueKind.OPEN
    text: str = ""
    """A search in all tickets; '' for the queue."""
    narrowed: str = ""
    """What is typed into the filter line."""
    server: ServerQueue | None = None
    """A queue of the server's own, instead of `kind`."""

    @property
    def place(self) -> str:
        """What the navigator calls it; '' for a search in all tickets."""
        if self.text:
            return ""
        return str(self.kind) if self.server is None else f"{SERVER_QUEUE}{self.server.id}"


class QueueController(QObject):
    """Connects one `QueueView` with the desk."""

    counted = Signal(object)
    """Live counts. Emits: dict of place name to number."""
    started = Signal()
    """The very first rows are in the table, or could not be read."""
    listed = Signal(int)
    """The whole queue is in the table. Emits: its length."""
    hidden = Signal(int)
    """How many tickets the filter line hides. Emits: their number, 0 without a filter."""
    began = Signal(object)
    """Something else is being read; the old rows stay until it is here. Emits: Shown."""
    failed = Signal(object)
    """The queue could not be read; the old rows stay. Emits: Exception."""

    def __init__(self, session: Session, model: QueueModel, writer: CellWriter) -> None:
        super().__init__(model)
        self._session = session
        self._model = model
        self.writer = writer
        self._view: QueueView | None = None
        self.shown = Shown()
        self.searches: list[SavedSearch] = []
        self.order = SortKey(column=Column.UPDATED, descending=True)
        self._asked = self._answered = 0
        """Numbers of the last question, and of the last one whose whole list is here."""
        self._shown_ticket: int | None = None
        self.shown_row: int | None = None
        self._counts: dict[str, int] = {}
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(0)
        self._again.timeout.connect(self._merge)
        self._minute = QTimer(self)
        self._minute.setInterval(MINUTE_MS)
        self._minute.timeout.connect(self._pass_minute)
        self._minute.start()
        self._moving = QTimer(self)
        self._moving.setSingleShot(True)
        self._moving.setInterval(SETTLED_MS)
        self._moving.timeout.connect(self._count_owed)
        self._owes_count = False
        model.rows_wanted.connect(self._read_rows)
        model.rows_wanted.connect(lambda _: self._moving.start())
        session.changed.connect(self._refresh)

    def attach(self, view: QueueView) -> None:
        self._view = view
        view.columns.sort_wanted.connect(self.sort)
        view.columns.show_sort(self.order)

    def take_shown(self, page: TicketPage | None) -> None:
        """The ticket beside the table: where it is in the queue is looked up with the rest."""
        self._shown_ticket = None if page is None else page.ticket.id

    # --- another question ------------------------------------------------------------------

    def show(self, shown: Shown) -> None:
        """Show something else."""
        self.shown = shown
        self.reload()

    def show_queue(self, kind: QueueKind) -> None:
        """Show a standard queue, without a search."""
        self.show(Shown(kind=kind))

    def search(self, text: str) -> None:
        """Show what a text finds in every open or closed ticket; '' goes back to the queue."""
        self.show(self.shown._replace(text=text.strip(), narrowed=""))

    def narrow(self, text: str) -> None:
        """Show what a text leaves of the queue."""
        if text.strip() != self.shown.narrowed:
            self.show(self.shown._replace(narrowed=text.strip()))

    def sort(self, order: SortKey) -> None:
        self.order = order
        if self._view is not None:
            self._view.columns.show_sort(order)
        self.reload()

    def start(self) -> None:
        """Ask for the first rows and nothing else: whatever runs beside it makes it later.

        `list_all` must follow when they are painted.
        """

        def give_up(error: Exception) -> None:
            self.failed.emit(error)
            self.started.emit()

        def ask(scope: Scope) -> None:
            self._session.take_scope(scope)
            self._asked += 1
            self._ask_head(then=self.started.emit, failed=give_up)

        agent = self._session.agent
        self._session.ask(
            Lane.ROWS, lambda reader: reader.scope(agent), owner=self, done=ask, failed=give_up
        )

    def reload(self) -> None:
        """Ask anew: the first screen by itself, then the whole list."""
        self._asked += 1
        self._ask_head()
        self.list_all()

    def refresh(self) -> None:
        """Bring what is shown up to date; selection, current row and position stay."""
        self._refresh(Changes(everything=True))

    def list_all(self) -> None:
        """Ask for the whole list and the counts."""
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
        self.began.emit(self.shown)

        def take(rows: list[QueueRow]) -> None:
            if number == self._asked:
                self._show_head(rows, whole=self._answered == number)
            then()

        self._session.ask(
            Lane.ROWS,
            lambda reader: reader.queue_head(wanted, order, agent=agent, limit=HEAD, quick=True),
            owner=self,
            done=take,
            failed=failed or self.failed.emit,
        )

    def read(self, text: str) -> Search:
        """What a typed text means here."""
        return read_search(
            text,
            self._session.directory,
            agent=self._session.agent,
            now_ms=to_ms(self._session.desk.now()),
        )

    def wanted(self) -> QueueFilter:
        """The conditions of what is shown now."""
        queue = _whole(self.shown, self._queue)
        for text in (self.shown.text, self.shown.narrowed):
            queue = self.read(text).narrow(queue)
        return queue

    def _queue(self, kind: QueueKind) -> QueueFilter:
        now = self._session.desk.now()
        tomorrow = now.astimezone() + timedelta(days=1)
        midnight = on_the_wall(tomorrow.replace(hour=0, minute=0, second=0))
        return queue_filter(
            kind, self._session.scope(), now_ms=to_ms(now), end_of_day_ms=to_ms(midnight)
        )

    def _count_owed(self) -> None:
        if self._owes_count:
            self._owes_count = False
            self.count()

    def count(self) -> None:
        """Ask for every number beside the navigator's places, once nobody scrolls.

        At a million tickets that is most of a second of one core, which the rows need more.
        """
        if self._moving.isActive():
            self._owes_count = True
            return
        places = {str(kind): self._queue(kind) for kind in QueueKind}
        everything = self._queue(QueueKind.ALL)
        for search in self.searches:
            places[f"search:{search.id}"] = self.read(search.text).narrow(everything)
        places["drafts"] = QueueFilter(has_draft=True)
        soon = to_ms(self._session.desk.now() + timedelta(minutes=SOON_MIN))
        places["soon"] = self._queue(QueueKind.OPEN)._replace(due_before_ms=soon)
        self._count_places(places)

    def _count_places(self, places: dict[str, QueueFilter]) -> None:
        def take(counts: dict[str, int]) -> None:
            self._counts |= counts
            self.counted.emit(self._counts)

        self._session.ask(Lane.LIST, lambda reader: reader.counts(places), owner=self, done=take)

    # --- the same question again -----------------------------------------------------------

    def _refresh(self, changes: Changes) -> None:
        touched = self._model.kept() if changes.everything else changes.tickets | changes.marks
        self._model.outdate(touched)
        if changes.everything or changes.tickets:
            self._again.start()
        elif changes.searches:
            self.count()
        elif changes.drafts:
            self._count_places({"drafts": QueueFilter(has_draft=True)})

    def _pass_minute(self) -> None:
        """Times go on: what is left of them is written anew, and what became due is counted."""
        self._model.outdate(self._model.kept())
        self.count()

    def _merge(self) -> None:
        self._ask_ids(self._asked)
        self.count()

    def _ask_ids(self, number: int) -> None:
        wanted, order = self.wanted(), self.order
        shown = self._shown_ticket
        held = [*self._model.held_ids(), *([] if shown is None else [shown])]
        whole = None
        if self.shown.narrowed:
            whole = self.read(self.shown.text).narrow(_whole(self.shown, self._queue))

        def question(reader: TicketReader) -> tuple[array[int], dict[int, int], int]:
            ids = reader.queue_ids(wanted, order)
            all_ = len(ids) if whole is None else reader.counts({"all": whole})["all"]
            return ids, _places(ids, held), all_ - len(ids)

        def take(found: tuple[array[int], dict[int, int], int]) -> None:
            if number == self._asked:
                ids, places, hidden = found
                self._answered = number
                self._model.merge_ids(ids, places)
                self.shown_row = None if shown is None else places.get(shown)
                self.hidden.emit(max(0, hidden))
                self.listed.emit(len(ids))

        self._session.ask(Lane.LIST, question, owner=self, done=take, failed=self.failed.emit)

    def _show_head(self, rows: list[QueueRow], *, whole: bool) -> None:
        """Show the first rows; where the `whole` list came first, only what is in them is new."""
        from array import array

        if not whole:
            self._model.show_ids(array("q", (row.id for row in rows)))
        self._model.take_rows(rows, asked=0)

    def _read_rows(self, tickets: list[int]) -> None:
        if not tickets:
            return
        agent, asked = self._session.agent, self._model.news

        def take(rows: dict[int, QueueRow]) -> None:
            gone = set(tickets) - rows.keys()
            self._model.take_rows(rows.values(), gone, asked=asked)

        self._session.ask(
            Lane.ROWS, lambda reader: reader.rows(tickets, agent=agent), owner=self, done=take
        )


def _whole(shown: Shown, queue: Callable[[QueueKind], QueueFilter]) -> QueueFilter:
    """What is shown, before a text narrows it; `queue`: what one that every desk has holds."""
    if shown.server is not None and not shown.text:
        return queue(QueueKind.ALL)._replace(server_queue=shown.server.id)
    return queue(QueueKind.ALL if shown.text else shown.kind)


def _places(ids: array[int], held: list[int]) -> dict[int, int]:
    """Where the held ids are now; found here, on the worker."""
    wanted = set(held)
    return {ticket: row for row, ticket in enumerate(ids) if ticket in wanted} if wanted else {}
