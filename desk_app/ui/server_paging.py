"""Opens the pages about the server, and keeps them up to date while they are seen."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from desk_app.domain.mirror import AccountState
from desk_app.domain.outbox import NEEDS_YOU
from desk_app.ui.conflict_controller import ConflictController
from desk_app.ui.doctor_controller import DoctorController
from desk_app.ui.log_controller import LogController
from desk_app.ui.outbox_controller import OutboxController
from desk_app.ui.sync_texts import needs_you_text, problem_text, waiting_text
from desk_app.ui.texts import tr
from desk_app.ui.views.navigator import Line, Place
from desk_app.ui.views.server_pages import CONFLICTS, DOCTOR, LOG, OUTBOX, ServerPages

if TYPE_CHECKING:
    from desk_app.domain.outbox import OutboxItem
    from desk_app.ports.unit_of_work import Changes
    from desk_app.ui.main_window import MainWindow
    from desk_app.ui.sync_scheduler import SyncState

TOGETHER_MS = 100


class ServerPaging(QObject):
    """Made once the desk is known to have a server."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._session = window.session
        self.pages = ServerPages(window)
        notice = self.pages.notice
        self.outbox = OutboxController(window, notice)
        self.conflicts = ConflictController(window, self.outbox)
        self.log = LogController(window.session, notice)
        self.doctor = DoctorController(window.session)
        self.pages.add(
            [
                (self.outbox.view, tr("Outbox")),
                (self.conflicts.view, tr("Conflicts")),
                (self.log.view, tr("Sync log")),
                (self.doctor.view, tr("Sync doctor")),
            ]
        )
        self.pages.left.connect(self.leave)
        self.outbox.listed.connect(self._give_focus)
        self.pages.turned.connect(self._read)
        self.conflicts.view.later.connect(self._decide_later)
        window.right.addWidget(self.pages)
        lines = [
            Line(tr("Outbox"), Place("outbox", partial(self.open, OUTBOX))),
            Line(tr("Conflicts"), Place("conflicts", partial(self.open, CONFLICTS))),
        ]
        after = window.navigator.place_after("drafts")
        window.navigator.fill("server", tr("Server"), lines, at=after)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(TOGETHER_MS)
        self._soon.timeout.connect(self._refresh)
        self._session.changed.connect(self._hear)

    # --- coming and going ------------------------------------------------------------------

    def open(self, page: int, seq: int | None = None) -> None:
        """Show a page in the ticket's place; with `seq` that command is the current one."""
        window, pages = self._window, self.pages
        window.sides.bring("ticket")
        window.right.setCurrentWidget(pages)
        if page == CONFLICTS:
            self.conflicts.go_to(seq)
        elif seq is not None:
            self.outbox.read(seq)
        turned = pages.tabs.currentIndex() != page
        pages.tabs.setCurrentIndex(page)
        if not turned:
            self._read(page)
        pages.tabs.tabBar().setFocus()
        self._give_focus()

    def _give_focus(self) -> None:
        """Put the keyboard where it is wanted first, as soon as there is something."""
        first = {
            OUTBOX: self.outbox.view.table,
            CONFLICTS: self.conflicts.view.list,
            LOG: self.log.view.filter,
            DOCTOR: self.doctor.view.compare,
        }[self.pages.tabs.currentIndex()]
        if self.pages.tabs.tabBar().hasFocus() and first.isVisible():
            first.setFocus()

    def open_log(self) -> None:
        """The log, at the line that tells of the trouble there is."""
        self.log.ask_for_trouble()
        self.open(LOG)

    def open_item(self, item: OutboxItem) -> None:
        """Show one command where it is decided about."""
        self.open(CONFLICTS if item.state in NEEDS_YOU else OUTBOX, item.seq)

    def leave(self) -> None:
        """Back to the ticket, with the keyboard in the queue."""
        self._window.right.setCurrentWidget(self._window.pane)
        self._window.going.queue()

    def _decide_later(self) -> None:
        """The next one; behind the last one, back to the queue."""
        shown = self.conflicts.view.list
        if shown.currentRow() + 1 < shown.count():
            shown.setCurrentRow(shown.currentRow() + 1)
        else:
            self.leave()

    def undo(self) -> bool:
        """Have again what was discarded, while one looks at these pages."""
        return self.pages.isVisible() and self.outbox.undo()

    # --- keeping up ------------------------------------------------------------------------

    def show_state(self, state: SyncState, name: str) -> None:
        """What the server is called and how the desk stands with it, for every page."""
        trouble = ""
        account = state.status.account
        if account.state is not AccountState.ON:
            trouble = problem_text(str(account.state))
        elif state.problem:
            trouble = problem_text(state.problem)
        self.outbox.tell_account(name, trouble)
        self.log.trouble = state.problem
        counts = state.status.counts
        total = counts.waiting + counts.needs_you
        words = tr("Outbox ({n})").format(n=total) if total else tr("Outbox")
        self.pages.name(OUTBOX, words)
        needs = counts.needs_you
        words = tr("Conflicts ({n})").format(n=needs) if needs else tr("Conflicts")
        self.pages.name(CONFLICTS, words)
        navigator = self._window.navigator
        navigator.say("outbox", str(total or ""), waiting_text(total))
        navigator.say("conflicts", str(needs or ""), needs_you_text(needs))

    def _hear(self, changes: Changes) -> None:
        if (changes.outbox or changes.everything) and self.pages.isVisible():
            self._soon.start()

    def _refresh(self) -> None:
        self._read(self.pages.tabs.currentIndex())

    def _read(self, page: int) -> None:
        reads = {OUTBOX: self.outbox.read, CONFLICTS: self.outbox.read, LOG: self.log.read}
        read = reads.get(page)
        if read is not None and self.pages.isVisible():
            read()
