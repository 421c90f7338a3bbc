"""How much everybody has to do: figures by agent, team, department, and who is away.

Nothing here forbids: a load over its limit is said, not enforced.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from desk_app.domain.filters import NOBODY
from desk_app.domain.moment import to_ms, to_ms_or_none
from desk_app.domain.state import State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from desk_app.domain.directory import Directory
    from desk_app.domain.people import Agent
    from desk_app.domain.ticket import Ticket


class LoadRow(NamedTuple):
    """Open tickets that share these five, counted by the store."""

    department: str
    owner: str | None
    team: str | None
    status: str
    stage: int
    open: int
    overdue: int
    due_today: int
    unanswered: int
    created_ms: int
    """The sum of the times of creation: with `open`, it gives the average age at any time."""


@dataclass(frozen=True, slots=True)
class Load:
    """Figures of one agent, team, department, status or stage."""

    open: int = 0
    overdue: int = 0
    due_today: int = 0
    """Not overdue yet, and due before the day ends."""
    unanswered: int = 0
    created_ms: int = 0

    def __add__(self, other: Load) -> Load:
        return Load(
            self.open + other.open,
            self.overdue + other.overdue,
            self.due_today + other.due_today,
            self.unanswered + other.unanswered,
            self.created_ms + other.created_ms,
        )

    def average_age_ms(self, now_ms: int) -> int:
        """How long ago the open ones were created, on average; 0 where there is none."""
        return 0 if not self.open else max(0, now_ms - self.created_ms // self.open)


NOTHING = Load()


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """What the desk itself keeps of an agent's working time; wins over the directory."""

    agent: str
    capacity: int | None = None
    """Open tickets that are a full load, 0 for no limit; None: as the directory has it."""
    away: bool = False
    until: datetime | None = None
    """When the agent is back; None: nobody knows."""
    substitute: str | None = None
    """Who takes the agent's work meanwhile."""

    def is_away(self, now: datetime) -> bool:
        return self.away and (self.until is None or now < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """Everybody's load at one moment."""

    at: datetime
    loads: Mapping[tuple[str, str], Load] = field(default_factory=lambda: MappingProxyType({}))
    """By kind (agent, team, department, status, stage) and key; `NOBODY` for none."""
    availability: Mapping[str, Availability] = field(default_factory=lambda: MappingProxyType({}))

    def load(self, kind: str, key: str) -> Load:
        return self.loads.get((kind, key), NOTHING)

    def capacity(self, agent: Agent) -> int:
        """Open tickets that are a full load; 0 for no limit."""
        kept = self.availability.get(agent.key)
        return agent.capacity if kept is None or kept.capacity is None else kept.capacity

    def is_away(self, agent: Agent) -> bool:
        kept = self.availability.get(agent.key)
        return agent.away if kept is None else kept.is_away(self.at)

    def away_until(self, agent: Agent) -> datetime | None:
        kept = self.availability.get(agent.key)
        return kept.until if kept is not None and kept.is_away(self.at) else None

    def substitute(self, agent: Agent) -> str | None:
        """Who takes the agent's work now; None while the agent is here, or if nobody was named."""
        kept = self.availability.get(agent.key)
        return kept.substitute if kept is not None and kept.is_away(self.at) else None

    def stand_in(self, agent: str, directory: Directory) -> str | None:
        """The first substitute who is here, along the line of those who are away."""
        passed: set[str] = set()
        at: str | None = agent
        while at is not None and at not in passed:
            found = directory.agents.get(at)
            if found is None:
                return None
            if not self.is_away(found):
                return at
            passed.add(at)
            at = self.substitute(found)
        return None

    def over(self, agent: Agent, more: int = 0) -> int:
        """By how many open tickets the agent is over the limit, with `more` of them; 0: is not."""
        limit = self.capacity(agent)
        return max(0, self.load("agent", agent.key).open + more - limit) if limit else 0

    def team_capacity(self, team: str, directory: Directory) -> int:
        """What the members who are here can take together; 0 if one of them has no limit."""
        found = directory.teams.get(team)
        members = (
            [directory.agents[key] for key in found.members if key in directory.agents]
            if (found is not None)
            else []
        )
        limits = [self.capacity(agent) for agent in members if not self.is_away(agent)]
        return 0 if 0 in limits else sum(limits)


def workload(
    rows: Iterable[LoadRow], availability: Iterable[Availability], at: datetime
) -> Workload:
    """Sum up what the store counted."""
    loads: dict[tuple[str, str], Load] = {}
    for row in rows:
        load = Load(row.open, row.overdue, row.due_today, row.unanswered, row.created_ms)
        places = (
            ("agent", row.owner or NOBODY),
            ("team", row.team or NOBODY),
            ("department", row.department),
            ("status", row.status),
            ("stage", str(row.stage)),
        )
        for place in places:
            loads[place] = loads.get(place, NOTHING) + load
    return Workload(at=at, loads=loads, availability={kept.agent: kept for kept in availability})


def load_of(
    tickets: Iterable[Ticket], directory: Directory, now: datetime, day_end_ms: int
) -> Load:
    """What some tickets add to a load; those that are not open add nothing."""
    found, now_ms = NOTHING, to_ms(now)
    for ticket in tickets:
        if ticket.state is not State.OPEN:
            continue
        due_ms = to_ms_or_none(directory.due(ticket))
        late = due_ms is not None and due_ms <= now_ms
        today = due_ms is not None and now_ms < due_ms <= day_end_ms
        created_ms = to_ms(ticket.created_at)
        found += Load(1, int(late), int(today), int(not ticket.answered), created_ms)
    return found


def day_end_ms(now: datetime) -> int:
    """The midnight that ends this day here."""
    midnight = now.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    return to_ms(midnight + timedelta(days=1))
