"""Reads one ticket with its thread, events and neighbours: what the ticket pane shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desk_app.domain.draft import DraftKey, DraftKind
from desk_app.domain.moment import from_ms
from desk_app.ports.reader import TicketPage
from desk_app.store import mapping

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from desk_app.domain.entry import Entry
    from desk_app.domain.ticket import Ticket, TicketId
    from desk_app.store.reader import SqliteReader

_WHOLE = (
    "(WITH RECURSIVE part(id) AS (VALUES (:ticket) UNION SELECT t.id FROM part"
    " JOIN ticket t ON t.merged_into = part.id) SELECT id FROM part)"
)
"""A ticket, those that were merged into it, and those that were merged into them."""

_EVENTS = "SELECT * FROM event WHERE ticket_id = ? ORDER BY id"


def read_page(reader: SqliteReader, ticket_id: TicketId, *, agent: str, entries: int) -> TicketPage:
    """Read one page; raise NotFoundError if the ticket is not there."""
    ticket = reader.ticket(ticket_id)
    total = _count(reader, ticket_id)
    found = _entries(reader, ticket_id, entries)
    events = tuple(mapping.event(row) for row in reader.dicts(_EVENTS, [ticket_id]))
    return TicketPage(
        ticket=ticket,
        requester=reader.requester(ticket.requester),
        entries=found,
        earlier=max(0, total - entries),
        unread=not found and _is_unread(reader, ticket_id),
        events=events,
        named=reader.named([change for event in events for change in event.changes]),
        due_at=reader.directory().due(ticket),
        open_children=_open_children(reader, ticket_id),
        numbers=_numbers(reader, ticket),
        seen=_seen(reader, agent, ticket_id),
        snoozed_until=_snoozed_until(reader, agent, ticket_id),
        followed=_followed(reader, agent, ticket_id),
        drafts=_drafts(reader, ticket_id),
        collaborators=tuple(reader.requester(found) for found in ticket.collaborators),
        watchers=tuple(reader.requester(found) for found in ticket.watchers),
        pictures_from=_pictures_from(reader, found),
    )


def _is_unread(reader: SqliteReader, ticket: TicketId) -> bool:
    base = reader.base(ticket)
    return base is not None and bool(base.remote) and not base.gone and not base.thread


def _count(reader: SqliteReader, ticket: TicketId) -> int:
    sql = f"SELECT count(*) AS n FROM entry WHERE ticket_id IN {_WHOLE} AND withdrawn = 0"
    found: int = reader.dicts(sql.replace(":ticket", "?1"), [ticket])[0]["n"]
    return found


def _entries(reader: SqliteReader, ticket: TicketId, limit: int) -> tuple[Entry, ...]:
    sql = (
        f"SELECT * FROM entry WHERE ticket_id IN {_WHOLE} AND withdrawn = 0"
        " ORDER BY id DESC LIMIT ?2"
    )
    rows = reader.dicts(sql.replace(":ticket", "?1"), [ticket, limit])
    if not rows:
        return ()
    ids = mapping.encoded([row["id"] for row in rows])
    files: dict[int, list[dict[str, Any]]] = {}
    sql = (
        "SELECT * FROM attachment WHERE entry_id IN (SELECT value FROM json_each(?))"
        " ORDER BY entry_id, position"
    )
    for row in reader.dicts(sql, [ids]):
        files.setdefault(row["entry_id"], []).append(row)
    return tuple(mapping.entry(row, files.get(row["id"], ())) for row in reversed(rows))


def _open_children(reader: SqliteReader, ticket: TicketId) -> tuple[str, ...]:
    sql = "SELECT number FROM ticket WHERE merged_into = ? AND state = 0 ORDER BY id"
    return tuple(str(row["number"]) for row in reader.dicts(sql, [ticket]))


def _numbers(reader: SqliteReader, ticket: Ticket) -> dict[TicketId, str]:
    wanted = [*ticket.links, *([ticket.merged_into] if ticket.merged_into else [])]
    sql = (
        "SELECT id, number FROM ticket WHERE id IN (SELECT value FROM json_each(?))"
        " OR merged_into = ?"
    )
    rows = reader.dicts(sql, [mapping.encoded(wanted), ticket.id])
    return {row["id"]: str(row["number"]) for row in rows}


def _seen(reader: SqliteReader, agent: str, ticket: TicketId) -> Any:
    sql = "SELECT entry_id FROM read_mark WHERE agent = ? AND ticket_id = ?"
    rows = reader.dicts(sql, [agent, ticket])
    return rows[0]["entry_id"] if rows else None


def _snoozed_until(reader: SqliteReader, agent: str, ticket: TicketId) -> datetime | None:
    sql = "SELECT until_ms FROM snooze WHERE agent = ? AND ticket_id = ?"
    rows = reader.dicts(sql, [agent, ticket])
    return from_ms(rows[0]["until_ms"]) if rows else None


def _followed(reader: SqliteReader, agent: str, ticket: TicketId) -> bool:
    sql = "SELECT 1 FROM follow WHERE agent = ? AND ticket_id = ?"
    return bool(reader.dicts(sql, [agent, ticket]))


def _drafts(reader: SqliteReader, ticket: TicketId) -> tuple[DraftKey, ...]:
    sql = "SELECT DISTINCT kind FROM draft WHERE ticket_id = ? AND closed = 0"
    kinds = [DraftKind(row["kind"]) for row in reader.dicts(sql, [ticket])]
    return tuple(DraftKey(ticket=ticket, kind=kind) for kind in kinds)


def _pictures_from(reader: SqliteReader, entries: Iterable[Entry]) -> frozenset[int]:
    wanted = {entry.requester for entry in entries if entry.requester is not None}
    sql = (
        "SELECT id FROM requester WHERE images_allowed = 1"
        " AND id IN (SELECT value FROM json_each(?))"
    )
    rows = reader.dicts(sql, [mapping.encoded(sorted(wanted))])
    return frozenset(row["id"] for row in rows)
