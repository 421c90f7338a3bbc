"""What differs between two versions of a ticket, and how to set it back."""

from __future__ import annotations

from dataclasses import fields, replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from desk_app.domain.entry import Change
from desk_app.domain.ticket import Task, Ticket

if TYPE_CHECKING:
    from datetime import datetime

    from desk_app.domain.entry import Event


_WHOLE = tuple(f.name for f in fields(Ticket) if f.name not in {"tasks", "custom", "updated_at"})
_values = attrgetter(*_WHOLE)


def changes(before: Ticket, after: Ticket) -> tuple[Change, ...]:
    """Every field that differs; tasks and extra fields one by one. `updated_at` is no change."""
    found = [
        Change(field=name, old=old, new=new)
        for name, old, new in zip(_WHOLE, _values(before), _values(after), strict=True)
        if old != new
    ]
    if before.tasks != after.tasks:
        found += _parts("task", {t.id: t for t in before.tasks}, {t.id: t for t in after.tasks})
    if before.custom != after.custom:
        found += _parts("custom", dict(before.custom), dict(after.custom))
    return tuple(change for change in found if change.old != change.new)


def value_of(ticket: Ticket, field: str) -> object:
    """What `field` of a `Change` holds now; None for a part that is not there."""
    name, _, part = field.partition(":")
    if name == "task":
        return next((task for task in ticket.tasks if task.id == int(part)), None)
    return dict(ticket.custom).get(part) if name == "custom" else getattr(ticket, name)


def with_value(ticket: Ticket, field: str, value: Any) -> Ticket:
    """The ticket with the field of a `Change` set; None takes a part away."""
    name, _, part = field.partition(":")
    if name == "custom":
        return with_custom(ticket, part, value or "")
    if name != "task":
        return replace(ticket, **{name: value})
    return _with_task(ticket, int(part), value)


def still_holds(ticket: Ticket, event: Event) -> bool:
    """Whether every field is as the event left it: only then may the event be taken back."""
    return all(value_of(ticket, change.field) == change.new for change in event.changes)


def with_custom(ticket: Ticket, key: str, value: str) -> Ticket:
    """The ticket with one extra answer; '' takes it away."""
    answers = {**dict(ticket.custom), key: value}
    return replace(ticket, custom=tuple(sorted((k, v) for k, v in answers.items() if v)))


def with_task_closed(ticket: Ticket, task_id: int, at: datetime | None) -> Ticket:
    """The ticket with one task done at a time, or open again (None)."""
    tasks = (replace(t, closed_at=at) if t.id == task_id else t for t in ticket.tasks)
    return replace(ticket, tasks=tuple(tasks))


def with_people(ticket: Ticket) -> Ticket:
    """The ticket with nobody twice: a requester is no collaborator, who left is not muted."""
    present = tuple(one for one in ticket.collaborators if one != ticket.requester)
    muted = tuple(one for one in ticket.muted if one in present)
    if (present, muted) == (ticket.collaborators, ticket.muted):
        return ticket
    return replace(ticket, collaborators=present, muted=muted)


def _with_task(ticket: Ticket, task_id: int, task: Task | None) -> Ticket:
    """Put a task where it was, a new one last; None removes it. Ids tell nothing of the order."""
    if task is None:
        return replace(ticket, tasks=tuple(t for t in ticket.tasks if t.id != task_id))
    if task_id not in {t.id for t in ticket.tasks}:
        return replace(ticket, tasks=(*ticket.tasks, task))
    return replace(ticket, tasks=tuple(task if t.id == task_id else t for t in ticket.tasks))


def _parts(name: str, old: dict[Any, Any], new: dict[Any, Any]) -> list[Change]:
    keys = sorted({*old, *new})
    return [Change(field=f"{name}:{k}", old=old.get(k), new=new.get(k)) for k in keys]
