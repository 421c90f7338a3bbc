"""Finds what a command line names, and answers in words or JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse

    from desk_app.bootstrap import OpenDesk
    from desk_app.domain.directory import Directory
    from desk_app.domain.people import Agent
    from desk_app.domain.ticket import Ticket

DONE, USAGE, REFUSED, NOT_FOUND, BROKEN, KEPT_ASIDE = 0, 2, 3, 4, 5, 6


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


def open_desk(options: argparse.Namespace) -> OpenDesk:
    from desk_app.bootstrap import OpenDesk
    from desk_app.domain.errors import DeskMissingError
    from desk_app.store.driver import database_path
    from desk_app.system.paths import default_desk

    path: Path = options.desk or default_desk()
    if not database_path(path).is_file():
        raise DeskMissingError(path=str(path))
    return OpenDesk(path)


def agent_named(directory: Directory, name: str) -> Agent:
    from desk_app.domain.directory import find_by_name

    return directory.agents[find_by_name(directory.agents, "agent", name)]


def say(options: argparse.Namespace, value: Any, text: str) -> None:
    print(json.dumps(value, default=str, ensure_ascii=False) if options.json else text)
