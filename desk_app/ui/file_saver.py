"""Copies attachments out of the desk: to a place of the agent's, or to be looked at."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from desk_app.domain.file_kind import extension, runs, shown_name
from desk_app.domain.mail import safe_name
from desk_app.ui.entry_card import kind_text
from desk_app.ui.jobs import Lane
from desk_app.ui.outbox_export import write_text
from desk_app.ui.texts import error_text, size_text, tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desk_app.domain.entry import Attachment
    from desk_app.ports.reader import TicketPage
    from desk_app.ui.session import Session
    from desk_app.ui.views.ticket_pane import TicketPane


class FileSaver(QObject):
    """Asks where to, copies on a worker, says where the copy is."""

    def __init__(self, session: Session, pane: TicketPane) -> None:
        super().__init__(pane)
        self._session = session
        self._pane = pane
        self._folder = ""
        self.box: QFileDialog | None = None
        """The question that is open, if one is."""

    # --- saving ----------------------------------------------------------------------------

    def offer(self, file: Attachment) -> None:
        """Ask for a place; the window stays usable meanwhile."""
        box = QFileDialog(self._pane, tr("Save file"), safe_name(file.name) or tr("file"))
        box.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        box.fileSelected.connect(partial(self.save, file))
        self._ask(box)

    def offer_text(self, text: str) -> None:
        """Ask for a place for words that are too many to be shown."""
        box = QFileDialog(self._pane, tr("Save file"), tr("message.txt"))
        box.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        box.fileSelected.connect(partial(self._save_text, text))
        self._ask(box)

    def _save_text(self, text: str, target: str) -> None:
        self._session.jobs.run(
            Lane.FILES,
            partial(write_text, target, text),
            owner=self,
            done=lambda _: self._pane.notice.say(tr("Saved as {path}").format(path=target)),
            failed=self._failed,
        )

    def offer_all(self, files: Sequence[Attachment]) -> None:
        """Ask for a folder for all of them."""
        box = QFileDialog(self._pane, tr("Save {n} files in").format(n=len(files)))
        box.setFileMode(QFileDialog.FileMode.Directory)
        box.setOption(QFileDialog.Option.ShowDirsOnly)
        box.fileSelected.connect(partial(self.save_all, files))
        self._ask(box)

    def _ask(self, box: QFileDialog) -> None:
        self.box = box
        box.finished.connect(box.deleteLater)
        box.open()

    def save(self, file: Attachment, target: str) -> None:
        """Copy to `target`; what is there was named by the agent and is replaced."""
        self._session.jobs.run(
            Lane.FILES,
            lambda: self._session.desk.files.save_copy(file, target),
            owner=self,
            done=lambda _: self._pane.notice.say(tr("Saved as {path}").format(path=target)),
            failed=self._failed,
        )

    def save_all(self, files: Sequence[Attachment], folder: str) -> None:
        """Copy all into a folder; no file that is there is replaced."""
        store = self._session.desk.files

        def work() -> tuple[int, Exception | None]:
            saved, trouble = 0, None
            for file in files:
                try:
                    store.save_new(file, folder)
                    saved += 1
                except Exception as error:  # noqa: BLE001 - told below; the others go on
                    trouble = error
            return saved, trouble

        def tell(outcome: tuple[int, Exception | None]) -> None:
            saved, trouble = outcome
            words = tr("{n} of {all} files saved in {folder}.")
            text = words.format(n=saved, all=len(files), folder=folder)
            if trouble is not None:
                text = f"{text} {error_text(trouble)}"
            self._pane.notice.say(text, kind="info" if trouble is None else "error")

        self._session.jobs.run(Lane.FILES, work, owner=self, done=tell, failed=self._failed)

    # --- opening ---------------------------------------------------------------------------

    def offer_to_open(self, file: Attachment) -> None:
        """Say what it is and open it at the agent's word; what could run is never opened."""
        name = shown_name(file.name)
        if runs(file.name, file.mime_type):
            kind = f".{extension(file.name)}" if extension(file.name) else file.mime_type
            words = tr(
                "“{name}” can run on this computer ({kind}), so it is not opened from here. "
                "Save it only if you know who made it."
            )
            self._pane.notice.say(
                words.format(name=name, kind=shown_name(kind, 40)),
                kind="refusal",
                act=tr("Save as…"),
                call=partial(self.offer, file),
            )
            return
        words = tr("“{name}” ({kind}, {size}) opens in this computer's own program, as a copy")
        self._pane.notice.say(
            words.format(name=name, kind=kind_text(file), size=size_text(file.size)),
            act=tr("Open"),
            call=partial(self._open, file),
        )
        self._pane.notice.take_keyboard()

    def _open(self, file: Attachment) -> None:
        folder = self._private_folder()

        def work() -> str:
            own = tempfile.mkdtemp(dir=folder)  # so that the file keeps its name
            return self._session.desk.files.save_new(file, own, read_only=True)

        self._session.jobs.run(
            Lane.FILES, work, owner=self, done=self._hand_over, failed=self._failed
        )

    def _hand_over(self, path: str) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(path)):
            self._pane.notice.say(
                tr("This computer has no program for this file. Save it instead."), kind="error"
            )

    def _private_folder(self) -> str:
        """A folder that only this person can read, gone when the program ends."""
        if not self._folder:
            self._folder = tempfile.mkdtemp(prefix="desk-")
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        return self._folder

    def _failed(self, error: Exception) -> None:
        self._pane.notice.say(error_text(error), kind="error")


def find_file(page: TicketPage, entry: int, place: int) -> Attachment | None:
    """The attachment that a card in the thread stands for; None if it is gone meanwhile."""
    files = find_files(page, entry)
    return files[place] if place < len(files) else None


def find_files(page: TicketPage, entry: int) -> tuple[Attachment, ...]:
    """All files of one entry."""
    found = (shown.attachments for shown in page.entries if shown.id == entry)
    return next(found, ())
