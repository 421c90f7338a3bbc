"""Tells when an agent goes into the thread or a text: from then on the ticket counts as read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent

from desk_app.ui.overriding import override

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtWidgets import QAbstractScrollArea


class GoingIn(QObject):
    """With the mouse not before its button is up.

    A ticket that is gone into gets a tab above it. Were it there at once, the link that is being
    clicked would move away under the pointer.
    """

    gone_in = Signal()

    def __init__(self, areas: Iterable[QAbstractScrollArea], parent: QObject) -> None:
        super().__init__(parent)
        self._is_pressed = False
        for area in areas:
            area.installEventFilter(self)
            area.viewport().installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QFocusEvent) and event.type() == QEvent.Type.FocusIn:
            if event.reason() == Qt.FocusReason.MouseFocusReason:
                self._is_pressed = True
            else:
                self.gone_in.emit()
        elif event.type() == QEvent.Type.MouseButtonRelease and self._is_pressed:
            self._is_pressed = False
            QTimer.singleShot(0, self, self.gone_in.emit)  # when the click is done with
        return super().eventFilter(watched, event)
