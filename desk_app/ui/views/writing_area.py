"""An editor with its files: what comes in is copied and cleaned on a worker."""

from __future__ import annotations

import re
import uuid
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Signal
from PySide6.QtGui import QImage, QImageWriter, QTextCursor
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from desk_app.domain.draft import FILE_LIMIT, Late
from desk_app.domain.entry import Attachment
from desk_app.domain.errors import AttachmentTooLargeError
from desk_app.ui.jobs import Lane
from desk_app.ui.texts import error_text, tr
from desk_app.ui.views.file_strip import FileStrip
from desk_app.ui.views.rich_edit import RichEdit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from desk_app.domain.draft import Draft, DraftKey
    from desk_app.ui.session import Session

T = TypeVar("T")
_REMOTE_PICTURE = re.compile(r'<img[^>]*\bsrc="remote:[^>]*>')
"""What cleaning makes of a picture on another machine: it would not go with the mail."""


def not_all_here() -> str:
    """Why a text is not sent while something of it is on its way."""
    return tr("A file is still being copied. Nothing was sent: send again when it is shown.")


class WritingArea(QWidget):
    """Text and files of one draft."""

    touched = Signal()
    """Something was typed, added or taken away."""
    coming = Signal(object)
    """A file or a pasted text is on its way. Emits: the DraftKey that it is meant for."""
    came = Signal(object, object)
    """It is here, or will not come. Emits: the DraftKey; Late, if the draft is not shown any more,
    else None."""
    refused = Signal(str)
    """A file or picture did not come in. Emits: the sentence."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._loading = False
        self._generation = 0
        self.key: DraftKey | None = None
        """Whose text is shown here."""
        self.attachments: tuple[Attachment, ...] = ()
        self.edit = RichEdit(self)
        self.strip = FileStrip(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.edit, 1)
        column.addWidget(self.strip)
        self.edit.textChanged.connect(self._typed)
        self.edit.files_dropped.connect(self.attach)
        self.edit.picture_pasted.connect(self._keep_picture)
        self.edit.html_pasted.connect(self._clean)
        self.edit.picture_wanted.connect(self._fetch_picture)
        self.strip.removed.connect(self._remove)

    # --- as a whole ------------------------------------------------------------------------

    def fill(self, html: str, attachments: tuple[Attachment, ...] = ()) -> None:
        """Show a draft; nothing of this counts as typed."""
        self._generation += 1
        self._loading = True
        self.attachments = attachments
        self.edit.show_html(html)
        self.edit.moveCursor(QTextCursor.MoveOperation.End)  # one goes on where one stopped
        self._loading = False
        self.strip.show_files(attachments)

    def take(self, draft: Draft | None) -> None:
        self.fill("" if draft is None else draft.html, () if draft is None else draft.attachments)

    def append(self, html: str, attachments: tuple[Attachment, ...]) -> None:
        """Add a text and its files behind what is here."""
        self.attachments = (*self.attachments, *attachments)
        cursor = self.edit.textCursor()
        cursor.movePosition(QTextCursor.MoveOperation.End)
        if not self.edit.is_blank:
            cursor.insertBlock()
        cursor.insertHtml(html)
        self.edit.setTextCursor(cursor)
        self.strip.show_files(self.attachments)
        self.touched.emit()

    def add_files(self, files: tuple[Attachment, ...]) -> list[str]:
        """Attach what is on the desk already, each once; names of those that are too much."""
        here = {(file.name, file.sha256) for file in self.attachments}
        left = []
        for file in files:
            if (file.name, file.sha256) in here:
                continue
            if file.size > FILE_LIMIT - sum(one.size for one in self.attachments):
                left.append(file.name)
                continue
            self.attachments = (*self.attachments, file)
        self.strip.show_files(self.attachments)
        self.touched.emit()
        return left

    @property
    def is_blank(self) -> bool:
        return self.edit.is_blank and not self.attachments

    def html(self) -> str:
        return "" if self.edit.is_blank else self.edit.html()

    def sent_attachments(self) -> tuple[Attachment, ...]:
        """Files, and those pictures that the text still shows."""
        shown = self.edit.picture_ids()
        return tuple(a for a in self.attachments if not a.inline or a.content_id in shown)

    def _typed(self) -> None:
        if not self._loading:
            self.touched.emit()

    # --- files -----------------------------------------------------------------------------

    def choose_files(self) -> None:
        """Ask which files to attach; the window stays usable meanwhile."""
        box = QFileDialog(self, tr("Attach files"))
        box.setFileMode(QFileDialog.FileMode.ExistingFiles)
        box.filesSelected.connect(self.attach)
        box.open()

    def attach(self, paths: Sequence[str]) -> None:
        """Copy files into the desk; each that is too large or cannot be read is told of."""
        for path in paths:
            self._add(partial(self._copied, path))

    def _copied(self, path: str, room: int) -> Attachment:
        return self._session.desk.files.add_file(path, limit=room)

    def _keep_picture(self, picture: QImage) -> None:
        content_id = f"{uuid.uuid4().hex}@desk"
        self.edit.insert_picture(content_id, picture)
        self._add(partial(self._encoded, picture, content_id))

    def _encoded(self, picture: QImage, content_id: str, room: int) -> Attachment:
        from dataclasses import replace

        data = QByteArray()
        buffer = QBuffer(data)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        QImageWriter(buffer, QByteArray(b"PNG")).write(picture)
        name = tr("Picture") + ".png"
        if data.size() > room:
            raise AttachmentTooLargeError(name=name, size=data.size(), limit=room)
        kept = self._session.desk.files.add(bytes(data.data()), name=name, mime_type="image/png")
        return replace(kept, content_id=content_id, inline=True)

    def _add(self, work: Callable[[int], Attachment]) -> None:
        """Run `work(room)` on a worker; the file joins the draft that it was meant for."""
        room = FILE_LIMIT - sum(file.size for file in self.attachments)

        def put(file: Attachment) -> None:
            self.attachments = (*self.attachments, file)
            self.strip.show_files(self.attachments)
            self.touched.emit()

        self._bring(Lane.FILES, partial(work, max(0, room)), put, lambda file: Late(file=file))

    def _bring(
        self,
        lane: Lane,
        work: Callable[[], T],
        put: Callable[[T], None],
        late: Callable[[T], Late],
    ) -> None:
        """Make something ready on a worker and put it in, here or in the draft it was meant for."""
        self.touched.emit()  # what is on its way counts: no older draft may take its place
        generation, key = self._generation, self.key
        self.coming.emit(key)

        def take(outcome: T) -> None:
            is_shown = generation == self._generation
            if is_shown:
                put(outcome)
            self.came.emit(key, None if is_shown else late(outcome))

        def refuse(error: Exception) -> None:
            self._refuse(error)
            self.came.emit(key, None)

        self._session.jobs.run(lane, work, owner=self, done=take, failed=refuse)

    def _remove(self, file: Attachment) -> None:
        self.attachments = tuple(one for one in self.attachments if one is not file)
        self.strip.show_files(self.attachments)
        self.touched.emit()

    def _refuse(self, error: Exception) -> None:
        self.refused.emit(error_text(error))

    # --- foreign text and pictures ---------------------------------------------------------

    def _clean(self, html: str, place: QTextCursor) -> None:
        def put(clean: str) -> None:
            place.clearSelection()  # what was typed meanwhile is behind it, not in it
            place.setKeepPositionOnInsert(False)
            place.insertHtml(clean)
            self.edit.ensureCursorVisible()

        def work() -> str:
            return _REMOTE_PICTURE.sub("", self._session.desk.clean_html(html))

        # Not behind the files: a slow disk must not keep a pasted text from its place.
        self._bring(Lane.ROWS, work, put, lambda clean: Late(html=clean))

    def _fetch_picture(self, content_id: str) -> None:
        file = next((a for a in self.attachments if a.content_id == content_id), None)
        if file is None:
            return
        self._session.jobs.run(
            Lane.FILES,
            lambda: QImage.fromData(self._session.desk.files.read(file)),
            owner=self,
            done=lambda picture: self.edit.take_picture(content_id, picture),
            failed=self._refuse,
        )
