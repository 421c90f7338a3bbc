"""The desks of this person in the navigator: how each stands, going there, and having another."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from desk_app.domain.mirror import AccountState
from desk_app.ports.desks import COLOURS
from desk_app.ui.desk_colours import colour_name, desk_icon
from desk_app.ui.desk_windows import go_to_desk, note_window
from desk_app.ui.jobs import Lane
from desk_app.ui.sync_texts import clock, needs_you_text, problem_text, waiting_text
from desk_app.ui.texts import error_text, tr
from desk_app.ui.views.chooser import Choice
from desk_app.ui.views.navigator import Line, Place

if TYPE_CHECKING:
    from pathlib import Path

    from desk_app.ports.desks import DeskPlace
    from desk_app.ports.outbox_reader import SyncStatus
    from desk_app.services.desks import Desks
    from desk_app.ui.adding_server import AddingServer
    from desk_app.ui.all_work import AllWork
    from desk_app.ui.main_window import MainWindow
    from desk_app.ui.views.all_work_view import AllWorkView, WorkRow

LOOK_MS = 60_000
"""How often the other desks are asked how they stand."""
SECTION = "accounts"


class Accounts(QObject):
    """Made for every window; without a list of desks it is silent."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._session = window.session
        self._desks: Desks | None = None
        self._places: list[DeskPlace] = []
        self.work: AllWorkView | None = None
        self.adding: AddingServer | None = None
        note_window(window)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.read)
        if window.desks is not None:
            self._session.directory_loaded.connect(self._begin)
            self._session.linked.connect(self.read)

    # --- the navigator ---------------------------------------------------------------------

    def _begin(self) -> None:
        """List this window's own desk too, then show them all."""
        self._session.directory_loaded.disconnect(self._begin)
        make, folder = self._window.desks, self._session.desk.path
        assert make is not None  # noqa: S101 - else nothing is connected

        def work() -> Desks:
            desks = make()
            desks.add(folder)
            return desks

        def take(desks: Desks) -> None:
            self._desks = desks
            self._timer.start()
            self.read()

        self._session.jobs.run(
            Lane.FILES, work, owner=self, done=take, failed=self._session.failed.emit
        )

    def read(self) -> None:
        """Read the list, and how each desk stands, anew."""
        desks = self._desks
        if desks is None:
            return
        from desk_app.ui.all_work import read_states

        self._session.jobs.run(
            Lane.FILES,
            partial(read_states, desks),
            owner=self,
            done=self._show,
            failed=self._session.failed.emit,
        )

    def _show(self, found: list[tuple[DeskPlace, SyncStatus | None]]) -> None:
        navigator = self._window.navigator
        places = [place for place, _ in found]
        if places != self._places:
            self._places = places
            lines = [
                Line(place.name, Place(_name(place.folder), partial(self.go_to, place)))
                for place in places
            ]
            lines.append(Line(tr("All my work"), Place("all_work", self.show_work)))
            lines.append(Line(tr("Add a server…"), Place("add_server", self.add_server)))
            # Several desks are gone between all day long; one alone gives its queues the room.
            navigator.fill(SECTION, tr("Accounts"), lines, at=0 if len(places) > 1 else None)
            scale = self._window.devicePixelRatioF()
            for place in places:
                navigator.paint(_name(place.folder), desk_icon(place.colour, scale))
        for place, status in found:
            text, spoken, off = state_words(status)
            if place.folder == self._here():
                if self._session.sync is not None:
                    self._session.sync.name = place.name
                spoken = tr("this window; {state}").format(state=spoken)
            navigator.say(_name(place.folder), text, spoken, off=off)

    def _here(self) -> Path:
        return self._session.desk.path.resolve()

    # --- going there -----------------------------------------------------------------------

    def go_to(self, place: DeskPlace) -> None:
        """Raise or open the window of a desk."""
        if self._desks is not None:
            go_to_desk(self._window, self._desks, place)

    def _open_row(self, row: WorkRow) -> None:
        if self._desks is not None:
            go_to_desk(
                self._window, self._desks, row.place, lambda window: window.go_to(row.ticket)
            )

    # --- all my work -----------------------------------------------------------------------

    def show_work(self) -> None:
        """One queue over all desks, in the ticket's place."""
        window, desks = self._window, self._desks
        if desks is None:
            self._say_alone()
            return
        from desk_app.ui.all_work import read_all_work
        from desk_app.ui.views.all_work_view import AllWorkView

        if self.work is None:
            self.work = AllWorkView(window)
            self.work.opened.connect(self._open_row)
            self.work.left.connect(self._leave)
            window.right.addWidget(self.work)
        self.work.tell(tr("Reading all desks …"))
        window.sides.bring("ticket")
        window.right.setCurrentWidget(self.work)
        self.work.list.setFocus()
        self._session.jobs.run(
            Lane.FILES,
            partial(read_all_work, desks),
            owner=self,
            done=self._show_work,
            failed=lambda error: self._tell_work(error_text(error)),
        )

    def _show_work(self, found: AllWork) -> None:
        words = list(found.troubles)
        if not found.rows:
            words.append(tr("You have no open ticket on any desk."))
        if self.work is not None:
            self.work.show_rows(found.rows, " ".join(words))

    def _tell_work(self, words: str) -> None:
        if self.work is not None:
            self.work.tell(words)

    # --- name and colour -------------------------------------------------------------------

    def offer_looks(self) -> None:
        """Another name or colour for this window's desk."""
        place = next((p for p in self._places if p.folder == self._here()), None)
        if place is None:
            self._say_alone()
            return

        def named(text: str) -> list[Choice]:
            label = tr("Call it “{name}”").format(name=text)
            return [Choice(text=label, call=partial(self.change, replace(place, name=text)))]

        listed = [
            Choice(
                text=colour_name(colour), call=partial(self.change, replace(place, colour=colour))
            )
            for colour in COLOURS
        ]
        prompt = tr("{name}: a colour, or type another name").format(name=place.name)
        self._window.chooser.open_with(prompt, listed, free=named)

    def change(self, place: DeskPlace) -> None:
        """Keep another name or colour of a desk."""
        desks = self._desks
        if desks is not None:
            self._session.jobs.run(
                Lane.FILES,
                partial(desks.change, place),
                owner=self,
                done=lambda _: self.read(),
                failed=self._session.failed.emit,
            )

    # --- another desk ----------------------------------------------------------------------

    def add_server(self) -> None:
        """The page on which a server is added, in the ticket's place."""
        window, desks = self._window, self._desks
        if desks is None:
            self._say_alone()
            return
        from desk_app.ui.adding_server import AddingServer
        from desk_app.ui.views.add_server_view import AddServerView

        if self.adding is None:
            view = AddServerView(window)
            self.adding = AddingServer(desks, view)
            self.adding.added.connect(self._welcome)
            view.left.connect(self._leave)
            self._session.ending.connect(self.adding.close)
            window.right.addWidget(view)
        self.adding.view.begin()
        window.sides.bring("ticket")
        window.right.setCurrentWidget(self.adding.view)
        self.adding.view.address.setFocus()

    def _welcome(self, place: DeskPlace) -> None:
        self._leave()
        self.read()
        self.go_to(place)

    def _leave(self) -> None:
        self._window.right.setCurrentWidget(self._window.pane)
        self._window.going.queue()

    def _say_alone(self) -> None:
        words = tr("This window does not know of your other desks. Start the program without it.")
        self._window.notice.say(words, kind="refusal")


def state_words(status: SyncStatus | None) -> tuple[str, str, bool]:
    """A figure, the same in words, and whether the desk is cut off from its server."""
    if status is None:
        return "", tr("kept on this computer"), False
    account, counts = status.account, status.counts
    off = account.state is not AccountState.ON or bool(account.problem)
    state = tr("online")
    if account.state is not AccountState.ON:
        state = problem_text(str(account.state))
    elif account.problem:
        state = problem_text(account.problem)
    words = [state]
    if off and account.synced_at is not None:
        words.append(tr("synced {at}").format(at=clock(account.synced_at)))
    if counts.waiting:
        words.append(waiting_text(counts.waiting))
    if counts.needs_you:
        words.append(needs_you_text(counts.needs_you))
    text = f"{counts.needs_you}!" if counts.needs_you else str(counts.waiting or "")
    return text or ("○" if off else ""), ", ".join(words), off


def _name(folder: Path) -> str:
    return f"desk:{folder}"
