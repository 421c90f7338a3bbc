"""A panel that comes into the window for a while and gives the keyboard back when it goes."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QWidget

from desk_app.ui.overriding import override


class InlinePanel(QFrame):
    """Hidden until `come`; Esc asks to leave."""

    left = Signal()
    """Esc was pressed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._before: QWidget | None = None
        self.hide()

    def come(self, first: QWidget) -> None:
        """Show the panel with the keyboard on `first`."""
        if self.isHidden():
            self._before = QApplication.focusWidget()
            if self._before is not None:
                self._before.destroyed.connect(self._forget)
        self.show()
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def go_away(self) -> None:
        """Hide, with the keyboard back where it was.

        Left to itself, Qt gives it to what comes next: the queue, which would open a ticket.
        """
        inside = QApplication.focusWidget()
        before, self._before = self._before, None
        if before is not None:
            before.destroyed.disconnect(self._forget)
        if inside is not None and self.isAncestorOf(inside):
            inside.clearFocus()
            if before is not None and before.isVisible():
                before.setFocus(Qt.FocusReason.OtherFocusReason)
        self.hide()

    def _forget(self) -> None:
        self._before = None

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
