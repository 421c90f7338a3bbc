"""Everything a desk knows besides tickets: agents, departments, plans, texts. Small, held whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from desk_app.domain.errors import AmbiguousNameError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from desk_app.domain.lifecycle import Lifecycle
    from desk_app.domain.people import Agent, Department, Permission, Role, Team
    from desk_app.domain.sla import Schedule, SlaPlan
    from desk_app.domain.ticket import Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Priority:
    """How urgent; a lower rank is more urgent."""

    key: str
    name: str
    rank: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomField:
    """One extra question of a help topic."""

    key: str
    name: str
    required_to_close: bool = False
    choices: tuple[str, ...] = ()
    tells_breach: bool = False
    """Whether it says why a ticket was late: by the account's settings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpTopic:
    """What a ticket is about; gives new tickets their first values."""

    key: str
    name: str
    department: str | None = None
    priority: str | None = None
    sla: str | None = None
    fields: tuple[CustomField, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CannedResponse:
    """A text to start a reply from; `{{…}}` are filled in for the ticket."""

    key: str
    title: str
    html: str
    department: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """The people, places and plans of one desk, by key."""

    name: str
    lifecycle: Lifecycle
    agents: Mapping[str, Agent] = field(default_factory=dict)
    roles: Mapping[str, Role] = field(default_factory=dict)
    departments: Mapping[str, Department] = field(default_factory=dict)
    teams: Mapping[str, Team] = field(default_factory=dict)
    topics: Mapping[str, HelpTopic] = field(default_factory=dict)
    priorities: Mapping[str, Priority] = field(default_factory=dict)
    slas: Mapping[str, SlaPlan] = field(default_factory=dict)
    schedules: Mapping[str, Schedule] = field(default_factory=dict)
    canned: Mapping[str, CannedResponse] = field(default_factory=dict)

    def permissions(self, agent: Agent, ticket: Ticket) -> frozenset[Permission]:
        """What the agent's role in the ticket's department allows."""
        role = self.roles.get(agent.role_in(ticket.department))
        return frozenset() if role is None else role.permissions

    def teams_of(self, agent: str) -> frozenset[str]:
        return frozenset(key for key, team in self.teams.items() if agent in team.members)

    def sees(self, agent: Agent, ticket: Ticket) -> bool:
        """Own departments, own tickets, own teams, referrals (facts/osticket.md, "Rules")."""
        departments = agent.departments
        if ticket.department in departments or ticket.owner == agent.key:
            return True
        teams = self.teams_of(agent.key)
        mine: dict[str, Collection[str]] = {
            "agent": {agent.key},
            "team": teams,
            "department": departments,
        }
        return ticket.team in teams or any(r.key in mine.get(r.kind, ()) for r in ticket.referrals)

    def takes_part(self, agent: Agent, department: str) -> bool:
        return department in agent.departments

    def fields_of(self, ticket: Ticket) -> tuple[CustomField, ...]:
        topic = self.topics.get(ticket.topic or "")
        return () if topic is None else topic.fields

    def reason_field(self, ticket: Ticket) -> CustomField | None:
        """The extra field that says why a ticket was late; None: a note does."""
        return next((one for one in self.fields_of(ticket) if one.tells_breach), None)

    def due(self, ticket: Ticket) -> datetime | None:
        """When the ticket is due: by hand, else by its plan from creation or last reopening."""
        if ticket.due_at is not None:
            return ticket.due_at
        plan = self.slas.get(ticket.sla or "")
        if plan is None:
            return None
        start = ticket.reopened_at or ticket.created_at
        span = timedelta(hours=plan.hours)
        schedule = self.schedules.get(plan.schedule or "")
        if schedule is None:
            return start + span
        from desk_app.domain.sla import add_working_time

        return add_working_time(start, span, schedule)


def find_by_name(things: Mapping[str, object], kind: str, name: str) -> str:
    """The key of the thing with this key or name (case ignored), as typed on a command line.

    Raises:
        NotFoundError: nothing answers to `name`.
        AmbiguousNameError: more than one does.
    """
    if name in things:
        return name
    wanted = name.casefold()
    found = [k for k, thing in things.items() if wanted in _names(k, thing)]
    if not found:
        raise NotFoundError(kind=kind, name=name)
    if len(found) > 1:
        raise AmbiguousNameError(kind=kind, name=name)
    return found[0]


def _names(key: str, thing: object) -> set[str]:
    name = str(getattr(thing, "name", "")).casefold()
    email = str(getattr(thing, "email", "")).casefold()
    return {key.casefold(), name, name.split(" ")[0], email} - {""}
