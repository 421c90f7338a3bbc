"""The queues that a server keeps itself: what it said of them, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerQueue:
    """One of them."""

    id: str
    """Server's own."""
    name: str
    parent: str = ""
    """Id of the queue that it stands under; '' at the top."""
    count: int | None = None
    """How many tickets are in it; None: the server does not tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerQueues:
    """All that the server showed this agent, parents before what stands under them."""

    queues: tuple[ServerQueue, ...]
    at: datetime
    """When it did."""

    def above(self, queue: ServerQueue) -> list[ServerQueue]:
        """Those it stands under, the nearest first."""
        by_id = {one.id: one for one in self.queues}
        found: list[ServerQueue] = []
        while queue.parent in by_id and by_id[queue.parent] not in found:
            queue = by_id[queue.parent]
            found.append(queue)
        return found

    def path(self, queue: ServerQueue) -> str:
        """The name with those it stands under: two may have the same one."""
        return " / ".join(one.name for one in reversed([queue, *self.above(queue)]))


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueTickets:
    """What was in one of them."""

    queue: str
    """Id of the queue."""
    tickets: tuple[str, ...]
    """Server's ids."""
    at: datetime
    """When the server said so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueStanding:
    """How much of what the server named is on the desk."""

    at: datetime
    """When it named them."""
    named: int
    here: int
