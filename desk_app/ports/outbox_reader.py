"""Reading what waits for a server. Every method blocks on the disk: call it on a worker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from desk_app.domain.named import NOBODY, Named
from desk_app.ports.naming import Naming

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from desk_app.domain.asked import RequestLine
    from desk_app.domain.mirror import Account, Base, SyncCounts, SyncLine
    from desk_app.domain.outbox import OutboxItem, OutboxState
    from desk_app.domain.ticket import EntryId, TicketId


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """One command on its way, with what a screen says of its ticket."""

    item: OutboxItem
    number: str | None
    """None: the ticket was made here and the server has not given it one."""
    subject: str
    owner_now: str | None
    """Agent key, as the ticket is shown here."""
    after: int | None = None
    """`seq` of the item of the same ticket that goes out before it."""
    named: Named = NOBODY
    """How people and tickets are called that it names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncStatus:
    """How a desk stands with its server."""

    account: Account
    counts: SyncCounts
    tickets: int
    """Tickets that came from the server and are still there."""
    next_try: datetime | None = None
    """When the first of what waits is tried again; None: with the next round."""
    held_until: datetime | None = None
    """When the first reply leaves that may still be taken back."""
    ready: int = 0
    """How many wait for nothing but the next round."""
    behind: int = 0
    """Tickets whose thread is still to be read."""


class OutboxReader(Naming, Protocol):
    """What a desk keeps for its server, and what was said."""

    def account(self) -> Account | None:
        """None: this desk has no server."""
        ...

    def sync_status(self) -> SyncStatus | None:
        """None: this desk has no server."""
        ...

    def outbox(self, ticket: TicketId | None = None) -> list[OutboxRow]:
        """What is not settled, in the order it was done; of one ticket, or of all."""
        ...

    def outbox_row(self, seq: int) -> OutboxRow:
        """One item, settled or not; raise NotFoundError if there is none."""
        ...

    def unsettled(self, tickets: Sequence[TicketId]) -> dict[TicketId, OutboxState]:
        """Where these tickets' lines stand, of those that have one: what needs the agent first."""
        ...

    def unsettled_entries(self, ticket: TicketId) -> dict[EntryId, OutboxItem]:
        """What was written in a ticket and is not settled, by the entry."""
        ...

    def base(self, ticket: TicketId) -> Base | None:
        """What the server last said of a ticket; None: it is known here alone."""
        ...

    def sync_log(self, *, limit: int, ticket: TicketId | None = None) -> list[SyncLine]:
        """The newest lines, newest first; of one ticket, or of all."""
        ...

    def sync_requests(self, *, limit: int) -> list[RequestLine]:
        """What the server was asked last, newest first."""
        ...
