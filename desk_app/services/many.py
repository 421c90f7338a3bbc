"""The same action on many tickets: those that refuse it say why, the others go on."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk_app.domain.ticket import TicketId
from desk_app.services.batches import BatchDone
from desk_app.services.writing import Writing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from desk_app.domain.commands import Command
    from desk_app.domain.directory import Directory
    from desk_app.domain.people import Agent
    from desk_app.ports.unit_of_work import Changes
    from desk_app.services.desk import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of many tickets."""

    done: BatchDone
    numbers: Mapping[TicketId, str]
    """What the tickets are called."""

    @property
    def changes(self) -> Changes:
        return self.done.changes


def do_all(
    desk: Desk,
    directory: Directory,
    agent: Agent,
    tickets: Sequence[TicketId],
    make: Callable[[Writing], Command],
) -> Outcome:
    """Carry out one command for each ticket, all in one transaction.

    Raises:
        NotFoundError: a ticket is gone; nothing was changed.
    """
    with closing(desk.reader()) as reader:
        found = [reader.ticket(ticket) for ticket in tickets]
    groups = [[make(Writing(desk, directory, agent, ticket))] for ticket in found]
    numbers = {ticket.id: ticket.number or "" for ticket in found}
    return Outcome(done=desk.batches.handle_groups(groups), numbers=numbers)
