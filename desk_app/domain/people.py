"""Agents, what they may do, and the people who write to them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Permission(StrEnum):
    """A right of a role, by osTicket's own names (facts/osticket.md, "Rules to mirror")."""

    CREATE = "ticket.create"
    EDIT = "ticket.edit"
    ASSIGN = "ticket.assign"
    RELEASE = "ticket.release"
    TRANSFER = "ticket.transfer"
    REFER = "ticket.refer"
    MERGE = "ticket.merge"
    LINK = "ticket.link"
    REPLY = "ticket.reply"
    MARK_ANSWERED = "ticket.markanswered"
    MARK_OVERDUE = "ticket.markoverdue"
    """Of a department's manager; in osTicket it is no right of a role."""
    CLOSE = "ticket.close"
    DELETE = "ticket.delete"
    TASK_CREATE = "task.create"
    TASK_CLOSE = "task.close"


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A named set of rights."""

    key: str
    name: str
    permissions: frozenset[Permission]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """A person who answers tickets."""

    key: str
    name: str
    email: str
    department: str
    role: str
    """The role in the own department."""
    access: tuple[tuple[str, str], ...] = ()
    """Further departments, each with the role there."""
    supervisor: bool = False
    capacity: int = 0
    """Open tickets that are a full load; 0 for no limit."""
    away: bool = False
    signature: str = ""

    @property
    def departments(self) -> frozenset[str]:
        return frozenset({self.department, *(key for key, _ in self.access)})

    def role_in(self, department: str) -> str:
        """The role there; where there is none, the agent's own (an assignee keeps it)."""
        return dict(self.access).get(department, self.role)


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """Agents of any department who share work."""

    key: str
    name: str
    members: frozenset[str] = frozenset()
    lead: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """Where a ticket lives; decides who sees it."""

    key: str
    name: str
    sla: str | None = None
    email: str = ""
    signature: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Requester:
    """A person who asked for help."""

    id: int
    name: str
    email: str
    phone: str = ""
    organisation: str = ""
    notes: str = ""
    images_allowed: bool = False
    """Whether pictures on other machines may be loaded from this sender's mail."""
