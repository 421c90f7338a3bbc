"""Puts mail into a desk and reads the thread off the screen."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, Qt
from PySide6.QtGui import QImage, QTextCursor
from PySide6.QtWidgets import QApplication

from desk_app.domain.commands import Receive
from desk_app.domain.entry import Attachment, Entry, EntryKind
from desk_app.domain.errors import PictureRefusedError
from desk_app.domain.rich_text import html_to_text
from desk_app.domain.trail import cleaned_mail

LAPTOP = "100020"
OBJECT = "\ufffc"


class FakePictures:
    """Pictures on other machines, by address; keeps what was asked for."""

    def __init__(self, **pictures: bytes) -> None:
        self.pictures = pictures
        self.asked: list[str] = []

    def fetch(self, url: str) -> bytes:
        self.asked.append(url)
        name = url.rpartition("/")[2]
        if name not in self.pictures:
            raise PictureRefusedError(why="private")
        return self.pictures[name]


def png(width: int = 20, height: int = 10, colour: str = "red") -> bytes:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(colour)
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    assert image.save(buffer, "PNG")
    return bytes(data.data())


def receive(window: Any, mail: str, files: tuple[Attachment, ...] = (), **more: Any) -> Entry:
    """Let the requester of the shown ticket write, as intake would store it; wait for nothing."""
    desk, page = window.session.desk, window.ticket.page
    entry = Entry(
        **{
            "id": desk.ids.number(),
            "ticket": page.ticket.id,
            "kind": EntryKind.MESSAGE,
            "at": datetime.now(UTC) + timedelta(seconds=1),
            "author_name": page.requester.name,
            "author_email": page.requester.email,
            "requester": page.requester.id,
            "html": cleaned_mail(mail, desk.clean_html),
            "text": html_to_text(mail),
            "attachments": files,
            **more,
        }
    )
    desk.again().bus.handle(  # another connection: the window hears of it as of any other program
        Receive(id=desk.ids.command(), ticket=page.ticket.id, actor="", at=entry.at, entry=entry)
    )
    return entry


def show(qtbot: Any, window: Any, html: str, files: tuple[Attachment, ...] = (), **more: Any):
    """The same, and wait until it is on screen."""
    entry = receive(window, html, files, **more)
    qtbot.waitUntil(lambda: window.ticket.page.entries[-1].id == entry.id)
    return entry


def links(view: Any) -> Iterator[tuple[str, str, int]]:
    """Text, address and place of each link on screen."""
    block = view.document().begin()
    while block.isValid():
        for part in block:
            fragment = part.fragment()
            if fragment.charFormat().isAnchor():
                yield fragment.text(), fragment.charFormat().anchorHref(), fragment.position()
        block = block.next()


def has_link(view: Any, text: str) -> bool:
    return any(text in found for found, _, _ in links(view))


def click_link(qtbot: Any, view: Any, text: str) -> None:
    """Click the last link that reads so; between press and release everything gets its place."""
    QApplication.processEvents()
    place = [at for found, _, at in links(view) if text in found][-1]
    cursor = QTextCursor(view.document())
    cursor.setPosition(place)
    view.setTextCursor(cursor)
    view.ensureCursorVisible()
    start = view.cursorRect(cursor)
    point = start.center()
    point.setX(start.right() + 4)
    on_screen = view.viewport().mapToGlobal(point)
    qtbot.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=point)
    QApplication.processEvents()
    there = view.viewport().mapFromGlobal(on_screen)
    qtbot.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=there)


def pictures(view: Any) -> list[QImage]:
    """What stands where the text has pictures, top to bottom."""
    found = []
    block = view.document().begin()
    while block.isValid():
        for part in block:
            form = part.fragment().charFormat()
            if form.isImageFormat():
                name = form.toImageFormat().name()
                found += [view.loadResource(2, name)] * part.fragment().length()
        block = block.next()
    return found
