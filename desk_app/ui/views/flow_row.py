"""Buttons and fields beside each other, on as many lines as the width takes."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desk_app.ui.overriding import override

_GAP = 6


class FlowRow(QWidget):
    """At 200 % and in narrow windows a row of buttons must not be cut off."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts: list[QWidget] = []
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def add(self, part: QWidget) -> None:
        """Put something at the end; what is hidden takes no room."""
        part.setParent(self)
        part.installEventFilter(self)
        self._parts.append(part)
        self._place()

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:  # one of them has other words now
            self._place()
        return super().event(event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kinds = (QEvent.Type.ShowToParent, QEvent.Type.HideToParent, QEvent.Type.FontChange)
        if event.type() in kinds:
            self._place()
        return super().eventFilter(watched, event)

    @override
    def sizeHint(self) -> QSize:
        return QSize(200, self._height_for(max(self.width(), 200)))

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width: int) -> int:
        return self._height_for(width)

    def _place(self) -> None:
        self._arrange(self.width(), move=True)
        height = self._height_for(self.width())
        if height != self.minimumHeight():
            self.setMinimumHeight(height)
            self.updateGeometry()

    def _height_for(self, width: int) -> int:
        return self._arrange(width, move=False)

    def _arrange(self, width: int, *, move: bool) -> int:
        """Lay the parts into lines; the height that takes."""
        x = y = line = 0
        for part in (one for one in self._parts if not one.isHidden()):
            size = part.sizeHint()
            size.setWidth(min(size.width(), width))
            if x and x + size.width() > width:
                x, y, line = 0, y + line + _GAP, 0
            if move:
                part.setGeometry(x, y, size.width(), size.height())
            x += size.width() + _GAP
            line = max(line, size.height())
        return y + line
