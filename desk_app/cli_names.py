"""Finds what a command line names: agents, departments, statuses, tasks, tickets."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse

    from desk_app.bootstrap import OpenDesk
    from desk_app.domain.directory import Directory
    from desk_app.domain.ticket import Ticket


def _task_named(options: argparse.Namespace, ticket: Ticket) -> int:
    return next((t.id for t in ticket.tasks if options.to in (str(t.id), t.title)), 0)


def _person(directory: Directory, name: str) -> Any:
    from desk_app.domain.directory import find_by_name
    from desk_app.domain.errors import NotFoundError
    from desk_app.domain.ticket import Referral

    for kind, things in (("team", directory.teams), ("department", directory.departments)):
        if name in things:
            return Referral(kind=kind, key=name)
    if not name:
        raise NotFoundError(kind="agent", name=name)
    return Referral(kind="agent", key=find_by_name(directory.agents, "agent", name))


def _status(options: argparse.Namespace, directory: Directory) -> str:
    from desk_app.domain.directory import find_by_name

    return find_by_name(directory.lifecycle.statuses, "status", options.status or options.to or "")


def _department(options: argparse.Namespace, directory: Directory) -> str:
    from desk_app.domain.directory import find_by_name

    return find_by_name(directory.departments, "department", options.to or "")


TARGETS: dict[str, Callable[[argparse.Namespace, OpenDesk, Directory, Ticket], Any]] = {
    "assign": lambda o, desk, d, t: _person(d, o.to or ""),
    "refer": lambda o, desk, d, t: _person(d, o.to or ""),
    "unrefer": lambda o, desk, d, t: _person(d, o.to or ""),
    "transfer": lambda o, desk, d, t: _department(o, d),
    "set_status": lambda o, desk, d, t: _status(o, d),
    "link": lambda o, desk, d, t: numbered(desk, o.to or "").id,
    "unlink": lambda o, desk, d, t: numbered(desk, o.to or "").id,
    "merge": lambda o, desk, d, t: numbered(desk, o.to or "").id,
    "close_task": lambda o, desk, d, t: _task_named(o, t),
    "reopen_task": lambda o, desk, d, t: _task_named(o, t),
}


def numbered(desk: OpenDesk, number: str) -> Ticket:
    from desk_app.domain.errors import NotFoundError

    reader = desk.reader()
    found = reader.find_ticket(number)
    if found is None:
        raise NotFoundError(kind="ticket", name=number)
    return reader.ticket(found)
