"""Shows what was kept aside, copies originals out, takes lines off the list."""

from __future__ import annotations

from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog

from desk_app.domain.entry import Attachment
from desk_app.domain.mail import safe_name
from desk_app.ui.jobs import Lane
from desk_app.ui.session import nothing
from desk_app.ui.texts import error_text, tr
from desk_app.ui.views.aside_view import AsideView

if TYPE_CHECKING:
    from desk_app.domain.intake import KeptAside
    from desk_app.ui.session import Session
    from desk_app.ui.views.notice_bar import NoticeBar

SHOWN = 1000


class KeptAsideList(QObject):
    """Connects one `AsideView` with the desk."""

    def __init__(self, session: Session, notice: NoticeBar) -> None:
        super().__init__(notice)
        self._session = session
        self._notice = notice
        self.view = AsideView()
        self.view.save_wanted.connect(self.offer)
        self.view.forget_wanted.connect(self.forget)

    def open(self) -> None:
        """Read the list and show it."""
        self._session.ask(
            Lane.ROWS,
            lambda reader: reader.kept_aside(limit=SHOWN),
            owner=self.view,
            done=self.view.show_kept,
        )

    def refresh(self) -> None:
        """Read the list anew where it is open."""
        if not self.view.isHidden():
            self.open()

    def offer(self, kept: KeptAside) -> None:
        """Ask where the original goes; the window stays usable meanwhile."""
        box = QFileDialog(self.view, tr("Save original"), original_name(kept.origin))
        box.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.fileSelected.connect(partial(self.save, kept))
        box.open()

    def save(self, kept: KeptAside, target: str) -> None:
        """Copy the bytes that came in to `target`."""
        name = original_name(kept.origin)
        file = Attachment(name=name, mime_type="", size=0, sha256=kept.sha256 or "")
        self._session.jobs.run(
            Lane.FILES,
            lambda: self._session.desk.files.save_copy(file, target),
            owner=self,
            done=lambda _: self._notice.say(tr("Saved as {path}").format(path=target)),
            failed=lambda error: self._notice.say(error_text(error), kind="error"),
        )

    def forget(self, kept: KeptAside) -> None:
        """Take one line off the list."""

        def work() -> None:
            with self._session.desk.unit() as unit:
                unit.forget_aside(kept.id)
                unit.commit()

        self._session.write(work, owner=self, done=nothing, failed=self._session.failed.emit)
        self._session.jobs.run(
            Lane.WRITE, lambda: None, owner=self, done=lambda _: self.open(), failed=nothing
        )


def original_name(origin: str) -> str:
    """What to call the copy: `box.mbox#3` gives `box-3.eml`, `t.csv#12` gives `t-12.csv`."""
    whole = PurePosixPath(origin.replace("\\", "/"))
    name, mark, place = whole.name.rpartition("#")
    if not mark or not place.isdigit():
        return safe_name(whole.name) or "mail.eml"
    file = PurePosixPath(name)
    suffix = ".csv" if file.suffix.lower() == ".csv" else ".eml"
    return safe_name(f"{file.stem}-{place}{suffix}") or f"mail{suffix}"
