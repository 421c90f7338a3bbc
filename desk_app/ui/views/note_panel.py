"""Asks for the note that goes with a drop."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from desk_app.ui.texts import tr
from desk_app.ui.views.inline_panel import InlinePanel


class NotePanel(InlinePanel):
    """One line; Enter does what was dropped, Esc leaves it undone."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._call: Callable[[str], None] | None = None
        label = QLabel(tr("Internal note:"), self)
        self.edit = QLineEdit(self)
        self.edit.setPlaceholderText(tr("What the next agent should know"))
        label.setBuddy(self.edit)
        self.edit.setAccessibleName(tr("Internal note that goes with the tickets"))
        self.button = QPushButton(tr("Hand over"), self)
        cancel = QPushButton(tr("Cancel"), self)
        row = QHBoxLayout(self)
        for widget in (label, self.edit, self.button, cancel):
            row.addWidget(widget)
        self.edit.returnPressed.connect(self._take)
        self.button.clicked.connect(self._take)
        cancel.clicked.connect(self.go_away)
        self.left.connect(self.go_away)

    def ask(self, call: Callable[[str], None]) -> None:
        """Come; `call` gets the words, '' if none were written."""
        self._call = call
        self.edit.clear()
        self.come(self.edit)

    def _take(self) -> None:
        call, self._call = self._call, None
        words = self.edit.text().strip()
        self.go_away()
        if call is not None:
            call(words)
