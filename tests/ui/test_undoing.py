"""What a server has is shown before its undo is sent: Enter does it, Esc leaves it."""

import re

import pytest
from PySide6.QtCore import Qt

from desk_app.domain.draft import DraftKind
from desk_app.domain.lifecycle import Action
from desk_app.domain.mirror import AccountState
from desk_app.domain.outbox import OutboxState
from tests.ui.linked import SUBJECTS, URL
from tests.ui.test_queue import choose

SERVER = "desk.acme.example"
CTRL = Qt.KeyboardModifier.ControlModifier


def settled(qtbot, window, site):
    window.session.sync.sync_now()
    qtbot.waitUntil(lambda: site.items() == [])
    qtbot.waitUntil(lambda: not window.session.sync.state.busy)


def ask(qtbot, window):
    """Ctrl+Z over the queue."""
    window.queue.setFocus()
    qtbot.keyClick(window.queue, Qt.Key.Key_Z, CTRL)


@pytest.fixture
def window(qtbot, open_site, site):
    site.do("Printer", lambda w: w.edit("priority", "high"))
    window = open_site(site, "Printer")
    settled(qtbot, window, site)
    qtbot.waitUntil(lambda: window.ticket.page.ticket.priority == "high")
    return window


def test_enter_sends_what_was_shown(qtbot, window, site):
    panel = window.pane.undo_panel
    ask(qtbot, window)
    qtbot.waitUntil(panel.isVisible)
    assert panel.title.text() == f"Undo “Priority”? {SERVER} has it, so this goes out:"
    assert panel.lines.text() == "Priority: High → Normal"
    assert "It goes out at once." in panel.later.text()
    assert panel.go.hasFocus()
    assert site.kept("Printer").fields["priority"] == "high"
    qtbot.keyClick(panel.go, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: site.kept("Printer").fields["priority"] == "normal")
    assert not panel.isVisible()
    assert window.queue.hasFocus()
    said = f"Undone · Priority: High → Normal  ·  Accepted by {SERVER}"
    qtbot.waitUntil(lambda: window.pane.notice.text == said)
    ask_again = window.menus.entries["redo"]
    settled(qtbot, window, site)
    ask_again.trigger()
    qtbot.waitUntil(panel.isVisible)
    assert panel.title.text().startswith("Do “Priority” again?")
    assert panel.lines.text() == "Priority: Normal → High"
    qtbot.mouseClick(panel.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: site.kept("Printer").fields["priority"] == "high")


def test_the_preview_says_which_ticket(qtbot, open_site, site):
    other = site.ticket("Laptop")
    site.do("Printer", lambda w: w.plain(Action.LINK, other.id))
    window = open_site(site, "Printer")
    settled(qtbot, window, site)
    qtbot.waitUntil(lambda: window.ticket.page.ticket.links == (other.id,))
    ask(qtbot, window)
    qtbot.waitUntil(window.pane.undo_panel.isVisible)
    assert window.pane.undo_panel.lines.text() == f"Links: #{other.number} → -"


def test_esc_leaves_it_and_gives_the_keyboard_back(qtbot, window, site):
    panel = window.pane.undo_panel
    ask(qtbot, window)
    qtbot.waitUntil(panel.isVisible)
    qtbot.keyClick(panel.go, Qt.Key.Key_Escape)
    assert not panel.isVisible()
    assert window.queue.hasFocus()
    assert site.items() == []
    assert window.ticket.page.ticket.priority == "high"


def test_a_status_that_the_server_took_goes_back_by_the_small_button(qtbot, open_site, site):
    site.do("Printer", lambda w: w.set_status("resolved"))
    window = open_site(site, "Printer")
    settled(qtbot, window, site)
    kept = site.kept("Printer")
    site.oracle.set(kept, "priority", "low", "john")  # so that it is read again, clock and all
    window.session.sync.sync_now()
    window.pane.side.setCurrentIndex(0)
    qtbot.waitUntil(lambda: window.ticket.page.ticket.status == "resolved")
    qtbot.waitUntil(lambda: window.ticket.page.ticket.priority == "low")
    qtbot.waitUntil(lambda: "status" in window.pane.side.undo_buttons)
    qtbot.waitUntil(lambda: not window.session.sync.state.busy)
    event = next(e for e in window.ticket.page.events if e.action == "set_status")
    closed = next(c.new for c in event.changes if c.field == "closed_at")
    assert window.ticket.page.ticket.closed_at != closed
    qtbot.mouseClick(window.pane.side.undo_buttons["status"], Qt.MouseButton.LeftButton)
    panel = window.pane.undo_panel
    qtbot.waitUntil(panel.isVisible)
    assert panel.lines.text() == "Status: Resolved → Open"
    qtbot.keyClick(panel.go, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: kept.fields["status"] == "open")
    qtbot.waitUntil(lambda: window.ticket.page.ticket.status == "open")


def test_a_status_that_others_changed_since_has_no_such_button(qtbot, open_site, site):
    site.do("Printer", lambda w: w.set_status("resolved"))
    window = open_site(site, "Printer")
    settled(qtbot, window, site)
    site.oracle.set(site.kept("Printer"), "status", "closed", "john")
    window.session.sync.sync_now()
    qtbot.waitUntil(lambda: window.ticket.page.ticket.status == "closed")
    assert "status" not in window.pane.side.undo_buttons


def test_another_ticket_takes_the_question_away(qtbot, window, site):
    panel = window.pane.undo_panel
    ask(qtbot, window)
    qtbot.waitUntil(panel.isVisible)
    window.go_to(site.ticket("Laptop").id)
    qtbot.waitUntil(lambda: not panel.isVisible())
    assert site.items() == []


def test_what_waits_is_withdrawn_at_once(qtbot, window, site):
    window.server.work_offline(offline=True)
    state = window.session.sync
    qtbot.waitUntil(lambda: state.state.status.account.state is AccountState.OFFLINE)
    window.ticket.edit("priority", "low")
    qtbot.waitUntil(lambda: [i.state for i in site.items()] == [OutboxState.WAITING])
    ask(qtbot, window)
    qtbot.waitUntil(lambda: site.items() == [])
    assert not window.pane.undo_panel.isVisible()
    qtbot.waitUntil(lambda: window.pane.notice.text == "Undone: Priority.")


def test_offline_the_preview_says_that_it_waits(qtbot, window, site):
    window.server.work_offline(offline=True)
    state = window.session.sync
    qtbot.waitUntil(lambda: state.state.status.account.state is AccountState.OFFLINE)
    ask(qtbot, window)
    qtbot.waitUntil(window.pane.undo_panel.isVisible)
    assert "It waits in the outbox" in window.pane.undo_panel.later.text()
    qtbot.keyClick(window.pane.undo_panel.go, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: [i.state for i in site.items()] == [OutboxState.WAITING])


def test_a_mail_that_left_says_when_and_asks_nothing(qtbot, open_site, site, monkeypatch):
    monkeypatch.setattr("desk_app.store.outbox_rows.UNDO_SECONDS", 0)
    site.reply("Printer", "On its way")
    window = open_site(site, "Printer")
    settled(qtbot, window, site)
    ask(qtbot, window)
    said = re.compile(r"This cannot be undone: the mail left at \d\d:\d\d\.")
    qtbot.waitUntil(lambda: said.fullmatch(window.pane.notice.text) is not None)
    assert not window.pane.undo_panel.isVisible()


def test_of_a_reply_with_a_status_the_status_alone_goes_back(qtbot, open_site, site, monkeypatch):
    monkeypatch.setattr("desk_app.store.outbox_rows.UNDO_SECONDS", 0)
    ticket = site.ticket("Printer")
    with site.desk.unit() as unit:
        requester = unit.requester(ticket.requester)
    site.do("Printer", lambda w: w.reply("<p>Done</p>", requester, status="resolved"))
    window = open_site(site, "Printer")
    settled(qtbot, window, site)
    ask(qtbot, window)
    panel = window.pane.undo_panel
    qtbot.waitUntil(panel.isVisible)
    lines = panel.lines.text().splitlines()
    assert lines[0] == "Status: Resolved → Open"
    assert re.fullmatch(r"Cannot be undone: the mail left at \d\d:\d\d\.", lines[1])
    qtbot.keyClick(panel.go, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: site.kept("Printer").fields["status"] == "open")
    assert window.pane.reply.edit.toPlainText() == ""
    assert "Done" in window.pane.talk.toPlainText()
    history = window.pane.side.history
    qtbot.waitUntil(lambda: "(undone but for the words)" in history.toPlainText())


def test_the_notice_speaks_the_outboxs_words_until_it_is_accepted(
    qtbot, open_site, site, monkeypatch
):
    monkeypatch.setattr("desk_app.store.outbox_rows.UNDO_SECONDS", 2)
    window = open_site(site, "Printer")
    said = []
    announce = "desk_app.ui.views.notice_bar.announce"
    monkeypatch.setattr(announce, lambda _, words: said.append(words))
    window.pane.write(DraftKind.REPLY)
    qtbot.keyClicks(window.pane.reply.edit, "On my way")
    qtbot.keyClick(window.pane.reply.edit, Qt.Key.Key_Return, CTRL)
    notice = window.pane.notice
    held = re.compile(r"Reply  ·  Held \(undo [012] s\)")
    qtbot.waitUntil(lambda: held.fullmatch(notice.text) is not None)
    assert notice.button.isVisible()
    qtbot.waitUntil(lambda: notice.text == f"Reply  ·  Accepted by {SERVER}")
    assert not notice.button.isVisible(), "what left is not offered back"
    assert len([words for words in said if "Held" in words]) == 1, "no second is read out"
    window.ticket.edit("priority", "low")
    qtbot.waitUntil(lambda: notice.text == f"Priority: Normal → Low  ·  Accepted by {SERVER}")
    qtbot.mouseClick(notice.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(window.pane.undo_panel.isVisible)
    assert URL not in notice.text


def test_the_question_comes_before_a_page_and_in_a_narrow_window_before_the_list(
    qtbot, window, site
):
    window.server.open(0)
    qtbot.waitUntil(lambda: window.right.currentWidget() is not window.pane)
    window.menus.entries["undo"].trigger()
    qtbot.waitUntil(window.pane.undo_panel.isVisible)
    assert window.pane.undo_panel.go.hasFocus()
    qtbot.keyClick(window.pane.undo_panel.go, Qt.Key.Key_Escape)
    window.resize(900, 600)
    window.going.queue()
    qtbot.waitUntil(lambda: not window.pane.isVisible())
    ask(qtbot, window)
    qtbot.waitUntil(window.pane.undo_panel.isVisible)


def select_all(qtbot, window):
    qtbot.waitUntil(lambda: window.model.rowCount() == 3)
    window.queue.setFocus()
    qtbot.keyClick(window.queue, Qt.Key.Key_Home)
    for _ in range(2):
        qtbot.keyClick(window.queue, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: len(window.queue.selected_tickets()) == 3)


def give_to_john(qtbot, window, site):
    """All three tickets, and the server has that."""
    select_all(qtbot, window)
    qtbot.keyClick(window.queue, Qt.Key.Key_A)
    qtbot.waitUntil(window.chooser.isVisible)
    choose(qtbot, window, "John")
    qtbot.waitUntil(lambda: {site.kept(s).fields["owner"] for s in SUBJECTS} == {"john"})
    qtbot.waitUntil(lambda: site.items() == [])


def test_many_are_shown_together_and_one_enter_sends_them_all(qtbot, window, site):
    panel = window.supervising.reassigning.at_once.preview.panel
    give_to_john(qtbot, window, site)
    ask(qtbot, window)
    qtbot.waitUntil(panel.isVisible)
    assert panel.title.text() == f"Undo it on 3 tickets? {SERVER} has it, so this goes out:"
    lines = sorted(panel.lines.text().splitlines())
    assert [line.partition("  ")[0] for line in lines] == ["#R1", "#R2", "#R3"]
    assert all(line.endswith("Agent: John Carter → Sam Ortiz") for line in lines)
    assert {site.kept(s).fields["owner"] for s in SUBJECTS} == {"john"}
    qtbot.keyClick(panel.go, Qt.Key.Key_Escape)
    assert site.items() == []
    ask(qtbot, window)
    qtbot.waitUntil(panel.isVisible)
    qtbot.keyClick(panel.go, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: {site.kept(s).fields["owner"] for s in SUBJECTS} == {"sam"})


def test_the_same_field_of_many_is_taken_back_also_after_the_server_had_it(qtbot, window, site):
    panel = window.supervising.reassigning.at_once.preview.panel
    topics = {site.kept(s).fields["topic"] for s in SUBJECTS}
    select_all(qtbot, window)
    window.menus.entries["edit_topic"].trigger()
    qtbot.waitUntil(window.chooser.isVisible)
    choose(qtbot, window, "Hardware")
    qtbot.waitUntil(lambda: {site.kept(s).fields["topic"] for s in SUBJECTS} != topics)
    settled(qtbot, window, site)
    ask(qtbot, window)
    qtbot.waitUntil(panel.isVisible)
    qtbot.keyClick(panel.go, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: {site.kept(s).fields["topic"] for s in SUBJECTS} == topics)
