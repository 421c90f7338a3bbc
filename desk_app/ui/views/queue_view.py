"""The queue table: fixed rows, own painting, sorting in SQL, selection that survives a refresh."""

from __future__ import annotations

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPalette,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractScrollArea,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from desk_app.domain.filters import Column
from desk_app.services.turns import TURNS
from desk_app.ui.models.queue_cells import COLUMNS
from desk_app.ui.models.queue_model import QueueModel
from desk_app.ui.overriding import override
from desk_app.ui.texts import tr
from desk_app.ui.theme import colours
from desk_app.ui.views.queue_columns import QueueColumns

_MARKS_WIDTH = 34
_USUAL_MARKS = 3
"""Characters that have room in that: two signs and what is between them."""


class QueueDelegate(QStyledItemDelegate):
    """Paints a cell's ready-made text; a third faster than the style's own way (measured)."""

    def __init__(self, view: QTableView) -> None:
        super().__init__(view)
        self._view = view

    @override
    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        model = index.model()
        cells = model.cells_at(index.row()) if isinstance(model, QueueModel) else None
        rect: QRect = option.rect
        # Not by `option.state`: making Python's copy of QStyle's flags takes 10 ms of the start.
        selected = self._view.selectionModel().isSelected(index)
        palette = option.palette
        if selected:
            painter.fillRect(rect, palette.highlight())
        elif self._view.currentIndex().row() == index.row() and self._view.hasFocus():
            _frame(painter, rect, palette.highlight().color())
        column = COLUMNS[index.column()]
        painter.setPen(palette.highlightedText().color() if selected else palette.text().color())
        box = rect.adjusted(6, 0, -6, 0)
        font = painter.font()
        if cells is None:
            painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), "…")
            return
        if cells.row.unread and column in {Column.SUBJECT, Column.REQUESTER}:
            font.setBold(True)
        painter.setFont(font)
        if column is Column.SUBJECT:
            _mark(painter, box, cells.marks)
        if column is Column.DUE and not selected:
            _warn(painter, cells.overdue, cells.due_soon)
        text = painter.fontMetrics().elidedText(
            cells.texts[index.column()], Qt.TextElideMode.ElideRight, box.width()
        )
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), text)
        font.setBold(False)
        painter.setFont(font)


def _frame(painter: QPainter, rect: QRect, colour: QColor) -> None:
    """Show where the table is in a row that is not chosen."""
    painter.setPen(colour)
    painter.drawLine(rect.topLeft(), rect.topRight())
    painter.drawLine(rect.bottomLeft(), rect.bottomRight())


def _mark(painter: QPainter, box: QRect, marks: str) -> None:
    """Paint the signs of a row and leave in `box` what is behind them."""
    if marks:
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), marks)
    room = _MARKS_WIDTH
    if len(marks) > _USUAL_MARKS:
        room = painter.fontMetrics().horizontalAdvance(marks + " ")
    box.setLeft(box.left() + room)


def _warn(painter: QPainter, overdue: bool, soon: bool) -> None:  # noqa: FBT001 - two facts of a cell
    if overdue or soon:
        painter.setPen(QColor(colours().danger if overdue else colours().warning))


class QueueView(QTableView):
    """Shows a `QueueModel`; Enter opens, single keys are the window's actions."""

    ticket_opened = Signal(object)
    """Enter or a double click. Emits: ticket id."""
    ticket_shown = Signal(object)
    """The current row changed. Emits: ticket id or None."""
    drag_begun = Signal(object)
    """The mouse takes tickets away. Emits: list of ticket ids."""
    cut_wanted = Signal(object)
    """The keyboard takes tickets away. Emits: list of ticket ids."""
    let_go_wanted = Signal()
    """Esc."""
    painted = Signal()
    """Rows, or that there are none, are on the screen."""

    def __init__(self, model: QueueModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Its usual one is Qt's own: to find what Python calls that, all widgets there are get
        # their Python classes, which is 25 ms of the start (measured).
        ground = QWidget(self)
        ground.setBackgroundRole(QPalette.ColorRole.Base)
        ground.setAutoFillBackground(True)
        self.setViewport(ground)
        self._model = model
        self._last_row: int | None = None
        self._quiet = False
        self._is_place = False
        """The current row is only where the table is: nobody chose its ticket."""
        self.setModel(model)
        self.setItemDelegate(QueueDelegate(self))
        self.setAccessibleName(tr("Queue"))
        self._lay_out()
        self.columns = QueueColumns(self)
        self.selectionModel().currentRowChanged.connect(self._tell_current)
        self.selectionModel().selectionChanged.connect(lambda *_: self._choose_place())
        model.modelReset.connect(self._forget_place)
        self.activated.connect(lambda index: self.ticket_opened.emit(model.ticket_at(index.row())))

    def _lay_out(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 10)
        # Headers that ask the table's selection freeze for 12 s at a million rows (measured).
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setSelectionModel(QItemSelectionModel(self._model, self))

    def selected_tickets(self) -> list[int]:
        """Ids of the selected rows, in the queue's order; by ranges, so that a million is quick."""
        found: list[int] = []
        for block in sorted(self._ranges()):
            found += self._model.tickets_in(*block)
        return found

    def count_selected(self) -> int:
        return sum(last - first + 1 for first, last in self._ranges())

    def _ranges(self) -> list[tuple[int, int]]:
        chosen = self.selectionModel().selection()
        return [(chosen.at(i).top(), chosen.at(i).bottom()) for i in range(chosen.count())]

    def current_ticket(self) -> int | None:
        """The ticket that was chosen; None where the table only keeps its place."""
        index = self.currentIndex()
        if not index.isValid() or self._is_place:
            return None
        return self._model.ticket_at(index.row())

    def go_to(self, ticket: int) -> bool:
        """Make a ticket the current row; False if it is not in this queue."""
        row = self._model.row_of(ticket)
        if row is None:
            return False
        self.setCurrentIndex(self._model.index(row, COLUMNS.index(Column.SUBJECT)))
        return True

    def mark(self, row: int) -> None:
        """Make the ticket that is on screen the current row again, if no other one is."""
        if self.current_ticket() is None:
            self._quiet, self._is_place = True, False
            self.setCurrentIndex(self._model.index(row, COLUMNS.index(Column.SUBJECT)))
            self._quiet = False

    def keep_place(self) -> None:
        """Where the current ticket left the queue, stand on the row in its place.

        That row is framed, not chosen: no key acts on a ticket that nobody chose.
        """
        rows = self._model.rowCount()
        if self._last_row is None or self.currentIndex().isValid() or not rows:
            return
        place = self._model.index(min(self._last_row, rows - 1), COLUMNS.index(Column.SUBJECT))
        self._quiet = self._is_place = True
        self.selectionModel().setCurrentIndex(place, QItemSelectionModel.SelectionFlag.NoUpdate)
        self._quiet = False

    def let_go(self) -> None:
        """The ticket of the current row was closed: from now on that row is a mere place."""
        if self.currentIndex().isValid():
            self._quiet = self._is_place = True
            self.clearSelection()
            self._quiet = False

    def step(self, rows: int) -> None:
        """Move the current row; single keys J and K. From a mere place, choose it first."""
        here = self.currentIndex()
        row = here.row() + rows if here.isValid() and not self._is_place else here.row()
        self._choose_row(row)

    def _choose_row(self, row: int) -> None:
        row = max(0, min(row, self._model.rowCount() - 1))
        index = self._model.index(row, COLUMNS.index(Column.SUBJECT))
        if self._is_place and index == self.currentIndex():
            flags = QItemSelectionModel.SelectionFlag
            self.selectionModel().select(index, flags.ClearAndSelect | flags.Rows)
        else:
            self.setCurrentIndex(index)

    def _choose_place(self) -> None:
        """The row that was a mere place is chosen: it was current, so Qt does not say so."""
        place = self.currentIndex()
        if self._is_place and not self._quiet and self.selectionModel().isSelected(place):
            self._tell_current(place, place)

    def _forget_place(self) -> None:
        self._last_row, self._is_place = None, False

    def toggle_current(self) -> None:
        """Select the current row, or let it go, without touching the others."""
        here = self.currentIndex()
        if here.isValid():
            flags = QItemSelectionModel.SelectionFlag
            self.selectionModel().select(here, flags.Toggle | flags.Rows)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        with TURNS.painting():
            super().paintEvent(event)
        self.painted.emit()

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        """Getting the focus chooses nothing: Qt would show, and act on, the first ticket."""
        if self.currentIndex().isValid():
            super().focusInEvent(event)
        else:
            QAbstractScrollArea.focusInEvent(self, event)
            if self.selectionModel().hasSelection():
                self.viewport().update()  # its colour tells where the focus is

    @override
    def startDrag(self, supportedActions: Qt.DropAction) -> None:
        self.drag_begun.emit(self.selected_tickets())

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not (self._act(event) or self._move(event)):
            super().keyPressEvent(event)

    def _act(self, event: QKeyEvent) -> bool:
        """Do what a key means for the chosen tickets; whether it means anything."""
        if event.matches(QKeySequence.StandardKey.Cut):
            self.cut_wanted.emit(self.selected_tickets())
            return True
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_O}:
            if self._is_place:
                self.step(0)
            self.ticket_opened.emit(self.current_ticket())
            return True
        if event.key() == Qt.Key.Key_Escape:
            self.let_go_wanted.emit()
            if self.count_selected() > 1:
                self._choose_row(self.currentIndex().row())
                return True
        return False

    def _move(self, event: QKeyEvent) -> bool:
        """Go to another row; whether the key asks for that."""
        if event.modifiers():
            return False
        steps = {Qt.Key.Key_J: 1, Qt.Key.Key_K: -1}
        if self.current_ticket() is None:
            steps |= {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_Space: 0}
        ends = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: self._model.rowCount() - 1}
        if event.key() in steps:
            self.step(steps[Qt.Key(event.key())])
        elif event.key() in ends:
            self._choose_row(ends[Qt.Key(event.key())])  # of the list, not of the row's cells
        else:
            return False
        return True

    @override
    def keyboardSearch(self, search: str) -> None:
        """Single letters are actions here, not type-ahead."""

    def _tell_current(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid():
            self._last_row = current.row()
        if self._quiet and self._is_place:
            return
        self._is_place = False
        if self._quiet:
            return
        self.ticket_shown.emit(self._model.ticket_at(current.row()) if current.isValid() else None)
