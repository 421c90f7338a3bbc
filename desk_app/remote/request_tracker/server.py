"""Request Tracker 5 as a `RemoteServer`, signed in as one agent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk_app.domain.lifecycle import Action
from desk_app.ports.remote import Capabilities, RemoteAgent
from desk_app.ports.remote_errors import SignInError
from desk_app.remote.request_tracker.bodies import KEPT_FIELDS
from desk_app.remote.request_tracker.directory import DirectoryReader
from desk_app.remote.request_tracker.feed import Feed
from desk_app.remote.request_tracker.listing import Lister
from desk_app.remote.request_tracker.people import People
from desk_app.remote.request_tracker.probing import Prober
from desk_app.remote.request_tracker.sending import Sender
from desk_app.remote.request_tracker.session import PAGE, Session
from desk_app.remote.request_tracker.threads import ThreadReader
from desk_app.remote.request_tracker.tickets import TicketReader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desk_app.domain.asked import RequestLine
    from desk_app.domain.directory import Directory
    from desk_app.domain.lifecycle import Lifecycle
    from desk_app.ports.remote import (
        FeedPage,
        Gone,
        Listing,
        Receipt,
        RemoteThread,
        RemoteTicket,
        Sending,
        Wanted,
    )
    from desk_app.ports.unit_of_work import AttachmentStore

ACTIONS = frozenset(
    {
        *(Action.CLAIM, Action.ASSIGN, Action.RELEASE, Action.TRANSFER),
        *(Action.REPLY, Action.NOTE, Action.SET_STATUS, Action.REOPEN),
        *(Action.EDIT_SUBJECT, Action.EDIT_PRIORITY, Action.EDIT_DUE, Action.EDIT_CUSTOM),
        *(Action.EDIT_REQUESTER, Action.EDIT_COLLABORATORS, Action.EDIT_WATCHERS),
        *(Action.LINK, Action.UNLINK, Action.MERGE, Action.DELETE, Action.RESTORE),
    }
)
"""RT has no tasks, no referrals, no plans, no marks for answered, and no way back from a merge."""
CAPABILITIES = Capabilities(
    safe_update=True,
    safe_post=False,  # it has no compare-and-set for texts
    sure_probe=True,
    actions=ACTIONS,
    fields=KEPT_FIELDS,
    tells_people=True,
)


class RequestTracker:
    """One RT; see `ports.remote.RemoteServer` for what the methods promise."""

    product = "Request Tracker"

    def __init__(
        self,
        session: Session,
        *,
        lifecycle: Lifecycle,
        size: int = PAGE,
    ) -> None:
        """Keep the session.

        Args:
            session: Asks nothing yet.
            lifecycle: RT's rules as it ships them.
            size: Tickets in one answer, 100 at most.
        """
        self._session = session
        self._people = People(session)
        self._tickets = TicketReader(session, self._people, lifecycle, ACTIONS, size)
        self._threads = ThreadReader(session, self._people)
        self._feed = Feed(session)
        self._lister = Lister(session, self._tickets)
        self._directory = DirectoryReader(session, self._people, lifecycle)
        self._sender = Sender(session, self._tickets, self._people)
        self._prober = Prober(session, self._tickets, self._people)
        self._is_signed_in = False
        self._rounds = 0

    @property
    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    @property
    def session(self) -> Session:
        """For who looks at the connection itself."""
        return self._session

    @property
    def version(self) -> str:
        """RT's version; '' before the sign-in."""
        return self._session.version

    def close(self) -> None:
        self._session.http.close()

    def take_requests(self) -> list[RequestLine]:
        return self._session.http.journal.take()

    def sign_in(self) -> RemoteAgent:
        user = self._session.sign_in()
        if not int(user.privileged or 0):
            raise SignInError(why="no_agent")
        self._is_signed_in = True
        self._people.note([user])
        name = user.real_name or user.login
        return RemoteAgent(key=user.login, name=name, email=user.email or "")

    def directory(self) -> Directory:
        user = self._session.sign_in()
        self._is_signed_in = True
        return self._directory.directory(user)

    def newest(self) -> str:
        self._ready()
        return self._feed.newest()

    def changes(self, cursor: str) -> FeedPage:
        self._ready()
        return self._feed.changes(cursor)

    def still_has(self, cursor: str) -> bool:
        self._ready()
        return self._feed.still_has(cursor)

    def listing(self, wanted: Wanted, page: str | None = None) -> Listing:
        self._ready()
        return self._lister.listing(wanted, page)

    def tickets(self, ids: Sequence[str]) -> list[RemoteTicket | Gone]:
        self._ready()
        return self._tickets.many(ids)

    def ticket(self, ticket: str) -> RemoteTicket | Gone:
        self._ready()
        return self._tickets.one(ticket)

    def vanished(self, kept: Sequence[str]) -> list[RemoteTicket | Gone] | None:
        """In every second round, and then the feed's end is believed: two requests a round."""
        self._rounds += 1
        if self._rounds % 2 == 0:
            return None
        self._ready()
        if self._rounds > 1:  # the first one may be the only one of this process
            self._feed.be_short()
        return self._tickets.vanished(kept)

    def thread(self, ticket: str, after: str = "") -> RemoteThread:
        self._ready()
        return self._threads.thread(ticket, after)

    def file(self, file: str) -> bytes:
        self._ready()
        return self._threads.file(file)

    def send(self, sending: Sending, files: AttachmentStore) -> Receipt:
        self._ready()
        return self._sender.send(sending, files)

    def probe(self, sending: Sending) -> Receipt | None:
        self._ready()
        return self._prober.probe(sending)

    def _ready(self) -> None:
        """Sign in once for a process: it finds the user's name, and makes requests cheap."""
        if not self._is_signed_in:
            self._session.sign_in()
            self._is_signed_in = True
