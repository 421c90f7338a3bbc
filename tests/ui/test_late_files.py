"""A file that takes long to copy: it goes with its text, or the text does not go yet."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtCore import Qt

from desk_app.bootstrap import OpenDesk
from desk_app.ui.jobs import Lane
from desk_app.ui.session import nothing
from tests.ui.conftest import shown_number

LAPTOP, OTHER = "100020", "100009"


@contextmanager
def slow_disk(window) -> Iterator[None]:
    """No file arrives meanwhile."""
    done = threading.Event()
    jobs = window.session.jobs
    jobs.run(Lane.FILES, done.wait, owner=window.session, done=nothing, failed=nothing)
    try:
        yield
    finally:
        done.set()


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "report.txt"
    path.write_text("what happened")
    return str(path)


def draft_files(window, key):
    draft = OpenDesk(window.session.desk.path).reader().draft(key)
    return [] if draft is None else [file.name for file in draft.attachments]


def test_a_text_is_not_sent_without_the_file_that_is_still_being_copied(qtbot, open_as, file):
    window = open_as("jane", LAPTOP)
    page = window.pane.reply
    before = len(window.ticket.page.entries)
    with slow_disk(window):
        qtbot.keyClicks(page.edit, "The report is attached.")
        page.area.attach([file])
        qtbot.keyClick(page.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        assert "still being copied" in window.pane.notice.text
        assert page.edit.toPlainText() == "The report is attached."
    qtbot.waitUntil(lambda: len(page.strip_buttons()) == 1)
    qtbot.keyClick(page.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(window.ticket.page.entries) == before + 1)
    sent = window.ticket.page.entries[-1]
    assert [one.name for one in sent.attachments] == ["report.txt"]


def test_a_file_that_comes_when_another_ticket_is_shown_joins_its_own_draft(qtbot, open_as, file):
    window = open_as("jane", LAPTOP)
    page, key = window.pane.reply, window.pane.reply.key
    with slow_disk(window):
        qtbot.keyClicks(page.edit, "The report is attached.")
        page.area.attach([file])
        window.go_to(window.session.desk.reader().find_ticket(OTHER))
        qtbot.waitUntil(lambda: shown_number(window) == OTHER)
    qtbot.waitUntil(lambda: draft_files(window, key) == ["report.txt"])
    assert page.strip_buttons() == []
    assert draft_files(window, page.key) == []
    window.go_to(key.ticket)
    qtbot.waitUntil(lambda: len(page.strip_buttons()) == 1)
    assert page.edit.toPlainText() == "The report is attached."


def test_a_window_that_is_closed_waits_for_the_file(qtbot, open_as, file):
    window = open_as("jane", LAPTOP)
    page, key = window.pane.reply, window.pane.reply.key
    with slow_disk(window):
        page.area.attach([file])
        window.close()
        assert window.isVisible()
    qtbot.waitUntil(lambda: not window.isVisible())
    assert draft_files(window, key) == ["report.txt"]


def test_a_file_that_cannot_be_read_holds_nothing_up(qtbot, open_as, tmp_path):
    window = open_as("jane", LAPTOP)
    page = window.pane.reply
    qtbot.keyClicks(page.edit, "Without it, then.")
    page.area.attach([str(tmp_path / "nowhere.txt")])
    qtbot.waitUntil(lambda: "cannot be read" in window.pane.notice.text)
    qtbot.keyClick(page.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.ticket.page.entries[-1].text == "Without it, then.")


def test_a_ticket_is_not_made_without_the_file_that_is_still_being_copied(qtbot, open_as, file):
    window = open_as("jane")
    window.opening.open()
    form = window.opening.form
    qtbot.keyClicks(form.requester, "Ann <ann@bank.example>")
    qtbot.keyClicks(form.subject, "With a report")
    with slow_disk(window):
        form.area.attach([file])
        qtbot.mouseClick(form.create_button, Qt.MouseButton.LeftButton)
        assert "still being copied" in form.notice.text
    qtbot.waitUntil(lambda: len(form.area.strip.buttons) == 1)
    with qtbot.waitSignal(window.opening.created) as made:
        qtbot.mouseClick(form.create_button, Qt.MouseButton.LeftButton)
    page = window.session.desk.reader().page(made.args[0], agent="jane", entries=10)
    assert [one.name for one in page.entries[0].attachments] == ["report.txt"]
