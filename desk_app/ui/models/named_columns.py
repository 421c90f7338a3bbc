"""A table with a line for each thing and a name over each column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from desk_app.ui.overriding import override

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()


class NamedColumns(QAbstractTableModel):
    """Knows its size and its heads; what the lines hold is the model's own."""

    def lines_now(self) -> Sequence[object]:
        """What is listed, a thing a line."""
        raise NotImplementedError

    def heads(self) -> Sequence[str]:
        """What stands over the columns."""
        raise NotImplementedError

    @override
    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self.lines_now())

    @override
    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self.heads())

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        return self.heads()[section]
