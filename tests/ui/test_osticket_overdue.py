"""Marking a ticket overdue in a window: a manager's, there and here at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt

from desk_app.domain.lifecycle import Action
from tests.remote.osticket_panel import panel
from tests.remote.panel.server import Panel
from tests.ui.panels import first_screen, go_to, opened, thread, type_sign_in, unsettled


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Iterator[Panel]:
    monkeypatch.setattr("desk_app.store.outbox_rows.UNDO_SECONDS", 0)
    with panel() as made:
        user = made.truth.user("Karen Weber", "karen@bank.example")
        made.truth.open("Payment page fails", user, "<p>It does</p>")
        made.truth.agents["1"].manages = frozenset({"1"})
        yield made


def window_of(qtbot, first, at, user):
    type_sign_in(qtbot, first.view, at, user)
    window = opened(qtbot, first)
    go_to(qtbot, window, "900001")
    qtbot.waitUntil(lambda: Action.MARK_OVERDUE in window.menus.entries)
    return window


def test_a_manager_marks_it_and_it_stands_under_overdue(qtbot, qapp, at, tmp_path):
    with first_screen(at, tmp_path) as first:
        window = window_of(qtbot, first, at, "john")
        entry = window.menus.entries[Action.MARK_OVERDUE]
        qtbot.waitUntil(lambda: entry.property("reason") == "")
        entry.trigger()
        ticket = next(iter(at.truth.tickets.values()))
        qtbot.waitUntil(lambda: ticket.overdue)
        qtbot.waitUntil(lambda: unsettled(window) == 0)
        qtbot.waitUntil(lambda: window.navigator._items["overdue"].text(1) == "1")
        qtbot.waitUntil(lambda: "arked overdue" in thread(window))
        qtbot.waitUntil(lambda: "overdue already" in entry.property("reason"))


def test_who_is_no_manager_is_told_so(qtbot, qapp, at, tmp_path):
    with first_screen(at, tmp_path) as first:
        window = window_of(qtbot, first, at, "jane")
        entry = window.menus.entries[Action.MARK_OVERDUE]
        qtbot.waitUntil(lambda: "right" in str(entry.property("reason")))
        entry.trigger()
        assert not next(iter(at.truth.tickets.values())).overdue


def test_the_mark_is_taken_back_after_a_preview_and_its_due_time_stays(qtbot, qapp, at, tmp_path):
    with first_screen(at, tmp_path) as first:
        window = window_of(qtbot, first, at, "john")
        entry = window.menus.entries[Action.MARK_OVERDUE]
        qtbot.waitUntil(lambda: entry.property("reason") == "")
        entry.trigger()
        ticket = next(iter(at.truth.tickets.values()))
        qtbot.waitUntil(lambda: ticket.overdue)
        qtbot.waitUntil(lambda: unsettled(window) == 0)
        qtbot.waitUntil(lambda: "arked overdue" in thread(window))
        window.menus.entries["undo"].trigger()
        panel = window.pane.undo_panel
        qtbot.waitUntil(panel.isVisible)
        assert "Overdue since" in panel.lines.text()
        assert ticket.overdue
        qtbot.keyClick(panel.go, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: not ticket.overdue)
        qtbot.waitUntil(lambda: unsettled(window) == 0)
        qtbot.waitUntil(lambda: window.navigator._items["overdue"].text(1) in {"", "0"})
        assert ticket.due is None
