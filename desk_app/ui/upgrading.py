"""Brings a desk of an earlier version up to date before its window opens, and says so meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEventLoop, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from desk_app.ui.announcing import announce
from desk_app.ui.jobs import JobRunner, Lane
from desk_app.ui.overriding import override
from desk_app.ui.texts import error_text, tr

if TYPE_CHECKING:
    from desk_app.services.desk import Desk


class Upgrading(QWidget):
    """A small window that stays until the desk is up to date, or its reader knows why it is not."""

    ended = Signal()
    """The desk is up to date, or the window was closed after a failure."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setWindowTitle(tr("Desk"))
        self.error: Exception | None = None
        self.words = QLabel(
            tr(
                "An earlier version wrote this desk. It is being brought up to date;\n"
                "a copy of it as it was goes into its backups folder first."
            ),
            self,
        )
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.busy = QProgressBar(self)
        self.busy.setRange(0, 0)
        self.busy.setAccessibleName(tr("Working"))
        self.button = QPushButton(tr("Close"), self)
        self.button.hide()
        self.button.clicked.connect(self.close)
        column = QVBoxLayout(self)
        for widget in (self.words, self.busy, self.button):
            column.addWidget(widget)
        self._desk = desk
        self._jobs = JobRunner(self)
        self._is_done = False

    def wait(self) -> None:
        """Show the window until all is done, or until it is closed after a failure.

        Raises:
            DeskError: why the desk is as it was.
        """
        loop = QEventLoop(self)
        self.ended.connect(loop.quit)
        self.start()
        loop.exec()
        if self.error is not None:
            raise self.error

    def start(self) -> None:
        """Show the window and begin."""
        self._jobs.run(
            Lane.WRITE, self._desk.prepare, owner=self, done=self._end, failed=self._tell
        )
        self.show()

    def _end(self, _: object) -> None:
        self._is_done = True
        self.close()

    def _tell(self, error: Exception) -> None:
        self.error = error
        self._is_done = True
        self.words.setText(error_text(error))
        announce(self, self.words.text())
        self.busy.hide()
        self.button.show()
        self.button.setFocus()

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        """Half-way there is nothing to go back to: the window stays while work is under way."""
        if not self._is_done:
            event.ignore()
            return
        super().closeEvent(event)
        self._jobs.finish()
        self.ended.emit()
