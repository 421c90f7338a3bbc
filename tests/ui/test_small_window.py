"""What a window of a few hundred points shows: a laptop at 300 % has no more."""

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFontMetrics

from desk_app.domain.filters import Column
from desk_app.domain.lifecycle import Action
from desk_app.ui.models.queue_cells import COLUMNS
from desk_app.ui.theme import apply_theme, colours

LAPTOP = "100020"


def resized(qtbot, window, width, height):
    window.resize(width, height)
    qtbot.waitUntil(lambda: (window.width(), window.height()) == (width, height))


def whole(window, widget):
    """Whether the widget is on screen, all of it, and has room for its words."""
    place = QRect(widget.mapTo(window, widget.rect().topLeft()), widget.size())
    words = QFontMetrics(widget.font()).horizontalAdvance(widget.text())
    room = widget.width() >= words and widget.height() >= widget.fontMetrics().height()
    return widget.isVisible() and room and window.rect().contains(place)


@pytest.mark.parametrize("size", [(1366, 768), (1280, 720), (640, 400)])
def test_the_send_button_is_whole_in_every_window(qtbot, open_as, size):
    window = open_as("jane", LAPTOP)
    resized(qtbot, window, *size)
    window.sides.bring("ticket")
    qtbot.waitUntil(lambda: whole(window, window.pane.reply.send))


def test_the_tools_make_room_in_a_low_window_and_come_back(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    tools = window.pane.reply.tools
    assert tools.isVisible()
    resized(qtbot, window, 640, 360)
    qtbot.waitUntil(lambda: not tools.isVisible())
    resized(qtbot, window, 1366, 768)
    qtbot.waitUntil(tools.isVisible)


def test_a_long_task_and_another_ticket_s_subject_are_read_whole(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    window.ticket.add_task("Ask the supplier whether the battery of this laptop is under warranty")
    qtbot.waitUntil(lambda: window.pane.side.tasks.count() == 3)
    for place, listed in ((1, window.pane.side.others), (2, window.pane.side.tasks)):
        window.pane.side.setCurrentIndex(place)
        qtbot.waitUntil(listed.isVisible)
        assert listed.count() > 0
        assert listed.horizontalScrollBar().maximum() == 0


def test_no_tool_is_out_of_reach_where_the_send_button_leaves_little_room(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    resized(qtbot, window, 1366, 768)
    page = window.pane.reply
    page.send.setText("Record reply to somebody with a name of some length")
    window.pane.composers.setFixedHeight(page.tools.height() + 150)
    tools = page.tools
    qtbot.waitUntil(lambda: page.height() < 170 and tools.rest.isVisible())
    listed = {entry.text() for entry in tools.rest.menu().actions()}
    for button in tools.buttons.values():
        assert button.isVisible() != (button.toolTip() in listed)
    assert whole(window, page.send)
    qtbot.keyClicks(page.edit, "items")
    (entry,) = [e for e in tools.rest.menu().actions() if e.text().startswith("Earlier versions")]
    with qtbot.waitSignal(page.versions_wanted):
        entry.trigger()
    window.pane.composers.setFixedHeight(320)
    qtbot.waitUntil(lambda: not tools.rest.isVisible())
    assert all(button.isVisible() for button in tools.buttons.values())


def test_every_field_keeps_its_height_where_the_window_is_low(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    resized(qtbot, window, 640, 400)
    window.sides.bring("ticket")
    for button in window.pane.side.field_buttons.values():
        assert button.height() >= button.fontMetrics().height()


def test_all_four_tabs_of_the_details_are_there(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    for size in ((1366, 768), (640, 400)):
        resized(qtbot, window, *size)
        bar = window.pane.side.tabBar()
        assert bar.rect().contains(bar.tabRect(3), proper=False)


def test_a_chooser_stays_within_its_window(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    resized(qtbot, window, 480, 360)
    window.asking.choose(Action.ASSIGN)
    qtbot.waitUntil(window.chooser.isVisible)
    assert window.geometry().contains(window.chooser.geometry())
    qtbot.keyClick(window.chooser.edit, Qt.Key.Key_Escape)


def test_the_keys_are_shown_below_each_other_where_there_is_no_room_beside(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    resized(qtbot, window, 640, 400)
    window.windows.show_keys()
    text = window.windows.help.text
    assert text.horizontalScrollBar().maximum() == 0
    assert text.document().idealWidth() <= text.viewport().width()


def test_with_a_notice_and_tabs_a_low_window_scrolls_and_squashes_nothing(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    resized(qtbot, window, 640, 400)
    window.open_ticket(window.ticket.page.ticket.id)
    window.asking.choose(Action.CLAIM)
    assert window.pane.notice.isVisible()
    window.pane.write(window.pane.reply.kind)
    qtbot.waitUntil(lambda: whole(window, window.pane.reply.send))
    assert window.pane.reply.edit.height() >= 2 * window.pane.reply.edit.fontMetrics().height()


def test_the_form_of_a_new_ticket_scrolls_in_a_low_window(qtbot, open_as):
    window = open_as("jane")
    resized(qtbot, window, 640, 400)
    window.opening.open()
    form = window.opening.form
    form.notice.say("Something that takes room")
    for line in (form.requester, form.subject):
        assert line.height() >= line.sizeHint().height()


def test_a_narrow_window_has_a_button_back_to_the_list(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    assert not window.pane.back.isVisible()
    resized(qtbot, window, 1000, 700)
    window.sides.bring("ticket")
    qtbot.mouseClick(window.pane.back, Qt.MouseButton.LeftButton)
    assert window.queue.isVisible()
    assert not window.pane.isVisible()


def test_the_subject_takes_the_room_that_the_other_columns_leave(qtbot, open_as):
    window = open_as("jane")
    resized(qtbot, window, 1100, 700)
    header = window.queue.horizontalHeader()
    qtbot.waitUntil(lambda: header.length() == window.queue.viewport().width())
    wide = header.sectionSize(COLUMNS.index(Column.SUBJECT))
    resized(qtbot, window, 640, 700)
    qtbot.waitUntil(lambda: header.sectionSize(COLUMNS.index(Column.SUBJECT)) < wide)


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
def test_the_box_of_an_open_task_can_be_seen_in_every_theme(qtbot, qapp, open_as, theme):
    window = open_as("jane", LAPTOP)
    apply_theme(qapp, theme)
    window.pane.side.setCurrentIndex(2)
    tasks = window.pane.side.tasks
    tasks.ensurePolished()
    row = tasks.visualItemRect(tasks.item(0))
    picture = tasks.viewport().grab(QRect(row.left(), row.top(), 18, row.height())).toImage()
    ground = QColor(colours().base).lightnessF()
    dots = [(x, y) for x in range(picture.width()) for y in range(picture.height())]
    most = max(abs(picture.pixelColor(x, y).lightnessF() - ground) for x, y in dots)
    assert most > 0.2


def roomy(panel, field):
    """Whether a line to write on has half of the panel."""
    return field.isVisible() and field.width() >= panel.width() / 2


def test_what_goes_with_a_note_can_be_read_beside_a_ticket(qtbot, open_as):
    window = open_as("sam", LAPTOP)
    resized(qtbot, window, 1366, 768)
    note = window.supervising.reassigning.note
    note.ask("Online Banking", lambda _: None)
    qtbot.waitUntil(lambda: whole(window, note.label) and roomy(note, note.edit))
    assert whole(window, note.button)


def test_an_escalation_can_be_read_beside_a_ticket(qtbot, open_as):
    window = open_as("sam", LAPTOP)
    resized(qtbot, window, 1366, 768)
    window.supervising.escalating.open()
    panel = window.supervising.escalating.panel
    qtbot.waitUntil(lambda: roomy(panel, panel.note))
    boxes = (panel.priority, panel.team, panel.reason)
    assert all(box.width() >= box.sizeHint().width() for box in boxes)
    assert all(whole(window, part) for part in (panel.label, panel.do))
    assert panel.label.text() == "Escalate 1 ticket:"
