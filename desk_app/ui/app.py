"""Starts the window: the first rows first, everything else after."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEventLoop, QObject, QSettings, QSize, QTimer, SignalInstance
from PySide6.QtWidgets import QApplication

from desk_app.ports.unit_of_work import Changes
from desk_app.ui.main_window import MainWindow
from desk_app.ui.session import Session
from desk_app.ui.single_instance import SingleInstance
from desk_app.ui.theme import apply_theme

if TYPE_CHECKING:
    from collections.abc import Callable

    from desk_app.services.desk import Desk
    from desk_app.services.desks import Desks

_FRAME = QSize(16, 40)
"""What a system's frame and title take beside a window, or a little more."""
UNSEEN_MS = 200
"""How long a window that nobody sees (minimised) waits for its first paint."""


def application() -> QApplication:
    """The one QApplication.

    The style is named here, as `setStyle` answers with a QStyle, and Python's copy of that class
    with all its flags is 10 ms of the start.
    """
    found = QApplication.instance()
    if isinstance(found, QApplication):
        return found
    return QApplication([*sys.argv[:1], "-style", "fusion"])


def open_window(
    desk: Desk,
    agent: str,
    settings: QSettings,
    *,
    then: Callable[[], object] = lambda: None,
    desks: Callable[[], Desks] | None = None,
) -> MainWindow:
    """Show the window; its first rows are asked for before the rest of it is built.

    `then` is called once they are painted. `desks` makes the list of this person's desks.
    """
    session = Session(desk, agent)
    window = MainWindow(session, settings, desks)
    session.setParent(window)
    _FirstPaint(window, then)
    window.queues.start()
    window.show()
    return window


class _FirstPaint(QObject):
    """Builds the rest once the first rows are painted, or it is known that there are none.

    What the rest imports takes as long as everything before it (measured: tests.bench).
    """

    def __init__(self, window: MainWindow, then: Callable[[], object]) -> None:
        super().__init__(window)
        self._window = window
        self._then = then
        self._after = QTimer(self)
        self._after.setSingleShot(True)
        self._after.timeout.connect(self._go_on)
        window.queues.started.connect(self._wait)

    def _wait(self) -> None:
        self._window.queue.painted.connect(self._hurry)
        self._after.start(UNSEEN_MS)

    def _hurry(self) -> None:
        self._after.start(0)

    def _go_on(self) -> None:
        self._window.queue.painted.disconnect(self._hurry)
        self._window.queues.list_all()
        self._window.complete()
        self._then()


def _fit(window: MainWindow) -> None:
    """Not larger than the screen, or the status bar would be below its edge.

    A size that was kept comes later, and Qt sees to that one.
    """
    room = window.screen().availableSize() - _FRAME
    window.resize(window.size().boundedTo(room))


def fit_height(window: MainWindow) -> None:
    """Not higher than the screen; of a further window the width stays, with both of its sides."""
    room = window.screen().availableSize() - _FRAME
    window.resize(window.width(), min(window.height(), room.height()))


def run_window(
    desk: Desk,
    agent: str,
    *,
    theme: str = "",
    desks: Callable[[], Desks] | None = None,
    raised: Callable[[], object] = lambda: None,
    named: bool = False,
) -> int:
    """Open the window and stay until it is closed.

    Where the desk has one already, that comes to the front and `raised` is called; where the agent
    was `named` by who starts it, that window is asked to act as them.
    """
    app = application()
    settings = QSettings(str(Path(desk.path) / "window.ini"), QSettings.Format.IniFormat)
    theme = theme or str(settings.value("theme", ""))
    apply_theme(app, theme)
    instance = SingleInstance(Path(desk.path))
    if not instance.claim(agent if named else ""):
        raised()
        return 0
    bring_up_to_date(desk)
    window = open_window(desk, agent, settings, then=instance.listen, desks=desks)
    _fit(window)
    instance.raised.connect(window.come_to_front)
    instance.asked.connect(window.act_as_asked)
    if not theme:
        follow_system(app, window)
    code = app.exec()
    del window, instance
    return code


def bring_up_to_date(desk: Desk) -> None:
    """Upgrade an earlier desk; every other trouble with one is its window's to tell.

    Raises:
        DeskError: the desk is as it was.
    """
    from desk_app.domain.errors import DeskError

    try:
        is_current = desk.is_current()
    except DeskError:
        return
    if not is_current:
        from desk_app.ui.upgrading import Upgrading

        Upgrading(desk).wait()


def follow_system(app: QApplication, window: MainWindow) -> None:
    """Change between light and dark when the system does."""

    def change() -> None:
        apply_theme(app)
        window.session.changed.emit(Changes(everything=True))  # texts that carry colours

    app.styleHints().colorSchemeChanged.connect(change)


def write_screenshot(
    desk: Desk,
    agent: str,
    file: Path,
    *,
    size: tuple[int, int],
    number: str = "",
    theme: str = "light",
) -> None:
    """Write a picture of the window with a ticket open (the first, if none is named)."""
    import tempfile

    app = application()
    apply_theme(app, theme)
    with tempfile.TemporaryDirectory() as folder:
        look = QSettings(f"{folder}/window.ini", QSettings.Format.IniFormat)
        _picture(open_window(desk, agent, look), file, size, number)
        look.sync()


def _picture(window: MainWindow, file: Path, size: tuple[int, int], number: str) -> None:
    window.resize(*size)
    _wait(window.session.directory_loaded)
    assert window.ticket is not None  # noqa: S101 - the directory is read after `complete`
    found = window.session.desk.reader().find_ticket(number) if number else None
    if found is not None:
        window.go_to(found)
    else:
        window.queue.step(0)
    _wait(window.ticket.shown)
    _wait(window.queues.counted)
    file.parent.mkdir(parents=True, exist_ok=True)
    window.grab().save(str(file))
    window.close()


def _wait(signal: SignalInstance) -> None:
    """Let the window work until a signal comes, ten seconds at most."""
    loop = QEventLoop()
    signal.connect(loop.quit)
    QTimer.singleShot(10_000, loop.quit)
    loop.exec()
