"""Reads one ticket at a time: its page, and its row where the page leaves something out."""

from __future__ import annotations

import base64
import hashlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk_app.domain.ticket import Referral, Task
from desk_app.ports.remote import Gone, GoneWhy, RemoteThread
from desk_app.ports.remote_errors import UnreadableAnswerError
from desk_app.remote.osticket.answers import GONE
from desk_app.remote.osticket.dialogs import (
    TaskRow,
    TaskView,
    referrals,
    related,
    task_rows,
    task_view,
)
from desk_app.remote.osticket.events import edited, remote_event
from desk_app.remote.osticket.exports import Criterion
from desk_app.remote.osticket.names import Names, key_of
from desk_app.remote.osticket.page import Page
from desk_app.remote.osticket.ticket_page import is_ticket, ticket_page
from desk_app.remote.osticket.told import (
    REFERRED,
    Tied,
    created_at,
    page_version,
    remote_entry,
    row_version,
    whole_ticket,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desk_app.domain.entry import Change
    from desk_app.ports.remote import RemoteTicket
    from desk_app.remote.osticket.clock import DatabaseClock
    from desk_app.remote.osticket.dialogs import CollaboratorRow, ReferralRow
    from desk_app.remote.osticket.export_rows import ExportRow
    from desk_app.remote.osticket.exports import Exports
    from desk_app.remote.osticket.persons import Persons
    from desk_app.remote.osticket.session import PanelSession
    from desk_app.remote.osticket.ticket_page import TicketPage

_LARGEST_FILE = 100_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A ticket as it is now: its page, and all that the port tells of it."""

    page: TicketPage
    ticket: RemoteTicket


class Tickets:
    """Pages of tickets, and the rows that a list brought."""

    def __init__(
        self, session: PanelSession, exports: Exports, clock: DatabaseClock, persons: Persons
    ) -> None:
        self._session = session
        self._persons = persons
        self._exports = exports
        self._clock = clock
        self.names = Names()
        self.rows: dict[str, ExportRow] = {}
        """The newest row of each ticket that a list brought."""
        self._own: dict[str, tuple[Change, ...]] = {}
        self.links: dict[str, str] = {}
        """Where a file can be fetched, by what this program calls it; good for a day."""
        self._views: dict[tuple[str, bool], TaskView] = {}
        self._people: dict[
            str, tuple[tuple[tuple[str, bool], ...], tuple[CollaboratorRow, ...]]
        ] = {}
        """By ticket: what its page told of its collaborators, and what their dialog told."""
        self._locks_by_looking: bool | None = None
        self._held = ""
        self.kept: set[str] = set()
        """Ids of locks that the agent keeps while typing (`Locks.kept`)."""

    def page(self, ticket: str) -> TicketPage | Gone:
        """The ticket's page; looking at it must not keep others out."""
        page = self._session.page(f"tickets.php?id={ticket}", "ticket")
        if not is_ticket(page, ticket):
            return Gone(id=ticket, why=self._why_gone(ticket))
        found = ticket_page(page, ticket)
        self._learn(found)
        self._let_go(found)
        return found

    def see(self, ticket: str) -> Seen | Gone:
        """A ticket whole: a page, its row if it changed, and its tasks and relations if any."""
        page = self.page(ticket)
        if isinstance(page, Gone):
            return page
        seen = self.whole(page)
        into = seen.ticket.merged_into
        return seen if into is None else Gone(id=ticket, why=GoneWhy.MERGED, into=into)

    def whole(self, page: TicketPage) -> Seen:
        """All of a ticket whose page has been read."""
        row = self.row(page)
        told = whole_ticket(page, row, self.names, self._clock, self._tied(page))
        return Seen(page=page, ticket=told)

    def thread(self, seen: Seen, after: str) -> RemoteThread:
        """Entries later than one of them; every event, since those have no order of their own."""
        start = int(after or 0)
        page, names = seen.page, self.names
        changed = edited(page) | self._own
        return RemoteThread(
            version=seen.ticket.version,
            entries=tuple(remote_entry(e, page, names) for e in page.entries if int(e.id) > start),
            events=tuple(remote_event(e, names, changed) for e in page.events),
            ticket=seen.ticket,
        )

    def file(self, file: str) -> bytes:
        """The bytes of a file; its link is good for a day, so the page is read again if need be."""
        ticket, _, _ = file.partition("/")
        if file not in self.links:
            self.page(ticket)
        if file not in self.links:
            raise UnreadableAnswerError(why="file", detail="it is gone")
        try:
            return self._session.file(self.links[file], _LARGEST_FILE)
        except UnreadableAnswerError:
            self.links.pop(file, None)
            raise

    def row(self, page: TicketPage) -> ExportRow | None:
        """The ticket's row if it is not older than the page.

        A new one is not fetched: each export keeps a process of the server busy for 15 seconds
        after it, so a comparison of all open tickets brings it in time.
        """
        known = self.rows.get(page.id)
        if known is None or row_version(known, self.names) != page_version(page, self.names):
            return None
        return known

    def fresh_row(self, page: TicketPage) -> ExportRow | None:
        """The row read anew; None for one that no search finds, such as an archived ticket's."""
        criterion = Criterion(field="number", method="equal", value=page.number)
        rows = self._exports.search_rows((criterion,), _key(criterion))
        found = next((row for row in rows if row.id == page.id), None)
        if found is not None:
            self.rows[page.id] = found
            self._hint(page, found)
        return found

    def note_own(self, before: TicketPage, after: TicketPage, changes: tuple[Change, ...]) -> None:
        """Remember which events an own request made, so that they are not taken for others'."""
        known = {event.id for event in before.events}
        for event in after.events:
            if event.id not in known:
                self._own[event.id] = changes

    @contextmanager
    def holding(self, ticket: str) -> Iterator[None]:
        """Keep the lock that looking at this ticket may take."""
        self._held = ticket
        try:
            yield
        finally:
            self._held = ""

    def release(self, page: TicketPage) -> None:
        """Give the agent's own lock back."""
        if page.lock is not None:
            self._session.change(f"ajax.php/lock/{page.lock.id}/release", (("id", page.lock.id),))

    # --- parts -----------------------------------------------------------------------------

    def _let_go(self, page: TicketPage) -> None:
        """Where looking takes a lock, give it back; else it is that of the agent's browser."""
        if page.lock is None:
            self._locks_by_looking = bool(self._locks_by_looking and page.is_merged)
        elif page.lock.id in self.kept:
            return
        elif self._locks_by_looking is not False and page.id != self._held:
            self.release(page)

    def _learn(self, page: TicketPage) -> None:
        for entry in page.entries:
            for file in entry.files:
                self.links[f"{page.id}/{file.id}"] = file.link
        row = self.rows.get(page.id)
        if row is not None:
            self._hint(page, row)

    def _hint(self, page: TicketPage, row: ExportRow) -> None:
        start = created_at(page)
        if start is not None:
            self._clock.learn(row.created, start)

    def _why_gone(self, ticket: str) -> GoneWhy:
        """The panel shows a queue instead; one of its dialogs tells the two cases apart."""
        answer = self._session.get(f"ajax.php/tickets/{ticket}/transfer")
        return GoneWhy.DELETED if answer.status == GONE else GoneWhy.UNSEEN

    def _part(self, ticket: str, name: str) -> Page:
        return Page(self._session.get(f"ajax.php/tickets/{ticket}/{name}").body, name)

    def referral_rows(self, ticket: str) -> list[ReferralRow]:
        """To whom a ticket is shown besides."""
        return referrals(self._part(ticket, "referrals"))

    def referral(self, row: ReferralRow) -> Referral:
        names = self.names
        places = {"agent": names.agents, "team": names.teams, "department": names.departments}
        return Referral(kind=row.kind, key=key_of(places[row.kind], row.name))

    def _tied(self, page: TicketPage) -> Tied:
        """What stands beside a ticket's page; asked for only where the page says there is some."""
        shown = {event.icon for event in page.events}
        referred: tuple[Referral, ...] | None = None if REFERRED in shown else ()
        if REFERRED in shown and "referrals" in page.doors:
            referred = tuple(self.referral(row) for row in self.referral_rows(page.id))
        return Tied(
            related=related(self._part(page.id, "relations")) if page.has_relations else (),
            tasks=self._tasks(page.id) if page.tasks else (),
            referrals=referred,
            people=self._participants(page),
        )

    def _participants(self, page: TicketPage) -> tuple[CollaboratorRow, ...] | None:
        """None: this agent is not told."""
        if "reply" not in page.doors:
            return None
        known = self._people.get(page.id)
        if known is None or known[0] != page.collaborators:
            rows = tuple(self._persons.rows(page.thread)) if page.collaborators else ()
            self._people[page.id] = known = (page.collaborators, rows)
        return known[1]

    def task_rows(self, ticket: str) -> list[TaskRow]:
        return task_rows(self._part(ticket, "tasks"))

    def task_number(self, ticket: str, row: TaskRow) -> int:
        """What this program calls a task."""
        return int(self._view(ticket, row).mark or row.id)

    def _tasks(self, ticket: str) -> tuple[Task, ...]:
        return tuple(self._task(ticket, row) for row in self.task_rows(ticket))

    def _task(self, ticket: str, row: TaskRow) -> Task:
        view = self._view(ticket, row)
        owner = self.names.agents.get(row.assignee)
        return Task(
            id=int(view.mark or row.id),
            title=row.title,
            owner=owner,
            created_at=view.created_at,
            closed_at=None if row.is_open else view.changed_at,
        )

    def _view(self, ticket: str, row: TaskRow) -> TaskView:
        known = (row.id, row.is_open)
        if known not in self._views:
            self._views[known] = task_view(self._part(ticket, f"tasks/{row.id}/view"))
        return self._views[known]


def _key(criterion: Criterion) -> str:
    """How the server names a search in the session; saves reading a whole queue's page."""
    words = f"{criterion.field} {criterion.method} {criterion.value}"
    digest = hashlib.sha1(words.encode(), usedforsecurity=False).digest()
    name = base64.b64encode(digest).decode()
    return name.translate({ord(c): None for c in "+/="})[-10:]
