"""Hands many tickets over: rehearsed first, carried out at once, taken back at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk_app.domain.lifecycle import Action
from desk_app.domain.reassignment import Handing, Rehearsal, questions_of, rehearse
from desk_app.domain.rich_text import text_to_html
from desk_app.services.writing import Writing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from desk_app.domain.commands import Command
    from desk_app.domain.directory import Directory
    from desk_app.domain.people import Agent
    from desk_app.domain.ticket import Ticket
    from desk_app.ports.workload import WorkloadReader
    from desk_app.services.batches import BatchDone
    from desk_app.services.desk import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Tickets in the hand: read once, rehearsed for any number of places."""

    tickets: tuple[Ticket, ...]
    children: Mapping[int, tuple[str, ...]]

    def rehearse(
        self, desk: Desk, handing: Handing, actor: Agent, directory: Directory
    ) -> Rehearsal:
        """What handing them over would do."""
        return rehearse(self.tickets, handing, actor, directory, desk.now(), self.children)


def take_up(reader: WorkloadReader, ids: Sequence[int]) -> Held:
    """Read the tickets; those that are gone are left out."""
    return Held(tickets=tuple(reader.tickets(ids)), children=reader.open_children_of(ids))


def hand_over(
    desk: Desk,
    reader: WorkloadReader,
    work: Sequence[tuple[Sequence[int], Handing]],
    actor: Agent,
    directory: Directory,
) -> tuple[list[Rehearsal], BatchDone]:
    """Rehearse with what the desk holds now, and carry out what may be: one transaction.

    `work` says which tickets are handed where. The gate is asked once more inside.
    """
    rehearsed = []
    groups: list[list[Command]] = []
    for ids, handing in work:
        found = take_up(reader, ids).rehearse(desk, handing, actor, directory)
        rehearsed.append(found)
        groups += [
            commands_of(Writing(desk, directory, actor, ticket), handing, ticket, directory)
            for ticket in found.moves
        ]
    return rehearsed, desk.batches.handle_groups(groups)


def commands_of(
    writing: Writing, handing: Handing, ticket: Ticket, directory: Directory
) -> list[Command]:
    """What is to be done to one ticket, as commands in order."""
    made: list[Command] = []
    for action, target in questions_of(handing, ticket, directory):
        if action is Action.NOTE:
            made.append(writing.note(text_to_html(handing.note)))
        elif action is Action.EDIT_PRIORITY:
            made.append(writing.edit("priority", target))
        else:
            made.append(writing.plain(action, target))
    return made
