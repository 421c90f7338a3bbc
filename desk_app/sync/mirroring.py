"""Writes what a server said into the desk; what is not sent yet stays on top of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from desk_app.domain.breach import read_note, with_told_reason
from desk_app.domain.entry import Attachment, Change, Entry, EntryKind, Event
from desk_app.domain.mirror import Base, project
from desk_app.domain.people import Requester
from desk_app.domain.rich_text import html_to_text, text_to_html
from desk_app.domain.ticket import EntryId, State, Ticket, TicketId
from desk_app.ports.remote import Gone, GoneWhy, RemoteEntry, RemotePerson, RemoteTicket
from desk_app.services.turns import TURNS
from desk_app.sync.awaited import Awaited
from desk_app.sync.same import check_same
from desk_app.sync.told_events import told_event

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from desk_app.domain.directory import Directory
    from desk_app.ports.remote import RemoteEvent, RemoteFile, RemoteThread
    from desk_app.ports.sync import SyncUnit
    from desk_app.sync.desk import MirroredDesk

_T = TypeVar("_T")
TOGETHER = 5
"""Tickets of a page between two looks whether the window paints: half a millisecond's work."""


class Mirror:
    """The server's side of one transaction."""

    def __init__(self, desk: MirroredDesk, unit: SyncUnit) -> None:
        self._desk = desk
        self._unit = unit
        self._persons: dict[RemotePerson, int] = {}
        self.awaited = Awaited(unit)

    # --- tickets ---------------------------------------------------------------------------

    def take(self, found: Sequence[RemoteTicket | Gone]) -> list[Base]:
        """Write tickets as the server has them now; in the same order."""
        found = [one for one in found if not self.awaited.may_be(one)]
        tickets = [one for one in found if isinstance(one, RemoteTicket)]
        named = {link for one in tickets for link in _named(one)}
        named |= {one.into for one in found if isinstance(one, Gone) and one.into is not None}
        known = self._unit.bases([*(one.id for one in found), *named])
        check_same(tickets, known)
        self._meet(
            (person, one.created_at)
            for one in tickets
            for person in (one.requester, *(p for people in one.reading.values() for p in people))
            if person.email
        )
        ids = {remote: base.ticket.id for remote, base in known.items()}
        for told in tickets:
            if told.id not in ids:
                ids[told.id] = TicketId(self._desk.ids.number(told.created_at))
        unsettled = self._unit.items_of([ids[one.id] for one in found if one.id in known])
        taken, new = [], []
        for place, one in enumerate(found, 1):
            if place % TOGETHER == 0:
                TURNS.make_way()
            old = known.get(one.id)
            if isinstance(one, RemoteTicket):
                base = self._told(one, old, ids)
            elif old is None:
                continue
            else:
                base = self._gone(one, old, ids, is_settled=old.ticket.id not in unsettled)
            taken.append(base)
            if base != old:
                known[one.id] = base
                new.append((base, project(base.ticket, unsettled.get(base.ticket.id, ()))))
        self._unit.mirror(new)
        self._link_back([one for one in tickets if one.links], known)
        return taken

    def _told(self, told: RemoteTicket, old: Base | None, ids: Mapping[str, TicketId]) -> Base:
        before = old.ticket if old is not None else None
        requester = self._requester(told, before)
        ticket = local_ticket(told, ids[told.id], requester, before, ids, self._unit.directory())
        ticket = with_told_reason(ticket, self._unit.directory())
        ticket = self._with_people(ticket, told)
        if old is None:
            remote, version = told.id, told.version
            return Base(
                ticket=ticket, remote=remote, version=version, steps=told.steps, born=told.born
            )
        # An answer that does not tell the version of a ticket that did not change is no news.
        version = told.version
        if not version and ticket == old.ticket:
            version = old.version
        steps = told.steps if told.steps is not None else old.steps
        return replace(
            old,
            ticket=ticket,
            version=version,
            steps=steps,
            gone="",
            thread=old.thread_after(ticket.custom),
            born=told.born or old.born,
        )

    def _gone(
        self, told: Gone, base: Base, ids: Mapping[str, TicketId], *, is_settled: bool
    ) -> Base:
        gone = replace(base, gone=str(told.why), steps=None)
        if is_settled:  # nothing with unsent work leaves the screen
            gone = replace(gone, ticket=self._ticket_gone(told, base.ticket, ids))
        return gone

    def _ticket_gone(self, told: Gone, ticket: Ticket, ids: Mapping[str, TicketId]) -> Ticket:
        lifecycle = self._unit.directory().lifecycle
        if told.why is GoneWhy.DELETED:
            status = lifecycle.first_in(State.DELETED)
            return replace(ticket, status=status.key, state=status.state)
        if told.why is GoneWhy.MERGED:
            status = lifecycle.first_in(State.CLOSED)
            merged = ids.get(told.into or "")
            return replace(ticket, status=status.key, state=status.state, merged_into=merged)
        return replace(ticket, department="", owner=None, team=None, referrals=())

    def _link_back(self, tickets: Sequence[RemoteTicket], known: Mapping[str, Base]) -> None:
        """A link to a ticket that was not here could not be kept: now it can."""
        for told in tickets:
            number = known[told.id].ticket.id
            for link in told.links:
                other = known.get(link)
                if other is not None and not other.gone and number not in other.ticket.links:
                    links = (*other.ticket.links, number)
                    self.show(replace(other, ticket=replace(other.ticket, links=links)))

    def show(self, base: Base) -> None:
        """Write what the server has of a ticket, and the ticket as the agent shall see it."""
        self._unit.mirror([(base, project(base.ticket, self._unit.items(base.ticket.id)))])

    # --- people ----------------------------------------------------------------------------

    def _requester(self, told: RemoteTicket, before: Ticket | None) -> int:
        """Who asked, by the desk's id; who has no address stays who they were on this ticket."""
        person = told.requester
        if not person.email and before is not None:
            known = self._unit.requester(before.requester)
            if not known.email and known.name == _name(person):
                return known.id
        return self._person(person, told.created_at)

    def _with_people(self, ticket: Ticket, told: RemoteTicket) -> Ticket:
        """The ticket with its collaborators and watchers, in the order that they have here."""
        reading: dict[str, Any] = {}
        for name, people in told.reading.items():
            there = [self._person(person, told.created_at) for person in people]
            reading[name] = in_order(getattr(ticket, name), there)
        return replace(ticket, **reading) if reading else ticket

    def _person(self, person: RemotePerson, at: datetime) -> int:
        known = self._persons.get(person)
        if known is None:
            self._meet([(person, at)])
            known = self._persons[person]
        return known

    def _meet(self, people: Iterable[tuple[RemotePerson, datetime]]) -> None:
        """Give people the ids that they have here by their addresses, or new ones."""
        fresh = {person: at for person, at in people if person not in self._persons}
        if not fresh:
            return
        known = self._unit.requesters_by({one.email for one in fresh if one.email})
        here = {_address(one.email): one for one in known.values()}
        changed: dict[int, Requester] = {}
        for person, at in fresh.items():
            name, address = _name(person), _address(person.email)
            found = here.get(address) if address else None
            if found is None or found.name != name:
                number = self._desk.ids.number(at) if found is None else found.id
                start = found or Requester(id=number, name=name, email=person.email)
                changed[number] = found = replace(start, name=name)
                here[address] = found
            self._persons[person] = found.id
        self._unit.save_requesters(list(changed.values()))

    # --- threads ---------------------------------------------------------------------------

    def take_thread(
        self, base: Base, thread: RemoteThread, files: Mapping[str, Attachment]
    ) -> Base:
        """Add what is new in a thread; `files` are those that were fetched, by server's ids."""
        fresh: list[RemoteEntry] = []
        ids = [f"e:{e.id}" for e in thread.entries] + [f"v:{e.id}" for e in thread.events]
        known = self._unit.known([f"e:{base.newest}", *ids])
        heard, last = base.heard, known.get(f"e:{base.newest}", 0)
        for told in thread.entries:
            own = known.get(f"e:{told.id}")
            if own is None and told.command:
                own = self._unit.entry_by(base.ticket.id, told.command)
            if own is None:
                last = self._entry(base.ticket, told, files, last)
                fresh.append(told)
                # A server may keep the comment of a command as a note: the agent's own words.
                heard += not (told.command and self._unit.did(base.ticket.id, told.command))
            else:
                last = self._unit.settle_entry(EntryId(own), told.at, last)
                self._unit.know(f"e:{told.id}", last)
        self._events(base.ticket, [e for e in thread.events if f"v:{e.id}" not in known])
        taken = replace(
            base,
            ticket=_answered(self._with_reason(base.ticket, fresh), thread.entries),
            version=thread.version,
            thread=thread.version,
            newest=thread.entries[-1].id if thread.entries else base.newest,
            heard=heard,
        )
        if taken.ticket != base.ticket:
            self.show(taken)
        else:
            self._unit.save_base(taken)
        return taken

    def _entry(
        self, ticket: Ticket, told: RemoteEntry, files: Mapping[str, Attachment], last: int
    ) -> int:
        """Add an entry that this desk did not write; return its id, which is after `last`."""
        html = self._desk.clean_html(told.html) if told.html else text_to_html(told.text)
        requester = None
        if told.agent is None and told.author_email:
            person = RemotePerson(name=told.author_name, email=told.author_email)
            requester = self._person(person, told.at)
        entry = Entry(
            id=self._unit.free_entry(max(self._desk.ids.number(told.at), last + 1)),
            ticket=ticket.id,
            kind=told.kind,
            at=told.at,
            author_name=told.author_name,
            author_email=told.author_email,
            agent=told.agent,
            requester=requester,
            html=html,
            text=told.text or html_to_text(html),
            attachments=tuple(files.get(file.id, _unfetched(file)) for file in told.files),
        )
        self._unit.add_entry(entry)
        self._unit.know(f"e:{told.id}", entry.id)
        for place, file in enumerate(told.files):
            self._unit.know(f"f:{entry.id}:{place:04}:{file.id}", entry.id)
        return entry.id

    def _with_reason(self, ticket: Ticket, entries: Sequence[RemoteEntry]) -> Ticket:
        """The ticket with what others' notes say of why it was late, each kept as an event."""
        for told in entries:
            text = told.text or html_to_text(told.html)
            reason = read_note(text) if told.kind is EntryKind.NOTE else None
            if reason is None or reason == ticket.breach_reason:
                continue
            change = Change(field="breach_reason", old=ticket.breach_reason, new=reason)
            self._unit.add_event(
                Event(
                    id=self._desk.ids.number(told.at),
                    ticket=ticket.id,
                    command=f"e:{told.id}",
                    action="breach_reason",
                    actor=told.agent or "",
                    at=told.at,
                    changes=(change,),
                )
            )
            ticket = replace(ticket, breach_reason=reason)
        return ticket

    def _events(self, ticket: Ticket, events: Sequence[RemoteEvent]) -> None:
        done: dict[str, list[tuple[str, object]]] = {}
        last = self._unit.newest_told(ticket.id) if events else 0
        for told in events:
            if told.actor not in done:
                changes = self._unit.done_here(ticket.id, told.actor) if told.actor else []
                done[told.actor] = [(change.field, change.new) for change in changes]
            mine = told.changes and all((c.field, c.new) in done[told.actor] for c in told.changes)
            # In the server's order, which its clock does not tell: it has whole seconds.
            last = number = max(self._desk.ids.number(told.at), last + 1)
            if not mine:
                directory = self._unit.directory()
                self._unit.add_event(told_event(told, ticket.id, number, directory))
            self._unit.know(f"v:{told.id}", number)


def local_ticket(
    told: RemoteTicket,
    number: TicketId,
    requester: int,
    before: Ticket | None,
    ids: Mapping[str, TicketId],
    directory: Directory,
) -> Ticket:
    """A server's ticket with the desk's ids; what the server does not keep stays as it was.

    `ids` are those of the tickets that it names, by the server's.
    """
    statuses = directory.lifecycle.statuses
    status = statuses.get(told.status) or statuses[directory.lifecycle.initial]
    values: dict[str, Any] = {
        "number": told.number,
        "subject": told.subject,
        "requester": requester,
        "department": told.department,
        "status": status.key,
        "state": status.state,
        "priority": told.priority,
        "topic": told.topic,
        "sla": told.sla,
        "owner": told.owner,
        "team": told.team,
        "due_at": told.due_at,
        "overdue_since": told.overdue_since,
        "created_at": told.created_at,
        "updated_at": told.updated_at,
        "closed_at": told.closed_at,
        "merged_into": ids.get(told.merged_into or ""),
        "links": tuple(ids[link] for link in told.links if link in ids),
        "tasks": told.tasks,
        "custom": told.custom,
        "listed_only": "custom" in told.untold and (before is None or before.listed_only),
        **_if_told(told, before),
    }
    if before is None:
        # What is not told has its usual value; what a ticket cannot be without is always told.
        return Ticket(id=number, **{n: v for n, v in values.items() if n not in told.untold})
    for name in told.untold:
        values.pop(name, None)
    if "overdue_since" not in values and values.get("due_at", before.due_at) != before.due_at:
        values["overdue_since"] = None  # another due time takes a mark away
    return replace(before, **values)


def _if_told(told: RemoteTicket, before: Ticket | None) -> dict[str, Any]:
    """What stays as it was where the server says nothing of it."""
    found: dict[str, Any] = {}
    if told.source:
        found["source"] = told.source
    if told.answered is not None:
        found["answered"] = told.answered
    if told.last_message_at:
        found["last_message_at"] = told.last_message_at
    if told.referrals is not None:
        here = () if before is None else before.referrals
        found["referrals"] = in_order(here, told.referrals)
    return found


def in_order(here: tuple[_T, ...], there: Sequence[_T] | None) -> tuple[_T, ...]:
    """What the server has, as it stands here already; a server keeps no order of these."""
    if there is None:
        return here
    kept = [one for one in here if one in there]
    return tuple(dict.fromkeys((*kept, *there)))


def _answered(ticket: Ticket, entries: Sequence[RemoteEntry]) -> Ticket:
    """Whether the last word was an agent's; notes are no words to the requester."""
    public = [entry for entry in entries if entry.kind is not EntryKind.NOTE]
    if not public:
        return ticket
    last = public[-1]
    messages = [entry.at for entry in public if entry.kind is EntryKind.MESSAGE]
    return replace(
        ticket,
        answered=last.kind is EntryKind.REPLY,
        last_message_at=max(messages, default=ticket.last_message_at),
        last_response_at=last.at if last.kind is EntryKind.REPLY else ticket.last_response_at,
    )


def _named(told: RemoteTicket) -> set[str]:
    return {*told.links, *([told.merged_into] if told.merged_into else [])}


def _name(person: RemotePerson) -> str:
    return person.name or person.email or "?"


def _address(email: str) -> str:
    """The same for addresses that the desk takes for the same: it knows the case of ASCII alone."""
    return email.lower() if email.isascii() else email


def _unfetched(file: RemoteFile) -> Attachment:
    """A file that is on the server alone: no hash yet."""
    return Attachment(
        name=file.name,
        mime_type=file.mime_type,
        size=file.size,
        sha256="",
        content_id=file.content_id,
    )
