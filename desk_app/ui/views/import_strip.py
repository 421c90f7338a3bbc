"""One line while files are taken in: how far, what from, and the way to stop and go on."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from desk_app.ui.announcing import announce
from desk_app.ui.overriding import override
from desk_app.ui.texts import tr

_STEPS = 1000


class ImportStrip(QFrame):
    """Shows one import; hidden when there is none."""

    cancel_wanted = Signal()
    resume_wanted = Signal()
    dismissed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._label = QLabel(self)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._origin = QLabel(self)
        self._origin.setTextFormat(Qt.TextFormat.PlainText)
        self._origin.setProperty("dim", "true")
        self._origin_text = ""
        self.bar = QProgressBar(self)
        self.bar.setRange(0, _STEPS)
        self.bar.setTextVisible(True)
        self.bar.setAccessibleName(tr("Progress of the import"))
        self.button = QPushButton(tr("Cancel"), self)
        self.button.clicked.connect(self._press)
        self.dismiss = QPushButton(tr("Forget"), self)
        self.dismiss.setAccessibleName(tr("Forget the rest of this import"))
        self.dismiss.setToolTip(tr("Forget the rest of this import"))
        self.dismiss.clicked.connect(self.dismissed)
        self._stopped = False
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 6, 4)
        row.addWidget(self._label)
        row.addWidget(self._origin, 1)
        row.addWidget(self.bar)
        row.addWidget(self.button)
        row.addWidget(self.dismiss)
        self.hide()

    @property
    def text(self) -> str:
        return self._label.text() if not self.isHidden() else ""

    def show_looking(self) -> None:
        """Files are being looked at; how many there are is not known yet."""
        self._show(tr("Looking at the files…"), "", 0, 0)
        self.bar.setRange(0, 0)
        self.button.hide()
        self.dismiss.hide()

    def show_running(self, text: str, origin: str, done: int, total: int) -> None:
        """An import is under way; `done` and `total` are bytes."""
        self._show(text, origin, done, total)
        self._stopped = False
        self.button.setText(tr("Cancel"))
        self.button.setEnabled(True)
        self.dismiss.hide()

    def show_stopping(self) -> None:
        """The item that is under way is finished first."""
        self.button.setEnabled(False)

    def show_stopped(self, text: str, done: int, total: int, *, kind: str = "info") -> None:
        """An import stands still and can go on; `kind` is info or error."""
        self._show(text, "", done, total, kind)
        self._stopped = True
        announce(self, text)
        self.button.setText(tr("Resume"))
        self.button.setEnabled(True)
        self.dismiss.show()

    def _show(self, text: str, origin: str, done: int, total: int, kind: str = "info") -> None:
        self.setProperty("kind", kind)
        self.style().unpolish(self)
        self.style().polish(self)
        self._label.setText(text)
        self._origin_text = origin
        self._elide()
        self.button.show()
        self.bar.setRange(0, _STEPS)
        # In steps: a mailbox may have more bytes than the bar can count.
        self.bar.setValue(min(done * _STEPS // total, _STEPS) if total else 0)
        self.setAccessibleName(text)
        self.show()

    def _press(self) -> None:
        if self._stopped:
            self.resume_wanted.emit()
        else:
            self.cancel_wanted.emit()

    def _elide(self) -> None:
        room = self._origin.width()
        metrics = self._origin.fontMetrics()
        shown = metrics.elidedText(self._origin_text, Qt.TextElideMode.ElideMiddle, room)
        self._origin.setText(shown)
        self._origin.setMinimumWidth(1)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()
