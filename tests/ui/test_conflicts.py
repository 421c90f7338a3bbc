"""Nobody's change is silently overwritten: what collided is decided by the agent, by keys."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt

from desk_app.domain.draft import DraftKind
from desk_app.domain.entry import EntryKind
from desk_app.domain.mirror import AccountState
from desk_app.domain.outbox import OutboxState
from desk_app.domain.ticket import Task
from desk_app.ports.remote import GoneWhy
from desk_app.services.outbox import NotNowError
from tests.sync.oracle import Fate

CTRL = Qt.KeyboardModifier.ControlModifier
CTRL_SHIFT = CTRL | Qt.KeyboardModifier.ShiftModifier


def view_of(window):
    return window.server.paging.conflicts.view


def open_conflicts(qtbot, window, lines=1):
    qtbot.keyClick(window, Qt.Key.Key_C, CTRL_SHIFT)
    view = view_of(window)
    qtbot.waitUntil(lambda: view.list.count() == lines)
    if lines:
        qtbot.waitUntil(lambda: bool(view.heading.text()))
    return view


def shown(view):
    table = view.table
    return [
        [table.item(row, column).text() for column in range(5)] for row in range(table.rowCount())
    ]


@pytest.fixture
def collided(site):
    """Two fields of one command were changed by John too; a third was not."""
    assert site.ticket("Printer").priority == "normal"
    site.do("Printer", lambda writing: writing.edit("priority", "high"))
    site.oracle.set(site.kept("Printer"), "priority", "low", "john")
    site.desk.syncing.round()
    assert [item.state for item in site.items()] == [OutboxState.CONFLICT]
    return site


def test_no_conflicts_is_said(qtbot, open_site, site):
    window = open_site(site)
    view = open_conflicts(qtbot, window, 0)
    assert view.empty.isVisible()
    assert view.empty.text() == "No conflicts"


def test_base_mine_and_theirs_stand_beside_each_other_with_who_and_when(qtbot, open_site, collided):
    window = open_site(collided, "Printer")
    view = open_conflicts(qtbot, window)
    [[name, base, mine, theirs, result]] = shown(view)
    assert (name, base, mine) == ("Priority", "Normal", "High")
    assert theirs.startswith("Low\nJohn")
    assert result == "High  (mine)"
    assert "you did “Priority”" in view.heading.text()


def test_theirs_by_key_leaves_nothing_of_mine(qtbot, open_site, collided):
    window = open_site(collided, "Printer")
    view = open_conflicts(qtbot, window)
    qtbot.keyClick(view.list, Qt.Key.Key_2)
    assert shown(view)[0][4] == "Low  (theirs)"
    qtbot.keyClick(view.list, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: collided.items() == [])
    assert collided.ticket("Printer").priority == "low"
    assert collided.kept("Printer").fields["priority"] == "low"
    qtbot.waitUntil(view.empty.isVisible)


def test_mine_by_key_is_sent_knowing_theirs(qtbot, open_site, collided):
    window = open_site(collided, "Printer")
    view = open_conflicts(qtbot, window)
    qtbot.keyClick(view.list, Qt.Key.Key_2)
    qtbot.keyClick(view.list, Qt.Key.Key_1)
    qtbot.keyClick(view.list, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: collided.kept("Printer").fields["priority"] == "high")
    qtbot.waitUntil(lambda: collided.items() == [])
    assert collided.oracle.unseen == []


def test_another_value_is_chosen_and_sent(qtbot, open_site, collided):
    window = open_site(collided, "Printer")
    view = open_conflicts(qtbot, window)
    qtbot.keyClick(view.list, Qt.Key.Key_3)
    qtbot.waitUntil(window.chooser.isVisible)
    qtbot.keyClicks(window.chooser.edit, "Emergency")
    qtbot.keyClick(window.chooser.edit, Qt.Key.Key_Return)
    assert shown(view)[0][4] == "Emergency  (other)"
    qtbot.keyClick(view.table, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: collided.kept("Printer").fields["priority"] == "emergency")


def test_decided_offline_it_applies_at_reconnect(qtbot, open_site, collided):
    with collided.desk.sync_unit() as unit:
        unit.save_account(replace(unit.account(), state=AccountState.OFFLINE))
        unit.commit()
    window = open_site(collided, "Printer")
    view = open_conflicts(qtbot, window)
    qtbot.keyClick(view.list, Qt.Key.Key_Return, CTRL)
    notice = window.server.paging.pages.notice
    qtbot.waitUntil(lambda: notice.text == "Decided. It goes out when online.")
    assert collided.kept("Printer").fields["priority"] == "low"
    window.server.work_offline(offline=False)
    qtbot.waitUntil(lambda: collided.kept("Printer").fields["priority"] == "high")


@pytest.fixture
def half_done(site, monkeypatch):
    """A reply was accepted, and the status that went with it collided."""
    monkeypatch.setattr("desk_app.store.outbox_rows.UNDO_SECONDS", 0)
    requester = site.ticket("Printer").requester
    with site.desk.unit() as unit:
        person = unit.requester(requester)
    site.do("Printer", lambda writing: writing.reply("<p>Done</p>", person, status="resolved"))
    item = site.items()[0]
    with pytest.raises(NotNowError):
        site.desk.syncing.outbox.decide(item.seq, {"status": "closed"})
    real = site.server.send

    def send_and_john_closes(sending, files):
        monkeypatch.setattr(site.server, "send", real)
        receipt = real(sending, files)
        site.oracle.set(site.kept("Printer"), "status", "closed", "john")
        return receipt

    monkeypatch.setattr(site.server, "send", send_and_john_closes)
    site.desk.syncing.round()
    assert [(item.state, item.done) for item in site.items()] == [(OutboxState.CONFLICT, 1)]
    return site


def test_their_status_leaves_the_accepted_reply_where_it_is(half_done):
    half_done.desk.syncing.outbox.decide(half_done.items()[0].seq, {"status": "closed"})
    assert half_done.items() == []
    ticket = half_done.ticket("Printer")
    assert (ticket.status, int(ticket.state)) == ("closed", 1)
    assert list(half_done.desk.reader().drafts()) == []


def test_another_status_is_sent_with_what_follows_from_it(half_done):
    half_done.desk.syncing.outbox.decide(half_done.items()[0].seq, {"status": "open"})
    ticket = half_done.ticket("Printer")
    assert (ticket.status, int(ticket.state)) == ("open", 0)
    half_done.desk.syncing.round()
    assert half_done.kept("Printer").fields["status"] == "open"
    assert half_done.items() == []
    assert half_done.oracle.unseen == []


def test_later_leaves_it_and_goes_back(qtbot, open_site, collided):
    window = open_site(collided, "Printer")
    view = open_conflicts(qtbot, window)
    qtbot.mouseClick(view.buttons["later"], Qt.MouseButton.LeftButton)
    assert window.right.currentWidget() is window.pane
    assert [item.state for item in collided.items()] == [OutboxState.CONFLICT]


@pytest.fixture
def stale(site, monkeypatch):
    monkeypatch.setattr("desk_app.store.outbox_rows.UNDO_SECONDS", 0)
    site.reply("Printer", "Switch it off and on")
    site.oracle.post(site.kept("Printer"), EntryKind.MESSAGE, "It smokes!", author_name="Ana Souza")
    site.desk.syncing.round()
    assert [item.state for item in site.items()] == [OutboxState.STALE]
    return site


def test_a_stale_reply_stands_beside_what_is_new_and_can_be_sent_anyway(qtbot, open_site, stale):
    window = open_site(stale, "Printer")
    view = open_conflicts(qtbot, window)
    qtbot.waitUntil(lambda: "It smokes!" in view.against.toPlainText())
    assert "Printer is broken" not in view.against.toPlainText()
    assert view.mine.toPlainText() == "Switch it off and on"
    assert not view.buttons["apply"].isVisible()
    qtbot.mouseClick(view.buttons["send"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: stale.items() == [])
    assert [e.text for e in stale.kept("Printer").entries][-1] == "Switch it off and on"


def test_a_stale_reply_is_edited_as_a_draft(qtbot, open_site, stale):
    window = open_site(stale, "Printer")
    view = open_conflicts(qtbot, window)
    qtbot.mouseClick(view.buttons["edit"], Qt.MouseButton.LeftButton)
    edit = window.pane.reply.edit
    qtbot.waitUntil(lambda: edit.toPlainText() == "Switch it off and on")
    assert stale.items() == []


def test_a_refusal_has_the_servers_words_and_gives_the_text_back(qtbot, open_site, site):
    site.server.write_fates = [Fate.REFUSE]
    site.do("Printer", lambda writing: writing.note("<p>Toner ordered</p>"))
    site.desk.syncing.round()
    window = open_site(site, "Printer")
    view = open_conflicts(qtbot, window)
    qtbot.waitUntil(lambda: "“Permission Denied”" in view.against.toPlainText())
    assert view.buttons["send"].text() == "Try again"
    qtbot.mouseClick(view.buttons["discard"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.pane.note.edit.toPlainText() == "Toner ordered")


def test_a_reply_whose_ticket_was_merged_says_where_it_goes_on(qtbot, open_site, site, monkeypatch):
    monkeypatch.setattr("desk_app.store.outbox_rows.UNDO_SECONDS", 0)
    site.reply("Printer", "Switch it off and on")
    kept, into = site.kept("Printer"), site.kept("Laptop")
    kept.gone, kept.into = GoneWhy.MERGED, into.id
    site.oracle.touch(kept)
    site.desk.syncing.round()
    assert [item.state for item in site.items()] == [OutboxState.REFUSED]
    window = open_site(site, "Printer")
    view = open_conflicts(qtbot, window)
    told = f"The ticket was merged on the server. It goes on there in #R{into.id}."
    qtbot.waitUntil(lambda: told in view.against.toPlainText())
    qtbot.mouseClick(view.buttons["discard"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: site.items() == [])
    (draft,) = [d for d in site.desk.reader().drafts() if d.text == "Switch it off and on"]
    assert draft.key.kind is DraftKind.REPLY


def test_what_the_rules_refuse_since_a_task_was_opened_says_so(qtbot, open_site, site):
    site.do("Printer", lambda writing: writing.plain("set_status", "resolved"))
    task = Task(id=1, title="Check the cable")
    site.oracle.set(site.kept("Printer"), "task:1", task, "john")
    site.desk.syncing.round()
    assert [item.state for item in site.items()] == [OutboxState.REFUSED]
    window = open_site(site, "Printer")
    view = open_conflicts(qtbot, window)
    qtbot.waitUntil(lambda: "Check the cable" in view.against.toPlainText())
    told = view.against.toPlainText()
    assert "You did it by what was known here." in told
    assert "Open tasks: 1, first “Check the cable”." in told
    assert "Since then:" in told
    assert "John" in told


@pytest.mark.parametrize("hours", [-30, 30])
def test_what_happened_since_is_told_by_the_servers_order_and_by_no_clock(
    qtbot, open_site, site, hours
):
    site.oracle.now = lambda: datetime.now(UTC) + timedelta(hours=hours)
    site.oracle.set(site.kept("Printer"), "priority", "low", "john")
    site.desk.syncing.round()
    site.do("Printer", lambda writing: writing.plain("set_status", "resolved"))
    task = Task(id=1, title="Check the cable")
    site.oracle.set(site.kept("Printer"), "task:1", task, "john")
    site.desk.syncing.round()
    window = open_site(site, "Printer")
    view = open_conflicts(qtbot, window)
    qtbot.waitUntil(lambda: "Since then:" in view.against.toPlainText())
    since = view.against.toPlainText().partition("Since then:")[2]
    assert "Check the cable" in since
    assert "Low" not in since


def test_what_may_have_arrived_is_asked_with_the_evidence(qtbot, open_site, site, monkeypatch):
    from desk_app.ports.remote_errors import NoAnswerError

    def cannot_tell(sending):
        raise NoAnswerError(why="timeout", detail="")

    monkeypatch.setattr(site.server, "probe", cannot_tell)
    site.server.write_fates = [Fate.LOSE_ANSWER]
    site.do("Printer", lambda writing: writing.note("<p>Toner ordered</p>"))
    site.desk.syncing.round()
    site.desk.syncing.round()
    assert [item.state for item in site.items()] == [OutboxState.UNSURE]
    window = open_site(site, "Printer")
    view = open_conflicts(qtbot, window)
    qtbot.waitUntil(lambda: "cannot tell whether it arrived" in view.against.toPlainText())
    qtbot.mouseClick(view.buttons["arrived"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: site.items() == [])
    assert list(site.oracle.posted.values()) == [1]
