"""Locks in the window: who is at a ticket is said; holding it while one types never stops a key."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt

from desk_app.domain.draft import DraftKind
from tests.remote.osticket_panel import panel, signed_in
from tests.remote.panel.server import Panel
from tests.ui.panels import LEFT, first_screen, go_to, opened, type_sign_in, unsettled, write


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Iterator[Panel]:
    monkeypatch.setattr("desk_app.store.outbox_rows.UNDO_SECONDS", 0)
    monkeypatch.setattr("desk_app.ui.holding.REST_MS", 1)
    monkeypatch.setattr("desk_app.ui.holding.LOOK_MS", 50)
    monkeypatch.setattr("desk_app.remote.osticket.holds._USUAL_S", 0.4)
    monkeypatch.setattr("desk_app.remote.osticket.locks._WAIT_S", 0.1)
    with panel() as made:
        user = made.truth.user("Karen Weber", "karen@bank.example")
        for subject in ("Payment page fails", "Locked out"):
            made.truth.open(subject, user, f"<p>{subject}</p>")
        yield made


@pytest.fixture
def window(qtbot, qapp, at, tmp_path):
    with first_screen(at, tmp_path) as first:
        type_sign_in(qtbot, first.view, at, "john")
        yield opened(qtbot, first)


@pytest.fixture
def jane(at):
    server = signed_in(at, "jane")
    yield server
    server.close()


def tickets(at: Panel):
    return list(at.truth.tickets.values())


def switch_on(qtbot, window) -> None:
    """In the settings, by the keyboard."""
    window.menus.entries["settings"].trigger()
    settings = window.windows.settings
    assert settings.hold.isVisible()
    assert not settings.hold.isChecked()
    settings.hold.setFocus()
    qtbot.keyClick(settings.hold, Qt.Key.Key_Space)
    settings.close()


def holder(ticket) -> str:
    return "" if ticket.lock is None else ticket.lock.staff


def type_words(qtbot, window, words: str) -> None:
    window.pane.write(DraftKind.REPLY)
    qtbot.keyClicks(window.pane.reply.edit, words)


def test_a_colleague_at_the_ticket_is_named_in_the_head_and_at_the_composer_until_they_leave(
    qtbot, window, at, jane
):
    ticket = tickets(at)[0]
    jane.hold(ticket.id)
    go_to(qtbot, window, ticket.number)
    qtbot.waitUntil(window.pane.holder.isVisible)
    assert window.pane.holder.text() == "Jane Doe is at this ticket on the server"
    assert window.pane.reply.fate.isVisible()
    assert window.pane.reply.fate.text().startswith("Jane Doe is at this ticket: what you send")
    write(qtbot, window, "Meanwhile", DraftKind.NOTE)
    qtbot.waitUntil(lambda: "send note" in " ".join(logged(window)))
    assert unsettled(window) == 1
    assert (holder(ticket), at.truth.posted) == ("2", {})
    jane.release(ticket.id)
    qtbot.waitUntil(window.pane.holder.isHidden)
    qtbot.waitUntil(lambda: unsettled(window) == 0)
    assert list(at.truth.posted.values()) == [1]
    assert window.pane.note.fate.text().startswith("goes out at once")


def logged(window) -> list[str]:
    reader = window.session.desk.reader()
    found = [line.what for line in reader.sync_log(limit=20)]
    reader.close()
    return found


def test_by_itself_nothing_is_held_however_much_is_typed(qtbot, window, at):
    ticket = tickets(at)[0]
    go_to(qtbot, window, ticket.number)
    looked = len([line for line in at.log if "preview" in line])
    type_words(qtbot, window, "Some words")
    qtbot.waitUntil(lambda: len([line for line in at.log if "preview" in line]) > looked)
    assert holder(ticket) == ""
    assert not any("/lock/" in line for line in at.log)


def test_typing_holds_the_ticket_renews_it_and_a_rest_gives_it_back(qtbot, window, at):
    switch_on(qtbot, window)
    ticket = tickets(at)[0]
    go_to(qtbot, window, ticket.number)
    type_words(qtbot, window, "Dear")
    qtbot.waitUntil(lambda: holder(ticket) == "1")

    def types_on() -> bool:
        qtbot.keyClicks(window.pane.reply.edit, "n")
        return at.renewals > 0

    qtbot.waitUntil(types_on)
    assert holder(ticket) == "1"
    qtbot.waitUntil(lambda: holder(ticket) == "")
    qtbot.keyClicks(window.pane.reply.edit, " Karen")
    qtbot.waitUntil(lambda: holder(ticket) == "1")


def test_going_to_another_ticket_gives_it_back(qtbot, window, at):
    switch_on(qtbot, window)
    first, second = tickets(at)
    go_to(qtbot, window, first.number)
    type_words(qtbot, window, "Dear")
    qtbot.waitUntil(lambda: holder(first) == "1")
    go_to(qtbot, window, second.number)
    type_words(qtbot, window, "Dear")
    qtbot.waitUntil(lambda: (holder(first), holder(second)) == ("", "1"))


def test_closing_the_window_gives_it_back(qtbot, window, at, monkeypatch):
    monkeypatch.setattr("desk_app.remote.osticket.holds._USUAL_S", 180.0)
    switch_on(qtbot, window)
    ticket = tickets(at)[0]
    go_to(qtbot, window, ticket.number)
    type_words(qtbot, window, "Dear")
    qtbot.waitUntil(lambda: holder(ticket) == "1")
    qtbot.waitUntil(lambda: "Saved here" in window.pane.reply.saved.text())
    window.close()
    qtbot.waitUntil(lambda: holder(ticket) == "")


def test_sending_gives_it_back_and_the_text_arrives_once(qtbot, window, at, monkeypatch):
    monkeypatch.setattr("desk_app.remote.osticket.holds._USUAL_S", 180.0)
    switch_on(qtbot, window)
    ticket = tickets(at)[0]
    go_to(qtbot, window, ticket.number)
    type_words(qtbot, window, "Dear")
    qtbot.waitUntil(lambda: holder(ticket) == "1")
    write(qtbot, window, " Karen", DraftKind.REPLY)
    qtbot.waitUntil(lambda: list(at.truth.posted.values()) == [1])
    qtbot.waitUntil(lambda: unsettled(window) == 0)
    qtbot.waitUntil(lambda: holder(ticket) == "")


def test_a_server_that_is_away_stops_no_key(qtbot, window, at):
    switch_on(qtbot, window)
    ticket = tickets(at)[0]
    go_to(qtbot, window, ticket.number)
    at.offline = True
    type_words(qtbot, window, "Dear Karen")
    assert window.pane.reply.edit.toPlainText() == "Dear Karen"
    qtbot.waitUntil(lambda: "Saved here" in window.pane.reply.saved.text())
    assert not window.pane.reply.edit.isReadOnly()
    qtbot.mouseClick(window.server.bar.offline, LEFT)
    qtbot.waitUntil(lambda: "you work offline" in window.server.bar.text)
    qtbot.keyClicks(window.pane.reply.edit, ", good day")
    assert window.pane.reply.edit.toPlainText() == "Dear Karen, good day"


def test_a_ticket_that_somebody_else_holds_is_typed_in_all_the_same(qtbot, window, at, jane):
    switch_on(qtbot, window)
    ticket = tickets(at)[0]
    go_to(qtbot, window, ticket.number)
    jane.hold(ticket.id)
    type_words(qtbot, window, "Dear Karen")
    qtbot.waitUntil(lambda: "Jane Doe" in window.pane.reply.fate.text())
    assert (holder(ticket), window.pane.reply.edit.toPlainText()) == ("2", "Dear Karen")


def test_the_choice_is_kept_with_the_desk(qtbot, window):
    switch_on(qtbot, window)
    other = window.windows.open_another()
    qtbot.waitUntil(lambda: hasattr(other, "windows"))
    assert other.session.hold_while_typing
    other.close()


def test_a_desk_without_a_server_does_not_offer_it(qtbot, open_as):
    window = open_as("jane")
    window.menus.entries["settings"].trigger()
    assert not window.windows.settings.hold.isVisible()
    window.windows.settings.close()
