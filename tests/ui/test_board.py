"""The board: columns, cards, loads over them, dropping on them, what waits for a server."""

from array import array
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QAbstractItemModelTester

from desk_app.bootstrap import OpenDesk
from desk_app.domain.board import Grouping
from desk_app.domain.filters import Column, QueueRow, SortKey
from desk_app.domain.lifecycle_text import lifecycle_text
from desk_app.domain.mirror import Account
from desk_app.domain.moment import whole_ms
from desk_app.domain.outbox import OutboxState
from desk_app.domain.reassignment import Place, Target
from desk_app.domain.state import TicketId
from desk_app.domain.workload import Availability
from desk_app.services.absence import set_availability
from desk_app.services.writing import Writing
from desk_app.ui.models.board_model import BoardColumn, BoardModel, spoken
from desk_app.ui.models.queue_cells import CellWriter
from desk_app.ui.theme import apply_theme, colours
from desk_app.ui.ticket_mime import encoded
from desk_app.ui.views.board_page import BREACHES
from tests.ui.test_queue import choose, narrow, ready
from tests.ui.test_reassigning import CONTROL, Drag, owners, support, tickets

AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
ROW = QueueRow(
    *(TicketId(1), "100001", "Printer", "Ana Souza", "open", 0, 0, "normal", None, None),
    *("support", None, "web", None, 0, 0, 0, 0, 0, 0, 0),
)


@pytest.fixture
def window(qtbot, open_as):
    found = ready(qtbot, open_as("sam"))
    qtbot.waitUntil(lambda: found.supervising.reassigning.workload is not None)
    return found


@pytest.fixture
def board(qtbot, window):
    window.queue.setFocus()
    qtbot.keyClicks(window.queue, "gd")
    boarding = window.supervising.boarding
    qtbot.waitUntil(lambda: boarding.model.columnCount() > 0)
    qtbot.waitUntil(lambda: boarding.model.headerData(0, Qt.Orientation.Horizontal).count("\n") > 1)
    return boarding


def column(board, key):
    return next(c for c in board.model.columns() if c.target.key == key)


def number(board, key):
    return [c.target.key for c in board.model.columns()].index(key)


def of_columns(board):
    return {c.target.key: list(c.ids) for c in board.model.columns()}


def shown(window):
    return list(window.model.tickets_in(0, window.model.rowCount() - 1))


def columns_of(*ids):
    keys = ("", "john", "lee")
    return [
        BoardColumn(Target(kind=Place.AGENT, key=key), key or "Nobody", array("q", one))
        for key, one in zip(keys, ids, strict=False)
    ]


# --- the model ---------------------------------------------------------------------------------

PLACES = st.lists(st.integers(1, 12), unique=True, max_size=12)


@settings(max_examples=40)
@given(old=PLACES, new=PLACES, cut=st.integers(0, 12))
def test_selection_goes_with_the_tickets_wherever_they_go(qapp, old, new, cut):
    model = BoardModel(CellWriter({}, lambda: AT))
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show_columns(columns_of(old[:cut], old[cut:], []))
    from PySide6.QtCore import QPersistentModelIndex

    held = {
        model.ticket_at(row, col): QPersistentModelIndex(model.index(row, col))
        for col in range(3)
        for row in range(model.rowCount())
        if model.ticket_at(row, col) is not None
    }
    model.show_columns(columns_of([], new[cut:], new[:cut]))
    for ticket, index in held.items():
        if ticket in new:
            assert model.ticket_at(index.row(), index.column()) == ticket
        else:
            assert not index.isValid()


def test_cards_are_asked_for_a_block_at_a_time_and_once(qtbot, qapp):
    model = BoardModel(CellWriter({}, lambda: AT))
    asked = []
    model.cards_wanted.connect(asked.append)
    model.show_columns(columns_of(range(1, 1001)))
    for row in range(20):
        assert model.card_at(row, 0) is None
    qtbot.waitUntil(lambda: asked != [])
    assert len(asked) == 1
    assert len(asked[0]) <= 64
    model.take_cards([ROW], {})
    assert model.card_at(0, 0).cells.row == ROW


def test_a_card_says_that_it_waits_or_what_the_server_said(qapp):
    model = BoardModel(CellWriter({}, lambda: AT))
    model.show_columns(columns_of([1]))
    model.take_cards([ROW], {})
    again = model.show_sync({1: (OutboxState.WAITING, "")})
    assert again == [1]
    model.take_cards([ROW], {})
    assert "waiting" in spoken(model.card_at(0, 0))
    model.show_sync({1: (OutboxState.REFUSED, "Permission Denied")})
    model.take_cards([ROW], {})
    assert "needs you, Permission Denied" in spoken(model.card_at(0, 0))
    assert model.show_sync({}) == [1]


# --- the window --------------------------------------------------------------------------------


def test_g_d_shows_the_queue_as_a_board_in_its_own_order(qtbot, window, board):
    assert not window.queue.isVisible()
    assert board.view.hasFocus()
    order = shown(window)
    found = of_columns(board)
    assert sorted(t for ids in found.values() for t in ids) == sorted(order)
    for ids in found.values():
        assert ids == sorted(ids, key=order.index)
    assert {t.owner for t in tickets(window, found["john"])} == {"john"}
    assert {t.owner for t in tickets(window, found[""])} == {None}


def test_over_each_column_stands_its_load(board):
    head = board.model.headerData(number(board, "john"), Qt.Orientation.Horizontal)
    for words in ("John Carter", "open: 6", "overdue: ", "limit: 8", "due today: ", "unanswered: "):
        assert words in head
    assert "average age: " in head


def test_of_a_team_is_said_what_it_takes_and_how_many_of_it_are_away(qtbot, window, board):
    desk = window.session.desk
    kept = Availability(agent="lee", away=True)
    changes = set_availability(desk.unit, kept, actor="sam", at=whole_ms(desk.now()))
    window.session.changed.emit(changes)
    board.show_kind(str(Grouping.TEAM))
    qtbot.waitUntil(lambda: "network" in [c.target.key for c in board.model.columns()])

    def head():
        return board.model.headerData(number(board, "network"), Qt.Orientation.Horizontal)

    qtbot.waitUntil(lambda: "limit: 6" in head() and "1 of 2 away" in head())  # Jane's
    spoken = window.navigator._items["team:network"].toolTip(0)
    assert "limit: 6" in spoken
    assert "1 of 2 away" in spoken


def test_no_name_breaks_a_line_or_turns_round_what_stands_beside_it(qtbot, window, board):
    evil = "John\nCarter\u202e\t<b>Evil</b>" + "x" * 300
    with window.session.desk.sync_unit() as unit:
        directory = unit.directory()
        agents = dict(directory.agents) | {"john": replace(directory.agents["john"], name=evil)}
        teams = dict(directory.teams) | {"network": replace(directory.teams["network"], name=evil)}
        new = replace(directory, agents=agents, teams=teams)
        unit.save_directory(new, lifecycle_text(directory.lifecycle))
        unit.commit()
    window.session.load_directory()
    start = "John Carter <b>Evil</b>xx"
    items = window.navigator._items
    for name in ("agent:john", "team:network"):
        qtbot.waitUntil(lambda name=name: items[name].text(0).startswith(start))
        assert len(items[name].text(0)) == 120
    board.show_kind(str(Grouping.AGENT))
    qtbot.waitUntil(lambda: column(board, "john").title.startswith(start))
    assert len(column(board, "john").title.splitlines()) == 1


def test_in_a_crowd_everybody_has_a_column_and_the_list_says_how_many_it_leaves_out(
    qtbot, window, board
):
    with window.session.desk.sync_unit() as unit:
        directory = unit.directory()
        lee = directory.agents["lee"]
        crowd = {f"a{n}": replace(lee, key=f"a{n}", name=f"Zoe {n:03}") for n in range(80)}
        new = replace(directory, agents={**directory.agents, **crowd})
        unit.save_directory(new, lifecycle_text(directory.lifecycle))
        unit.commit()
    board.leave()
    window.session.load_directory()
    items = window.navigator._items
    qtbot.waitUntil(lambda: "more_colleagues" in items)
    assert items["more_colleagues"].text(0) == "25 more on the board"
    window.navigator.setCurrentItem(items["more_colleagues"])
    qtbot.keyClick(window.navigator, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: board.is_open)
    qtbot.waitUntil(lambda: board.model.columnCount() == 86)
    assert column(board, "a79").title == "Zoe 079"


def test_filter_and_order_of_the_queue_are_the_boards(qtbot, window, board):
    narrow(qtbot, window, "laptop")
    qtbot.waitUntil(
        lambda: (
            sorted(t for ids in of_columns(board).values() for t in ids) == sorted(shown(window))
        )
    )
    narrow(qtbot, window, "")
    window.queues.sort(SortKey(column=Column.SUBJECT, descending=False))
    qtbot.waitUntil(
        lambda: (
            [t.subject for t in tickets(window, of_columns(board)["john"])]
            == sorted(
                (t.subject for t in tickets(window, of_columns(board)["john"])), key=str.casefold
            )
        )
    )


@pytest.mark.parametrize(
    ("by", "key", "field"),
    [
        (Grouping.TEAM, "network", "team"),
        (Grouping.STATUS, "on-hold", "status"),
        (Grouping.STAGE, "3", None),
    ],
)
def test_the_columns_can_be_others(qtbot, board, window, by, key, field):
    board.open(str(by))
    qtbot.waitUntil(lambda: key in of_columns(board))
    if field is not None:
        found = tickets(window, of_columns(board)[key])
        assert {getattr(t, field) for t in found} == {key}


def test_a_card_is_dropped_on_a_column_and_is_there_at_once(qtbot, window, board):
    ids = support(window)
    view, reassigning = board.view, window.supervising.reassigning
    drag = Drag(qtbot, view, encoded(reassigning.desk, ids))
    at = view.visualRect(board.model.index(0, number(board, "lee"))).center()
    drag.over(at)
    qtbot.waitUntil(lambda: reassigning.held is not None)
    assert drag.over(at)
    head = board.model.headerData(number(board, "lee"), Qt.Orientation.Horizontal)
    assert "Open 3 → 5" in head
    assert view.head.yes[number(board, "lee")] is True
    assert view.head.yes[number(board, "priya")] is False
    assert drag.drop(at)
    reassigning.end_drag()
    qtbot.waitUntil(lambda: set(ids) <= set(of_columns(board)["lee"]))
    assert view.head.yes == {}
    window.undo()
    qtbot.waitUntil(lambda: not set(ids) & set(of_columns(board)["lee"]))


def test_a_column_that_slid_under_the_pointer_takes_no_drop_that_was_shown_for_another(
    qtbot, window, board
):
    ids = support(window)
    before = owners(window, ids)
    view, reassigning = board.view, window.supervising.reassigning

    def over_lee():
        x = view.columnViewportPosition(number(board, "lee")) + 40
        return QPoint(x, 60)

    drag, at = Drag(qtbot, view, encoded(reassigning.desk, ids)), over_lee()
    drag.over(at)
    qtbot.waitUntil(lambda: reassigning.held is not None)
    drag.over(at)
    columns = list(board.model.columns())
    lee = columns.pop(number(board, "lee"))
    board.model.show_columns([lee, *columns])  # as a round does that brings somebody
    reassigning.judged.emit()
    assert reassigning.hint.text().startswith("✓ 2 to Lee Park")
    assert not drag.drop(at)
    assert "nothing was dropped" in window.notice.text
    assert owners(window, ids) == before
    drag.over(over_lee())
    drag.drop(over_lee())
    qtbot.waitUntil(lambda: owners(window, ids) == ["lee"] * 2)


def test_the_head_of_a_column_takes_a_drop_too(qtbot, window, board):
    ids = support(window)
    head = board.view.head
    drag = Drag(qtbot, head, encoded(window.supervising.reassigning.desk, ids))
    left = head.sectionViewportPosition(number(board, "lee"))
    from PySide6.QtCore import QPoint

    drag.over(QPoint(left + 20, 10))
    drag.drop(QPoint(left + 20, 10))
    qtbot.waitUntil(lambda: owners(window, ids) == ["lee"] * 2)


def drop_on_stage(qtbot, window, board, stage, ids):
    board.open(str(Grouping.STAGE))
    qtbot.waitUntil(lambda: stage in of_columns(board))
    drag = Drag(qtbot, board.view, encoded(window.supervising.reassigning.desk, ids))
    at = QPoint(board.view.columnViewportPosition(number(board, stage)) + 30, 20)
    drag.over(at)
    qtbot.waitUntil(lambda: window.supervising.reassigning.held is not None)
    assert drag.over(at)
    return drag, at


def test_on_the_stage_of_assignment_is_asked_who_gets_them(qtbot, window, board):
    ids = support(window)
    drag, at = drop_on_stage(qtbot, window, board, "1", ids)
    assert "2: drop to choose who" in window.supervising.reassigning.hint.text()
    assert board.view.head.yes[number(board, "1")]
    drag.drop(at)
    qtbot.waitUntil(window.chooser.isVisible)
    assert "Assign 2 to" in window.chooser.edit.placeholderText()
    choose(qtbot, window, "lee")
    qtbot.waitUntil(lambda: {t.owner for t in tickets(window, ids)} == {"lee"})


def test_where_several_statuses_are_of_a_stage_they_are_asked_for_with_their_dry_run(
    qtbot, window, board
):
    ids = [t.id for t in tickets(window, support(window, 9)) if t.owner][:2]
    drag, at = drop_on_stage(qtbot, window, board, "2", ids)
    assert "drop to choose the status" in window.supervising.reassigning.hint.text()
    drag.drop(at)
    qtbot.waitUntil(window.chooser.isVisible)
    texts = [window.chooser.list.item(n).text() for n in range(window.chooser.list.count())]
    assert [text.split("   ")[0] for text in texts[:2]] == ["In progress", "On hold"]
    assert "2 to On hold" in texts[1]
    choose(qtbot, window, "on hold")
    qtbot.waitUntil(lambda: {t.status for t in tickets(window, ids)} == {"on-hold"})


def test_cut_arrows_and_paste_carry_a_card_into_the_next_column(qtbot, window, board):
    view, model = board.view, board.model
    start = number(board, "john")
    ticket = next(
        t.id for t in tickets(window, column(board, "john").ids) if t.department == "support"
    )
    view.setFocus()
    view.setCurrentIndex(model.index(list(column(board, "john").ids).index(ticket), start))
    qtbot.keyClick(view, Qt.Key.Key_X, CONTROL)
    qtbot.waitUntil(lambda: window.supervising.reassigning.held is not None)
    while view.currentIndex().column() < number(board, "lee"):
        qtbot.keyClick(view, Qt.Key.Key_Right)
    assert window.supervising.reassigning.hint.text().startswith("✓ 1 to Lee Park")
    qtbot.keyClick(view, Qt.Key.Key_V, CONTROL)
    qtbot.waitUntil(lambda: ticket in of_columns(board)["lee"])


def test_a_key_on_a_card_acts_on_it_and_enter_opens_it_beside_the_board(qtbot, window, board):
    view, model = board.view, board.model
    view.setFocus()
    view.setCurrentIndex(model.index(0, number(board, "jane")))
    ticket = model.ticket_at(0, number(board, "jane"))
    qtbot.keyClick(view, Qt.Key.Key_P)
    qtbot.waitUntil(window.chooser.isVisible)
    window.chooser.hide()
    assert not window.right.isVisible()
    qtbot.keyClick(view, Qt.Key.Key_Return)
    qtbot.waitUntil(window.right.isVisible)
    qtbot.waitUntil(
        lambda: window.ticket.page is not None and window.ticket.page.ticket.id == ticket
    )
    assert view.isVisible()


def test_what_the_undo_key_takes_back_of_one_card_is_seen_beside_the_board(qtbot, window, board):
    view, model = board.view, board.model
    ticket = model.ticket_at(0, number(board, "jane"))
    session = window.session
    writing = Writing(session.desk, session.directory, session.me, tickets(window, [ticket])[0])
    session.changed.emit(session.desk.bus.handle(writing.edit("priority", "low")).changes)
    view.setFocus()
    view.setCurrentIndex(
        model.index(list(column(board, "jane").ids).index(ticket), number(board, "jane"))
    )
    qtbot.waitUntil(lambda: window.ticket.page is not None)
    qtbot.waitUntil(lambda: window.ticket.page.ticket.priority == "low")
    assert not window.right.isVisible()
    window.undo()
    qtbot.waitUntil(window.right.isVisible)
    qtbot.waitUntil(lambda: tickets(window, [ticket])[0].priority != "low")
    qtbot.waitUntil(lambda: window.pane.notice.text.startswith("Undone"))


def test_esc_goes_back_to_the_table(qtbot, window, board):
    qtbot.keyClick(board.view, Qt.Key.Key_Escape)
    assert window.queue.isVisible()
    assert not board.view.isVisible()
    assert window.queue.hasFocus()


def test_what_breaches_soon_is_listed_by_team_with_the_reasons(qtbot, window, board):
    board.open(BREACHES)
    board.page.hours.setCurrentIndex(board.page.hours.findData(24))
    board.page.hours_chosen.emit(24)
    qtbot.waitUntil(lambda: set(of_columns(board)) >= {"", "network", "security"})
    ids = [t for column in of_columns(board).values() for t in column]
    found = tickets(window, ids)
    directory = window.session.directory
    assert all(directory.due(t) is not None for t in found)
    for column in of_columns(board).values():
        dues = [directory.due(t) for t in tickets(window, column)]
        assert dues == sorted(dues)
    view, model = board.view, board.model
    col = next(n for n, c in enumerate(model.columns()) if len(c.ids))
    view.viewport().repaint()
    qtbot.waitUntil(lambda: model.card_at(0, col) is not None and model.card_at(0, col).words != "")


def test_a_card_of_a_mirrored_desk_waits_until_the_server_knows(qtbot, open_as, demo, tmp_path):
    window = ready(qtbot, open_as("sam"))
    qtbot.waitUntil(lambda: window.supervising.reassigning.workload is not None)
    desk = OpenDesk(window.session.desk.path)
    with desk.sync_unit() as unit:
        unit.save_account(Account(kind="rt", url="https://rt.example", user="sam", agent="sam"))
        unit.commit()
    boarding = window.supervising.boarding
    boarding.open()
    qtbot.waitUntil(lambda: boarding.model.columnCount() > 0)
    ids = support(window, 1)
    drag = Drag(qtbot, boarding.view, encoded(window.supervising.reassigning.desk, ids))
    at = boarding.view.visualRect(boarding.model.index(0, number(boarding, "lee"))).center()
    drag.over(at)
    drag.drop(at)

    def card():
        found = list(of_columns(boarding)["lee"])
        return (
            boarding.model.card_at(found.index(ids[0]), number(boarding, "lee"))
            if (ids[0] in found)
            else None
        )

    qtbot.waitUntil(lambda: card() is not None and card().sync is OutboxState.WAITING)
    with desk.sync_unit() as unit:
        (item,) = unit.items()
        unit.save_item(replace(item, state=OutboxState.REFUSED, words="Permission Denied"))
        unit.commit()
    qtbot.waitUntil(lambda: card() is not None and card().needs_you)
    assert card().words == "Permission Denied"
    desk.close()


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
def test_what_waits_is_hatched_around_its_words_in_every_theme(qtbot, qapp, window, board, theme):
    """Lines that can be told from the ground (3 to 1, WCAG 1.4.11), and none behind the words."""
    view, model = board.view, board.model
    first = number(board, "john")
    view.viewport().repaint()
    qtbot.waitUntil(lambda: model.card_at(1, first) is not None)
    card = model._cards[model.ticket_at(0, first)]
    model._cards[model.ticket_at(0, first)] = replace(card, sync=OutboxState.WAITING)
    apply_theme(qapp, theme)
    waiting, plain = (
        view.viewport().grab(view.visualRect(model.index(row, first))).toImage() for row in (0, 1)
    )
    ground = luminance(QColor(colours().base))

    def edge(image):
        """The ground and lines just inside the frame."""
        return [luminance(image.pixelColor(x, 7)) for x in range(8, image.width() - 8)]

    assert set(edge(plain)) == {ground}
    darkest = max(edge(waiting), key=lambda found: abs(found - ground))
    high, low = max(darkest, ground), min(darkest, ground)
    assert (high + 0.05) / (low + 0.05) >= 3
    room = [luminance(waiting.pixelColor(waiting.width() // 2, y)) for y in (13, 14)]
    assert set(room) == {ground}
    assert "waiting" in spoken(model._cards[model.ticket_at(0, first)])


def luminance(colour):
    """As WCAG reckons it."""
    parts = [colour.redF(), colour.greenF(), colour.blueF()]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return round(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2], 4)


def test_the_list_at_the_left_can_be_read_after_another_theme(qtbot, qapp, window):
    apply_theme(qapp, "contrast")
    item = window.navigator._items["agent:lee"]
    assert item.data(0, Qt.ItemDataRole.ForegroundRole) is None
