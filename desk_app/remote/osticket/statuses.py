"""The life of a ticket with the statuses that this server has."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from desk_app.domain.lifecycle import Check, Lifecycle, Status
from desk_app.domain.people import Permission
from desk_app.domain.ticket import Stage, State

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

WAYS = {
    "reopen": State.OPEN,
    "close": State.CLOSED,
    "archive": State.ARCHIVED,
    "delete": State.DELETED,
}
"""The panel's words in a link tell the state that a status belongs to."""
SHIPPED = {
    "1": State.OPEN,
    "2": State.CLOSED,
    "3": State.CLOSED,
    "4": State.ARCHIVED,
    "5": State.DELETED,
}
DELETED = "5"
_NAMES = {"4": "Archived", "5": "Deleted"}
"""Every server has these two, and no dialog lists them."""
_ENDS = (Check.NO_OPEN_TASK, Check.NO_OPEN_CHILD, Check.REQUIRED_FIELDS)
_PERMISSIONS = {
    State.OPEN: Permission.REPLY,
    State.CLOSED: Permission.CLOSE,
    State.ARCHIVED: Permission.CLOSE,
    State.DELETED: Permission.DELETE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownStatus:
    """A status of the server."""

    id: str
    name: str
    state: State


def known_statuses(
    names: Iterable[tuple[str, str]], states: Mapping[str, State]
) -> list[KnownStatus]:
    """All statuses of the dialogs and the two that none lists; `states` is what pages told."""
    listed = dict(names)
    for number, name in _NAMES.items():
        listed.setdefault(number, name)
    return [
        KnownStatus(id=number, name=name, state=states.get(number, SHIPPED.get(number, State.OPEN)))
        for number, name in listed.items()
    ]


def steps_of(offered: Iterable[str], doors: Collection[str]) -> tuple[str, ...]:
    """Statuses that a ticket can get now; the button that deletes it names none."""
    return (*offered, DELETED) if "status/delete" in doors else tuple(offered)


def lifecycle_of(template: Lifecycle, statuses: Iterable[KnownStatus]) -> Lifecycle:
    """The rules of osTicket with these statuses instead of the shipped ones."""
    known = list(statuses)
    first = next((s for s in known if s.state is State.OPEN), None)
    if first is None:
        return template
    made = {status.id: _status(status, known, first.id) for status in known}
    return replace(template, initial=first.id, reopened=first.id, statuses=made)


def _status(status: KnownStatus, known: list[KnownStatus], first: str) -> Status:
    leads = status.state is not State.DELETED
    to = tuple(other.id for other in known if other.id != status.id) if leads else ()
    if status.state is State.ARCHIVED:
        to = tuple(s.id for s in known if s.state in {State.OPEN, State.DELETED})
    ends = status.state in {State.CLOSED, State.ARCHIVED}
    working = status.state is State.OPEN and status.id != first
    return Status(
        key=status.id,
        name=status.name,
        state=status.state,
        to=to,
        stage=Stage.WORKING if working else None,
        takes_reply=status.state in {State.OPEN, State.CLOSED},
        reopens_to=first if status.state is State.CLOSED else None,
        permission=_PERMISSIONS[status.state],
        checks=_ENDS if ends else (),
    )
