"""What each column of a table holds, shown and changed before anything is taken in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desk_app.domain.intake import DateOrder, TicketField, mapped
from desk_app.services.ticket_import import Noted
from desk_app.ui.import_texts import date_order_name, noted_text, ticket_field_name
from desk_app.ui.texts import tr
from desk_app.ui.views.inline_panel import InlinePanel

_COLUMNS_SHOWN = 200
"""A table with more is broken, and would take seconds to lay out."""
_EXAMPLE_CHARS = 60
_DATES = frozenset({TicketField.CREATED, TicketField.DUE})
_NEEDED = frozenset({TicketField.SUBJECT, TicketField.TEXT})
_FIELD, _EXAMPLE, _NOTED = 1, 2, 3


class MappingView(InlinePanel):
    """A row for each column: its name, what it holds, first values, what was noted."""

    changed = Signal()
    """`mapping` or `dates` is another."""
    import_wanted = Signal()
    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.mapping: dict[str, TicketField] = {}
        self._header: tuple[str, ...] = ()
        self.combos: list[QComboBox] = []
        self.title = QLabel(self)
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self._table = QTableWidget(0, 4, self)
        self._noted = QLabel(self)
        self._noted.setTextFormat(Qt.TextFormat.PlainText)
        self._noted.setWordWrap(True)
        self.order = QComboBox(self)
        self.order.setAccessibleName(tr("Order of day and month"))
        self._order_label = QLabel(tr("&Dates are written"), self)
        self.go = QPushButton(tr("Import"), self)
        self.leave = QPushButton(tr("Cancel"), self)
        self._lay_out()

    @property
    def dates(self) -> DateOrder | None:
        kept = self.order.currentData()  # Qt keeps its text alone
        return DateOrder(kept) if kept else None

    @property
    def noted(self) -> str:
        """Everything that is said of the first rows."""
        items = (self._table.item(row, _NOTED) for row in range(self._table.rowCount()))
        return "\n".join([self._noted.text(), *(item.text() for item in items if item)])

    def show_table(
        self,
        name: str,
        header: tuple[str, ...],
        samples: Sequence[Sequence[str]],
        mapping: Mapping[str, TicketField],
        dates: DateOrder | None,
    ) -> None:
        """Show a table's columns with what they seem to hold."""
        self._header, self.mapping = header[:_COLUMNS_SHOWN], dict(mapping)
        self.title.setText(tr("Import tickets from “{name}”").format(name=name))
        self._fill(samples)
        self.order.blockSignals(True)  # noqa: FBT003 - Qt's own
        self.order.setCurrentIndex([None, *DateOrder].index(dates))
        self.order.blockSignals(False)  # noqa: FBT003
        self._noted.setText("")
        self._settle()
        self.come(self.go)

    def show_noted(self, noted: Sequence[Noted]) -> None:
        """Say at each column what its first values lead to, and below what whole rows do."""
        said: dict[TicketField | None, list[str]] = {}
        for note in noted:
            field = note.field if note.field in self.mapping.values() else None
            said.setdefault(field, []).append(noted_text(note))
        for row, column in enumerate(self._header):
            holds = self.mapping.get(column)
            words = " ".join(said.get(holds, ())) if holds is not None else ""
            self._item(row, _NOTED, words)
        self._noted.setText("\n".join(said.get(None, ())))
        self._table.resizeRowsToContents()

    def _lay_out(self) -> None:
        table = self._table
        table.setHorizontalHeaderLabels(
            [tr("Column"), tr("Holds"), tr("For example"), tr("In the first rows")]
        )
        table.verticalHeader().hide()
        table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        table.setSelectionMode(QTableWidget.SelectionMode.NoSelection)
        table.setTabKeyNavigation(False)
        table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        table.setWordWrap(True)
        table.setMinimumHeight(120)
        table.setAccessibleName(tr("Columns of the table"))
        table.horizontalHeader().setSectionResizeMode(_NOTED, QHeaderView.ResizeMode.Stretch)
        for order in (None, *DateOrder):
            self.order.addItem(date_order_name(order), order)
        self.order.currentIndexChanged.connect(lambda _: self.changed.emit())
        self._order_label.setBuddy(self.order)
        self.go.setProperty("primary", "true")
        self.go.clicked.connect(self._ask_to_import)
        self.leave.clicked.connect(self.cancelled)
        self.left.connect(self.cancelled)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 6, 10, 6)
        column.addWidget(self.title)
        column.addWidget(table, 1)
        column.addWidget(self._noted)
        column.addLayout(self._dates())
        column.addLayout(self._buttons())

    def _dates(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(self._order_label)
        row.addWidget(self.order)
        row.addStretch(1)
        return row

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.go)
        row.addWidget(self.leave)
        return row

    def _fill(self, samples: Sequence[Sequence[str]]) -> None:
        self.combos = []
        self._table.setRowCount(0)
        self._table.setRowCount(len(self._header))
        for row, column in enumerate(self._header):
            self._item(row, 0, column)
            values = (cells[row] for cells in samples if row < len(cells) and cells[row].strip())
            self._item(row, _EXAMPLE, _example(next(values, "")))
            combo = self._combo(column)
            self.combos.append(combo)
            self._table.setCellWidget(row, _FIELD, combo)
        self._table.resizeColumnToContents(0)
        self._table.setColumnWidth(_FIELD, max(c.sizeHint().width() for c in self.combos))

    def _item(self, row: int, column: int, text: str) -> None:
        self._table.setItem(row, column, QTableWidgetItem(text))

    def _combo(self, column: str) -> QComboBox:
        combo = QComboBox(self._table)
        combo.setAccessibleName(tr("What “{column}” holds").format(column=column))
        combo.addItem(tr("(is left out)"), None)
        for field in TicketField:
            combo.addItem(ticket_field_name(field), field)
        combo.activated.connect(partial(self._choose, column, combo))
        return combo

    def _choose(self, column: str, combo: QComboBox, _index: int) -> None:
        kept = combo.currentData()
        self.mapping = mapped(self.mapping, column, TicketField(kept) if kept else None)
        self._settle()
        self.changed.emit()

    def _settle(self) -> None:
        """Bring the combo boxes to the mapping: a field has one column only."""
        fields = [None, *TicketField]
        for column, combo in zip(self._header, self.combos, strict=True):
            combo.setCurrentIndex(fields.index(self.mapping.get(column)))
        has_dates = not _DATES.isdisjoint(self.mapping.values())
        self._order_label.setVisible(has_dates)
        self.order.setVisible(has_dates)
        self.go.setToolTip("" if self._is_enough() else self._missing())

    def _is_enough(self) -> bool:
        return not _NEEDED.isdisjoint(self.mapping.values())

    def _missing(self) -> str:
        return tr("Choose the column that holds the subject or the text first.")

    def _ask_to_import(self) -> None:
        if self._is_enough():
            self.import_wanted.emit()
        else:
            self._noted.setText(self._missing())


def _example(value: str) -> str:
    line = " ".join(value[: 4 * _EXAMPLE_CHARS].split())
    return line if len(line) <= _EXAMPLE_CHARS else line[: _EXAMPLE_CHARS - 1] + "…"
