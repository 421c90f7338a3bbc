"""Reassignments as a table, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from typing_extensions import override

from desk_app.ui.models.move_cells import cells, header
from desk_app.ui.texts import tip

if TYPE_CHECKING:
    from desk_app.domain.directory import Directory
    from desk_app.domain.move_record import Moved

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
COLUMNS = 8


class MoveModel(QAbstractTableModel):
    """Texts are made when they are painted: few lines are in sight."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.moves: Sequence[Moved] = ()
        self._directory: Directory | None = None

    def show(self, moves: Sequence[Moved], directory: Directory) -> None:
        self.beginResetModel()
        self.moves, self._directory = moves, directory
        self.endResetModel()

    @override
    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.moves)

    @override
    def columnCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else COLUMNS

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or self._directory is None:
            return None
        if role not in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            return None
        text = cells(self.moves[index.row()], self._directory)[index.column()]
        return tip(text) if role == Qt.ItemDataRole.ToolTipRole else text

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return header()[section]
        return None
