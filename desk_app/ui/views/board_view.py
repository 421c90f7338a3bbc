"""A queue as a board: fixed cards, own painting, each column a place to drop tickets on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QKeySequence, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from desk_app.services.turns import TURNS
from desk_app.ui.models.board_model import BoardModel
from desk_app.ui.overriding import override
from desk_app.ui.texts import tr
from desk_app.ui.theme import colours
from desk_app.ui.views.board_painter import card_height, paint_bar, paint_card, paint_head

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from desk_app.domain.reassignment import Target

WIDTH = 216
_HEAD_LINES = 4


class BoardDelegate(QStyledItemDelegate):
    """Paints cards from ready-made texts."""

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
        if not isinstance(model, BoardModel):
            return
        painter.fillRect(option.rect, option.palette.base())  # over the table's own highlight
        row, column = index.row(), index.column()
        is_current = self._view.currentIndex() == index and self._view.hasFocus()
        if model.ticket_at(row, column) is None:
            if is_current:
                painter.setPen(colours().line)
                painter.drawRect(option.rect.adjusted(4, 4, -4, -4))
            return
        selected = self._view.selectionModel().isSelected(index)
        paint_card(
            painter, option.rect, model.card_at(row, column), selected=selected, current=is_current
        )


class BoardHeader(QHeaderView):
    """Names and loads over the columns; a column can be dropped on here too."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.yes: dict[int, bool] = {}
        """Whether what is in the hand may go to a column; empty while nothing is."""
        self.bars: dict[int, float] = {}
        """How full a column's agent or team is; 1 is the limit."""
        self.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.setDefaultSectionSize(WIDTH)
        self.setMinimumSectionSize(WIDTH // 2)
        self.setHighlightSections(False)

    @override
    def sectionSizeFromContents(self, logicalIndex: int) -> QSize:
        return QSize(WIDTH, self.fontMetrics().height() * _HEAD_LINES + 14)

    @override
    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        text = self.model().headerData(logicalIndex, Qt.Orientation.Horizontal)
        paint_head(painter, rect, str(text), allowed=self.yes.get(logicalIndex))
        if logicalIndex in self.bars:
            paint_bar(painter, rect, self.bars[logicalIndex])


class BoardView(QTableView):
    """Shows a `BoardModel`; Enter opens, arrows move, Ctrl+X and Ctrl+V carry."""

    ticket_opened = Signal(object)
    """Emits: ticket id."""
    drag_begun = Signal(object)
    """Emits: list of ticket ids."""
    cut_wanted = Signal(object)
    """Emits: list of ticket ids."""
    paste_wanted = Signal(object, object)
    """What was cut shall go to the current column. Emits: Target, keyboard modifiers."""
    let_go_wanted = Signal()
    """Esc."""
    moved = Signal()
    """Another place is the current one."""

    def __init__(self, model: BoardModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.head = BoardHeader(self)
        self.setHorizontalHeader(self.head)
        self.setModel(model)
        self.setItemDelegate(BoardDelegate(self))
        self.setAccessibleName(tr("Board"))
        self._lay_out()
        self.activated.connect(self._open)
        self.selectionModel().currentChanged.connect(lambda *_: self.moved.emit())

    def _lay_out(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDropIndicatorShown(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(card_height(self.fontMetrics()))
        # Headers that ask the table's selection freeze at many rows (see QueueView).
        for header in (self.head, self.verticalHeader()):
            header.setSelectionModel(QItemSelectionModel(self._model, self))

    def selected_tickets(self) -> list[int]:
        """Ids of the selected cards, column by column, each in the queue's order."""
        chosen = self.selectionModel().selection()
        blocks = [chosen.at(i) for i in range(chosen.count())]
        places = {
            (column, row)
            for b in blocks
            for column in range(b.left(), b.right() + 1)
            for row in range(b.top(), b.bottom() + 1)
        }
        found = (self._model.ticket_at(row, column) for column, row in sorted(places))
        return [ticket for ticket in found if ticket is not None]

    def current_ticket(self) -> int | None:
        index = self.currentIndex()
        return self._model.ticket_at(index.row(), index.column()) if index.isValid() else None

    def current_target(self) -> Target | None:
        return self._model.target_at(self.currentIndex().column())

    def target_at(self, at: QPoint) -> Target | None:
        """The column under a point of the viewport."""
        return self._model.target_at(self.columnAt(at.x()))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        with TURNS.painting():
            super().paintEvent(event)

    @override
    def startDrag(self, supportedActions: Qt.DropAction) -> None:
        self.drag_begun.emit(self.selected_tickets())

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_O}:
            self._open(self.currentIndex())
        elif event.matches(QKeySequence.StandardKey.Cut):
            self.cut_wanted.emit(self.selected_tickets())
        elif event.key() == Qt.Key.Key_V and control:
            self.paste_wanted.emit(self.current_target(), event.modifiers())
        elif event.key() == Qt.Key.Key_Escape:
            self.let_go_wanted.emit()
        else:
            super().keyPressEvent(event)

    @override
    def keyboardSearch(self, search: str) -> None:
        """Single letters are actions here, not type-ahead."""

    def _open(self, index: QModelIndex) -> None:
        ticket = self._model.ticket_at(index.row(), index.column())
        if ticket is not None:
            self.ticket_opened.emit(ticket)
