"""What a window has for whoever shares work out: made once the rest of the window is there."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desk_app.domain.lifecycle import Action
from desk_app.ui.absences import Absences
from desk_app.ui.assign_list import AssignList
from desk_app.ui.auditing import Auditing, TakenWatch
from desk_app.ui.balancing import Balancing
from desk_app.ui.boarding import Boarding
from desk_app.ui.bulk import NAMES, Bulk
from desk_app.ui.drop_site import drag
from desk_app.ui.escalating import Escalating
from desk_app.ui.many import Many
from desk_app.ui.reassigning import Reassigning
from desk_app.ui.team_list import TeamList
from desk_app.ui.texts import tr
from desk_app.ui.touch_hand import TouchHand

if TYPE_CHECKING:
    from collections.abc import Callable

    from desk_app.ui.main_window import MainWindow
    from desk_app.ui.menus import Menus
    from desk_app.ui.ticket_window import TicketWindow


class Supervising(QObject):
    """Makes and connects the parts; decides nothing."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.reassigning = Reassigning(window)
        self.team = TeamList(window, self.reassigning)

    def add_board(self) -> None:
        """Make the board, in a step of its own: all at once would hold the window."""
        self.boarding = Boarding(self._window, self.reassigning, self._window.cells)

    def complete(self) -> None:
        """Make the rest."""
        window = self._window
        self.bulk = Bulk(window, self.reassigning, self.boarding)
        self.many = Many(window, self.bulk, self.reassigning)
        self.assign_list = AssignList(window, self.reassigning)
        window.asking.many = self._takes
        self.balancing = Balancing(window, self.reassigning, self.bulk)
        self.absences = Absences(window, self.reassigning, self.balancing)
        self.escalating = Escalating(window, self.reassigning, self.bulk)
        self.auditing = Auditing(window)
        self.taken = TakenWatch(window)
        self.boarding.page.share.clicked.connect(self.balancing.share)
        self.boarding.page.escalate.clicked.connect(self.escalating.open)
        self._connect_queue()

    def _takes(self, name: str) -> bool:
        """Whether an action is for all that is chosen, or has a list of its own for the one."""
        if self.bulk.takes(name) or self.many.takes(name):
            return True
        ticket = self._window.ticket
        return ticket is not None and self.assign_list.takes(ticket, self._window.chooser, name)

    def watch_torn(self, other: TicketWindow) -> None:
        """A ticket in a window of its own has the same list."""
        other.asking.many = partial(self.assign_list.takes, other.ticket, other.chooser)

    def _connect_queue(self) -> None:
        queue, reassigning = self._window.queue, self.reassigning
        queue.drag_begun.connect(lambda tickets: drag(queue, tickets, reassigning))
        TouchHand(queue, lambda: queue.drag_begun.emit(queue.selected_tickets()))
        board = self.boarding.view
        TouchHand(board, lambda: board.drag_begun.emit(board.selected_tickets()))
        queue.cut_wanted.connect(reassigning.cut)
        queue.let_go_wanted.connect(reassigning.let_go)

    def cut(self) -> None:
        """Take what is chosen into the hand."""
        self.reassigning.cut(self.bulk.chosen())

    def put(self) -> None:
        """Choose where what was cut goes; with nothing cut, what is chosen."""
        held = self.reassigning.held
        tickets = tuple(self.bulk.chosen()) if held is None else held.ids
        if tickets:
            self.reassigning.let_go()
            self.bulk.offer(Action.ASSIGN, tickets)
        else:
            self.reassigning.tell_nothing_cut()

    def undo_or(self, undo: Callable[[], None], *, redo: bool = False) -> None:
        """Take back what was done to many tickets at once, if that was the last; else `undo`.

        That is of the ticket alone, which then is seen: a board may have had its room.
        """

        def beside() -> None:
            self.boarding.reveal()
            undo()

        self.reassigning.at_once.undo_or(beside, redo=redo)

    def watch(self, menus: Menus) -> None:
        """What is done to one ticket while the board has its room is told beside the board."""
        for name in menus.groups[tr("&Ticket")]:
            if name not in NAMES:
                menus.entries[name].triggered.connect(self.boarding.reveal)
