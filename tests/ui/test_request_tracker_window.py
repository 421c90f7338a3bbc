"""The whole way over real sockets: add a Request Tracker, work, go offline, come back."""

from datetime import timedelta

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt

from desk_app.domain.breach import reason_fields
from desk_app.domain.draft import DraftKind
from desk_app.domain.lifecycle import Action
from desk_app.domain.outbox import OutboxState
from desk_app.known_desks import KnownDesks
from desk_app.ui.first_run import FirstRun
from tests.remote.fake_rt import Fate, fake_rt

SUPPLIER = "Waiting for a supplier"
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def rt():
    with fake_rt() as made:
        for subject in ("Printer", "Laptop"):
            body = {"Queue": "1", "Subject": subject, "Requestor": "una@out.test"}
            made.make("lea", {**body, "Content": f"{subject} is broken"})
        yield made


@pytest.fixture
def window(qtbot, qapp, rt, tmp_path, monkeypatch):
    """Added by the first screen, as a person would."""
    monkeypatch.setattr("desk_app.store.outbox_rows.UNDO_SECONDS", 0)
    desks = KnownDesks(tmp_path / "desks.json")
    first = FirstRun(lambda: desks)
    first.show()
    view = first.view
    qtbot.keyClicks(view.address, rt.url)
    qtbot.keyClick(view.address, Qt.Key.Key_Return)
    qtbot.waitUntil(view.user.hasFocus)
    qtbot.keyClicks(view.user, "sam")
    qtbot.keyClicks(view.secret, "sam-password")
    qtbot.keyClick(view.secret, Qt.Key.Key_Return)
    qtbot.waitUntil(view.add.hasFocus)
    qtbot.keyClick(view.add, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: first.opened is not None)
    opened = first.opened
    qtbot.waitUntil(lambda: opened.model.rowCount() == 2)
    qtbot.waitUntil(lambda: opened.server.paging is not None)
    qtbot.waitUntil(lambda: "online, synced" in opened.server.bar.text)
    yield opened
    for shown in (first, opened):
        shown.close()
        shown.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def go_to(qtbot, window, number):
    found = window.session.desk.reader().find_ticket(number)
    window.go_to(found)
    qtbot.waitUntil(lambda: window.ticket.page is not None)
    qtbot.waitUntil(lambda: window.ticket.page.ticket.id == found)


def write(qtbot, window, words, kind):
    window.pane.write(kind)
    page = window.pane.note if kind is DraftKind.NOTE else window.pane.reply
    qtbot.keyClicks(page.edit, words)
    qtbot.keyClick(page.edit, Qt.Key.Key_Return, CTRL)


def thread(window):
    return window.pane.talk.toPlainText()


def test_a_note_and_a_reply_are_there_once_and_marked_as_accepted(qtbot, window, rt):
    go_to(qtbot, window, "1")
    qtbot.waitUntil(lambda: "Printer is broken" in thread(window))
    write(qtbot, window, "Toner ordered", DraftKind.NOTE)
    write(qtbot, window, "On my way", DraftKind.REPLY)
    qtbot.waitUntil(lambda: thread(window).count("Accepted by ") == 2)
    qtbot.waitUntil(lambda: window.session.desk.reader().outbox() == [])
    assert set(rt.posted.values()) == {1}
    assert len(rt.posted) == 2


def test_after_a_lost_answer_it_is_found_and_not_sent_again(qtbot, window, rt):
    go_to(qtbot, window, "1")
    rt.fates.append(Fate.LOSE_ANSWER)
    write(qtbot, window, "Once", DraftKind.NOTE)
    qtbot.waitUntil(lambda: "Accepted by " in thread(window))
    assert list(rt.posted.values()) == [1]


def test_a_server_that_was_set_back_gets_nothing_and_that_is_said(qtbot, window, rt):
    go_to(qtbot, window, "2")
    rt.rows[-1]["Created"] += timedelta(minutes=5)  # another one under the same number
    write(qtbot, window, "For this laptop alone", DraftKind.NOTE)
    qtbot.waitUntil(lambda: "set back to an earlier state since" in window.server.bar.text)
    qtbot.waitUntil(lambda: "add the server anew" in window.server._as_of.text())
    assert not window.server._as_of.isHidden()
    assert not rt.posted
    (row,) = window.session.desk.reader().outbox()
    assert row.item.state is OutboxState.WAITING


def test_what_is_done_offline_waits_and_goes_out_at_reconnect(qtbot, window, rt):
    go_to(qtbot, window, "2")
    offline = window.server.bar.offline
    qtbot.mouseClick(offline, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "you work offline" in window.server.bar.text)
    write(qtbot, window, "Battery is dead", DraftKind.NOTE)
    qtbot.mouseClick(window.pane.bar.buttons["open"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(window.session.desk.reader().outbox()) == 2)
    assert rt.tickets["2"]["Status"] == "new"
    qtbot.mouseClick(offline, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: rt.tickets["2"]["Status"] == "open")
    qtbot.waitUntil(lambda: window.session.desk.reader().outbox() == [])
    assert list(rt.posted.values()) == [1]


def pick(qtbot, window, words, starts):
    qtbot.waitUntil(window.chooser.isVisible)
    qtbot.keyClicks(window.chooser.edit, words)
    listed = window.chooser.list
    qtbot.waitUntil(lambda: listed.count() > 0 and listed.item(0).text().startswith(starts))
    qtbot.keyClick(window.chooser.edit, Qt.Key.Key_Return)


def test_who_asks_and_who_reads_along_is_changed_there(qtbot, window, rt):
    go_to(qtbot, window, "1")
    window.asking.choose(Action.EDIT_COLLABORATORS)
    pick(qtbot, window, "Cy Young <cy@out.test>", "New person")
    qtbot.waitUntil(lambda: rt.tickets["1"]["Cc"] == ["cy@out.test"])
    qtbot.waitUntil(lambda: window.session.desk.reader().outbox() == [])
    window.asking.choose(Action.EDIT_REQUESTER)
    pick(qtbot, window, "Di Weber <di@out.test>", "New person")
    qtbot.waitUntil(lambda: rt.tickets["1"]["Requestor"] == ["di@out.test"])
    qtbot.waitUntil(lambda: window.ticket.page.requester.name == "Di Weber")
    window.composing.reply_to_all()
    assert window.pane.reply.copies == ("cy@out.test",)
    window.asking.choose(Action.EDIT_COLLABORATORS)
    pick(qtbot, window, "take away", "Take away")
    qtbot.waitUntil(lambda: rt.tickets["1"]["Cc"] == [])
    assert rt.tickets["1"]["Requestor"] == ["di@out.test"]


def test_a_colleague_gets_copies_of_notes_too(qtbot, window, rt):
    go_to(qtbot, window, "1")
    window.menus.entries["edit_watchers"].trigger()
    pick(qtbot, window, "ann", "Ann Agent <ann@desk.test>")
    qtbot.waitUntil(lambda: rt.tickets["1"]["AdminCc"] == ["ann"])
    qtbot.waitUntil(lambda: window.session.desk.reader().outbox() == [])
    qtbot.waitUntil(lambda: "(AdminCc): Ann Agent" in window.pane.side.requester.text())
    window.composing.reply_to_all()
    assert window.pane.reply.copies == ()  # nobody outside is told of them
    window.menus.entries["edit_watchers"].trigger()
    pick(qtbot, window, "take away", "Take away: Ann Agent")
    qtbot.waitUntil(lambda: rt.tickets["1"]["AdminCc"] == [])


def test_a_field_of_the_servers_says_why_it_was_late(qtbot, window, rt):
    go_to(qtbot, window, "1")
    window.menus.entries["reason_field"].trigger()
    pick(qtbot, window, "Room", "Room")
    qtbot.waitUntil(lambda: "“Room” says why" in window.notice.text)
    qtbot.waitUntil(lambda: bool(reason_fields(window.session.directory)))
    window.asking.choose(Action.BREACH_REASON)
    pick(qtbot, window, "supplier", SUPPLIER)
    qtbot.waitUntil(lambda: rt.tickets["1"]["CustomFields"].get("5") == SUPPLIER)
    qtbot.waitUntil(lambda: window.ticket.page.ticket.breach_reason == SUPPLIER)
    assert not any(row["Type"] == "Comment" for row in rt.history("1"))


@pytest.mark.parametrize("days", [-400, 0, 400])
def test_two_agents_change_the_same_field_and_the_window_asks(qtbot, window, rt, days):
    rt.time += timedelta(days=days)  # the server's clock is its own
    go_to(qtbot, window, "1")
    qtbot.mouseClick(window.server.bar.offline, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "you work offline" in window.server.bar.text)
    window.ticket.edit("subject", "Printer on floor 2")
    qtbot.waitUntil(lambda: len(window.session.desk.reader().outbox()) == 1)
    rt.set("1", "lea", "Subject", "Printer in the hall")
    qtbot.mouseClick(window.server.bar.offline, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "1 needs you" in window.server.bar.text)
    assert [r.item.state for r in window.session.desk.reader().outbox()] == [OutboxState.CONFLICT]
    qtbot.mouseClick(window.server.bar.needs_you, Qt.MouseButton.LeftButton)
    view = window.server.paging.conflicts.view
    qtbot.waitUntil(lambda: view.table.rowCount() == 1)
    assert view.table.item(0, 3).text().startswith("Printer in the hall\nLea Agent")
    qtbot.keyClick(view.list, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: rt.tickets["1"]["Subject"] == "Printer on floor 2")
    qtbot.waitUntil(view.empty.isVisible)
