"""The middle of the window: search line, filter line, what is to be said, the table."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QProgressBar, QVBoxLayout, QWidget

from desk_app.ui.announcing import Waiting
from desk_app.ui.overriding import override
from desk_app.ui.texts import tr
from desk_app.ui.views.filter_bar import FilterBar
from desk_app.ui.views.notice_bar import NoticeBar
from desk_app.ui.views.queue_view import QueueView

_THIN = 3


class SearchLine(QLineEdit):
    """Esc leaves the search, Down goes into what was found."""

    left = Signal()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in {Qt.Key.Key_Escape, Qt.Key.Key_Down}:
            super().keyPressEvent(event)
            return
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
        self.left.emit()


class QueuePane(QWidget):
    """Lays out; `QueueController` and `Searching` fill it."""

    def __init__(self, table: QueueView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = SearchLine(self)
        self.search.setPlaceholderText(tr("Search in all tickets (Ctrl+Shift+F)"))
        self.search.setAccessibleName(tr("Search in all tickets"))
        self.search.setClearButtonEnabled(True)
        self.filter = FilterBar(self)
        self.notice = NoticeBar(self)
        self.empty = QLabel(self)
        self.empty.setTextFormat(Qt.TextFormat.PlainText)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        self.empty.setMinimumHeight(40)
        self.busy = QProgressBar(self)
        self.busy.setRange(0, 0)
        self.busy.setTextVisible(False)
        self.busy.setFixedHeight(_THIN)
        keep = self.busy.sizePolicy()
        keep.setRetainSizeWhenHidden(True)  # rows that move while one reads them are misread
        self.busy.setSizePolicy(keep)
        self.busy.setAccessibleName(tr("The queue is being read"))
        self._waiting = Waiting(self, tr("The queue is being read"))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(4, 4, 4, 0)
        self._column.setSpacing(4)
        for widget in (self.search, self.filter, self.notice, self.busy, self.empty):
            self._column.addWidget(widget)
        self._column.addWidget(table, 1)
        self.empty.hide()
        self.busy.hide()
        self.setMinimumWidth(260)

    def insert(self, widget: QWidget) -> None:
        """Show something between the lines and the table."""
        self._column.insertWidget(self._column.indexOf(self.empty), widget)

    def add_page(self, widget: QWidget) -> None:
        """Something that can be shown in the table's place; hidden until then."""
        self._column.addWidget(widget, 1)
        widget.hide()

    def tell_reading(self) -> None:
        """The table shows what it showed before, and that it is not the answer yet."""
        self.busy.show()
        self.empty.hide()
        self._waiting.begin()

    def tell_length(self, length: int, words: str) -> None:
        """The answer is in the table; `words` say why it is empty if it is."""
        is_news = not self.busy.isHidden() or (length == 0) is self.empty.isHidden()
        self.busy.hide()
        self.empty.setText(words)
        self.empty.setVisible(length == 0)
        said = tr("{n} tickets").format(n=length) if length else words
        self._waiting.end(said if is_news else "")

    def tell_failure(self) -> None:
        """There is no answer; the notice says why."""
        self.busy.hide()
        self._waiting.end()
