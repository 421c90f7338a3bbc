"""What dropping here would do, beside the pointer or the chosen place."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from desk_app.ui.announcing import announce

_OFFSET = QPoint(18, 14)
_EDGE = 6
_WIDEST = 380


class DropHint(QLabel):
    """Lies over the window; takes no click."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.setObjectName("drop_hint")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setWordWrap(True)
        self.setMargin(_EDGE)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.ToolTipBase)
        self.setForegroundRole(QPalette.ColorRole.ToolTipText)
        self.setFrameStyle(QFrame.Shape.Box | QFrame.Shadow.Plain)
        self.hide()

    def say(self, text: str, at: QPoint, *, allowed: bool) -> None:
        """Show it at a point of the screen, inside the window."""
        news = ("✓ " if allowed else "⊘ ") + text
        window = self._window
        if news != self.text():
            self.setText(news)
            self.setFixedWidth(min(_WIDEST, window.width() - 2 * _EDGE))
            self.adjustSize()
            announce(self, text)
        place = window.mapFromGlobal(at) + _OFFSET
        right, bottom = window.width() - self.width(), window.height() - self.height()
        self.move(max(0, min(place.x(), right)), max(0, min(place.y(), bottom)))
        self.show()
        self.raise_()
