"""A stock osTicket behind the port: the agent's own session on the staff panel."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from desk_app.domain.entry import EntryKind
from desk_app.domain.lifecycle import Action
from desk_app.domain.outbox import SENT_FIELDS, Edit, NewTicket, Post
from desk_app.ports.remote import Capabilities, Gone, GoneWhy, Receipt, RemoteThread
from desk_app.ports.remote_errors import MovedOnError, NoAnswerError, UnreadableAnswerError
from desk_app.remote.osticket.clock import DatabaseClock
from desk_app.remote.osticket.edits import Edits
from desk_app.remote.osticket.exports import Exports, within
from desk_app.remote.osticket.feed import Cursor, Feed
from desk_app.remote.osticket.holds import Holds
from desk_app.remote.osticket.late import LateMark
from desk_app.remote.osticket.locks import Locks
from desk_app.remote.osticket.people import People
from desk_app.remote.osticket.persons import Persons
from desk_app.remote.osticket.posting import Posting
from desk_app.remote.osticket.queues import ListsQueues
from desk_app.remote.osticket.rights import TellsRights
from desk_app.remote.osticket.signed_in import HoldsTickets, SignedIn
from desk_app.remote.osticket.statuses import DELETED
from desk_app.remote.osticket.tickets import Seen, Tickets

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from desk_app.domain.canned import FilledText
    from desk_app.domain.lifecycle import Lifecycle
    from desk_app.ports.remote import FeedPage, Listing, RemoteAgent, RemoteTicket, Sending, Wanted
    from desk_app.ports.unit_of_work import AttachmentStore
    from desk_app.remote.osticket.session import PanelSession

_LATE = timedelta(minutes=10)
"""So long before the cursor a new ticket is looked for: this machine's clock may be wrong."""
_NOT_HERE = frozenset({Action.RESTORE})


class OsTicketServer(HoldsTickets, ListsQueues, TellsRights, SignedIn):
    """`RemoteServer` of one agent; one request at a time."""

    def __init__(
        self,
        session: PanelSession,
        template: Lifecycle,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        pause: Callable[[float], None] | None = None,
    ) -> None:
        """`template`: osTicket's rules; its statuses are replaced by the server's own."""
        super().__init__(session)
        self._now = now
        clock = DatabaseClock()
        self._exports = Exports(session) if pause is None else Exports(session, pause)
        persons = Persons(session)
        self._tickets = Tickets(session, self._exports, clock, persons)
        self._people = People(session, template)
        self._feed = Feed(self._exports, self._tickets, clock, now=self._server_time)
        locks = Locks(session)
        self._tickets.kept = locks.kept
        self._holds = Holds(session, locks, lambda: self._tickets.names)
        self._posting = Posting(session, self._tickets, locks, self._people, persons)
        late = LateMark(session, self._tickets, self._server_time)
        self._edits = Edits(session, self._tickets, locks, self._posting, late)
        self._seen: dict[str, Seen] = {}
        """What was read in this round: asking for its thread then costs nothing."""
        self.capabilities = Capabilities(
            safe_update=False,
            sure_probe=True,
            actions=frozenset(Action) - _NOT_HERE,
            fields=SENT_FIELDS | {"custom", "task"},
        )

    # --- reading ---------------------------------------------------------------------------

    def sign_in(self) -> RemoteAgent:
        return self._people.me()

    def canned_text(self, ticket: str, key: str) -> FilledText:
        """A canned response with its variables filled in by the server, as HTML."""
        return self._people.canned_text(ticket, key, self._tickets.links)

    def vanished(self, kept: Sequence[str]) -> None:
        """The feed compares all open tickets with what an export lists."""

    def newest(self) -> str:
        self._known()
        return self._feed.newest()

    def changes(self, cursor: str) -> FeedPage:
        self._known()
        self._seen.clear()
        return self._feed.changes(cursor)

    def listing(self, wanted: Wanted, page: str | None = None) -> Listing:
        self._known()
        return self._feed.listing(wanted, self._people.me_key, page)

    def tickets(self, ids: Sequence[str]) -> list[RemoteTicket | Gone]:
        self._known()
        found: list[RemoteTicket | Gone] = []
        failed: list[UnreadableAnswerError] = []
        for ticket in ids:
            try:
                found.append(self._feed.row(ticket) or self._look(ticket))
            except UnreadableAnswerError as error:  # the others are to come all the same
                failed.append(error)
                self._feed.owe((ticket,))  # the next comparison has a row of it
        if len(failed) == len(ids) > 1:
            raise failed[0]
        return found

    def ticket(self, ticket: str) -> RemoteTicket | Gone:
        self._known()
        return self._look(ticket)

    def thread(self, ticket: str, after: str = "") -> RemoteThread:
        self._known()
        seen = self._seen.pop(ticket, None) or self._tickets.see(ticket)
        if isinstance(seen, Gone):
            return RemoteThread(version="", entries=(), ticket=seen)
        return self._tickets.thread(seen, after)

    def file(self, file: str) -> bytes:
        self._known()
        return self._tickets.file(file)

    # --- writing ---------------------------------------------------------------------------

    def send(self, sending: Sending, files: AttachmentStore) -> Receipt:
        self._known()
        self._seen.pop(sending.ticket, None)
        step = sending.step
        if isinstance(step, NewTicket):
            return self._posting.open(sending, step, files)
        return self._sent(sending, step, files)

    def _sent(self, sending: Sending, step: Post | Edit, files: AttachmentStore) -> Receipt:
        with self._tickets.holding(sending.ticket):  # looking may take the lock that is wanted
            seen = self._tickets.see(sending.ticket)
        if isinstance(seen, Gone):
            raise MovedOnError()
        if isinstance(step, Post):
            there = self._posting.written(sending, seen.page)
            if there is not None:
                return there
        if sending.version and seen.ticket.version != sending.version:
            self._tickets.release(seen.page)
            raise MovedOnError()
        if isinstance(step, Post):
            return self._posting.post(sending, step.entry, seen.page, files)
        if self._edits.is_overtaken(step, seen):
            self._tickets.release(seen.page)
            raise MovedOnError()
        return self._edits.edit(sending, step, seen)

    def probe(self, sending: Sending) -> Receipt | None:
        self._known()
        step = sending.step
        if isinstance(step, NewTicket):
            return self._probe_new(sending)
        seen = self._tickets.see(sending.ticket)
        if isinstance(seen, Gone):
            return self._gone(sending, step, seen)
        if isinstance(step, Edit):
            return self._probe_edit(sending, step, seen)
        there = self._posting.written(sending, seen.page)
        if there is None and seen.page.lock is not None:
            # What may still be on its way was given this lock: without it, it is refused.
            self._tickets.release(seen.page)
            page = self._tickets.page(sending.ticket)
            there = None if isinstance(page, Gone) else self._posting.written(sending, page)
        return there

    def _probe_edit(self, sending: Sending, step: Edit, seen: Seen) -> Receipt | None:
        if any(change.field == "due_at" for change in step.changes):
            self._tickets.fresh_row(seen.page)
            seen = self._tickets.whole(seen.page)
        return self._edits.arrived(sending, step, seen)

    def _gone(self, sending: Sending, step: Post | Edit, gone: Gone) -> Receipt | None:
        """A ticket that was handed on cannot be seen: for a transfer that says that it arrived."""
        changed = {c.field: c.new for c in step.changes} if isinstance(step, Edit) else {}
        if gone.why is GoneWhy.DELETED and changed.get("status") == DELETED:
            return Receipt(ticket=sending.ticket)
        if {"department", "owner", "team", "merged_into"} & changed.keys():
            return Receipt(ticket=sending.ticket)
        if isinstance(step, Post) and step.entry.kind is EntryKind.MESSAGE:
            return None
        raise NoAnswerError(why="unseen")

    def _probe_new(self, sending: Sending) -> Receipt | None:
        """Among the person's tickets made since, one has the marker in its first words.

        The subject would tell too, but the server may have written it anew.
        """
        person = sending.requester.email.casefold() if sending.requester is not None else ""
        span = self._server_time() - datetime.fromisoformat(Cursor.of(sending.version).at) + _LATE
        criterion = within("created", max(1, int(span / timedelta(minutes=1)) + 1))
        for row in self._exports.search_rows((criterion,)):
            if row.requester_email.casefold() == person:
                receipt = self._posting.receipt(sending, row.id)
                if receipt.entry:
                    return receipt
        return None

    # --- parts -----------------------------------------------------------------------------

    def _known(self) -> str:
        """Names first: pages and lists mean nothing without them. Returns the agent's key."""
        if not self._tickets.names.departments:
            self._tickets.names = self._people.read_names()
            self._people.me()
        return self._people.me_key

    def _look(self, ticket: str) -> RemoteTicket | Gone:
        seen = self._tickets.see(ticket)
        if isinstance(seen, Gone):
            return seen
        self._seen[ticket] = seen
        self._people.learn(seen.page)
        if seen.page.is_open:
            self._feed.saw(ticket)
        return seen.ticket

    def _server_time(self) -> datetime:
        return self._now() + timedelta(seconds=self._session.skew)
