"""What a window shows of its desk's server, and the ways to it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QLabel

from desk_app.domain.mirror import AccountState
from desk_app.ui.jobs import Lane
from desk_app.ui.loading import load_server
from desk_app.ui.session import nothing
from desk_app.ui.sync_marks import SyncMarks
from desk_app.ui.sync_texts import as_of
from desk_app.ui.texts import error_text, tr
from desk_app.ui.views.server_pages import CONFLICTS, OUTBOX

if TYPE_CHECKING:
    from desk_app.domain.mirror import Base
    from desk_app.domain.outbox import OutboxItem
    from desk_app.domain.ticket import TicketId
    from desk_app.ports.reader import TicketPage, TicketReader
    from desk_app.ui.main_window import MainWindow
    from desk_app.ui.server_paging import ServerPaging
    from desk_app.ui.sync_scheduler import SyncScheduler
    from desk_app.ui.views.sync_bar import SyncBar


class ServerSide(QObject):
    """Made for every window; it does nothing where the desk has no server."""

    ready = Signal()
    """There is a server, and all that shows it is there too."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._session = window.session
        self.marks = SyncMarks(window)
        self.paging: ServerPaging | None = None
        self.bar: SyncBar | None = None
        self._asked = ("", "")
        self._session.linked.connect(lambda: load_server(self, self._begin))

    @property
    def sync(self) -> SyncScheduler | None:
        return self._session.sync

    @property
    def name(self) -> str:
        """What the server is called; '' where there is none, or it is not known yet."""
        return "" if self.sync is None else self.sync.name

    def undo(self) -> bool:
        """Take back the last decision about the outbox; False where that was not the last."""
        return self.paging is not None and self.paging.undo()

    def _begin(self) -> None:
        from desk_app.ui.server_paging import ServerPaging
        from desk_app.ui.signing_in import SigningIn
        from desk_app.ui.views.sign_in_panel import SignInPanel
        from desk_app.ui.views.sync_bar import SyncBar

        sync = self.sync
        if sync is None or not self._session.is_open:  # closed before it was loaded
            return
        self.bar = bar = SyncBar(self._window)
        self._window.statusBar().insertPermanentWidget(1, bar)  # before what is due
        bar.hide()
        self.paging = ServerPaging(self._window)
        self.sign_in_panel = SignInPanel()
        self._window.middle.insert(self.sign_in_panel)
        self.signing_in = SigningIn(sync, self.sign_in_panel, self._window.notice)
        bar.log_wanted.connect(self.paging.open_log)
        bar.outbox_wanted.connect(partial(self.paging.open, OUTBOX))
        bar.conflicts_wanted.connect(partial(self.paging.open, CONFLICTS))
        bar.sign_in_wanted.connect(self.ask_to_sign_in)
        bar.offline_wanted.connect(lambda on: self.work_offline(offline=on))
        bar.pause_wanted.connect(lambda on: sync.pause(paused=on))
        sync.state_changed.connect(self._show)
        self._as_of = self._as_of_label()
        ticket = self._window.ticket
        assert ticket is not None  # noqa: S101 - it is made before this
        ticket.shown.connect(self._read_newest)
        ticket.talk.outbox_wanted.connect(self.paging.open_item)
        ticket.reread()
        self._list_queues(sync)
        self._window.menus.entries["refresh"].setText(tr("S&ync now"))
        self._show()
        self.ready.emit()

    def _list_queues(self, sync: SyncScheduler) -> None:
        from desk_app.ui.server_queues import ServerQueueList

        self.queues = ServerQueueList(self._window, sync)

    def _as_of_label(self) -> QLabel:
        """Above the table: how old its rows may be while the server is out of reach."""
        label = QLabel(self._window)
        label.setProperty("dim", "true")
        label.setWordWrap(True)
        label.setContentsMargins(6, 0, 6, 0)
        self._window.middle.insert(label)
        return label

    def _show(self) -> None:
        sync, bar = self.sync, self.bar
        if bar is not None and sync is not None and sync.state and self._session.is_open:
            bar.show_state(sync.state, self.name)
            bar.show()
            assert self.paging is not None  # noqa: S101 - made with the bar
            self.paging.show_state(sync.state, self.name)
            self._as_of.setText(as_of(sync.state.status.account))
            self._as_of.setVisible(not sync.state.is_online)

    def _read_newest(self, page: TicketPage | None) -> None:
        """Somebody looks at a ticket whose thread may be older than the server's: read it."""
        if page is None or self.sync is None:
            return
        self._session.ask(
            Lane.ROWS,
            partial(_base_of, page.ticket.id),
            owner=self,
            done=self._ask_newest,
        )

    def _ask_newest(self, base: Base | None) -> None:
        sync = self.sync
        if base is None or sync is None or sync.state is None or not sync.state.is_online:
            return
        if not base.is_stale or (base.remote, base.version) == self._asked:
            return
        self._asked = (base.remote, base.version)
        sync.ask(
            partial(sync.syncing.read_ticket, base.ticket.id),
            owner=self,
            done=nothing,
            failed=nothing,  # the next round says what is wrong with the server
        )

    # --- what can be asked -----------------------------------------------------------------

    def sync_now(self) -> None:
        """A round at once; on a desk without a server, read the queue again."""
        self._window.queues.reload()
        if self.sync is not None:
            self.sync.syncing.want_queues()
            if self.bar is not None:
                self.queues.ask()  # before the round, which would make room for it and end early
            self.sync.sync_now()

    def open(self, page: int) -> None:
        """Show a page about the server."""
        if self.paging is None:
            self._say_no_server()
        else:
            self.paging.open(page)

    def open_item(self, item: OutboxItem) -> None:
        """Show one command where it is decided about; asked for from another window too."""
        if self.paging is not None:
            self._window.come_to_front()
            self.paging.open_item(item)

    def ask_to_sign_in(self) -> None:
        """Ask for the password or token again."""
        sync = self.sync
        if sync is None or sync.state is None:
            self._say_no_server()
            return
        self._window.sides.bring("list")
        self.signing_in.ask()

    def switch_offline(self) -> None:
        """Work offline, or no longer."""
        sync = self.sync
        if sync is None or sync.state is None:
            self._say_no_server()
            return
        is_off = sync.state.status.account.state is AccountState.OFFLINE
        self.work_offline(offline=not is_off)

    def work_offline(self, *, offline: bool) -> None:
        """Try nothing until told otherwise; or go on."""
        sync, window = self.sync, self._window
        if sync is None:
            return
        words = (
            tr("You work offline: what you do waits here until you switch back.")
            if offline
            else tr("You work online again: what waits goes out now.")
        )
        # A round under way makes room at its next request; nothing waits for it here.
        sync.ask(
            partial(sync.syncing.work_offline, offline=offline),
            owner=self,
            done=lambda _: window.notice.say(words),
            failed=lambda error: window.notice.say(error_text(error), kind="error"),
        )

    def _say_no_server(self) -> None:
        words = tr("This desk has no server: all is kept on this computer.")
        self._window.notice.say(words, kind="refusal")


def _base_of(ticket: TicketId, reader: TicketReader) -> Base | None:
    return reader.base(ticket)
