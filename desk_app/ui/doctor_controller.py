"""Runs a comparison of desk and server, and the repair of what differs."""

from __future__ import annotations

from collections import Counter
from functools import partial
from threading import Event
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from desk_app.ui.outbox_texts import shown_value
from desk_app.ui.sync_texts import entry_kind_name, gone_text, kind_text
from desk_app.ui.texts import error_text, field_name, tr
from desk_app.ui.views.doctor_view import DoctorView

if TYPE_CHECKING:
    from desk_app.domain.directory import Directory
    from desk_app.domain.mirror import Comparison, Difference
    from desk_app.ui.session import Session

SHOWN = 1000
"""Differences that are listed; all are repaired."""


class DoctorController(QObject):
    """Connects one `DoctorView` with the link; nothing of it runs on the GUI thread."""

    _came = Signal(int, int)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._stopped = Event()
        self.found: Comparison | None = None
        self.view = DoctorView()
        self.view.compare_wanted.connect(self.compare)
        self.view.stop_wanted.connect(self._stop)
        self.view.repair_wanted.connect(self.repair)
        self._came.connect(self.view.show_progress, Qt.ConnectionType.QueuedConnection)
        session.ending.connect(self._stopped.set)

    def compare(self) -> None:
        """Compare everything; nothing is read meanwhile, and what is done goes out in between."""
        sync = self._session.sync
        if sync is None:
            return
        self._stopped.clear()
        self.view.show_busy(
            tr("Comparing with the server. You can go on working: what you do goes out in between.")
        )
        came, stopped = self._came.emit, self._stopped.is_set

        def progress(done: int, total: int) -> None:
            if not stopped():
                came(done, total)

        sync.ask(
            partial(sync.syncing.compare, progress=progress, stop=stopped),
            owner=self,
            done=self._show,
            failed=self._fail,
        )

    def repair(self) -> None:
        """Take from the server what differs; then compare again."""
        sync, found = self._session.sync, self.found
        if sync is None or found is None:
            return
        self.view.show_busy(tr("Reading what differs from the server. Unsent work stays."))
        sync.ask(
            partial(sync.syncing.repair, found.differences),
            owner=self,
            done=lambda _: self.compare(),
            failed=self._fail,
        )

    def _stop(self) -> None:
        self._stopped.set()

    def _fail(self, error: Exception) -> None:
        self.view.show_trouble(error_text(error))

    def _show(self, found: Comparison) -> None:
        self.found = found
        directory = self._session.directory
        lines = [difference_line(one, directory) for one in found.differences[:SHOWN]]
        words = found_words(found, stopped=self._stopped.is_set())
        number = len(found.differences)
        fix = tr("Take {n} differences from the server").format(n=number) if number else ""
        self.view.show_found(words, lines, fix)


def found_words(found: Comparison, *, stopped: bool) -> str:
    """What was compared, what differs, and what is left out of it."""
    compared = tr("{tickets} tickets and {entries} entries compared")
    told = [compared.format(tickets=found.tickets, entries=found.entries) + "."]
    if stopped:
        told = [tr("Stopped before the end; what was compared until then:")]
    counts = Counter(one.kind for one in found.differences)
    if counts:
        listed = ", ".join(f"{kind_text(kind)} {number}" for kind, number in counts.items())
        told.append(tr("Differences: {list}.").format(list=listed))
        told.append(tr("What you did and is not sent yet stays on top of what is read."))
    elif not stopped:
        told.append(tr("No difference: here is what is on the server."))
    if found.unsettled:
        words = (
            tr("1 ticket has unsent work: of it the server's side was compared.")
            if found.unsettled == 1
            else tr("{n} tickets have unsent work: of them the server's side was compared.")
        )
        told.append(words.format(n=found.unsettled))
    if len(found.differences) > SHOWN:
        told.append(tr("The first {n} are listed.").format(n=SHOWN))
    return " ".join(told)


def difference_line(one: Difference, directory: Directory | None) -> tuple[str, str, str, str]:
    """Ticket, what differs, what is here and what is on the server."""
    what = kind_text(one.kind)
    here, there = one.here, one.there
    if one.kind == "field":
        what = tr("Field: {field}").format(field=field_name(one.field))
        if one.field == "gone":
            here, there = gone_text(str(here)), gone_text(str(there))
        else:
            here = shown_value(one.field, here, directory)
            there = shown_value(one.field, there, directory)
    elif one.kind == "not_there":
        there = gone_text(str(there))
    elif one.kind == "entry":
        there = entry_kind_name(str(there))
    ticket = f"#{one.number}" if one.number else one.remote
    return ticket, what, _plain(here), _plain(there)


def _plain(value: object) -> str:
    return "-" if value in (None, "") else str(value)
