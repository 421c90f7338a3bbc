"""Copies attachments out of the desk."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from desk_app.ui.texts import error_text, tr

if TYPE_CHECKING:
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

    def offer(self, file: Attachment) -> None:
        """Ask for a place; the window stays usable meanwhile."""
        box = QFileDialog(self._pane, tr("Save file"), file.name)
        box.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        box.fileSelected.connect(partial(self.save, file))
        box.open()

    def save(self, file: Attachment, target: str) -> None:
        """Copy to `target`."""
        self._session.write(
            lambda: self._session.desk.files.save_copy(file, target),
            owner=self,
            done=lambda _: self._pane.notice.say(tr("Saved as {path}").format(path=target)),
            failed=lambda error: self._pane.notice.say(error_text(error), kind="error"),
        )


def find_file(page: TicketPage, entry: int, place: int) -> Attachment:
    """The attachment that a card in the thread stands for."""
    return next(found for found in page.entries if found.id == entry).attachments[place]
