"""Reads how the people and tickets are called that changes name by number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from desk_app.domain.named import NOBODY, Named, numbers_in
from desk_app.store import queue_sql

if TYPE_CHECKING:
    from desk_app.domain.entry import Change

Ask = Callable[[str, Sequence[object]], Iterable[tuple[int, str]]]
"""Puts a question to the desk."""

_PEOPLE = "SELECT id, name FROM requester WHERE id IN (SELECT value FROM json_each(?))"
_TICKETS = (
    "SELECT id, coalesce(number, '') FROM ticket WHERE id IN (SELECT value FROM json_each(?))"
)


def read_named(ask: Ask, changes: Iterable[Change]) -> Named:
    """Asks nothing where nobody is named, as in nearly all changes."""
    people, tickets = numbers_in(changes)
    if not people and not tickets:
        return NOBODY

    def names(sql: str, ids: set[int]) -> dict[int, str]:
        return dict(ask(sql, [queue_sql.ids_parameter(sorted(ids))])) if ids else {}

    return Named(people=names(_PEOPLE, people), tickets=names(_TICKETS, tickets))
