"""What is on its way is marked as such: in the queue, in the thread, under the composer."""

import re
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from desk_app.domain.draft import DraftKind
from desk_app.domain.entry import EntryKind
from desk_app.domain.filters import Column
from desk_app.domain.mirror import AccountState
from desk_app.ports.remote import RemoteFile
from desk_app.ui.models.queue_cells import COLUMNS
from tests.sync.oracle import Fate
from tests.ui.threads import click_link, has_link

SERVER = "desk.acme.example"


def cells(window, ticket):
    row = window.model.row_of(ticket.id)
    return None if row is None else window.model.cells_at(row)


def offline(qtbot, window):
    """As an agent switches it, in the status bar."""
    qtbot.mouseClick(window.server.bar.offline, Qt.MouseButton.LeftButton)
    sync = window.session.sync
    qtbot.waitUntil(lambda: sync.state.status.account.state is AccountState.OFFLINE)


def write(qtbot, window, words, kind=DraftKind.NOTE):
    window.pane.write(kind)
    page = window.pane.note if kind is DraftKind.NOTE else window.pane.reply
    qtbot.keyClicks(page.edit, words)
    qtbot.keyClick(page.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: words in window.pane.talk.toPlainText())


def thread(window):
    return window.pane.talk.toPlainText()


def test_a_note_waits_while_offline_and_is_marked_everywhere_until_accepted(qtbot, open_site, site):
    window = open_site(site, "Printer")
    ticket = site.ticket("Printer")
    offline(qtbot, window)
    write(qtbot, window, "Toner ordered")
    qtbot.waitUntil(lambda: "Waiting" in thread(window))
    qtbot.waitUntil(lambda: cells(window, ticket).unsettled == "waiting")
    spoken = cells(window, ticket).spoken(COLUMNS.index(Column.SUBJECT))
    assert "waiting" in spoken
    history = window.pane.side.history.toPlainText().splitlines()
    assert history[0].startswith("[waiting] ")
    qtbot.waitUntil(lambda: "1 waiting" in window.server.bar.text)
    qtbot.mouseClick(window.server.bar.offline, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: f"Accepted by {SERVER}" in thread(window))
    qtbot.waitUntil(lambda: cells(window, ticket).unsettled == "")
    assert "waiting" not in window.server.bar.text


def test_a_held_reply_says_how_long_and_its_undo_gives_the_words_back(qtbot, open_site, site):
    window = open_site(site, "Printer")
    write(qtbot, window, "On my way", DraftKind.REPLY)
    qtbot.waitUntil(lambda: "Held (undo " in thread(window))
    click_link(qtbot, window.pane.talk, "undo")
    qtbot.waitUntil(lambda: site.items() == [])
    qtbot.waitUntil(lambda: window.pane.reply.edit.toPlainText() == "On my way")
    assert site.oracle.posted == {}


def test_the_seconds_of_a_held_reply_are_counted_in_its_card_and_a_selection_stays(
    qtbot, open_site, site
):
    window = open_site(site, "Printer")
    write(qtbot, window, "On my way", DraftKind.REPLY)
    view = window.pane.talk
    qtbot.waitUntil(lambda: "Held (undo " in thread(window))
    view.setTextCursor(view.document().find("On my way"))
    seen = set()

    def counted():
        found = re.search(r"Held \(undo (\d) s\)", thread(window))
        seen.update(found.groups() if found else ())
        return len(seen) > 2

    qtbot.waitUntil(counted)
    assert view.textCursor().selectedText() == "On my way"


def test_what_needs_the_agent_says_so_and_leads_to_the_decision(qtbot, open_site, site):
    window = open_site(site, "Printer")
    site.server.write_fates = [Fate.REFUSE]
    write(qtbot, window, "Toner ordered")
    qtbot.waitUntil(lambda: "Needs you: refused (The server said no)" in thread(window))
    qtbot.waitUntil(lambda: cells(window, site.ticket("Printer")).unsettled == "needs you")
    qtbot.waitUntil(lambda: "1 needs you" in window.server.bar.text)
    assert has_link(window.pane.talk, "decide")


def test_the_composer_says_what_will_become_of_the_text(qtbot, open_site, site):
    window = open_site(site, "Printer")
    reply = window.pane.reply
    qtbot.waitUntil(lambda: reply.send.text() == "Queue reply to Ana Souza")
    qtbot.waitUntil(lambda: "goes out after 8 s" in reply.fate.text())
    offline(qtbot, window)
    assert reply.fate.text() == "goes out when online; held if Ana Souza writes first"
    assert reply.send.accessibleDescription() == reply.fate.text()
    assert window.pane.note.fate.text() == "goes out when online"


@pytest.fixture
def with_file(site):
    site.oracle.post(
        site.kept("Printer"),
        EntryKind.MESSAGE,
        "See the film",
        files=(RemoteFile(id="77", name="film.mov", mime_type="video/quicktime", size=30_000_000),),
    )
    site.desk.syncing.round()
    return site


def test_a_file_on_the_server_shows_its_size_and_comes_by_a_click(qtbot, open_site, with_file):
    window = open_site(with_file, "Printer")
    assert "film.mov" in thread(window)
    assert "30.0 MB" in thread(window)
    click_link(qtbot, window.pane.talk, "get when online")
    qtbot.waitUntil(lambda: has_link(window.pane.talk, "save as"))
    file = window.ticket.page.entries[-1].attachments[0]
    assert with_file.desk.files.read(file) == b"file 77"


def test_a_file_is_not_asked_for_while_offline_and_it_says_why(qtbot, open_site, with_file):
    window = open_site(with_file, "Printer")
    offline(qtbot, window)
    before = with_file.server.requests
    click_link(qtbot, window.pane.talk, "get when online")
    assert window.pane.notice.text == (
        "“film.mov” (30.0 MB) is on the server: get it when you are online again."
    )
    assert with_file.server.requests == before


def test_a_field_that_waits_says_what_the_server_has(qtbot, open_site, site):
    window = open_site(site, "Printer")
    offline(qtbot, window)
    window.ticket.edit("priority", "high")
    qtbot.waitUntil(lambda: "There it was: Normal" in buttons_of(window)["priority"].toolTip())
    step = next(iter(window.pane.bar.buttons.values()))
    assert "checked again when it goes out" in step.toolTip()
    qtbot.mouseClick(window.server.bar.offline, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "There it was" not in buttons_of(window)["priority"].toolTip())


def buttons_of(window):
    return window.pane.side.field_buttons


def test_old_rows_say_of_when_they_are_while_offline(qtbot, open_site, site):
    window = open_site(site)
    assert window.server._as_of.isHidden()
    offline(qtbot, window)
    qtbot.waitUntil(lambda: not window.server._as_of.isHidden())
    assert window.server._as_of.text().startswith("As of ")
    assert "you work offline" in window.server.bar.text


def test_a_ticket_that_is_looked_at_is_read_from_the_server(qtbot, open_site, site, monkeypatch):
    monkeypatch.setattr("desk_app.ui.sync_scheduler.ACTIVE_MS", 3_600_000)
    monkeypatch.setattr("desk_app.ui.sync_scheduler.BACKGROUND_MS", 3_600_000)
    window = open_site(site, "Printer")
    sync = window.session.sync
    sync.pause(paused=True)
    qtbot.waitUntil(lambda: not sync.state.busy)
    laptop = site.ticket("Laptop").id
    site.oracle.post(site.kept("Laptop"), EntryKind.MESSAGE, "And it is hot")
    with site.desk.sync_unit() as unit:
        unit.save_base(replace(unit.base(laptop), version="", thread="old"))
        unit.commit()
    window.go_to(laptop)
    qtbot.waitUntil(lambda: "And it is hot" in thread(window))


def test_without_a_server_nothing_of_it_is_said(qtbot, open_as):
    window = open_as("jane", "100020")
    assert "Accepted by" not in thread(window)
    assert window.pane.reply.send.text().startswith("Record reply to ")
    assert window.pane.reply.fate.isHidden()
    assert "everything is kept on this computer" in window.status.text()


def test_a_ticket_made_offline_is_said_to_wait_and_has_no_number_yet(qtbot, open_site, site):
    window = open_site(site, "Printer")
    offline(qtbot, window)
    window.menus.entries["new_ticket"].trigger()
    form = window.opening.form
    qtbot.waitUntil(lambda: window.right.currentWidget() is form)
    qtbot.keyClicks(form.requester, "Zed New <zed@bank.example>")
    qtbot.keyClicks(form.subject, "From the train")
    qtbot.keyClicks(form.area.edit, "They called")
    qtbot.keyClick(form.area.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "They called" in thread(window))
    assert "saved here and waits in the outbox" in window.pane.notice.text
    assert window.pane.badges.text().startswith("(new)")
    qtbot.waitUntil(lambda: "Waiting" in thread(window))
    assert not has_link(window.pane.talk, "undo")
    qtbot.mouseClick(window.server.bar.offline, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Waiting" not in thread(window))
    number = site.kept("From the train").id
    qtbot.waitUntil(lambda: window.pane.badges.text().startswith(f"#R{number}"))
