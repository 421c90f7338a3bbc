"""The table's order and columns by keyboard, and what the status bar says of the clock."""

from datetime import UTC, datetime, timedelta

from PySide6.QtCore import Qt

from desk_app.domain.filters import Column, QueueKind
from desk_app.ui.models.queue_cells import COLUMNS
from tests.ui.test_queue import asked, choose, ids, ready

LAPTOP = "100020"


def test_the_order_can_be_chosen_without_a_mouse_and_turned_round(qtbot, open_as):
    window = ready(qtbot, open_as("jane"))
    for descending in (False, True):
        window.menus.entries["sort"].trigger()
        with asked(qtbot, window):
            choose(qtbot, window, "subject")
        assert window.queues.order.column is Column.SUBJECT
        assert window.queues.order.descending is descending


def test_a_column_can_be_hidden_and_shown_without_a_mouse(qtbot, open_as):
    window = ready(qtbot, open_as("jane"))
    header, section = window.queue.horizontalHeader(), COLUMNS.index(Column.PRIORITY)
    for hidden in (False, True):
        window.menus.entries["columns"].trigger()
        choose(qtbot, window, "priority")
        assert header.isSectionHidden(section) is hidden


def test_the_last_column_stays(qtbot, open_as):
    window = ready(qtbot, open_as("jane"))
    header = window.queue.horizontalHeader()
    for section, column in enumerate(COLUMNS):
        header.setSectionHidden(section, column is not Column.SUBJECT)
    window.menus.entries["columns"].trigger()
    choose(qtbot, window, "subject")
    assert not header.isSectionHidden(COLUMNS.index(Column.SUBJECT))
    assert "last column" in window.notice.text


def test_the_status_bar_says_what_is_overdue_and_soon_due_and_leads_there(qtbot, open_as):
    window = ready(qtbot, open_as("jane", LAPTOP))
    due = window.due
    qtbot.waitUntil(due.isVisible)
    assert "3 overdue" in due.text()
    assert "within" not in due.text()
    soon = datetime.now(UTC) + timedelta(minutes=20)
    window.ticket.edit("due_at", soon.replace(microsecond=0))
    qtbot.waitUntil(lambda: "1 due within 30 min" in due.text())
    with asked(qtbot, window):
        qtbot.mouseClick(due, Qt.MouseButton.LeftButton)
    assert window.queues.shown.kind is QueueKind.OVERDUE
    assert len(ids(window)) == 3


def test_the_status_bar_says_what_of_ones_own_work_is_due_first_and_goes_there(qtbot, open_as):
    window = ready(qtbot, open_as("jane", LAPTOP))
    soonest = window.soonest
    qtbot.waitUntil(soonest.isVisible)
    now = datetime.now(UTC).replace(microsecond=0)
    for row in [window.model.row_of(ticket) for ticket in ids(window)]:
        assert row is not None
    mine = [t for t in ids(window) if window.session.desk.reader().ticket(t).owner == "jane"]
    for place, ticket in enumerate(mine):
        window.go_to(ticket)
        qtbot.waitUntil(lambda ticket=ticket: window.ticket.page.ticket.id == ticket)
        window.ticket.edit("due_at", now + timedelta(minutes=45, hours=place))
        qtbot.waitUntil(lambda: window.ticket.page.ticket.due_at is not None)
        due = now + timedelta(minutes=45, hours=place)
        qtbot.waitUntil(lambda due=due: window.ticket.page.ticket.due_at == due)
    first = window.session.desk.reader().ticket(mine[0])
    qtbot.waitUntil(lambda: soonest.text().startswith(f"SLA: {first.number} in 4"))
    assert first.subject in soonest.toolTip()
    qtbot.mouseClick(soonest, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.ticket.page.ticket.id == first.id)
    window.go_to(mine[1])
    qtbot.waitUntil(lambda: window.ticket.page.ticket.id == mine[1])
    window.queue.setFocus()
    qtbot.keyClick(window.queue, Qt.Key.Key_G)
    qtbot.keyClick(window.queue, Qt.Key.Key_S)
    qtbot.waitUntil(lambda: window.ticket.page.ticket.id == first.id)
