"""Asks for the note that goes with a drop."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desk_app.domain.calm_text import calm
from desk_app.ui.texts import tr
from desk_app.ui.views.inline_panel import InlinePanel

_LONGEST = 60
"""Letters of a place's name: there may be as many as one likes."""


class NotePanel(InlinePanel):
    """One line; Enter does what was dropped, Esc leaves it undone.

    A drop that comes while another's note is being written waits for its turn.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._asked: list[tuple[str, Callable[[str], None]]] = []
        self.label = QLabel(self)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.edit = QLineEdit(self)
        self.edit.setPlaceholderText(tr("What the next agent should know"))
        self.label.setBuddy(self.edit)
        self.edit.setAccessibleName(tr("Internal note that goes with the tickets"))
        self.button = QPushButton(tr("Hand over"), self)
        cancel = QPushButton(tr("Cancel"), self)
        self.label.setWordWrap(True)
        # Above the line: beside it, in a narrow column, neither could be read.
        column, row = QVBoxLayout(self), QHBoxLayout()
        column.addWidget(self.label)
        column.addLayout(row)
        row.addWidget(self.edit, stretch=1)
        row.addWidget(self.button)
        row.addWidget(cancel)
        self.edit.returnPressed.connect(self._take)
        self.button.clicked.connect(self._take)
        cancel.clicked.connect(self._leave)
        self.left.connect(self._leave)

    def ask(self, place: str, call: Callable[[str], None]) -> None:
        """Come; `place` is where things go, `call` gets the note, '' if none was written."""
        self._asked.append((place, call))
        if len(self._asked) == 1:
            self._show()

    def _show(self) -> None:
        place = calm(self._asked[0][0], _LONGEST).replace("&", "&&")
        self.label.setText(tr("Internal note with what goes to {place}:").format(place=place))
        self.edit.clear()
        self.come(self.edit)

    def _take(self) -> None:
        if self._asked:
            words = self.edit.text().strip()
            call = self._asked[0][1]
            self._leave()
            call(words)

    def _leave(self) -> None:
        """Go on with the next drop, if there is one."""
        del self._asked[:1]
        if self._asked:
            self._show()
        else:
            self.go_away()
