"""A ticket's life in the window, with real clicks and keys."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from desk_app.bootstrap import OpenDesk
from desk_app.domain.draft import DraftKind
from desk_app.domain.filters import Column, QueueKind, SortKey
from desk_app.domain.lifecycle import Action
from desk_app.domain.ticket import State
from desk_app.services.opening import NewTicket, open_ticket
from desk_app.ui.models.queue_model import QueueModel
from desk_app.ui.single_instance import SingleInstance
from tests.ui.conftest import shown_number

LAPTOP = "100020"


def current(window):
    return window.ticket.page.ticket


def test_the_queue_shows_what_the_agent_may_see(qtbot, open_as):
    window = open_as("jane")
    reader = OpenDesk(window.session.desk.path).reader()
    expected = reader.queue_ids(window.queues.wanted(), SortKey())
    qtbot.waitUntil(lambda: window.model.rowCount() == len(expected))
    assert window.model.tickets_in(0, len(expected) - 1) == expected
    departments = {reader.ticket(ticket).department for ticket in expected}
    assert "banking" not in departments


def test_resolving_with_an_open_task_says_which_and_offers_to_finish_it(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    button = window.pane.bar.buttons["resolved"]
    assert button.isEnabled()
    assert "Move profile to LT-0502" in button.accessibleDescription()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert "Move profile to LT-0502" in window.pane.notice.text
    assert window.pane.notice.button.text() == "Finish task"
    assert current(window).state is State.OPEN


def test_a_ticket_goes_from_tasks_done_to_resolved_and_back_by_undo(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    for index in range(2):
        window.pane.side.tasks.item(index).setCheckState(Qt.CheckState.Checked)
        qtbot.waitUntil(lambda left=1 - index: len(current(window).open_tasks) == left)
    window.queue.setFocus()
    qtbot.keyClick(window.queue, Qt.Key.Key_E)
    qtbot.waitUntil(lambda: current(window).state is State.CLOSED)
    assert "Resolved" in window.pane.notice.text
    qtbot.mouseClick(window.pane.notice.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: current(window).state is State.OPEN)
    assert current(window).status == "in-progress"


def test_a_recorded_reply_is_in_the_thread_once_and_undo_gives_the_text_back(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    edit = window.pane.reply.edit
    qtbot.keyClicks(edit, "The laptop is on its way.")
    qtbot.keyClick(edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.ticket.page.entries[-1].text == "The laptop is on its way.")
    qtbot.waitUntil(lambda: edit.toPlainText() == "")
    texts = [entry.text for entry in window.ticket.page.entries]
    assert texts.count("The laptop is on its way.") == 1
    window.ticket.undo()
    qtbot.waitUntil(lambda: edit.toPlainText() == "The laptop is on its way.")
    qtbot.waitUntil(
        lambda: "The laptop is on its way." not in [e.text for e in window.ticket.page.entries]
    )


def test_reply_and_note_keep_their_own_drafts_across_tickets_and_windows(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    qtbot.keyClicks(window.pane.reply.edit, "to the requester")
    window.pane.write(window.pane.note.kind)
    qtbot.keyClicks(window.pane.note.edit, "to ourselves")
    other = OpenDesk(window.session.desk.path).reader().find_ticket("100009")
    window.go_to(other)
    qtbot.waitUntil(lambda: shown_number(window) == "100009")
    assert window.pane.reply.edit.toPlainText() == ""
    window.close()
    again = open_as("jane", LAPTOP)
    qtbot.waitUntil(lambda: again.pane.reply.edit.toPlainText() == "to the requester")
    qtbot.waitUntil(lambda: again.pane.note.edit.toPlainText() == "to ourselves")


def test_a_draft_is_on_disk_soon_after_the_last_key(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    qtbot.keyClicks(window.pane.reply.edit, "half a sente")
    reader = OpenDesk(window.session.desk.path).reader()
    key = window.pane.reply.key
    qtbot.waitUntil(lambda: (d := reader.draft(key)) is not None and d.text == "half a sente")
    qtbot.waitUntil(lambda: "Saved here" in window.pane.reply.saved.text())


def test_a_field_is_changed_by_its_choices_and_the_history_names_old_and_new(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    qtbot.mouseClick(window.pane.side.field_buttons["priority"], Qt.MouseButton.LeftButton)
    assert window.chooser.isVisible()
    qtbot.keyClicks(window.chooser.edit, "emer")
    qtbot.keyClick(window.chooser.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: current(window).priority == "emergency")
    assert "Priority: High → Emergency" in window.pane.side.history.toPlainText()


def test_an_agent_without_the_right_is_told_who_has_it(qtbot, open_as):
    window = open_as("john", LAPTOP)
    window.queue.setFocus()
    window.asking.choose(Action.TRANSFER)
    assert "Jane Miller" in window.pane.notice.text
    assert not window.chooser.isVisible()


def test_the_palette_lists_actions_that_are_off_last_with_their_reason(qtbot, open_as):
    window = open_as("john", LAPTOP)
    window.commands.open()
    items = [window.chooser.list.item(i) for i in range(window.chooser.list.count())]
    off = [bool(item.toolTip()) for item in items]
    assert off == sorted(off)
    assert any("right" in item.toolTip() for item in items)


def test_sorting_asks_the_desk_and_keeps_every_ticket(qtbot, open_as):
    window = open_as("sam")
    qtbot.waitUntil(lambda: window.model.rowCount() > 0)
    before = set(window.model.tickets_in(0, window.model.rowCount() - 1))
    with qtbot.waitSignal(window.queues.listed):
        window.queues.sort(SortKey(column=Column.SUBJECT, descending=False))
    reader = OpenDesk(window.session.desk.path).reader()
    ids = list(window.model.tickets_in(0, window.model.rowCount() - 1))
    assert set(ids) == before
    subjects = [reader.ticket(ticket).subject.lower() for ticket in ids]
    ascii_only = [subject for subject in subjects if subject.isascii()]
    assert ascii_only == sorted(ascii_only)


def test_searching_finds_words_of_the_thread(qtbot, open_as):
    window = open_as("jane")
    window.search.setText("charger")
    with qtbot.waitSignal(window.queues.listed):
        qtbot.keyClick(window.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.model.rowCount() == 1)


def test_an_empty_queue_says_so(qtbot, open_as):
    window = open_as("priya")
    with qtbot.waitSignal(window.queues.listed):
        window.navigator.choose(QueueKind.DELETED)
    qtbot.waitUntil(lambda: window.model.rowCount() == 0)
    assert not window.empty.isHidden()
    assert "Deleted" in window.empty.text()


def test_what_another_process_writes_appears_by_itself(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    from desk_app.cli import main

    path = window.session.desk.path
    assert (
        main(
            ["--desk", str(path), "--as", "jane", "do", LAPTOP, "set_status", "--status", "on-hold"]
        )
        == 0
    )
    qtbot.waitUntil(lambda: current(window).status == "on-hold")


def test_mail_html_loads_nothing_and_links_are_shown_before_they_open(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    window.pane.talk.show_html('<img src="http://evil.example/x.png"><p>x</p>', at_end=True)
    window.pane.talk.link_clicked.emit("https://evil.example/login")
    assert "https://evil.example/login" in window.pane.notice.text


def test_pictures_of_the_window_in_light_and_dark(qtbot, open_as, qapp):
    from desk_app.ui.theme import apply_theme

    window = open_as("jane", LAPTOP)
    folder = Path(__file__).parents[2] / "artifacts"
    folder.mkdir(exist_ok=True)
    for theme in ("light", "dark"):
        apply_theme(qapp, theme)
        picture = window.grab()
        assert picture.toImage().allGray() is False
        assert picture.save(str(folder / f"main-{theme}.png"))
    QApplication.processEvents()


def test_text_typed_while_an_old_draft_is_read_is_not_replaced_by_it(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    page = window.pane.reply
    qtbot.keyClicks(page.edit, "newer words")
    page.save()
    page.keeper._take(None)  # the answer to a question that was asked before the first key
    assert page.edit.toPlainText() == "newer words"


def test_a_file_of_the_thread_is_copied_out_as_it_came_in(qtbot, open_as, tmp_path):
    window = open_as("jane", LAPTOP)
    desk = window.session.desk
    file = desk.files.add(b"\x00log", name="boot.log", mime_type="text/plain")
    target = tmp_path / "copy.log"
    window.ticket.files.save(file, str(target))
    qtbot.waitUntil(lambda: "copy.log" in window.pane.notice.text)
    assert target.read_bytes() == b"\x00log"


def test_a_second_start_on_the_same_desk_raises_the_first_window(qtbot, open_as):
    window = open_as("jane")
    first = SingleInstance(window.session.desk.path, window)
    second = SingleInstance(window.session.desk.path, window)
    assert first.claim()
    assert first.listen()
    with qtbot.waitSignal(first.raised):
        assert not second.claim()


def test_no_ticket_of_another_department_is_listed_or_shown_at_any_moment(
    qtbot, open_as, monkeypatch
):
    seen: set[int] = set()
    show_ids, merge_ids = QueueModel.show_ids, QueueModel.merge_ids
    monkeypatch.setattr(
        QueueModel, "show_ids", lambda model, ids: seen.update(ids) or show_ids(model, ids)
    )
    monkeypatch.setattr(
        QueueModel,
        "merge_ids",
        lambda model, ids, places: seen.update(ids) or merge_ids(model, ids, places),
    )
    window = open_as("jane")
    qtbot.waitUntil(lambda: window.model.rowCount() > 0)
    reader = window.session.desk.reader()
    hidden = reader.find_ticket("100025")
    window.go_to(hidden)
    qtbot.waitUntil(lambda: "where you have no access" in window.pane.empty.text())
    assert window.ticket.page is None
    assert seen
    directory = window.session.directory
    jane = directory.agents["jane"]
    assert all(directory.sees(jane, reader.ticket(ticket)) for ticket in seen)


def test_a_strangers_name_and_subject_are_words_and_no_markup(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    desk = window.session.desk.again()
    directory = desk.reader().directory()
    new = NewTicket(
        name="<img src='file:///etc/x'><b>Evil</b>",
        email="evil@bank.example",
        subject="<h1>Big</h1> & loud",
        html="<p>x</p>",
    )
    made = open_ticket(desk, directory, directory.agents["jane"], new).ticket
    window.go_to(made)
    qtbot.waitUntil(lambda: window.ticket.page.ticket.id == made)
    labels = [label for label in window.findChildren(QLabel) if "<" in label.text()]
    assert labels
    assert {label.textFormat() for label in labels} == {Qt.TextFormat.PlainText}
    qtbot.waitUntil(lambda: window.model.row_of(made) is not None)
    row = window.model.row_of(made)
    qtbot.waitUntil(lambda: window.model.cells_at(row) is not None)
    for column in range(window.model.columnCount()):
        shown = window.model.index(row, column).data(Qt.ItemDataRole.ToolTipRole) or ""
        assert "<h1>" not in shown
        assert "<b>" not in shown


def test_a_second_start_waits_for_one_that_is_only_starting(
    qtbot, tmp_path, qt_imported_on_a_worker
):
    first = SingleInstance(tmp_path)
    assert first.claim()
    answers = []
    other = threading.Thread(target=lambda: answers.append(SingleInstance(tmp_path).claim()))
    other.start()
    assert answers == []  # it has nobody to call yet, and does not open a window either
    assert first.listen()
    qtbot.waitUntil(lambda: answers == [False])
    other.join()
    qt_imported_on_a_worker.clear()  # the thread is the second program


def test_a_lock_that_a_crash_left_behind_keeps_nobody_out(qapp, tmp_path):
    crash = (
        "import os, sys; from pathlib import Path;"
        "from PySide6.QtCore import QCoreApplication;"
        "from desk_app.ui.single_instance import SingleInstance;"
        "app = QCoreApplication([]); one = SingleInstance(Path(sys.argv[1]));"
        "os._exit(0 if one.claim() else 1)"
    )
    assert subprocess.run([sys.executable, "-c", crash, str(tmp_path)], check=False).returncode == 0
    assert SingleInstance(tmp_path).claim()


@pytest.fixture
def started_again(open_as):
    """A window as Jane's, and a second start of the program beside it."""
    from desk_app.cli import main

    window = open_as("jane", LAPTOP)
    first = SingleInstance(window.session.desk.path, window)
    assert first.claim()
    first.listen()
    first.asked.connect(window.act_as_asked)

    def start(*words):
        return main(["--desk", str(window.session.desk.path), *words])

    return window, start


def test_a_second_start_as_somebody_else_is_heeded_and_can_be_taken_back(
    qtbot, started_again, capsys
):
    window, start = started_again
    assert start("--as", "sam") == 0
    told = capsys.readouterr().err
    assert "This desk has a window already" in told
    assert "It was asked to act as sam." in told
    qtbot.waitUntil(lambda: window.session.agent == "sam")
    assert window.notice.text == "You act as Sam Ortiz now."
    qtbot.mouseClick(window.notice.button, Qt.MouseButton.LeftButton)
    assert window.session.agent == "jane"
    assert window.notice.text == "You act as Jane Miller now."


def test_a_second_start_as_nobody_in_particular_changes_nothing(qtbot, started_again, capsys):
    window, start = started_again
    heard = []
    instance = window.findChild(SingleInstance)
    instance.asked.connect(heard.append)
    assert start() == 0
    assert start("gui", "--theme", "light") == 0
    assert "Not used: --theme." in capsys.readouterr().err
    assert start("--as", "jane") == 0
    qtbot.waitUntil(lambda: heard == ["jane"])
    assert window.session.agent == "jane"
    assert window.notice.text == ""


def test_what_is_being_typed_is_not_sent_as_somebody_else_unasked(qtbot, started_again):
    window, start = started_again
    window.pane.write(DraftKind.REPLY)
    qtbot.keyClicks(window.pane.reply.edit, "Dear Ken")
    assert start("--as", "sam") == 0
    qtbot.waitUntil(lambda: "started again as Sam Ortiz" in window.notice.text)
    assert window.session.agent == "jane"
    assert window.notice.button.text() == "Act as Sam Ortiz"
    qtbot.mouseClick(window.notice.button, Qt.MouseButton.LeftButton)
    assert window.session.agent == "sam"
    assert window.pane.reply.edit.toPlainText() == "Dear Ken"


def test_who_is_not_at_the_desk_is_not_acted_as(qtbot, started_again):
    window, _ = started_again
    window.act_as_asked("<b>root</b>")
    assert window.notice.text == "The agent that was asked for is not at this desk."
    assert window.session.agent == "jane"
