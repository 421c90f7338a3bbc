"""Sharing tickets out among agents: a proposal, never more."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from desk_app.domain.reassignment import Handing, Place, Target, alike, rehearse
from desk_app.domain.state import State

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from desk_app.domain.directory import Directory
    from desk_app.domain.people import Agent
    from desk_app.domain.ticket import Ticket
    from desk_app.domain.workload import Workload


class ShareBy(StrEnum):
    """By what tickets are shared out."""

    LOAD = "load"
    """To whoever has the least, measured by their limits."""
    SKILL = "skill"
    """To the ticket's own department first, there by load."""
    ROUND_ROBIN = "round_robin"
    """One after another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """One line of a proposal."""

    ticket: Ticket
    agent: str | None
    """None: it stays where it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """Who takes part, and what is known of them."""

    agents: tuple[str, ...]
    """In their order; whoever is away is stood in for, or left out."""
    workload: Workload
    directory: Directory
    actor: Agent
    now: datetime
    children: Mapping[int, tuple[str, ...]]

    def present(self) -> list[str]:
        """Those who can take something, each once."""
        found = (self.workload.stand_in(agent, self.directory) for agent in self.agents)
        return list(dict.fromkeys(agent for agent in found if agent is not None))

    def may(self, tickets: Sequence[Ticket]) -> dict[tuple[int, str], bool]:
        """Whether the gate lets each ticket go to each of them; to its owner it may stay."""
        groups = alike(tickets, self.children)
        found: dict[tuple[int, str], bool] = {}
        for agent in self.present():
            handing = Handing(target=Target(kind=Place.AGENT, key=agent))
            allowed = {
                ticket.id
                for ticket in rehearse(groups, handing, self.actor, self.directory, self.now).moves
            }
            for ticket in tickets:
                found[ticket.id, agent] = ticket.id in allowed or ticket.owner == agent
        return found


def share(tickets: Sequence[Ticket], sharing: Sharing, by: ShareBy) -> tuple[Proposed, ...]:
    """Propose an agent for each ticket, in their order; None where nobody may take it."""
    may = sharing.may(tickets)
    agents = sharing.present()
    counts = _without(tickets, agents, sharing.workload)
    choose = _CHOOSERS[by]
    turn = 0
    found = []
    for ticket in tickets:
        can = [agent for agent in agents if may[ticket.id, agent]]
        agent = choose(_Moment(ticket, can, agents, counts, turn, sharing)) if can else None
        if agent is not None:
            counts[agent] += ticket.state is State.OPEN
            turn = agents.index(agent) + 1
        found.append(Proposed(ticket=ticket, agent=None if agent == ticket.owner else agent))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Moment:
    """What a choice looks at."""

    ticket: Ticket
    can: list[str]
    agents: list[str]
    counts: Mapping[str, int]
    turn: int
    sharing: Sharing

    def fullness(self, agent: str) -> tuple[float, int]:
        """How full an agent is; one without a limit counts as if it were the largest."""
        workload, directory = self.sharing.workload, self.sharing.directory
        limits = [workload.capacity(directory.agents[key]) for key in self.agents]
        limit = workload.capacity(directory.agents[agent]) or max([*limits, 1])
        return self.counts[agent] / limit, self.agents.index(agent)


def _by_load(moment: _Moment) -> str:
    return min(moment.can, key=moment.fullness)


def _by_skill(moment: _Moment) -> str:
    directory, department = moment.sharing.directory, moment.ticket.department
    home = [a for a in moment.can if directory.agents[a].department == department]
    return min(home or moment.can, key=moment.fullness)


def _in_turn(moment: _Moment) -> str:
    order = moment.agents[moment.turn :] + moment.agents[: moment.turn]
    return next(agent for agent in order if agent in moment.can)


_CHOOSERS: Mapping[ShareBy, Callable[[_Moment], str]] = {
    ShareBy.LOAD: _by_load,
    ShareBy.SKILL: _by_skill,
    ShareBy.ROUND_ROBIN: _in_turn,
}


def _without(
    tickets: Sequence[Ticket], agents: Sequence[str], workload: Workload
) -> dict[str, int]:
    """Open tickets of each agent, less those that are to be shared out."""
    counts = {agent: workload.load("agent", agent).open for agent in agents}
    for ticket in tickets:
        if ticket.owner in counts and ticket.state is State.OPEN:
            counts[ticket.owner] -= 1
    return counts


def handings(proposal: Sequence[Proposed], note: str = "") -> list[tuple[tuple[int, ...], Handing]]:
    """A proposal as what is to be handed where; what stays is left out."""
    found: dict[str, list[int]] = {}
    for line in proposal:
        if line.agent is not None:
            found.setdefault(line.agent, []).append(line.ticket.id)
    return [
        (tuple(ids), Handing(target=Target(kind=Place.AGENT, key=agent), note=note))
        for agent, ids in found.items()
    ]
