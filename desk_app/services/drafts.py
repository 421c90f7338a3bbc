"""Keeps what is being typed: every save is on the disk before it is called saved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from desk_app.domain.draft import Draft, with_late

if TYPE_CHECKING:
    from desk_app.domain.draft import DraftKey, Late
    from desk_app.ports.host import Clock
    from desk_app.ports.unit_of_work import Changes, UnitsOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A version that is on the disk."""

    draft: Draft
    changes: Changes


class Drafts:
    """Saves versions of drafts and closes them."""

    def __init__(self, units: UnitsOfWork, clock: Clock) -> None:
        self._units = units
        self._clock = clock

    def save(self, draft: Draft) -> Kept:
        """Keep this version; the answer says when it was on the disk."""
        at = self._clock()
        with self._units() as unit:
            unit.save_draft(draft, at)
            changes = unit.commit()
        return Kept(draft=replace(draft, saved_at=at), changes=changes)

    def add(self, key: DraftKey, late: Late) -> Changes:
        """Put what came late behind what is kept under `key`, which nobody shows any more."""
        at = self._clock()
        with self._units() as unit:
            kept = unit.draft(key) or Draft(key=key, html="", text="")
            unit.save_draft(with_late(kept, late), at)
            return unit.commit()

    def discard(self, key: DraftKey) -> Changes:
        """Empty the composer; the versions stay for 30 days."""
        with self._units() as unit:
            unit.close_draft(key, self._clock())
            return unit.commit()
