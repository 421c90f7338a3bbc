"""Tickets that came into sight and are not here: asked for once, all of one paint together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Sight(QObject):
    """Collects what is missing and asks when the paint is over."""

    def __init__(self, ask: Callable[[list[int]], object], parent: QObject) -> None:
        super().__init__(parent)
        self._call = ask
        self._asked: set[int] = set()
        self._wanted: set[int] = set()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._ask)

    def want(self, missing: Iterable[int]) -> None:
        """These are in sight or near it; what is under way is not asked for again."""
        fresh = [ticket for ticket in missing if ticket not in self._asked]
        if fresh:
            self._wanted.update(fresh)
            self._asked.update(fresh)
            self._later.start()

    def settle(self) -> None:
        """An answer came: what is still missing may be asked for again."""
        self._asked.clear()

    def _ask(self) -> None:
        wanted, self._wanted = list(self._wanted), set()
        if wanted:
            self._call(wanted)
