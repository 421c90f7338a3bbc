"""Hands many tickets over: rehearsed first, carried out at once, taken back at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk_app.domain.lifecycle import Action
from desk_app.domain.reassignment import (
    Alike,
    Handing,
    Place,
    Question,
    Rehearsal,
    alike,
    bound_for,
    questions_of,
    rehearse,
)
from desk_app.domain.rich_text import text_to_html
from desk_app.domain.workload import Load, Workload, load_of
from desk_app.services.writing import Writing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from desk_app.domain.commands import Command
    from desk_app.domain.directory import Directory
    from desk_app.domain.people import Agent
    from desk_app.domain.ticket import Ticket
    from desk_app.ports.unit_of_work import Changes
    from desk_app.ports.workload import WorkloadReader
    from desk_app.services.batches import BatchDone
    from desk_app.services.desk import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Tickets in the hand: read once, rehearsed for any number of places."""

    ids: tuple[int, ...]
    """What was taken up, also what is gone by now."""
    groups: tuple[Alike, ...]

    @property
    def tickets(self) -> list[Ticket]:
        return [ticket for group in self.groups for ticket in group.tickets]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What dropping the held tickets on a place would lead to."""

    rehearsal: Rehearsal
    before: Load
    after: Load
    over: int = 0
    """By how many an agent would be over the limit: a warning, no refusal."""
    away: bool = False
    substitute: str | None = None
    """Who stands in for an agent who is away."""


def take_up(reader: WorkloadReader, ids: Sequence[int]) -> Held:
    """Read the tickets; those that are gone are left out."""
    tickets = reader.tickets(ids)
    return Held(ids=tuple(ids), groups=alike(tickets, reader.open_children_of(ids)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """All that a verdict depends on besides tickets and place."""

    actor: Agent
    directory: Directory
    workload: Workload
    now: datetime
    day_end_ms: int

    def verdict(self, held: Held, handing: Handing) -> Verdict:
        """Rehearse, and look at the load before and after."""
        found = rehearse(held.groups, handing, self.actor, self.directory, self.now)
        target, workload = handing.target, self.workload
        before = workload.load(str(target.kind), target.key)
        added = load_of(found.moves, self.directory, self.now, self.day_end_ms)
        agent = self.directory.agents.get(target.key) if target.kind is Place.AGENT else None
        return Verdict(
            rehearsal=found,
            before=before,
            after=before + added,
            over=0 if agent is None else workload.over(agent, added.open),
            away=agent is not None and workload.is_away(agent),
            substitute=None if agent is None else workload.stand_in(agent.key, self.directory),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """What was said beforehand, and what was done."""

    rehearsals: tuple[Rehearsal, ...]
    done: BatchDone

    @property
    def changes(self) -> Changes:
        return self.done.changes


def hand_over(
    desk: Desk,
    reader: WorkloadReader,
    work: Sequence[tuple[Sequence[int], Handing]],
    actor: Agent,
    directory: Directory,
) -> HandedOver:
    """Rehearse with what the desk holds now, and carry out what may be: one transaction.

    `work` says which tickets are handed where. The gate is asked once more inside.
    """
    rehearsed = []
    groups: list[list[Command]] = []
    for ids, handing in work:
        held = take_up(reader, ids)
        found = rehearse(held.groups, handing, actor, directory, desk.now())
        rehearsed.append(found)
        groups += [
            commands_of(
                Writing(desk, directory, actor, ticket),
                handing,
                questions_of(handing, ticket, directory, actor),
            )
            for ticket in found.moves
        ]
    return HandedOver(rehearsals=tuple(rehearsed), done=desk.batches.handle_groups(groups))


def commands_of(writing: Writing, handing: Handing, asked: Sequence[Question]) -> list[Command]:
    """What is to be done to one ticket, as commands in order."""
    made: list[Command] = []
    for action, target in asked:
        if action is Action.NOTE:
            made.append(writing.note(text_to_html(handing.note)))
        elif action is Action.EDIT_PRIORITY:
            made.append(writing.edit("priority", target))
        elif action is Action.ASSIGN:
            made.append(writing.assign(target, bound_for=bound_for(asked)))
        else:
            made.append(writing.plain(action, target))
    return made
