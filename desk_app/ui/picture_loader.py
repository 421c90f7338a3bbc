"""Brings a thread's pictures: read, checked and scaled on workers, shown when they are there."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QObject, QSize, QTimer, Signal
from PySide6.QtGui import QImage, QImageReader

from desk_app.domain.errors import PictureRefusedError
from desk_app.ui.jobs import Lane
from desk_app.ui.texts import picture_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from desk_app.domain.entry import Attachment
    from desk_app.services.desk import Desk
    from desk_app.ui.entry_body import Picture
    from desk_app.ui.session import Session
    from desk_app.ui.views.thread_view import ThreadView

MOST_PIXELS = 40_000_000
"""Larger pictures are not decoded, however small their file: a phone's have 12 to 50 million."""
_LONGEST_SIDE = 30_000
_MOST_BYTES = 50_000_000
_FORMATS = frozenset({b"png", b"jpeg", b"gif", b"webp", b"bmp"})
"""No SVG: it is a program that draws."""
_MOST_WIDE = 900
_MARGINS = 70  # what a card's edges and the bar take of the view's width
_TOGETHER_MS = 40  # pictures that come within this are laid out in one go


def decoded(data: bytes, width: int) -> QImage:
    """Decode a stranger's picture, no wider than `width`; raise PictureRefusedError.

    Its size is read from its head first, so that a small file cannot ask for all memory.
    """
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QBuffer.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)
    if bytes(reader.format().data()) not in _FORMATS:
        raise PictureRefusedError(why="type")
    size = reader.size()
    if not size.isValid() or size.isEmpty():
        raise PictureRefusedError(why="damaged")
    if max(size.width(), size.height()) > _LONGEST_SIDE:
        raise PictureRefusedError(why="pixels")
    if size.width() * size.height() > MOST_PIXELS:
        raise PictureRefusedError(why="pixels")
    if size.width() > width:
        height = max(1, size.height() * width // size.width())
        reader.setScaledSize(QSize(width, height))
    image = reader.read()
    if image.isNull():
        raise PictureRefusedError(why="damaged")
    return image


def read_picture(
    desk: Desk, picture: Picture, source: bytes | Attachment, width: int, scale: float = 1.0
) -> QImage:
    """Read one picture and decode it; blocks."""
    if isinstance(source, bytes):
        data = source
    elif source.size > _MOST_BYTES:
        raise PictureRefusedError(why="size")
    else:
        data = desk.files.read(source)
    wanted = min(picture.width or width, width, _MOST_WIDE)
    image = decoded(data, max(1, round(wanted * scale)))
    image.setDevicePixelRatio(scale)
    return image


class PictureLoader(QObject):
    """Loads the pictures of one thread after its text; forgets those of the ticket before."""

    broken = Signal(dict)
    """Some cannot be shown. Emits: the reason by address."""

    def __init__(self, session: Session, view: ThreadView) -> None:
        super().__init__(view)
        self._session = session
        self._view = view
        self._stay = 0
        self._asked: set[str] = set()
        self._read: dict[str, QImage] = {}
        self._failed: dict[str, str] = {}
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_TOGETHER_MS)
        self._soon.timeout.connect(self._show)

    def forget(self) -> None:
        """Another ticket comes: what is still under way for this one is dropped."""
        self._stay += 1
        for found in (self._asked, self._read, self._failed):
            found.clear()
        self._view.forget_pictures()

    def load(self, pictures: Iterable[Picture]) -> None:
        """Bring those that are not here and not on their way."""
        for picture in pictures:
            if picture.address not in self._asked and not self._view.has_picture(picture.address):
                self._asked.add(picture.address)
                self._start(picture)

    def _start(self, picture: Picture) -> None:
        source, stay, desk = picture.source, self._stay, self._session.desk
        if not isinstance(source, str):
            self._read_from(picture, source)
            return

        def fetch() -> bytes | None:
            return desk.pictures.fetch(source) if stay == self._stay else None

        def go_on(data: bytes | None) -> None:
            if data is not None and stay == self._stay:
                self._read_from(picture, data)

        # Decoded elsewhere: a program that ends leaves the net alone, not in the midst of Qt.
        self._session.jobs.run(
            Lane.NET,
            fetch,
            owner=self,
            done=go_on,
            failed=partial(self._miss, stay, picture.address),
        )

    def _read_from(self, picture: Picture, source: bytes | Attachment) -> None:
        width = max(80, self._view.viewport().width() - _MARGINS)
        scale = self._view.devicePixelRatioF()
        stay, desk = self._stay, self._session.desk

        def work() -> QImage | None:
            if stay != self._stay:
                return None  # the ticket is not on screen any more
            return read_picture(desk, picture, source, width, scale)

        self._session.jobs.run(
            Lane.FILES,
            work,
            owner=self,
            done=partial(self._take, stay, picture.address),
            failed=partial(self._miss, stay, picture.address),
        )

    def _take(self, stay: int, address: str, image: QImage | None) -> None:
        if stay == self._stay and image is not None:
            self._read[address] = image
            self._soon.start()

    def _miss(self, stay: int, address: str, error: Exception) -> None:
        if stay == self._stay:
            self._failed[address] = picture_text(error)
            self._soon.start()

    def _show(self) -> None:
        read, failed = dict(self._read), dict(self._failed)
        self._read.clear()
        self._failed.clear()
        if read:
            self._view.add_pictures(read)
        if failed:
            self.broken.emit(failed)
