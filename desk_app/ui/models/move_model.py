"""Reassignments as a table, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from typing_extensions import override

from desk_app.domain.calm_text import calm
from desk_app.ui.reassign_texts import move_name
from desk_app.ui.texts import field_name, tip, tr

if TYPE_CHECKING:
    from desk_app.domain.directory import Directory
    from desk_app.domain.move_record import Moved

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
COLUMNS = 8
LONGEST = 200
"""Letters of a subject."""


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


def header() -> list[str]:
    return [
        *(tr("When"), tr("Who"), tr("What"), tr("Ticket")),
        *(tr("Subject"), tr("From"), tr("To"), tr("Comment")),
    ]


def cells(moved: Moved, directory: Directory) -> list[str]:
    """One reassignment as the texts of a line."""
    what = move_name(moved.kind)
    if moved.undone:
        what = tr("{what} (undone)").format(what=what)
    steps = [(name, _named(name, step.old, directory), _named(name, step.new, directory))
             for name, step in moved.steps]  # fmt: skip
    several = len(steps) > 1
    olds, news = (
        ", ".join(
            f"{field_name(step[0])}: {step[side]}" if several else step[side] for step in steps
        )
        for side in (1, 2)
    )
    return [
        f"{moved.at.astimezone():%Y-%m-%d %H:%M}",
        _named("owner", moved.actor or None, directory),
        what,
        moved.number,
        calm(moved.subject, LONGEST),
        olds,
        news,
        moved.comment,
    ]


def _named(field: str, key: str | None, directory: Directory) -> str:
    if key is None:
        return "-"
    things: Any = {
        "owner": directory.agents,
        "team": directory.teams,
        "department": directory.departments,
    }.get(field, {})
    found = things.get(key)
    return key if found is None else str(found.name)
