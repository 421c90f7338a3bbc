"""Several tickets selected in the queue: one action, one answer, one way back."""

import pytest
from PySide6.QtCore import Qt

from desk_app.bootstrap import OpenDesk
from desk_app.domain.filters import QueueKind
from desk_app.ui import many
from tests.ui.test_queue import asked, choose, ids, ready

LAPTOP = "100020"
Key, Shift = Qt.Key, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def window(qtbot, open_as):
    """Jane's own three tickets, all selected from the first to the last."""
    window = open_as("jane", LAPTOP)
    with asked(qtbot, ready(qtbot, window)):
        window.navigator.choose(QueueKind.MINE)
    qtbot.waitUntil(lambda: window.queue.current_ticket() is not None)
    window.queue.setFocus()
    qtbot.keyClick(window.queue, Key.Key_Home)
    for _ in range(2):
        qtbot.keyClick(window.queue, Key.Key_Down, Shift)
    assert window.queue.selected_tickets() == ids(window)
    return window


def tickets(window, wanted):
    reader = OpenDesk(window.session.desk.path).reader()
    return [reader.ticket(ticket) for ticket in wanted]


def test_an_action_is_for_every_selected_ticket_and_undo_for_all_of_them(qtbot, window):
    mine = ids(window)
    qtbot.keyClick(window.queue, Key.Key_U)
    qtbot.waitUntil(lambda: window.notice.text == "3 released.")
    assert [ticket.owner for ticket in tickets(window, mine)] == [None] * 3
    qtbot.waitUntil(lambda: ids(window) == [])
    window.undo()
    qtbot.waitUntil(lambda: "3 tickets are as before" in window.notice.text)
    assert [ticket.owner for ticket in tickets(window, mine)] == ["jane"] * 3
    qtbot.waitUntil(lambda: set(ids(window)) == set(mine))


def test_what_needs_a_choice_asks_once(qtbot, window):
    qtbot.keyClick(window.queue, Key.Key_P)
    qtbot.waitUntil(window.chooser.isVisible)
    assert "Priority of 3" in window.chooser.edit.placeholderText()
    choose(qtbot, window, "low")
    qtbot.waitUntil(lambda: window.notice.text == "3 to Low.")
    assert {ticket.priority for ticket in tickets(window, ids(window))} == {"low"}


def test_a_ticket_that_refuses_says_why_and_the_others_go_on(qtbot, window):
    mine = ids(window)
    qtbot.keyClick(window.queue, Key.Key_E)
    qtbot.waitUntil(lambda: "1 not: Open tasks: " in window.notice.text)
    assert "Move profile to LT-0502" in window.notice.text
    laptop = next(t for t in tickets(window, mine) if t.number == LAPTOP)
    assert laptop.status == "in-progress"
    closed = [t for t in tickets(window, mine) if t.status == "resolved"]
    assert window.notice.text.startswith(f"{len(closed)} to Resolved, ")
    assert closed


def test_beside_the_table_an_action_is_for_the_shown_ticket_alone(qtbot, window):
    mine = ids(window)
    window.pane.talk.setFocus()
    window.menus.entries["release"].trigger()
    qtbot.waitUntil(lambda: window.ticket.page.ticket.owner is None)
    assert sum(ticket.owner is None for ticket in tickets(window, mine)) == 1


def test_after_another_action_that_one_is_undone_first(qtbot, window):
    mine = ids(window)
    qtbot.keyClick(window.queue, Key.Key_P)
    choose(qtbot, window, "low")
    qtbot.waitUntil(lambda: window.notice.text == "3 to Low.")
    window.pane.talk.setFocus()
    shown = window.ticket.page.ticket
    window.menus.entries["release"].trigger()
    qtbot.waitUntil(lambda: window.ticket.page.ticket.owner is None)
    window.undo()
    qtbot.waitUntil(lambda: window.ticket.page.ticket.owner == "jane")
    assert {t.priority for t in tickets(window, mine)} == {"low"}
    assert window.ticket.page.ticket.id == shown.id


def test_the_status_line_says_that_several_are_selected_until_esc(qtbot, window):
    assert "3 tickets selected" in window.statusBar().currentMessage()
    qtbot.keyClick(window.queue, Key.Key_Escape)
    assert window.statusBar().currentMessage() == ""
    assert len(window.queue.selected_tickets()) == 1


def test_the_status_line_forgets_tickets_that_left_the_list(qtbot, window):
    qtbot.keyClick(window.queue, Key.Key_U)
    qtbot.waitUntil(lambda: ids(window) == [])
    qtbot.waitUntil(lambda: window.statusBar().currentMessage() == "")


def test_more_than_one_action_may_change_is_refused_and_nothing_is_changed(
    qtbot, window, monkeypatch
):
    monkeypatch.setattr(many, "MOST", 2)
    before = tickets(window, ids(window))
    window.menus.entries["delete"].trigger()
    qtbot.waitUntil(lambda: "2 at most" in window.notice.text)
    assert tickets(window, ids(window)) == before


def test_what_hands_nothing_over_has_its_own_words_and_way_back(qtbot, window):
    mine = ids(window)
    for name, answered in (("mark_answered", True), ("mark_unanswered", False)):
        window.menus.entries[name].trigger()
        qtbot.waitUntil(
            lambda answered=answered: {t.answered for t in tickets(window, mine)} == {answered}
        )
    qtbot.waitUntil(lambda: "tickets: Marked unanswered." in window.notice.text)
    window.undo()
    qtbot.waitUntil(lambda: {t.answered for t in tickets(window, mine)} == {True})
