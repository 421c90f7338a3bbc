"""A desk that is tied to a server: whose account it is, and what the server last said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from desk_app.domain.canned import FilledText
from desk_app.domain.changes import with_value
from desk_app.domain.outbox import NEEDS_YOU, SETTLED, OutboxState
from desk_app.domain.ticket import State, Ticket, TicketId

if TYPE_CHECKING:
    from collections.abc import Iterable

    from desk_app.domain.outbox import OutboxItem


_MINE = 1 << 50


class AccountState(StrEnum):
    """Whether an account talks to its server. Values are stored."""

    ON = "on"
    OFFLINE = "offline"
    """The agent wants to work offline."""
    SIGNED_OUT = "signed_out"
    """The server refused the credentials: nothing is tried until new ones are given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """What a sign-in told of a server: shown with its desk, and asked of nobody's memory."""

    at: datetime
    product: str = ""
    """As people call it."""
    version: str = ""
    """'' if it does not tell."""
    safe_update: bool = False
    safe_post: bool = False
    sure_probe: bool = False
    """All three as in `ports.remote.Capabilities`."""
    actions: tuple[str, ...] = ()
    """Codes of the actions that it knows at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One agent's place on one server. The secret is in the keyring, by `url` and `user`."""

    kind: str
    """`rt` or `osticket`."""
    url: str
    user: str
    """The name to sign in with."""
    agent: str = ""
    """The agent's key in the directory; '' before the first sign-in."""
    state: AccountState = AccountState.ON
    cursor: str = ""
    """Where the change feed goes on; '' before the first sync."""
    page: str | None = ""
    """Where the first sync goes on; None: it is done."""
    looked_at: int = 0
    """The desk's id of the ticket up to which it was looked whether all are still in sight."""
    looked_at_closed: int = 0
    """The same of closed tickets, which are gone through more slowly."""
    synced_at: datetime | None = None
    """When the last whole round ended."""
    people_at: datetime | None = None
    """When people, departments and rights were read."""
    problem: str = ""
    """Code of what went wrong in the last round; '' if nothing did."""
    detail: str = ""
    certificates: str = ""
    """Path of a file of further certificate authorities; '' for the system's alone."""
    keep_days: int = 90
    """The first sync brings closed tickets that changed within so many days."""
    keep_departments: tuple[str, ...] = ()
    """The first sync brings these departments' tickets, and one's own; () for all of them."""
    keep_files: int = 2_000_000
    """Bytes of a file that comes with its thread; a larger one is fetched when it is asked for."""
    reason_field: str = ""
    """Name of the server's extra field that says why a ticket was late; '': a note does."""
    learnt: Learnt | None = None
    """None: no sign-in has told yet, or an earlier version made this desk."""


THREAD_OLD = "?"
"""No version of any server's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """What the server last said of one ticket."""

    ticket: Ticket
    """With the desk's ids."""
    born: datetime | None = None
    """When it was made by the server's word, where that tells tickets of one number apart."""
    remote: str = ""
    """Server's id; '' while the ticket is known here alone."""
    version: str = ""
    """'' when it has to be read again."""
    thread: str = ""
    """Version whose thread was read; `THREAD_OLD` where it is older and no version tells so."""
    newest: str = ""
    """Server's id of the newest entry that was read."""
    heard: int = 0
    """How many entries were read that this desk did not write."""
    steps: tuple[str, ...] | None = None
    """Statuses that the server offers next; None: not asked."""
    canned: tuple[FilledText, ...] = ()
    """The server's canned responses that were read for this ticket."""
    gone: str = ""
    """Why it cannot be read any more (`ports.remote.GoneWhy`); '' if it can."""

    @property
    def is_stale(self) -> bool:
        """Whether the thread may be older than the ticket."""
        return bool(self.remote) and not self.gone and self.thread != (self.version or None)

    def thread_after(self, custom: tuple[tuple[str, str], ...]) -> str:
        """What `thread` is once the extra fields hold this.

        A version need not tell of them, and who changed them stands in the thread.
        """
        return THREAD_OLD if self.thread and custom != self.ticket.custom else self.thread

    def filled(self, key: str) -> FilledText | None:
        """A canned response of the server's, as it was read last; None if it never was."""
        return next((one for one in self.canned if one.key == key), None)

    def rank(self, agent: str) -> int:
        """How soon the thread is to be read, in ms since 1970 and more; 0: when it is asked for.

        Own tickets first, then the newest; of closed ones only what was read before.
        """
        ticket = self.ticket
        if not self.is_stale or not (ticket.state is State.OPEN or self.thread):
            return 0
        mine = _MINE if ticket.owner == agent else 0
        return mine + max(1, int(ticket.updated_at.timestamp() * 1000))


def project(base: Ticket, items: Iterable[OutboxItem]) -> Ticket:
    """The ticket as the agent sees it: what the server has, with what is not settled on top."""
    ticket = base
    for item in sorted(items, key=lambda item: item.seq):
        if item.is_open:
            ticket = with_changes(ticket, item)
    return ticket


def with_changes(ticket: Ticket, item: OutboxItem) -> Ticket:
    """The ticket with every change of one item, those that follow from others too."""
    for change in item.event.changes:
        ticket = with_value(ticket, change.field, change.new)
    return ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncCounts:
    """What a status line says of one account."""

    waiting: int = 0
    needs_you: int = 0

    @classmethod
    def of(cls, states: Iterable[OutboxState]) -> SyncCounts:
        listed = [state for state in states if state not in SETTLED]
        needs = sum(state in NEEDS_YOU for state in listed)
        return cls(waiting=len(listed) - needs, needs_you=needs)


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncLine:
    """One line of the sync log: a request or a decision, without secrets and without texts."""

    id: int
    at: datetime
    ticket: TicketId | None
    number: str
    what: str
    """A code, such as `send`, `probe`, `pull`, `park`."""
    outcome: str
    """A code, such as `accepted` or `not_reached`."""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncReport:
    """What one round of the engine did."""

    settled: int = 0
    """Commands that the server has accepted."""
    taken: int = 0
    """Tickets that came from the server."""
    waiting: int = 0
    needs_you: int = 0
    problem: str = ""
    """Code of what stopped the round; '' if it went through."""
    detail: str = ""
    wait_s: float = 0.0
    """For so many seconds the server wants to be left alone; 0 where it did not say."""
    at_work_s: float = 0.0
    """So long the server may yet be at work on what it gave no answer to; 0: on nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Something that is not the same here and on the server, found by comparing both."""

    kind: str
    """`field`, `entry`, `not_here` (the server has the ticket), `not_there` (or not any more)."""
    remote: str
    """Server's id of the ticket."""
    number: str = ""
    ticket: TicketId | None = None
    """None: the desk does not have it."""
    field: str = ""
    """Of a ticket; for an entry the server's id of it."""
    here: object = None
    there: object = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What comparing a desk with its server found."""

    tickets: int
    """Compared."""
    entries: int
    """Compared."""
    differences: tuple[Difference, ...] = ()
    unsettled: int = 0
    """Tickets with unsent work: what the server last said of them was compared, not that."""
