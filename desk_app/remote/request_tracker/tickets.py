"""Tickets as RT has them: many at once, one with its version, and why one is not there."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from desk_app.domain.lifecycle import Action
from desk_app.domain.ticket import State
from desk_app.ports.remote import Gone, GoneWhy, RemotePerson, RemoteTicket
from desk_app.ports.remote_errors import UnreadableAnswerError
from desk_app.remote.request_tracker.payloads import (
    Ref,
    Ticket,
    Tickets,
    Transactions,
    Watched,
    id_of,
    time_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from desk_app.domain.lifecycle import Lifecycle
    from desk_app.remote.request_tracker.people import People
    from desk_app.remote.request_tracker.session import Session

NOBODY = "Nobody"
"""RT's name for the owner of a ticket that nobody has."""
FIELDS: tuple[tuple[str, str], ...] = (
    (
        "fields",
        (
            "Subject,Status,Queue,Owner,Requestor,Cc,AdminCc,Creator,Priority,Due,Created,"
            "LastUpdated,Resolved,EffectiveId,CustomFields,_hyperlinks"
        ),
    ),
    ("fields[Owner]", "Name,RealName,EmailAddress"),
    ("fields[Requestor]", "Name,RealName,EmailAddress"),
    ("fields[Cc]", "Name,RealName,EmailAddress"),
    ("fields[AdminCc]", "Name,RealName,EmailAddress"),
    ("fields[Creator]", "Name,RealName,EmailAddress"),
)
_OK, _FORBIDDEN, _MISSING = 200, 403, 404
_LINKS = frozenset({"refers-to", "referred-to-by"})
_PRIORITIES = ((100, "high"), (50, "normal"), (0, "low"))
"""RT 5's own names for its numbers: `High`, `Medium` and `Low` begin there (RT_Config.pm)."""
PRIORITY_NUMBERS = {key: number for number, key in _PRIORITIES}
_MOST_READ = 5
"""Missing tickets that are read one by one."""
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_BY_ID = (("orderby", "id"), ("order", "ASC"))
_NEVER_GIVEN = frozenset({Action.REPLY, Action.NOTE, Action.DELETE, Action.RESTORE})


class TicketReader:
    """Reads tickets; keeps nothing but what it learns of people on the way."""

    def __init__(
        self,
        session: Session,
        people: People,
        lifecycle: Lifecycle,
        actions: frozenset[Action],
        size: int,
    ) -> None:
        self.size = size
        """How many come at once."""
        self._session = session
        self._people = people
        self._lifecycle = lifecycle
        self._actions = actions

    def many(self, ids: Sequence[str]) -> list[RemoteTicket | Gone]:
        """In the order of the ids; one request for a hundred, and a few for those that are gone."""
        found: dict[str, RemoteTicket] = {}
        wanted = list(dict.fromkeys(ids))
        for start in range(0, len(wanted), self.size):
            sql = _any("id", wanted[start : start + self.size])
            found |= {ticket.id: ticket for ticket in self.search(sql)[0]}
        # A search leaves out what is deleted, merged or hidden.
        missing = [one for one in wanted if one not in found]
        if len(missing) <= _MOST_READ:
            return [found.get(one) or self.one(one) for one in ids]
        gone = {told.id: told for told in self._gone(missing)}
        return [found.get(one) or gone[one] for one in ids]

    def _gone(self, missing: Sequence[str]) -> list[RemoteTicket | Gone]:
        """Why many tickets are missing; one that came back meanwhile is read again."""
        told: list[RemoteTicket | Gone] = []
        for start in range(0, len(missing), self.size):
            asked = missing[start : start + self.size]
            gone = self.vanished(asked)
            back = [one for one in asked if one not in {each.id for each in gone}]
            told += [*gone, *(self.one(one) for one in back)]
        return told

    def vanished(self, ids: Sequence[str]) -> list[RemoteTicket | Gone]:
        """Those that the agent cannot find any more: one request, and a few if there are some.

        A search that names EffectiveId finds merged tickets too (RT::Tickets::FromSQL). What else
        is missing and still tells that it was made can be read: it was deleted.
        """
        if not ids:
            return []
        sql = f"{_any('id', ids)} AND EffectiveId > 0"
        params = (("fields", "EffectiveId"), ("per_page", str(len(ids))))
        found = self._session.search(Tickets, "/tickets", sql, *params).items
        into = {str(ticket.id): id_of(ticket.effective) for ticket in found}
        lost = [one for one in ids if one not in into]
        merged = [one for one in ids if into.get(one, one) != one]
        gone: list[RemoteTicket | Gone] = []
        gone += [Gone(id=one, why=GoneWhy.MERGED, into=into[one]) for one in merged]
        if len(lost) <= _MOST_READ:
            return gone + [self.one(ticket) for ticket in lost]
        readable = self._readable(lost)
        gone += [Gone(id=one, why=GoneWhy.UNSEEN) for one in lost if one not in readable]
        gone += [Gone(id=one, why=GoneWhy.DELETED) for one in readable[_MOST_READ:]]
        return gone + [self.one(ticket) for ticket in readable[:_MOST_READ]]

    def _readable(self, ids: Sequence[str]) -> list[str]:
        if not ids:
            return []
        sql = f"ObjectType = 'RT::Ticket' AND Type = 'Create' AND {_any('ObjectId', ids)}"
        params = (("fields", "ObjectId"), ("per_page", str(len(ids))), *_BY_ID)
        rows = self._session.get(Transactions, "/transactions", ("query", sql), *params).items
        return [str(row.ticket) for row in rows]

    def one(self, ticket: str) -> RemoteTicket | Gone:
        """With its version: the id of the last thing that happened to it."""
        answer = self._session.ask(f"/ticket/{int(ticket)}")
        if answer.status == _FORBIDDEN:
            return Gone(id=ticket, why=GoneWhy.UNSEEN)
        if answer.status == _MISSING:  # RT only ever loses a ticket to its shredder
            return Gone(id=ticket, why=GoneWhy.DELETED)
        if answer.status != _OK:
            raise UnreadableAnswerError(why="status", status=answer.status, detail="")
        found = answer.decoded(Ticket)
        if str(found.id) != ticket:  # RT answers with the one that it was merged into
            return Gone(id=ticket, why=GoneWhy.MERGED, into=str(found.id))
        if found.type != "ticket":  # a reminder or an approval: no search lists those either
            return Gone(id=ticket, why=GoneWhy.UNSEEN)
        self._people.learn(found.people)
        return self._told(found, version_of(answer.headers))

    def watchers(self, ticket: str) -> frozenset[str]:
        """Mail addresses, in small letters, of everybody whom RT tells of a reply."""
        fields = ("fields", "Requestor,Cc,AdminCc")
        people = [(f"fields[{role}]", "EmailAddress") for role in ("Requestor", "Cc", "AdminCc")]
        sql = f"id = {int(ticket)}"
        found = self._session.search(Watched, "/tickets", sql, fields, *people).items
        refs = [ref for one in found for ref in (*one.requestors, *one.cc, *one.admin_cc)]
        return frozenset(ref.email.casefold() for ref in refs if ref.email)

    def search(self, sql: str, *params: tuple[str, str]) -> tuple[list[RemoteTicket], int | None]:
        """One page of what RT's SQL finds, and how many there are in all, if RT tells."""
        size = ("per_page", str(self.size))
        found = self._session.search(Tickets, "/tickets", sql, *FIELDS, size, *params)
        return self._found(found.items), found.total

    def _found(self, items: Iterable[Ticket]) -> list[RemoteTicket]:
        kept = list(items)
        for ticket in kept:
            self._people.note(ticket.people)
            others = (ticket.owner, ticket.creator)
            self._people.note(one for one in others if isinstance(one, Ref))
        return [self._told(ticket, "") for ticket in kept]

    def _told(self, ticket: Ticket, version: str) -> RemoteTicket:
        owner = id_of(ticket.owner)
        never = self._lifecycle.statuses.get(ticket.status)
        closed = never is not None and never.state is not State.OPEN
        updated = time_of(ticket.updated)
        made = time_of(ticket.created)
        created = made or updated or _LONG_AGO  # imported without one
        queue = id_of(ticket.queue)
        return RemoteTicket(
            id=str(ticket.id),
            number=str(ticket.id),
            version=version,
            subject=ticket.subject or "",
            requester=self._requester(ticket),
            collaborators=self._collaborators(ticket),
            watchers=self._watchers(ticket),
            department=queue,
            topic=queue,
            status=ticket.status,
            created_at=created,
            born=made,
            updated_at=updated or created,
            owner=None if owner in {NOBODY, ""} else owner,
            priority=priority_key(str(ticket.priority)),
            due_at=time_of(ticket.due),
            closed_at=time_of(ticket.resolved) if closed else None,
            links=tuple(sorted(_linked(ticket), key=int)),
            custom=answers_of(ticket),
            steps=self._steps(ticket),
            can=self._can(ticket),
        )

    def _requester(self, ticket: Ticket) -> RemotePerson:
        """The first one; of a ticket without, whoever made it."""
        first = ticket.requestors[0] if ticket.requestors else ticket.creator
        return self._people.person(id_of(first))

    def _collaborators(self, ticket: Ticket) -> tuple[RemotePerson, ...]:
        """Everybody else who asked or gets copies, by their address; groups are no people."""
        refs = (ref for ref in (*ticket.requestors[1:], *ticket.cc) if ref.is_user)
        known = (self._people.person(id_of(ref)) for ref in refs)
        first = self._requester(ticket).email.casefold()
        found = {one.email.casefold(): one for one in known if one.email}
        return tuple(person for key, person in found.items() if key != first)

    def _watchers(self, ticket: Ticket) -> tuple[RemotePerson, ...]:
        known = (self._people.person(id_of(ref)) for ref in ticket.admin_cc if ref.is_user)
        return tuple({one.email.casefold(): one for one in known if one.email}.values())

    def _steps(self, ticket: Ticket) -> tuple[str, ...]:
        """The statuses that RT offers, and those that it takes without offering them.

        RT shows a button for some of the ways that its lifecycle has; its form has them all. Where
        all that it offers is as RT ships it, the others are taken to be so too. A status that
        takes a right of its own (deleted) is open to whom it is offered alone.
        """
        offered = [link.to for link in ticket.links if link.ref == "lifecycle" and link.to]
        shipped = self._lifecycle.statuses.get(ticket.status)
        if shipped is None or not set(offered) <= set(shipped.to):
            return tuple(dict.fromkeys(offered))
        states = self._lifecycle.statuses
        plain = [one for one in offered if states[one].state is not State.DELETED]
        if not plain:
            return tuple(dict.fromkeys(offered))
        others = [one for one in shipped.to if states[one].state is not State.DELETED]
        return tuple(dict.fromkeys([*offered, *others]))

    def _can(self, ticket: Ticket) -> frozenset[Action]:
        refs = {link.ref for link in ticket.links}
        offered = {link.to for link in ticket.links if link.ref == "lifecycle"}
        states = self._lifecycle.statuses
        deletes = any(s in states and states[s].state is State.DELETED for s in offered)
        found = set(self._actions - _NEVER_GIVEN) if offered else set()
        if "correspond" in refs:
            found.add(Action.REPLY)
        if "comment" in refs:
            found.add(Action.NOTE)
        if deletes:
            found.add(Action.DELETE)
        status = states.get(ticket.status)
        if status is not None and status.state is State.DELETED and offered:
            found.add(Action.RESTORE)
        return frozenset(found)


def _any(field: str, ids: Sequence[str]) -> str:
    return "(" + " OR ".join(f"{field} = {int(one)}" for one in ids) + ")"


def version_of(headers: Mapping[str, str]) -> str:
    """The ETag of an answer without its quotes."""
    return headers.get("ETag", "").removeprefix("W/").strip('"')


def answers_of(ticket: Ticket) -> tuple[tuple[str, str], ...]:
    """Custom fields by id; several values of one are lines. Files in fields are left out."""
    if isinstance(ticket.answers, str):
        return ()
    found = {}
    for answer in ticket.answers:
        values = [value for value in answer.values if isinstance(value, str) and value]
        if values:
            found[str(answer.id)] = "\n".join(values)
    return tuple(sorted(found.items()))


def _linked(ticket: Ticket) -> set[str]:
    return {
        str(link.id)
        for link in ticket.links
        if link.ref in _LINKS and link.type == "ticket" and str(link.id).isdigit()
    }


def priority_key(number: str) -> str:
    """The step that a number belongs to, as RT itself shows it."""
    value = int(number) if number.lstrip("-").isdigit() else 0
    return next((key for least, key in _PRIORITIES if value >= least), _PRIORITIES[-1][1])
