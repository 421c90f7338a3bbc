"""Opens a ticket for somebody who asked in person, by phone, or in a script."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk_app.domain.commands import Create
from desk_app.domain.draft import DraftKey, DraftKind
from desk_app.domain.entry import Attachment, Entry, EntryKind
from desk_app.domain.gate import Denial, Reason
from desk_app.domain.moment import whole_ms
from desk_app.domain.people import Permission, Requester
from desk_app.domain.rich_text import html_to_text
from desk_app.domain.ticket import EntryId, Source, Ticket, TicketId
from desk_app.services.command_bus import RefusedError

if TYPE_CHECKING:
    from desk_app.domain.directory import Directory
    from desk_app.domain.people import Agent
    from desk_app.ports.unit_of_work import Changes
    from desk_app.services.desk import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTicket:
    """What is asked when a ticket is opened by hand."""

    name: str
    email: str
    subject: str
    html: str
    """Not cleaned yet."""
    topic: str | None = None
    department: str | None = None
    priority: str | None = None
    source: Source = Source.PHONE
    owner: str | None = None
    attachments: tuple[Attachment, ...] = ()
    custom: tuple[tuple[str, str], ...] = ()
    """Answers to the questions of its help topic, by their keys."""
    ticket: TicketId | None = None
    """The id that its draft has; made where there was none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The ticket that was made, and what that touched."""

    ticket: TicketId
    changes: Changes


def opening_denial(agent: Agent, department: str, directory: Directory) -> Denial | None:
    """Why the agent may not open a ticket in a department; None if that is allowed."""

    def may(one: Agent) -> bool:
        role = directory.roles.get(one.role_in(department))
        return role is not None and Permission.CREATE in role.permissions

    if may(agent):
        return None
    can = sorted(a.name for a in directory.agents.values() if may(a))[:5]
    facts = {"permission": str(Permission.CREATE), "who_can": ", ".join(can)}
    return Denial(code=Reason.NO_PERMISSION, facts=facts)


def open_ticket(desk: Desk, directory: Directory, agent: Agent, new: NewTicket) -> Opened:
    """Open a ticket; what is not given comes from its help topic, then from the agent.

    With `new.ticket` the draft of that id is closed in the same transaction.

    Raises:
        RefusedError: the agent's role does not open tickets in that department.
    """
    at = whole_ms(desk.now())
    about = directory.topics.get(new.topic or "")
    department = new.department or (about.department if about else None) or agent.department
    denied = opening_denial(agent, department, directory)
    if denied is not None:
        raise RefusedError("create", denied)
    requester = find_or_make(desk, new.name, new.email)
    ticket = new.ticket or TicketId(desk.ids.number(at))
    start = Ticket(
        id=ticket,
        subject=new.subject,
        requester=requester.id,
        department=department,
        status=directory.lifecycle.initial,
        topic=new.topic,
        priority=new.priority or (about.priority if about else None) or usual_priority(directory),
        sla=about.sla if about else None,
        owner=new.owner,
        source=new.source,
        created_at=at,
        updated_at=at,
        last_message_at=at,
        custom=new.custom,
    )
    clean = desk.clean_html(new.html)
    entry = Entry(
        id=EntryId(desk.ids.number(at)),
        ticket=ticket,
        kind=EntryKind.MESSAGE,
        at=at,
        author_name=requester.name,
        author_email=requester.email,
        requester=requester.id,
        html=clean,
        text=html_to_text(clean),
        attachments=new.attachments,
    )
    command = Create(
        id=desk.ids.command(at), ticket=ticket, actor=agent.key, at=at, start=start, entry=entry
    )
    closes = None
    if new.ticket is not None:
        closes = DraftKey(ticket=new.ticket, kind=DraftKind.NEW_TICKET)
    return Opened(ticket=ticket, changes=desk.bus.handle(command, closes=closes).changes)


def usual_priority(directory: Directory) -> str:
    """The priority of a ticket that nobody gave one."""
    known = directory.priorities
    if "normal" in known or not known:
        return "normal"
    named = (key for key, one in known.items() if one.name.casefold() == "normal")
    # A server's own, in its own words: the one above the least urgent.
    least_first = sorted(known, key=lambda key: -known[key].rank)
    return next(named, least_first[min(1, len(least_first) - 1)])


def find_or_make(desk: Desk, name: str, email: str) -> Requester:
    """The requester with this address, made if there is none."""
    with desk.unit() as unit:
        found = unit.find_requester(email) if email else None
        if found is None:
            number = desk.ids.number(desk.now())
            found = Requester(id=number, name=name or email or "?", email=email)
            unit.save_requester(found)
            unit.commit()
    return found
