"""Telling how those are called that a change names by number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desk_app.domain.entry import Change
    from desk_app.domain.named import Named


class Naming(Protocol):
    """A desk that is read, or written."""

    def named(self, changes: Sequence[Change]) -> Named:
        """How people and tickets are called that these changes name, as far as they are here."""
        ...
