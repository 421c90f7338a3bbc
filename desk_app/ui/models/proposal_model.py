"""A proposal as a table: ticket by ticket, whoever it would go to can be changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt

from desk_app.domain.calm_text import calm
from desk_app.domain.moment import to_ms_or_none
from desk_app.ui.models.named_columns import Index, NamedColumns
from desk_app.ui.models.queue_cells import due_words
from desk_app.ui.overriding import override
from desk_app.ui.texts import tip, tr

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from desk_app.domain.balance import Proposed
    from desk_app.domain.directory import Directory
    from desk_app.domain.ticket import Ticket

NUMBER, SUBJECT, DUE, DEPARTMENT, OWNER, TO = range(6)
STAYS = ""
LONGEST = 200
"""Letters of a subject."""


class ProposalModel(NamedColumns):
    """Nothing here is done before somebody says so."""

    def __init__(self, directory: Directory, now: datetime, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._directory = directory
        self._now = now
        self.lines: tuple[Proposed, ...] = ()
        self.may: Mapping[tuple[int, str], bool] = {}
        """Whether the gate lets a ticket go to an agent."""

    def show(self, lines: Sequence[Proposed], may: Mapping[tuple[int, str], bool]) -> None:
        """Show another proposal."""
        self.beginResetModel()
        self.lines, self.may = tuple(lines), may
        self.endResetModel()

    def choices(self, row: int) -> list[tuple[str, str]]:
        """Key and name of everybody to whom the ticket may go; first, that it stays."""
        ticket = self.lines[row].ticket
        agents = self._directory.agents
        keys = [key for (number, key), ok in self.may.items() if number == ticket.id and ok]
        named = [(key, agents[key].name) for key in keys if key != ticket.owner]
        return [(STAYS, tr("stays")), *sorted(named, key=lambda pair: pair[1].casefold())]

    def take_off(self, rows: Sequence[int]) -> None:
        """Let the tickets of some lines stay."""
        for row in rows:
            self.setData(self.index(row, TO), STAYS)

    @override
    def lines_now(self) -> Sequence[Proposed]:
        return self.lines

    @override
    def heads(self) -> Sequence[str]:
        return (
            *(tr("Number"), tr("Subject"), tr("Due")),
            *(tr("Department"), tr("Has it"), tr("Goes to")),
        )

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        line = self.lines[index.row()]
        if role == Qt.ItemDataRole.EditRole and index.column() == TO:
            return line.agent or STAYS
        if role not in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            return None
        text = self._text(line, index.column())
        return tip(text) if role == Qt.ItemDataRole.ToolTipRole else text

    def _text(self, line: Proposed, column: int) -> str:
        ticket, directory = line.ticket, self._directory
        if column == NUMBER:
            return ticket.number or tr("new")
        if column == SUBJECT:
            return calm(ticket.subject, LONGEST)
        if column == DUE:
            return _due(ticket, directory, self._now)
        if column == DEPARTMENT:
            return _name(directory.departments, ticket.department)
        if column == OWNER:
            return _name(directory.agents, ticket.owner)
        return tr("stays") if line.agent is None else _name(directory.agents, line.agent)

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == TO else flags

    @override
    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        row = index.row()
        if index.column() != TO or value not in dict(self.choices(row)):
            return False
        lines = list(self.lines)
        lines[row] = replace(lines[row], agent=value or None)
        self.lines = tuple(lines)
        self.dataChanged.emit(index, index)
        return True


def _name(things: Mapping[str, Any], key: str | None) -> str:
    found = things.get(key or "")
    return (key or "") if found is None else str(found.name)


def _due(ticket: Ticket, directory: Directory, now: datetime) -> str:
    due = directory.due(ticket)
    return (
        ""
        if to_ms_or_none(due) is None or due is None
        else due_words(int((due - now).total_seconds()))
    )
