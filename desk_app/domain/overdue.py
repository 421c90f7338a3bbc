"""A person says that a ticket is late, whatever its time: from then on it is due."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from desk_app.domain.commands import Command
from desk_app.domain.lifecycle import Action

if TYPE_CHECKING:
    from desk_app.domain.ticket import Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkOverdue(Command):
    """Says that it is late, whatever its time."""

    name: ClassVar[str] = "mark_overdue"
    action: ClassVar[Action | None] = Action.MARK_OVERDUE

    def on(self, ticket: Ticket) -> Ticket:
        return replace(ticket, overdue_since=self.at)
