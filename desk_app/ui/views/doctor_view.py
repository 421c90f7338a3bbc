"""The sync doctor: compare, see what differs, take it from the server."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desk_app.ui.announcing import announce
from desk_app.ui.texts import tip, tr


class DoctorView(QWidget):
    """One button at a time says what comes next."""

    compare_wanted = Signal()
    stop_wanted = Signal()
    repair_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.said = QLabel(self)
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.said.setWordWrap(True)
        self.bar = QProgressBar(self)
        self.bar.setAccessibleName(tr("Tickets compared"))
        self.list = QTreeWidget(self)
        self.list.setHeaderLabels([tr("Ticket"), tr("What"), tr("Here"), tr("On the server")])
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setAccessibleName(tr("Differences"))
        for column in range(4):
            mode = (
                QHeaderView.ResizeMode.Stretch
                if column > 1
                else (QHeaderView.ResizeMode.ResizeToContents)
            )
            self.list.header().setSectionResizeMode(column, mode)
        self.compare = QPushButton(tr("Compare"), self)
        self.stop = QPushButton(tr("Stop"), self)
        self.repair = QPushButton(self)
        self.repair.setProperty("primary", "true")
        self.compare.clicked.connect(self.compare_wanted)
        self.stop.clicked.connect(self.stop_wanted)
        self.repair.clicked.connect(self.repair_wanted)
        self._lay_out()
        self.show_nothing()

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        for button in (self.compare, self.stop, self.repair):
            line.addWidget(button)
        line.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 8)
        column.addWidget(self.said)
        column.addLayout(line)
        column.addWidget(self.bar)
        column.addWidget(self.list, 1)
        column.addStretch(0)  # where there is no list, the words stay on top

    # --- states ----------------------------------------------------------------------------

    def show_nothing(self) -> None:
        """Nothing was compared yet."""
        self._say(
            tr(
                "Compares every ticket here with the server, by count and content. "
                "Nothing is changed by that."
            )
        )
        self._buttons(compare=True)
        self.list.hide()

    def show_busy(self, words: str) -> None:
        self._say(words)
        self.bar.setRange(0, 0)
        self._buttons(stop=True)

    def show_progress(self, done: int, total: int) -> None:
        self.bar.setRange(0, max(total, 1))
        self.bar.setValue(done)
        self.bar.setFormat(tr("{done} of {all}").format(done=done, all=total))

    def show_found(self, words: str, lines: Sequence[tuple[str, str, str, str]], fix: str) -> None:
        """What differs; `fix` names the button that takes it from the server ('' for none)."""
        self._say(words)
        announce(self, words)
        self.list.clear()
        for line in lines:
            item = QTreeWidgetItem(list(line))
            for column, text in enumerate(line):
                item.setToolTip(column, tip(text))
            self.list.addTopLevelItem(item)
        self.list.setVisible(bool(lines))
        self.repair.setText(fix)
        self._buttons(compare=True, repair=bool(fix))

    def show_trouble(self, words: str) -> None:
        self._say(words)
        announce(self, words)
        self._buttons(compare=True)

    def _say(self, words: str) -> None:
        self.said.setText(words)

    def _buttons(self, *, compare: bool = False, stop: bool = False, repair: bool = False) -> None:
        self.compare.setVisible(compare)
        self.stop.setVisible(stop)
        self.bar.setVisible(stop)
        self.repair.setVisible(repair)
