"""The server's own queues in the navigator, and what is in the one that is shown."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QLabel

from desk_app.ui.jobs import Lane
from desk_app.ui.queue_controller import Shown
from desk_app.ui.sync_texts import clock, sign_in_text
from desk_app.ui.texts import tr
from desk_app.ui.views.navigator import SERVER_QUEUE, Line, Place

if TYPE_CHECKING:
    from datetime import datetime

    from desk_app.domain.server_queue import QueueStanding, ServerQueue, ServerQueues
    from desk_app.ports.unit_of_work import Changes
    from desk_app.ui.main_window import MainWindow
    from desk_app.ui.sync_scheduler import SyncScheduler

_SECTION = "server_queues"


def place_name(queue: str) -> str:
    """What the navigator calls the place of a queue, by the server's id of it."""
    return f"{SERVER_QUEUE}{queue}"


class ServerQueueList(QObject):
    """Made once the desk is known to have a server; without queues of its own it shows nothing."""

    def __init__(self, window: MainWindow, sync: SyncScheduler) -> None:
        super().__init__(window)
        self._window = window
        self._session = window.session
        self._sync = sync
        self._told: ServerQueues | None = None
        self._compared: datetime | None = None
        """Which numbers were compared with what is known of the shown queue."""
        self._asking = self._trouble = ""
        self._once_more = False
        self._owes_look = window.queues.shown.server is not None
        """Whether what a former window showed has to be asked for yet."""
        self.about = QLabel(window)
        self.about.setObjectName("about_server_queue")
        self.about.setTextFormat(Qt.TextFormat.PlainText)
        self.about.setWordWrap(True)
        self.about.setProperty("dim", "true")
        self.about.setContentsMargins(6, 0, 6, 0)
        self.about.hide()
        window.middle.insert(self.about)
        window.navigator.server_queue_chosen.connect(self.show)
        window.queues.began.connect(self._follow)
        sync.state_changed.connect(self._hear_of_line)
        self._session.changed.connect(self._hear)
        self._follow(window.queues.shown)
        self._read()

    # --- the list --------------------------------------------------------------------------

    def _hear(self, changes: Changes) -> None:
        if changes.queues or changes.everything:
            self._read()

    def _read(self) -> None:
        self._session.ask(
            Lane.ROWS, lambda reader: reader.server_queues(), owner=self, done=self._take
        )

    def _take(self, told: ServerQueues | None) -> None:
        if told is None:
            return
        self._told = told
        self._window.navigator.fill(
            _SECTION,
            tr("On the server, {at}").format(at=clock(told.at)),
            [self._line(queue) for queue in told.queues if not told.above(queue)],
            at=self._window.navigator.place_after("drafts") + 1,
        )
        for queue in told.queues:
            self._write(queue, told.at)
        self._find_again(told)

    def _find_again(self, told: ServerQueues) -> None:
        """The shown queue as it is called now; one that is there no more is left."""
        shown = self._window.queues.shown
        if shown.server is None:
            return
        now = next((one for one in told.queues if one.id == shown.server.id), None)
        if now is None:
            self._window.navigator.choose(shown.kind)
            words = tr("The server does not show “{name}” any more.")
            self._window.notice.say(words.format(name=shown.server.name))
            return
        self._window.queues.shown = shown._replace(server=now)
        self._window.navigator.mark(self._window.queues.shown.place)
        self._tell()

    def _line(self, queue: ServerQueue) -> Line:
        told = self._told
        under = [] if told is None else [one for one in told.queues if one.parent == queue.id]
        place = Place(place_name(queue.id), queue)
        inner = tuple(self._line(one) for one in under if one.id != queue.id)
        return Line(queue.name, place, inner, unfolded=True)

    def _write(self, queue: ServerQueue, at: datetime) -> None:
        navigator, name = self._window.navigator, place_name(queue.id)
        if queue.count is None:
            navigator.say(name, "", tr("The server does not say how many"))
            return
        words = tr("{tickets} on the server, as it said at {at}; F5 asks again")
        told = words.format(tickets=_tickets(queue.count), at=clock(at))
        navigator.say(name, str(queue.count), told)

    # --- one of them -----------------------------------------------------------------------

    def _hear_of_line(self) -> None:
        if self._owes_look and self._is_online:
            self._owes_look = False
            # Before it is asked what is in it, which ends a round early: it may be there no more.
            self._sync.syncing.want_queues()
            self.ask()
        self._tell()

    def show(self, queue: ServerQueue) -> None:
        """List what the server named last, and ask it for what it names now."""
        self._window.queues.show(Shown(server=queue))
        self.ask()

    def _follow(self, shown: Shown) -> None:
        self.about.setVisible(shown.place.startswith(place_name("")))
        if shown.server is not None:
            self._tell()

    def ask(self) -> None:
        """Ask the server what is in the shown queue, if one of its own is shown."""
        queue = self._window.queues.shown.server
        if queue is None or not self._is_online:
            return
        if self._asking == queue.id:  # what comes may have been read before this was asked
            self._once_more = True
            return
        self._asking, self._trouble, self._once_more = queue.id, "", False
        self._tell()
        self._sync.ask(
            partial(self._sync.syncing.read_queue, queue.id),
            owner=self,
            done=partial(self._settle, queue.id),
            failed=partial(self._fail, queue.id),
        )

    def _settle(self, queue: str, _: object) -> None:
        self._asking = "" if self._asking == queue else self._asking
        shown = self._window.queues.shown.server
        if shown is not None and shown.id == queue:
            self._window.queues.refresh()
            if self._once_more:
                self.ask()
            self._tell()

    def _fail(self, queue: str, error: Exception) -> None:
        self._trouble = sign_in_text(error)
        self._settle(queue, None)

    @property
    def _is_online(self) -> bool:
        return self._sync.state is not None and self._sync.state.is_online

    def _tell(self) -> None:
        """Say above the table what its rows are: read on the desk, so that it costs no wait."""
        queue = self._window.queues.shown.server
        if queue is None:
            return
        self._session.ask(
            Lane.ROWS,
            lambda reader: reader.queue_standing(queue.id),
            owner=self,
            done=partial(self._write_about, queue),
        )

    def _write_about(self, queue: ServerQueue, standing: QueueStanding | None) -> None:
        shown = self._window.queues.shown.server
        if shown is None or shown.id != queue.id:
            return
        name = queue.name if self._told is None else self._told.path(queue)
        said = [self._standing_text(name, standing)]
        if self._asking == queue.id:
            said.append(tr("The server is being asked …"))
        elif self._trouble:
            said.append(self._trouble)
        elif not self._is_online:
            said.append(tr("The server cannot be asked now."))
        self.about.setText(" ".join(said))
        self._ask_if_other(queue, standing)

    def _standing_text(self, name: str, standing: QueueStanding | None) -> str:
        if standing is None:
            return tr("What is in “{name}” was not read here yet.").format(name=name)
        words = tr("“{name}” as the server listed it at {at}: {tickets}.").format(
            name=name, at=clock(standing.at), tickets=_tickets(standing.named)
        )
        left = standing.named - standing.here
        if left:
            words += " " + tr("{n} of them are on the server alone.").format(n=left)
        return words

    def _ask_if_other(self, queue: ServerQueue, standing: QueueStanding | None) -> None:
        """The last round's number is another one than of what is listed: ask, once for each."""
        told = self._told
        if told is None or standing is None or told.at in {self._compared, standing.at}:
            return
        self._compared = told.at
        now = next((one for one in told.queues if one.id == queue.id), None)
        if told.at > standing.at and now is not None and now.count != standing.named:
            self.ask()


def _tickets(number: int) -> str:
    return tr("1 ticket") if number == 1 else tr("{n} tickets").format(n=number)
