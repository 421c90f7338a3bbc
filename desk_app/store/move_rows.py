"""The reassignments among a desk's events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk_app.domain.moment import to_ms
from desk_app.domain.move_record import Moved, MovesWanted, kind_of, steps_of
from desk_app.store import mapping
from desk_app.store.schema import GIVEN, MOVED

if TYPE_CHECKING:
    from desk_app.store.reading_connection import ReadingConnection

_PAGE = 500


def read_moves(connection: ReadingConnection, wanted: MovesWanted, *, limit: int) -> list[Moved]:
    """Newest first; what the index does not know is looked at here, a page at a time."""
    found: list[Moved] = []
    where, values = _where(wanted)
    skipped = 0
    while len(found) < limit:
        rows = connection.dicts(f"{_SELECT} {where} {_PAGED}", [*values, _PAGE, skipped])
        read = [_moved(row) for row in rows]
        found += [moved for moved in read if moved.steps and wanted.take(moved)]
        if len(rows) < _PAGE:
            break
        skipped += _PAGE
    return found[:limit]


def _where(wanted: MovesWanted) -> tuple[str, list[object]]:
    parts: list[tuple[str, object]] = []
    if wanted.actor is not None:
        parts.append(("e.actor = ?", wanted.actor))
    if wanted.since is not None:
        parts.append(("e.at_ms >= ?", to_ms(wanted.since)))
    if wanted.until is not None:
        parts.append(("e.at_ms < ?", to_ms(wanted.until)))
    if wanted.after:
        parts.append(("e.id > ?", wanted.after))
    return "".join(f" AND {sql}" for sql, _ in parts), [value for _, value in parts]


def _moved(row: mapping.Row) -> Moved:
    event = mapping.event(row)
    return Moved(
        event=event.id,
        at=event.at,
        actor=event.actor,
        ticket=event.ticket,
        number=row["number"] or "",
        subject=row["subject"],
        kind=kind_of(event),
        steps=steps_of(event),
        comment=event.comment,
        undone=event.undone,
    )


_SELECT = (
    "SELECT e.*, t.number, t.subject FROM (SELECT * FROM event INDEXED BY ix_event_moved"
    f" WHERE {MOVED} UNION ALL SELECT * FROM event INDEXED BY ix_event_breach_reason"
    f" WHERE {GIVEN}) e JOIN ticket t ON t.id = e.ticket_id WHERE e.action != 'create'"
)
_PAGED = "ORDER BY e.at_ms DESC, e.id DESC LIMIT ? OFFSET ?"
