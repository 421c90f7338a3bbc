"""The sync log: one line a request or decision, to be filtered and taken along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desk_app.ui.texts import tip, tr

_COLUMNS = 8
MOST = 1000
"""Lines that are listed; all that the filter leaves are exported."""


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
        return astuple(self)[:_COLUMNS]


class LogView(QWidget):
    """Newest first; what is typed above is looked for in every column."""

    export_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[LogRow] = []
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
        self.list = QTreeWidget(self)
        names = (
            *(tr("When"), tr("Ticket"), tr("What"), tr("Outcome")),
            *(tr("Why"), tr("Before"), tr("After"), tr("Request")),
        )
        self.list.setHeaderLabels(list(names))
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setAccessibleName(tr("Sync log"))
        header = self.list.header()
        header.setStretchLastSection(True)
        for column in range(6):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self._lay_out()

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
        self._rows = list(rows)
        self._write()

    def shown(self) -> list[LogRow]:
        """The lines that the filter leaves."""
        words = self.filter.text().casefold().split()
        wanted = self.requests.isChecked()
        rows = (row for row in self._rows if wanted or not row.is_request)
        return [row for row in rows if _has(row, words)]

    def go_to(self, place: int) -> None:
        """Make one of the shown lines the current one, with the keyboard on it."""
        self.list.setCurrentIndex(self.list.model().index(place, 0))
        self.list.setFocus()

    def _write(self) -> None:
        self.list.clear()
        rows = self.shown()
        for row in rows[:MOST]:
            item = QTreeWidgetItem(list(row.texts()))
            for column in range(item.columnCount()):
                item.setToolTip(column, tip(item.text(column)))
            self.list.addTopLevelItem(item)
        if rows:
            self.list.setCurrentIndex(self.list.model().index(0, 0))
        hidden = tr("The filter hides {n} lines").format(n=len(self._rows))
        self.empty.setText(hidden if self._rows else tr("Nothing was asked of the server yet"))
        self.empty.setVisible(not rows)


def _has(row: LogRow, words: Sequence[str]) -> bool:
    text = " ".join(row.texts()).casefold()
    return all(word in text for word in words)
