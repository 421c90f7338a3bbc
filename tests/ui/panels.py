"""Windows on an osTicket: a fake staff panel on a socket, added by the first screen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, Qt

from desk_app.known_desks import KnownDesks
from desk_app.ui.first_run import FirstRun
from tests.remote.panel.server import Panel

LEFT = Qt.MouseButton.LeftButton
CTRL = Qt.KeyboardModifier.ControlModifier
PASSWORD = "secret"


@contextmanager
def first_screen(at: Panel, folder: Path) -> Iterator[FirstRun]:
    """The screen of a person who has no desk yet."""
    first = FirstRun(lambda: KnownDesks(folder / "desks.json"))
    first.show()
    yield first
    for shown in (first, first.opened):
        if shown is not None and shiboken6.isValid(shown):
            shown.close()
            shown.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def type_sign_in(qtbot: Any, view: Any, at: Panel, user: str, secret: str = PASSWORD) -> None:
    """Address, name and password, by keys alone."""
    qtbot.keyClicks(view.address, f"{at.url}/scp/login.php")
    qtbot.keyClick(view.address, Qt.Key.Key_Return)
    qtbot.waitUntil(view.user.hasFocus)
    qtbot.keyClicks(view.user, user)
    qtbot.keyClicks(view.secret, secret)
    qtbot.keyClick(view.secret, Qt.Key.Key_Return)


def opened(qtbot: Any, first: FirstRun) -> Any:
    """Press the last button; the window that opens, once it is synced."""
    view = first.view
    qtbot.waitUntil(view.add.hasFocus)
    qtbot.keyClick(view.add, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: first.opened is not None)
    window: Any = first.opened
    qtbot.waitUntil(lambda: getattr(window, "server", None) is not None)
    qtbot.waitUntil(lambda: window.server.paging is not None)
    qtbot.waitUntil(lambda: "online, synced" in window.server.bar.text)
    return window


def go_to(qtbot: Any, window: Any, number: str) -> None:
    reader = window.session.desk.reader()
    found = reader.find_ticket(number)
    reader.close()
    assert found is not None, number
    window.go_to(found)
    qtbot.waitUntil(lambda: window.ticket.page is not None)
    qtbot.waitUntil(lambda: window.ticket.page.ticket.id == found)


def write(qtbot: Any, window: Any, words: str, kind: Any) -> None:
    window.pane.write(kind)
    page = window.pane.note if kind == "note" else window.pane.reply
    qtbot.keyClicks(page.edit, words)
    qtbot.keyClick(page.edit, Qt.Key.Key_Return, CTRL)


def thread(window: Any) -> str:
    text: str = window.pane.talk.toPlainText()
    return text


def unsettled(window: Any) -> int:
    reader = window.session.desk.reader()
    found = len(reader.outbox())
    reader.close()
    return found
