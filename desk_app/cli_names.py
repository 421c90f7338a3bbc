"""Finds what a command line names, and answers in words or JSON."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from desk_app.bootstrap import OpenDesk
    from desk_app.domain.directory import Directory
    from desk_app.domain.people import Agent
    from desk_app.domain.ticket import Ticket

DONE, USAGE, REFUSED, NOT_FOUND, BROKEN, KEPT_ASIDE = 0, 2, 3, 4, 5, 6


def _to(options: argparse.Namespace) -> str:
    from desk_app.domain.errors import WrongUsageError

    if not options.to or not options.to.strip():
        raise WrongUsageError(why="target", action=options.action)
    name: str = options.to.strip()
    return name


def _task_named(options: argparse.Namespace, ticket: Ticket) -> int:
    from desk_app.domain.errors import NotFoundError

    name = _to(options)
    for task in ticket.tasks:
        if name == str(task.id) or name.casefold() == task.title.casefold():
            return task.id
    raise NotFoundError(kind="task", name=name)


def _person(options: argparse.Namespace, directory: Directory) -> Any:
    """An agent, a team or (but not to assign to) a department; keys before names."""
    from desk_app.domain.directory import find_by_name
    from desk_app.domain.errors import NotFoundError
    from desk_app.domain.ticket import Referral

    name = _to(options)
    places: dict[str, Mapping[str, object]] = {
        "agent": directory.agents,
        "team": directory.teams,
        "department": {} if options.action == "assign" else directory.departments,
    }
    for kind, things in places.items():
        if name in things:
            return Referral(kind=kind, key=name)
    for kind, things in places.items():
        with suppress(NotFoundError):
            return Referral(kind=kind, key=find_by_name(things, kind, name))
    raise NotFoundError(kind="agent", name=name)


def status_named(options: argparse.Namespace, directory: Directory) -> str:
    from desk_app.domain.directory import find_by_name

    name = options.status or _to(options)
    return find_by_name(directory.lifecycle.statuses, "status", name)


def _reopened(options: argparse.Namespace, directory: Directory) -> str | None:
    return status_named(options, directory) if options.status or options.to else None


def _department(options: argparse.Namespace, directory: Directory) -> str:
    from desk_app.domain.directory import find_by_name

    return find_by_name(directory.departments, "department", _to(options))


TARGETS: dict[str, Callable[[argparse.Namespace, OpenDesk, Directory, Ticket], Any]] = {
    "assign": lambda o, desk, d, t: _person(o, d),
    "refer": lambda o, desk, d, t: _person(o, d),
    "breach_reason": lambda o, desk, d, t: o.to or "",
    "unrefer": lambda o, desk, d, t: _person(o, d),
    "transfer": lambda o, desk, d, t: _department(o, d),
    "set_status": lambda o, desk, d, t: status_named(o, d),
    "reopen": lambda o, desk, d, t: _reopened(o, d),
    "link": lambda o, desk, d, t: numbered(desk, _to(o)).id,
    "unlink": lambda o, desk, d, t: numbered(desk, _to(o)).id,
    "merge": lambda o, desk, d, t: numbered(desk, _to(o)).id,
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
    """The desk that the command line names, brought up to date if an earlier version wrote it.

    Raises:
        DeskMissingError, DeskTooNewError, DeskCorruptError, DeskReadOnlyError, DiskFullError
    """
    desk = found_desk(options)
    if not desk.is_current():
        desk.prepare()
    return desk


def found_desk(options: argparse.Namespace) -> OpenDesk:
    """The desk as it is; raise DeskMissingError if there is none."""
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
    if options.json:
        import json

        print(json.dumps(value, default=_plain, ensure_ascii=False))
    else:
        print(_for_terminal(text))


def warn(text: str) -> None:
    """Say something beside the answer, on stderr."""
    print(_for_terminal(text), file=sys.stderr)


def _for_terminal(text: str) -> str:
    """What strangers wrote must not clear the screen or name the window."""
    from desk_app.domain.calm_text import calm_lines

    return calm_lines(text)


def text_of(options: argparse.Namespace) -> str:
    """The words in `--text-file`; '' without one.

    Raises:
        FileUnreadableError: it is not there, or no UTF-8.
    """
    from desk_app.domain.errors import FileUnreadableError

    if not options.text_file:
        return ""
    try:
        return Path(options.text_file).read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise FileUnreadableError(path=options.text_file) from error


@contextmanager
def written_by_us(path: str) -> Iterator[None]:
    """Say in a sentence that a file cannot be written."""
    from desk_app.domain.errors import FileUnwritableError

    try:
        yield
    except OSError as error:
        raise FileUnwritableError(path=path, detail=error.strerror or "") from error


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
