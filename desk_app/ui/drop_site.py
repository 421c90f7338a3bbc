"""Takes tickets that are dragged over a view; the view says what lies under the pointer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import (
    QCursor,
    QDrag,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QPainter,
    QPixmap,
)
from PySide6.QtWidgets import QTreeView

from desk_app.ui.overriding import override
from desk_app.ui.texts import tr
from desk_app.ui.theme import colours
from desk_app.ui.ticket_mime import encoded

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QAbstractItemView

    from desk_app.domain.reassignment import Target
    from desk_app.ui.reassigning import Reassigning

ALL_ACTIONS = Qt.DropAction.MoveAction | Qt.DropAction.CopyAction | Qt.DropAction.LinkAction
"""Shift and Ctrl propose others than the plain move; here they mean something of their own."""
_PADDING = 8
_EDGE = 22
"""Pixels from an edge in which a drag scrolls."""
_SCROLL_MS = 60
_SPRING_MS = 500
"""How long a drag rests on a folded line until it unfolds."""


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
        self._view = view
        self.here: Target | None = None
        """What the pointer is over."""
        self._at = QPoint()
        self._noted = self._transfer = False
        # Qt's own stops as soon as the pointer rests: it measures from where the list was before.
        self._scroll = QTimer(self)
        self._scroll.setInterval(_SCROLL_MS)
        self._scroll.timeout.connect(self._scroll_on)
        self._spring = QTimer(self)
        self._spring.setSingleShot(True)
        self._spring.setInterval(_SPRING_MS)
        self._spring.timeout.connect(self._unfold)
        reassigning.judged.connect(self._judge_again)
        view.setAutoScroll(False)
        view.viewport().setAcceptDrops(True)
        view.viewport().installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take all that is dragged over the view; its own ideas of it are of no use here."""
        if isinstance(event, QDragEnterEvent):
            self.enter(event)
        elif isinstance(event, QDragMoveEvent):
            self.move(event)
        elif isinstance(event, QDragLeaveEvent):
            self.leave()
        elif isinstance(event, QDropEvent):
            self.drop(event)
        else:
            return super().eventFilter(watched, event)
        return True

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
        at = event.position().toPoint()
        if self._view.indexAt(at) != self._view.indexAt(self._at) or self.here is None:
            self._spring.start()
        self._at = at
        self._noted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self._transfer = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if not self._scroll.isActive() and self._pull() != (0, 0):
            self._scroll.start()
        allowed = self._judge()
        event.setDropAction(Qt.DropAction.MoveAction)
        event.setAccepted(allowed)

    def leave(self) -> None:
        """The pointer went elsewhere."""
        self.here = None
        self._scroll.stop()
        self._spring.stop()
        self._reassigning.leave()

    def _judge(self) -> bool:
        self.here = self._target_at(self._at)
        return self._tell()

    def _tell(self) -> bool:
        return self._reassigning.hover(
            self.here, QCursor.pos(), noted=self._noted, transfer=self._transfer
        )

    def _judge_again(self) -> None:
        """The answer came while the pointer rested: for the place that was shown."""
        if self.here is not None:
            self._tell()

    def _unfold(self) -> None:
        """The pointer rests on a folded line."""
        index = self._view.indexAt(self._at)
        if isinstance(self._view, QTreeView) and index.isValid():
            self._view.expand(index.siblingAtColumn(0))

    def _pull(self) -> tuple[int, int]:
        """In which direction the pointer, near an edge, pulls what is under it."""
        area = self._view.viewport().rect()
        across = int(area.right() - self._at.x() < _EDGE) - int(self._at.x() - area.left() < _EDGE)
        down = int(area.bottom() - self._at.y() < _EDGE) - int(self._at.y() - area.top() < _EDGE)
        return across, down

    def _scroll_on(self) -> None:
        across, down = self._pull()
        bars = (self._view.horizontalScrollBar(), across), (self._view.verticalScrollBar(), down)
        before = [bar.value() for bar, _ in bars]
        for bar, way in bars:
            bar.setValue(bar.value() + way * bar.singleStep())
        if before == [bar.value() for bar, _ in bars]:
            self._scroll.stop()
        else:
            self._judge()

    def drop(self, event: QDropEvent) -> None:
        """Do it: Shift asks for a note first, Ctrl transfers too."""
        ids = self._reassigning.decoded(event.mimeData())
        at, shown = event.position().toPoint(), self.here
        target = self._target_at(at)
        self.leave()
        if ids is None or target is None:
            event.ignore()
            return
        if at == self._at and shown not in {None, target}:
            self._reassigning.tell_moved_away()
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
    if not reassigning.may_hold(tickets):
        return
    moving = QDrag(view)
    moving.setMimeData(encoded(reassigning.desk, tickets))
    picture = count_picture(view, len(tickets))
    moving.setPixmap(picture)
    moving.setHotSpot(QPoint(picture.width() + _PADDING, picture.height() + _PADDING))
    reassigning.is_dragging = True
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
