"""A board: columns of tickets by id, cards read when they come into sight."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from desk_app.domain.filters import Column
from desk_app.domain.outbox import NEEDS_YOU, OutboxState
from desk_app.ui.models.queue_cells import COLUMNS, Cells
from desk_app.ui.models.sight import Sight
from desk_app.ui.overriding import override
from desk_app.ui.texts import tr

if TYPE_CHECKING:
    from desk_app.domain.filters import QueueRow
    from desk_app.domain.reassignment import Target

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_DUE = COLUMNS.index(Column.DUE)
BLOCK = 32
"""Cards of a column that are asked for together."""
KEEP = 4096
"""Cards that are kept, at least."""


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """One column, also an empty one."""

    target: Target
    title: str
    ids: array[int]


@dataclass(frozen=True, slots=True)
class Card:
    """What one card shows."""

    cells: Cells
    sync: OutboxState | None = None
    """What its most pressing item in the outbox is; None if there is none."""
    words: str = ""
    """What the server said, or why the ticket is late."""

    @property
    def needs_you(self) -> bool:
        return self.sync in NEEDS_YOU


class BoardModel(QAbstractTableModel):
    """Row and column are places on the board; a place below a column's last card is empty."""

    cards_wanted = Signal(object)
    """Cards came into sight that are not here. Emits: list of ticket ids."""

    def __init__(self, cells: Callable[[QueueRow], Cells], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._cells = cells
        self._columns: Sequence[BoardColumn] = ()
        self._heads: dict[int, str] = {}
        self._cards: dict[int, Card] = {}
        self._sync: Mapping[int, tuple[OutboxState, str]] = {}
        self._sight = Sight(self.cards_wanted.emit, self)

    # --- what is shown ---------------------------------------------------------------------

    def show_columns(self, columns: Sequence[BoardColumn]) -> None:
        """Show other columns, or the same brought up to date: selection goes with the tickets."""
        self.layoutAboutToBeChanged.emit()
        old = self.persistentIndexList()
        held = [self.ticket_at(index.row(), index.column()) for index in old]
        self._columns = columns
        there = self._places({ticket for ticket in held if ticket is not None})
        empty = QModelIndex()
        new = [
            there.get(ticket, empty) if ticket is not None else self._same(index)
            for ticket, index in zip(held, old, strict=True)
        ]
        self.changePersistentIndexList(old, new)
        self.layoutChanged.emit()

    def show_sync(self, sync: Mapping[int, tuple[OutboxState, str]]) -> list[int]:
        """What waits for a server; returns the cards that have to be read again for it."""
        touched = {t for t in {*self._sync, *sync} if self._sync.get(t) != sync.get(t)}
        self._sync = sync
        return [ticket for ticket in touched if ticket in self._cards]

    def take_cards(
        self, rows: Iterable[QueueRow], why: Mapping[int, str], gone: Iterable[int] = ()
    ) -> None:
        """Rows were read: keep them as cards. `why` says why some are late."""
        for row in rows:
            state, words = self._sync.get(row.id, (None, ""))
            self._cards.pop(row.id, None)
            self._cards[row.id] = Card(self._cells(row), state, words or why.get(row.id, ""))
        for ticket in gone:
            self._cards.pop(ticket, None)
        self._sight.settle()
        while len(self._cards) > KEEP:
            self._cards.pop(next(iter(self._cards)))
        if self._columns and self.rowCount():
            last = self.index(self.rowCount() - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def say_heads(self, heads: Mapping[int, str]) -> None:
        """What stands over each column."""
        if heads != self._heads and self._columns:
            self._heads = dict(heads)
            self.headerDataChanged.emit(
                Qt.Orientation.Horizontal, 0, max(0, self.columnCount() - 1)
            )

    def kept(self) -> list[int]:
        return list(self._cards)

    # --- lookups ---------------------------------------------------------------------------

    def ticket_at(self, row: int, column: int) -> int | None:
        if not 0 <= column < len(self._columns):
            return None
        ids = self._columns[column].ids
        return ids[row] if 0 <= row < len(ids) else None

    def target_at(self, column: int) -> Target | None:
        return self._columns[column].target if 0 <= column < len(self._columns) else None

    def key_at(self, column: int) -> str:
        return self._columns[column].target.key

    def columns(self) -> Sequence[BoardColumn]:
        return self._columns

    def card_at(self, row: int, column: int) -> Card | None:
        """The card, or None: the place is empty, or it is asked for now."""
        ticket = self.ticket_at(row, column)
        if ticket is None:
            return None
        card = self._cards.get(ticket)
        if card is None:
            self._want(row, column)
        return card

    # --- Qt --------------------------------------------------------------------------------

    @override
    def rowCount(self, parent: _Index = _ROOT) -> int:
        if parent.isValid():
            return 0
        return max((len(column.ids) for column in self._columns), default=0)

    @override
    def columnCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._columns)

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role not in _TEXT_ROLES or self.ticket_at(index.row(), index.column()) is None:
            return None
        card = self.card_at(index.row(), index.column())
        return "…" if card is None else spoken(card)

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or role not in _TEXT_ROLES:
            return None
        title = self._columns[section].title
        return f"{title}\n{self._heads.get(section, '')}"

    @override
    def flags(self, index: _Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        is_card = self.ticket_at(index.row(), index.column()) is not None
        return _CARD if is_card else _EMPTY

    # --- places and reading ----------------------------------------------------------------

    def _places(self, tickets: set[int]) -> dict[int, QModelIndex]:
        found: dict[int, QModelIndex] = {}
        if tickets:
            for number, column in enumerate(self._columns):
                for row, ticket in enumerate(column.ids):
                    if ticket in tickets:
                        found[ticket] = self.index(row, number)
        return found

    def _same(self, index: QModelIndex) -> QModelIndex:
        return self.index(index.row(), index.column())

    def _want(self, row: int, column: int) -> None:
        """Ask for the cards around, so that a page down finds them."""
        start = max(0, row - row % BLOCK - BLOCK // 2)
        ids = self._columns[column].ids[start : start + 2 * BLOCK]
        self._sight.want(ticket for ticket in ids if ticket not in self._cards)


def spoken(card: Card) -> str:
    """A card for a screen reader, and as its tool tip."""
    row, texts = card.cells.row, card.cells.texts
    words = [f"#{row.number or tr('new')}", *texts[1:6]]
    words.append(texts[_DUE])
    if card.needs_you:
        words.append(tr("needs you"))
    elif card.sync is not None:
        words.append(tr("waiting"))
    return ", ".join([word for word in words if word] + ([card.words] if card.words else []))


_TEXT_ROLES = {
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
}
_EMPTY = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemNeverHasChildren
_CARD = _EMPTY | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled
