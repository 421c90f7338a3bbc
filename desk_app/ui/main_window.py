"""Lays the window out and connects its parts; decides nothing."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QMainWindow,
    QSplitter,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from desk_app.domain.draft import DraftKind
from desk_app.domain.filters import QueueKind
from desk_app.domain.lifecycle import Action
from desk_app.domain.ticket import State
from desk_app.ui.keys import KEYS
from desk_app.ui.models.queue_cells import CellWriter
from desk_app.ui.models.queue_model import QueueModel
from desk_app.ui.palette import Palette
from desk_app.ui.queue_controller import QueueController
from desk_app.ui.texts import action_name, denial_text, error_text, tr
from desk_app.ui.views.chooser import Chooser
from desk_app.ui.views.navigator import Navigator, queue_name
from desk_app.ui.views.notice_bar import NoticeBar
from desk_app.ui.views.queue_view import QueueView

if TYPE_CHECKING:
    from desk_app.domain.ticket import TicketId
    from desk_app.ui.session import Session
    from desk_app.ui.ticket_controller import TicketController


class MainWindow(QMainWindow):
    """Navigator, queue and ticket of one desk."""

    def __init__(self, session: Session, settings: QSettings) -> None:
        super().__init__()
        self.session = session
        self._settings = settings
        self._writer = CellWriter({}, session.desk.now)
        self.model = QueueModel(self._writer, self)
        self.queue = QueueView(self.model, self)
        self.queues = QueueController(session, self.model, self._writer)
        self.queues.attach(self.queue)
        self.navigator = Navigator(self)
        self.notice = NoticeBar(self)
        self.search = QLineEdit(self)
        self.ticket: TicketController | None = None
        self.actions_by_kind: dict[Action, QAction] = {}
        self._split = QSplitter(Qt.Orientation.Horizontal, self)
        self._lay_out()
        self._connect()
        self.setWindowTitle(tr("Desk"))
        self.resize(1366, 768)

    # --- building --------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.search.setPlaceholderText(tr("Search in all tickets (Ctrl+Shift+F)"))
        self.search.setAccessibleName(tr("Search in all tickets"))
        self.search.setClearButtonEnabled(True)
        middle = QWidget(self)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.empty = QLabel(middle)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setMinimumHeight(40)
        for widget in (self.search, self.notice, self.empty):
            column.addWidget(widget)
        column.addWidget(self.queue, 1)
        self.empty.hide()
        self._split.addWidget(self.navigator)
        self._split.addWidget(middle)
        self._split.setSizes([160, 1206])
        self.setCentralWidget(self._split)
        self.status = QLabel(self)
        self.statusBar().addWidget(self.status, 1)

    def _connect(self) -> None:
        self.navigator.queue_chosen.connect(self._show_queue)
        self.queues.counted.connect(self.navigator.show_counts)
        self.queues.listed.connect(self._say_length)
        self.queue.ticket_shown.connect(self._show_ticket)
        self.queue.ticket_opened.connect(self._open_ticket)
        self.search.returnPressed.connect(lambda: self.queues.search(self.search.text()))
        self.search.textChanged.connect(self._leave_search)
        self.session.failed.connect(lambda e: self.notice.say(error_text(e), kind="error"))
        self.session.directory_loaded.connect(self._take_directory)

    def show_names(self, names: dict[tuple[str, str], str]) -> None:
        """Names for the first screen, before the directory is read."""
        self._writer.names = names

    def complete(self) -> None:
        """Build what the first screen did not need: ticket pane, menus, keys."""
        from desk_app.ui.importing import Importing
        from desk_app.ui.ticket_controller import TicketController
        from desk_app.ui.views.ticket_pane import TicketPane

        self.pane = TicketPane(self.session, self)
        self._split.addWidget(self.pane)
        self._split.setSizes([150, 480, 736])
        self._split.setStretchFactor(2, 1)
        self.ticket = TicketController(self.session, self.pane)
        self.ticket.ticket_wanted.connect(self.go_to)
        self.ticket.action_wanted.connect(self.choose)
        self.ticket.shown.connect(lambda _: self._gate())
        self.chooser = Chooser(self)
        self.commands = Palette(self)
        self._make_actions()
        self.importing = Importing(self, self.session, self.notice)
        self._restore()
        self.session.start()

    def _make_actions(self) -> None:
        menu = self.menuBar().addMenu(tr("&Ticket"))
        for action in Action:
            entry = QAction(action_name(action), self)
            entry.triggered.connect(partial(self.choose, action))
            entry.setProperty("reason", "")
            menu.addAction(entry)
            self.actions_by_kind[action] = entry
            if action in KEYS:
                entry.setShortcut(QKeySequence(KEYS[action]))
                entry.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
                self.queue.addAction(entry)
                self.pane.talk.addAction(entry)
        self._single(menu, tr("Resolve"), "E", self.resolve)
        edit = self.menuBar().addMenu(tr("&Edit"))
        self._always(edit, tr("Undo last ticket action"), "Ctrl+Z", self._undo)
        self._always(edit, tr("Redo"), "Ctrl+Y", self._redo)
        view = self.menuBar().addMenu(tr("&View"))
        self._always(view, tr("Commands…"), "Ctrl+K", self.commands.open)
        self._always(view, tr("Search everywhere"), "Ctrl+Shift+F", self.search.setFocus)
        self._always(view, tr("Next pane"), "F6", partial(self.next_pane, 1))
        self._always(view, tr("Previous pane"), "Shift+F6", partial(self.next_pane, -1))
        for number, kind in enumerate(QueueKind, 1):
            key = f"Ctrl+{number}" if number < 10 else ""  # noqa: PLR2004 - one digit
            self._always(view, queue_name(kind), key, partial(self.navigator.choose, kind))

    def _always(self, menu: Any, text: str, key: str, call: Any) -> None:
        entry = QAction(text, self)
        entry.setShortcut(QKeySequence(key))
        entry.triggered.connect(lambda _=False: call())
        menu.addAction(entry)

    def _single(self, menu: Any, text: str, key: str, call: Any) -> None:
        entry = QAction(text, self)
        entry.setShortcut(QKeySequence(key))
        entry.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        entry.triggered.connect(lambda _=False: call())
        menu.addAction(entry)
        self.queue.addAction(entry)
        self.pane.talk.addAction(entry)

    # --- going about -----------------------------------------------------------------------

    def go_to(self, ticket: TicketId) -> None:
        """Show a ticket, in the queue if it is there."""
        if not self.queue.go_to(ticket) and self.ticket is not None:
            self.ticket.show_ticket(ticket)

    def next_pane(self, step: int) -> None:
        """F6: navigator, queue, thread, composer, details, and round again."""
        panes: list[QWidget] = [self.navigator, self.queue, self.pane.talk]
        panes += [self.pane.composers.currentWidget().edit, self.pane.side]  # type: ignore[attr-defined]
        focus = QApplication.focusWidget()
        here = next(
            (i for i, p in enumerate(panes) if focus and (p is focus or p.isAncestorOf(focus))), -1
        )
        panes[(here + step) % len(panes)].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _show_queue(self, kind: QueueKind) -> None:
        self.search.clear()
        self.queues.show_queue(kind)

    def _show_ticket(self, ticket: TicketId | None) -> None:
        if self.ticket is not None and ticket is not None:
            self.ticket.show_ticket(ticket)

    def _open_ticket(self, ticket: TicketId | None) -> None:
        self._show_ticket(ticket)
        if self.ticket is not None:
            self.pane.talk.setFocus()

    def _say_length(self, length: int) -> None:
        name = (
            tr("Search “{text}”").format(text=self.queues.text)
            if self.queues.text
            else queue_name(self.queues.kind)
        )
        self.setWindowTitle(tr("{queue} ({n}) - Desk").format(queue=name, n=length))
        self.empty.setText(tr("{queue}: no tickets").format(queue=name))
        self.empty.setVisible(length == 0)
        agent = self.session.me
        self.status.setText(
            tr("{agent}  ·  {n} tickets  ·  everything is kept on this computer").format(
                agent="" if agent is None else agent.name, n=length
            )
        )

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
        self._writer.names = names
        self.queues.reload()
        if self.ticket is not None and self.queue.current_ticket() is not None:
            self.ticket.show_ticket(self.queue.current_ticket())  # type: ignore[arg-type]

    # --- doing -----------------------------------------------------------------------------

    def choose(self, action: Any) -> None:
        """Do an action, or open what must be chosen for it; if it is off, say why."""
        from desk_app.ui.choices import Choices

        controller, directory = self.ticket, self.session.directory
        if controller is None or directory is None or controller.page is None:
            return
        choices = Choices(controller, directory)
        custom = isinstance(action, str) and action.startswith("custom:")
        denied = controller.gate.denial(Action.EDIT_CUSTOM if custom else Action(action))
        if denied is not None:
            controller.show_refusal(denied)
        elif custom or action is Action.EDIT_SUBJECT:
            field = action if custom else "subject"
            self.chooser.open_with(tr("New text"), [], free=partial(choices.typed, field))
        elif action is Action.ADD_TASK:
            self.chooser.open_with(tr("What is to be done?"), [], free=choices.task)
        elif action in {Action.REPLY, Action.NOTE}:
            self.pane.write(DraftKind.NOTE if action is Action.NOTE else DraftKind.REPLY)
        elif found := choices.of(Action(action)):
            self.chooser.open_with(action_name(Action(action)), found)
        else:
            controller.do(Action(action))

    def resolve(self) -> None:
        """Set the first status that closes, or say what is missing."""
        if self.ticket is not None and self.session.directory is not None:
            lifecycle = self.session.directory.lifecycle
            self.ticket.set_status(lifecycle.first_in(State.CLOSED).key)

    def _leave_search(self, text: str) -> None:
        if not text and self.queues.text:
            self.queues.search("")

    def _gate(self) -> None:
        """Write on every menu entry whether it is off, and why."""
        if self.ticket is None:
            return
        for action, entry in self.actions_by_kind.items():
            denied = self.ticket.gate.denial(action)
            reason = "" if denied is None else denial_text(denied)
            entry.setProperty("reason", reason)
            entry.setToolTip(reason)
            entry.setStatusTip(reason)

    def _undo(self) -> None:
        if self.ticket is not None:
            self.ticket.undo()

    def _redo(self) -> None:
        if self.ticket is not None:
            self.ticket.undo(redo=True)

    # --- coming and going ------------------------------------------------------------------

    def come_to_front(self) -> None:
        """Somebody asked for this desk again."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.raise_()
        self.activateWindow()

    def _restore(self) -> None:
        for name, restore in (
            ("window", self.restoreGeometry),
            ("panes", self._split.restoreState),
            ("columns", self.queue.horizontalHeader().restoreState),
        ):
            state = self._settings.value(name)
            if state is not None:
                restore(state)

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        """Save what is typed, wait until it is on the disk, remember the window's look."""
        if self.ticket is not None:
            self.pane.reply.save()
            self.pane.note.save()
        self._settings.setValue("window", self.saveGeometry())
        self._settings.setValue("panes", self._split.saveState())
        self._settings.setValue("columns", self.queue.horizontalHeader().saveState())
        self.session.close()
        super().closeEvent(event)
