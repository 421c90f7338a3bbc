"""Takes files in from the window: chosen or dropped, in small goes, stopped and resumed."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QFileDialog, QMainWindow, QMenu, QVBoxLayout

from desk_app.services.import_run import ImportRun
from desk_app.services.intake import Taken
from desk_app.ui.file_drop import FileDrop
from desk_app.ui.import_files import Chosen, sort_out
from desk_app.ui.import_texts import counts_text, import_error_text, table_problem_text
from desk_app.ui.jobs import Lane
from desk_app.ui.kept_aside import KeptAsideList
from desk_app.ui.session import nothing
from desk_app.ui.table_import import TableImport
from desk_app.ui.texts import tr
from desk_app.ui.views.import_strip import ImportStrip

if TYPE_CHECKING:
    from collections.abc import Callable

    from desk_app.services.import_run import Batch
    from desk_app.ui.session import Session
    from desk_app.ui.views.notice_bar import NoticeBar

KEY = "Ctrl+Shift+I"


class Importing(QObject):
    """The imports of one window: one runs, the others wait their turn."""

    ended = Signal(object)
    """Nothing runs or waits any more. Emits: Counter of Taken, since the first of them began."""
    stood = Signal()
    """An import was stopped and can go on."""

    def __init__(self, window: QMainWindow, session: Session, notice: NoticeBar) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._notice = notice
        self._run: ImportRun | None = None
        self._waiting: deque[ImportRun] = deque()
        self._left: list[ImportRun] = []
        """Stopped ones that another one was started over; their turn comes again."""
        self._stands = False
        self._looking = 0
        self._origin = ""
        self._counted: Counter[Taken] = Counter()
        self.strip = ImportStrip()
        self.strip.cancel_wanted.connect(self.cancel)
        self.strip.resume_wanted.connect(self.resume)
        self.strip.dismissed.connect(self.dismiss)
        self.tables = TableImport(session, notice)
        self.tables.run_made.connect(self.begin)
        self.aside = KeptAsideList(session, notice)
        self._place(notice)
        self.entries = self._fill_menu()
        drop = FileDrop(window)
        drop.dropped.connect(self.take)
        drop.refused.connect(self._refuse_remote)
        drop.closing.connect(self.cancel)

    def _place(self, notice: NoticeBar) -> None:
        """Beneath the notice, above the queue."""
        middle = notice.parentWidget()
        column = None if middle is None else middle.layout()
        assert isinstance(column, QVBoxLayout)  # noqa: S101 - the window lays it out so
        at = column.indexOf(notice) + 1
        for widget in (self.aside.view, self.tables.view, self.strip):
            column.insertWidget(at, widget)

    def _fill_menu(self) -> list[QAction]:
        menu = file_menu(self._window)
        made = []
        entries: tuple[tuple[str, str, Callable[[], None]], ...] = (
            (tr("&Import…"), KEY, self.choose_files),
            (tr("Import &folder…"), "", self.choose_folder),
            (tr("&Kept aside…"), "", self.aside.open),
        )
        for text, key, call in entries:
            entry = QAction(text, self._window)
            entry.setShortcut(QKeySequence(key))
            entry.triggered.connect(lambda _=False, call=call: call())
            menu.addAction(entry)
            made.append(entry)
        return made

    # --- choosing --------------------------------------------------------------------------

    def choose_files(self) -> None:
        """Ask for files; the window stays usable meanwhile."""
        box = QFileDialog(self._window, tr("Import mail and tables"))
        box.setFileMode(QFileDialog.FileMode.ExistingFiles)
        box.setNameFilters(
            [
                tr("Mail and tables ({patterns})").format(patterns="*.eml *.mbox *.mbx *.csv"),
                tr("All files ({patterns})").format(patterns="*"),
            ]
        )
        box.filesSelected.connect(lambda names: self.take([Path(name) for name in names]))
        box.open()

    def choose_folder(self) -> None:
        """Ask for a folder with mail in it."""
        box = QFileDialog(self._window, tr("Import the mail of a folder"))
        box.setFileMode(QFileDialog.FileMode.Directory)
        box.setOption(QFileDialog.Option.ShowDirsOnly)
        box.fileSelected.connect(lambda name: self.take([Path(name)]))
        box.open()

    def take(self, paths: Sequence[Path]) -> None:
        """Take files and folders in; tables show their columns first."""
        self._looking += 1
        if self._run is None:
            self.strip.show_looking()
        self._session.jobs.run(
            Lane.FILES,
            partial(sort_out, self._session.desk, list(paths)),
            owner=self,
            done=self._take_chosen,
            failed=self._look_failed,
        )

    def _look_failed(self, error: Exception) -> None:
        self._looked()
        self._session.failed.emit(error)

    def _looked(self) -> None:
        self._looking -= 1
        if self._run is None and not self._looking:
            self.strip.hide()

    def _take_chosen(self, chosen: Chosen) -> None:
        self._looked()
        for path, error in chosen.bad:
            self._notice.say(table_problem_text(error, path.name), kind="error")
        if chosen.others:
            said = tr("“{name}” is no mail and no table: .eml, .mbox, .csv and folders are taken.")
            self._notice.say(said.format(name=chosen.others[0].name), kind="refusal")
        if chosen.mails is not None:
            mails, take = chosen.mails, self._session.desk.intake.take_all
            self.begin(ImportRun(chosen.name, mails.total_bytes, mails.read, take))
        self.tables.add(chosen.tables)

    def _refuse_remote(self) -> None:
        self._notice.say(
            tr("Only files on this computer can be taken in: save it first, then drop the file."),
            kind="refusal",
        )

    # --- running ---------------------------------------------------------------------------

    def begin(self, run: ImportRun) -> None:
        """Let an import run as soon as no other one does."""
        self._waiting.append(run)
        if self._run is not None and self._stands:
            self._left.append(self._run)
            self._run = None
        if self._run is None:
            self._next()

    def cancel(self) -> None:
        """Take nothing further in; what is taken in already stays."""
        if self._run is not None and not self._stands:
            self._run.stop()
            self.strip.show_stopping()

    def resume(self) -> None:
        """Go on behind the last thing that was taken in."""
        if self._run is not None and self._stands:
            self._stands = False
            self._run.resume()
            self._fetch(self._run)

    def dismiss(self) -> None:
        """Leave the rest of the stopped import."""
        if self._run is not None and self._stands:
            self._counted.clear()
            self._next()

    def _next(self) -> None:
        self._stands = False
        if self._waiting:
            self._run = self._waiting.popleft()
            self._fetch(self._run)
        elif self._left:
            self._run = self._left.pop()
            self._stand(self._run)
        else:
            self._run = None
            self.strip.setVisible(self._looking > 0)

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
        self._session.write(
            run.take,
            owner=self,
            done=partial(self._taken, run),
            failed=partial(self._fail, run),
        )

    def _taken(self, run: ImportRun, batch: Batch) -> None:
        if any(outcome.taken is Taken.KEPT_ASIDE for outcome in batch.outcomes):
            self.aside.refresh()
        if batch.error is not None:
            self._fail(run, batch.error)
        elif run.is_stopped:
            self._let_go(run)
            self._stand(run)
        else:
            self._origin = batch.outcomes[-1].origin if batch.outcomes else ""
            self._fetch(run)

    def _fail(self, run: ImportRun, error: Exception) -> None:
        self._let_go(run)
        self._stands = True
        said = import_error_text(error, run.name)
        self.strip.show_stopped(said, run.done_bytes, run.total_bytes, kind="error")

    def _stand(self, run: ImportRun) -> None:
        self._stands = True
        so_far = counts_text(run.counted) or tr("nothing so far")
        said = tr("“{name}” is stopped: {counts}").format(name=run.name, counts=so_far)
        self.strip.show_stopped(said, run.done_bytes, run.total_bytes)
        self.stood.emit()

    def _end(self, run: ImportRun) -> None:
        self._let_go(run)
        self._counted += run.counted
        counted = Counter(self._counted)
        if not self._waiting:
            self._counted.clear()
            self._sum_up(run, counted)
        self._next()
        if self._run is None:
            self.ended.emit(counted)

    def _sum_up(self, run: ImportRun, counted: Counter[Taken]) -> None:
        said = counts_text(counted)
        if not said:
            said = tr("There is nothing to take in in “{name}”").format(name=run.name)
        show = tr("Show what was kept aside") if counted[Taken.KEPT_ASIDE] else ""
        self._notice.say(f"{said}.", act=show, call=self.aside.open if show else None)

    def _let_go(self, run: ImportRun) -> None:
        self._session.jobs.run(Lane.FILES, run.let_go, owner=self, done=nothing, failed=nothing)

    def _show(self, run: ImportRun) -> None:
        so_far = counts_text(run.counted)
        said = tr("Taking in “{name}”: {counts}").format(name=run.name, counts=so_far)
        self.strip.show_running(said.rstrip(" :"), self._origin, run.done_bytes, run.total_bytes)


def file_menu(window: QMainWindow) -> QMenu:
    """The window's File menu, made as the first one if there is none."""
    bar = window.menuBar()
    title = tr("&File")
    for entry in bar.actions():
        found = entry.menu()
        if entry.text() == title and isinstance(found, QMenu):
            return found
    menu = QMenu(title, bar)
    first = bar.actions()[0] if bar.actions() else None
    if first is None:
        bar.addMenu(menu)
    else:
        bar.insertMenu(first, menu)
    return menu
