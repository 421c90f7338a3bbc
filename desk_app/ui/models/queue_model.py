"""The queue: all ids at once, rows on demand, one read a paint, never a read inside `data()`."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from desk_app.domain.filters import Column, QueueRow
from desk_app.ui.models.queue_cells import COLUMNS, Cells, header_text
from desk_app.ui.models.sight import Sight
from desk_app.ui.overriding import override

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
BLOCK = 128
"""Rows that are asked for together."""
AROUND = 32
"""The same of rows that are here and out of date."""
KEEP = 64 * BLOCK
"""Rows that are kept, at least; the rest can be read again in half a millisecond."""

FEW = 4
"""Tickets that are faster looked for one by one than by a walk through a million ids."""


class TicketRole(IntEnum):
    """Roles beyond Qt's own. The order must not change."""

    ID = Qt.ItemDataRole.UserRole + 1
    ROW = Qt.ItemDataRole.UserRole + 2


class QueueModel(QAbstractTableModel):
    """Tickets by id; a row that was not read yet shows '…' and is asked for."""

    rows_wanted = Signal(object)
    """Rows came into sight that are not here. Emits: list of ticket ids."""
    rows_taken = Signal()
    """Rows were read."""

    def __init__(self, cells: Callable[[QueueRow], Cells], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._cells = cells
        self._ids: array[int] = array("q")
        self._rows: dict[int, QueueRow] = {}
        self._made: dict[int, Cells] = {}
        self.news = 0
        """Counts what made rows out of date; a reading knows what came before it."""
        self._stale: dict[int, int] = {}
        """Kept rows that are to be read again when they are painted next, by what made them so."""
        self._sight = Sight(self.rows_wanted.emit, self)

    # --- what is asked ---------------------------------------------------------------------

    def show_ids(self, ids: array[int]) -> None:
        """Show another list; selection and position are gone."""
        self.beginResetModel()
        self._ids = ids
        self.endResetModel()

    def merge_ids(self, ids: array[int], places: Mapping[int, int]) -> None:
        """Bring the same list up to date; selection, current row and position stay.

        `places` gives the new row of ids that views hold on to; those that are missing are looked
        for here (some 10 ms each at a million rows), so hand over those of `held_ids`.
        """
        if ids == self._ids:
            return
        self.layoutAboutToBeChanged.emit()
        old = self.persistentIndexList()
        held = [self._ids[index.row()] for index in old]
        self._ids = ids
        rows = {**places, **self._found(set(held) - places.keys())}
        self.changePersistentIndexList(
            old,
            [
                self.index(rows[ticket], index.column()) if ticket in rows else QModelIndex()
                for index, ticket in zip(old, held, strict=True)
            ],
        )
        self.layoutChanged.emit()

    def take_rows(
        self, rows: Iterable[QueueRow], gone: Iterable[int] = (), *, asked: int | None = None
    ) -> None:
        """Rows were read: keep them and repaint what is in sight.

        `asked` is what `news` was when the reading began; None: it is as new as can be.
        """
        known = self.news if asked is None else asked
        for row in rows:
            late = self._stale.get(row.id, 0)
            self._forget(row.id)
            self._rows[row.id] = row
            if late > known:
                self._stale[row.id] = late
        for ticket in gone:
            self._forget(ticket)
        self._sight.settle()
        while len(self._rows) > KEEP:
            self._forget(next(iter(self._rows)))
        if self._ids:
            last = self.index(len(self._ids) - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)
        self.rows_taken.emit()

    def write_again(self, tickets: Iterable[int]) -> None:
        """Something besides the rows of these tickets changed that their texts tell."""
        found = [ticket for ticket in tickets if self._made.pop(ticket, None) is not None]
        if found and self._ids:
            last = self.index(len(self._ids) - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def outdate(self, tickets: Iterable[int]) -> None:
        """Read the kept rows of these anew when they come into sight, the old ones until then."""
        self.news += 1
        kept = self._rows.keys() & set(tickets)
        self._stale |= dict.fromkeys(kept, self.news)
        if kept and self._ids:
            self._sight.settle()
            last = self.index(len(self._ids) - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def kept(self) -> list[int]:
        return list(self._rows)

    # --- lookups ---------------------------------------------------------------------------

    def ticket_at(self, row: int) -> int | None:
        return self._ids[row] if 0 <= row < len(self._ids) else None

    def tickets_in(self, first: int, last: int) -> Sequence[int]:
        return self._ids[first : last + 1]

    def row_of(self, ticket: int) -> int | None:
        try:
            return self._ids.index(ticket)
        except ValueError:
            return None

    def held_ids(self) -> list[int]:
        """Ids that views hold on to: the worker finds their new places."""
        rows = {index.row() for index in self.persistentIndexList()}
        return [self._ids[row] for row in rows]

    def cells_at(self, row: int) -> Cells | None:
        """The row's texts, or None (and it is asked for)."""
        ticket = self._ids[row]
        cells = self._made.get(ticket)
        if ticket in self._stale:
            start = row - row % AROUND
            self._sight.want([i for i in self._ids[start : start + AROUND] if i in self._stale])
        if cells is None:
            found = self._rows.get(ticket)
            if found is None:
                self._want_block(row)
                return None
            # Made when first painted: a block is read whole, and seldom seen whole.
            cells = self._made[ticket] = self._cells(found)
        return cells

    # --- Qt --------------------------------------------------------------------------------

    @override
    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._ids)

    @override
    def columnCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == TicketRole.ID:
            return self._ids[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            cells = self.cells_at(index.row())
            return "…" if cells is None else cells.texts[index.column()]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            cells = self.cells_at(index.row())
            return "" if cells is None else cells.spoken(index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            cells = self.cells_at(index.row())
            return None if cells is None else cells.hint(index.column())
        return None

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return header_text(COLUMNS[section])
        return None

    @override
    def flags(self, index: _Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return _FLAGS

    def column(self, section: int) -> Column:
        return COLUMNS[section]

    def _forget(self, ticket: int) -> None:
        self._rows.pop(ticket, None)
        self._made.pop(ticket, None)
        self._stale.pop(ticket, None)

    # --- reading ---------------------------------------------------------------------------

    def _want_block(self, row: int) -> None:
        """Ask for the block around a row and the next ones, so that a page down finds them."""
        start = max(0, row - row % BLOCK - BLOCK // 2)
        missing = [i for i in self._ids[start : start + 2 * BLOCK] if i not in self._rows]
        self._sight.want(missing)

    def _found(self, tickets: set[int]) -> dict[int, int]:
        """The rows of tickets: a few by looking for each, many by one look at all."""
        if len(tickets) > FEW:
            return {ticket: row for row, ticket in enumerate(self._ids) if ticket in tickets}
        rows = {ticket: self.row_of(ticket) for ticket in tickets}
        return {ticket: row for ticket, row in rows.items() if row is not None}


_FLAGS = (
    Qt.ItemFlag.ItemIsEnabled
    | Qt.ItemFlag.ItemIsSelectable
    | Qt.ItemFlag.ItemIsDragEnabled
    | Qt.ItemFlag.ItemNeverHasChildren
)
