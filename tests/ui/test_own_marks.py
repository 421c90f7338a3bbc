"""Putting a ticket off and following it: keys, queues, the way back."""

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt

from desk_app.domain.filters import QueueKind
from desk_app.domain.ticket import State
from desk_app.ui.own_marks import MORNING, snooze_times
from tests.ui.conftest import shown_number
from tests.ui.test_pickers import pick

LAPTOP = "100020"


def listed(window):
    return window.model.tickets_in(0, window.model.rowCount() - 1).tolist()


def show(qtbot, window, kind):
    with qtbot.waitSignal(window.queues.listed):
        window.navigator.choose(kind)


def press(qtbot, window, key, *more):
    window.activateWindow()  # without a window manager a popup that went may keep the keys
    qtbot.waitUntil(window.isActiveWindow)
    window.queue.setFocus()
    qtbot.keyClick(window.queue, key, *more)


def count(window, kind):
    return window.navigator._items[kind].text(1)


def snoozed(window):
    return window.ticket.page.snoozed_until


def test_a_snoozed_ticket_leaves_open_work_until_it_is_undone(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    ticket = window.ticket.page.ticket.id
    qtbot.waitUntil(lambda: ticket in listed(window))
    press(qtbot, window, Qt.Key.Key_Z)
    pick(qtbot, window, "tomorrow", "Tomorrow, 9:00")
    qtbot.waitUntil(lambda: ticket not in listed(window))
    qtbot.waitUntil(lambda: snoozed(window) is not None)
    at = snoozed(window).astimezone()
    assert (at.hour, at.minute) == (MORNING, 0)
    assert shown_number(window) == LAPTOP
    assert "snoozed until" in window.pane.badges.text()
    qtbot.waitUntil(lambda: count(window, QueueKind.SNOOZED) == "1")
    for kind, there in ((QueueKind.MINE, False), (QueueKind.ALL, True), (QueueKind.SNOOZED, True)):
        show(qtbot, window, kind)
        assert (ticket in listed(window)) is there
    window.go_to(ticket)
    qtbot.waitUntil(lambda: shown_number(window) == LAPTOP)
    press(qtbot, window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: ticket not in listed(window))
    show(qtbot, window, QueueKind.MINE)
    assert ticket in listed(window)
    window.go_to(ticket)
    qtbot.waitUntil(lambda: shown_number(window) == LAPTOP)
    press(qtbot, window, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: ticket not in listed(window))


def test_a_date_may_be_typed_and_means_its_morning(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    press(qtbot, window, Qt.Key.Key_Z)
    day = datetime.now().astimezone() + timedelta(days=40)
    pick(qtbot, window, f"{day:%Y-%m-%d}", "Snooze until")
    qtbot.waitUntil(lambda: snoozed(window) is not None)
    at = snoozed(window).astimezone()
    assert (at.date(), at.hour) == (day.date(), MORNING)
    press(qtbot, window, Qt.Key.Key_Z)
    pick(qtbot, window, "back now", "No longer")
    qtbot.waitUntil(lambda: snoozed(window) is None)
    qtbot.mouseClick(window.pane.notice.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: snoozed(window) is not None and snoozed(window) == at)


def test_a_day_that_is_over_is_no_offer(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    press(qtbot, window, Qt.Key.Key_Z)
    qtbot.waitUntil(window.chooser.isVisible)
    qtbot.keyClicks(window.chooser.edit, "2020-01-01")
    assert window.chooser.list.count() == 0


def test_what_was_done_since_is_undone_first(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    before = window.ticket.page.ticket.status
    press(qtbot, window, Qt.Key.Key_F)
    qtbot.waitUntil(lambda: window.ticket.page.followed)
    window.ticket.set_status("on-hold")
    qtbot.waitUntil(lambda: window.ticket.page.ticket.status == "on-hold")
    window.undo()
    qtbot.waitUntil(lambda: window.ticket.page.ticket.status == before)
    assert window.ticket.page.followed


def test_a_followed_ticket_is_listed_closed_or_not_until_it_is_followed_no_longer(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    press(qtbot, window, Qt.Key.Key_F)
    qtbot.waitUntil(lambda: window.ticket.page.followed)
    assert "followed" in window.pane.badges.text()
    show(qtbot, window, QueueKind.FOLLOWING)
    assert listed(window) == [window.ticket.page.ticket.id]
    press(qtbot, window, Qt.Key.Key_F)
    qtbot.waitUntil(lambda: listed(window) == [])
    window.undo()
    qtbot.waitUntil(lambda: len(listed(window)) == 1)


def test_marks_are_the_agents_own(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    press(qtbot, window, Qt.Key.Key_F)
    qtbot.waitUntil(lambda: window.ticket.page.followed)
    other = open_as("sam", LAPTOP)
    assert not other.ticket.page.followed
    assert window.ticket.page.ticket.state is State.OPEN


def test_a_ticket_that_wakes_is_listed_again_and_told_of(qtbot, open_as, monkeypatch):
    monkeypatch.setattr("desk_app.ui.own_marks.WAKE_MS", 20)
    window = open_as("jane", LAPTOP)
    ticket = window.ticket.page.ticket.id
    press(qtbot, window, Qt.Key.Key_Z)
    pick(qtbot, window, "three", "In three hours")
    qtbot.waitUntil(lambda: ticket not in listed(window))
    later = datetime.now(UTC) + timedelta(hours=4)
    monkeypatch.setattr("desk_app.bootstrap.now", lambda: later)
    qtbot.waitUntil(lambda: ticket in listed(window))
    assert f"You snoozed #{LAPTOP} until now" in window.notice.text
    show(qtbot, window, QueueKind.CLOSED)
    qtbot.mouseClick(window.notice.button, Qt.MouseButton.LeftButton)
    assert shown_number(window) == LAPTOP


def test_both_work_in_a_window_of_the_tickets_own(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    own = window.windows.tear_off()
    qtbot.waitUntil(lambda: own.ticket.page is not None)
    own.pane.talk.setFocus()
    qtbot.keyClick(own.pane.talk, Qt.Key.Key_F)
    qtbot.waitUntil(lambda: window.ticket.page.followed)
    own.menus.entries["undo"].trigger()
    qtbot.waitUntil(lambda: not window.ticket.page.followed)


@pytest.mark.parametrize(
    ("now", "days"),
    [
        ((2026, 3, 4, 15), [(4, 18), (5, 9), (9, 9)]),
        ((2026, 3, 1, 15), [(1, 18), (2, 9)]),
        ((2026, 3, 2, 8), [(2, 11), (3, 9), (9, 9)]),
        ((2026, 3, 4, 23), [(5, 2), (5, 9), (9, 9)]),
    ],
    ids=["Wednesday", "Sunday", "Monday", "late"],
)
def test_the_offered_times_come_in_order_and_once(now, days):
    local = datetime(*now, tzinfo=UTC).replace(tzinfo=None).astimezone()
    assert [(at.day, at.hour) for _, at in snooze_times(local)] == days
