"""Looks for a step whose answer was lost: by its marker, by its text, or by what it changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk_app.domain.outbox import Edit, NewTicket, Post
from desk_app.domain.rich_text import html_to_text, text_to_html
from desk_app.ports.remote import Gone, GoneWhy, Receipt
from desk_app.ports.remote_errors import NoAnswerError
from desk_app.remote.request_tracker.changed import recorded, still_missing
from desk_app.remote.request_tracker.feed import Cursor
from desk_app.remote.request_tracker.history import WRITTEN, history
from desk_app.remote.request_tracker.parts import written
from desk_app.remote.request_tracker.payloads import Transaction, Transactions, id_of

if TYPE_CHECKING:
    from desk_app.domain.entry import Entry
    from desk_app.ports.remote import RemoteTicket, Sending
    from desk_app.remote.request_tracker.people import People
    from desk_app.remote.request_tracker.session import Session
    from desk_app.remote.request_tracker.tickets import TicketReader

_PAGES = 50


class Prober:
    """Finds what arrived."""

    def __init__(self, session: Session, tickets: TicketReader, people: People) -> None:
        self._session = session
        self._tickets = tickets
        self._people = people

    def probe(self, sending: Sending) -> Receipt | None:
        """The receipt if it arrived; None if it is not there.

        Raises:
            NoAnswerError: it cannot be told.
        """
        step = sending.step
        if isinstance(step, Edit):
            return self._edit(sending, step)
        if isinstance(step, NewTicket):
            return self._create(sending, step)
        return self._post(sending, step)

    def _post(self, sending: Sending, step: Post) -> Receipt | None:
        rows = history(self._session, sending.ticket, max(0, int(sending.version or 0) - 1))
        if not rows:  # not even the one that was there before
            raise NoAnswerError(why="unseen")
        kept = [row for row in rows if row.number > int(sending.version or 0)]
        found = self._mine(kept, sending.command, step.entry, "Create")
        return None if found is None else _receipt(sending.ticket, str(found.id))

    def _create(self, sending: Sending, step: NewTicket) -> Receipt | None:
        floor = Cursor.of(sending.version).floor
        rows = self._created(floor)
        found = self._mine(rows, sending.command, step.entry, "Correspond", "Comment")
        return None if found is None else _receipt(str(found.ticket), str(found.id))

    def _created(self, floor: int) -> list[Transaction]:
        user = self._session.user.replace("'", "\\'")
        sql = (
            f"ObjectType = 'RT::Ticket' AND Type = 'Create' AND Creator = '{user}' AND id > {floor}"
        )
        found: list[Transaction] = []
        for page in range(1, _PAGES + 1):
            rows = self._session.get(
                Transactions,
                "/transactions",
                ("query", sql),
                ("fields", "Type,ObjectId,Creator,Created"),
                ("orderby", "id"),
                ("order", "DESC"),
                ("per_page", "100"),
                ("page", str(page)),
            ).items
            found += rows
            if not rows:
                break
        return found

    def _mine(
        self, rows: list[Transaction], command: str, entry: Entry | None, *not_of: str
    ) -> Transaction | None:
        """By the marker; where no entry has one any more, by the very same text."""
        own = [
            row
            for row in rows
            if row.type in WRITTEN - set(not_of) and id_of(row.creator) == self._session.user
        ]
        if not own:
            return None
        texts = written(self._session, [str(row.id) for row in own])
        for row in own:
            if str(row.id) in texts and texts[str(row.id)].command == command:
                return row
        words = _words(entry)
        for row in own:
            text = texts.get(str(row.id))
            if text is not None and not text.command and words and words == _plain(text.html):
                return row
        return None

    def _edit(self, sending: Sending, step: Edit) -> Receipt | None:
        told = self._tickets.one(sending.ticket)
        if isinstance(told, Gone) and told.why is not GoneWhy.MERGED:
            raise NoAnswerError(why="unseen")
        missing = still_missing(told, step.changes, sending)
        if missing:
            rows = history(self._session, sending.ticket, int(sending.version or 0))
            own = [row for row in rows if id_of(row.creator) == self._session.user]
            missing = [c for c in missing if not recorded(c, own, self._people, sending)]
        return None if missing else _receipt(sending.ticket, version=_version(told))


def _receipt(ticket: str, entry: str = "", version: str = "") -> Receipt:
    return Receipt(ticket=ticket, number=ticket, entry=entry, version=version)


def _version(told: RemoteTicket | Gone) -> str:
    return "" if isinstance(told, Gone) else told.version


def _words(entry: Entry | None) -> str:
    return "" if entry is None else _plain(entry.html or text_to_html(entry.text))


def _plain(html: str) -> str:
    return " ".join(html_to_text(html).split())
