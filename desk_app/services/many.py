"""The same action on many tickets: those that refuse it say why, the others go on."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk_app.domain.errors import NothingToUndoError
from desk_app.ports.unit_of_work import Changes
from desk_app.services.command_bus import RefusedError
from desk_app.services.writing import Writing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from desk_app.domain.commands import Command
    from desk_app.domain.directory import Directory
    from desk_app.domain.entry import Event
    from desk_app.domain.people import Agent
    from desk_app.domain.ticket import TicketId
    from desk_app.services.desk import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why one of many tickets stayed as it was."""

    number: str
    error: RefusedError | NothingToUndoError


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of many tickets."""

    done: tuple[Event, ...]
    refused: tuple[Refusal, ...]
    changes: Changes


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
    commands = [make(Writing(desk, directory, agent, ticket)) for ticket in found]
    done, refused = [], []
    for ticket, answer in zip(found, desk.bus.handle_all(commands), strict=True):
        if isinstance(answer, RefusedError):
            refused.append(Refusal(number=ticket.number or "", error=answer))
        else:
            done.append(answer)
    return _outcome(done, refused)


def undo_all(desk: Desk, agent: str, events: Sequence[Event]) -> Outcome:
    """Take many events back, each by itself: what was changed since stays as it is."""
    done, refused = [], []
    for event in events:
        try:
            done.append(desk.bus.undo(event, agent).event)
        except (RefusedError, NothingToUndoError) as error:
            with closing(desk.reader()) as reader:
                number = reader.ticket(event.ticket).number
            refused.append(Refusal(number=number or "", error=error))
    return _outcome(done, refused)


def _outcome(done: list[Event], refused: list[Refusal]) -> Outcome:
    touched = frozenset(int(event.ticket) for event in done)
    changes = Changes(tickets=touched, outbox=bool(touched))  # what waits goes out now
    return Outcome(done=tuple(done), refused=tuple(refused), changes=changes)
