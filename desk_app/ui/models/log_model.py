"""The sync log as a table: texts are made beforehand, and asked for only as far as is in sight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Qt

from desk_app.ui.models.named_columns import Index, NamedColumns
from desk_app.ui.overriding import override
from desk_app.ui.texts import tip, tr


@dataclass(frozen=True, slots=True)
class LogRow:
    """One line, as texts."""

    at: str
    ticket: str
    what: str
    outcome: str
    why: str
    before: str
    after: str
    request: str
    is_request: bool = False
    """A single request; the others are about commands and rounds."""

    def texts(self) -> tuple[str, ...]:
        told = (self.at, self.ticket, self.what, self.outcome)
        return (*told, self.why, self.before, self.after, self.request)


class LogModel(NamedColumns):
    """Newest first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: Sequence[LogRow] = ()
        self._heads = (
            *(tr("When"), tr("Ticket"), tr("What"), tr("Outcome")),
            *(tr("Why"), tr("Before"), tr("After"), tr("Request")),
        )

    def show(self, rows: Sequence[LogRow]) -> None:
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    @override
    def lines_now(self) -> Sequence[LogRow]:
        return self.rows

    @override
    def heads(self) -> Sequence[str]:
        return self._heads

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role not in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            return None
        text = self.rows[index.row()].texts()[index.column()]
        return tip(text) if role == Qt.ItemDataRole.ToolTipRole else text
