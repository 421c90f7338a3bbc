"""Files taken in from the window: dropped, chosen, mapped, stopped, gone on with, kept aside."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit

from desk_app.bootstrap import OpenDesk
from desk_app.domain.errors import DiskFullError
from desk_app.domain.filters import QueueFilter, QueueKind, SortKey
from desk_app.domain.intake import TicketField
from desk_app.services.import_run import BATCH
from desk_app.services.intake import Taken
from desk_app.ui.kept_aside import original_name

MAIL = "From: Zoe <zoe@else.example>\nSubject: Scanner {0}\nMessage-ID: <{0}@x>\n\nMute {0}.\n"
TABLE = "Id;Betreff;Gewicht\n1;Tür klemmt;low\n2;Fenster auf;high\n"


@pytest.fixture
def files(tmp_path):
    def write(name, data):
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    return write


@pytest.fixture
def window(open_as):
    return open_as("sam")


def mails(files, count, start=0):
    return [files(f"{n:03}.eml", MAIL.format(n)) for n in range(start, start + count)]


def drop(window, *urls):
    """Drag over the queue, which leaves it to the window, and let go."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(u)) if isinstance(u, Path) else QUrl(u) for u in urls])
    target = window.queue.viewport()
    none = Qt.KeyboardModifier.NoModifier
    rest = (Qt.MouseButton.LeftButton, none)
    both = Qt.DropAction.MoveAction | Qt.DropAction.CopyAction
    enter = QDragEnterEvent(QPoint(9, 9), both, data, *rest)
    QApplication.sendEvent(target, enter)
    assert enter.isAccepted()
    let_go = QDropEvent(QPointF(9, 9), both, data, *rest)
    QApplication.sendEvent(window, let_go)
    assert let_go.dropAction() is Qt.DropAction.CopyAction


def drop_and_wait(qtbot, window, *urls):
    with qtbot.waitSignal(window.importing.runs.ended) as caught:
        drop(window, *urls)
    return dict(caught.args[0])


def click(qtbot, button):
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def count(window):
    reader = OpenDesk(window.session.desk.path).reader()
    try:
        return len(reader.queue_ids(QueueFilter(), SortKey()))
    finally:
        reader.close()


def choose(window, column, field):
    """Pick a field for a column, as a person does in its combo box."""
    view = window.importing.tables.view
    combo = view.combos[view._header.index(column)]
    at = combo.findData(field)
    combo.setCurrentIndex(at)
    combo.activated.emit(at)


# --- mail --------------------------------------------------------------------------------------


def test_a_mail_dropped_on_the_window_is_a_ticket_in_the_queue(qtbot, window, files):
    window.navigator.choose(QueueKind.OPEN)
    before = count(window)
    [mail] = mails(files, 1)
    assert drop_and_wait(qtbot, window, mail) == {Taken.NEW_TICKET: 1}
    assert count(window) == before + 1
    assert window.notice.text == "1 new ticket."
    newest = window.session.desk.reader().queue_ids(QueueFilter(text="Mute"), SortKey())[0]
    qtbot.waitUntil(
        lambda: newest in window.model.tickets_in(0, window.model.rowCount() - 1).tolist()
    )


def test_a_folder_a_mailbox_and_a_double_are_counted_apart(qtbot, window, files):
    paths = mails(files, 3)
    files("again.eml", MAIL.format(1))
    files("answer.eml", MAIL.format(9).replace("\n\n", "\nIn-Reply-To: <0@x>\n\n", 1))
    files("broken.eml", b"")
    box = files("a.mbox", "From a@b.c Mon Nov  2 09:00:00 2026\n" + MAIL.format(7))
    assert drop_and_wait(qtbot, window, paths[0].parent, box) == {
        Taken.NEW_TICKET: 4,
        Taken.ADDED: 1,
        Taken.KNOWN: 1,
        Taken.KEPT_ASIDE: 1,
    }
    said = "4 new tickets, 1 added to its ticket, 1 known already, 1 kept aside."
    assert window.notice.text == said


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://evil.example/a.eml", "Only files on this computer"),
        ("picture.png", "“picture.png” is no mail and no table"),
        ("<b>bold.txt", "“<b>bold.txt” is no mail"),
    ],
)
def test_what_cannot_be_taken_in_is_refused_with_a_sentence(qtbot, window, files, url, said):
    before = count(window)
    drop(window, url if ":" in url else files(url, "x"))
    qtbot.waitUntil(lambda: said in window.notice.text)
    assert count(window) == before
    assert window.importing.runs.strip.isHidden()


def test_a_folder_without_mail_and_a_file_that_is_gone_are_told(qtbot, window, tmp_path):
    (tmp_path / "empty").mkdir()
    assert drop_and_wait(qtbot, window, tmp_path / "empty") == {}
    assert "nothing to take in in “empty”" in window.notice.text
    gone = {Taken.KEPT_ASIDE: 1}
    assert drop_and_wait(qtbot, window, tmp_path / "gone.eml") == gone


def test_files_are_chosen_by_the_menu_and_its_key(qtbot, window, files):
    [mail] = mails(files, 1)
    qtbot.keyClick(
        window,
        Qt.Key.Key_I,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )
    box = window.findChild(QFileDialog)
    assert box.isVisible()
    edit = box.findChild(QLineEdit, "fileNameEdit")
    edit.setText(str(mail))
    with qtbot.waitSignal(window.importing.runs.ended):
        qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert window.notice.text == "1 new ticket."


def test_the_file_menu_is_the_first_and_there_is_one(window):
    names = [entry.text() for entry in window.menuBar().actions()]
    assert names[0] == "&File"
    assert names.count("&File") == 1


def entry_named(window, text):
    return next(entry for entry in window.findChildren(QAction) if entry.text() == text)


def test_a_folder_is_chosen_by_the_menu(qtbot, window, files):
    folder = mails(files, 2)[0].parent
    entry_named(window, "Import &folder…").trigger()
    box = window.findChild(QFileDialog)
    with qtbot.waitSignal(window.importing.runs.ended):
        box.fileSelected.emit(str(folder))
    assert window.notice.text == "2 new tickets."


# --- stopping and going on ---------------------------------------------------------------------


def taken_so_far(window):
    run = window.importing.runs.run
    return 0 if run is None else sum(run.counted.values())


def cancel_after(window, qtbot, taken):
    """Press Cancel as soon as that many mails are in."""
    strip = window.importing.runs.strip

    def look():
        running = strip.button.text() == "Cancel" and strip.button.isEnabled()
        if running and taken_so_far(window) >= taken:
            click(qtbot, strip.button)

    window.importing.runs.progressed.connect(look)
    return lambda: window.importing.runs.progressed.disconnect(look)


def test_an_import_is_stopped_resumed_and_takes_every_mail_once(qtbot, window, files):
    total = 3 * BATCH
    folder = mails(files, total)[0].parent
    before = count(window)
    let_run = cancel_after(window, qtbot, 1)
    with qtbot.waitSignal(window.importing.runs.stood):
        drop(window, folder)
    strip = window.importing.runs.strip
    assert strip.button.text() == "Resume"
    assert "is stopped" in strip.text
    so_far = count(window) - before
    assert 0 < so_far < total
    assert 0 < strip.bar.value() < strip.bar.maximum()
    let_run()
    with qtbot.waitSignal(window.importing.runs.ended) as caught:
        click(qtbot, strip.button)
    assert dict(caught.args[0]) == {Taken.NEW_TICKET: total}
    assert count(window) == before + total
    assert strip.isHidden()


def test_a_stopped_import_that_is_left_leaves_what_it_took(qtbot, window, files):
    folder = mails(files, 2 * BATCH)[0].parent
    let_run = cancel_after(window, qtbot, 1)
    with qtbot.waitSignal(window.importing.runs.stood):
        drop(window, folder)
    let_run()
    click(qtbot, window.importing.runs.strip.dismiss)
    assert window.importing.runs.strip.isHidden()
    counted = drop_and_wait(qtbot, window, folder)
    assert counted[Taken.KNOWN] + counted[Taken.NEW_TICKET] == 2 * BATCH
    assert counted[Taken.KNOWN] >= 1


def test_another_import_goes_before_a_stopped_one_and_that_one_comes_back(qtbot, window, files):
    folder = mails(files, 2 * BATCH)[0].parent
    let_run = cancel_after(window, qtbot, 1)
    with qtbot.waitSignal(window.importing.runs.stood):
        drop(window, folder)
    let_run()
    other = files("../other/x.eml", MAIL.format(900))
    with qtbot.waitSignal(window.importing.runs.stood):
        drop(window, other)
    assert window.notice.text == "1 new ticket."
    assert "“in” is stopped" in window.importing.runs.strip.text
    with qtbot.waitSignal(window.importing.runs.ended):
        click(qtbot, window.importing.runs.strip.button)


def test_several_drops_wait_their_turn_and_are_summed_up(qtbot, window, files):
    one, two = mails(files, 2)
    with qtbot.waitSignal(window.importing.runs.ended) as caught:
        drop(window, one)
        drop(window, two)
        window.importing.take([files("t.eml", MAIL.format(5))])
    if sum(caught.args[0].values()) < 3:  # the first ended before the next was looked at
        qtbot.waitUntil(window.importing.runs.strip.isHidden)
    reader = window.session.desk.reader()
    qtbot.waitUntil(lambda: len(reader.queue_ids(QueueFilter(text="Mute"), SortKey())) == 3)


def test_a_full_disk_stops_the_import_with_a_sentence_and_it_can_go_on(qtbot, window, files):
    bus = window.session.desk.bus
    handle = bus.handle

    def full(*_args, **_options):
        raise DiskFullError(path="desk")

    bus.handle = full
    drop(window, *mails(files, 2))
    strip = window.importing.runs.strip
    qtbot.waitUntil(lambda: "no room left" in strip.text)
    bus.handle = handle
    with qtbot.waitSignal(window.importing.runs.ended):
        click(qtbot, strip.button)
    assert window.notice.text == "2 new tickets."


def test_a_draft_is_saved_while_an_import_runs(qtbot, open_as, files):
    window = open_as("jane", "100020")
    folder = mails(files, 4 * BATCH)[0].parent
    drafts = window.session.desk.drafts
    save, taken_before = drafts.save, []

    def save_and_look(draft):
        taken_before.append(taken_so_far(window))
        return save(draft)

    drafts.save = save_and_look
    drop(window, folder)
    qtbot.waitUntil(lambda: taken_so_far(window) > 0)
    with qtbot.waitSignal(window.importing.runs.ended):
        qtbot.keyClicks(window.pane.reply.edit, "meanwhile")
        window.pane.reply.save()
    assert taken_before
    assert 0 < taken_before[0] < 4 * BATCH


def test_closing_the_window_stops_between_two_mails_and_the_next_start_goes_on(
    qtbot, open_as, files
):
    window = open_as("sam")
    folder = mails(files, 3 * BATCH)[0].parent
    before = count(window)
    drop(window, folder)
    qtbot.waitUntil(lambda: taken_so_far(window) > 0)
    window.close()
    taken = count(window) - before
    assert 0 < taken < 3 * BATCH
    again = open_as("sam")
    runs = again.importing.runs
    qtbot.waitUntil(runs.strip.dismiss.isVisible)
    click(qtbot, runs.strip.dismiss)
    counted = drop_and_wait(qtbot, again, folder)
    assert counted == {Taken.KNOWN: taken, Taken.NEW_TICKET: 3 * BATCH - taken}


def break_off(qtbot, window, take):
    """Start an import and go away in the middle of it, as a killed program does."""
    runs = window.importing.runs
    let_run = cancel_after(window, qtbot, 1)
    with qtbot.waitSignal(runs.stood):
        take()
    let_run()
    taken = taken_so_far(window)
    window.close()
    return taken


def test_a_broken_off_import_is_offered_again_and_goes_on_where_it_was(qtbot, open_as, files):
    window = open_as("sam")
    folder, before = mails(files, 3 * BATCH)[0].parent, count(window)
    taken = break_off(qtbot, window, lambda: drop(window, folder))
    assert 0 < taken < 3 * BATCH
    again = open_as("sam")
    runs = again.importing.runs
    qtbot.waitUntil(lambda: "was broken off" in runs.strip.text)
    assert f"“in” was broken off: {taken} new ticket" in runs.strip.text
    assert 0 < runs.strip.bar.value() < runs.strip.bar.maximum()
    with qtbot.waitSignal(runs.ended) as caught:
        click(qtbot, runs.strip.button)
    assert dict(caught.args[0]) == {Taken.NEW_TICKET: 3 * BATCH}
    assert count(again) == before + 3 * BATCH
    again.close()
    assert OpenDesk(again.session.desk.path).reader().unfinished_imports() == []


def test_a_broken_off_import_that_is_forgotten_is_not_offered_again(qtbot, open_as, files):
    window = open_as("sam")
    folder = mails(files, 3 * BATCH)[0].parent
    break_off(qtbot, window, lambda: drop(window, folder))
    again = open_as("sam")
    strip = again.importing.runs.strip
    qtbot.waitUntil(strip.dismiss.isVisible)
    assert strip.dismiss.text() == "Forget"
    click(qtbot, strip.dismiss)
    assert strip.isHidden()
    again.close()
    assert OpenDesk(again.session.desk.path).reader().unfinished_imports() == []


def test_a_broken_off_import_whose_files_are_gone_says_so_and_can_still_go_on(
    qtbot, open_as, files, tmp_path
):
    window = open_as("sam")
    folder = mails(files, 2 * BATCH)[0].parent
    break_off(qtbot, window, lambda: drop(window, folder))
    folder.rename(tmp_path / "elsewhere")
    again = open_as("sam")
    strip = again.importing.runs.strip
    qtbot.waitUntil(strip.button.isVisible)
    click(qtbot, strip.button)
    qtbot.waitUntil(lambda: str(folder) in strip.text)
    (tmp_path / "elsewhere").rename(folder)
    with qtbot.waitSignal(again.importing.runs.ended) as caught:
        click(qtbot, strip.button)
    assert dict(caught.args[0]) == {Taken.NEW_TICKET: 2 * BATCH}


def test_a_broken_off_table_goes_on_with_the_columns_that_were_chosen(qtbot, open_as, files):
    window = open_as("sam")
    rows = "".join(f"{n};Tür {n}\n" for n in range(3 * BATCH))
    table = files("t.csv", f"Id;Sonstiges\n{rows}")

    def take():
        drop(window, table)
        view = window.importing.tables.view
        qtbot.waitUntil(view.isVisible)
        choose(window, "Sonstiges", TicketField.SUBJECT)
        click(qtbot, view.go)

    before = count(window)
    break_off(qtbot, window, take)
    again = open_as("sam")
    strip = again.importing.runs.strip
    qtbot.waitUntil(strip.button.isVisible)
    with qtbot.waitSignal(again.importing.runs.ended):
        click(qtbot, strip.button)
    assert count(again) == before + 3 * BATCH
    found = QueueFilter(text=f'"Tür {3 * BATCH - 1}"')
    assert len(again.session.desk.reader().queue_ids(found, SortKey())) == 1


def test_a_second_window_does_not_offer_what_the_first_one_holds(qtbot, open_as, files):
    window = open_as("sam")
    folder = mails(files, 2 * BATCH)[0].parent
    let_run = cancel_after(window, qtbot, 1)
    with qtbot.waitSignal(window.importing.runs.stood):
        drop(window, folder)
    let_run()
    other = window.windows.open_another()
    qtbot.waitUntil(lambda: other.session.directory is not None)
    unfinished = other.session.desk.reader().unfinished_imports()
    assert len(unfinished) == 1
    other.importing.runs.offer(unfinished)
    assert other.importing.runs.strip.isHidden()
    other.close()


# --- tables ------------------------------------------------------------------------------------


def test_a_table_shows_its_columns_and_takes_nothing_until_import_is_pressed(qtbot, window, files):
    before = count(window)
    tables = window.importing.tables
    with qtbot.waitSignal(tables.looked):
        drop(window, files("t.csv", TABLE))
    view = tables.view
    assert not view.isHidden()
    assert view.mapping == {"Id": TicketField.NUMBER, "Betreff": TicketField.SUBJECT}
    assert [combo.currentText() for combo in view.combos] == [
        "Ticket number",
        "Subject",
        "(is left out)",
    ]
    assert count(window) == before
    with qtbot.waitSignal(tables.looked):
        choose(window, "Gewicht", TicketField.PRIORITY)
    with qtbot.waitSignal(window.importing.runs.ended) as caught:
        click(qtbot, view.go)
    assert dict(caught.args[0]) == {Taken.NEW_TICKET: 2}
    assert view.isHidden()
    reader = window.session.desk.reader()
    ticket = reader.ticket(reader.find_ticket("2"))
    assert (ticket.subject, ticket.priority) == ("Fenster auf", "high")
    page = reader.page(ticket.id, agent="sam", entries=9)
    assert [event.actor for event in page.events] == ["sam"]
    window.go_to(ticket.id)  # a ticket without any words can be opened too
    qtbot.waitUntil(lambda: window.ticket.page is not None and window.ticket.page.ticket == ticket)


def test_unknown_names_are_told_at_their_column_before_anything_happens(qtbot, window, files):
    tables = window.importing.tables
    with qtbot.waitSignal(tables.looked):
        drop(window, files("t.csv", TABLE.replace("low", "P9") + "3;a;b;c;d\n"))
    assert "more cells than the table has columns. Rows kept aside: 1" in tables.view.noted
    with qtbot.waitSignal(tables.looked):
        choose(window, "Gewicht", TicketField.PRIORITY)
    assert "no priority “P9”. Rows kept aside: 1" in tables.view.noted
    with qtbot.waitSignal(tables.looked):
        choose(window, "Gewicht", None)
    assert "P9" not in tables.view.noted


def test_a_field_moves_from_one_column_to_the_other(qtbot, window, files):
    tables = window.importing.tables
    with qtbot.waitSignal(tables.looked):
        drop(window, files("t.csv", TABLE))
    choose(window, "Gewicht", TicketField.SUBJECT)
    assert tables.view.mapping == {"Id": TicketField.NUMBER, "Gewicht": TicketField.SUBJECT}
    assert tables.view.combos[1].currentText() == "(is left out)"


def test_a_table_without_subject_and_text_is_not_imported_but_says_what_is_missing(
    qtbot, window, files
):
    before = count(window)
    tables = window.importing.tables
    with qtbot.waitSignal(tables.looked):
        drop(window, files("t.csv", TABLE))
    with qtbot.waitSignal(tables.looked):
        choose(window, "Betreff", None)
    click(qtbot, tables.view.go)
    assert "the subject or the text" in tables.view.noted
    assert not tables.view.isHidden()
    qtbot.keyClick(tables.view.go, Qt.Key.Key_Escape)
    assert tables.view.isHidden()
    assert count(window) == before


def test_how_dates_are_meant_is_asked_where_it_matters(qtbot, window, files):
    tables = window.importing.tables
    path = files("t.csv", "Subject,Created\na,03/04/2026\n")
    with qtbot.waitSignal(tables.looked):
        drop(window, path)
    assert "can be read in two ways" in tables.view.noted
    assert not tables.view.order.isHidden()
    with qtbot.waitSignal(tables.looked):
        qtbot.keyClick(tables.view.order, Qt.Key.Key_Down)
    assert "two ways" not in tables.view.noted
    with qtbot.waitSignal(window.importing.runs.ended):
        click(qtbot, tables.view.go)
    reader = window.session.desk.reader()
    created = [
        reader.ticket(i).created_at.strftime("%d.%m.")
        for i in reader.queue_ids(QueueFilter(), SortKey())
        if reader.ticket(i).subject == "a"
    ]
    assert created in (["03.04."], ["02.04."])  # west or east of Greenwich


def test_a_table_in_a_folder_of_mails_shows_its_columns_beside_them(qtbot, window, files):
    before = count(window)
    folder = mails(files, 2)[0].parent
    files("deeper/t.csv", TABLE)
    files(".hidden.csv", TABLE)
    assert drop_and_wait(qtbot, window, folder) == {Taken.NEW_TICKET: 2}
    view = window.importing.tables.view
    qtbot.waitUntil(view.isVisible)
    assert "t.csv" in view.title.text()
    assert count(window) == before + 2
    choose(window, "Gewicht", None)
    with qtbot.waitSignal(window.importing.runs.ended):
        click(qtbot, view.go)
    assert view.isHidden()
    assert count(window) == before + 4


def test_a_folder_of_tables_alone_says_nothing_of_missing_mails(qtbot, window, files):
    folder = files("a.csv", TABLE).parent
    files("b.csv", TABLE)
    drop(window, folder)
    view = window.importing.tables.view
    for name in ("a.csv", "b.csv"):
        qtbot.waitUntil(lambda name=name: view.isVisible() and name in view.title.text())
        click(qtbot, view.leave)
    assert view.isHidden()
    assert window.notice.text == ""


def test_two_tables_are_shown_one_after_the_other(qtbot, window, files):
    tables = window.importing.tables
    with qtbot.waitSignal(tables.looked):
        drop(window, files("a.csv", TABLE), files("b.csv", "Subject\nother\n"))
    with qtbot.waitSignal(window.importing.runs.ended):
        click(qtbot, tables.view.go)
    assert tables.view.mapping == {"Subject": TicketField.SUBJECT}
    with qtbot.waitSignal(window.importing.runs.ended):
        click(qtbot, tables.view.go)
    assert tables.view.isHidden()
    with qtbot.waitSignal(tables.looked):
        drop(window, files("a.csv", TABLE))
    with qtbot.waitSignal(window.importing.runs.ended) as caught:
        click(qtbot, tables.view.go)
    assert dict(caught.args[0]) == {Taken.KNOWN: 2}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"PK\x03\x04\0\0rest of a workbook", "save it as CSV"),
        (b"", "“t.csv” is empty"),
        (b"\n\n", "names of its columns"),
    ],
)
def test_what_is_called_a_table_but_is_none_says_so(qtbot, window, files, data, said):
    drop(window, files("t.csv", data))
    qtbot.waitUntil(lambda: said in window.notice.text)
    assert window.importing.tables.view.isHidden()


def test_a_table_that_vanishes_under_the_mapping_is_told(qtbot, window, files):
    path = files("t.csv", TABLE)
    tables = window.importing.tables
    with qtbot.waitSignal(tables.looked):
        drop(window, path)
    path.unlink()
    choose(window, "Gewicht", TicketField.PRIORITY)
    qtbot.waitUntil(lambda: "cannot be read" in window.notice.text)
    assert tables.view.isHidden()


def test_a_table_that_vanishes_while_it_is_taken_in_can_be_put_back(qtbot, window, files):
    path = files("t.csv", TABLE)
    tables = window.importing.tables
    with qtbot.waitSignal(tables.looked):
        drop(window, path)
    path.unlink()
    click(qtbot, tables.view.go)
    strip = window.importing.runs.strip
    qtbot.waitUntil(lambda: "cannot be read" in strip.text)
    files("t.csv", TABLE)
    with qtbot.waitSignal(window.importing.runs.ended):
        click(qtbot, strip.button)
    assert window.notice.text == "2 new tickets."


# --- kept aside --------------------------------------------------------------------------------


def test_what_was_kept_aside_is_shown_with_its_reason_and_given_back(
    qtbot, window, files, tmp_path
):
    broken = files("broken.eml", b"\x00\x01\x02 no mail \xff" * 40)
    drop_and_wait(qtbot, window, broken)
    assert window.notice.text == "1 kept aside."
    click(qtbot, window.notice.button)
    view = window.importing.aside.view
    qtbot.waitUntil(lambda: not view.isHidden())
    assert str(broken) in view.said
    assert "no mail but some other kind of file" in view.said
    click(qtbot, view.save)
    box = window.findChild(QFileDialog)
    target = tmp_path / "copy.eml"
    box.findChild(QLineEdit, "fileNameEdit").setText(str(target))
    qtbot.keyClick(box.findChild(QLineEdit, "fileNameEdit"), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "copy.eml" in window.notice.text)
    assert target.read_bytes() == broken.read_bytes()
    click(qtbot, view.forget)
    qtbot.waitUntil(lambda: view.list.topLevelItemCount() == 0)
    qtbot.keyClick(view.list, Qt.Key.Key_Escape)
    assert view.isHidden()


def test_what_was_never_read_has_no_copy_and_says_where_it_is(qtbot, window, tmp_path):
    drop_and_wait(qtbot, window, tmp_path / "gone.eml")
    entry_named(window, "&Kept aside…").trigger()
    view = window.importing.aside.view
    qtbot.waitUntil(lambda: not view.isHidden())
    click(qtbot, view.save)
    assert "never read" in view.said
    assert str(tmp_path / "gone.eml") in view.said
    assert window.findChild(QFileDialog) is None


@pytest.mark.parametrize(
    ("origin", "name"),
    [
        ("/a/mail.eml", "mail.eml"),
        ("/a/box.mbox#3", "box-3.eml"),
        ("/a/t.csv#12", "t-12.csv"),
        ("C:\\x\\t.csv#12", "t-12.csv"),
        ("/a/con", "_con"),
        ("", "mail.eml"),
    ],
)
def test_a_copy_has_a_name_that_every_platform_takes(origin, name):
    assert original_name(origin) == name
