"""Lays the window out and connects its parts; decides nothing."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSettings, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QMainWindow, QSplitter

from desk_app.domain.filters import QueueKind
from desk_app.ui.closing import Closing
from desk_app.ui.models.queue_cells import CellWriter
from desk_app.ui.models.queue_model import QueueModel
from desk_app.ui.overriding import override
from desk_app.ui.queue_controller import QueueController, Shown
from desk_app.ui.sides import Sides
from desk_app.ui.sync_texts import created_text
from desk_app.ui.texts import error_text, tr
from desk_app.ui.views.navigator import Navigator, queue_name
from desk_app.ui.views.queue_pane import QueuePane
from desk_app.ui.views.queue_view import QueueView
from desk_app.ui.window_state import keep, restore_queue

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QStackedWidget

    from desk_app.domain.ticket import TicketId
    from desk_app.services.desks import Desks
    from desk_app.ui.accounts import Accounts
    from desk_app.ui.asking import Asking
    from desk_app.ui.composing import Composing
    from desk_app.ui.going import Going
    from desk_app.ui.importing import Importing
    from desk_app.ui.menus import Menus
    from desk_app.ui.new_ticket_controller import NewTicketController
    from desk_app.ui.own_marks import OwnMarks
    from desk_app.ui.palette import Palette
    from desk_app.ui.reading import Reading
    from desk_app.ui.searching import Searching
    from desk_app.ui.server_side import ServerSide
    from desk_app.ui.session import Session
    from desk_app.ui.supervising import Supervising
    from desk_app.ui.table_choices import TableChoices
    from desk_app.ui.ticket_controller import TicketController
    from desk_app.ui.views.chooser import Chooser
    from desk_app.ui.views.due_button import DueButton
    from desk_app.ui.views.notice_bar import NoticeBar
    from desk_app.ui.views.soonest_button import SoonestButton
    from desk_app.ui.views.ticket_pane import TicketPane
    from desk_app.ui.windows import Windows


_MENU_MARGIN = 6
"""What the style puts around a menu's name, in points, or a little more."""
_DESK = "desk"
"""The source of notices that the desk cannot be read or written."""


class MainWindow(QMainWindow):
    """Navigator, queue and ticket of one desk."""

    closed = Signal()
    """The window goes; what belongs to it goes with it."""

    # What `Assembly` adds once the queue is on the screen.
    pane: TicketPane
    right: QStackedWidget
    chooser: Chooser
    composing: Composing
    asking: Asking
    marks: OwnMarks
    reading: Reading
    opening: NewTicketController
    searching: Searching
    going: Going
    table: TableChoices
    due: DueButton
    soonest: SoonestButton
    importing: Importing
    supervising: Supervising
    server: ServerSide
    accounts: Accounts
    commands: Palette
    menus: Menus
    windows: Windows

    def __init__(
        self,
        session: Session,
        settings: QSettings,
        desks: Callable[[], Desks] | None = None,
    ) -> None:
        """`desks` makes the list of this person's desks; None: only this one is known."""
        super().__init__()
        self.session = session
        self.settings = settings
        self.desks = desks
        self.cells = CellWriter({}, session.desk.now)
        self.model = QueueModel(self.cells, self)
        self.queue = QueueView(self.model, self)
        self.queues = QueueController(session, self.model, self.cells)
        self.queues.attach(self.queue)
        self.navigator = Navigator(self)
        self.middle = QueuePane(self.queue, self)
        self.search, self.filter = self.middle.search, self.middle.filter
        self.notice, self.empty = self.middle.notice, self.middle.empty
        self.ticket: TicketController | None = None
        self._wanted: TicketId | None = None
        """What was gone into before there was a pane for it."""
        self.panes = QSplitter(Qt.Orientation.Horizontal, self)
        self.sides = Sides(self)
        self.closing = Closing(
            self,
            session,
            lambda: session.keepers,
            lambda: _seen_notice(self),
        )
        self._lay_out()
        self._connect()
        self.setWindowTitle(tr("Desk"))
        self.setMinimumSize(480, 360)  # narrow, it shows one side: both together ask for more
        self.resize(1366, 768)
        restore_queue(self, settings)

    # --- building --------------------------------------------------------------------------

    def _lay_out(self) -> None:
        # The menus come later: without their room, rows would move under the pointer then.
        menus = self.menuBar()
        menus.setMinimumHeight(menus.fontMetrics().height() + _MENU_MARGIN)
        self.navigator.setMinimumWidth(130)
        self.panes.addWidget(self.navigator)
        self.panes.addWidget(self.middle)
        self.panes.setSizes([160, 1206])
        self.panes.setChildrenCollapsible(False)
        self.setCentralWidget(self.panes)
        self.status = QLabel(self)
        self.status.setTextFormat(Qt.TextFormat.PlainText)
        self.statusBar().addWidget(self.status, 1)

    def _connect(self) -> None:
        self.navigator.queue_chosen.connect(self.queues.show_queue)
        self.queues.counted.connect(self.navigator.show_counts)
        self.queues.began.connect(lambda _: self.middle.tell_reading())
        self.queues.listed.connect(self._say_length)
        self.queues.failed.connect(self._say_unreadable)
        self.queue.ticket_shown.connect(self._show_ticket)
        self.queue.ticket_opened.connect(self.open_ticket)
        self.search.returnPressed.connect(lambda: self.queues.search(self.search.text()))
        self.search.textChanged.connect(self._leave_search)
        self.session.failed.connect(self._say_failed)
        self.session.recovered.connect(lambda: self.notice.withdraw(_DESK))
        self.session.directory_loaded.connect(self._take_directory)

    def complete(self) -> None:
        """Build what the first screen did not need: ticket pane, menus, keys."""
        from desk_app.ui.assembly import Assembly

        Assembly(self).start()

    # --- going about -----------------------------------------------------------------------

    def go_to(self, ticket: TicketId) -> None:
        """Show a ticket, in the queue if it is there."""
        self.right.setCurrentWidget(self.pane)
        is_listed = self.queue.go_to(ticket)
        # The row may have been the current one all the time, while another ticket was shown.
        if self.ticket is not None and not (is_listed and self.ticket.is_at(ticket)):
            self.ticket.show_ticket(ticket)
        self.sides.bring("ticket")

    def show_pane(self) -> None:
        """Something is asked in the ticket's pane: it comes before a page, and before the table."""
        self.right.setCurrentWidget(self.pane)
        self.sides.bring("ticket")

    def open_ticket(self, ticket: TicketId | None) -> None:
        """Go into a ticket: it counts as read, and the keys are the thread's.

        Where no ticket is on screen yet they stay the table's until this one is.
        """
        self._show_ticket(ticket)
        if self.ticket is None:
            self._wanted = ticket
        elif ticket is not None:
            self.ticket.when_on_screen(self._go_in)

    def open_wanted(self) -> None:
        """The window is complete: go into the ticket that was asked for before it was."""
        wanted, self._wanted = self._wanted, None
        if wanted is not None:
            self.open_ticket(wanted)

    def _go_in(self) -> None:
        assert self.ticket is not None  # noqa: S101 - it is on screen
        self.sides.bring("ticket")
        self.pane.talk.setFocus()
        self.ticket.open()

    def _show_ticket(self, ticket: TicketId | None) -> None:
        if self.ticket is not None and ticket is not None:
            self.right.setCurrentWidget(self.pane)
            self.ticket.show_ticket(ticket)

    def show_created(self, ticket: TicketId) -> None:
        """Go to a ticket that was just made."""
        self.go_to(ticket)
        self.pane.notice.say(created_text(linked=self.session.sync is not None))
        self.queue.setFocus()

    # --- what is said ----------------------------------------------------------------------

    def queue_title(self, shown: Shown) -> str:
        if shown.text:
            return tr("Search “{text}”").format(text=shown.text)
        return queue_name(shown.kind) if shown.server is None else shown.server.name

    def _say_length(self, length: int) -> None:
        shown = self.queues.shown
        name = self.queue_title(shown)
        self.setWindowTitle(tr("{queue} ({n}) - Desk").format(queue=name, n=length))
        empty = tr("{queue}: no tickets").format(queue=name)
        if shown.narrowed:
            empty = tr("{queue}: the filter leaves no ticket").format(queue=name)
        elif shown.kind is QueueKind.MINE and not shown.text:
            empty = tr("You have no open ticket. Ctrl+2: those that nobody has.")
        self.middle.tell_length(length, empty)
        if self.queues.shown_row is not None:
            self.queue.mark(self.queues.shown_row)
        self.queue.keep_place()
        agent = self.session.me
        count = tr("1 ticket") if length == 1 else tr("{n} tickets").format(n=length)
        words = tr("{agent}  ·  {count}")
        if self.session.sync is None:
            words = tr("{agent}  ·  {count}  ·  everything is kept on this computer")
        self.status.setText(words.format(agent="" if agent is None else agent.name, count=count))

    def _say_failed(self, error: Exception) -> None:
        """Something was not read; where the same is said with a way out, that stays."""
        words = error_text(error)
        if self.notice.text != words:
            self.notice.say(words, kind="error", source=_DESK)

    def _say_unreadable(self, error: Exception) -> None:
        self.middle.tell_failure()
        again = tr("Try again")
        self.notice.say(error_text(error), kind="error", act=again, call=self.queues.reload)

    def _take_directory(self) -> None:
        directory = self.session.directory
        assert directory is not None  # noqa: S101 - the signal says so
        names = {("status", s.key): s.name for s in directory.lifecycle.statuses.values()}
        for kind, things in (
            ("agent", directory.agents),
            ("team", directory.teams),
            ("department", directory.departments),
            ("topic", directory.topics),
            ("priority", directory.priorities),
        ):
            names |= {(kind, key): thing.name for key, thing in things.items()}
        self.cells.names = names
        self.searching.load()
        self.queues.refresh()
        if self.ticket is not None:
            self.ticket.reread()

    # --- doing -----------------------------------------------------------------------------

    def undo(self) -> None:
        """Take back the last ticket action; in a text the key is the text's own."""
        if self.ticket is not None and not (self.accounts.undo() or self.server.undo()):
            self.supervising.undo_or(self.marks.undo)

    def redo(self) -> None:
        """Take back the last taking-back."""
        if self.ticket is not None:
            self.supervising.undo_or(partial(self.marks.undo, redo=True), redo=True)

    def _leave_search(self, text: str) -> None:
        if not text and self.queues.shown.text:
            self.queues.search("")

    # --- coming and going ------------------------------------------------------------------

    def come_to_front(self) -> None:
        """Somebody asked for this desk again."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.raise_()
        self.activateWindow()

    def act_as_asked(self, agent: str) -> None:
        """And as another agent."""
        from desk_app.ui.asked_agent import act_as_asked

        act_as_asked(self, agent)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc in the thread goes back to the table."""
        is_key = event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent)
        if watched is self.pane.talk and is_key and event.key() == Qt.Key.Key_Escape:  # type: ignore[attr-defined]
            self.going.queue()
            return True
        return super().eventFilter(watched, event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.sides.fit()

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        """Go when what is typed is on the disk; remember the window's look."""
        if self.session.is_open and not self.closing.may_close():
            event.ignore()
            return
        self.closed.emit()
        keep(self, self.settings)
        self.session.close()
        super().closeEvent(event)


def _seen_notice(window: MainWindow) -> NoticeBar:
    """Where a word to the agent is seen: at the ticket, as soon as there is one."""
    return window.notice if window.ticket is None else window.pane.notice
