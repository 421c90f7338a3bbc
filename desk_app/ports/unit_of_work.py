"""Writing a desk: one transaction at a time, all or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from desk_app.ports.naming import Naming
from desk_app.ports.workload import WorkloadWriter

if TYPE_CHECKING:
    from datetime import datetime
    from types import TracebackType

    from desk_app.domain.commands import Command
    from desk_app.domain.directory import Directory
    from desk_app.domain.draft import Draft, DraftKey
    from desk_app.domain.entry import Attachment, Entry, Event
    from desk_app.domain.intake import UnfinishedImport
    from desk_app.domain.mirror import Base
    from desk_app.domain.outbox import OutboxItem
    from desk_app.domain.people import Requester
    from desk_app.domain.ticket import EntryId, Ticket, TicketId


class Changes(NamedTuple):
    """What a commit touched, so that each screen knows whether it is concerned."""

    tickets: frozenset[int] = frozenset()
    """Whose fields, thread, history or agents' marks changed: queues may hold other tickets now."""
    marks: frozenset[int] = frozenset()
    """Whose signs in the queue changed (a draft, a read mark), and nothing else of theirs."""
    drafts: bool = False
    directory: bool = False
    searches: bool = False
    outbox: bool = False
    """What waits for the server, or how the desk stands with it."""
    queues: bool = False
    """What the server said of its own queues."""
    availability: bool = False
    """Somebody's working time: capacity, absence, substitute."""
    everything: bool = False
    """Another process wrote, or too much at once to name."""


class AgentsOwn(Protocol):
    """What is the agents' own in a transaction: what they typed, read, searched for, set aside."""

    def draft(self, key: DraftKey) -> Draft | None:
        """The newest version, if the draft is open."""
        ...

    def save_draft(self, draft: Draft, at: datetime) -> None:
        """Add a version; the newest is what the composer shows."""
        ...

    def close_draft(self, key: DraftKey, at: datetime) -> None:
        """The text was sent or thrown away: the draft is empty, its versions stay 30 days."""
        ...

    def mark_read(self, agent: str, ticket: TicketId, entry: EntryId) -> None: ...

    def snooze(self, agent: str, ticket: TicketId, until: datetime | None, at: datetime) -> None:
        """Keep a ticket out of the agent's queues of open work until then; None: no longer.

        A message of the requester ends it for every agent.
        """
        ...

    def follow(self, agent: str, ticket: TicketId, at: datetime, *, on: bool = True) -> None:
        """List a ticket among those that the agent follows, or no longer."""
        ...

    def save_search(self, search_id: int, name: str, text: str) -> None: ...

    def delete_search(self, search_id: int) -> None: ...

    def keep_aside(self, origin: str, reason: str, detail: str, sha256: str | None) -> None:
        """List something that could not be taken in, with its bytes if there are any.

        The same thing, kept aside again for the same reason, stays one line of the list.
        """
        ...

    def save_import(self, unfinished: UnfinishedImport) -> None:
        """Keep how far an import came, in the place of what was kept of it before."""
        ...

    def forget_import(self, key: str) -> None:
        """It is done, or the rest of it is not wanted."""
        ...

    def forget_aside(self, kept: int) -> None:
        """Take a line off that list; its bytes stay."""
        ...


class ThreadOrder(Protocol):
    """What is done last stands last, whatever the clock says."""

    def newest_in(self, ticket: TicketId) -> tuple[int, int]:
        """The greatest ids of its entries and of its events, those taken back too."""
        ...

    def free_number(self, number: int) -> int:
        """This number, or the next that no entry has as its id."""
        ...


class UnitOfWork(AgentsOwn, WorkloadWriter, ThreadOrder, Naming, Protocol):
    """One transaction: what was not committed when the block ends never happened."""

    def __enter__(self) -> UnitOfWork: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def directory(self) -> Directory: ...

    def ticket(self, ticket: TicketId) -> Ticket:
        """Raise NotFoundError if there is none."""
        ...

    def requester(self, requester: int) -> Requester: ...

    def open_children(self, ticket: TicketId) -> tuple[str, ...]:
        """Numbers of open tickets that were merged into this one."""
        ...

    def has_command(self, command_id: str) -> bool:
        """Whether a command with this id was carried out before."""
        ...

    def has_number(self, number: str) -> bool:
        """Whether a ticket has this number."""
        ...

    def next_number(self) -> str | None:
        """A number that no ticket has; None where a server gives the numbers."""
        ...

    def save(self, ticket: Ticket, *, new: bool = False) -> None: ...

    def record(self, command: Command, event: Event) -> None:
        """Keep the command and what it did."""
        ...

    def post(self, event: Event, entry: Entry | None = None, start: Ticket | None = None) -> None:
        """Put what an agent did into the outbox, if this desk has a server to tell.

        `entry` is what was written with it, `start` the ticket that it made.
        """
        ...

    def item_of(self, event: int) -> OutboxItem | None:
        """The outbox's item of an event, settled or not; None: it never was for a server."""
        ...

    def standing(self, event: Event) -> OutboxItem | None:
        """The item by which an event stands as it does: its own, or that of its last redoing.

        None: it never was for a server, or nothing of it is left.
        """
        ...

    def base(self, ticket: TicketId) -> Base | None:
        """What the server last said of a ticket; None: it is known here alone."""
        ...

    def without(self, item: OutboxItem) -> Ticket | None:
        """The ticket as the server has it with all that waits but this item; None: it has none."""
        ...

    def save_item(self, item: OutboxItem) -> None: ...

    def add_entry(self, entry: Entry) -> None: ...

    def withdraw_entry(self, entry: EntryId, *, back: bool = False) -> Entry:
        """Take an entry out of the thread (or put it back); its text stays in the desk."""
        ...

    def mark_undone(self, event: int, *, undone: bool = True) -> None: ...

    def event(self, event: int) -> Event: ...

    def latest_by(self, agent: str, ticket: TicketId) -> list[Event]:
        """What this agent and no other did since another agent did something, newest first."""
        ...

    def find_requester(self, email: str) -> Requester | None: ...

    def save_requester(self, requester: Requester) -> None: ...

    def commit(self) -> Changes: ...


class UnitsOfWork(Protocol):
    """Opens transactions on one desk."""

    def __call__(self) -> UnitOfWork: ...


class AttachmentStore(Protocol):
    """Bytes by their SHA-256, each kept once; written before the row that names them."""

    def add(self, data: bytes, *, name: str, mime_type: str) -> Attachment: ...

    def add_file(self, path: str, *, limit: int) -> Attachment:
        """Copy a file in; raise AttachmentTooLargeError or FileUnreadableError."""
        ...

    def read(self, attachment: Attachment) -> bytes:
        """Raise AttachmentMissingError if the bytes are not there or not the same."""
        ...

    def save_copy(self, attachment: Attachment, target: str) -> None: ...

    def save_new(self, attachment: Attachment, folder: str, *, read_only: bool = False) -> str:
        """Copy into a folder under a safe name, `a (2).txt` if it is taken; return the path."""
        ...
