"""Whom and which tickets a change names: its values are numbers that only the desk knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from desk_app.domain.entry import Change

OF_PEOPLE: Final = frozenset({"requester", "collaborators", "muted", "watchers"})
OF_TICKETS: Final = frozenset({"links", "merged_into"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """How people and tickets that something names are called; who is not there is only counted."""

    people: Mapping[int, str] = field(default_factory=dict)
    tickets: Mapping[int, str] = field(default_factory=dict)
    """Numbers, without the `#`; '' where a ticket has none yet."""

    def of(self, name: str, value: object) -> list[str]:
        """The names in a field's value, in its order; [] if one of them is not known."""
        known = self.people if name in OF_PEOPLE else self.tickets
        wanted = _numbers(value)
        return [known[one] for one in wanted] if all(one in known for one in wanted) else []


NOBODY: Final = Named()


def numbers_in(changes: Iterable[Change]) -> tuple[set[int], set[int]]:
    """Desk's ids of the people, and of the tickets, that these changes name before or after."""
    people: set[int] = set()
    tickets: set[int] = set()
    for change in changes:
        if change.field in OF_PEOPLE:
            people.update(_numbers(change.old), _numbers(change.new))
        elif change.field in OF_TICKETS:
            tickets.update(_numbers(change.old), _numbers(change.new))
    return people, tickets


def _numbers(value: object) -> list[int]:
    values = value if isinstance(value, (tuple, list)) else (value,)
    return [one for one in values if isinstance(one, int)]
