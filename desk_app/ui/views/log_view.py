"""The sync log: one line a request or decision, to be filtered and taken along."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from desk_app.ui.models.log_model import LogModel, LogRow
from desk_app.ui.texts import tip, tr

MEASURED = 50
"""Lines by which columns are as wide as they are: all of them would be waited for."""


class LogView(QWidget):
    """Newest first; what is typed above is looked for in every column."""

    export_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: Sequence[LogRow] = ()
        self.filter = QLineEdit(self)
        self.filter.setPlaceholderText(tr("Filter: a ticket, a word, a request"))
        self.filter.setAccessibleName(tr("Filter the log"))
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(lambda _: self._write())
        self.export = QPushButton(tr("Export…"), self)
        self.export.clicked.connect(self.export_wanted)
        self.requests = QCheckBox(tr("&Requests too"), self)
        self.requests.setChecked(True)
        self.requests.setToolTip(tip(tr("Every single request to the server, reading ones too")))
        self.requests.toggled.connect(lambda _: self._write())
        self.hint = QLabel(tr("No passwords and no texts are in here."), self)
        self.hint.setProperty("dim", "true")
        self.empty = QLabel(self)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.model = LogModel(self)
        self.list = self._table()
        self._lay_out()

    def _table(self) -> QTableView:
        table = QTableView(self)  # a tree asks about every line before it shows the first
        table.setModel(self.model)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 6)
        table.setAccessibleName(tr("Sync log"))
        header = table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        header.setResizeContentsPrecision(MEASURED)
        for column in range(6):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        return table

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.addWidget(self.filter, 1)
        line.addWidget(self.requests)
        line.addWidget(self.export)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 8)
        column.addLayout(line)
        column.addWidget(self.empty)
        column.addWidget(self.list, 1)
        column.addWidget(self.hint)

    def show_rows(self, rows: Sequence[LogRow]) -> None:
        """Show these; the current line stays so if it is still there."""
        self._rows = rows
        self._write()

    def shown(self) -> list[LogRow]:
        """The lines that the filter leaves."""
        words = self.filter.text().casefold().split()
        wanted = self.requests.isChecked()
        rows = (row for row in self._rows if wanted or not row.is_request)
        return [row for row in rows if _has(row, words)]

    def go_to(self, place: int) -> None:
        """Make one of the shown lines the current one, with the keyboard on it."""
        self.list.setCurrentIndex(self.model.index(place, 0))
        self.list.setFocus()

    def _write(self) -> None:
        at = self.list.currentIndex().row()
        before = self.model.rows[at] if at > 0 else None  # on the first line one looks at news
        rows = self.shown()
        self.model.show(rows)
        if rows:
            place = rows.index(before) if before in rows else 0
            self.list.setCurrentIndex(self.model.index(place, 0))
        hidden = tr("The filter hides {n} lines").format(n=len(self._rows))
        self.empty.setText(hidden if self._rows else tr("Nothing was asked of the server yet"))
        self.empty.setVisible(not rows)


def _has(row: LogRow, words: Sequence[str]) -> bool:
    if not words:
        return True
    text = " ".join(row.texts()).casefold()
    return all(word in text for word in words)
