"""What a screen reader is told while nobody moves the focus."""

import pytest
from PySide6.QtCore import Qt

from desk_app.domain.errors import DeskBusyError
from desk_app.domain.filters import QueueKind
from desk_app.domain.ticket import TicketId

LAPTOP = "100020"


@pytest.fixture
def said(monkeypatch):
    """All that was announced; somebody listens."""
    heard = []

    class Listening:
        @staticmethod
        def isActive():
            return True

        @staticmethod
        def updateAccessibility(event):
            heard.append(event.message())

    monkeypatch.setattr("PySide6.QtGui.QAccessible", Listening)
    return heard


def test_the_length_of_another_queue_is_said_and_that_one_is_empty(qtbot, open_as, said):
    window = open_as("jane", LAPTOP)
    window.navigator.choose(QueueKind.MINE)
    qtbot.waitUntil(lambda: f"{window.model.rowCount()} tickets" in said)
    window.navigator.choose(QueueKind.SNOOZED)
    qtbot.waitUntil(lambda: "Snoozed: no tickets" in said)


def test_what_is_read_again_and_is_the_same_is_not_said(qtbot, open_as, said):
    window = open_as("jane", LAPTOP)
    window.navigator.choose(QueueKind.MINE)
    qtbot.waitUntil(window.middle.busy.isHidden)
    said.clear()
    with qtbot.waitSignal(window.queues.listed):
        window.queues.refresh()
    assert said == []


def test_a_queue_that_takes_long_is_said_to_be_read(qtbot, open_as, said, monkeypatch):
    monkeypatch.setattr("desk_app.ui.announcing.LONG_MS", 0)
    window = open_as("jane", LAPTOP)
    said.clear()
    window.middle.tell_reading()
    qtbot.waitUntil(lambda: "The queue is being read" in said)


def test_a_refusal_and_an_error_are_said(qtbot, open_as, said):
    window = open_as("jane", LAPTOP)
    window.ticket.set_status("resolved")
    assert any("Move profile to LT-0502" in words for words in said)
    window.queues.failed.emit(DeskBusyError(path="here"))
    assert any("Another program holds the desk" in words for words in said)


def test_a_ticket_that_cannot_be_read_is_said(qtbot, open_as, said):
    window = open_as("jane", LAPTOP)
    window.ticket.show_ticket(TicketId(12345))
    qtbot.waitUntil(lambda: any("There is no ticket" in words for words in said))


def test_a_ticket_that_takes_long_is_said_to_be_read(qtbot, open_as, said, monkeypatch):
    monkeypatch.setattr("desk_app.ui.announcing.LONG_MS", 0)
    window = open_as("jane", LAPTOP)
    said.clear()
    window.pane.tell_reading()
    qtbot.waitUntil(lambda: said.count("The ticket is being read") == 1)
    window.ticket.reread()
    qtbot.waitUntil(lambda: window.pane.talk.document().isEmpty() is False)


def test_a_key_that_is_taken_is_said(qtbot, open_as, said):
    from PySide6.QtGui import QKeySequence

    from desk_app.domain.lifecycle import Action

    window = open_as("jane", LAPTOP)
    window.windows.show_settings()
    edit = window.windows.settings.edits[Action.CLAIM]
    edit.setKeySequence(QKeySequence("A"))
    edit.editingFinished.emit()
    assert any("Assign" in words for words in said)
    qtbot.keyClick(window.windows.settings, Qt.Key.Key_Escape)
