"""The desks of this person in the navigator: how each stands, going there, and having another."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from desk_app.ports.desks import COLOURS
from desk_app.ui.desk_colours import colour_name, desk_icon
from desk_app.ui.desk_texts import badge_tip, state_words
from desk_app.ui.desk_windows import go_to_desk, note_window
from desk_app.ui.jobs import Lane
from desk_app.ui.texts import error_text, tr
from desk_app.ui.views.chooser import Choice
from desk_app.ui.views.navigator import Line, Place
from desk_app.ui.views.server_pages import OUTBOX

if TYPE_CHECKING:
    from pathlib import Path

    from desk_app.ports.desks import DeskPlace
    from desk_app.ports.outbox_reader import SyncStatus
    from desk_app.services.desks import Desks
    from desk_app.ui.adding_server import AddingServer
    from desk_app.ui.all_work import AllWork
    from desk_app.ui.desks_page import DesksPage
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
        self.page: DesksPage | None = None
        note_window(window)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.read)
        if window.desks is not None:
            self._session.directory_loaded.connect(self._begin)
            window.server.ready.connect(self._hear)

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

    def _hear(self) -> None:
        """This window's desk has a server: how it stands with it is shown as it changes."""
        sync = self._session.sync
        if sync is not None:
            sync.state_changed.connect(self._say_own)
        self.read()

    def _say_own(self) -> None:
        sync, here = self._session.sync, self._here()
        if sync is None or sync.state is None:
            return
        for place in (place for place in self._places if place.folder == here):
            self._say(place, sync.state.status)

    def _say(self, place: DeskPlace, status: SyncStatus | None) -> None:
        text, spoken, off = state_words(status)
        if place.folder == self._here():
            spoken = tr("this window; {state}").format(state=spoken)
        self._window.navigator.say(_name(place.folder), text, spoken, off=off)

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
            lines.append(Line(tr("All desks"), Place("desks", self.show_desks)))
            lines.append(Line(tr("Add server…"), Place("add_server", self.add_server)))
            # Several desks are gone between all day long; one alone gives its queues the room.
            navigator.fill(SECTION, tr("Accounts"), lines, at=0 if len(places) > 1 else None)
            scale = self._window.devicePixelRatioF()
            for place in places:
                navigator.paint(_name(place.folder), desk_icon(place.colour, scale))
        bar = self._window.server.bar
        if bar is not None:
            bar.keep_others({p.name for p, status in found if status and p.folder != self._here()})
        for place, status in found:
            if place.folder == self._here():
                if self._session.sync is not None:
                    self._session.sync.name = place.name
            elif bar is not None and status is not None:
                call, words = partial(self.go_to, place), state_words(status)[1]
                bar.show_other(place.name, words, badge_tip(status.account), call)
            self._say(place, status)

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
            self.work.show_servers(found.servers)

    def _tell_work(self, words: str) -> None:
        if self.work is not None:
            self.work.tell(words)

    # --- all desks -------------------------------------------------------------------------

    def show_desks(self) -> None:
        """The page of all desks, in the ticket's place."""
        window, desks = self._window, self._desks
        if desks is None:
            self._say_alone()
            return
        from desk_app.ui.desks_page import DesksPage
        from desk_app.ui.views.desks_view import DesksView

        if self.page is None:
            view = DesksView(window)
            self.page = DesksPage(self._session, desks, view)
            self.page.changed.connect(self.read)
            view.opened.connect(self.go_to)
            view.unsent.opened.connect(self._open_command)
            self._timer.timeout.connect(self.page.look)
            view.looks_wanted.connect(self.offer_looks)
            view.add_wanted.connect(self.add_server)
            view.left.connect(self._leave)
            window.right.addWidget(view)
        self._read_all()
        window.sides.bring("ticket")
        window.right.setCurrentWidget(self.page.view)
        self.page.view.list.setFocus()

    def _open_command(self, place: DeskPlace, seq: int) -> None:
        """A command in its own desk's outbox; the desk itself where `seq` is 0."""
        if self._desks is not None:
            show = partial(_show_command, seq=seq) if seq else _just_there
            go_to_desk(self._window, self._desks, place, show)

    def undo(self) -> bool:
        """Put a desk back on the list, while one looks at the page where it was taken off."""
        page = self.page
        return page is not None and page.view.isVisible() and page.undo()

    # --- name and colour -------------------------------------------------------------------

    def offer_looks(self, wanted: DeskPlace | None = None) -> None:
        """Another name or colour for a desk: this window's, if none is named."""
        here = self._here() if wanted is None else wanted.folder
        place = next((p for p in self._places if p.folder == here), None)
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
                done=lambda _: self._read_all(),
                failed=self._session.failed.emit,
            )

    def _read_all(self) -> None:
        self.read()
        if self.page is not None:
            self.page.read()

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


def _just_there(window: MainWindow) -> None:
    """It is enough that the desk's window is in front."""


def _show_command(window: MainWindow, seq: int) -> None:
    """In a window that may have been opened just now, once it knows its server."""
    server = window.server
    if server.paging is not None:
        server.paging.open(OUTBOX, seq)
    else:
        server.ready.connect(partial(_show_command, window, seq))  # said once


def _name(folder: Path) -> str:
    return f"desk:{folder}"
