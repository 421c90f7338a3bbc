"""Tickets that this desk may have made, of which no answer came yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk_app.domain.outbox import IN_FLIGHT, NewTicket
from desk_app.ports.remote import Gone

if TYPE_CHECKING:
    from desk_app.ports.remote import RemoteTicket
    from desk_app.ports.sync import SyncUnit


class Awaited:
    """Of one transaction. Taken from a feed, such a ticket would be here twice, for good.

    It is looked for first. A server may write its subject anew; who it is for stays.
    """

    def __init__(self, unit: SyncUnit) -> None:
        self._unit = unit
        self._emails: set[str] | None = None

    def may_be(self, told: RemoteTicket | Gone) -> bool:
        """Whether it may be one of them."""
        if isinstance(told, Gone) or told.requester.email.casefold() not in self._asked_for():
            return False
        return not self._unit.bases([told.id])

    def _asked_for(self) -> set[str]:
        if self._emails is None:
            self._emails = {
                self._unit.requester(item.step.ticket.requester).email.casefold()
                for item in self._unit.items()
                if item.state in IN_FLIGHT and isinstance(item.step, NewTicket)
            }
        return self._emails
