"""One ticket in a window of its own, beside the window that it was torn off from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow

from desk_app.ui.asking import Asking
from desk_app.ui.closing import Closing
from desk_app.ui.command_table import ticket_lines
from desk_app.ui.composing import Composing
from desk_app.ui.menus import Entry, Menus
from desk_app.ui.overriding import override
from desk_app.ui.own_marks import OwnMarks
from desk_app.ui.reading import Reading
from desk_app.ui.texts import number_text, tr
from desk_app.ui.ticket_controller import TicketController
from desk_app.ui.views.chooser import Chooser
from desk_app.ui.views.ticket_pane import PaneParts, TicketPane

if TYPE_CHECKING:
    from desk_app.domain.ticket import TicketId
    from desk_app.ports.reader import TicketPage
    from desk_app.ui.main_window import MainWindow


class TicketWindow(QMainWindow):
    """Shares the session of the window it came from, and closes with it."""

    closed = Signal()
    """The window goes."""

    def __init__(self, window: MainWindow, ticket: TicketId) -> None:
        super().__init__()
        self.session = window.session
        self.pane = TicketPane(PaneParts.made(self.session), self)
        self.setCentralWidget(self.pane)
        self.chooser = Chooser(self)
        self.ticket = TicketController(self.session, self.pane)
        self.composing = Composing(self.session, self.pane, self.ticket, self.chooser)
        texts = (self.pane.reply.keeper, self.pane.note.keeper)
        self.closing = Closing(self, self.session, lambda: texts, lambda: self.pane.notice)
        self.asking = Asking(self, self.ticket)
        self.marks = OwnMarks(self.session, self.pane, self.ticket, self.chooser)
        self.reading = Reading(self.session, self.pane, self.ticket, self.chooser)
        self.menus = Menus(self.menuBar(), window.menus.keys, (self.pane.talk,))
        self.menus.add(tr("&Ticket"), ticket_lines(self))
        self.menus.add(tr("&Edit"), [Entry(name="undo", text=tr("&Undo"), call=self.marks.undo)])
        self.ticket.shown.connect(self._name)
        self.ticket.ticket_wanted.connect(window.go_to)
        self.ticket.talk.outbox_wanted.connect(window.server.open_item)
        window.closed.connect(self.closing.close_anyway)
        self.resize(860, 720)
        self.ticket.show_ticket(ticket)

    def _name(self, page: TicketPage | None) -> None:
        if page is not None:
            self.setWindowTitle(f"{number_text(page.ticket.number)}  {page.ticket.subject}")

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        """Go when what is typed is on the disk."""
        if self.session.is_open and not self.closing.may_close():
            event.ignore()
            return
        super().closeEvent(event)
        self.closed.emit()
