"""Files that are dropped on a window, or come with it closing over them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from desk_app.ui.overriding import override


class FileDrop(QObject):
    """Watches one window for files; what they are is not looked at here."""

    dropped = Signal(object)
    """Emits: list of Path."""
    refused = Signal()
    """What was dropped is not on this machine."""
    closing = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Close:
            self.closing.emit()
        if isinstance(event, QDropEvent) and _is_copy_of_files(event):
            # Copied, whatever the other program proposes: it must not delete its files.
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            if not isinstance(event, QDragMoveEvent):
                self._take(event.mimeData())
            return True
        return False

    def _take(self, data: QMimeData) -> None:
        paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
        if paths:
            self.dropped.emit(paths)
        else:
            self.refused.emit()


def _is_copy_of_files(event: QDropEvent) -> bool:
    return bool(event.possibleActions() & Qt.DropAction.CopyAction) and event.mimeData().hasUrls()
