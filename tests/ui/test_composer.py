"""Writing a reply or a note: formats, files, pictures, canned texts, versions, sending once."""

import email
import email.policy
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QImage, QKeySequence

from desk_app.bootstrap import OpenDesk
from desk_app.domain.draft import FILE_LIMIT, DraftKind
from desk_app.domain.ticket import State

LAPTOP = "100020"
PLAIN = "100009"
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def entries(window):
    return window.ticket.page.entries


def send(qtbot, window):
    before = len(entries(window))
    qtbot.keyClick(window.pane.reply.edit, Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: len(entries(window)) == before + 1)
    return entries(window)[-1]


def choose(qtbot, window, words):
    qtbot.waitUntil(window.chooser.isVisible)
    qtbot.keyClicks(window.chooser.edit, words)
    qtbot.keyClick(window.chooser.edit, Qt.Key.Key_Return)


def test_formats_go_out_as_plain_tidy_html(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    edit = window.pane.reply.edit
    qtbot.keyClicks(edit, "Do ")
    qtbot.keyClick(edit, Qt.Key.Key_B, CONTROL)
    qtbot.keyClicks(edit, "this")
    qtbot.keyClick(edit, Qt.Key.Key_B, CONTROL)
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    qtbot.mouseClick(window.pane.reply.tools.buttons["numbers"], Qt.MouseButton.LeftButton)
    qtbot.keyClicks(edit, "one")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    qtbot.keyClicks(edit, "two")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    qtbot.keyClick(edit, Qt.Key.Key_Return)  # an empty item ends the list
    qtbot.mouseClick(window.pane.reply.tools.buttons["quote"], Qt.MouseButton.LeftButton)
    qtbot.keyClicks(edit, "she said")
    assert edit.html() == (
        "<p>Do <b>this</b></p><ol><li>one</li><li>two</li></ol>"
        "<blockquote><p>she said</p></blockquote>"
    )
    sent = send(qtbot, window)
    assert "<li>one</li>" in sent.html
    assert "<blockquote>" in sent.html


def test_a_link_is_set_on_the_selected_words_and_a_script_is_none(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    edit = window.pane.reply.edit
    qtbot.keyClicks(edit, "see the guide")
    cursor = edit.textCursor()
    cursor.setPosition(8)
    cursor.setPosition(13, cursor.MoveMode.KeepAnchor)
    edit.setTextCursor(cursor)
    window.pane.reply.link_wanted.emit()
    choose(qtbot, window, "desk.example/guide")
    assert '<a href="https://desk.example/guide">guide</a>' in edit.html()
    assert not edit.set_link("javascript:alert(1)")


def test_pasted_html_comes_in_cleaned_and_before_what_is_typed_meanwhile(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    edit = window.pane.reply.edit
    source = QMimeData()
    source.setHtml(
        '<p style="position:fixed"><b>kept</b><script>alert(1)</script>'
        '<img src="http://evil.example/x.png"></p>'
    )
    edit.insertFromMimeData(source)
    qtbot.keyClicks(edit, " typed")
    qtbot.waitUntil(lambda: "kept" in edit.toPlainText())
    assert edit.toPlainText().index("kept") < edit.toPlainText().index("typed")
    assert "<b>kept</b>" in edit.html()
    assert "alert" not in edit.html()
    assert "evil.example" not in edit.html()


def test_a_pasted_screenshot_is_kept_whole_and_goes_with_the_reply(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    page = window.pane.reply
    picture = QImage(900, 300, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.red)
    source = QMimeData()
    source.setImageData(picture)
    page.edit.insertFromMimeData(source)
    qtbot.waitUntil(lambda: len(page.area.attachments) == 1)
    qtbot.keyClicks(page.edit, "as you see")
    desk = window.session.desk
    key = page.key
    reader = desk.reader()
    qtbot.waitUntil(lambda: (d := reader.draft(key)) is not None and len(d.attachments) == 1)
    sent = send(qtbot, window)
    (file,) = sent.attachments
    assert file.inline
    assert f"cid:{file.content_id}" in sent.html
    assert QImage.fromData(desk.files.read(file)).size() == picture.size()


def test_a_picture_in_a_draft_is_there_again_in_the_next_window(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    page = window.pane.reply
    picture = QImage(40, 30, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.green)
    source = QMimeData()
    source.setImageData(picture)
    page.edit.insertFromMimeData(source)
    qtbot.waitUntil(lambda: len(page.area.attachments) == 1)
    window.close()
    again = open_as("jane", LAPTOP).pane.reply
    qtbot.waitUntil(lambda: len(again.area.attachments) == 1)
    name = again.area.attachments[0].content_id
    qtbot.waitUntil(lambda: f"cid:{name}" in again.edit._pictures)
    assert again.edit.picture_ids() == {name}


def test_one_goes_on_writing_where_a_draft_ends(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    qtbot.keyClicks(window.pane.reply.edit, "first")
    window.go_to(window.session.desk.reader().find_ticket("100009"))
    qtbot.waitUntil(lambda: window.pane.reply.edit.toPlainText() == "")
    window.go_to(window.session.desk.reader().find_ticket(LAPTOP))
    qtbot.waitUntil(lambda: window.pane.reply.edit.toPlainText() == "first")
    qtbot.keyClicks(window.pane.reply.edit, " second")
    assert window.pane.reply.edit.toPlainText() == "first second"


def test_the_tab_of_a_text_that_is_not_in_front_says_that_there_is_one(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    tabs = window.pane.composers

    def names():
        return [tabs.tabText(n) for n in range(tabs.count())]

    assert names() == ["Reply", "Internal note"]
    window.pane.write(DraftKind.NOTE)
    qtbot.keyClicks(window.pane.note.edit, "for us")
    assert names() == ["Reply", "Internal note ✎"]
    window.go_to(window.session.desk.reader().find_ticket("100009"))
    qtbot.waitUntil(lambda: names() == ["Reply", "Internal note"])
    window.go_to(window.session.desk.reader().find_ticket(LAPTOP))
    qtbot.waitUntil(lambda: names() == ["Reply", "Internal note ✎"])
    qtbot.waitUntil(lambda: not window.pane.note.keeper.expects(window.pane.note.key))
    qtbot.keyClick(window.pane.note.edit, Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: names() == ["Reply", "Internal note"])


def test_dropped_files_go_with_the_reply_and_can_be_taken_away(qtbot, open_as, tmp_path):
    window = open_as("jane", LAPTOP)
    page = window.pane.reply
    for name in ("log.txt", "trace.txt"):
        (tmp_path / name).write_text(name)
    source = QMimeData()
    source.setUrls([QUrl.fromLocalFile(str(tmp_path / n)) for n in ("log.txt", "trace.txt")])
    page.edit.insertFromMimeData(source)
    qtbot.waitUntil(lambda: len(page.strip_buttons()) == 2)
    first = next(b for b in page.strip_buttons() if "log.txt" in b.text())
    qtbot.mouseClick(first, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(page.edit, "the trace")
    sent = send(qtbot, window)
    assert [file.name for file in sent.attachments] == ["trace.txt"]
    assert page.strip_buttons() == []


def test_a_file_over_the_limit_is_told_of_at_once_and_nothing_typed_is_lost(
    qtbot, open_as, tmp_path
):
    window = open_as("jane", LAPTOP)
    page = window.pane.reply
    qtbot.keyClicks(page.edit, "with a file")
    large = tmp_path / "large.bin"
    with large.open("wb") as file:
        file.truncate(FILE_LIMIT + 1)
    page.area.attach([str(large)])
    qtbot.waitUntil(lambda: "large.bin" in window.pane.notice.text)
    assert page.area.attachments == ()
    assert page.edit.toPlainText() == "with a file"


def test_a_canned_response_is_filled_in_for_the_ticket(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    qtbot.keyClick(window.pane.reply.edit, Qt.Key.Key_Semicolon, CONTROL)
    choose(qtbot, window, "solved")
    text = window.pane.reply.edit.toPlainText()
    assert LAPTOP in text
    assert "Jane Miller" in text
    assert "{{" not in text


def test_copies_are_kept_with_the_draft_and_recorded_with_the_reply(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    page = window.pane.reply
    qtbot.keyClicks(page.edit, "for both")
    qtbot.keyClicks(page.cc, "Bo <bo@bank.example>, cy@bank.example")
    sent = send(qtbot, window)
    assert sent.cc == ("bo@bank.example", "cy@bank.example")
    assert page.cc.text() == ""


def test_a_copy_to_something_that_is_no_address_is_told_and_nothing_goes(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    page = window.pane.reply
    before = len(entries(window))
    qtbot.keyClicks(page.edit, "for both")
    qtbot.keyClicks(page.cc, "bo@bank.example, the boss")
    qtbot.keyClick(page.edit, Qt.Key.Key_Return, CONTROL)
    assert "the boss" in window.pane.notice.text
    assert page.edit.toPlainText() == "for both"
    assert len(entries(window)) == before


def test_send_and_resolve_sends_nothing_while_a_task_is_open(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    edit = window.pane.reply.edit
    before = len(entries(window))
    qtbot.keyClicks(edit, "All done")
    qtbot.keyClick(edit, Qt.Key.Key_Return, CONTROL | SHIFT)
    assert "Move profile" in window.pane.notice.text
    assert edit.toPlainText() == "All done"
    assert len(entries(window)) == before


def test_send_and_resolve_is_one_action_and_one_undo(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    for index in range(2):
        window.pane.side.tasks.item(index).setCheckState(Qt.CheckState.Checked)
        qtbot.waitUntil(lambda left=1 - index: len(window.ticket.page.ticket.open_tasks) == left)
    edit = window.pane.reply.edit
    qtbot.keyClicks(edit, "All done")
    qtbot.keyClick(edit, Qt.Key.Key_Return, CONTROL | SHIFT)
    qtbot.waitUntil(lambda: window.ticket.page.ticket.state is State.CLOSED)
    assert entries(window)[-1].text == "All done"
    window.undo()
    qtbot.waitUntil(lambda: window.ticket.page.ticket.state is State.OPEN)
    qtbot.waitUntil(lambda: edit.toPlainText() == "All done")


def test_two_quick_presses_of_send_record_one_reply(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    edit = window.pane.reply.edit
    qtbot.keyClicks(edit, "once")
    qtbot.keyClick(edit, Qt.Key.Key_Return, CONTROL)
    qtbot.keyClick(edit, Qt.Key.Key_Return, CONTROL)
    qtbot.mouseClick(window.pane.reply.send, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: edit.toPlainText() == "")
    qtbot.waitUntil(lambda: entries(window)[-1].text == "once")
    assert [entry.text for entry in entries(window)].count("once") == 1


def test_switching_with_a_text_asks_and_moves_it_only_when_told(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    qtbot.keyClicks(window.pane.reply.edit, "is this for agents?")
    qtbot.keyClick(window.pane.reply.edit, Qt.Key.Key_M, CONTROL | SHIFT)
    choose(qtbot, window, "stays")
    assert window.pane.composers.currentWidget() is window.pane.note
    assert window.pane.note.edit.toPlainText() == ""
    window.pane.write(window.pane.reply.kind)
    qtbot.keyClick(window.pane.reply.edit, Qt.Key.Key_M, CONTROL | SHIFT)
    choose(qtbot, window, "move")
    assert window.pane.note.edit.toPlainText() == "is this for agents?"
    assert window.pane.reply.edit.toPlainText() == ""


def test_an_earlier_version_can_be_opened_again(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    page = window.pane.reply
    qtbot.keyClicks(page.edit, "the long first thought")
    page.save()
    page.edit.selectAll()
    qtbot.keyClicks(page.edit, "short")
    page.save()
    qtbot.mouseClick(page.tools.buttons["versions"], Qt.MouseButton.LeftButton)
    choose(qtbot, window, "long first")
    assert page.edit.toPlainText() == "the long first thought"


def test_a_text_thrown_away_is_among_the_versions(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    page = window.pane.reply
    qtbot.keyClicks(page.edit, "not to be sent")
    qtbot.mouseClick(page.more, Qt.MouseButton.LeftButton)
    choose(qtbot, window, "throw")
    qtbot.waitUntil(lambda: page.edit.toPlainText() == "")
    reader = OpenDesk(window.session.desk.path).reader()
    assert reader.draft(page.key) is None
    assert reader.draft_versions(page.key)[0].text == "not to be sent"


def test_a_draft_sent_in_one_window_is_gone_from_the_other(qtbot, open_as):
    first = open_as("jane", LAPTOP)
    qtbot.keyClicks(first.pane.reply.edit, "from either")
    first.pane.reply.save()
    second = open_as("jane", LAPTOP)
    qtbot.waitUntil(lambda: second.pane.reply.edit.toPlainText() == "from either")
    send(qtbot, second)
    qtbot.waitUntil(lambda: first.pane.reply.edit.toPlainText() == "")


def test_the_mail_program_gets_an_unsent_mail_with_the_files(qtbot, open_as, tmp_path, monkeypatch):
    opened: list[str] = []
    monkeypatch.setattr(
        QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()) or True
    )
    window = open_as("jane", LAPTOP)
    page = window.pane.reply
    (tmp_path / "log.txt").write_text("what happened")
    page.area.attach([str(tmp_path / "log.txt")])
    qtbot.waitUntil(lambda: len(page.area.attachments) == 1)
    qtbot.keyClicks(page.edit, "please see")
    qtbot.mouseClick(page.more, Qt.MouseButton.LeftButton)
    choose(qtbot, window, "mail program")
    qtbot.waitUntil(lambda: opened != [])
    mail = email.message_from_bytes(Path(opened[0]).read_bytes(), policy=email.policy.default)
    assert mail["X-Unsent"] == "1"
    assert f"[#{LAPTOP}]" in mail["Subject"]
    assert [part.get_filename() for part in mail.iter_attachments()] == ["log.txt"]
    assert page.edit.toPlainText() == "please see"


def test_the_undo_key_is_the_texts_first_and_then_the_tickets(qtbot, open_as):
    """In the composer, where the cursor is after a reply was recorded."""
    window = open_as("jane", LAPTOP)
    edit = window.pane.reply.edit
    window.activateWindow()
    edit.setFocus()
    qtbot.keyClicks(edit, "one thing")
    qtbot.keyClick(edit, Qt.Key.Key_Z, CONTROL)
    assert edit.toPlainText() == ""
    qtbot.keyClicks(edit, "On my way")
    qtbot.keyClick(edit, Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: "recorded" in window.pane.notice.text)
    assert edit.toPlainText() == ""
    qtbot.keyClick(edit, Qt.Key.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: edit.toPlainText() == "On my way")


@pytest.mark.parametrize("key", ["Ctrl+Return", "Ctrl+Shift+M", "Ctrl+;"])
def test_the_keys_of_the_composer_are_not_the_windows(qtbot, open_as, key):
    window = open_as("jane")
    shortcuts = [QKeySequence(a.shortcut()) for a in window.menus.entries.values()]
    assert QKeySequence(key) not in shortcuts
