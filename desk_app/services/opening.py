"""Opens a ticket for somebody who asked in person, by phone, or in a script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk_app.domain.commands import Create
from desk_app.domain.entry import Entry, EntryKind
from desk_app.domain.moment import whole_ms
from desk_app.domain.people import Requester
from desk_app.domain.rich_text import text_to_html
from desk_app.domain.ticket import EntryId, Source, Ticket, TicketId

if TYPE_CHECKING:
    from desk_app.domain.directory import Directory
    from desk_app.domain.people import Agent
    from desk_app.services.desk import Desk


def open_ticket(  # noqa: PLR0913 - a new ticket's first values
    desk: Desk,
    directory: Directory,
    agent: Agent,
    *,
    name: str,
    email: str,
    subject: str,
    text: str,
    topic: str | None = None,
) -> TicketId:
    """Create a ticket; department, priority and plan follow from its help topic."""
    at = whole_ms(desk.now())
    requester = find_or_make(desk, name, email)
    ticket = TicketId(desk.ids.number(at))
    about = directory.topics.get(topic or "")
    start = Ticket(
        id=ticket,
        subject=subject,
        requester=requester.id,
        department=(about.department if about else None) or agent.department,
        status=directory.lifecycle.initial,
        topic=topic,
        priority=(about.priority if about else None) or "normal",
        sla=about.sla if about else None,
        source=Source.PHONE,
        created_at=at,
        updated_at=at,
        last_message_at=at,
    )
    entry = Entry(
        id=EntryId(desk.ids.number(at)),
        ticket=ticket,
        kind=EntryKind.MESSAGE,
        at=at,
        author_name=requester.name,
        author_email=requester.email,
        requester=requester.id,
        html=text_to_html(text),
        text=text,
    )
    command = Create(
        id=desk.ids.command(), ticket=ticket, actor=agent.key, at=at, start=start, entry=entry
    )
    desk.bus.handle(command)
    return ticket


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
