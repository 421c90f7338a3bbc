"""People, places, and what this agent may do: told in part by the tickets that are there.

No page of the panel says which rights an agent has, nor to which state a status belongs; an open
ticket's buttons do. So one such ticket of each department is looked at, and what is not seen this
time stays as it was known.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from desk_app.domain.people import Permission
from desk_app.ports.remote import Gone
from desk_app.ports.remote_errors import UnreadableAnswerError
from desk_app.remote.osticket.feed import OPEN
from desk_app.remote.osticket.parts import BrokenOff, Parts
from desk_app.remote.osticket.people import ANYTHING, UNTOLD, SeenRights
from desk_app.remote.osticket.statuses import WAYS
from desk_app.remote.osticket.told import rights_of, status_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from desk_app.domain.directory import Directory
    from desk_app.domain.ticket import State
    from desk_app.remote.osticket.export_rows import ExportRow
    from desk_app.remote.osticket.exports import Exports
    from desk_app.remote.osticket.feed import Feed
    from desk_app.remote.osticket.names import Names
    from desk_app.remote.osticket.people import People
    from desk_app.remote.osticket.ticket_page import TicketPage
    from desk_app.remote.osticket.tickets import Tickets


class TellsRights:
    """The part of an `OsTicketServer` that is about people (`ports.people_again`)."""

    _exports: Exports
    _tickets: Tickets
    _people: People
    _feed: Feed
    _parts: Parts | None = None
    """Of a reading that was broken off."""

    def directory(self) -> Directory:
        self._tickets.names = self._people.read_names()
        rights = self._seen_rights(self._exports.search_rows((OPEN,)), Parts())
        return self._people.directory(rights)

    def directory_again(self, known: Directory, stop: Callable[[], bool]) -> Directory | None:
        self._parts = self._people.parts = parts = self._parts or Parts()
        parts.stop = stop
        try:
            told = self._told_again(known, parts)
        except BrokenOff:
            return None
        except BaseException:
            self._parts = None  # what was read may be what is in the way
            raise
        finally:
            self._people.parts = None
        self._parts = None
        return told

    def has_news(self, known: Directory) -> bool:
        return any(_new_names(self._tickets.names, known).values())

    # --- parts -----------------------------------------------------------------------------

    def _told_again(self, known: Directory, parts: Parts) -> Directory:
        self._tickets.names = names = self._people.read_names()
        rows = self._feed.open_rows()
        if rows is None:
            rows = parts.once("open", partial(self._exports.search_rows, (OPEN,)))
        self._people.needed |= _needed(known) - self._people.optional
        seen = self._seen_rights(rows, parts)
        directory = self._people.directory(_merged(seen, known))
        new = _new_names(names, known)
        # Those rows named somebody who had no number yet: they are told once more.
        self._feed.owe(row.id for row in rows if _named(row, new))
        return directory

    def _seen_rights(self, rows: Sequence[ExportRow], parts: Parts) -> SeenRights:
        names, found = self._tickets.names, SeenRights(roles={}, states={})
        for row in _one_of_each_department(rows):
            page = parts.once(f"ticket {row.id}", partial(self._readable, row.id))
            if page is not None:
                self._people.learn(page)
                found = _with_page(found, page, names.departments.get(row.department, ""), names)
        return found

    def _readable(self, ticket: str) -> TicketPage | None:
        """A ticket's page; None if it went, or if its page is broken: no other one is for that."""
        try:
            page = self._tickets.page(ticket)
        except UnreadableAnswerError:
            return None
        return None if isinstance(page, Gone) else page


def _with_page(found: SeenRights, page: TicketPage, department: str, names: Names) -> SeenRights:
    """What one page adds; only an open ticket shows all buttons."""
    states = {status.id: WAYS[status.way] for status in page.offered if status.way in WAYS}
    if not page.is_open:
        return SeenRights(roles=found.roles, states={**found.states, **states})
    states[status_key(page, names)] = WAYS["reopen"]
    roles = {department: rights_of(page)} if department else {}
    return SeenRights(roles={**found.roles, **roles}, states={**found.states, **states})


def _merged(seen: SeenRights, known: Directory) -> SeenRights:
    """What was seen now goes before what was known; whether one may create is asked anew."""
    create = frozenset({Permission.CREATE})
    roles = {
        key: role.permissions - create
        for key, role in known.roles.items()
        if key not in {ANYTHING, UNTOLD}
    }
    states: dict[str, State] = {key: s.state for key, s in known.lifecycle.statuses.items()}
    return SeenRights(roles={**roles, **seen.roles}, states={**states, **seen.states})


def _needed(known: Directory) -> set[str]:
    """Questions of which a page once said that they must be answered before closing."""
    fields = (field for topic in known.topics.values() for field in topic.fields)
    return {field.key for field in fields if field.required_to_close}


def _new_names(names: Names, known: Directory) -> dict[str, set[str]]:
    """What has a name there and is not known, by the kind of thing."""
    kinds: dict[str, tuple[Mapping[str, str], Iterable[str]]] = {
        "department": (names.departments, known.departments),
        "agent": (names.agents, known.agents),
        "team": (names.teams, known.teams),
        "topic": (names.topics, known.topics),
        "priority": (names.priorities, known.priorities),
        "sla": (names.slas, known.slas),
        "status": (names.statuses, known.lifecycle.statuses),
    }
    return {
        kind: {name for name, key in numbers.items() if key not in set(kept)}
        for kind, (numbers, kept) in kinds.items()
    }


def _named(row: ExportRow, new: Mapping[str, set[str]]) -> bool:
    return any(getattr(row, kind) in names for kind, names in new.items())


def _one_of_each_department(rows: Sequence[ExportRow]) -> list[ExportRow]:
    """An assigned one where there is one: its page shows all buttons."""
    found: dict[str, ExportRow] = {}
    for row in rows:
        if row.department not in found or (row.agent and not found[row.department].agent):
            found[row.department] = row
    return list(found.values())
