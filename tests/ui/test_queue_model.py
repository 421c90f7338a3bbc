"""The queue's model keeps Qt's promises, and a table of any length asks for little."""

from array import array
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QItemSelectionModel, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication

from desk_app.domain.filters import QueueRow
from desk_app.ui.models import queue_model
from desk_app.ui.models.queue_cells import COLUMNS, CellWriter
from desk_app.ui.models.queue_model import QueueModel, TicketRole
from desk_app.ui.views.queue_view import QueueView

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
MANY = 200_000


def row(ticket: int, subject: str = "Printer") -> QueueRow:
    texts = ("open", 0, 0, "normal", None, None, "support", None, "web", None)
    return QueueRow(ticket, str(ticket), subject, "Ana", *texts, 1, 1, 0, 0, 0, 0, 0)  # type: ignore[arg-type]


def make_model() -> QueueModel:
    return QueueModel(CellWriter({}, lambda: NOW))


LISTS = st.lists(st.integers(1, 15), unique=True, max_size=12)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("show"), LISTS),
        st.tuples(st.just("merge"), LISTS),
        st.tuples(st.just("take"), LISTS),
        st.tuples(st.just("gone"), LISTS),
        st.tuples(st.just("outdate"), LISTS),
    ),
    max_size=12,
)


def act(model: QueueModel, kind: str, tickets: list[int], by_worker: bool) -> None:
    if kind == "show":
        model.show_ids(array("q", tickets))
    elif kind == "merge":
        held = set(model.held_ids())
        places = {t: r for r, t in enumerate(tickets) if t in held} if by_worker else {}
        model.merge_ids(array("q", tickets), places)
    elif kind == "take":
        model.take_rows([row(ticket) for ticket in tickets])
    elif kind == "gone":
        model.take_rows([], tickets)
    elif model.rowCount():
        model.outdate(tickets)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, hold=st.lists(st.integers(0, 11), max_size=5), by_worker=st.booleans())
def test_qt_finds_nothing_wrong_and_every_held_row_stays_on_its_ticket(
    qapp, steps, hold, by_worker
):
    model = make_model()
    tester = QAbstractItemModelTester(
        model, QAbstractItemModelTester.FailureReportingMode.Fatal, model
    )
    for kind, tickets in steps:
        count = model.rowCount()
        held = [QPersistentModelIndex(model.index(r, r % 3)) for r in hold if r < count]
        ids = [index.data(TicketRole.ID) for index in held]
        act(model, kind, tickets, by_worker)
        if kind == "show":
            continue
        now = set(model.tickets_in(0, model.rowCount()))
        for index, ticket in zip(held, ids, strict=True):
            assert index.isValid() == (ticket in now)
            if index.isValid():
                assert index.data(TicketRole.ID) == ticket
        del held
    assert tester.model() is model


def test_a_row_shows_what_was_read_last(qapp):
    model = make_model()
    model.show_ids(array("q", [1, 2]))
    assert model.index(0, 1).data() == "…"
    model.take_rows([row(1, "old")])
    assert model.index(0, 1).data() == "old"
    model.take_rows([row(1, "new")])
    assert model.index(0, 1).data() == "new"
    model.take_rows([], [1])
    assert model.index(0, 1).data() == "…"


def test_a_row_that_nobody_looks_at_is_not_made_into_texts(qapp):
    made = []
    writer = CellWriter({}, lambda: NOW)

    def make(found):
        made.append(found.id)
        return writer(found)

    model = QueueModel(make)
    model.show_ids(array("q", range(1, 1001)))
    model.take_rows([row(ticket) for ticket in range(1, 1001)])
    assert made == []
    assert model.index(4, 0).data() == "5"
    assert model.index(4, 1).data() == "Printer"
    assert made == [5]


def test_what_changed_is_read_again_when_it_is_looked_at_and_shown_as_it_was_until_then(qtbot):
    model = make_model()
    model.show_ids(array("q", range(1, 200)))
    model.take_rows([row(ticket, "old") for ticket in range(1, 200)])
    subject = model.index(0, [column.value for column in COLUMNS].index("subject"))
    wanted: list[list[int]] = []
    model.rows_wanted.connect(wanted.append)

    def seen() -> str:
        with qtbot.waitSignal(model.rows_wanted):
            return str(subject.data())

    before = model.news
    model.outdate({1, 2, 150})
    assert "old" in seen()
    assert wanted.pop() == [1, 2]  # nobody looks at the third
    model.take_rows([row(1, "older"), row(2)], asked=before)
    assert "older" in seen()  # that reading began before the news
    assert wanted.pop() == [1, 2]
    model.take_rows([row(1, "new"), row(2)], asked=model.news)
    assert "new" in str(subject.data())
    QApplication.processEvents()
    assert wanted == []


def test_a_long_walk_keeps_a_bounded_number_of_rows(qapp):
    model = make_model()
    model.show_ids(array("q", range(1, MANY)))
    for start in range(1, 3 * queue_model.KEEP, queue_model.BLOCK):
        model.take_rows([row(ticket) for ticket in range(start, start + queue_model.BLOCK)])
        model.cells_at(start - 1)
    assert len(model.kept()) == queue_model.KEEP
    assert len(model._made) <= queue_model.KEEP


class Counting(QueueModel):
    """Counts what the view asks."""

    asked = 0

    def flags(self, index):
        self.asked += 1
        return super().flags(index)

    def data(self, index, role=Qt.ItemDataRole.DisplayRole):
        self.asked += 1
        return super().data(index, role)


@pytest.fixture
def long_view(qtbot):
    model = Counting(CellWriter({}, lambda: NOW))
    model.show_ids(array("q", range(1, MANY + 1)))
    view = QueueView(model)
    model.setParent(view)
    qtbot.addWidget(view)
    view.resize(900, 700)
    view.show()
    qtbot.waitExposed(view)
    view.grab()
    return view


def test_selecting_everything_does_not_ask_for_every_cell(long_view):
    model = long_view.model()
    model.asked = 0
    QTest.keyClick(long_view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    long_view.grab()
    assert len(long_view.selected_tickets()) == MANY
    assert model.asked < 2000  # a screen has some 250 cells


def test_headers_have_selection_models_of_their_own(long_view):
    models = {
        long_view.selectionModel(),
        long_view.horizontalHeader().selectionModel(),
        long_view.verticalHeader().selectionModel(),
    }
    assert len(models) == 3
    long_view.selectAll()
    for header in (long_view.horizontalHeader(), long_view.verticalHeader()):
        assert not header.selectionModel().hasSelection()


def test_a_selection_survives_a_new_order(long_view):
    model, chosen = long_view.model(), long_view.selectionModel()
    flags = QItemSelectionModel.SelectionFlag
    for place in (3, 5, 1000):
        chosen.select(model.index(place, 0), flags.Select | flags.Rows)
    assert long_view.selected_tickets() == [4, 6, 1001]
    model.merge_ids(array("q", [1001, *range(5, 1000), 4]), {})
    assert sorted(long_view.selected_tickets()) == [4, 6, 1001]
    assert len(COLUMNS) == model.columnCount()
