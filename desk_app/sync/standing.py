"""Writes where a command stands, unless the agent has decided otherwise meanwhile."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from desk_app.domain.outbox import moved

if TYPE_CHECKING:
    from datetime import datetime

    from desk_app.domain.outbox import Happening, OutboxItem
    from desk_app.ports.sync import SyncUnit
    from desk_app.sync.desk import MirroredDesk
    from desk_app.sync.log import SyncLog


class Standing:
    """Of the items of one desk's outbox; each method returns the item as it is kept now."""

    def __init__(self, desk: MirroredDesk, log: SyncLog) -> None:
        self._desk = desk
        self._log = log

    def keep(
        self, item: OutboxItem, happening: Happening, *, reason: str = "", words: str = ""
    ) -> OutboxItem:
        """Something happened to it."""
        with self._desk.sync_unit() as unit:
            decided = decided_meanwhile(unit, item)
            if decided is not None:
                return decided
            kept = self.move(unit, item, happening, reason=reason, words=words)
            unit.commit()
        return kept

    def keep_until(self, item: OutboxItem, until: datetime, reason: str) -> OutboxItem:
        """It stays where it stands, and nothing is tried before some time."""
        waiting = replace(item, next_try=until, reason=reason)
        with self._desk.sync_unit() as unit:
            decided = decided_meanwhile(unit, item)
            if decided is not None:
                return decided
            unit.save_item(waiting)
            unit.commit()
        return waiting

    def move(
        self,
        unit: SyncUnit,
        item: OutboxItem,
        happening: Happening,
        *,
        reason: str = "",
        words: str = "",
    ) -> OutboxItem:
        """The same as a part of something larger, which commits.

        Raises:
            ValueError: this cannot happen to what stands where it does.
        """
        state = moved(item.state, happening)
        kept = replace(item, state=state, reason=reason, words=words, next_try=None)
        unit.save_item(kept)
        self._log.write(unit, kept, "send", str(happening))
        return kept


def decided_meanwhile(unit: SyncUnit, item: OutboxItem) -> OutboxItem | None:
    """The item as the agent left it since this round read it; None if it is the same.

    What is on its way cannot be decided about, so that from then on nothing comes in between.
    """
    now = unit.item(item.seq)
    same = (now.state, now.done, now.event) == (item.state, item.done, item.event)
    return None if same else now
