"""Table and ticket beside each other, or in a narrow window one in the place of the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from desk_app.ui.main_window import MainWindow

NARROW = 1200
"""Below this many pixels the ticket takes the table's place."""


class Sides(QObject):
    """Shows `list`, `ticket` or both, and shares the room out."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._sizes: list[int] = []
        self.alone = False
        """What is in the table's place takes the ticket's room too."""

    def bring(self, side: str) -> None:
        """In a narrow window, show `list` or `ticket`; in a wide one both are there."""
        window = self._window
        if window.ticket is not None and window.width() < NARROW:
            self._show(side)
            (window.queue if side == "list" else window.pane.talk).setFocus()

    def fit(self) -> None:
        """The window has another width."""
        window = self._window
        if window.ticket is None:
            return  # there is one side only as yet
        if window.width() >= NARROW:
            self._show("list" if self.alone else "both")
        elif window.middle.isHidden() == window.right.isHidden():
            inside = window.right.isAncestorOf(QApplication.focusWidget() or window)
            self._show("ticket" if inside else "list")
        else:
            QTimer.singleShot(0, self, self._share)

    def _show(self, side: str) -> None:
        window = self._window
        if not window.middle.isHidden() and not window.right.isHidden() and side != "both":
            self._sizes = window.panes.sizes()
        window.middle.setVisible(side != "ticket")
        window.right.setVisible(side != "list")
        window.pane.back.setVisible(side == "ticket")
        QTimer.singleShot(0, self, self._share)

    def _share(self) -> None:
        """A splitter leaves the room of a hidden part empty: give it to the one that is there."""
        window = self._window
        first = (self._sizes or window.panes.sizes())[0]
        rest = window.panes.width() - first
        if window.right.isHidden():
            window.panes.setSizes([first, rest, 0])
        elif window.middle.isHidden():
            window.panes.setSizes([first, 0, rest])
        elif self._sizes:
            window.panes.setSizes(self._sizes)
            self._sizes = []
