"""Who is at a ticket on the server: told, waited for, and taken only with leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What came of wanting to hold a ticket."""

    held: bool
    by: str = ""
    """Name of somebody else who has it; '' for nobody."""
    seconds: float = 0.0
    """After so long it ends by itself."""


@runtime_checkable
class HoldsTickets(Protocol):
    """A `RemoteServer` that keeps others from writing in a ticket that somebody is at.

    All of it blocks on the network; ids are the server's.
    """

    def holder(self, ticket: str) -> str:
        """Name of somebody else who is at the ticket; '' for nobody. Takes nothing."""
        ...

    def hold(self, ticket: str) -> Holding:
        """Hold it, or go on holding it; never taken from anybody."""
        ...

    def release(self, ticket: str) -> None:
        """Hold it no longer."""
        ...


def holds_tickets(server: object) -> HoldsTickets | None:
    return server if isinstance(server, HoldsTickets) else None
