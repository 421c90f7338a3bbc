"""Keeps what is being typed: every save is on the disk before it is called saved."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desk_app.domain.draft import Draft, DraftKey
    from desk_app.ports.host import Clock
    from desk_app.ports.unit_of_work import UnitsOfWork


class Drafts:
    """Saves versions of drafts and closes them."""

    def __init__(self, units: UnitsOfWork, clock: Clock) -> None:
        self._units = units
        self._clock = clock

    def save(self, draft: Draft) -> Draft:
        """Keep this version; the answer says when it was on the disk."""
        at = self._clock()
        with self._units() as unit:
            unit.save_draft(draft, at)
            unit.commit()
        return replace(draft, saved_at=at)

    def discard(self, key: DraftKey) -> None:
        """Empty the composer; the versions stay for 30 days."""
        with self._units() as unit:
            unit.close_draft(key, self._clock())
            unit.commit()
