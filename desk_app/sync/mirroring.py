"""Writes what a server said into the desk; what is not sent yet stays on top of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from desk_app.domain.entry import Attachment, Entry, EntryKind, Event
from desk_app.domain.mirror import Base, project
from desk_app.domain.people import Requester
from desk_app.domain.rich_text import html_to_text, text_to_html
from desk_app.domain.ticket import EntryId, State, Ticket, TicketId
from desk_app.ports.remote import Gone, GoneWhy, RemoteEntry, RemotePerson, RemoteTicket

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from desk_app.domain.directory import Directory
    from desk_app.ports.remote import RemoteEvent, RemoteFile, RemoteThread
    from desk_app.ports.sync import SyncUnit
    from desk_app.sync.desk import MirroredDesk

_T = TypeVar("_T")


class Mirror:
    """The server's side of one transaction."""

    def __init__(self, desk: MirroredDesk, unit: SyncUnit) -> None:
        self._desk = desk
        self._unit = unit
        self._persons: dict[RemotePerson, int] = {}

    # --- tickets ---------------------------------------------------------------------------

    def take(self, found: Sequence[RemoteTicket | Gone]) -> list[Base]:
        """Write tickets as the server has them now; in the same order."""
        wanted = {link for one in found if isinstance(one, RemoteTicket) for link in _named(one)}
        wanted |= {one.into for one in found if isinstance(one, Gone) and one.into is not None}
        known = self._unit.bases([*(one.id for one in found), *wanted])
        taken = []
        for one in found:
            base = known.get(one.id)
            if isinstance(one, RemoteTicket):
                known[one.id] = self._ticket(one, base, known)
                taken.append(known[one.id])
            elif base is not None:
                taken.append(self._gone(one, base, known))
        return taken

    def _ticket(self, told: RemoteTicket, old: Base | None, known: Mapping[str, Base]) -> Base:
        requester = self._person(told.requester, told.created_at)
        before = old.ticket if old is not None else None
        number = before.id if before else TicketId(self._desk.ids.number(told.created_at))
        ticket = local_ticket(told, number, requester, before, known, self._unit.directory())
        ticket = self._with_people(ticket, told)
        # An answer that does not tell the version of a ticket that did not change is no news.
        same = old is not None and not told.version and ticket == old.ticket
        version = old.version if same and old is not None else told.version
        if old is None:
            base = Base(ticket=ticket, remote=told.id, version=version, steps=told.steps)
        else:
            steps = told.steps if told.steps is not None else old.steps
            base = replace(old, ticket=ticket, version=version, steps=steps, gone="")
        if base != old:
            self.show(base, new=old is None)
            self._unit.save_base(base)
        return base

    def _gone(self, told: Gone, base: Base, known: Mapping[str, Base]) -> Base:
        gone = replace(base, gone=str(told.why), steps=None)
        if not self._unit.items(base.ticket.id):  # nothing with unsent work leaves the screen
            gone = replace(gone, ticket=self._ticket_gone(told, base.ticket, known))
        self._unit.save_base(gone)
        self.show(gone)
        return gone

    def _ticket_gone(self, told: Gone, ticket: Ticket, known: Mapping[str, Base]) -> Ticket:
        lifecycle = self._unit.directory().lifecycle
        if told.why is GoneWhy.DELETED:
            status = lifecycle.first_in(State.DELETED)
            return replace(ticket, status=status.key, state=status.state)
        if told.why is GoneWhy.MERGED:
            status = lifecycle.first_in(State.CLOSED)
            into = known.get(told.into or "")
            merged = None if into is None else into.ticket.id
            return replace(ticket, status=status.key, state=status.state, merged_into=merged)
        return replace(ticket, department="", owner=None, team=None, referrals=())

    def show(self, base: Base, *, new: bool = False) -> None:
        """Write the ticket as the agent shall see it."""
        unit, ticket = self._unit, base.ticket
        view = ticket if new else project(ticket, unit.items(ticket.id))
        if view.number is not None:
            unit.forget_ticket_number(ticket.id, view.number)
        if not new:
            unit.ticket(ticket.id)
        unit.save(view, new=new)

    def _with_people(self, ticket: Ticket, told: RemoteTicket) -> Ticket:
        """The ticket with its collaborators, in the order that they have here."""
        if told.collaborators is None:
            return ticket
        there = [self._person(person, told.created_at) for person in told.collaborators]
        muted = [self._person(person, told.created_at) for person in told.muted or ()]
        return replace(
            ticket,
            collaborators=in_order(ticket.collaborators, there),
            muted=in_order(ticket.muted, muted),
        )

    def _person(self, person: RemotePerson, at: datetime) -> int:
        known = self._persons.get(person)
        if known is None:
            self._persons[person] = known = self._kept_person(person, at)
        return known

    def _kept_person(self, person: RemotePerson, at: datetime) -> int:
        name = person.name or person.email or "?"
        found = self._unit.find_requester(person.email) if person.email else None
        if found is not None and found.name == name:
            return found.id
        number = found.id if found else self._desk.ids.number(at)
        start = found or Requester(id=number, name=name, email=person.email)
        self._unit.save_requester(replace(start, name=name))
        return number

    # --- threads ---------------------------------------------------------------------------

    def take_thread(
        self, base: Base, thread: RemoteThread, files: Mapping[str, Attachment]
    ) -> Base:
        """Add what is new in a thread; `files` are those that were fetched, by server's ids."""
        ids = [f"e:{e.id}" for e in thread.entries] + [f"v:{e.id}" for e in thread.events]
        known = self._unit.known([f"e:{base.newest}", *ids])
        heard, last = base.heard, known.get(f"e:{base.newest}", 0)
        for told in thread.entries:
            own = known.get(f"e:{told.id}")
            if own is None and told.command:
                own = self._unit.entry_by(base.ticket.id, told.command)
            if own is None:
                last = self._entry(base.ticket, told, files, last)
                # A server may keep the comment of a command as a note: the agent's own words.
                heard += not (told.command and self._unit.did(base.ticket.id, told.command))
            else:
                last = self._unit.settle_entry(EntryId(own), told.at, last)
                self._unit.know(f"e:{told.id}", last)
        self._events(base.ticket, [e for e in thread.events if f"v:{e.id}" not in known])
        taken = replace(
            base,
            ticket=_answered(base.ticket, thread.entries),
            version=thread.version,
            thread=thread.version,
            newest=thread.entries[-1].id if thread.entries else base.newest,
            heard=heard,
        )
        self._unit.save_base(taken)
        if taken.ticket != base.ticket:
            self.show(taken)
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

    def _events(self, ticket: Ticket, events: Sequence[RemoteEvent]) -> None:
        done: dict[str, list[tuple[str, object]]] = {}
        for told in events:
            if told.actor not in done:
                changes = self._unit.done_here(ticket.id, told.actor) if told.actor else []
                done[told.actor] = [(change.field, change.new) for change in changes]
            mine = told.changes and all((c.field, c.new) in done[told.actor] for c in told.changes)
            number = self._desk.ids.number(told.at)
            if not mine:
                self._unit.add_event(
                    Event(
                        id=number,
                        ticket=ticket.id,
                        command=f"v:{told.id}",
                        action=told.action,
                        actor=told.actor,
                        at=told.at,
                        changes=told.changes,
                        comment=told.words,
                    )
                )
            self._unit.know(f"v:{told.id}", number)


def local_ticket(
    told: RemoteTicket,
    number: TicketId,
    requester: int,
    before: Ticket | None,
    known: Mapping[str, Base],
    directory: Directory,
) -> Ticket:
    """A server's ticket with the desk's ids; what the server does not keep stays as it was."""
    statuses = directory.lifecycle.statuses
    status = statuses.get(told.status) or statuses[directory.lifecycle.initial]
    start = before or Ticket(
        id=number,
        subject=told.subject,
        requester=requester,
        department=told.department,
        status=status.key,
        created_at=told.created_at,
        updated_at=told.updated_at,
    )
    into = known.get(told.merged_into or "")
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
        "source": told.source or start.source,
        "owner": told.owner,
        "team": told.team,
        "due_at": told.due_at,
        "answered": start.answered if told.answered is None else told.answered,
        "created_at": told.created_at,
        "updated_at": told.updated_at,
        "last_message_at": told.last_message_at or start.last_message_at,
        "closed_at": told.closed_at,
        "merged_into": None if into is None else into.ticket.id,
        "links": tuple(known[link].ticket.id for link in told.links if link in known),
        "tasks": told.tasks,
        "custom": told.custom,
        "referrals": in_order(start.referrals, told.referrals),
    }
    untold = "custom" in told.untold
    values["listed_only"] = untold and (before is None or before.listed_only)
    for name in told.untold:
        values.pop(name, None)
    return replace(start, **values)


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


def _unfetched(file: RemoteFile) -> Attachment:
    """A file that is on the server alone: no hash yet."""
    return Attachment(
        name=file.name,
        mime_type=file.mime_type,
        size=file.size,
        sha256="",
        content_id=file.content_id,
    )
