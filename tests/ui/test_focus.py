"""Where the keyboard is after each action: the next key does what the agent expects of it."""

import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtWidgets import QApplication

from desk_app.bootstrap import OpenDesk
from desk_app.domain.filters import QueueKind
from desk_app.ui.app import open_window
from tests.ui.conftest import shown_number
from tests.ui.test_queue import asked, ready

LAPTOP, BACKUP, VPN = "100020", "100014", "100009"
Key = Qt.Key


def focus():
    return QApplication.focusWidget()


def press(qtbot, key, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(focus(), key, modifier)


@pytest.fixture
def window(qtbot, open_as):
    """Jane's own queue, three tickets long, with the keyboard in it."""
    window = open_as("jane", LAPTOP)
    qtbot.waitExposed(window)
    with asked(qtbot, ready(qtbot, window)):
        window.navigator.choose(QueueKind.MINE)
    window.activateWindow()
    window.queue.setFocus()
    qtbot.waitUntil(lambda: focus() is window.queue)
    qtbot.waitUntil(lambda: window.queue.current_ticket() is not None)
    return window


def rows(window):
    return list(window.model.tickets_in(0, window.model.rowCount() - 1))


def go_to_last(qtbot, window):
    press(qtbot, Key.Key_End)
    qtbot.waitUntil(lambda: shown_number(window) == VPN)


def test_esc_leaves_a_refusal_and_the_keyboard_is_back_in_the_queue(qtbot, window):
    press(qtbot, Key.Key_E)
    assert focus() is window.pane.notice.button
    press(qtbot, Key.Key_Escape)
    assert window.pane.notice.text == ""
    assert focus() is window.queue


def test_a_refusal_without_a_way_out_leaves_the_keyboard_where_it_is(qtbot, window):
    press(qtbot, Key.Key_A, Qt.KeyboardModifier.ShiftModifier)
    assert "You have this ticket already" in window.pane.notice.text
    assert focus() is window.queue


def test_a_way_out_that_was_taken_by_key_gives_the_keyboard_back(qtbot, window):
    press(qtbot, Key.Key_E)
    press(qtbot, Key.Key_Space)
    qtbot.waitUntil(window.chooser.isVisible)
    qtbot.keyClick(window.chooser.edit, Key.Key_Escape)
    assert focus() is window.queue


def test_a_click_on_a_step_or_an_undo_leaves_the_keyboard_in_the_queue(qtbot, window):
    qtbot.mouseClick(window.pane.bar.buttons["on-hold"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.ticket.page.ticket.status == "on-hold")
    assert focus() is window.queue
    qtbot.mouseClick(window.pane.notice.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.ticket.page.ticket.status == "in-progress")
    assert focus() is window.queue


def test_a_step_taken_by_key_keeps_the_keyboard_among_the_steps(qtbot, window):
    window.pane.bar.buttons["on-hold"].setFocus(Qt.FocusReason.TabFocusReason)
    press(qtbot, Key.Key_Space)
    qtbot.waitUntil(lambda: "on-hold" not in window.pane.bar.buttons)
    assert focus() in window.pane.bar.buttons.values()


def test_a_field_changed_by_click_leaves_the_keyboard_in_the_queue(qtbot, window):
    qtbot.mouseClick(window.pane.side.field_buttons["priority"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: focus() is window.chooser.edit)
    qtbot.keyClicks(window.chooser.edit, "low")
    qtbot.keyClick(window.chooser.edit, Key.Key_Return)
    qtbot.waitUntil(lambda: window.ticket.page.ticket.priority == "low")
    assert window.focusWidget() is window.queue


def test_where_a_ticket_left_the_queue_the_table_stands_on_the_row_in_its_place(qtbot, window):
    before = rows(window)
    go_to_last(qtbot, window)
    press(qtbot, Key.Key_U)
    qtbot.waitUntil(lambda: rows(window) == before[:2])
    queue = window.queue
    assert queue.currentIndex().row() == 1
    assert queue.current_ticket() is None
    assert queue.selected_tickets() == []
    assert shown_number(window) == VPN
    assert focus() is queue


@pytest.mark.parametrize("key", [Key.Key_Down, Key.Key_J, Key.Key_Space, Key.Key_Return])
def test_the_next_key_chooses_the_ticket_in_that_place(qtbot, window, key):
    go_to_last(qtbot, window)
    press(qtbot, Key.Key_U)
    qtbot.waitUntil(lambda: len(rows(window)) == 2)
    press(qtbot, key)
    qtbot.waitUntil(lambda: shown_number(window) == BACKUP)
    assert window.queue.current_ticket() == rows(window)[1]


def test_a_click_chooses_the_ticket_in_that_place(qtbot, window):
    go_to_last(qtbot, window)
    press(qtbot, Key.Key_U)
    qtbot.waitUntil(lambda: len(rows(window)) == 2)
    at = window.queue.visualRect(window.queue.currentIndex()).center()
    qtbot.mouseClick(window.queue.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(lambda: shown_number(window) == BACKUP)
    assert window.queue.current_ticket() == rows(window)[1]


def test_undo_brings_the_ticket_back_as_the_chosen_one(qtbot, window):
    before = rows(window)
    go_to_last(qtbot, window)
    press(qtbot, Key.Key_U)
    qtbot.waitUntil(lambda: len(rows(window)) == 2)
    press(qtbot, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: set(rows(window)) == set(before))
    assert window.queue.current_ticket() == before[2]
    assert window.queue.selected_tickets() == [before[2]]


def test_no_row_moves_under_the_pointer_when_the_rest_of_the_window_comes(
    qtbot, qapp, demo, tmp_path
):
    settings = QSettings(str(tmp_path / "jane.ini"), QSettings.Format.IniFormat)
    window = open_window(OpenDesk(demo), "jane", settings)
    seen = []
    window.queue.painted.connect(
        lambda: seen.append(
            (len(window.menuBar().actions()), window.queue.mapTo(window, QPoint()).y())
        )
    )
    qtbot.waitUntil(lambda: window.session.directory is not None)
    with asked(qtbot, ready(qtbot, window)):
        window.navigator.choose(QueueKind.MINE)
    assert seen[0][0] == 0
    assert seen[-1][0] > 0
    assert len({y for _, y in seen}) == 1
    window.close()
    window.deleteLater()
