"""Windows of this program by the desk that they show: another desk is raised, or opened."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QSettings

from desk_app.ui.jobs import Lane
from desk_app.ui.single_instance import SingleInstance
from desk_app.ui.windows import keep_alive

if TYPE_CHECKING:
    from collections.abc import Callable

    from desk_app.ports.desks import DeskPlace
    from desk_app.services.desk import Desk
    from desk_app.services.desks import Desks
    from desk_app.ui.main_window import MainWindow

_shown: dict[Path, MainWindow] = {}
_opening: set[Path] = set()
"""Desks that were asked for and are not there yet: a second click must not open a second window."""


def note_window(window: MainWindow) -> None:
    """This window shows its desk; the first one of a desk is the one that is raised."""
    folder = Path(window.session.desk.path).resolve()
    if window_of(folder) is None:
        _shown[folder] = window
        window.closed.connect(partial(_forget, folder, window))


def window_of(folder: Path) -> MainWindow | None:
    """The window that shows a desk; None if there is none in this program."""
    window = _shown.get(folder.resolve())
    if window is None or not shiboken6.isValid(window) or not window.session.is_open:
        return None
    return window


def _forget(folder: Path, window: MainWindow) -> None:
    if _shown.get(folder) is window:
        del _shown[folder]


def go_to_desk(
    window: MainWindow,
    desks: Desks,
    place: DeskPlace,
    then: Callable[[MainWindow], None] = lambda _: None,
) -> None:
    """Bring a desk's window to the front, opened if need be; `then` is called with it.

    Where another program has the desk open, its window comes to the front.
    """
    there = window_of(place.folder)
    if there is not None:
        there.come_to_front()
        then(there)
        return
    folder = place.folder.resolve()
    if folder in _opening:
        return
    _opening.add(folder)

    def fail(error: Exception) -> None:
        _opening.discard(folder)
        window.session.failed.emit(error)

    window.session.jobs.run(
        Lane.FILES,
        lambda: desks.open(place.folder),
        owner=window,
        done=partial(_open, window, then),
        failed=fail,
    )


def _open(window: MainWindow, then: Callable[[MainWindow], None], opened: tuple[Desk, str]) -> None:
    desk, agent = opened
    _opening.discard(Path(desk.path).resolve())
    other = open_desk(desk, agent, window.desks)
    if other is None:
        return

    def go_on() -> None:
        other.session.directory_loaded.disconnect(go_on)
        then(other)

    other.session.directory_loaded.connect(go_on)


def open_desk(desk: Desk, agent: str, desks: Callable[[], Desks] | None) -> MainWindow | None:
    """A window on a desk of this program's; None where another program was asked to show it."""
    from desk_app.ui.app import bring_up_to_date, fit_height, open_window

    instance = SingleInstance(Path(desk.path))
    if not instance.claim():
        return None
    bring_up_to_date(desk)
    settings = QSettings(str(Path(desk.path) / "window.ini"), QSettings.Format.IniFormat)
    window = open_window(desk, agent, settings, then=instance.listen, desks=desks)
    fit_height(window)
    instance.setParent(window)
    instance.raised.connect(window.come_to_front)
    instance.asked.connect(window.act_as_asked)
    keep_alive(window)
    return window
