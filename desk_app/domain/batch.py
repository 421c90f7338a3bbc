"""What was done to many tickets at once, so that it can be taken back at once, also days later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from desk_app.domain.entry import Event

KEPT = 50
"""Batches of each agent that are remembered as such; each ticket's own history stays for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Events of one transaction that stand, in the order in which they happened."""

    events: tuple[Event, ...]

    @property
    def newest(self) -> int:
        """The id that tells batches apart."""
        return max(event.id for event in self.events)

    @property
    def at(self) -> datetime:
        return max(event.at for event in self.events)

    @property
    def tickets(self) -> frozenset[int]:
        return frozenset(event.ticket for event in self.events)
