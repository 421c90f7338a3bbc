"""A finger on a list: it scrolls, a tap is a click, and a finger that rests first carries tickets.

Left to itself, Qt makes a mouse of the finger, and every scrolling would begin a drag. A pen stays
a mouse: nobody scrolls with one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent, QTouchEvent
from PySide6.QtWidgets import QApplication

from desk_app.ui.overriding import override

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QTableView

HOLD_MS = 500
"""How long a finger rests before what it moves is carried."""


class TouchHand(QObject):
    """Watches one view's touches."""

    def __init__(self, view: QTableView, carry: Callable[[], None]) -> None:
        super().__init__(view)
        self._view = view
        self._carry = carry
        self._down = QPoint()
        self._last = QPoint()
        self._rest = 0
        """Pixels that the finger moved and the list, which moves by rows, did not yet."""
        self._is_scrolling = self._is_holding = False
        self._hold = QTimer(self)
        self._hold.setSingleShot(True)
        self._hold.setInterval(HOLD_MS)
        self._hold.timeout.connect(self._take_hold)
        view.viewport().setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        view.viewport().installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QTouchEvent):
            return super().eventFilter(watched, event)
        event.accept()
        if event.type() == QEvent.Type.TouchCancel or event.pointCount() != 1:
            self._let_go()
            return True
        at = event.point(0).position().toPoint()
        if event.type() == QEvent.Type.TouchBegin:
            self._begin(at)
        elif event.type() == QEvent.Type.TouchUpdate:
            self._move(at)
        else:
            self._end(at)
        return True

    def _begin(self, at: QPoint) -> None:
        self._down = self._last = at
        self._rest = 0
        self._is_scrolling = self._is_holding = False
        self._hold.start()

    def _move(self, at: QPoint) -> None:
        far = (at - self._down).manhattanLength() >= QApplication.startDragDistance()
        if self._is_holding and far:
            self._let_go()
            self._carry()
        elif not self._is_holding and (far or self._is_scrolling):
            self._hold.stop()
            self._is_scrolling = True
            self._scroll(at - self._last)
        self._last = at

    def _end(self, at: QPoint) -> None:
        was_tap = not self._is_scrolling and not self._is_holding
        self._let_go()
        if was_tap:
            self._click(at)

    def _let_go(self) -> None:
        self._hold.stop()
        self._is_scrolling = self._is_holding = False

    def _take_hold(self) -> None:
        """The finger rested: what lies under it is chosen, with all that was, if it was of it."""
        self._is_holding = True
        index = self._view.indexAt(self._down)
        if not self._view.selectionModel().isSelected(index):
            self._click(self._down)

    def _scroll(self, by: QPoint) -> None:
        """What is under the finger stays under it; where a list moves by rows, by whole ones."""
        view = self._view
        across = view.horizontalScrollBar()
        across.setValue(across.value() - by.x())
        self._rest += by.y()
        by_rows = view.verticalScrollMode() == view.ScrollMode.ScrollPerItem
        step = view.verticalHeader().defaultSectionSize() if by_rows else 1
        steps = int(self._rest / step)
        self._rest -= steps * step
        down = view.verticalScrollBar()
        down.setValue(down.value() - steps)

    def _click(self, at: QPoint) -> None:
        """What the mouse would do there."""
        viewport = self._view.viewport()
        place = QPointF(at)
        far = QPointF(viewport.mapToGlobal(at))
        left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        kinds = ((QEvent.Type.MouseButtonPress, left), (QEvent.Type.MouseButtonRelease, none))
        for kind, held in kinds:
            event = QMouseEvent(kind, place, place, far, left, held, Qt.KeyboardModifier.NoModifier)
            QApplication.sendEvent(viewport, event)
