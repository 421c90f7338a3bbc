"""The window on a disk that is full or write-protected, and on a desk that goes away."""

import shutil
import sqlite3
import sys
from contextlib import closing

import pytest
from PySide6.QtCore import QSettings, Qt

from desk_app.bootstrap import OpenDesk
from desk_app.ui.app import open_window
from tests.disks import SmallDisk, small_disk
from tests.ui.conftest import shown_number

__all__ = ["small_disk"]
LAPTOP, OTHER = "100020", "100009"


@pytest.fixture(autouse=True)
def impatient(monkeypatch) -> None:
    monkeypatch.setattr("desk_app.ui.draft_keeper.RETRY_MS", 100)
    monkeypatch.setattr("desk_app.ui.session.POLL_MS", 100)


@pytest.fixture(params=["closed well", "left open"])
def open_there(request, qtbot, demo, tmp_path, small_disk: SmallDisk):
    """Opens a window on a desk on the small disk: one closed well, or as after a power cut."""
    desk, source = small_disk.path / "desk", tmp_path / "source"
    shutil.copytree(demo, source)
    with closing(sqlite3.connect(source / "desk.sqlite", isolation_level=None)) as left:
        if request.param == "left open":
            left.execute("INSERT OR REPLACE INTO meta VALUES ('left', 'open')")
            assert (source / "desk.sqlite-wal").stat().st_size
        shutil.copytree(source, desk)
    windows = []

    def open_():
        settings = QSettings(str(tmp_path / "jane.ini"), QSettings.Format.IniFormat)
        window = open_window(OpenDesk(desk), "jane", settings)
        windows.append(window)
        qtbot.waitUntil(lambda: window.session.directory is not None)
        return window

    yield open_
    for window in windows:
        window.closing.close_anyway()
        window.deleteLater()


def show(qtbot, window, number):
    window.go_to(window.session.desk.reader().find_ticket(number))
    qtbot.waitUntil(lambda: shown_number(window) == number)


def saved_text(window, key):
    draft = OpenDesk(window.session.desk.path).reader().draft(key)
    return None if draft is None else draft.text


def test_what_is_typed_on_a_full_disk_is_kept_and_saved_once_there_is_room(
    qtbot, open_there, small_disk
):
    window = open_there()
    show(qtbot, window, LAPTOP)
    small_disk.fill()
    page, key = window.pane.reply, window.pane.reply.key
    qtbot.keyClicks(page.edit, "typed on a full disk")
    qtbot.waitUntil(lambda: "no room left" in window.pane.notice.text)
    qtbot.keyClick(page.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(page.send.isEnabled)
    assert page.edit.toPlainText() == "typed on a full disk"
    window.close()
    qtbot.waitUntil(lambda: "stays open" in window.pane.notice.text)
    small_disk.free()
    qtbot.waitUntil(lambda: saved_text(window, key) == "typed on a full disk")
    qtbot.waitUntil(lambda: window.pane.notice.text == "")
    qtbot.keyClick(page.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.ticket.page.entries[-1].text == "typed on a full disk")


def test_a_desk_on_a_write_protected_disk_is_read_and_says_that_it_cannot_be_written(
    qtbot, open_there, small_disk
):
    small_disk.protect(on=True)
    window = open_there()
    qtbot.waitUntil(lambda: "cannot be written" in window.notice.text)
    show(qtbot, window, LAPTOP)
    assert window.pane.subject.text() == "CFO's laptop will no longer turn on"
    page, key = window.pane.reply, window.pane.reply.key
    qtbot.keyClicks(page.edit, "typed on a protected disk")
    qtbot.waitUntil(lambda: page.saved.text() == "Not saved")
    assert "cannot be written" in window.pane.notice.text
    small_disk.protect(on=False)
    qtbot.waitUntil(lambda: saved_text(window, key) == "typed on a protected disk")
    qtbot.waitUntil(lambda: window.notice.text == "")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows moves no file that is open")
def test_a_desk_that_is_moved_away_is_told_and_nothing_counts_as_saved(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    desk = window.session.desk.path
    page, key = window.pane.reply, window.pane.reply.key
    shutil.move(desk, desk.with_name("away"))
    qtbot.keyClicks(page.edit, "typed into nowhere")
    qtbot.waitUntil(lambda: page.saved.text() == "Not saved")
    assert "moved, deleted or replaced" in window.pane.notice.text
    qtbot.waitUntil(lambda: "moved, deleted or replaced" in window.notice.text)
    window.close()
    assert window.isVisible()
    assert not desk.exists()
    shutil.move(desk.with_name("away"), desk)
    qtbot.waitUntil(lambda: saved_text(window, key) == "typed into nowhere")
    qtbot.waitUntil(lambda: window.notice.text == window.pane.notice.text == "")
