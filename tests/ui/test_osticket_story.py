"""The demo's story through two windows: Karen's tickets, John hands one on, Jane resolves it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt

from desk_app.domain.draft import DraftKind
from desk_app.domain.rich_text import html_to_text
from tests.remote.osticket_panel import panel
from tests.remote.panel.server import Panel
from tests.ui.panels import (
    LEFT,
    first_screen,
    go_to,
    opened,
    thread,
    type_sign_in,
    unsettled,
    write,
)

SUBJECTS = ("Locked out", "Payment page fails", "Card reader")
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Iterator[Panel]:
    monkeypatch.setattr("desk_app.store.outbox_rows.UNDO_SECONDS", 0)
    with panel() as made:
        yield made


@pytest.fixture
def john(qtbot, qapp, at, tmp_path):
    yield from window_of(qtbot, at, tmp_path / "john", "john")


@pytest.fixture
def jane(qtbot, qapp, at, tmp_path):
    yield from window_of(qtbot, at, tmp_path / "jane", "jane")


def window_of(qtbot, at, folder, user):
    """Each has a desk of their own, as on two machines."""
    folder.mkdir()
    with first_screen(at, folder) as first:
        type_sign_in(qtbot, first.view, at, user)
        yield opened(qtbot, first)


def arrive(at: Panel):
    karen = at.truth.user("Karen Weber", "karen@bank.example")
    return [at.truth.open(subject, karen, f"<p>{subject}, please</p>") for subject in SUBJECTS]


def in_front(qtbot, window) -> None:
    """Keys go to the window that is in front."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)


def sync(qtbot, window, *, whole: bool = False) -> None:
    """F5; `whole`: with the comparison of all open tickets, which comes by itself in time."""
    in_front(qtbot, window)
    if whole:
        window.session.desk.syncing._server._feed._compare_at = 0.0
    with qtbot.waitSignal(window.session.sync.rounded):
        qtbot.keyClick(window, Qt.Key.Key_F5)


def rows(window) -> int:
    count: int = window.model.rowCount()
    return count


def press(qtbot, window, key, held=Qt.KeyboardModifier.NoModifier) -> None:
    """A single letter, with the keyboard in the thread."""
    in_front(qtbot, window)
    window.pane.talk.setFocus()
    qtbot.keyClick(window.pane.talk, key, held)


def choose(qtbot, window, text: str) -> None:
    qtbot.waitUntil(window.chooser.isVisible)
    qtbot.keyClicks(window.chooser.edit, text)
    qtbot.keyClick(window.chooser.edit, Qt.Key.Key_Return)


def settled(qtbot, window) -> None:
    qtbot.waitUntil(lambda: unsettled(window) == 0)


def test_the_story(qtbot, john, jane, at):
    tickets = arrive(at)
    _, payment, _ = tickets
    sync(qtbot, john)
    qtbot.waitUntil(lambda: rows(john) == 3)
    hand_on(qtbot, john, payment)
    sees_why(qtbot, john, payment)
    resolve(qtbot, jane, payment)


def hand_on(qtbot, john, payment):
    """John sets Sev-A and hands it to Online Banking."""
    go_to(qtbot, john, payment.number)
    qtbot.waitUntil(lambda: "Payment page fails, please" in thread(john))
    qtbot.mouseClick(john.pane.side.field_buttons["sla"], LEFT)
    choose(qtbot, john, "Sev-A")
    qtbot.waitUntil(lambda: payment.sla == "2")
    press(qtbot, john, Qt.Key.Key_T)
    choose(qtbot, john, "Online Banking")
    qtbot.waitUntil(lambda: payment.dept == "3")
    settled(qtbot, john)
    assert [event.actor for event in payment.events[-2:]] == ["John Doe", "John Doe"]


def sees_why(qtbot, john, payment):
    """He may not see it any more: he is told so, and it leaves his queue."""
    qtbot.waitUntil(john.pane.empty.isVisible)
    told = john.pane.empty.text()
    assert "The server does not show you this ticket any more." in told
    assert "John Doe transferred it to Online Banking, where you have no access" in told
    qtbot.waitUntil(lambda: rows(john) == 2)


def resolve(qtbot, jane, payment):
    """Jane is assigned, replies, resolves."""
    sync(qtbot, jane, whole=True)
    qtbot.waitUntil(lambda: rows(jane) == 3)
    go_to(qtbot, jane, payment.number)
    qtbot.waitUntil(lambda: "Payment page fails, please" in thread(jane))
    assert jane.pane.side.field_buttons["sla"].text() == "Sev-A"
    assert "Online Banking" in jane.pane.badges.text()
    press(qtbot, jane, Qt.Key.Key_A)
    choose(qtbot, jane, "Jane")
    qtbot.waitUntil(lambda: payment.staff == "2")
    write(qtbot, jane, "The certificate was renewed", DraftKind.REPLY)
    qtbot.waitUntil(lambda: payment.entries[-1].kind == "response")
    qtbot.mouseClick(jane.pane.bar.buttons["2"], LEFT)
    qtbot.waitUntil(lambda: payment.status == "2")
    settled(qtbot, jane)
    assert html_to_text(payment.entries[-1].html) == "The certificate was renewed"
    assert [entry.kind for entry in payment.entries].count("response") == 1
    qtbot.waitUntil(lambda: "Accepted by " in thread(jane))
    qtbot.waitUntil(lambda: rows(jane) == 2)


def test_what_a_colleague_does_in_the_panel_appears_here(qtbot, john, at):
    locked, *_ = arrive(at)
    jane = at.truth.agents["2"]
    sync(qtbot, john)
    go_to(qtbot, john, locked.number)
    locked.staff, locked.priority = jane.id, "4"
    at.truth.happen(locked, "hand-right", jane, "claimed")
    at.truth.write(locked, "note", jane.name, "<p>I reset her card</p>")
    sync(qtbot, john, whole=True)
    qtbot.waitUntil(lambda: "I reset her card" in thread(john))
    qtbot.waitUntil(lambda: "Jane Doe" in john.pane.badges.text())
    assert john.pane.side.field_buttons["priority"].text() == "Emergency"
    at.truth.set_status(jane, locked, "2")
    sync(qtbot, john)
    qtbot.waitUntil(lambda: john.ticket.page.ticket.status == "2")


def test_what_is_done_here_appears_in_the_panel_once(qtbot, john, at):
    locked, *_ = arrive(at)
    sync(qtbot, john)
    go_to(qtbot, john, locked.number)
    press(qtbot, john, Qt.Key.Key_A, SHIFT)
    qtbot.waitUntil(lambda: locked.staff == "1")
    write(qtbot, john, "Her card is new", DraftKind.NOTE)
    qtbot.waitUntil(lambda: locked.entries[-1].kind == "note")
    settled(qtbot, john)
    assert [html_to_text(entry.html) for entry in locked.entries] == [
        "Locked out, please",
        "Her card is new",
    ]
    assert list(at.truth.posted.values()) == [1]


def test_back_to_the_queues_own_row_from_a_ticket_that_was_shown_beside_it(qtbot, john, at):
    first, second, _ = arrive(at)
    sync(qtbot, john)
    qtbot.waitUntil(lambda: rows(john) == 3)
    go_to(qtbot, john, first.number)
    there = john.ticket.page.ticket.id
    reader = john.session.desk.reader()
    john.ticket.show_ticket(reader.find_ticket(second.number))  # as a new one is shown
    reader.close()
    qtbot.waitUntil(lambda: john.ticket.page.ticket.id != there)
    go_to(qtbot, john, first.number)
    assert john.ticket.page.ticket.id == there
