"""One line for the code of a second factor; there only while one is wanted."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desk_app.ui.announcing import announce
from desk_app.ui.texts import tr

_LONGEST = 64


class CodeRow(QWidget):
    """Enter gives the code, once: until the answer is here it stands still."""

    given = Signal(str)
    """Emits: the code."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.said = QLabel(self)
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.said.setWordWrap(True)
        self.code = QLineEdit(self)
        self.code.setMaxLength(_LONGEST)
        self.code.setAccessibleName(tr("Code"))
        self.code.setPlaceholderText(tr("Code"))
        self.code.setInputMethodHints(Qt.InputMethodHint.ImhPreferNumbers)
        self.code.returnPressed.connect(self._give)
        self.go = QPushButton(tr("Go on"), self)
        self.go.setProperty("primary", "true")
        self.go.clicked.connect(self._give)
        line = QHBoxLayout()
        line.addWidget(self.code, 1)
        line.addWidget(self.go)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.said)
        column.addLayout(line)
        self.hide()

    def ask(self, words: str) -> None:
        """Say what is wanted, or what was wrong, and let it be typed."""
        self.said.setText(words)
        announce(self, words)
        self._stand_still(still=False)
        self.show()
        self.code.selectAll()

    def end(self) -> None:
        """No code is wanted any more."""
        self.code.clear()
        self._stand_still(still=False)
        self.hide()

    def rest(self) -> None:
        """The answer is here, and it was not about the code."""
        self._stand_still(still=False)

    def _give(self) -> None:
        text = self.code.text().strip()
        if text and self.go.isEnabled():
            self._stand_still(still=True)
            self.given.emit(text)

    def _stand_still(self, *, still: bool) -> None:
        self.code.setReadOnly(still)
        self.go.setEnabled(not still)
