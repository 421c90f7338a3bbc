"""Whom and what a step names besides its ticket, by the desk's ids."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk_app.domain.named import numbers_in
from desk_app.domain.outbox import Edit
from desk_app.ports.remote import RemotePerson

if TYPE_CHECKING:
    from desk_app.ports.sync import SyncUnit


def named(step: object) -> list[int]:
    """Desk's ids of the other tickets that a step names."""
    if not isinstance(step, Edit):
        return []
    found: list[int] = []
    for change in step.changes:
        if change.field == "merged_into" and change.new is not None:
            found.append(int(str(change.new)))
        elif change.field == "links":
            old, new = _ids(change.old), _ids(change.new)
            found += sorted(old ^ new)
    return found


def people_of(step: object) -> set[int]:
    """Desk's ids of the people that a step names."""
    return numbers_in(step.changes)[0] if isinstance(step, Edit) else set()


def person_of(unit: SyncUnit, number: int) -> RemotePerson:
    """A person of the desk, as a server is told of them."""
    person = unit.requester(number)
    return RemotePerson(name=person.name, email=person.email)


def _ids(value: object) -> set[int]:
    return {int(str(one)) for one in value} if isinstance(value, (tuple, list)) else set()
