"""Builds what the first screen did not need, in steps that never hold the window for long."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QStackedWidget

from desk_app.ui.going_in import GoingIn
from desk_app.ui.loading import load_rest
from desk_app.ui.window_state import restore_look, restore_tabs, restore_ticket

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from desk_app.ui.main_window import MainWindow
    from desk_app.ui.supervising import Supervising
    from desk_app.ui.ticket_controller import TicketController


class Assembly(QObject):
    """Adds ticket pane, controllers, menus and keys to a window that shows its queue already.

    Modules are loaded one by one and the parts made in several goes: all of it at once would hold
    the window for a quarter of a second (measured: tests/e2e/test_watchdog.py).
    """

    _team: Supervising

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._steps: Iterator[Callable[[], None]] = iter(
            (
                self._make_room,
                self._plan_pane,
                self._add_work,
                self._add_form,
                self._add_ways,
                self._begin_team,
                self._add_board,
                self._add_team,
                self._add_commands,
                self._wake,
            )
        )

    def start(self) -> None:
        load_rest(self._window, lambda: QTimer.singleShot(0, self, self._next))

    def _next(self) -> None:
        """Take the next step, unless the window was closed before it was built."""
        step = next(self._steps, None)
        if step is not None and self._window.session.is_open:
            step()
            QTimer.singleShot(0, self, self._next)

    def _plan_pane(self) -> None:
        """The pane's parts first, each in a step of its own."""
        from desk_app.ui.views.ticket_pane import PaneParts, TicketPane

        window = self._window
        parts = PaneParts(window.session)

        def make_pane() -> None:
            window.pane = TicketPane(parts, window.right)
            window.right.addWidget(window.pane)

        self._steps = chain(parts.steps(), (make_pane,), self._steps)

    def _make_room(self) -> None:
        window = self._window
        window.right = QStackedWidget(window.panes)
        window.panes.addWidget(window.right)
        window.panes.setSizes([172, 424, 770])
        window.panes.setStretchFactor(1, 1)
        window.panes.setStretchFactor(2, 2)

    def _add_work(self) -> None:
        """What one ticket is worked on with."""
        from desk_app.ui.asking import Asking
        from desk_app.ui.composing import Composing
        from desk_app.ui.own_marks import OwnMarks, Waking
        from desk_app.ui.reading import Reading
        from desk_app.ui.views.chooser import Chooser

        window = self._window
        window.chooser = Chooser(window)
        ticket = self._make_ticket()
        parts = (window.session, window.pane, ticket, window.chooser)
        window.composing = Composing(*parts)
        window.asking = Asking(window, ticket)
        window.marks = OwnMarks(*parts)
        Waking(window)
        window.reading = Reading(*parts)
        window.ticket = ticket

    def _make_ticket(self) -> TicketController:
        from desk_app.ui.ticket_controller import TicketController

        ticket = TicketController(self._window.session, self._window.pane)
        ticket.ticket_wanted.connect(self._window.go_to)
        ticket.shown.connect(self._window.queues.take_shown)
        ticket.undoing.asked.connect(self._window.show_pane)
        return ticket

    def _add_form(self) -> None:
        from desk_app.ui.new_ticket_controller import NewTicketController
        from desk_app.ui.views.new_ticket_form import NewTicketForm

        window = self._window
        form = NewTicketForm(window.session, window)
        window.right.addWidget(form)
        window.opening = NewTicketController(window.session, form, window.chooser)
        window.opening.opened.connect(lambda: window.right.setCurrentWidget(form))
        window.opening.left.connect(lambda: window.right.setCurrentWidget(window.pane))
        window.opening.created.connect(window.show_created)

    def _add_ways(self) -> None:
        """What goes beyond the one ticket."""
        from desk_app.ui.going import Going
        from desk_app.ui.importing import Importing
        from desk_app.ui.searching import Searching
        from desk_app.ui.table_choices import TableChoices
        from desk_app.ui.texts import tr
        from desk_app.ui.views.due_button import DueButton
        from desk_app.ui.views.soonest_button import SoonestButton

        window = self._window
        window.searching = Searching(window)
        window.going = Going(window)
        window.pane.back.clicked.connect(window.going.queue)
        window.table = TableChoices(window)
        window.soonest = SoonestButton(window.session, window.queues, window)
        window.soonest.ticket_wanted.connect(window.go_to)
        window.soonest.nothing_due.connect(
            lambda: window.notice.say(tr("Nothing of your work is ever due."), kind="refusal")
        )
        window.statusBar().addPermanentWidget(window.soonest)
        window.due = DueButton(window.queues, window)
        window.due.queue_wanted.connect(window.navigator.choose)
        window.statusBar().addPermanentWidget(window.due)
        window.importing = Importing(window, window.session, window.notice)

    def _begin_team(self) -> None:
        from desk_app.ui.supervising import Supervising

        self._team = Supervising(self._window)

    def _add_board(self) -> None:
        self._team.add_board()

    def _add_team(self) -> None:
        self._team.complete()
        self._window.supervising = self._team

    def _add_commands(self) -> None:
        from desk_app.ui.accounts import Accounts
        from desk_app.ui.command_table import fill_menus, gate_entries
        from desk_app.ui.keys import KeyMap
        from desk_app.ui.menus import Menus
        from desk_app.ui.palette import Palette
        from desk_app.ui.server_side import ServerSide
        from desk_app.ui.windows import Windows

        window = self._window
        window.server = ServerSide(window)
        window.accounts = Accounts(window)
        window.commands = Palette(window)
        lists = (window.queue, window.pane.talk, window.supervising.boarding.view)
        window.menus = Menus(window.menuBar(), KeyMap(window.settings), lists)
        window.windows = Windows(window)
        fill_menus(window.menus, window)
        ticket = window.ticket
        assert ticket is not None  # noqa: S101 - made in an earlier step
        ticket.shown.connect(lambda _: gate_entries(window.menus, ticket))
        window.supervising.watch(window.menus)

    def _wake(self) -> None:
        window = self._window
        ticket = window.ticket
        assert ticket is not None  # noqa: S101 - made in an earlier step
        pane = window.pane
        GoingIn((pane.talk, pane.reply.edit, pane.note.edit), window).gone_in.connect(ticket.open)
        pane.talk.installEventFilter(window)
        restore_look(window, window.settings)
        restore_ticket(window, window.settings)
        restore_tabs(window, window.settings)
        window.sides.fit()
        window.session.start()
        window.open_wanted()
