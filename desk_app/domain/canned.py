"""Canned responses: a text with `{{…}}` in it, filled in for one ticket, here or by a server."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from desk_app.domain.entry import Attachment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desk_app.domain.directory import CannedResponse, Directory
    from desk_app.domain.people import Agent, Requester
    from desk_app.domain.ticket import Ticket

_VARIABLE = re.compile(r"\{\{\s*([a-z_]+(?:\.[a-z_]+)*)\s*\}\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """A file that a server keeps with a canned response."""

    key: str
    """Server's id, while its session lasts."""
    name: str
    size: int
    """Bytes, as the server says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledText:
    """A canned response that a server filled in for one ticket."""

    key: str
    html: str
    offered: tuple[KeptFile, ...] = ()
    """The files that the server keeps with it, before they are brought."""
    attached: tuple[Attachment, ...] = ()
    """Those of them that are on the desk: they go along with the words."""
    files: tuple[str, ...] = ()
    """Names of those that could not be brought."""
    pictures: int = 0
    """How many pictures stand in it there, and not in `html`."""


def variables(
    ticket: Ticket, requester: Requester, agent: Agent, directory: Directory
) -> dict[str, str]:
    """What `{{name}}` stands for on this ticket, as plain text."""
    department = directory.departments.get(ticket.department)
    topic = directory.topics.get(ticket.topic or "")
    status = directory.lifecycle.statuses.get(ticket.status)
    return {
        "requester.name": requester.name,
        "requester.first_name": _first(requester.name),
        "requester.email": requester.email,
        "requester.organisation": requester.organisation,
        "ticket.number": ticket.number or "",
        "ticket.subject": ticket.subject,
        "ticket.status": ticket.status if status is None else status.name,
        "ticket.department": ticket.department if department is None else department.name,
        "ticket.topic": "" if topic is None else topic.name,
        "agent.name": agent.name,
        "agent.first_name": _first(agent.name),
        "agent.email": agent.email,
        "agent.signature": agent.signature,
        "desk.name": directory.name,
    }


def filled(html: str, values: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """The text with its variables filled in, and the names that nothing is known for.

    An unknown variable stays as it is written, so that it is seen before it is sent.
    """
    unknown: list[str] = []

    def value(found: re.Match[str]) -> str:
        name = found[1]
        if not values.get(name):
            unknown.append(name)
            return found[0]
        return escape(values[name])

    return _VARIABLE.sub(value, html), tuple(dict.fromkeys(unknown))


def canned_for(directory: Directory, ticket: Ticket) -> list[CannedResponse]:
    """The responses for the ticket's department, and those for all, by title."""
    found = (c for c in directory.canned.values() if c.department in {None, ticket.department})
    return sorted(found, key=lambda canned: canned.title.casefold())


def _first(name: str) -> str:
    return name.split(" ", maxsplit=1)[0]
