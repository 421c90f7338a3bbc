"""What happens to typed text while the desk cannot be written."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from desk_app.bootstrap import OpenDesk
from tests.ui.conftest import shown_number

LAPTOP, OTHER = "100020", "100009"


@pytest.fixture(autouse=True)
def impatient(monkeypatch) -> None:
    monkeypatch.setattr("desk_app.store.engine._PRAGMAS", ("busy_timeout = 50",))
    monkeypatch.setattr("desk_app.ui.draft_keeper.RETRY_MS", 100)


@contextmanager
def locked(desk: Path) -> Iterator[None]:
    """Another process is writing and does not finish."""
    other = sqlite3.connect(desk / "desk.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def saved_text(window, key):
    draft = OpenDesk(window.session.desk.path).reader().draft(key)
    return None if draft is None else draft.text


def test_a_text_that_could_not_be_saved_is_saved_by_itself_once_the_desk_is_free(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    page = window.pane.reply
    with locked(window.session.desk.path):
        qtbot.keyClicks(page.edit, "typed while locked")
        qtbot.waitUntil(lambda: page.saved.text() == "Not saved")
        assert page.edit.toPlainText() == "typed while locked"
    qtbot.waitUntil(lambda: saved_text(window, page.key) == "typed while locked")
    qtbot.waitUntil(lambda: "Saved here" in page.saved.text())


def test_a_text_that_could_not_be_saved_outlives_a_look_at_another_ticket(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    page, key = window.pane.reply, window.pane.reply.key
    reader = OpenDesk(window.session.desk.path).reader()
    with locked(window.session.desk.path):
        qtbot.keyClicks(page.edit, "not to be lost")
        with qtbot.waitSignal(page.keeper.failed):  # also where the other ticket takes longer
            window.go_to(reader.find_ticket(OTHER))
        qtbot.waitUntil(lambda: shown_number(window) == OTHER)
        window.go_to(reader.find_ticket(LAPTOP))
        qtbot.waitUntil(lambda: page.edit.toPlainText() == "not to be lost")
        window.go_to(reader.find_ticket(OTHER))
        qtbot.waitUntil(lambda: shown_number(window) == OTHER)
        assert page.edit.toPlainText() == ""
    qtbot.waitUntil(lambda: saved_text(window, key) == "not to be lost")
    assert saved_text(window, page.key) is None


def test_a_reply_on_its_way_touches_no_text_of_the_ticket_shown_meanwhile(
    qtbot, open_as, monkeypatch
):
    monkeypatch.setattr("desk_app.store.engine._PRAGMAS", ("busy_timeout = 20000",))
    window = open_as("jane", LAPTOP)
    page, key = window.pane.reply, window.pane.reply.key
    reader = OpenDesk(window.session.desk.path).reader()
    with locked(window.session.desk.path):
        qtbot.keyClicks(page.edit, "on its way")
        qtbot.keyClick(page.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        window.go_to(reader.find_ticket(OTHER))
        qtbot.waitUntil(lambda: shown_number(window) == OTHER)
        qtbot.keyClicks(page.edit, "for the other one")
        assert page.edit.toPlainText() == "for the other one"
    qtbot.waitUntil(lambda: saved_text(window, page.key) == "for the other one")
    qtbot.waitUntil(lambda: saved_text(window, key) is None)
    assert page.edit.toPlainText() == "for the other one"
    texts = [entry.text for entry in reader.page(key.ticket, agent="jane", entries=100).entries]
    assert texts.count("on its way") == 1


def test_a_note_that_ends_on_another_ticket_sets_no_status_there(qtbot, open_as, monkeypatch):
    monkeypatch.setattr("desk_app.store.engine._PRAGMAS", ("busy_timeout = 20000",))
    window = open_as("jane", LAPTOP)
    page = window.pane.note
    window.pane.write(page.kind)
    reader = OpenDesk(window.session.desk.path).reader()
    other = reader.find_ticket(OTHER)
    before = reader.ticket(other).status
    status = "on-hold" if before != "on-hold" else "open"
    with locked(window.session.desk.path):
        qtbot.keyClicks(page.edit, "waits for a part")
        page.request_send(status)
        window.go_to(other)
        qtbot.waitUntil(lambda: shown_number(window) == OTHER)
    qtbot.waitUntil(lambda: "its status was not set" in window.pane.notice.text)
    assert OpenDesk(window.session.desk.path).reader().ticket(other).status == before


def test_a_window_stays_open_with_a_text_that_cannot_be_saved_and_goes_when_told(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    page = window.pane.reply
    with locked(window.session.desk.path):
        qtbot.keyClicks(page.edit, "typed while locked")
        window.close()
        qtbot.waitUntil(lambda: "stays open" in window.pane.notice.text)
        assert window.isVisible()
        assert page.edit.toPlainText() == "typed while locked"
        qtbot.mouseClick(window.pane.notice.button, Qt.MouseButton.LeftButton)
        assert not window.isVisible()


def test_a_window_closes_by_itself_once_the_desk_took_its_text(qtbot, open_as, monkeypatch):
    monkeypatch.setattr("desk_app.store.engine._PRAGMAS", ("busy_timeout = 20000",))
    window = open_as("jane", LAPTOP)
    page, key = window.pane.reply, window.pane.reply.key
    with locked(window.session.desk.path):
        qtbot.keyClicks(page.edit, "saved at the last moment")
        window.close()
        assert window.isVisible()
    qtbot.waitUntil(lambda: not window.isVisible())
    assert saved_text(window, key) == "saved at the last moment"


def test_what_a_torn_off_ticket_holds_keeps_both_windows_open(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    other = window.windows.tear_off()
    qtbot.waitUntil(lambda: other.ticket.page is not None)
    other.pane.write(other.pane.note.kind)
    key = other.pane.note.key
    with locked(window.session.desk.path):
        qtbot.keyClicks(other.pane.note.edit, "in the other window")
        other.close()
        qtbot.waitUntil(lambda: "stays open" in other.pane.notice.text)
        window.close()
        qtbot.waitUntil(lambda: "stays open" in window.pane.notice.text)
        assert other.isVisible()
        assert window.isVisible()
    qtbot.waitUntil(lambda: saved_text(window, key) == "in the other window")
    window.close()
    assert not window.isVisible()
    assert not other.isVisible()
