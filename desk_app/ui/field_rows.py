"""The Fields tab as rows: name, value, and why one cannot be changed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from desk_app.domain.lifecycle import Action
from desk_app.ui.texts import field_name, source_name, tr
from desk_app.ui.thread_html import value_text
from desk_app.ui.views.side_tabs import FieldRow

if TYPE_CHECKING:
    from collections.abc import Callable

    from desk_app.domain.directory import Directory
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
    ("topic", Action.EDIT_TOPIC),
    ("source", Action.EDIT_SOURCE),
    ("subject", Action.EDIT_SUBJECT),
)


def field_rows(
    gate: LifecycleController,
    directory: Directory,
    page: TicketPage,
    edit: Callable[[object], None],
) -> list[FieldRow]:
    """Every field of the shown ticket; `edit` is called with the action, or `custom:KEY`."""
    ticket = page.ticket
    rows = [
        FieldRow(
            key=field,
            name=field_name(field),
            value=_value(field, getattr(ticket, field), directory),
            denied=gate.denial(action),
            edit=partial(edit, action),
        )
        for field, action in _ROWS
    ]
    for extra in directory.fields_of(ticket):
        star = " *" if extra.required_to_close else ""
        rows.append(
            FieldRow(
                key=f"custom:{extra.key}",
                name=extra.name + star,
                value=ticket.custom_value(extra.key),
                denied=gate.denial(Action.EDIT_CUSTOM),
                edit=partial(edit, f"custom:{extra.key}"),
            )
        )
    return rows


def _value(field: str, value: object, directory: Directory) -> str:
    if field == "source":
        return source_name(str(value))
    if field == "due_at" and value is None:
        return tr("by the plan")
    return value_text(field, value, directory)
