"""A change of which a server took some fields and refused others."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from desk_app.domain.changes import with_value
from desk_app.sync.mirroring import Mirror

if TYPE_CHECKING:
    from desk_app.domain.outbox import Edit, OutboxItem
    from desk_app.sync.desk import MirroredDesk


def take_rest(
    desk: MirroredDesk, item: OutboxItem, step: Edit, refused: tuple[str, ...]
) -> OutboxItem:
    """The server has the fields that were taken, and only the others are at issue."""
    taken = [change for change in step.changes if change.field not in refused]
    if not taken:
        return item
    with desk.sync_unit() as unit:
        base = unit.base(item.ticket)
        if base is not None:
            ticket = base.ticket
            for change in taken:
                ticket = with_value(ticket, change.field, change.new)
            Mirror(desk, unit).show(replace(base, ticket=ticket, version=""))
        unit.commit()
    return replace(item, refused=refused)
