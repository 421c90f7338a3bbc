"""What Ctrl+K finds: actions, queues, tickets and people."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from tests.ui.conftest import shown_number
from tests.ui.test_queue import ids, ready


def lines(window):
    return [window.chooser.list.item(row).text() for row in range(window.chooser.list.count())]


def type_into(qtbot, window, words, wanted):
    """Open the palette, type, wait for a line and take it."""
    window.commands.open()
    qtbot.waitUntil(window.chooser.isVisible)
    qtbot.keyClicks(window.chooser.edit, words)
    qtbot.waitUntil(lambda: any(wanted in line for line in lines(window)))
    row = next(row for row, line in enumerate(lines(window)) if wanted in line)
    for _ in range(row):
        qtbot.keyClick(window.chooser.edit, Qt.Key.Key_Down)
    qtbot.keyClick(window.chooser.edit, Qt.Key.Key_Return)


def test_a_ticket_is_found_by_words_of_it(qtbot, open_as):
    window = ready(qtbot, open_as("jane"))
    type_into(qtbot, window, "phishing", "#100023")
    qtbot.waitUntil(lambda: shown_number(window) == "100023")


def off(window):
    """What is off, with its reason."""
    window.commands.open()
    found = [window.chooser.list.item(row) for row in range(window.chooser.list.count())]
    reasons = {item.text(): item.toolTip() for item in found if "⊘" in item.text()}
    window.chooser.hide()
    return reasons


def test_what_needs_a_ticket_says_so_and_resolving_says_what_is_missing(qtbot, open_as):
    window = ready(qtbot, open_as("jane"))
    reasons = off(window)
    for name in ("Claim", "Resolve", "Find in this ticket", "Snooze", "Print"):
        assert any("Choose a ticket" in why for text, why in reasons.items() if name in text), name
    window.go_to(window.session.desk.reader().find_ticket("100020"))
    qtbot.waitUntil(lambda: shown_number(window) == "100020")
    reasons = off(window)
    (why,) = [why for text, why in reasons.items() if text.startswith("Resolve")]
    assert "Open tasks: 2" in why
    assert not any("Find in this ticket" in text for text in reasons)


def test_a_list_in_which_nothing_is_found_says_so(qtbot, open_as):
    window = ready(qtbot, open_as("jane", "100020"))
    qtbot.keyClick(window.queue, Qt.Key.Key_S)
    qtbot.waitUntil(window.chooser.isVisible)
    hint = window.chooser.findChild(QLabel)
    assert not hint.isVisible()
    qtbot.keyClicks(window.chooser.edit, "zzzz")
    assert window.chooser.list.count() == 0
    assert hint.isVisible()
    assert "“zzzz”" in hint.text()
    qtbot.keyClick(window.chooser.edit, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(window.chooser.edit, Qt.Key.Key_Delete)
    assert not hint.isVisible()


def test_esc_leaves_the_search_and_a_queue_s_key_takes_the_keys_there(qtbot, open_as):
    window = ready(qtbot, open_as("jane", "100020"))
    window.menus.entries["search"].trigger()
    qtbot.keyClicks(window.search, "phishing")
    qtbot.keyClick(window.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.queues.shown.text == "phishing")
    assert window.navigator.currentItem() is None  # no queue holds what is shown
    qtbot.waitUntil(lambda: "·  1 ticket  ·" in window.status.text())
    qtbot.keyClick(window.search, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.queues.shown.text == "")
    assert window.navigator.currentItem().text(0) == "Open"
    assert window.search.text() == ""
    assert window.queue.hasFocus()
    window.pane.reply.edit.setFocus()
    window.menus.entries["queue_2"].trigger()
    assert window.queue.hasFocus()


def test_a_person_is_found_and_leads_to_their_tickets(qtbot, open_as):
    window = ready(qtbot, open_as("jane"))
    type_into(qtbot, window, "souza", "Tickets from Ana Souza")
    reader = window.session.desk.reader()
    ana = reader.find_requesters("souza", limit=1)[0].id
    qtbot.waitUntil(
        lambda: ids(window) != [] and {reader.ticket(t).requester for t in ids(window)} == {ana}
    )


def test_a_colleague_is_found_and_leads_to_their_open_tickets(qtbot, open_as):
    window = ready(qtbot, open_as("sam"))
    type_into(qtbot, window, "jane", "Tickets of Jane Miller")
    reader = window.session.desk.reader()
    qtbot.waitUntil(
        lambda: ids(window) != [] and {reader.ticket(t).owner for t in ids(window)} == {"jane"}
    )


@pytest.mark.parametrize(("agent", "sees_support"), [("jane", False), ("sam", True)])
def test_no_ticket_of_another_department_is_found(qtbot, open_as, agent, sees_support):
    window = ready(qtbot, open_as(agent))
    window.commands.open()
    qtbot.waitUntil(window.chooser.isVisible)
    qtbot.keyClicks(window.chooser.edit, "souza")
    qtbot.waitUntil(lambda: any(line.startswith("#100023") for line in lines(window)))
    assert any(line.startswith("#100018") for line in lines(window)) is sees_support


def test_the_key_that_other_programs_have_opens_it_too(qtbot, open_as):
    window = ready(qtbot, open_as("jane"))
    window.activateWindow()
    window.queue.setFocus()
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(window.queue, Qt.Key.Key_P, both)
    qtbot.waitUntil(window.chooser.isVisible)
