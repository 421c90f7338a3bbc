"""Runs imports one after the other, in small goes: progress, stopping, going on, the sum."""

from __future__ import annotations

from collections import Counter, deque
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from desk_app.ports.unit_of_work import Changes
from desk_app.services.import_run import ImportRun
from desk_app.services.intake import Taken
from desk_app.ui.import_texts import counts_text, import_error_text, nothing_text
from desk_app.ui.jobs import Lane
from desk_app.ui.session import nothing
from desk_app.ui.texts import tr
from desk_app.ui.views.import_strip import ImportStrip

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from desk_app.domain.intake import UnfinishedImport
    from desk_app.services.import_run import Batch
    from desk_app.ui.kept_aside import KeptAsideList
    from desk_app.ui.session import Session
    from desk_app.ui.views.notice_bar import NoticeBar

ANNOUNCE_MS = 400
"""The queue follows a running import this often."""


_OURS: set[str] = set()
"""Imports that a window of this program holds: another one's to offer they are not."""


class ImportRunner(QObject):
    """The imports of one window: one runs, the others wait their turn."""

    progressed = Signal()
    """Some more was taken in."""
    stood = Signal()
    """An import was stopped and can go on."""
    ended = Signal(object)
    """Nothing runs or waits any more. Emits: Counter of Taken, since the first of them began."""

    def __init__(self, session: Session, notice: NoticeBar, aside: KeptAsideList) -> None:
        super().__init__(notice)
        self._session = session
        self._notice = notice
        self._aside = aside
        self.run: ImportRun | None = None
        self._waiting: deque[ImportRun] = deque()
        self._left: list[ImportRun] = []
        """Stopped ones that another one was started over; their turn comes again."""
        self._broken_off: set[str] = set()
        """Keys of those that an earlier program did not finish, until they go on."""
        self._stands = False
        self._looking = 0
        self._origin = ""
        self._counted: Counter[Taken] = Counter()
        self._touched: frozenset[int] = frozenset()
        self._has_kept_aside = False
        self._announcing = QTimer(self)
        self._announcing.setSingleShot(True)
        self._announcing.setInterval(ANNOUNCE_MS)
        self._announcing.timeout.connect(self._announce)
        self.strip = ImportStrip()
        self.strip.cancel_wanted.connect(self.cancel)
        self.strip.resume_wanted.connect(self.resume)
        self.strip.dismissed.connect(self.dismiss)

    def look(self, *, begins: bool) -> None:
        """Files are being looked at, or have been: say so while nothing else is shown."""
        self._looking += 1 if begins else -1
        if self.run is None:
            self._rest()

    def _rest(self) -> None:
        if self._looking:
            self.strip.show_looking()
        else:
            self.strip.hide()

    def offer(self, unfinished: Sequence[UnfinishedImport]) -> None:
        """Let those that an earlier program did not finish go on, if that is wanted."""
        runs = [ImportRun(self._session.desk, u) for u in unfinished if u.key not in _OURS]
        _OURS.update(run.key for run in runs)
        self._broken_off.update(run.key for run in runs)
        self._left += reversed(runs)
        if runs and self.run is None:
            self._next()

    def begin(self, run: ImportRun) -> None:
        """Let an import run as soon as no other one does."""
        _OURS.add(run.key)
        self._note(run.note)
        self._waiting.append(run)
        if self.run is not None and self._stands:
            self._left.append(self.run)
            self.run = None
        if self.run is None:
            self._next()

    def cancel(self) -> None:
        """Take nothing further in; what is taken in already stays."""
        if self.run is not None and not self._stands:
            self.run.stop()
            self.strip.show_stopping()

    def leave(self) -> None:
        """The window goes: what it holds is offered by the next one that opens."""
        self.cancel()
        held = [*self._waiting, *self._left, *([] if self.run is None else [self.run])]
        _OURS.difference_update(run.key for run in held)

    def resume(self) -> None:
        """Go on behind the last thing that was taken in."""
        if self.run is not None and self._stands:
            self._stands = False
            self._broken_off.discard(self.run.key)
            self.run.resume()
            self._fetch(self.run)

    def dismiss(self) -> None:
        """Leave the rest of the stopped import."""
        if self.run is not None and self._stands:
            self._forget(self.run)
            self._counted.clear()
            self._next()

    def _next(self) -> None:
        self._stands = False
        if self._waiting:
            self.run = self._waiting.popleft()
            self._fetch(self.run)
        elif self._left:
            self.run = self._left.pop()
            self._stand(self.run)
        else:
            self.run = None
            self._rest()

    def _fetch(self, run: ImportRun) -> None:
        self._show(run)
        self._session.jobs.run(
            Lane.FILES,
            run.fetch,
            owner=self,
            done=partial(self._fetched, run),
            failed=partial(self._fail, run),
        )

    def _fetched(self, run: ImportRun, found: bool) -> None:  # noqa: FBT001 - `fetch` answers it
        if not found:
            self._end(run)
            return
        # One short job at a time: a draft that is saved meanwhile comes in between.
        self._session.jobs.run(
            Lane.WRITE,
            run.take,
            owner=self,
            done=partial(self._taken, run),
            failed=partial(self._fail, run),
        )

    def _taken(self, run: ImportRun, batch: Batch) -> None:
        self._touched |= batch.changes.tickets
        self._has_kept_aside |= any(o.taken is Taken.KEPT_ASIDE for o in batch.outcomes)
        if not self._announcing.isActive():
            self._announcing.start()
        self.progressed.emit()
        if batch.error is not None:
            self._fail(run, batch.error)
        elif run.is_stopped:
            self._let_go(run)
            self._stand(run)
        else:
            self._origin = batch.outcomes[-1].origin if batch.outcomes else ""
            self._fetch(run)

    def _announce(self) -> None:
        """Tell the queue what is new, all at once: it reads and paints anew each time."""
        self._announcing.stop()
        touched, self._touched = self._touched, frozenset()
        if touched:
            self._session.changed.emit(Changes(tickets=touched))
        if self._has_kept_aside:
            self._has_kept_aside = False
            self._aside.refresh()

    def _fail(self, run: ImportRun, error: Exception) -> None:
        self._let_go(run)
        self._stands = True
        said = import_error_text(error, run.name)
        self.strip.show_stopped(said, run.done_bytes, run.total_bytes, kind="error")

    def _stand(self, run: ImportRun) -> None:
        self._stands = True
        so_far = counts_text(run.counted) or tr("nothing so far")
        said = tr("“{name}” is stopped: {counts}").format(name=run.name, counts=so_far)
        if run.key in self._broken_off:
            said = tr("The import of “{name}” was broken off: {counts}")
            said = said.format(name=run.name, counts=so_far)
        self.strip.show_stopped(said, run.done_bytes, run.total_bytes)
        self.stood.emit()

    def _end(self, run: ImportRun) -> None:
        self._let_go(run)
        self._forget(run)
        self._counted += run.counted
        counted = Counter(self._counted)
        if not self._waiting:
            self._counted.clear()
            self._sum_up(run, counted)
        self._next()
        if self.run is None:
            self.ended.emit(counted)

    def _sum_up(self, run: ImportRun, counted: Counter[Taken]) -> None:
        said = counts_text(counted)
        if not said:
            said = nothing_text(run.name)
        show = tr("Show what was kept aside") if counted[Taken.KEPT_ASIDE] else ""
        self._notice.say(f"{said}.", act=show, call=self._aside.open if show else None)

    def _forget(self, run: ImportRun) -> None:
        _OURS.discard(run.key)
        self._note(run.forget)

    def _note(self, work: Callable[[], None]) -> None:
        """Keep what is known of an import; where that fails, taking in will fail and say so."""
        self._session.jobs.run(Lane.WRITE, work, owner=self, done=nothing, failed=nothing)

    def _let_go(self, run: ImportRun) -> None:
        """Whatever ended it: say what is new, and close the file."""
        self._announce()
        self._session.jobs.run(Lane.FILES, run.let_go, owner=self, done=nothing, failed=nothing)

    def _show(self, run: ImportRun) -> None:
        so_far = counts_text(run.counted)
        said = tr("Taking in “{name}”: {counts}").format(name=run.name, counts=so_far)
        self.strip.show_running(said.rstrip(" :"), self._origin, run.done_bytes, run.total_bytes)
