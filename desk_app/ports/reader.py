"""Reading a desk. Every method blocks on the disk: call it on a worker, never on the GUI thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from desk_app.domain.named import NOBODY, Named
from desk_app.ports.outbox_reader import OutboxReader
from desk_app.ports.workload import WorkloadReader

if TYPE_CHECKING:
    from array import array
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from desk_app.domain.directory import Directory
    from desk_app.domain.draft import Draft, DraftKey
    from desk_app.domain.entry import Entry, Event
    from desk_app.domain.filters import QueueFilter, QueueRow, SavedSearch, Scope, SortKey
    from desk_app.domain.intake import KeptAside, UnfinishedImport
    from desk_app.domain.people import Requester
    from desk_app.domain.server_queue import QueueStanding, ServerQueues
    from desk_app.domain.ticket import EntryId, Ticket, TicketId


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketPage:
    """One ticket with the newest part of its thread, read in one go."""

    ticket: Ticket
    requester: Requester
    entries: tuple[Entry, ...]
    """Oldest first; merged tickets' entries among them."""
    earlier: int
    """How many older entries were left out."""
    unread: bool = False
    """Whether there are no entries because its server's were never read here."""
    events: tuple[Event, ...]
    named: Named = NOBODY
    """How people and tickets are called that the events name."""
    due_at: datetime | None
    open_children: tuple[str, ...]
    numbers: Mapping[TicketId, str]
    """Numbers of linked, merged and absorbed tickets."""
    seen: EntryId | None
    """The newest entry that this agent had seen before; None: never opened."""
    snoozed_until: datetime | None = None
    """Until when this agent put it off; that may be over."""
    followed: bool = False
    """Whether this agent follows it."""
    drafts: tuple[DraftKey, ...] = ()
    collaborators: tuple[Requester, ...] = ()
    """The people of the ticket's `collaborators`, in their order."""
    watchers: tuple[Requester, ...] = ()
    """Those of its `watchers`."""
    pictures_from: frozenset[int] = frozenset()
    """Requesters in this thread whose pictures on other machines may always be loaded."""


class TicketReader(OutboxReader, WorkloadReader, Protocol):
    """A desk, read only. Ids rise with time; rows are what a queue shows."""

    def directory(self) -> Directory: ...

    def scope(self, agent: str) -> Scope:
        """What an agent may see, without reading the whole directory; nothing if unknown."""
        ...

    def queue_ids(self, wanted: QueueFilter, order: SortKey) -> array[int]:
        """All ids in order. A text search gives the newest 10,000 hits."""
        ...

    def queue_head(
        self,
        wanted: QueueFilter,
        order: SortKey,
        *,
        agent: str,
        limit: int,
        quick: bool = False,
    ) -> list[QueueRow]:
        """The first rows alone: under a millisecond where the order has an index.

        With `quick` a search looks at its newest hits only, for a screen that `queue_ids` will
        put right.
        """
        ...

    def rows(self, ids: Sequence[int], *, agent: str) -> dict[int, QueueRow]:
        """Rows by id, in no order; ids that are gone are left out."""
        ...

    def counts(self, wanted: Mapping[str, QueueFilter]) -> dict[str, int]: ...

    def find_ticket(self, number: str) -> TicketId | None: ...

    def ticket(self, ticket: TicketId) -> Ticket:
        """Raise NotFoundError if there is none."""
        ...

    def page(self, ticket: TicketId, *, agent: str, entries: int) -> TicketPage:
        """Raise NotFoundError if there is none."""
        ...

    def find_event(self, ticket: TicketId, *, actor: str, redo: bool = False) -> Event | None:
        """The actor's newest event that can be taken back; with `redo`, the newest taking-back."""
        ...

    def requester(self, requester: int) -> Requester: ...

    def find_requesters(self, text: str, *, limit: int) -> list[Requester]: ...

    def draft(self, key: DraftKey) -> Draft | None: ...

    def drafts(self) -> list[Draft]:
        """The newest version of every draft, newest first."""
        ...

    def draft_versions(self, key: DraftKey) -> list[Draft]:
        """Every version of the last 30 days, newest first, of sent texts too."""
        ...

    def entry(self, entry: EntryId) -> Entry: ...

    def known_message(self, message_ids: Sequence[str]) -> TicketId | None:
        """The ticket that holds the first of these Message-IDs that is known."""
        ...

    def kept_aside(self, *, limit: int) -> list[KeptAside]:
        """What could not be taken in, newest first."""
        ...

    def unfinished_imports(self) -> list[UnfinishedImport]:
        """Imports that did not come to their end, whatever stopped them."""
        ...

    def woken(self, agent: str, *, after: datetime, until: datetime) -> list[Ticket]:
        """What the agent had snoozed until a moment after the one and not after the other."""
        ...

    def saved_searches(self) -> list[SavedSearch]: ...

    def server_queues(self) -> ServerQueues | None:
        """The server's own queues as they were last told; None: they never were."""
        ...

    def queue_standing(self, queue: str) -> QueueStanding | None:
        """What is known of one of them; None: nobody asked what is in it."""
        ...

    def version(self) -> int:
        """Changes whenever any process committed to the desk."""
        ...

    def close(self) -> None: ...
