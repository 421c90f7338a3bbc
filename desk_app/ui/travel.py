"""Where one has been: back and forward, as in a browser."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desk_app.domain.ticket import TicketId
    from desk_app.ui.queue_controller import Shown

_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Stop:
    """What was on screen."""

    shown: Shown
    ticket: TicketId | None


class Travel:
    """The stops so far, and which of them is on screen."""

    def __init__(self) -> None:
        self._stops: list[Stop] = []
        self._here = -1

    def visit(self, stop: Stop) -> None:
        """Something else is on screen; what lay ahead is forgotten."""
        if self._here >= 0 and self._stops[self._here] == stop:
            return
        self._stops = [*self._stops[: self._here + 1], stop][-_LONGEST:]
        self._here = len(self._stops) - 1

    def step(self, by: int) -> Stop | None:
        """Go back (-1) or forward (1); None at either end."""
        if not 0 <= self._here + by < len(self._stops):
            return None
        self._here += by
        return self._stops[self._here]
