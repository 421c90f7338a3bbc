"""Queues that a server keeps itself, each with tickets that only it can name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from desk_app.domain.server_queue import ServerQueue


@runtime_checkable
class HasQueues(Protocol):
    """A `RemoteServer` with queues of its own. All of it blocks on the network."""

    def queues(self) -> list[ServerQueue]:
        """Those that it shows this agent, with how many tickets each holds; a request or two."""
        ...

    def queue_tickets(self, queue: str) -> list[str]:
        """Server's ids of all tickets in one of them.

        Raises:
            RemoteError: `UnreadableAnswerError` where there is no such queue (any more).
        """
        ...


def has_queues(server: object) -> HasQueues | None:
    return server if isinstance(server, HasQueues) else None
