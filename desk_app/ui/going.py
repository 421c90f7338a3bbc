"""Getting about in one window: panes, tickets one after another, back and forward, drafts."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget

from desk_app.domain.draft import Draft, DraftKind
from desk_app.domain.rich_text import excerpt
from desk_app.ui.jobs import Lane
from desk_app.ui.texts import draft_kind_name, number_text, tr
from desk_app.ui.travel import Stop, Travel
from desk_app.ui.views.chooser import Choice

if TYPE_CHECKING:
    from desk_app.domain.filters import QueueKind
    from desk_app.ports.reader import TicketPage, TicketReader
    from desk_app.ui.main_window import MainWindow

_EXCERPT = 60


class Going(QObject):
    """Moves the focus and what is shown; remembers the way."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._travel = Travel()
        self._travelling = False
        window.queues.began.connect(lambda _: self._visit(None))
        if window.ticket is not None:
            window.ticket.shown.connect(self._visit_ticket)
            window.ticket.opened.connect(self._open_tab)
            window.pane.tabs.chosen.connect(window.go_to)
            window.pane.tabs.all_closed.connect(self._leave_ticket)
        window.navigator.drafts_chosen.connect(self.list_drafts)

    # --- panes and rows --------------------------------------------------------------------

    def next_pane(self, step: int) -> None:
        """F6: navigator, queue, thread, composer, details, and round again."""
        window = self._window
        composer = window.pane.reply
        if window.pane.composers.currentWidget() is window.pane.note:
            composer = window.pane.note
        panes: list[QWidget] = [window.navigator, window.queue, window.supervising.boarding.view]
        panes.append(window.pane.talk)
        panes += [composer.edit, window.pane.side]
        panes = [pane for pane in panes if pane.isVisible()]
        focus = QApplication.focusWidget()
        here = next(
            (i for i, p in enumerate(panes) if focus and (p is focus or p.isAncestorOf(focus))), -1
        )
        panes[(here + step) % len(panes)].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def step(self, rows: int) -> None:
        """The next or previous ticket of the queue, from wherever the focus is."""
        self._window.queue.step(rows)

    def search(self) -> None:
        """Put the cursor into the search line."""
        self._window.sides.bring("list")
        self._window.search.setFocus()
        self._window.search.selectAll()

    def filter(self) -> None:
        """Put the cursor into the filter line."""
        self._window.sides.bring("list")
        self._window.filter.edit.setFocus()
        self._window.filter.edit.selectAll()

    def queue(self) -> None:
        """Put the focus into the table, or the board that stands in its place."""
        boarding = self._window.supervising.boarding
        self._window.sides.bring("list")
        (boarding.view if boarding.is_open else self._window.queue).setFocus()

    def to_queue(self, kind: QueueKind) -> None:
        """Show a queue and put the keys there, wherever they are."""
        self._window.navigator.choose(kind)
        self.queue()

    # --- back and forward ------------------------------------------------------------------

    def travel(self, by: int) -> None:
        """Back (-1) or forward (1)."""
        stop = self._travel.step(by)
        if stop is None:
            return
        window = self._window
        self._travelling = True
        if stop.shown != window.queues.shown:
            window.queues.show(stop.shown)
            window.navigator.mark(stop.shown.place)
        if stop.ticket is not None and window.ticket is not None:
            window.ticket.show_ticket(stop.ticket)
        else:
            self._travelling = False

    def _leave_ticket(self) -> None:
        """The last tab was closed: nothing is open, and the keys are the queue's."""
        assert self._window.ticket is not None  # noqa: S101 - it has tabs
        self.queue()
        self._window.queue.let_go()
        self._window.ticket.show_ticket(None)

    def _open_tab(self, page: TicketPage) -> None:
        ticket = page.ticket
        self._window.pane.tabs.open_tab(ticket.id, ticket.number or "", ticket.subject)

    def _visit_ticket(self, page: TicketPage | None) -> None:
        if page is not None:
            ticket = page.ticket
            self._window.pane.tabs.look_at(ticket.id, ticket.number or "", ticket.subject)
            self._visit(page)

    def _visit(self, page: TicketPage | None) -> None:
        if self._travelling:
            self._travelling = page is None  # the ticket of the stop is still to come
            return
        ticket = None if page is None else page.ticket.id
        self._travel.visit(Stop(self._window.queues.shown, ticket))

    # --- drafts ----------------------------------------------------------------------------

    def list_drafts(self) -> None:
        """Everything typed and not sent, newest first; Enter goes on with it."""

        def question(reader: TicketReader) -> list[tuple[Draft, str]]:
            found = reader.drafts()
            kinds = {DraftKind.REPLY, DraftKind.NOTE}
            return [(d, _about(reader, d) if d.key.kind in kinds else "") for d in found]

        self._window.session.ask(Lane.ROWS, question, owner=self, done=self._show_drafts)

    def _show_drafts(self, found: list[tuple[Draft, str]]) -> None:
        window = self._window
        if not found:
            window.notice.say(tr("Nothing is typed and not sent."))
            return
        choices = [
            Choice(
                text=f"{draft_kind_name(draft.key.kind)} {about}".strip(),
                detail=excerpt(draft.text, _EXCERPT) or dict(draft.fields).get("subject", ""),
                call=partial(self._go_on, draft),
            )
            for draft, about in found
        ]
        window.chooser.open_with(tr("Drafts"), choices)

    def _go_on(self, draft: Draft) -> None:
        window = self._window
        if draft.key.kind is DraftKind.NEW_TICKET:
            window.opening.open(draft)
            return
        window.go_to(draft.key.ticket)
        window.pane.write(draft.key.kind)


def _about(reader: TicketReader, draft: Draft) -> str:
    ticket = reader.ticket(draft.key.ticket)
    return f"{number_text(ticket.number)} {ticket.subject}"
