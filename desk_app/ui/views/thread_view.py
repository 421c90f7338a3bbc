"""Shows a thread: loads nothing from elsewhere, shows a link before it is opened."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QTextBrowser, QWidget
from typing_extensions import override

from desk_app.ui.texts import tr

_NO_PICTURE = QImage()


class ThreadView(QTextBrowser):
    """A `QTextBrowser` that asks nobody for anything."""

    link_clicked = Signal(str)
    """A link was clicked; nothing was opened. Emits: its address."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setOpenLinks(False)
        self.setAccessibleName(tr("Thread"))
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextBrowserInteraction
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.anchorClicked.connect(lambda url: self.link_clicked.emit(url.toString()))
        self.document().setDocumentMargin(10)

    def show_html(self, html: str, *, at_end: bool) -> None:
        """Show a thread; `at_end` goes to the newest entry, else the position stays."""
        bar = self.verticalScrollBar()
        place = bar.value()
        self.setHtml(html)
        if at_end:
            bar.setValue(bar.maximum())
            QTimer.singleShot(0, self, self.go_to_end)  # once more when the layout has settled
        else:
            bar.setValue(place)

    def go_to_end(self) -> None:
        """Scroll to the newest entry."""
        self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())

    @override
    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """Refuse whatever a mail asks to load; `data:` pictures are in the mail itself."""
        if QUrl(name).scheme() == "data":
            return super().loadResource(kind, name)
        return _NO_PICTURE
