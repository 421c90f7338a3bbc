"""Reads out, to whoever listens, what others see change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from desk_app.ui.texts import tr

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

LONG_MS = 1000
"""Who waits longer than this wants to know for what; most answers are there before."""


def announce(widget: QWidget, text: str) -> None:
    """Have a screen reader say it, wherever the focus is."""
    from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent  # late: 4 ms of a start

    if text and QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))


class Waiting:
    """Says that an answer takes long where it does, and then that it is there."""

    def __init__(self, widget: QWidget, words: str) -> None:
        self._widget = widget
        self._words = words
        self._was_told = False
        self._timer = QTimer(widget)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._tell)

    def begin(self) -> None:
        self._was_told = False
        self._timer.start(LONG_MS)

    def end(self, words: str = "") -> None:
        """The answer is here; `words` are said whatever the wait was, else that it is over."""
        self._timer.stop()
        if words or self._was_told:
            announce(self._widget, words or tr("It is there now."))
        self._was_told = False

    def _tell(self) -> None:
        self._was_told = True
        announce(self._widget, self._words)
