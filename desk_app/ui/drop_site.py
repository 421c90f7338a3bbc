"""Takes tickets that are dragged over a view; the view says what lies under the pointer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QCursor, QDrag, QPainter, QPixmap

from desk_app.ui.texts import tr
from desk_app.ui.theme import colours
from desk_app.ui.ticket_mime import encoded

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QDragMoveEvent, QDropEvent
    from PySide6.QtWidgets import QAbstractItemView

    from desk_app.domain.reassignment import Target
    from desk_app.ui.reassigning import Reassigning

ALL_ACTIONS = Qt.DropAction.MoveAction | Qt.DropAction.CopyAction | Qt.DropAction.LinkAction
"""Shift and Ctrl propose others than the plain move; here they mean something of their own."""
_PADDING = 8


class DropSite(QObject):
    """Connects one view's drag events with the window's `Reassigning`."""

    def __init__(
        self,
        view: QAbstractItemView,
        target_at: Callable[[QPoint], Target | None],
        reassigning: Reassigning,
    ) -> None:
        super().__init__(view)
        self._target_at = target_at
        self._reassigning = reassigning
        self.here: Target | None = None
        """What the pointer is over."""
        view.setAcceptDrops(True)

    def enter(self, event: QDragMoveEvent) -> None:
        """Something comes over the view: tickets are taken up, the rest is not for us."""
        ids = self._reassigning.decoded(event.mimeData())
        if ids is None:
            event.ignore()
            return
        self._reassigning.take_up(ids)
        event.setDropAction(Qt.DropAction.MoveAction)
        event.accept()

    def move(self, event: QDragMoveEvent) -> None:
        """Say yes or no to the place under the pointer."""
        if self._reassigning.decoded(event.mimeData()) is None:
            event.ignore()
            return
        self.here = self._target_at(event.position().toPoint())
        transfer = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        allowed = self._reassigning.hover(self.here, QCursor.pos(), transfer=transfer)
        event.setDropAction(Qt.DropAction.MoveAction)
        event.setAccepted(allowed)

    def leave(self) -> None:
        """The pointer went elsewhere."""
        self.here = None
        self._reassigning.hover(None, QPoint())

    def drop(self, event: QDropEvent) -> None:
        """Do it: Shift asks for a note first, Ctrl transfers too."""
        ids = self._reassigning.decoded(event.mimeData())
        target = self._target_at(event.position().toPoint())
        self.leave()
        if ids is None or target is None:
            event.ignore()
            return
        event.setDropAction(Qt.DropAction.MoveAction)
        event.accept()
        keys = event.modifiers()
        self._reassigning.drop(
            ids,
            target,
            noted=bool(keys & Qt.KeyboardModifier.ShiftModifier),
            transfer=bool(keys & Qt.KeyboardModifier.ControlModifier),
        )


def drag(view: QAbstractItemView, tickets: Sequence[int], reassigning: Reassigning) -> None:
    """Drag tickets out of a view until they are dropped, or Esc is pressed."""
    if not tickets:
        return
    moving = QDrag(view)
    moving.setMimeData(encoded(reassigning.desk, tickets))
    picture = count_picture(view, len(tickets))
    moving.setPixmap(picture)
    moving.setHotSpot(QPoint(picture.width() + _PADDING, picture.height() + _PADDING))
    reassigning.take_up(tuple(tickets))
    moving.exec(ALL_ACTIONS, Qt.DropAction.MoveAction)
    reassigning.end_drag()


def count_picture(view: QAbstractItemView, count: int) -> QPixmap:
    """What hangs at the pointer: how many tickets are in the hand."""
    text = tr("1 ticket") if count == 1 else tr("{n} tickets").format(n=count)
    metrics = view.fontMetrics()
    width = metrics.horizontalAdvance(text) + 2 * _PADDING
    height = metrics.height() + _PADDING
    scale = view.devicePixelRatioF()
    picture = QPixmap(round(width * scale), round(height * scale))
    picture.setDevicePixelRatio(scale)
    picture.fill(colours().accent)
    painter = QPainter(picture)
    painter.setFont(view.font())
    painter.setPen(colours().accent_text)
    painter.drawText(0, 0, width, height, int(Qt.AlignmentFlag.AlignCenter), text)
    painter.end()
    return picture
