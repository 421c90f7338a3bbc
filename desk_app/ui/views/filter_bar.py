"""Above the queue: what narrows it, typed or chosen, each condition with its own way out."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desk_app.domain.search_text import Condition, Search, without
from desk_app.ui.overriding import override
from desk_app.ui.texts import condition_text, tip, tr

_QUIET_MS = 150


class _Line(QLineEdit):
    left = Signal()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Escape, Qt.Key.Key_Down, Qt.Key.Key_Return}:
            if event.key() == Qt.Key.Key_Escape:
                self.clear()
            self.left.emit()
            return
        super().keyPressEvent(event)


class FilterBar(QWidget):
    """One line to type into, and chips."""

    changed = Signal(str)
    """Something else narrows the queue. Emits: what is typed now."""
    condition_wanted = Signal()
    save_wanted = Signal()
    left = Signal()
    """Esc, Enter or Down: back to the table."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = _Line(self)
        self.edit.setPlaceholderText(tr("Filter this queue ( / )"))
        self.edit.setAccessibleName(tr("Filter this queue"))
        self.edit.setClearButtonEnabled(True)
        self.edit.left.connect(self.left)
        self.chips: list[QPushButton] = []
        self._told = QLabel(self)
        self._told.setWordWrap(True)
        self._clear = QPushButton(self)  # with a text here, Qt's icons are looked up: 3 ms
        self._clear.setText(tr("Clear"))
        self._clear.clicked.connect(self.edit.clear)
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(_QUIET_MS)
        self._quiet.timeout.connect(lambda: self.changed.emit(self.edit.text()))
        self.edit.textChanged.connect(self._restart)
        self._lay_out()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        row = QHBoxLayout()
        row.setSpacing(2)
        row.addWidget(self.edit, 1)
        for sign, name, signal in (
            ("+", tr("Add a condition…"), self.condition_wanted),
            ("☆", tr("Save this search…"), self.save_wanted),
        ):
            button = QToolButton(self)
            button.setText(sign)
            button.setToolTip(name)
            button.setAccessibleName(name)
            button.clicked.connect(signal)
            row.addWidget(button)
        column.addLayout(row)
        self._row = QHBoxLayout()
        self._row.setSpacing(4)
        self._row.addStretch(1)
        column.addLayout(self._row)
        told = QHBoxLayout()
        told.addWidget(self._told, 1)
        told.addWidget(self._clear)
        column.addLayout(told)
        self.tell_hidden(0)

    def show_search(self, search: Search) -> None:
        """A chip for each condition; one that names nothing says so."""
        for chip in self.chips:
            self._row.removeWidget(chip)
            chip.deleteLater()
        self.chips = []
        for place, condition in enumerate(search.conditions):
            unknown = condition in search.unknown
            text = condition_text(condition)
            chip = QPushButton(f"{text}  ✕" if not unknown else f"{text} ?  ✕", self)
            hint = tr("Take “{text}” away").format(text=text)
            if unknown:
                hint = tr("Nothing here is called that; it narrows nothing. ") + hint
            chip.setToolTip(tip(hint))
            chip.setAccessibleName(hint)
            chip.setProperty("denied", "true" if unknown else "false")
            chip.clicked.connect(lambda _=False, condition=condition: self._remove(condition))
            self._row.insertWidget(place, chip)
            self.chips.append(chip)

    def tell_hidden(self, number: int) -> None:
        """Say how many tickets of the queue are filtered away."""
        self._told.setText(tr("The filter hides {n}").format(n=number))
        self._told.setVisible(number > 0)
        self._clear.setVisible(number > 0)

    @property
    def told(self) -> str:
        return "" if self._told.isHidden() else self._told.text()

    def add(self, condition: Condition) -> None:
        """Narrow by one more condition."""
        words = [self.edit.text().strip(), condition.text]
        self.edit.setText(" ".join(word for word in words if word))

    def show_text(self, text: str) -> None:
        """Put a text here without asking for it: the queue knows it already."""
        self.edit.blockSignals(True)  # noqa: FBT003 - Qt's own signature
        self.edit.setText(text)
        self.edit.blockSignals(False)  # noqa: FBT003
        self._quiet.stop()

    def _restart(self) -> None:
        self._quiet.start()

    def _remove(self, condition: Condition) -> None:
        self.edit.setText(without(self.edit.text(), condition))
