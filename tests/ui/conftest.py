"""A window on a fresh demo desk, closed properly after each test."""

import builtins
import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSettings
from PySide6.QtGui import QDragLeaveEvent
from PySide6.QtWidgets import QApplication

from desk_app.bootstrap import OpenDesk, make_demo
from desk_app.ui.app import open_window
from desk_app.ui.desk_windows import window_of
from desk_app.ui.main_window import MainWindow
from desk_app.ui.theme import apply_theme
from tests.ui.linked import Site, SiteDesks


@pytest.fixture(scope="session")
def qapp_args():
    """The program's own style, on every platform."""
    return ["desk-app", "-style", "fusion"]


@pytest.fixture(autouse=True)
def qt_imported_on_a_worker(monkeypatch) -> Iterator[list[str]]:
    """Python makes a Qt class when it is first imported; on a worker that crashed under load.

    A test whose thread stands for another program clears the list.
    """
    found: list[str] = []
    real, here = builtins.__import__, threading.get_ident()

    def import_(name, *args, **more):
        if name.startswith(("PySide6", "shiboken6")) and threading.get_ident() != here:
            found.append(name)
        return real(name, *args, **more)

    monkeypatch.setattr(builtins, "__import__", import_)
    yield found
    assert found == []


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "desk"
    make_demo(folder, at=datetime.now(UTC))
    return folder


@pytest.fixture
def open_as(
    qtbot, qapp, monkeypatch, demo: Path, tmp_path: Path
) -> Iterator[Callable[[str], MainWindow]]:
    monkeypatch.setattr("desk_app.ui.session.POLL_MS", 100)
    windows: list[MainWindow] = []
    desk = tmp_path / "desk"
    shutil.copytree(demo, desk)

    def open_(agent: str, number: str = "") -> MainWindow:
        apply_theme(qapp, "light")
        settings = QSettings(str(tmp_path / f"{agent}.ini"), QSettings.Format.IniFormat)
        window = open_window(OpenDesk(desk), agent, settings)
        windows.append(window)
        qtbot.waitUntil(lambda: window.session.directory is not None)
        if number:
            found = OpenDesk(desk).reader().find_ticket(number)
            assert found is not None
            assert window.ticket is not None
            window.go_to(found)
            qtbot.waitUntil(lambda: shown_number(window) == number)
        return window

    yield open_
    for window in windows:
        # Qt keeps where a drag is, also when that is deleted: a later drag of tests goes there.
        QApplication.sendEvent(window, QDragLeaveEvent())
        window.close()
        window.deleteLater()  # a style sheet dresses every window that there is, closed ones too
    windows.clear()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def shown_number(window: MainWindow) -> str | None:
    page = window.ticket.page if window.ticket else None
    return None if page is None else page.ticket.number


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A desk that mirrors a server of three tickets."""
    return Site(tmp_path / "acme")


@pytest.fixture
def open_site(qtbot, qapp, monkeypatch, tmp_path: Path) -> Iterator[Callable[..., MainWindow]]:
    """Opens a window on a site's desk; closed properly after the test."""
    monkeypatch.setattr("desk_app.ui.session.POLL_MS", 100)
    windows: list[MainWindow] = []

    def open_(site: Site, subject: str = "") -> MainWindow:
        apply_theme(qapp, "light")
        settings = QSettings(str(tmp_path / "site.ini"), QSettings.Format.IniFormat)
        window = open_window(site.open(), "sam", settings)
        windows.append(window)
        qtbot.waitUntil(lambda: window.session.directory is not None)
        qtbot.waitUntil(lambda: window.session.sync is not None)
        qtbot.waitUntil(lambda: window.server.paging is not None)
        qtbot.waitUntil(lambda: window.session.sync.state is not None)
        if subject:
            ticket = site.ticket(subject)
            window.go_to(ticket.id)
            qtbot.waitUntil(lambda: shown_number(window) == ticket.number)
        return window

    yield open_
    for window in windows:
        window.close()
        window.deleteLater()
    windows.clear()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def two(tmp_path):
    acme = Site(tmp_path / "acme")
    lab = Site(tmp_path / "lab", subjects=("Cable", "Router"))
    desks = SiteDesks(tmp_path / "desks.json", acme, lab)
    desks.add(acme.folder, "Acme")
    desks.add(lab.folder, "RT lab")
    return acme, lab, desks


@pytest.fixture
def open_two(qtbot, qapp, two, tmp_path):
    acme, _, desks = two
    settings = QSettings(str(tmp_path / "acme.ini"), QSettings.Format.IniFormat)
    window = open_window(acme.open(), "sam", settings, desks=lambda: desks)
    qtbot.waitUntil(lambda: window.session.directory is not None)
    qtbot.waitUntil(lambda: bool(window.accounts._places))
    yield window
    for shown in [window, *[window_of(place.folder) for place in desks.listed()]]:
        if shown is not None:
            shown.close()
            shown.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
