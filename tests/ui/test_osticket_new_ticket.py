"""A new ticket asks what its help topic asks, and the server gets the answers with it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt

from tests.remote.osticket_panel import panel
from tests.remote.panel.server import Panel
from tests.ui.panels import CTRL, first_screen, opened, type_sign_in, unsettled


@pytest.fixture
def at() -> Iterator[Panel]:
    with panel() as made:
        made.truth.open("First", made.truth.user("Karen", "karen@bank.example"), "<p>First</p>")
        yield made


@pytest.fixture
def window(qtbot, qapp, at, tmp_path):
    with first_screen(at, tmp_path) as first:
        type_sign_in(qtbot, first.view, at, "john")
        yield opened(qtbot, first)


def pick(qtbot, combo, text: str) -> None:
    """By the keyboard: the first letters of what is wanted."""
    combo.setFocus()
    qtbot.keyClicks(combo, text)
    qtbot.keyClick(combo, Qt.Key.Key_Return)
    if combo.currentText() != text:
        combo.setCurrentText(text)
    combo.activated.emit(combo.currentIndex())


def test_the_topics_questions_are_asked_and_answered_with_the_ticket(qtbot, window, at):
    window.menus.entries["new_ticket"].trigger()
    form = window.opening.form
    assert form.questions.isHidden()
    assert form.combos["priority"].currentText() == "Normal"
    qtbot.keyClicks(form.requester, "Karen Weber <karen@bank.example>")
    qtbot.keyClicks(form.subject, "Scanner is stuck")
    pick(qtbot, form.combos["topic"], "Hardware")
    assert set(form.questions.inputs) == {"36", "37"}
    qtbot.keyClicks(form.questions.inputs["36"], "AT-77")
    pick(qtbot, form.questions.inputs["37"], "Red")
    pick(qtbot, form.combos["topic"], "General Inquiry")
    assert form.questions.isHidden()
    pick(qtbot, form.combos["topic"], "Hardware")
    assert form.questions.answers() == {"36": "AT-77", "37": "Red"}
    qtbot.waitUntil(lambda: "Saved here" in form.saved.text())
    qtbot.keyClicks(form.area.edit, "It eats paper")
    qtbot.keyClick(form.area.edit, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: unsettled(window) == 0 and len(at.truth.tickets) == 2)
    made = list(at.truth.tickets.values())[-1]
    assert made.answers == {"36": "AT-77", "37": "r"}
    assert (made.topic, made.priority, made.subject) == ("13", "2", "Scanner is stuck")
    qtbot.waitUntil(lambda: window.ticket.page is not None)
    assert dict(window.ticket.page.ticket.custom) == {"36": "AT-77", "37": "Red"}


def test_unfinished_answers_are_there_again(qtbot, window, at):
    window.menus.entries["new_ticket"].trigger()
    form = window.opening.form
    qtbot.keyClicks(form.subject, "Scanner")
    pick(qtbot, form.combos["topic"], "Hardware")
    qtbot.keyClicks(form.questions.inputs["36"], "AT-77")
    qtbot.waitUntil(lambda: "Saved here" in form.saved.text())
    key = form.keeper.key
    reader = window.session.desk.reader()
    qtbot.waitUntil(lambda: "AT-77" in str(reader.draft(key)))
    draft = reader.draft(key)
    reader.close()
    form.take(None)
    assert form.questions.answers() == {}
    form.take(draft)
    assert form.questions.answers() == {"36": "AT-77"}
