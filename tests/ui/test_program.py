"""Settings, keys, help, further windows, colours, and what a screen reader is told."""

from itertools import product

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLineEdit,
    QTextEdit,
)

from desk_app.domain.lifecycle import Action
from desk_app.ui.theme import CONTRAST, DARK, LIGHT
from tests.ui.conftest import shown_number

LAPTOP = "100020"


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("colours", "least"), [(LIGHT, 4.5), (DARK, 4.5), (CONTRAST, 7.0)])
def test_every_text_stands_out_from_every_ground(colours, least):
    grounds = [colours.window, colours.base, colours.note, colours.message]
    texts = [colours.text, colours.dim, colours.danger, colours.warning]
    pairs = {(t, g): contrast(t, g) for t, g in product(texts, grounds)}
    pairs[colours.accent_text, colours.accent] = contrast(colours.accent_text, colours.accent)
    assert {pair: ratio for pair, ratio in pairs.items() if ratio < least} == {}


def test_every_widget_that_takes_the_focus_has_a_name(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    window.menus.entries["new_ticket"].trigger()
    kinds = (QAbstractButton, QAbstractItemView, QComboBox, QLineEdit, QTextEdit)
    nameless = [
        (type(widget).__name__, type(widget.parent()).__name__, widget.objectName())
        for kind in kinds
        for widget in window.findChildren(kind)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not widget.objectName().startswith("qt_")
        and not widget.isHidden()
        and widget.parent().metaObject().className() != "QComboBoxPrivateContainer"
        and not (widget.accessibleName() or getattr(widget, "text", str)())
    ]
    assert sorted(set(nameless)) == []


def test_tab_goes_through_the_composer_in_reading_order(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    page = window.pane.reply
    order = [page.cc, page.edit, page.tools.buttons["bold"]]
    page.cc.setFocus()
    for widget in order[1:]:
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        assert QApplication.focusWidget() is widget


def test_a_key_is_changed_and_a_taken_one_is_refused_by_name(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    window.windows.show_settings()
    settings = window.windows.settings
    edit = settings.edits[Action.CLAIM]
    edit.setKeySequence(QKeySequence("A"))
    edit.editingFinished.emit()
    assert "Assign" in settings.told.text()
    assert window.menus.keys.key(Action.CLAIM) == "Shift+A"
    edit.setKeySequence(QKeySequence("Ctrl+Alt+C"))
    edit.editingFinished.emit()
    assert window.menus.entries[Action.CLAIM].shortcut() == QKeySequence("Ctrl+Alt+C")
    settings.close()


def test_single_letters_can_be_switched_off(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    window.windows.show_settings()
    window.windows.settings.letters.setChecked(False)
    assert window.menus.entries[Action.ASSIGN].shortcut().isEmpty()
    assert not window.menus.entries["palette"].shortcut().isEmpty()
    window.windows.settings.letters.setChecked(True)
    assert window.menus.entries[Action.ASSIGN].shortcut() == QKeySequence("A")
    window.windows.settings.close()


def test_no_two_entries_have_the_same_key(qtbot, open_as):
    window = open_as("jane")
    keys = [a.shortcut().toString() for a in window.menus.entries.values()]
    keys = [key for key in keys if key]
    assert sorted(keys) == sorted(set(keys))


def test_the_keys_that_work_here_are_shown_and_go_again(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    window.queue.setFocus()
    qtbot.keyClick(window.queue, Qt.Key.Key_Question)
    overlay = window.windows.help
    assert overlay.isVisible()
    assert "Assign" in overlay.text.toPlainText()
    qtbot.keyClick(overlay.text, Qt.Key.Key_Escape)
    assert not overlay.isVisible()
    window.pane.reply.edit.setFocus()
    window.windows.show_keys()
    assert "Canned response" in overlay.text.toPlainText()
    assert "Claim" not in overlay.text.toPlainText()


def test_somebody_else_sits_down(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    window.windows.show_settings()
    combo = window.windows.settings.agent
    combo.setCurrentIndex(combo.findData("john"))
    combo.activated.emit(combo.currentIndex())
    qtbot.waitUntil(lambda: "John" in window.status.text())
    window.windows.settings.close()


def test_a_second_window_sees_what_the_first_one_does(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    other = window.windows.open_another()
    qtbot.waitUntil(lambda: other.session.directory is not None)
    other.go_to(window.ticket.page.ticket.id)
    qtbot.waitUntil(lambda: shown_number(other) == LAPTOP)
    window.ticket.set_status("on-hold")
    qtbot.waitUntil(lambda: other.ticket.page.ticket.status == "on-hold")
    other.close()


def test_a_ticket_in_its_own_window_keeps_its_text_and_closes_with_the_first(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    own = window.windows.tear_off()
    qtbot.waitUntil(lambda: own.ticket.page is not None)
    assert LAPTOP in own.windowTitle()
    qtbot.keyClicks(own.pane.note.edit, "typed in the small window")
    own.pane.note.save()
    qtbot.waitUntil(lambda: window.pane.note.edit.toPlainText() == "typed in the small window")
    own.asking.choose(Action.RELEASE)
    qtbot.waitUntil(lambda: window.ticket.page.ticket.owner is None)
    window.close()
    assert not own.isVisible()
