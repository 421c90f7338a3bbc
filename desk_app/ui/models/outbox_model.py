"""What waits for the server, one row a command; rows come and go, and the current one stays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor

from desk_app.domain.outbox import OutboxState
from desk_app.ui.models.named_columns import ROOT, Index, NamedColumns
from desk_app.ui.outbox_texts import change_text, next_text, ticket_text, waits_text
from desk_app.ui.overriding import override
from desk_app.ui.sync_texts import item_state, what_text
from desk_app.ui.texts import tip, tr
from desk_app.ui.theme import colours

if TYPE_CHECKING:
    from datetime import datetime

    from desk_app.domain.directory import Directory
    from desk_app.domain.outbox import OutboxItem
    from desk_app.ports.outbox_reader import OutboxRow

TICKET, WHAT, CHANGE, STATE, TRIES, NEXT, WAITS = range(7)


class OutboxModel(NamedColumns):
    """`names` and `account` are what the texts need besides the rows."""

    def __init__(self, clock: Callable[[], datetime], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self.rows: list[OutboxRow] = []
        self.directory: Directory | None = None
        self.server = ""
        self.account = ""
        """Why nothing goes out at all; '' if something may."""

    def show_rows(self, rows: Sequence[OutboxRow]) -> None:
        """Bring the list up to date; what is still there stays where it is."""
        wanted = {row.item.seq: row for row in rows}
        for place in range(len(self.rows) - 1, -1, -1):
            if self.rows[place].item.seq not in wanted:
                self.beginRemoveRows(ROOT, place, place)
                del self.rows[place]
                self.endRemoveRows()
        for place, row in enumerate(sorted(rows, key=lambda row: row.item.seq)):
            if place < len(self.rows) and self.rows[place].item.seq == row.item.seq:
                self.rows[place] = row
            else:
                self.beginInsertRows(ROOT, place, place)
                self.rows.insert(place, row)
                self.endInsertRows()
        self.write_again()

    def write_again(self) -> None:
        """Time went on, or the account stands otherwise."""
        if self.rows:
            last = self.index(len(self.rows) - 1, WAITS)
            self.dataChanged.emit(self.index(0, 0), last)

    def row_of(self, seq: int) -> int | None:
        return next((n for n, row in enumerate(self.rows) if row.item.seq == seq), None)

    def before(self, row: OutboxRow) -> OutboxItem | None:
        """The command of the same ticket that goes first."""
        place = None if row.after is None else self.row_of(row.after)
        return None if place is None else self.rows[place].item

    # --- Qt --------------------------------------------------------------------------------

    @override
    def lines_now(self) -> Sequence[OutboxRow]:
        return self.rows

    @override
    def heads(self) -> Sequence[str]:
        return (
            *(tr("Ticket"), tr("What"), tr("Change"), tr("State")),
            *(tr("Tries"), tr("Next try"), tr("Waits for")),
        )

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.rows[index.row()]
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return self._text(row, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            text = row.subject if index.column() == TICKET else self._text(row, index.column())
            return tip(text) or None
        if role == Qt.ItemDataRole.ForegroundRole and index.column() == STATE:
            return QColor(colours().danger) if row.item.needs_you else None
        return None

    def _text(self, row: OutboxRow, column: int) -> str:
        item = row.item
        if column == STATE:
            return item_state(item, self.server, self._clock())
        if column == TRIES:
            return str(item.tries) if item.tries else ""
        if column == WAITS:
            return waits_text(row, self.before(row), self.account)
        return {
            TICKET: lambda: ticket_text(row),
            WHAT: lambda: what_text(item),
            CHANGE: lambda: change_text(row, self.directory),
            NEXT: lambda: next_text(item) if item.state is not OutboxState.HELD else "",
        }[column]()
