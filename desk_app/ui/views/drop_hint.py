"""What dropping here would do, beside the pointer or the chosen place."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
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
            lines = news.split("\n")
            own = max(self.fontMetrics().horizontalAdvance(line) for line in lines)
            widest = min(_WIDEST, window.width() - 2 * _EDGE)
            self.setFixedWidth(min(widest, own + 4 * _EDGE))
            self.adjustSize()
            announce(self, text)
        self.move(window.mapFromGlobal(self._place(at)))
        self.show()
        self.raise_()

    def _place(self, at: QPoint) -> QPoint:
        """Below the pointer, or above it where the window or the screen ends."""
        window = self._window
        seen = QRect(window.mapToGlobal(QPoint()), window.size())
        seen &= window.screen().availableGeometry()
        x = max(seen.left(), min(at.x() + _OFFSET.x(), seen.right() - self.width()))
        below = at.y() + _OFFSET.y()
        fits = below + self.height() <= seen.bottom()
        return QPoint(x, below if fits else at.y() - _OFFSET.y() - self.height())
