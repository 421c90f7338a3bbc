"""The board of one window: which columns, which cards, kept up to date, given and taken."""

from __future__ import annotations

from array import array
from datetime import timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from desk_app.domain.board import Cards, Grouping, breach_causes
from desk_app.domain.filters import NOBODY, Column, QueueFilter, SortKey
from desk_app.domain.moment import to_ms
from desk_app.domain.reassignment import Place, Target
from desk_app.domain.state import Stage, State
from desk_app.ui.board_heads import BoardHeads
from desk_app.ui.drop_site import DropSite, drag
from desk_app.ui.jobs import Lane
from desk_app.ui.models.board_model import BoardColumn, BoardModel
from desk_app.ui.reassign_texts import (
    target_name,
    why_late,
)
from desk_app.ui.texts import tr
from desk_app.ui.views.board_page import ANY, BREACHES, NONE, BoardPage
from desk_app.ui.views.board_view import BoardView

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from PySide6.QtCore import Qt

    from desk_app.domain.directory import Directory
    from desk_app.domain.filters import QueueRow
    from desk_app.domain.outbox import OutboxState
    from desk_app.ports.reader import TicketReader
    from desk_app.ports.unit_of_work import Changes
    from desk_app.ui.main_window import MainWindow
    from desk_app.ui.models.queue_cells import CellWriter
    from desk_app.ui.reassigning import Reassigning

MOST_CARDS = 20_000
"""A queue's cards at most; how many were left out is said."""
_Read = tuple[Cards, "Mapping[int, tuple[OutboxState, str]]"]


class Boarding(QObject):
    """Shows the queue that is shown as a board in its place."""

    def __init__(self, window: MainWindow, reassigning: Reassigning, cells: CellWriter) -> None:
        super().__init__(window)
        self._window = window
        self._session = window.session
        self._reassigning = reassigning
        self.kind = str(Grouping.AGENT)
        self.hours = 8
        self.reason = ""
        """Of what breaches: for which reason alone."""
        self._number = 0
        self._is_looking = self._looks_again = False
        self.model = BoardModel(cells, self)
        self.view = BoardView(self.model)
        self.page = BoardPage(self.view, window.middle)
        self._heads = BoardHeads(self.view, self.model, window.session, reassigning)
        window.middle.add_page(self.page)
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(0)
        self._again.timeout.connect(self._read)
        self._connect()

    def _connect(self) -> None:
        window, view, reassigning = self._window, self.view, self._reassigning
        DropSite(view, view.target_at, reassigning)
        DropSite(
            view.head, lambda at: self.model.target_at(view.head.logicalIndexAt(at)), reassigning
        )
        view.drag_begun.connect(lambda tickets: drag(view, tickets, reassigning))
        view.cut_wanted.connect(reassigning.cut)
        view.paste_wanted.connect(self._paste)
        view.let_go_wanted.connect(self._let_go)
        view.ticket_opened.connect(self._open_ticket)
        view.moved.connect(self._show_current)
        self.page.kind_chosen.connect(self.show_kind)
        self.page.hours_chosen.connect(self._show_hours)
        self.page.reason_chosen.connect(self._show_reason)
        self.page.close_button.clicked.connect(self.leave)
        self.model.cards_wanted.connect(self._read_cards)
        window.queues.listed.connect(lambda _: self._refresh_if_open())
        window.queues.began.connect(lambda _: self._refresh_if_open())
        self._session.changed.connect(self._refresh_cards)

    # --- coming and going ------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        return not self.page.isHidden()

    def open(self, kind: str = "") -> None:
        """Show the board in the table's place, as wide as the ticket leaves it."""
        if not self.is_open:
            self._window.queue.hide()
            self.page.show()
            self._window.sides.alone = True
            self._window.sides.bring("list")
            self._window.sides.fit()
        self.show_kind(kind or self.kind)
        self.view.setFocus()

    def leave(self) -> None:
        """Back to the table."""
        if self.is_open:
            self.page.hide()
            self._window.queue.show()
            self._window.sides.alone = False
            self._window.sides.fit()
        self._window.sides.bring("list")
        self._window.queue.setFocus()

    def show_kind(self, kind: str) -> None:
        """Other columns."""
        was_late, self.kind = self.kind == BREACHES, kind
        self.page.show_kind(kind)
        directory = self._session.directory
        if directory is not None:
            self.page.offer_reasons(directory.lifecycle.breach_reasons, self.reason)
        if was_late is not (kind == BREACHES):
            self._read_cards(self.model.kept())  # what they say besides is another thing
        self._read()

    def _show_hours(self, hours: int) -> None:
        self.hours = hours
        self._read()

    def _show_reason(self, reason: str) -> None:
        self.reason = reason
        self._read()

    def _open_ticket(self, ticket: int) -> None:
        self.reveal()
        self._window.queue.ticket_opened.emit(ticket)

    # --- reading ---------------------------------------------------------------------------

    def _refresh_if_open(self) -> None:
        if self.is_open:
            self._again.start()

    def _refresh_cards(self, changes: Changes) -> None:
        """Cards that are kept are read anew; where they are comes with the queue's own list."""
        if self.is_open:
            kept = self.model.kept()
            touched = changes.tickets | changes.marks
            self._read_cards(kept if changes.everything else [t for t in kept if t in touched])
            if changes.outbox:
                self._read_sync()

    def _read_sync(self) -> None:
        """What waits, and what the server said: one look at a time, however much goes out."""
        if self._is_looking:
            self._looks_again = True
            return
        self._is_looking, self._looks_again = True, False

        def give_up(error: Exception) -> None:
            self._is_looking = False
            self._window.queues.failed.emit(error)

        def take(sync: Mapping[int, tuple[OutboxState, str]]) -> None:
            self._is_looking = False
            self._read_cards(self.model.show_sync(sync))
            if self._looks_again:
                self._read_sync()

        self._session.ask(
            Lane.LIST,
            lambda reader: reader.unsettled_all(),
            owner=self,
            done=take,
            failed=give_up,
        )

    def grouping(self) -> Grouping:
        return Grouping.TEAM if self.kind == BREACHES else Grouping(self.kind)

    def wanted(self) -> tuple[QueueFilter, SortKey]:
        """What the board holds: the queue with its filter, or what of it is due soon."""
        queue = self._window.queues.wanted()
        if self.kind != BREACHES:
            return queue, self._window.queues.order
        until = to_ms(self._session.desk.now() + timedelta(hours=self.hours))
        due = QueueFilter(state=State.OPEN, due_before_ms=until)
        why = QueueFilter(
            has_breach_reason=self.reason == ANY,
            breach_reason={"": None, ANY: None, NONE: NOBODY}.get(self.reason, self.reason),
        )
        return (
            queue._replace(also=(*queue.also, due, why)),
            SortKey(column=Column.DUE, descending=False),
        )

    def _read(self) -> None:
        self._number += 1
        number, by, (wanted, order) = self._number, self.grouping(), self.wanted()

        def question(reader: TicketReader) -> _Read:
            return reader.cards(wanted, order, by, limit=MOST_CARDS), reader.unsettled_all()

        def take(found: _Read) -> None:
            if number == self._number:
                self._show(*found)

        self._session.ask(
            Lane.LIST,
            question,
            owner=self,
            done=take,
            failed=self._window.queues.failed.emit,
        )

    def _show(self, cards: Cards, sync: Mapping[int, tuple[OutboxState, str]]) -> None:
        directory = self._session.directory
        if directory is None:
            return
        again = self.model.show_sync(sync)
        self.model.show_columns(self._columns(cards, directory))
        self._read_cards(again)
        self._heads.write()
        words = ""
        if cards.left_out:
            words = tr("{n} more are too far down to be cards: filter the queue to see them")
            words = words.format(n=cards.left_out)
        self.page.told.setText(words)

    def _columns(self, cards: Cards, directory: Directory) -> list[BoardColumn]:
        by = self.grouping()
        kind = Place(str(by))
        keys: Iterable[str] = {
            Grouping.AGENT: lambda: [NOBODY, *(agent.key for agent in self._session.team())],
            Grouping.TEAM: lambda: [NOBODY, *directory.teams],
            Grouping.STAGE: lambda: [str(int(stage)) for stage in Stage],
            Grouping.STATUS: lambda: list(directory.lifecycle.statuses),
        }[by]()
        listed = dict.fromkeys(keys)
        listed |= dict.fromkeys(sorted(cards.columns))
        found = []
        for key in listed:
            target = Target(kind=kind, key=key)
            ids = cards.columns.get(key, array("q"))
            if by is Grouping.STATUS and not ids and self._is_far(key, directory):
                continue
            found.append(BoardColumn(target, target_name(target, directory), ids))
        return found

    def _is_far(self, status: str, directory: Directory) -> bool:
        """Archives and bins are columns only if the queue holds something of them."""
        return directory.lifecycle.statuses[status].state in {State.ARCHIVED, State.DELETED}

    def _read_cards(self, tickets: list[int]) -> None:
        if not tickets:
            return
        agent = self._session.agent
        directory, workload = self._session.directory, self._reassigning.workload
        late = self.kind == BREACHES

        def question(reader: TicketReader) -> tuple[dict[int, QueueRow], dict[int, str]]:
            rows = reader.rows(tickets, agent=agent)
            if not late or directory is None or workload is None:
                return rows, {}
            found = reader.tickets(tickets)
            return rows, {t.id: why_late(t, breach_causes(t, directory, workload)) for t in found}

        def take(found: tuple[dict[int, QueueRow], dict[int, str]]) -> None:
            if late is not (self.kind == BREACHES):
                self._read_cards(tickets)  # the columns were changed meanwhile
                return
            rows, why = found
            self.model.take_cards(rows.values(), why, set(tickets) - rows.keys())

        self._session.ask(Lane.ROWS, question, owner=self, done=take)

    # --- by the keyboard -------------------------------------------------------------------

    def _paste(self, target: Target | None, keys: Qt.KeyboardModifier) -> None:
        if target is None:
            return
        modifier = type(keys)
        self._reassigning.paste(
            target,
            noted=bool(keys & modifier.ShiftModifier),
            transfer=bool(keys & modifier.AltModifier),
        )

    def _let_go(self) -> None:
        if not self._reassigning.let_go():
            self.leave()

    def _show_current(self) -> None:
        """The current card's ticket is the one that keys and menus are about."""
        ticket = self.view.current_ticket()
        if self.view.hasFocus() and ticket is not None:
            self._window.queue.ticket_shown.emit(ticket)
        self._say_cut()

    def reveal(self) -> None:
        """Show the ticket beside the board: something was done to it, and is told there."""
        if self.is_open and self._window.sides.alone:
            self._window.sides.alone = False
            self._window.sides.fit()

    def _say_cut(self) -> None:
        view = self.view
        if self._reassigning.is_cut and view.hasFocus():
            rect = view.visualRect(view.currentIndex())
            at = view.viewport().mapToGlobal(rect.topLeft())
            self._reassigning.hover(view.current_target(), at)
