"""Reassignments as a table, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt

from desk_app.ui.models.move_cells import cells, header
from desk_app.ui.models.named_columns import Index, NamedColumns
from desk_app.ui.overriding import override
from desk_app.ui.texts import tip

if TYPE_CHECKING:
    from desk_app.domain.directory import Directory
    from desk_app.domain.move_record import Moved


class MoveModel(NamedColumns):
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
    def lines_now(self) -> Sequence[Moved]:
        return self.moves

    @override
    def heads(self) -> Sequence[str]:
        return header()

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or self._directory is None:
            return None
        if role not in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            return None
        text = cells(self.moves[index.row()], self._directory)[index.column()]
        return tip(text) if role == Qt.ItemDataRole.ToolTipRole else text
