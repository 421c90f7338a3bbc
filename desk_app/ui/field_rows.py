"""The Fields tab as rows: name, value, why one cannot be changed, and the way back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from desk_app.domain.changes import still_holds
from desk_app.domain.lifecycle import Action
from desk_app.services.undoing import can_be_made_up
from desk_app.ui.texts import field_name, source_name, tr
from desk_app.ui.thread_html import value_text
from desk_app.ui.views.side_tabs import FieldRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from desk_app.domain.directory import Directory
    from desk_app.domain.entry import Event
    from desk_app.domain.outbox import OutboxItem
    from desk_app.ports.reader import TicketPage
    from desk_app.ui.lifecycle_controller import LifecycleController

_ROWS = (
    ("status", Action.SET_STATUS),
    ("owner", Action.ASSIGN),
    ("team", Action.ASSIGN),
    ("department", Action.TRANSFER),
    ("priority", Action.EDIT_PRIORITY),
    ("sla", Action.EDIT_SLA),
    ("due_at", Action.EDIT_DUE),
    ("breach_reason", Action.BREACH_REASON),
    ("topic", Action.EDIT_TOPIC),
    ("source", Action.EDIT_SOURCE),
    ("subject", Action.EDIT_SUBJECT),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldCalls:
    """What the rows do when they are used."""

    edit: Callable[[object], None]
    """Called with the action, or `custom:KEY`."""
    undo: Callable[[Event], None]
    agent: str
    """Whose changes may be taken back here."""
    has_server: bool = False
    """Whether a server may have a change by now."""


def field_rows(
    gate: LifecycleController, directory: Directory, page: TicketPage, calls: FieldCalls
) -> list[FieldRow]:
    """Every field of the shown ticket."""
    ticket = page.ticket
    rows = [
        FieldRow(
            key=field,
            name=field_name(field),
            value=_value(field, getattr(ticket, field), directory),
            denied=gate.denial(action),
            edit=partial(calls.edit, action),
            **_way_back(page, directory, calls, field),
        )
        for field, action in _ROWS
    ]
    for extra in directory.fields_of(ticket):
        star = " *" if extra.required_to_close else ""
        key = f"custom:{extra.key}"
        rows.append(
            FieldRow(
                key=key,
                name=extra.name + star,
                value=ticket.custom_value(extra.key),
                denied=gate.denial(Action.EDIT_CUSTOM),
                edit=partial(calls.edit, key),
                **_way_back(page, directory, calls, key),
            )
        )
    return rows


def with_marks(
    rows: list[FieldRow], unsettled: Iterable[OutboxItem], directory: Directory
) -> list[FieldRow]:
    """The rows, with a word on those that the server does not have as they are here."""
    words = tr("Yours, not on the server yet. There it was: {value}")
    marks: dict[str, str] = {}
    for item in unsettled:
        for change in item.event.changes:
            value = _value(change.field, change.old, directory)
            marks.setdefault(change.field, words.format(value=value or "-"))
    return [replace(row, mark=marks.get(row.key, "")) for row in rows]


def _way_back(
    page: TicketPage, directory: Directory, calls: FieldCalls, field: str
) -> dict[str, Any]:
    event = last_change(page, field, calls)
    if event is None:
        return {}
    old = next(change.old for change in event.changes if change.field == field)
    return {"was": _value(field, old, directory), "undo": partial(calls.undo, event)}


def last_change(page: TicketPage, field: str, calls: FieldCalls) -> Event | None:
    """The agent's event that gave a field its value, if it can still be taken back."""
    found = (
        event
        for event in reversed(page.events)
        if any(change.field == field for change in event.changes)
    )
    event = next((e for e in found if not e.undone and e.undoes is None), None)
    if event is None or event.actor != calls.agent or event.action in {"create", "receive"}:
        return None
    holds = still_holds(page.ticket, event)
    told = calls.has_server and can_be_made_up(event, page.ticket, field)
    return event if holds or told else None


def _value(field: str, value: object, directory: Directory) -> str:
    if field == "source":
        return source_name(str(value))
    if field == "due_at" and value is None:
        return tr("by the plan")
    return value_text(field, value, directory)
