"""Where a ticket goes on that was merged into another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk_app.domain.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable

    from desk_app.domain.ticket import Ticket, TicketId


def chain_of(ticket: TicketId, find: Callable[[TicketId], Ticket]) -> dict[TicketId, Ticket]:
    """The ticket, the one that it went on in, and so on; the last one is where it goes on now.

    A desk of before the gate looked at targets may hold a ring: each ticket comes once.

    Raises:
        NotFoundError: the ticket itself is not there.
    """
    at = find(ticket)
    found = {at.id: at}
    while at.merged_into is not None and at.merged_into not in found:
        try:
            at = find(at.merged_into)
        except NotFoundError:
            break
        found[at.id] = at
    return found
