"""What a server told of a ticket's past, as an event of the desk's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk_app.domain.breach import GiveBreachReason, told_reason
from desk_app.domain.entry import Event

if TYPE_CHECKING:
    from desk_app.domain.directory import Directory
    from desk_app.domain.ticket import TicketId
    from desk_app.ports.remote import RemoteEvent


def told_event(told: RemoteEvent, ticket: TicketId, number: int, directory: Directory) -> Event:
    """What became of a field that says why a ticket was late is a reason that somebody gave."""
    reason = told_reason(told.changes, directory)
    return Event(
        id=number,
        ticket=ticket,
        command=f"v:{told.id}",
        action=told.action if reason is None else GiveBreachReason.name,
        actor=told.actor,
        at=told.at,
        changes=told.changes if reason is None else (*told.changes, reason),
        comment=told.words,
    )
