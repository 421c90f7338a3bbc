"""The sync engine's transaction: the desk's own, and what mirrors the server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from desk_app.domain.failpoint import failpoint
from desk_app.domain.moment import to_ms
from desk_app.domain.ticket import EntryId
from desk_app.store import mapping, schema
from desk_app.store.outbox_docs import decoded_base
from desk_app.store.outbox_reading import OPEN
from desk_app.store.reason_rows import ReasonRows
from desk_app.store.server_queue_rows import QUEUES, kept_as

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Engine

    from desk_app.domain.asked import RequestLine
    from desk_app.domain.entry import Attachment, Change, Event
    from desk_app.domain.mirror import Base, SyncLine
    from desk_app.domain.server_queue import QueueTickets, ServerQueues
    from desk_app.domain.ticket import TicketId
    from desk_app.ports.unit_of_work import Changes

_LOG_LINES = 10_000
_OF_REQUEST = ("method", "path", "status", "ms", "sent", "got", "outcome", "command")
_OPEN_BASES = (
    "SELECT b.doc FROM ticket t JOIN base b ON b.ticket_id = t.id"
    " WHERE t.state = 0 AND t.department != '' AND b.remote IS NOT NULL AND t.id > ?"
    " AND (json_extract(b.doc, '$.gone') = '' OR NOT EXISTS"
    f" (SELECT 1 FROM outbox WHERE ticket_id = t.id AND {OPEN}))"
    " ORDER BY t.id LIMIT ?"
)
_CLOSED_BASES = (
    "SELECT b.doc FROM ticket t JOIN base b ON b.ticket_id = t.id"
    # By the key and not by the state's index: only the next few are wanted of very many.
    " WHERE t.id > ? AND +t.state IN (1, 2) AND t.department != '' AND b.remote IS NOT NULL"
    " AND (json_extract(b.doc, '$.gone') = ''"
    " OR (json_extract(b.doc, '$.gone') = 'unseen' AND NOT EXISTS"
    f" (SELECT 1 FROM outbox WHERE ticket_id = t.id AND {OPEN})))"
    " ORDER BY t.id LIMIT ?"
)


class SqlSyncUnit(ReasonRows):
    """A `SyncUnit`; see the port for what each method promises."""

    def __init__(
        self, desk: Path, engine: Engine, announce: Callable[[Changes], None] | None = None
    ) -> None:
        super().__init__(desk, engine)
        self._announce = announce
        self._new_queues = False

    def stale_threads(self, limit: int) -> list[Base]:
        sql = "SELECT doc FROM base WHERE rank > 0 ORDER BY rank DESC LIMIT ?"
        return [decoded_base(doc) for (doc,) in self._run(sql, (limit,)).fetchall()]

    def known(self, remote: Sequence[str]) -> dict[str, int]:
        sql = "SELECT remote, local FROM known WHERE remote IN (SELECT value FROM json_each(?))"
        return dict(self._run(sql, (json.dumps(list(remote)),)).fetchall())

    def know(self, remote: str, local: int) -> None:
        self._upsert(schema.known, ("remote",), {"remote": remote, "local": local})

    def entry_by(self, ticket: TicketId, command: str) -> EntryId | None:
        sql = "SELECT entry_id FROM event WHERE ticket_id = ? AND command_id = ?"
        row = self._run(sql, (ticket, command)).fetchone()
        return None if row is None else row[0]

    def did(self, ticket: TicketId, command: str) -> bool:
        sql = "SELECT 1 FROM event WHERE ticket_id = ? AND command_id = ?"
        return self._run(sql, (ticket, command)).fetchone() is not None

    def done_here(self, ticket: TicketId, actor: str) -> list[Change]:
        rows = self._dicts(
            "SELECT * FROM event WHERE ticket_id = ? AND actor = ? AND id IN"
            " (SELECT event_id FROM outbox)",
            (ticket, actor),
        )
        return [change for row in rows for change in mapping.event(row).changes]

    def newest_told(self, ticket: TicketId) -> int:
        sql = "SELECT max(id) FROM event WHERE ticket_id = ? AND command_id GLOB 'v:*'"
        return int(self._run(sql, (ticket,)).fetchone()[0] or 0)

    def add_event(self, event: Event) -> None:
        self._insert(schema.event, mapping.event_values(event))
        self._tickets.add(event.ticket)

    def free_entry(self, number: int) -> EntryId:
        return EntryId(self.free_number(number))

    def settle_entry(self, entry: EntryId, at: datetime, after: int) -> EntryId:
        row = self._get(schema.entry, entry)
        if row["at_ms"] != to_ms(at):
            self._update(schema.entry, {"at_ms": to_ms(at)}, id=entry)
            self._tickets.add(row["ticket_id"])
        return entry if entry > after else EntryId(self.renumber_entry(entry, after + 1))

    def log(self, lines: Iterable[SyncLine]) -> None:
        for line in lines:
            values = {
                "at_ms": to_ms(line.at),
                "ticket_id": line.ticket,
                "number": line.number,
                "what": line.what,
                "outcome": line.outcome,
                "detail": line.detail,
            }
            self._insert(schema.sync_log, values)
        old = "DELETE FROM sync_log WHERE id <= (SELECT max(id) FROM sync_log) - ?"
        self._run(old, (_LOG_LINES,))

    def log_requests(self, lines: Sequence[RequestLine]) -> None:
        if not lines:
            return
        for line in lines:
            values = {name: getattr(line, name) for name in _OF_REQUEST}
            self._insert(schema.sync_request, {"at_ms": to_ms(line.at), **values})
        old = "DELETE FROM sync_request WHERE id <= (SELECT max(id) FROM sync_request) - ?"
        self._run(old, (_LOG_LINES,))

    def all_bases(self, *, after: int, limit: int) -> list[Base]:
        sql = (
            "SELECT doc FROM base WHERE remote IS NOT NULL AND ticket_id > ?"
            " ORDER BY ticket_id LIMIT ?"
        )
        return [decoded_base(doc) for (doc,) in self._run(sql, (after, limit)).fetchall()]

    def open_bases(self, *, after: int, limit: int) -> list[Base]:
        rows = self._run(_OPEN_BASES, (after, limit)).fetchall()
        return [decoded_base(doc) for (doc,) in rows]

    def closed_bases(self, *, after: int, limit: int) -> list[Base]:
        rows = self._run(_CLOSED_BASES, (after, limit)).fetchall()
        return [decoded_base(doc) for (doc,) in rows]

    def remote_file(self, entry: EntryId, name: str) -> tuple[int, str] | None:
        sql = (
            "SELECT position FROM attachment WHERE entry_id = ? AND name = ? AND sha256 = ''"
            " ORDER BY position LIMIT 1"
        )
        row = self._run(sql, (entry, name)).fetchone()
        if row is None:
            return None
        known = "SELECT remote FROM known WHERE local = ? AND remote GLOB 'f:*' ORDER BY remote"
        for (remote,) in self._run(known, (entry,)).fetchall():
            _, _, place, file = remote.split(":", 3)
            if int(place) == row[0]:
                return int(row[0]), str(file)
        return None

    def fill_file(self, entry: EntryId, position: int, file: Attachment) -> None:
        values = {"sha256": file.sha256, "size": file.size}
        self._update(schema.attachment, values, entry_id=entry, position=position)
        self._tickets.add(self._get(schema.entry, entry)["ticket_id"])

    def keep_queues(self, queues: ServerQueues) -> None:
        row = {"key": QUEUES, "value": mapping.encoded(queues)}
        self._upsert(schema.meta, ("key",), row)
        self._new_queues = True

    def keep_queue_tickets(self, told: QueueTickets) -> None:
        row = {"key": kept_as(told.queue), "value": mapping.encoded(told)}
        self._upsert(schema.meta, ("key",), row)
        self._new_queues = True

    def commit(self) -> Changes:
        failpoint("sync.before_commit")
        changes = super().commit()._replace(queues=self._new_queues)
        failpoint("sync.after_commit")
        if self._announce is not None:
            self._announce(changes)
        return changes
