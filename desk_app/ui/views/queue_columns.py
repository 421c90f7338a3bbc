"""The columns of the queue table: widths, order, which are shown, and the arrow of the sorting."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QObject, Qt, Signal
from PySide6.QtWidgets import QMenu, QTableView

from desk_app.domain.filters import Column, SortKey
from desk_app.ui.models.queue_cells import COLUMNS, due_words, header_text
from desk_app.ui.views.column_room import ColumnRoom

_WIDTHS = {
    Column.NUMBER: 58,
    Column.SUBJECT: 176,
    Column.DUE: 72,
    Column.REQUESTER: 92,
    Column.STATUS: 84,
    Column.OWNER: 96,
    Column.UPDATED: 100,
}
_LONGEST_DUE_S = 23 * 3600 + 59 * 60
"""Seconds that take the most room: days are shorter."""
_CELL_ROOM = 16


class QueueColumns(QObject):
    """Keeps a table's header; sorting itself is the queue's business."""

    sort_wanted = Signal(object)
    """A header was clicked. Emits: SortKey."""

    def __init__(self, table: QTableView) -> None:
        super().__init__(table)
        self._table = table
        self._header = table.horizontalHeader()
        self._prepare()
        subject = COLUMNS.index(Column.SUBJECT)
        self._room = ColumnRoom(table, subject, _WIDTHS[Column.SUBJECT])

    def restore(self, state: QByteArray) -> bool:
        """Columns as they were; the order is the queue's own business."""
        self._header.blockSignals(True)  # noqa: FBT003 - Qt's own signature
        restored = self._header.restoreState(state)
        self._header.blockSignals(False)  # noqa: FBT003
        self._room.share()
        return restored

    def show_sort(self, order: SortKey) -> None:
        """Put the arrow where the order is, without asking for it again."""
        direction = (
            Qt.SortOrder.DescendingOrder if order.descending else Qt.SortOrder.AscendingOrder
        )
        self._header.blockSignals(True)  # noqa: FBT003 - Qt's own signature
        self._header.setSortIndicator(COLUMNS.index(order.column), direction)
        self._header.blockSignals(False)  # noqa: FBT003

    def _prepare(self) -> None:
        header = self._header
        header.setSectionsMovable(True)
        header.setSectionsClickable(True)
        header.setHighlightSections(False)
        header.setSortIndicatorShown(True)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._choose)
        header.sortIndicatorChanged.connect(self._tell_sort)
        for section, column in enumerate(COLUMNS):
            header.resizeSection(section, self._width(column))
            header.setSectionHidden(section, column not in _WIDTHS)
        first = (Column.SUBJECT, Column.DUE, Column.REQUESTER, Column.STATUS)
        for place, column in enumerate(first):
            header.moveSection(header.visualIndex(COLUMNS.index(column)), place + 1)
        header.setStretchLastSection(False)

    def _width(self, column: Column) -> int:
        """Pixels; the time that a ticket is over is never cut, whatever the font."""
        width = _WIDTHS.get(column, 110)
        if column is Column.DUE:
            longest = self._table.fontMetrics().horizontalAdvance(due_words(-_LONGEST_DUE_S))
            return max(width, longest + _CELL_ROOM)
        return width

    def _tell_sort(self, section: int, direction: Qt.SortOrder) -> None:
        down = direction == Qt.SortOrder.DescendingOrder
        self.sort_wanted.emit(SortKey(column=COLUMNS[section], descending=down))

    def _choose(self) -> None:
        menu = QMenu(self._table)
        for section, column in enumerate(COLUMNS):
            entry = menu.addAction(header_text(column))
            entry.setCheckable(True)
            entry.setChecked(not self._header.isSectionHidden(section))
            entry.toggled.connect(
                lambda shown, section=section: self._header.setSectionHidden(section, not shown)
            )
        menu.popup(self._table.cursor().pos())
