"""Everything that waits has a row, and every row can be decided about by keys."""

import json
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester

from desk_app.domain.draft import DraftKey, DraftKind
from desk_app.domain.mirror import AccountState
from desk_app.domain.outbox import OutboxState
from desk_app.domain.people import Requester
from desk_app.ui.models.outbox_model import CHANGE, NEXT, STATE, TICKET, TRIES, WAITS, WHAT
from desk_app.ui.outbox_texts import OutboxAction
from tests.sync.oracle import Fate

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def press(qtbot, window, key, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(window.server.paging.outbox.view.table, key, modifier)


def open_outbox(qtbot, window, rows):
    qtbot.keyClick(window, Qt.Key.Key_O, CTRL_SHIFT)
    model = window.server.paging.outbox.model
    qtbot.waitUntil(lambda: len(model.rows) == rows)
    return window.server.paging.outbox.view


def cell(window, row, column):
    model = window.server.paging.outbox.model
    return model.data(model.index(row, column))


def states(site):
    return [item.state for item in site.items()]


@pytest.fixture
def offline_window(qtbot, open_site, site):
    """Three commands wait: a status, a note on the same ticket, a reply on another."""
    with site.desk.sync_unit() as unit:
        unit.save_account(replace(unit.account(), state=AccountState.OFFLINE))
        unit.commit()
    site.do("Printer", lambda writing: writing.edit("priority", "high"))
    site.do("Printer", lambda writing: writing.note("<p>Toner ordered</p>"))
    site.reply("Laptop", "On my way")
    return open_site(site)


def test_an_empty_outbox_says_so(qtbot, open_site, site):
    window = open_site(site)
    view = open_outbox(qtbot, window, 0)
    assert view.empty.isVisible()
    assert view.empty.text() == "Nothing waiting"
    assert not view.table.isVisible()
    assert window.focusWidget() is not None
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
    assert window.right.currentWidget() is window.pane
    assert window.queue.hasFocus()


def test_each_command_has_a_row_that_says_it_all(qtbot, offline_window):
    window = offline_window
    view = open_outbox(qtbot, window, 3)
    assert view.table.hasFocus()
    assert cell(window, 0, TICKET) == f"#{window.server.paging.outbox.model.rows[0].number}"
    assert [cell(window, n, WHAT) for n in range(3)] == ["Priority", "Internal note", "Reply"]
    assert cell(window, 0, CHANGE) == "Priority: Normal → High"
    assert cell(window, 1, CHANGE) == "Toner ordered"
    assert cell(window, 0, STATE) == "Waiting"
    assert cell(window, 2, STATE).startswith("Held (undo ")
    assert cell(window, 0, TRIES) == ""
    assert cell(window, 0, NEXT) == ""
    assert cell(window, 0, WAITS) == "working offline"
    assert cell(window, 1, WAITS) == "“Priority” of the same ticket"


def test_whom_a_command_names_is_in_its_row(qtbot, offline_window, site):
    with site.desk.unit() as unit:
        unit.save_requester(Requester(id=77, name="Bo Adams", email="bo@bank.example"))
        unit.commit()
    site.do("Printer", lambda writing: writing.edit("requester", 77))
    open_outbox(qtbot, offline_window, 4)
    assert cell(offline_window, 3, CHANGE) == "Requester: Ana Souza → Bo Adams"


def test_g_then_o_goes_there_from_the_queue_and_esc_comes_back(qtbot, offline_window):
    window = offline_window
    window.queue.setFocus()
    qtbot.keyClick(window.queue, Qt.Key.Key_G)
    qtbot.keyClick(window.queue, Qt.Key.Key_O)
    view = window.server.paging.outbox.view
    qtbot.waitUntil(view.table.hasFocus)
    press(qtbot, window, Qt.Key.Key_Escape)
    assert window.right.currentWidget() is window.pane
    assert window.queue.hasFocus()


def test_the_navigator_counts_what_waits_and_leads_there(qtbot, offline_window):
    window, tree = offline_window, offline_window.navigator
    [entry] = tree.findItems("Outbox", Qt.MatchFlag.MatchRecursive | Qt.MatchFlag.MatchExactly, 0)
    qtbot.waitUntil(lambda: entry.text(1) == "3")
    assert entry.data(0, Qt.ItemDataRole.AccessibleTextRole) == "Outbox: 3 waiting"
    tree.scrollToItem(entry)
    place = tree.visualItemRect(entry).center()
    qtbot.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(window.server.paging.outbox.view.table.hasFocus)


def test_a_command_is_held_and_let_go_by_keys(qtbot, offline_window, site):
    window = offline_window
    view = open_outbox(qtbot, window, 3)
    press(qtbot, window, Qt.Key.Key_H)
    qtbot.waitUntil(lambda: states(site)[0] is OutboxState.HELD)
    qtbot.waitUntil(lambda: cell(window, 0, STATE) == "Held by you")
    assert view.current().item.state is OutboxState.HELD
    press(qtbot, window, Qt.Key.Key_L)
    qtbot.waitUntil(lambda: states(site)[0] is OutboxState.WAITING)


def test_several_are_discarded_at_once_and_their_words_are_drafts_again(
    qtbot, offline_window, site
):
    window = offline_window
    view = open_outbox(qtbot, window, 3)
    view.table.selectAll()
    press(qtbot, window, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: site.items() == [])
    drafts = {draft.key.kind: draft.text for draft in site.desk.reader().drafts()}
    assert drafts == {DraftKind.NOTE: "Toner ordered", DraftKind.REPLY: "On my way"}
    assert site.ticket("Printer").priority == "normal"
    qtbot.waitUntil(view.empty.isVisible)


def test_a_discard_is_undone_by_ctrl_z_and_all_is_as_it_was(qtbot, offline_window, site):
    window = offline_window
    view = open_outbox(qtbot, window, 3)
    with site.desk.sync_unit() as unit:
        unit.save_item(replace(unit.items()[0], state=OutboxState.REFUSED, words="No, said Bo"))
        unit.commit()
    before = site.items()
    window.server.paging.outbox.read()
    qtbot.waitUntil(lambda: cell(window, 0, STATE) == "Needs you: refused")
    view.table.selectAll()
    press(qtbot, window, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: site.items() == [])
    notice = window.server.paging.pages.notice
    qtbot.waitUntil(lambda: notice.text == "Discarded. What was written is a draft again.")
    assert notice.button.text() == "Undo (Ctrl+Z)"
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: notice.text == "It is in the outbox again, as it was.")
    qtbot.waitUntil(lambda: len(window.server.paging.outbox.model.rows) == 3)
    assert site.items() == before
    assert site.desk.reader().drafts() == []
    assert site.ticket("Printer").priority == "high"
    page = site.desk.reader().page(site.ticket("Laptop").id, agent="sam", entries=10)
    assert [entry.text for entry in page.entries][-1] == "On my way"


def test_the_notice_offers_the_undo_and_keeps_what_was_typed_since(qtbot, offline_window, site):
    window = offline_window
    view = open_outbox(qtbot, window, 3)
    view.go_to(window.server.paging.outbox.model.rows[1].item.seq)
    press(qtbot, window, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: len(site.items()) == 2)
    key = DraftKey(ticket=site.ticket("Printer").id, kind=DraftKind.NOTE)
    typed = site.desk.reader().draft(key)
    html = typed.html + "<p>———</p><p>And paper</p>"
    site.desk.drafts.save(replace(typed, html=html, text="Toner ordered ——— And paper"))
    notice = window.server.paging.pages.notice
    qtbot.waitUntil(notice.button.isVisible)
    qtbot.mouseClick(notice.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(site.items()) == 3)
    assert [item.event.action for item in site.items()] == ["edit", "note", "reply"]
    assert site.desk.reader().draft(key).text.strip() == "And paper"


def test_an_undo_that_would_undo_a_later_change_is_refused(qtbot, offline_window, site):
    window = offline_window
    open_outbox(qtbot, window, 3)
    press(qtbot, window, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: len(site.items()) == 2)
    site.do("Printer", lambda writing: writing.edit("priority", "low"))
    notice = window.server.paging.pages.notice
    qtbot.waitUntil(notice.button.isVisible)
    qtbot.mouseClick(notice.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: notice.text.startswith("You changed the same field again since"))
    assert site.ticket("Printer").priority == "low"
    assert [item.event.action for item in site.items()] == ["note", "reply", "edit"]


def test_an_edited_reply_is_in_the_composer_again_and_goes_out_once(qtbot, offline_window, site):
    window = offline_window
    view = open_outbox(qtbot, window, 3)
    view.go_to(window.server.paging.outbox.model.rows[2].item.seq)
    press(qtbot, window, Qt.Key.Key_E)
    edit = window.pane.reply.edit
    qtbot.waitUntil(lambda: edit.toPlainText() == "On my way")
    qtbot.waitUntil(edit.hasFocus)
    assert window.right.currentWidget() is window.pane
    assert len(site.items()) == 2


def test_editing_a_value_opens_its_choices_again(qtbot, offline_window, site):
    window = offline_window
    open_outbox(qtbot, window, 3)
    press(qtbot, window, Qt.Key.Key_E)
    qtbot.waitUntil(window.chooser.isVisible)
    assert site.ticket("Printer").priority == "normal"
    assert [item.event.action for item in site.items()] == ["note", "reply"]


def test_what_is_off_says_why(qtbot, offline_window):
    window = offline_window
    view = open_outbox(qtbot, window, 3)
    notice = window.server.paging.pages.notice
    press(qtbot, window, Qt.Key.Key_C)
    assert "whether it arrived" in notice.text
    button = view.buttons[OutboxAction.LET_GO]
    assert button.property("denied") == "true"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert notice.text == "It is not held."
    assert button.toolTip() == "It is not held."


def test_what_is_on_its_way_is_neither_held_nor_discarded(qtbot, open_site, site):
    site.server.write_fates = [Fate.LOSE_ANSWER]
    site.server.probe = None  # not asked in this test
    site.do("Printer", lambda writing: writing.note("<p>Toner ordered</p>"))
    with site.desk.sync_unit() as unit:
        item = unit.items()[0]
        unit.save_item(replace(item, state=OutboxState.UNCERTAIN, tries=1))
        unit.save_account(replace(unit.account(), state=AccountState.OFFLINE))
        unit.commit()
    window = open_site(site)
    open_outbox(qtbot, window, 1)
    assert cell(window, 0, STATE) == "Not sure - checking"
    press(qtbot, window, Qt.Key.Key_Delete)
    notice = window.server.paging.pages.notice
    assert "wait until that is known" in notice.text
    assert len(site.items()) == 1


def test_explain_says_where_it_stands_what_is_kept_and_what_to_do(qtbot, offline_window):
    window = offline_window
    view = open_outbox(qtbot, window, 3)
    press(qtbot, window, Qt.Key.Key_Down)
    press(qtbot, window, Qt.Key.Key_I)
    assert view.whole.hasFocus()
    told = view.whole.toPlainText()
    assert "It waits in the outbox until it can go out." in told
    assert "It goes out after “Priority” of the same ticket" in told
    assert "Nothing goes out now: working offline." in told
    assert "All of it is saved here, on this disk" in told
    assert "You can edit, hold or discard it." in told
    assert told.endswith("Toner ordered")


@pytest.mark.parametrize("name", ["outbox.json", "outbox.txt"])
def test_the_outbox_can_be_taken_along_as_a_file(qtbot, offline_window, tmp_path, name):
    window = offline_window
    view = open_outbox(qtbot, window, 3)
    view.table.selectAll()
    press(qtbot, window, Qt.Key.Key_X)
    path = tmp_path / name
    box = window.server.paging.outbox.box
    box.selectFile(str(path))
    box.fileSelected.emit(str(path))
    box.reject()
    qtbot.waitUntil(path.exists)
    qtbot.waitUntil(lambda: bool(path.read_text(encoding="utf-8")))
    text = path.read_text(encoding="utf-8")
    assert "On my way" in text
    if name.endswith("json"):
        found = json.loads(text)
        assert [row["state"] for row in found] == ["waiting", "waiting", "held"]
    else:
        assert "Priority: Normal → High" in text


def test_a_file_that_cannot_be_written_is_said(qtbot, offline_window, tmp_path):
    window = offline_window
    open_outbox(qtbot, window, 3)
    window.server.paging.outbox.export(window.server.paging.outbox.model.rows, str(tmp_path))
    notice = window.server.paging.pages.notice
    qtbot.waitUntil(lambda: "cannot be written" in notice.text)


def test_when_the_agent_goes_online_rows_leave_and_the_current_one_stays(
    qtbot, offline_window, site, qtmodeltester: ModelTester
):
    window = offline_window
    view = open_outbox(qtbot, window, 3)
    qtmodeltester.check(window.server.paging.outbox.model)
    view.go_to(window.server.paging.outbox.model.rows[2].item.seq)
    window.server.work_offline(offline=False)
    qtbot.waitUntil(lambda: len(window.server.paging.outbox.model.rows) == 1)
    assert view.current().item.event.action == "reply"
    assert site.kept("Printer").fields["priority"] == "high"


def test_enter_goes_to_the_ticket(qtbot, offline_window, site):
    window = offline_window
    open_outbox(qtbot, window, 3)
    press(qtbot, window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.ticket.page is not None)
    qtbot.waitUntil(lambda: window.ticket.page.ticket.id == site.ticket("Printer").id)
    assert window.right.currentWidget() is window.pane


def test_a_desk_without_a_server_says_so(qtbot, open_as):
    window = open_as("jane", "100020")
    qtbot.keyClick(window, Qt.Key.Key_O, CTRL_SHIFT)
    assert window.notice.text == "This desk has no server: all is kept on this computer."
