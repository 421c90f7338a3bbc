"""The pages about a desk's server: outbox, conflicts, log, doctor."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from desk_app.ui.overriding import override
from desk_app.ui.texts import tr
from desk_app.ui.views.notice_bar import NoticeBar

OUTBOX, CONFLICTS, LOG, DOCTOR = range(4)


class ServerPages(QWidget):
    """In the place of the ticket while one looks at them; Esc gives it back."""

    left = Signal()
    turned = Signal(int)
    """Another page is shown. Emits: its number."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.notice = NoticeBar(self)
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName(tr("Server"))
        self.tabs.currentChanged.connect(self.turned)
        self.tabs.tabBar().installEventFilter(self)  # the keyboard is there where a page is empty
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.notice)
        column.addWidget(self.tabs, 1)

    def add(self, pages: list[tuple[QWidget, str]]) -> None:
        for page, name in pages:
            self.tabs.addTab(page, name)
            for widget in (page, *page.findChildren(QWidget)):
                widget.installEventFilter(self)

    def name(self, page: int, text: str) -> None:
        self.tabs.setTabText(page, text)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        is_key = event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent)
        if is_key and event.key() == Qt.Key.Key_Escape:  # type: ignore[attr-defined]
            self.left.emit()
            return True
        return super().eventFilter(watched, event)
