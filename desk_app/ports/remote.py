"""A help desk server, as the sync engine needs it: read what changed, send a step, look for it.

Every adapter (`remote/*`) talks in these values and keeps its own ids, pages and sentences to
itself. All methods block on the network: call them on a worker, one at a time for each server
unless an adapter says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from desk_app.domain.directory import Directory
    from desk_app.domain.entry import Change, EntryKind
    from desk_app.domain.lifecycle import Action
    from desk_app.domain.outbox import Step
    from desk_app.domain.ticket import Referral, Source, Task
    from desk_app.ports.unit_of_work import AttachmentStore


# --- what is read ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a server can do, as far as the engine and the gate have to know."""

    safe_update: bool
    """It refuses a write if the ticket moved on since it was read (compare and set)."""
    safe_post: bool = False
    """The same for a text. Where it does not, the ticket is read just before, and what comes in
    between is answered unread."""
    sure_probe: bool
    """After a lost answer it can always be found out whether the step arrived."""
    actions: frozenset[Action]
    """Actions it knows at all."""
    fields: frozenset[str]
    """Fields of a ticket that it keeps (`domain.outbox.SENT_FIELDS`, `custom`, `task`)."""
    tells_people: bool = False
    """Its directory is as whole whenever it is asked, so that it is read again now and then. Where
    rights are learnt from tickets that happen to be there, see `ports.people_again`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteAgent:
    """Who is signed in."""

    key: str
    name: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemotePerson:
    """A requester, as the server has them."""

    name: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteTicket:
    """One ticket as it is on the server; keys are those of the server's directory."""

    id: str
    """Server's own id: never reused, never shown."""
    number: str
    """What people call it."""
    version: str
    """Another one after every change; '' where the answer does not tell."""
    subject: str
    requester: RemotePerson
    department: str
    status: str
    created_at: datetime
    updated_at: datetime
    born: datetime | None = None
    """When it was made, where that is exact and never changes: it tells tickets apart."""
    owner: str | None = None
    team: str | None = None
    priority: str = "normal"
    topic: str | None = None
    sla: str | None = None
    source: Source | None = None
    due_at: datetime | None = None
    """As set by a person or worked out by the server."""
    overdue_since: datetime | None = None
    """Since when the server calls it late, where it keeps a mark for that."""
    answered: bool | None = None
    """None: the server does not tell; it then follows from the thread."""
    last_message_at: datetime | None = None
    closed_at: datetime | None = None
    merged_into: str | None = None
    """Server's id of the other ticket."""
    links: tuple[str, ...] = ()
    """Server's ids."""
    referrals: tuple[Referral, ...] | None = None
    collaborators: tuple[RemotePerson, ...] | None = None
    """Of this, `source`, `watchers` and `referrals` None: untold. `muted`: who get no replies."""
    muted: tuple[RemotePerson, ...] | None = None
    watchers: tuple[RemotePerson, ...] | None = None
    tasks: tuple[Task, ...] = ()
    custom: tuple[tuple[str, str], ...] = ()
    steps: tuple[str, ...] | None = None
    """Statuses that the server offers this agent next; None: it was not asked."""
    blocked: str | None = None
    """The server's words why it cannot be closed now; '' if it can, None: it does not tell."""
    can: frozenset[Action] | None = None
    """Actions that the server offers this agent here; None: it does not tell."""
    untold: frozenset[str] = frozenset()
    """Fields that this answer leaves out: they stay as they are known."""

    @property
    def reading(self) -> dict[str, tuple[RemotePerson, ...]]:
        """Who reads along besides the requester, by the field; without what is untold."""
        found: dict[str, tuple[RemotePerson, ...]] = {}
        if self.collaborators is not None:
            found |= {"collaborators": self.collaborators, "muted": self.muted or ()}
        if self.watchers is not None:
            found["watchers"] = self.watchers
        return found


class GoneWhy(StrEnum):
    """Why a ticket is not there any more. Values are stored."""

    DELETED = "deleted"
    MERGED = "merged"
    UNSEEN = "unseen"
    """This agent may not see it (any more), or it never was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A ticket that cannot be read."""

    id: str
    why: GoneWhy
    into: str | None = None
    """Merged: server's id of the ticket that has its thread now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteFile:
    """A file of an entry; its bytes are fetched on their own."""

    id: str
    name: str
    mime_type: str
    size: int
    """Bytes, as the server says; 0 if it does not."""
    content_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteEntry:
    """One message, reply or note of a thread."""

    id: str
    """Server's id; a later entry has a later place in `thread`, not always a greater id."""
    kind: EntryKind
    at: datetime
    author_name: str
    author_email: str = ""
    agent: str | None = None
    html: str = ""
    """As the server has it, not cleaned; '' if it is plain text."""
    text: str = ""
    command: str = ""
    """Id of the command that wrote it, where its marker was found."""
    files: tuple[RemoteFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteEvent:
    """Something that happened to a ticket besides writing."""

    id: str
    at: datetime
    actor: str
    """Agent key; '' for the requester or the server itself."""
    action: str
    """By `domain.commands` names where one fits, such as `assign` or `set_status`."""
    changes: tuple[Change, ...] = ()
    """Of fields whose values mean the same here and there: not of links, merges or people."""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteThread:
    """A ticket's entries and events, oldest first."""

    version: str
    """The ticket's version that this is the thread of."""
    entries: tuple[RemoteEntry, ...]
    events: tuple[RemoteEvent, ...] = ()
    ticket: RemoteTicket | Gone | None = None
    """The ticket itself, where the same answer tells it whole, or that it is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPage:
    """Tickets that changed after a cursor."""

    cursor: str
    """Where to go on; opaque to everybody but the adapter."""
    tickets: tuple[str, ...]
    """Server's ids, each once, in the order of their last change on this page."""
    versions: Mapping[str, str] = field(default_factory=dict)
    """The version that the last change of each ticket made, where the feed tells it.

    A list of tickets does not, and times are kept to the second: what was written in the second of
    the change before would not be missed without it.
    """
    more: bool
    """Whether the next page may hold something already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which tickets a first sync brings."""

    owner: str | None = None
    """Only this agent's; None: everybody's."""
    departments: frozenset[str] | None = None
    open_only: bool = False
    changed_since: datetime | None = None
    not_owner: str | None = None
    """Without this agent's: those came before. A server that cannot leave them out brings them."""
    closed_only: bool = False
    """Without open ones, likewise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One page of a first sync."""

    tickets: tuple[RemoteTicket, ...]
    next_page: str | None
    """To be handed back for what follows; None: this was the last page."""
    total: int | None = None
    """How many there are in all, where the server tells."""


# --- what is sent ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """One step of a command, ready to go out."""

    command: str
    """The command's id: the marker that goes with an entry or a new ticket."""
    step: Step
    ticket: str = ""
    """Server's id; '' for a new ticket."""
    version: str = ""
    """The version it was decided on: the server is to refuse if it moved on, where it can."""
    requester: RemotePerson | None = None
    """Of a new ticket."""
    others: Mapping[int, str] = field(default_factory=dict)
    """Server's ids of the other tickets that a link or merge names by the desk's ids."""
    people: Mapping[int, RemotePerson] = field(default_factory=dict)
    """Those whom a change of requester, collaborators or watchers names by the desk's ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the server made of a step."""

    ticket: str
    """Server's id: of the new ticket, or of the one that was sent."""
    number: str = ""
    entry: str = ""
    """Server's id of the entry that was written."""
    version: str = ""
    """The ticket's version afterwards, where it is known."""


class RemoteServer(Protocol):
    """One server, signed in as one agent.

    Every method raises NotReachedError, ServerBusyError, SignInError or UnreadableAnswerError;
    `send` also NoAnswerError, MovedOnError and RefusedByServerError.
    """

    @property
    def capabilities(self) -> Capabilities: ...

    def sign_in(self) -> RemoteAgent:
        """Find out who the credentials belong to."""
        ...

    def directory(self) -> Directory:
        """Departments, agents, statuses, rights of the signed-in agent: what the gate asks."""
        ...

    def newest(self) -> str:
        """The cursor of this moment: `changes` after it tells what happens from now on."""
        ...

    def changes(self, cursor: str) -> FeedPage:
        """Tickets that changed after a cursor; everything, in order, nothing twice on a page."""
        ...

    def listing(self, wanted: Wanted, page: str | None = None) -> Listing:
        """Tickets, newest first: by last change, or by number where only that loses none.

        `page` is a listing's `next_page`.
        """
        ...

    def tickets(self, ids: Sequence[str]) -> list[RemoteTicket | Gone]:
        """These tickets as they are now, in this order; far fewer requests than ids.

        One that cannot be read is left out where others can: it comes again, by another list.
        """
        ...

    def ticket(self, ticket: str) -> RemoteTicket | Gone:
        """One ticket with its version and what may be done next."""
        ...

    def vanished(self, kept: Sequence[str]) -> list[RemoteTicket | Gone] | None:
        """Those of these tickets that are not to be found any more, each with why.

        What goes out of an agent's sight is in no feed. At most one request where all are there;
        never one for each. None: the server tells it in another way, or it is not the time to ask.
        """
        ...

    def thread(self, ticket: str, after: str = "") -> RemoteThread:
        """Entries and events after the one with this id; '' for all."""
        ...

    def file(self, file: str) -> bytes:
        """The bytes of a `RemoteFile`."""
        ...

    def send(self, sending: Sending, files: AttachmentStore) -> Receipt:
        """Carry out one step, at most once. A refusal is found by reading back if need be."""
        ...

    def close(self) -> None:
        """Break off the request under way, from any thread, and let go of connections.

        What is broken off fails as if the line had dropped; the next request opens a new one.
        """
        ...

    def probe(self, sending: Sending) -> Receipt | None:
        """Look whether a step whose answer was lost arrived after `sending.version`.

        Returns the receipt if it did, None if it is not there: a server that is still at work on
        it may have it later. Of a change that arrived, a comment that did not is written now.

        Raises:
            NoAnswerError: the server cannot tell.
            RefusedByServerError: it arrived but for what is in `refused`.
        """
        ...
