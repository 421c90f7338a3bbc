"""What a transaction of RT says that a field became, and whether a change got through."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from desk_app.domain.entry import Change
from desk_app.ports.remote import Gone
from desk_app.remote.request_tracker.bodies import answer_value, linked, subject_line
from desk_app.remote.request_tracker.payloads import time_of
from desk_app.remote.request_tracker.roles import PEOPLE, recorded_people, shows_people
from desk_app.remote.request_tracker.tickets import priority_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from desk_app.ports.remote import RemoteTicket, Sending
    from desk_app.remote.request_tracker.payloads import Transaction
    from desk_app.remote.request_tracker.people import People

_Value = Callable[[str], object]
VALUES: Mapping[str, tuple[str, _Value]] = {
    "Status": ("status", str),
    "Subject": ("subject", str),
    "Queue": ("department", str),
    "Priority": ("priority", priority_key),
    "Due": ("due_at", time_of),
}
"""RT's names of fields that are the desk's too, and how history writes their values."""


def change_of(row: Transaction, people: People) -> Change | None:
    """The change of a field of the desk; None if it is something else."""
    name = str(row.column)
    if row.type == "CustomField":
        return _change(row, f"custom:{name}", str)
    if row.type == "SetWatcher":  # an owner's change has a `Set` too
        return None
    if name == "Owner":
        return _change(row, "owner", lambda number: people.login_of(number) or None)
    found = VALUES.get(name)
    return None if found is None else _change(row, *found)


def ticket_named(uri: str) -> str:
    """RT's id of the ticket that a link names; '' for what is none."""
    _, found, number = uri.rpartition("/ticket/")
    return number if found and number.isdigit() else ""


def still_missing(
    told: RemoteTicket | Gone, changes: Iterable[Change], sending: Sending
) -> list[Change]:
    """Changes that the ticket does not show."""
    kept = list(changes)
    merge = [c for c in kept if c.field == "merged_into" and c.new is not None]
    if merge:
        into = sending.others[int(str(merge[0].new))]
        return [] if isinstance(told, Gone) and told.into == into else merge
    if isinstance(told, Gone):
        return kept
    return [change for change in kept if not _shows(told, change, sending)]


def recorded(change: Change, rows: Sequence[Transaction], people: People, sending: Sending) -> bool:
    """Whether the history says that a change was made, even if it was changed again."""
    if change.field in PEOPLE:
        return recorded_people(change, rows, people, sending)
    if change.field == "links":
        added, taken = linked(change, sending.others)
        made = {ticket_named(str(r.new or "")) for r in rows if r.type == "AddLink"}
        gone = {ticket_named(str(r.old or "")) for r in rows if r.type == "DeleteLink"}
        return added <= made and taken <= gone
    if change.field == "merged_into":
        into = sending.others[int(str(change.new))]
        merges = [row for row in rows if row.column == "MergedInto"]
        return any(ticket_named(str(row.new or "")) == into for row in merges)
    found = (change_of(row, people) for row in rows)
    return any(c is not None and c.field == change.field and _same(c.new, change) for c in found)


def _shows(told: RemoteTicket, change: Change, sending: Sending) -> bool:
    name, _, part = change.field.partition(":")
    if name in PEOPLE:
        return shows_people(told, change, sending)
    if name == "links":
        added, taken = linked(change, sending.others)
        return added <= set(told.links) and not taken & set(told.links)
    if name == "custom":
        return _same(dict(told.custom).get(part, ""), change)
    return _same(getattr(told, name), change)


def _same(there: object, change: Change) -> bool:
    """Whether a value is the one that a change was to set, by RT's way of keeping it."""
    name = change.field.partition(":")[0]
    if name == "custom":
        return _lines(there) == _lines(change.new)
    if name == "subject":
        return subject_line(there) == subject_line(change.new)
    if name == "due_at":
        return _second(there) == _second(change.new)
    return there == change.new


def _lines(value: object) -> list[str]:
    found = answer_value(str(value or ""))
    return sorted([found] if isinstance(found, str) else found or [])


def _second(value: object) -> datetime | None:
    at: datetime | None = value  # type: ignore[assignment]
    return None if at is None else at.replace(microsecond=0)


def _change(row: Transaction, field: str, value: _Value) -> Change:
    old, new = (value(str("" if one is None else one)) for one in (row.old, row.new))
    return Change(field=field, old=old, new=new)
