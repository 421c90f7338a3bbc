"""Beneath a send button: what becomes of the text once it is pressed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget


class FateLabel(QLabel):
    """Hidden where there is nothing to say."""

    def __init__(self, button: QPushButton, parent: QWidget) -> None:
        super().__init__(parent)
        self._button = button
        self.setTextFormat(Qt.TextFormat.PlainText)  # it names a stranger
        self.setProperty("dim", "true")
        self.setWordWrap(True)
        self._told = self._instead = ""
        self.hide()

    def tell(self, words: str) -> None:
        """What becomes of it as things stand."""
        self._told = words
        self._write()

    def tell_instead(self, words: str) -> None:
        """What comes before that, and is said in its place; '' for nothing."""
        self._instead = words
        self._write()

    def _write(self) -> None:
        words = self._instead or self._told
        self.setText(words)
        self.setVisible(bool(words))
        self._button.setAccessibleDescription(words)
