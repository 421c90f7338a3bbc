"""A desk that mirrors a server: one transaction of the sync engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from desk_app.ports.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from desk_app.domain.asked import RequestLine
    from desk_app.domain.directory import Directory
    from desk_app.domain.entry import Attachment, Change, Entry, Event
    from desk_app.domain.mirror import Account, Base, SyncLine
    from desk_app.domain.outbox import OutboxItem
    from desk_app.domain.people import Requester
    from desk_app.domain.server_queue import QueueTickets, ServerQueues
    from desk_app.domain.ticket import EntryId, Ticket, TicketId
    from desk_app.ports.unit_of_work import Changes


class Outbox(Protocol):
    """The outbox's rows in a transaction."""

    def account(self) -> Account | None:
        """None: this desk has no server."""
        ...

    def save_account(self, account: Account) -> None: ...

    def items(self, ticket: TicketId | None = None) -> list[OutboxItem]:
        """What is not settled, in order; of one ticket, or of all."""
        ...

    def heads(self, ticket: TicketId | None = None) -> list[OutboxItem]:
        """The first that is not settled of each ticket's line, in the order they were done."""
        ...

    def item(self, seq: int) -> OutboxItem:
        """Raise NotFoundError if there is none."""
        ...

    def item_of(self, event: int) -> OutboxItem | None:
        """The item of an event, settled or not."""
        ...

    def beside(self, item: OutboxItem) -> list[OutboxItem]:
        """All of its ticket's line, itself too, in order; what is settled as well."""
        ...

    def save_item(self, item: OutboxItem) -> None:
        """Write what may change of an item: its state, and what goes with it."""
        ...

    def change_event(self, event: Event) -> None:
        """Write an event anew: what an unsent command changes was decided otherwise."""
        ...


class MirroredPages(Protocol):
    """What a transaction reads and writes a whole page at a time."""

    def mirror(self, told: Iterable[tuple[Base, Ticket]]) -> None:
        """Write what the server said of tickets, and each as the agent shall see it.

        A ticket that is not here yet is added; a number that one of these has is taken from any
        other ticket. A page costs few statements more than one ticket.
        """
        ...

    def items_of(self, tickets: Collection[TicketId]) -> dict[TicketId, list[OutboxItem]]:
        """What is not settled of these tickets, in order; those with nothing are left out."""
        ...

    def requesters_by(self, emails: Collection[str]) -> dict[str, Requester]:
        """Those that are known, by their address as it is asked for; letters' case is no matter."""
        ...

    def save_requesters(self, requesters: Sequence[Requester]) -> None:
        """Add them, or give those with the same id these values; their tickets show the names."""
        ...


class SyncLogRows(Protocol):
    """The sync log in a transaction."""

    def log(self, lines: Iterable[SyncLine]) -> None:
        """Add to the sync log; the newest 10,000 lines are kept."""
        ...

    def log_requests(self, lines: Sequence[RequestLine]) -> None:
        """Add to the sync log what a server was asked; the newest 10,000 are kept."""
        ...


class ServerQueueRows(Protocol):
    """The queues that the server keeps itself, as it told of them."""

    def keep_queues(self, queues: ServerQueues) -> None:
        """Put the server's own queues in the place of those that are kept."""
        ...

    def keep_queue_tickets(self, told: QueueTickets) -> None:
        """Keep which tickets are in one of them."""
        ...


class SyncUnit(UnitOfWork, Outbox, MirroredPages, SyncLogRows, ServerQueueRows, Protocol):
    """All that a round of the engine writes, in one transaction at a time."""

    def __enter__(self) -> SyncUnit: ...

    def base(self, ticket: TicketId) -> Base | None: ...

    def bases(self, remote: Sequence[str]) -> dict[str, Base]:
        """By the server's ids."""
        ...

    def save_base(self, base: Base) -> None: ...

    def stale_threads(self, limit: int) -> list[Base]:
        """Tickets whose thread is older than they are: own first, then the newest."""
        ...

    def known(self, remote: Sequence[str]) -> dict[str, int]:
        """Entries and events of the desk by the server's ids."""
        ...

    def know(self, remote: str, local: int) -> None:
        """Note which entry or event of the desk the server calls so."""
        ...

    def entry_by(self, ticket: TicketId, command: str) -> EntryId | None:
        """The entry that a command of this desk wrote."""
        ...

    def did(self, ticket: TicketId, command: str) -> bool:
        """Whether a command of this desk changed this ticket."""
        ...

    def done_here(self, ticket: TicketId, actor: str) -> list[Change]:
        """What this desk's own commands of an agent changed of a ticket."""
        ...

    def newest_told(self, ticket: TicketId) -> int:
        """Id of the newest event of a ticket that the server told; 0 if there is none."""
        ...

    def add_event(self, event: Event) -> None:
        """Add to a ticket's history what happened on the server."""
        ...

    def free_entry(self, number: int) -> EntryId:
        """This id, or the next that no entry has."""
        ...

    def settle_entry(self, entry: EntryId, at: datetime, after: int) -> EntryId:
        """Give an entry that the server has now the server's time, and a place after another.

        Returns its id, which is a new one where the old one was not greater than `after`.
        """
        ...

    def keep_directory(self, directory: Directory, lifecycle_text: str) -> None:
        """Put the server's directory in the place of the one that is there, if it differs.

        `lifecycle_text` is the file that its lifecycle was loaded from.
        """
        ...

    def mark_reason_field(self, name: str) -> None:
        """Note in the directory which extra fields say why a ticket was late; '' for none.

        What stands in them already, and what was told of who wrote it there, counts as well.
        """
        ...

    def all_bases(self, *, after: int, limit: int) -> list[Base]:
        """What the server said of its tickets, by the desk's ids, after one of those."""
        ...

    def open_bases(self, *, after: int, limit: int) -> list[Base]:
        """Of open tickets, by the desk's ids, after one of those.

        Those that are gone are left out, unless they are still shown and need not be any more.
        """
        ...

    def closed_bases(self, *, after: int, limit: int) -> list[Base]:
        """The same of closed tickets; those that were merged or deleted are left out."""
        ...

    def remote_file(self, entry: EntryId, name: str) -> tuple[int, str] | None:
        """Place and server's id of a file whose bytes are not here; None if there is none."""
        ...

    def fill_file(self, entry: EntryId, position: int, file: Attachment) -> None:
        """The bytes of a file have come."""
        ...

    def save(self, ticket: Ticket, *, new: bool = False) -> None: ...

    def withdraw_entry(self, entry: EntryId, *, back: bool = False) -> Entry: ...

    def commit(self) -> Changes: ...


class SyncUnits(Protocol):
    """Opens the engine's transactions on one desk."""

    def __call__(self) -> SyncUnit: ...
