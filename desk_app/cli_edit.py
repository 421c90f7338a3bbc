"""Values that a command line gives to a ticket's fields, checked and found by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from desk_app.domain.errors import AmbiguousNameError, NotFoundError, WrongUsageError
from desk_app.domain.lifecycle import Action

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from desk_app.domain.directory import Directory
    from desk_app.domain.ticket import Ticket
    from desk_app.ports.reader import TicketReader

EDIT = "edit"
"""Stands for the action that belongs to the field."""


@dataclass(frozen=True, slots=True)
class _Asked:
    directory: Directory
    ticket: Ticket
    reader: TicketReader
    field: str
    value: str


def is_edit(options: argparse.Namespace) -> bool:
    return str(options.action).partition("_")[0] == EDIT


def edited(
    options: argparse.Namespace, directory: Directory, ticket: Ticket, reader: TicketReader
) -> tuple[str, Any]:
    """The field that `--field F=V` names, and its value as the ticket keeps it.

    Raises:
        WrongUsageError: no such form, or a field of another action, or a value of no use.
        NotFoundError: no such field, or nothing of the value's name.
    """
    field, value = _named(options, directory, ticket)
    make = _custom if field.startswith("custom:") else _MAKERS[field]
    if not value and field in _NEVER_EMPTY:
        raise WrongUsageError(why="empty", field=field)
    return field, make(_Asked(directory, ticket, reader, field, value))


def _named(options: argparse.Namespace, directory: Directory, ticket: Ticket) -> tuple[str, str]:
    from desk_app.domain.commands import FIELD_ACTIONS

    fields = {action: field for field, action in FIELD_ACTIONS.items()}
    if options.field is None and options.to is not None and options.action in fields:
        return fields[Action(options.action)], options.to.strip()
    name, sign, value = (options.field or "").partition("=")
    if not sign:
        raise WrongUsageError(why="field_form", action=options.action)
    field = _ALIASES.get(name.strip(), name.strip())
    if field.startswith("custom:"):
        field, action = _custom_named(field, directory, ticket), Action.EDIT_CUSTOM
    elif field in FIELD_ACTIONS:
        action = FIELD_ACTIONS[field]
    else:
        raise NotFoundError(kind="field", name=name)
    if options.action not in {EDIT, action}:
        raise WrongUsageError(why="other_field", action=options.action, field=field)
    return field, value.strip()


def _custom_named(field: str, directory: Directory, ticket: Ticket) -> str:
    from desk_app.domain.directory import find_by_name

    wanted = {question.key: question for question in directory.fields_of(ticket)}
    key = field.partition(":")[2]
    if key not in wanted and ticket.custom_value(key):
        return field  # an answer that an earlier help topic asked for
    return "custom:" + find_by_name(wanted, "extra field", key)


def _custom(asked: _Asked) -> str:
    key = asked.field.partition(":")[2]
    choices = next((q.choices for q in asked.directory.fields_of(asked.ticket) if q.key == key), ())
    if not choices or not asked.value:
        return asked.value
    found = [choice for choice in choices if choice.casefold() == asked.value.casefold()]
    if not found:
        raise NotFoundError(kind="choice", name=asked.value)
    return found[0]


def _by_name(kind: str, things: Callable[[Directory], Mapping[str, object]]) -> _Make:
    def find(asked: _Asked) -> str | None:
        from desk_app.domain.directory import find_by_name

        return find_by_name(things(asked.directory), kind, asked.value) if asked.value else None

    return find


def _source(asked: _Asked) -> object:
    from desk_app.domain.ticket import Source

    wanted = asked.value.casefold().replace("e-mail", "email")
    if wanted not in [source.value for source in Source]:
        raise NotFoundError(kind="source", name=asked.value)
    return Source(wanted)


def _due(asked: _Asked) -> datetime | None:
    """Without a zone it is this machine's; a day alone means its end."""
    if not asked.value:
        return None
    try:
        found = datetime.fromisoformat(asked.value)
        if len(asked.value) <= len("2026-12-31"):
            found = found.replace(hour=23, minute=59)
        return found.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError) as error:
        raise WrongUsageError(why="date", value=asked.value) from error


def _person(asked: _Asked, name: str) -> int:
    wanted = name.strip().casefold()
    near = asked.reader.find_requesters(name.strip(), limit=1000) if wanted else []
    exact = [p for p in near if p.email.casefold() == wanted]
    found = exact or [p for p in near if p.name.casefold() == wanted]
    if not found:
        raise NotFoundError(kind="requester", name=name.strip())
    if len(found) > 1:
        raise AmbiguousNameError(kind="requester", name=name.strip())
    return found[0].id


def _people(asked: _Asked) -> tuple[int, ...]:
    names = [name for name in asked.value.split(",") if name.strip()]
    return tuple(dict.fromkeys(_person(asked, name) for name in names))


_Make = Callable[[_Asked], Any]
_ALIASES = {"due": "due_at"}
_NEVER_EMPTY = {"subject", "priority", "source", "requester"}
_MAKERS: dict[str, _Make] = {
    "subject": lambda asked: asked.value,
    "priority": _by_name("priority", lambda d: d.priorities),
    "sla": _by_name("SLA plan", lambda d: d.slas),
    "topic": _by_name("help topic", lambda d: d.topics),
    "source": _source,
    "due_at": _due,
    "requester": lambda asked: _person(asked, asked.value),
    "collaborators": _people,
    "muted": _people,
    "watchers": _people,
}
