"""Takes files in from the window: chosen or dropped, looked at, shown before they are taken."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog, QMainWindow, QVBoxLayout

from desk_app.domain.intake import ImportSource
from desk_app.services.import_run import ImportRun, begin
from desk_app.ui.file_drop import FileDrop
from desk_app.ui.import_files import Chosen, sort_out
from desk_app.ui.import_runner import ImportRunner
from desk_app.ui.import_texts import table_problem_text
from desk_app.ui.jobs import Lane
from desk_app.ui.kept_aside import KeptAsideList
from desk_app.ui.table_import import TableImport
from desk_app.ui.texts import tr

if TYPE_CHECKING:
    from desk_app.ui.session import Session
    from desk_app.ui.views.notice_bar import NoticeBar


class Importing(QObject):
    """What a window needs to take files in; the window itself only makes it."""

    def __init__(self, window: QMainWindow, session: Session, notice: NoticeBar) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._notice = notice
        self.aside = KeptAsideList(session, notice)
        self.runs = ImportRunner(session, notice, self.aside)
        self.tables = TableImport(session, notice)
        self.tables.run_made.connect(self.runs.begin)
        self._place(notice)
        drop = FileDrop(window)
        drop.dropped.connect(self.take)
        drop.refused.connect(self._refuse_remote)
        drop.closing.connect(self.runs.leave)
        session.ask(
            Lane.FILES, lambda reader: reader.unfinished_imports(), owner=self, done=self.runs.offer
        )

    def _place(self, notice: NoticeBar) -> None:
        """Beneath the notice, above the queue."""
        middle = notice.parentWidget()
        column = None if middle is None else middle.layout()
        assert isinstance(column, QVBoxLayout)  # noqa: S101 - the window lays it out so
        at = column.indexOf(notice) + 1
        for widget in (self.aside.view, self.tables.view, self.runs.strip):
            column.insertWidget(at, widget)

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
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.filesSelected.connect(lambda names: self.take([Path(name) for name in names]))
        box.open()

    def choose_folder(self) -> None:
        """Ask for a folder with mail in it."""
        box = QFileDialog(self._window, tr("Import the mail of a folder"))
        box.setFileMode(QFileDialog.FileMode.Directory)
        box.setOption(QFileDialog.Option.ShowDirsOnly)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.fileSelected.connect(lambda name: self.take([Path(name)]))
        box.open()

    def take(self, paths: Sequence[Path]) -> None:
        """Take files and folders in; tables show their columns first."""
        self.runs.look(begins=True)
        self._session.jobs.run(
            Lane.FILES,
            partial(sort_out, self._session.desk, list(paths)),
            owner=self,
            done=self._take_chosen,
            failed=self._look_failed,
        )

    def _look_failed(self, error: Exception) -> None:
        self.runs.look(begins=False)
        self._session.failed.emit(error)

    def _take_chosen(self, chosen: Chosen) -> None:
        self.runs.look(begins=False)
        for path, error in chosen.bad:
            self._notice.say(table_problem_text(error, path.name), kind="error")
        if chosen.others:
            said = tr("“{name}” is no mail and no table: .eml, .mbox, .csv and folders are taken.")
            self._notice.say(said.format(name=chosen.others[0].name), kind="refusal")
        if chosen.mails is not None:
            mails, desk = chosen.mails, self._session.desk
            source = ImportSource(name=chosen.name, paths=chosen.paths)
            begun = begin(desk, source, mails.total_bytes)
            self.runs.begin(ImportRun(desk, begun, mails.read))
        self.tables.add(chosen.tables)

    def _refuse_remote(self) -> None:
        self._notice.say(
            tr("Only files on this computer can be taken in: save it first, then drop the file."),
            kind="refusal",
        )
