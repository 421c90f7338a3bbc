"""Carries out one step on RT, once, and finds out by reading what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk_app.domain.entry import EntryKind
from desk_app.domain.outbox import Edit, NewTicket, Post
from desk_app.ports.remote import Gone, GoneWhy, Receipt, RemoteTicket
from desk_app.ports.remote_errors import (
    MovedOnError,
    NoAnswerError,
    NotReachedError,
    RefusedByServerError,
    RemoteError,
    ServerBusyError,
    SignInError,
)
from desk_app.remote.request_tracker import bodies
from desk_app.remote.request_tracker.changed import recorded, still_missing
from desk_app.remote.request_tracker.history import history
from desk_app.remote.request_tracker.payloads import Made, id_of
from desk_app.remote.request_tracker.roles import Roles
from desk_app.remote.request_tracker.session import words_of

if TYPE_CHECKING:
    from desk_app.domain.entry import Entry
    from desk_app.ports.remote import Sending
    from desk_app.ports.unit_of_work import AttachmentStore
    from desk_app.remote.request_tracker.people import People
    from desk_app.remote.request_tracker.session import Session
    from desk_app.remote.request_tracker.tickets import TicketReader

_UNCHANGED = 304
_UNSURE = (NotReachedError, ServerBusyError, SignInError)
"""What a reading-back may end in although the write itself was carried out."""


class Sender:
    """Writes. What RT refuses inside of an answer that says yes is found by reading back."""

    def __init__(self, session: Session, tickets: TicketReader, people: People) -> None:
        self._session = session
        self._tickets = tickets
        self._people = people
        self._roles = Roles(session, people)

    def send(self, sending: Sending, files: AttachmentStore) -> Receipt:
        step = sending.step
        if isinstance(step, NewTicket):
            return self._create(sending, step, files)
        if isinstance(step, Post):
            return self._post(sending, step.entry, files)
        return self._edit(sending, step)

    # --- a new ticket ----------------------------------------------------------------------

    def _create(self, sending: Sending, step: NewTicket, files: AttachmentStore) -> Receipt:
        answer = self._session.write("POST", "/ticket", bodies.ticket_body(step, sending, files))
        ticket = str(answer.decoded(Made).id)
        try:
            rows = history(self._session, ticket)
        except RemoteError:
            rows = []  # the ticket is made: what is not known of it comes with the next reading
        entry = next((str(row.id) for row in rows if row.type == "Create"), "")
        return Receipt(ticket=ticket, number=ticket, entry=entry)

    # --- a reply or a note -----------------------------------------------------------------

    def _post(self, sending: Sending, entry: Entry, files: AttachmentStore) -> Receipt:
        """RT has no compare-and-set for texts: the ticket is looked at just before a reply instead.

        If-Match is refused there also when it fits (RT 5.0.3). A note answers nobody.
        """
        if entry.cc:
            self._check_cc(sending.ticket, entry)
        body = bodies.entry_body(entry, sending.command, files)
        if entry.kind is not EntryKind.NOTE:
            self._check_version(sending)
        path = "comment" if entry.kind is EntryKind.NOTE else "correspond"
        answer = self._session.write("POST", f"/ticket/{int(sending.ticket)}/{path}", body)
        made = answer.headers.get("Location", "").rpartition("/")[2]
        if not made.isdigit():
            raise NoAnswerError(why="location")
        return Receipt(ticket=sending.ticket, number=sending.ticket, entry=made)

    def _check_version(self, sending: Sending) -> None:
        if not sending.version:
            return
        answer = self._session.ask(
            f"/ticket/{int(sending.ticket)}", If_None_Match=f'"{sending.version}"'
        )
        if answer.status != _UNCHANGED:
            raise MovedOnError()

    def _check_cc(self, ticket: str, entry: Entry) -> None:
        """RT sends a reply to the ticket's own people, and to nobody else by this way."""
        known = self._tickets.watchers(ticket)
        others = [one for one in entry.cc if one.casefold() not in known]
        if others:
            raise RefusedByServerError(words="Cc: " + ", ".join(others))

    # --- fields ----------------------------------------------------------------------------

    def _edit(self, sending: Sending, step: Edit) -> Receipt:
        body = bodies.edit_body(step.changes, sending.others)
        body |= self._roles.body(sending, step.changes)
        path = f"/ticket/{int(sending.ticket)}"
        if body.get("Owner") == self._session.user and _is_taken(step):
            del body["Owner"]
            path += "/steal"
        answer = self._session.write("PUT", path, body, version=sending.version)
        try:
            return self._read_back(sending, step, words_of(answer))
        except _UNSURE:
            raise NoAnswerError(why="read_back") from None

    def _read_back(self, sending: Sending, step: Edit, words: str) -> Receipt:
        told = self._tickets.one(sending.ticket)
        version = told.version if isinstance(told, RemoteTicket) else ""
        receipt = Receipt(ticket=sending.ticket, number=sending.ticket, version=version)
        if isinstance(told, Gone) and told.why is not GoneWhy.MERGED:
            return receipt  # moved to where this agent does not see it: that takes a yes
        missing = still_missing(told, step.changes, sending)
        if missing:
            rows = history(self._session, sending.ticket, int(sending.version or 0))
            own = [row for row in rows if id_of(row.creator) == self._session.user]
            missing = [c for c in missing if not recorded(c, own, self._people, sending)]
        if missing:
            raise RefusedByServerError(words=words, refused=tuple(c.field for c in missing))
        return receipt


def _is_taken(step: Edit) -> bool:
    """Whether the ticket that the agent wants has another owner."""
    change = next(c for c in step.changes if c.field == "owner")
    return change.old is not None
