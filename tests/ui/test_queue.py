"""Finding one's way: filters, searches by name, the team, drafts, back, what a start restores."""

import shutil
from contextlib import contextmanager

import pytest
from PySide6.QtCore import Qt

from desk_app.domain.errors import DeskBusyError
from desk_app.domain.filters import Column, QueueKind, SortKey
from desk_app.services.writing import Writing
from desk_app.ui.theme import apply_theme, colours
from tests.ui.conftest import shown_number

LAPTOP = "100020"
OTHER = "100009"
ALT = Qt.KeyboardModifier.AltModifier


def ready(qtbot, window):
    qtbot.waitUntil(lambda: window.session.directory is not None and window.model.rowCount() > 0)
    qtbot.waitUntil(window.middle.busy.isHidden)
    return window


def ids(window):
    return list(window.model.tickets_in(0, window.model.rowCount() - 1))


def choose(qtbot, window, words):
    qtbot.waitUntil(window.chooser.isVisible)
    qtbot.keyClicks(window.chooser.edit, words)
    qtbot.keyClick(window.chooser.edit, Qt.Key.Key_Return)


def settled(qtbot, window, condition):
    """Wait until something else is asked for, and until the answer is in the table."""
    qtbot.waitUntil(lambda: condition() and window.middle.busy.isHidden())


@contextmanager
def asked(qtbot, window):
    """Do something that asks anew, and wait until the answer to that is in the table."""
    with qtbot.waitSignal(window.queues.began):
        yield
    qtbot.waitUntil(window.middle.busy.isHidden)


def narrow(qtbot, window, text):
    window.filter.edit.setText(text)
    settled(qtbot, window, lambda: window.queues.shown.narrowed == text)


def test_typing_narrows_the_queue_and_says_how_many_it_hides(qtbot, open_as):
    window = ready(qtbot, open_as("jane"))
    before = len(ids(window))
    window.queue.setFocus()
    qtbot.keyClick(window.queue, Qt.Key.Key_Slash)
    narrow(qtbot, window, "laptop")
    after = len(ids(window))
    assert 0 < after < before
    assert window.filter.told == f"The filter hides {before - after}"
    with asked(qtbot, window):
        qtbot.keyClick(window.filter.edit, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: len(ids(window)) == before)
    assert window.filter.told == ""


def test_a_condition_is_a_chip_that_can_be_taken_away(qtbot, open_as):
    window = ready(qtbot, open_as("jane"))
    window.searching.offer_conditions()
    with asked(qtbot, window):
        choose(qtbot, window, "agent jane")
    reader = window.session.desk.reader()
    assert {reader.ticket(ticket).owner for ticket in ids(window)} == {"jane"}
    qtbot.waitUntil(lambda: len(window.filter.chips) == 1)
    with asked(qtbot, window):
        qtbot.mouseClick(window.filter.chips[0], Qt.MouseButton.LeftButton)
    assert window.filter.edit.text() == ""


def test_a_condition_that_names_nothing_hides_nothing_and_says_so(qtbot, open_as):
    window = ready(qtbot, open_as("jane"))
    before = ids(window)
    narrow(qtbot, window, "priority:purple")
    assert ids(window) == before
    assert "Nothing here is called that" in window.filter.chips[0].toolTip()


def test_a_search_is_kept_by_name_counted_and_given_back_after_removal(qtbot, open_as):
    window = ready(qtbot, open_as("jane"))
    narrow(qtbot, window, "laptop")
    found = ids(window)
    window.searching.ask_name()
    choose(qtbot, window, "Laptops")
    navigator = window.navigator
    qtbot.waitUntil(lambda: "searches" in navigator._sections)
    item = navigator._sections["searches"].child(0)
    assert item.text(0) == "Laptops"
    qtbot.waitUntil(lambda: item.text(1) == str(len(found)))
    with asked(qtbot, window):
        navigator.setCurrentItem(item)
    assert set(ids(window)) == set(found)
    qtbot.keyClick(navigator, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: "searches" not in navigator._sections)
    qtbot.mouseClick(window.notice.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "searches" in navigator._sections)


def test_a_colleague_in_the_navigator_shows_their_load_and_their_tickets(qtbot, open_as):
    window = ready(qtbot, open_as("jane"))
    qtbot.waitUntil(lambda: "agent:jane" in window.navigator._items)
    item = window.navigator._items["agent:jane"]
    qtbot.waitUntil(lambda: item.text(1) != "")
    with asked(qtbot, window):
        window.navigator.setCurrentItem(item)
    assert item.text(1).split("/")[0] == str(len(ids(window)))


def test_drafts_are_listed_and_one_is_gone_on_with(qtbot, open_as):
    window = ready(qtbot, open_as("jane", LAPTOP))
    qtbot.keyClicks(window.pane.note.edit, "ask the vendor")
    window.pane.note.save()
    window.go_to(window.session.desk.reader().find_ticket(OTHER))
    qtbot.waitUntil(lambda: shown_number(window) == OTHER)
    qtbot.waitUntil(lambda: window.navigator._items["drafts"].text(1) != "")
    window.queue.setFocus()
    qtbot.keyClicks(window.queue, "gt")
    choose(qtbot, window, "vendor")
    qtbot.waitUntil(lambda: shown_number(window) == LAPTOP)
    assert window.pane.composers.currentWidget() is window.pane.note


def test_back_and_forward_go_through_tickets_and_queues(qtbot, open_as):
    window = ready(qtbot, open_as("jane", LAPTOP))
    window.go_to(window.session.desk.reader().find_ticket(OTHER))
    qtbot.waitUntil(lambda: shown_number(window) == OTHER)
    window.menus.entries["back"].trigger()
    qtbot.waitUntil(lambda: shown_number(window) == LAPTOP)
    window.menus.entries["forward"].trigger()
    qtbot.waitUntil(lambda: shown_number(window) == OTHER)
    with asked(qtbot, window):
        window.navigator.choose(QueueKind.CLOSED)
    with asked(qtbot, window):
        window.menus.entries["back"].trigger()
    assert window.queues.shown.kind is QueueKind.OPEN


def test_when_a_ticket_leaves_the_queue_no_other_one_is_acted_on_by_surprise(qtbot, open_as):
    window = ready(qtbot, open_as("jane"))
    with asked(qtbot, window):
        window.navigator.choose(QueueKind.MINE)
    window.queue.step(0)
    first, *rest = ids(window)
    qtbot.waitUntil(lambda: window.ticket.page is not None)
    qtbot.waitUntil(lambda: window.ticket.page.ticket.id == first)
    window.menus.entries["release"].trigger()
    qtbot.waitUntil(lambda: ids(window) == rest)
    assert window.queue.current_ticket() is None
    assert window.ticket.page.ticket.id == first
    window.queue.setFocus()
    qtbot.keyClick(window.queue, Qt.Key.Key_Down)
    assert window.queue.current_ticket() == rest[0]


def test_the_next_start_shows_the_same_queue_order_and_ticket(qtbot, open_as):
    window = ready(qtbot, open_as("jane", LAPTOP))
    with asked(qtbot, window):
        window.navigator.choose(QueueKind.ALL)
    with asked(qtbot, window):
        window.queues.sort(SortKey(column=Column.SUBJECT, descending=False))
    narrow(qtbot, window, "is:open")
    before = ids(window)
    window.close()
    again = ready(qtbot, open_as("jane"))
    qtbot.waitUntil(lambda: shown_number(again) == LAPTOP)
    qtbot.waitUntil(lambda: ids(again) == before)
    assert again.filter.edit.text() == "is:open"


def test_the_next_start_has_the_same_tabs_and_its_ticket_s_row_is_marked(qtbot, open_as):
    window = ready(qtbot, open_as("jane"))
    reader = window.session.desk.reader()
    wanted = [reader.find_ticket(number) for number in (OTHER, LAPTOP)]
    for ticket in wanted:
        window.open_ticket(ticket)
        qtbot.waitUntil(lambda ticket=ticket: ticket in window.pane.tabs.opened())
    window.close()
    again = ready(qtbot, open_as("jane"))
    qtbot.waitUntil(lambda: again.pane.tabs.opened() == wanted)
    qtbot.waitUntil(lambda: shown_number(again) == LAPTOP)
    qtbot.waitUntil(lambda: again.pane.tabs.tabData(again.pane.tabs.currentIndex()) == wanted[1])
    qtbot.waitUntil(lambda: again.queue.current_ticket() == wanted[1])
    assert again.queue.selected_tickets() == [wanted[1]]
    assert "CFO" in again.pane.tabs.tabText(1)
    qtbot.keyClick(again.queue, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: shown_number(again) == OTHER)


def test_who_sits_there_next_gets_no_tab_of_what_they_may_not_see(qtbot, open_as, tmp_path):
    window = ready(qtbot, open_as("sam"))
    reader = window.session.desk.reader()
    hidden, seen = (reader.find_ticket(number) for number in ("100018", LAPTOP))
    for ticket in (hidden, seen):
        window.open_ticket(ticket)
        qtbot.waitUntil(lambda ticket=ticket: ticket in window.pane.tabs.opened())
    window.close()
    window.settings.sync()
    shutil.copy(tmp_path / "sam.ini", tmp_path / "jane.ini")
    again = ready(qtbot, open_as("jane"))
    qtbot.waitUntil(lambda: again.pane.tabs.opened() == [seen])


def test_a_narrow_window_shows_the_table_or_the_ticket(qtbot, open_as):
    window = ready(qtbot, open_as("jane"))
    window.resize(1000, 700)
    qtbot.waitUntil(lambda: window.middle.isVisible() and not window.right.isVisible())
    window.queue.step(0)
    qtbot.keyClick(window.queue, Qt.Key.Key_Return)
    qtbot.waitUntil(window.pane.talk.hasFocus)  # the table stays until there is a ticket to see
    assert window.right.isVisible()
    assert not window.middle.isVisible()
    qtbot.keyClick(window.pane.talk, Qt.Key.Key_Escape)
    assert window.middle.isVisible()
    window.resize(1400, 800)
    qtbot.waitUntil(lambda: window.middle.isVisible() and window.right.isVisible())


def test_a_desk_that_cannot_be_read_is_told_above_the_old_rows(qtbot, open_as, monkeypatch):
    window = ready(qtbot, open_as("jane"))
    before = ids(window)
    reader = type(window.session.desk.reader())

    def busy(*_args, **_options):
        raise DeskBusyError(path="x")

    with monkeypatch.context() as patch:
        patch.setattr(reader, "queue_head", busy)
        patch.setattr(reader, "queue_ids", busy)
        window.queues.reload()
        qtbot.waitUntil(lambda: "Another program holds the desk" in window.notice.text)
        window.session.failed.emit(DeskBusyError(path="x"))  # what else could not be read
        assert ids(window) == before
    with asked(qtbot, window):
        qtbot.mouseClick(window.notice.button, Qt.MouseButton.LeftButton)
    assert ids(window) == before


@pytest.mark.parametrize(
    ("kind", "words"), [(QueueKind.DELETED, "Deleted: no tickets"), (QueueKind.MINE, "nobody has")]
)
def test_an_empty_queue_says_why(qtbot, open_as, kind, words):
    window = ready(qtbot, open_as("priya"))
    with asked(qtbot, window):
        window.navigator.choose(kind)
    if window.model.rowCount() == 0:
        assert words in window.empty.text()
    else:
        narrow(qtbot, window, "zzzz")
        assert "the filter leaves no ticket" in window.empty.text()


def test_opened_tickets_are_tabs_and_looked_at_ones_are_not(qtbot, open_as):
    window = ready(qtbot, open_as("jane"))
    tabs = window.pane.tabs
    window.queue.setFocus()
    for row in range(3):
        window.queue.step(0 if row == 0 else 1)
        wanted = window.queue.current_ticket()
        qtbot.waitUntil(lambda: window.ticket.page is not None)
        qtbot.waitUntil(lambda wanted=wanted: window.ticket.page.ticket.id == wanted)
        if row != 1:
            qtbot.keyClick(window.queue, Qt.Key.Key_Return)
            window.queue.setFocus()
    first, looked_at, third = ids(window)[:3]
    assert tabs.opened() == [first, third]
    window.menus.entries["next_tab"].trigger()
    qtbot.waitUntil(lambda: window.ticket.page.ticket.id == first)
    window.go_to(looked_at)
    qtbot.waitUntil(lambda: window.ticket.page.ticket.id == looked_at)
    assert tabs.opened() == [first, third]
    assert tabs.tabData(tabs.currentIndex()) == looked_at
    window.menus.entries["previous_tab"].trigger()
    qtbot.waitUntil(lambda: window.ticket.page.ticket.id == third)
    assert tabs.count() == 2
    window.menus.entries["close_ticket"].trigger()
    qtbot.waitUntil(lambda: window.ticket.page.ticket.id == first)
    window.menus.entries["close_ticket"].trigger()
    assert tabs.count() == 0
    assert tabs.isHidden()


def test_with_the_last_tab_its_ticket_is_closed_and_stays_so_until_it_is_wanted(qtbot, open_as):
    window = ready(qtbot, open_as("jane", "100020"))
    ticket = window.ticket.page.ticket.id
    window.open_ticket(ticket)
    qtbot.waitUntil(lambda: window.pane.tabs.opened() == [ticket])
    qtbot.keyClicks(window.pane.reply.edit, "typed before")
    qtbot.keyClick(window.pane.reply.edit, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.ticket.page is None)
    assert not window.pane.talk.isVisible()
    assert window.queue.hasFocus()
    assert window.pane.tabs.isHidden()
    reader = window.session.desk.reader()
    qtbot.waitUntil(lambda: [draft.text for draft in reader.drafts()] == ["typed before"])
    ticket_now = reader.ticket(ticket)
    writing = Writing(window.session.desk, window.session.directory, window.session.me, ticket_now)
    with qtbot.waitSignal(window.session.changed):
        window.session.desk.again().bus.handle(writing.note("<p>by another window</p>"))
    assert window.pane.tabs.isHidden()
    assert window.ticket.page is None
    qtbot.keyClick(window.queue, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.pane.tabs.opened() == [ticket])
    qtbot.waitUntil(lambda: window.pane.reply.edit.toPlainText() == "typed before")
    window.menus.entries["close_ticket"].trigger()
    row = window.queue.currentIndex()
    place = window.queue.visualRect(row).center()
    qtbot.mouseClick(window.queue.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: window.ticket.page is not None)


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
def test_the_table_stands_on_the_ground_of_all_lists(qtbot, qapp, open_as, theme):
    window = ready(qtbot, open_as("jane"))
    apply_theme(qapp, theme)
    narrow(qtbot, window, "no such words")
    view = window.queue.viewport()
    seen = view.grab().toImage().pixelColor(view.width() // 2, view.height() - 5).name()
    assert seen == colours().base
    assert colours().base != colours().window or theme == "contrast"
