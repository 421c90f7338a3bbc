"""The panel's numbers of people, and who takes part in a ticket's thread."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from desk_app.ports.remote import RemotePerson
from desk_app.ports.remote_errors import RefusedByServerError
from desk_app.remote.osticket.answers import DONE, OK, refusal_words
from desk_app.remote.osticket.dialogs import collaborator_rows
from desk_app.remote.osticket.page import Page

if TYPE_CHECKING:
    from collections.abc import Iterable

    from desk_app.domain.entry import Change
    from desk_app.ports.remote import RemoteTicket, Sending
    from desk_app.remote.osticket.dialogs import CollaboratorRow
    from desk_app.remote.osticket.session import Form, PanelSession
    from desk_app.remote.osticket.tickets import Seen


class _Person(msgspec.Struct):
    id: int | str
    email: str = ""


class Persons:
    """Finds people by their address and makes them known to the server."""

    def __init__(self, session: PanelSession) -> None:
        self._session = session
        self.said = ""
        """The panel's words to the last change, which it answers the same whether it did it."""

    def number(self, person: RemotePerson) -> str:
        """The server's number of a person; one who is not there is added, by the address once.

        Raises:
            RefusedByServerError: they have no address, or the server does not take them.
        """
        if not person.email:
            raise RefusedByServerError(words="", why="no_address")
        answer = self._session.get(f"ajax.php/users/local?q={quote(person.email, safe='')}")
        try:
            listed = msgspec.json.decode(answer.body, type=list[_Person])
        except msgspec.DecodeError:
            listed = []
        same = (p for p in listed if p.email.casefold() == person.email.casefold())
        found = next(same, None)
        if found is not None:
            return str(found.id)
        form = (("email", person.email), ("name", person.name or person.email))
        answer = self._session.ask("ajax.php/users/lookup/form", form)
        if answer.status != DONE:
            raise RefusedByServerError(words=refusal_words(Page(answer.body, "person")))
        return str(msgspec.json.decode(answer.body, type=_Person).id)

    # --- who takes part --------------------------------------------------------------------

    def requester(self, sending: Sending, change: Change, seen: Seen, words: str) -> None:
        person = sending.people[int(str(change.new))]
        form = (("id", seen.page.id), ("a", "process"), ("do", "changeuser"))
        number = self.number(person)
        self._change(f"tickets.php?id={seen.page.id}", (*form, ("user_id", number)))

    def collaborators(self, sending: Sending, change: Change, seen: Seen, words: str) -> None:
        """Add and take away; what a colleague did to others meanwhile stays."""
        wanted = {address(person): person for person in _named(sending, change.new)}
        had = {address(person) for person in _named(sending, change.old)}
        rows = self.rows(seen.page.thread)
        there = {row.email.casefold() for row in rows}
        for key in sorted(wanted.keys() - there):
            form = (("id", self.number(wanted[key])),)
            self._change(f"ajax.php/thread/{seen.page.thread}/add-collaborator/addcc", form)
        gone = [row for row in rows if row.email.casefold() in had - wanted.keys()]
        if gone:
            rows = self.rows(seen.page.thread)
            self._keep(seen, (row for row in rows if row.is_active and row not in gone), gone)

    def muted(self, sending: Sending, change: Change, seen: Seen, words: str) -> None:
        silent = {address(person) for person in _named(sending, change.new)}
        spoken = {address(person) for person in _named(sending, change.old)} - silent
        active = (
            row
            for row in self.rows(seen.page.thread)
            if row.email.casefold() in spoken
            or (row.is_active and row.email.casefold() not in silent)
        )
        self._keep(seen, active, ())

    def rows(self, thread: str) -> list[CollaboratorRow]:
        """Those of a thread; none if the dialog asks for the first one instead."""
        answer = self._session.get(f"ajax.php/thread/{thread}/collaborators/1")
        page = Page(answer.body, "collaborators")
        if answer.status != OK:
            raise page.missing("collaborators")
        return collaborator_rows(page)

    def _keep(
        self, seen: Seen, active: Iterable[CollaboratorRow], gone: Iterable[CollaboratorRow]
    ) -> None:
        """Whoever is not named gets no replies any more, so all are named."""
        form = [("cid[]", row.id) for row in active]
        form += [("del[]", row.id) for row in gone]
        path = f"ajax.php/thread/{seen.page.thread}/collaborators"
        self._change(path, (*form, ("del[]", "")))

    def _change(self, path: str, form: Form) -> None:
        answer = self._session.change(path, form)
        if answer.status not in {OK, DONE}:
            raise RefusedByServerError(words="", status=answer.status)
        self.said = refusal_words(Page(answer.body, "people"))


def takes_part(change: Change, sending: Sending, told: RemoteTicket) -> bool:
    """Whether those whom a change names do, or do not, as it says."""
    there = {address(person) for person in getattr(told, change.field) or ()}
    wanted = {address(person) for person in _named(sending, change.new)}
    had = {address(person) for person in _named(sending, change.old)}
    return wanted <= there and not (had - wanted) & there


def is_requester(change: Change, sending: Sending, told: RemoteTicket) -> bool:
    return address(told.requester) == address(sending.people[int(str(change.new))])


def address(person: RemotePerson) -> str:
    """What the server tells people apart by."""
    return person.email.casefold()


def _named(sending: Sending, value: object) -> list[RemotePerson]:
    listed = value if isinstance(value, (tuple, list)) else ()
    return [sending.people[int(str(one))] for one in listed]
