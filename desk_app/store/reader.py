"""Reads a desk by the bare driver: the queue's speed is the driver's, and it starts at once."""

from __future__ import annotations

import sys
from array import array
from typing import TYPE_CHECKING

from desk_app.domain.filters import QueueFilter, QueueRow, SavedSearch, Scope, SortKey
from desk_app.domain.moment import to_ms
from desk_app.store import queue_sql
from desk_app.store.driver import mapped_errors
from desk_app.store.outbox_reading import OutboxReading
from desk_app.store.server_queue_rows import ServerQueueReading
from desk_app.store.workload_reading import WorkloadReading

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from desk_app.domain.directory import Directory
    from desk_app.domain.draft import Draft, DraftKey
    from desk_app.domain.entry import Entry, Event
    from desk_app.domain.intake import KeptAside, UnfinishedImport
    from desk_app.domain.people import Requester
    from desk_app.domain.ticket import EntryId, Ticket, TicketId
    from desk_app.ports.reader import TicketPage

_CHUNK = 32_768
"""Ids per step of a snapshot: each step holds the interpreter for some 4 ms at most (measured)."""

_UNTOLD = "command_id LIKE 'v:%' AND changes = '[]'"
"""A server told that something was done and not what became of it: no way leads back from there."""
_MOST_WORDS = 60
"""Words that the beginning of a word is spelled out as."""

_DEPARTMENTS = "SELECT key FROM directory WHERE kind = 'department'"
_OWN_DEPARTMENTS = (
    "SELECT json_extract(doc, '$.department') FROM directory WHERE kind = 'agent' AND key = ?"
    " UNION SELECT json_extract(more.value, '$[0]')"
    " FROM directory d, json_each(d.doc, '$.access') more WHERE d.kind = 'agent' AND d.key = ?"
)
"""By SQLite: `json` and the whole directory's classes would be loaded before the first rows."""
_OWN_TEAMS = (
    "SELECT key FROM directory d WHERE kind = 'team'"
    " AND EXISTS (SELECT 1 FROM json_each(d.doc, '$.members') m WHERE m.value = ?)"
)


class SqliteReader(OutboxReading, ServerQueueReading, WorkloadReading):
    """A `TicketReader` over one connection. Use it from one thread at a time."""

    _directory: tuple[int, Directory] | None = None

    # --- the queue -------------------------------------------------------------------------

    def names(self) -> dict[tuple[str, str], str]:
        """Names by (kind, key): all that the first screen needs of the directory."""
        rows = self._all("SELECT kind, key, name FROM directory")
        return {(kind, key): name for kind, key, name in rows}

    def queue_ids(self, wanted: QueueFilter, order: SortKey) -> array[int]:
        where, values = queue_sql.where(wanted, words=self._words)
        ids = f"SELECT t.id FROM ticket t {where} {queue_sql.order_by(order)}"
        with mapped_errors(self._desk):
            return self._snapshot(ids, values)

    def _snapshot(self, ids: str, values: list[object]) -> array[int]:
        """Collect ids inside SQLite and take them over as bytes: a tenth of the time in Python."""
        run = self._sql.execute
        run("CREATE TEMP TABLE IF NOT EXISTS snap(pos INTEGER PRIMARY KEY, id INTEGER)")
        run("DELETE FROM snap")
        run(f"INSERT INTO snap(id) {ids}", values)
        found = array("q")
        last = run("SELECT coalesce(max(pos), 0) FROM snap").fetchone()[0]
        step = "SELECT group_concat(printf('%016x', id), '') FROM snap WHERE pos BETWEEN ? AND ?"
        for start in range(1, last + 1, _CHUNK):
            text = run(step, (start, start + _CHUNK - 1)).fetchone()[0]
            found.frombytes(bytes.fromhex(text))
        run("DELETE FROM snap")
        if sys.byteorder == "little":
            found.byteswap()
        return found

    def queue_head(
        self,
        wanted: QueueFilter,
        order: SortKey,
        *,
        agent: str,
        limit: int,
        quick: bool = False,
    ) -> list[QueueRow]:
        hits = queue_sql.QUICK_HITS if quick else queue_sql.HIT_LIMIT
        where, values = queue_sql.where(wanted, hits=hits, words=self._words)
        sql = f"SELECT {queue_sql.ROW_COLUMNS} FROM ticket t {where} {queue_sql.order_by(order)}"
        return [QueueRow(*row) for row in self._all(f"{sql} LIMIT ?", [agent, *values, limit])]

    def rows(self, ids: Sequence[int], *, agent: str) -> dict[int, QueueRow]:
        sql = (
            f"SELECT {queue_sql.ROW_COLUMNS} FROM ticket t"
            " WHERE t.id IN (SELECT value FROM json_each(?))"
        )
        found = self._all(sql, [agent, queue_sql.ids_parameter(ids)])
        return {row[0]: QueueRow(*row) for row in found}

    def counts(self, wanted: Mapping[str, QueueFilter]) -> dict[str, int]:
        counted = {}
        for name, conditions in wanted.items():
            where, values = queue_sql.where(conditions, words=self._words)
            counted[name] = self._one(f"SELECT count(*) FROM ticket t {where}", values)[0]
        return counted

    def _words(self, table: str, start: str) -> list[str]:
        """The words of a search table that begin so; none if there are too many of them."""
        found: list[str] = []
        vocabulary = f"temp.{table}_words"
        self._all(
            f"CREATE VIRTUAL TABLE IF NOT EXISTS {vocabulary}"
            f" USING fts5vocab(main, {table}, instance)"
        )
        seek, past = f"SELECT term FROM {vocabulary} WHERE term >= ? LIMIT 1", start
        while len(found) <= _MOST_WORDS:
            row = self._all(seek, [past])
            if not row or not row[0][0].startswith(start):
                return found
            found.append(row[0][0])
            past = f"{row[0][0]}\x01"  # what sorts right behind it
        return []

    # --- tickets ---------------------------------------------------------------------------

    def directory(self) -> Directory:
        from desk_app.store.directory_rows import directory

        version = self.version()
        if self._directory is None or self._directory[0] != version:
            rows = self._all("SELECT kind, key, name, doc FROM directory ORDER BY kind, position")
            self._directory = (version, directory(rows))
        return self._directory[1]

    def scope(self, agent: str) -> Scope:
        everything = {key for (key,) in self._all(_DEPARTMENTS)}
        mine = {key for (key,) in self._all(_OWN_DEPARTMENTS, [agent, agent])}
        return Scope(
            agent=agent,
            departments=None if mine >= everything else frozenset(mine),
            teams=frozenset(key for (key,) in self._all(_OWN_TEAMS, [agent])),
            hides=bool(self._all("SELECT 1 FROM account")),
        )

    def find_ticket(self, number: str) -> TicketId | None:
        row = self._all("SELECT id FROM ticket WHERE number = ?", [number])
        return row[0][0] if row else None

    def ticket(self, ticket: TicketId) -> Ticket:
        from desk_app.store import mapping

        return mapping.ticket(self._row("ticket", ticket))

    def page(self, ticket: TicketId, *, agent: str, entries: int) -> TicketPage:
        from desk_app.store.ticket_page import read_page

        with mapped_errors(self._desk):
            return read_page(self, ticket, agent=agent, entries=entries)

    def find_event(self, ticket: TicketId, *, actor: str, redo: bool = False) -> Event | None:
        from desk_app.store import mapping

        done = "SELECT 1 FROM event AS o WHERE o.id = event.undoes AND o.undoes IS NULL"
        which = f"EXISTS ({done})" if redo else "undoes IS NULL"  # a redoing is no undoing
        sql = (
            "SELECT * FROM event WHERE ticket_id = ? AND actor = ? AND undone = 0 AND "
            f"{which} AND action NOT IN ('create', 'receive') AND NOT ({_UNTOLD})"
            " ORDER BY id DESC LIMIT 1"
        )
        rows = self.dicts(sql, [ticket, actor])
        return mapping.event(rows[0]) if rows else None

    def entry(self, entry: EntryId) -> Entry:
        from desk_app.store import mapping

        row = self._row("entry", entry)
        files = "SELECT * FROM attachment WHERE entry_id = ? ORDER BY position"
        return mapping.entry(row, self.dicts(files, [entry]))

    def known_message(self, message_ids: Sequence[str]) -> TicketId | None:
        sql = "SELECT ticket_id FROM entry WHERE message_id = ? LIMIT 1"
        for message_id in message_ids:
            if rows := self._all(sql, [message_id]):
                found: TicketId = rows[0][0]
                return found
        return None

    # --- people ----------------------------------------------------------------------------

    def requester(self, requester: int) -> Requester:
        from desk_app.store import mapping

        return mapping.requester(self._row("requester", requester))

    def find_requesters(self, text: str, *, limit: int) -> list[Requester]:
        from desk_app.store import mapping

        like = "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        sql = (
            "SELECT * FROM requester WHERE name LIKE ? ESCAPE '\\' OR email LIKE ? ESCAPE '\\'"
            " OR organisation LIKE ? ESCAPE '\\' ORDER BY name LIMIT ?"
        )
        return [mapping.requester(row) for row in self.dicts(sql, [like, like, like, limit])]

    # --- drafts, searches, mail that could not be taken in -----------------------------------

    def draft(self, key: DraftKey) -> Draft | None:
        from desk_app.store import mapping

        sql = (
            "SELECT * FROM draft WHERE ticket_id = ? AND kind = ? AND closed = 0"
            " ORDER BY id DESC LIMIT 1"
        )
        rows = self.dicts(sql, [key.ticket, str(key.kind)])
        return mapping.draft(rows[0]) if rows else None

    def drafts(self) -> list[Draft]:
        from desk_app.store import mapping

        sql = (
            "SELECT * FROM draft WHERE id IN (SELECT max(id) FROM draft WHERE closed = 0"
            " GROUP BY ticket_id, kind) ORDER BY saved_ms DESC"
        )
        found = (mapping.draft(row) for row in self.dicts(sql))
        return [draft for draft in found if not draft.is_empty]

    def draft_versions(self, key: DraftKey) -> list[Draft]:
        from desk_app.store import mapping

        sql = "SELECT * FROM draft WHERE ticket_id = ? AND kind = ? ORDER BY id DESC"
        return [mapping.draft(row) for row in self.dicts(sql, [key.ticket, str(key.kind)])]

    def kept_aside(self, *, limit: int) -> list[KeptAside]:
        from desk_app.store import mapping

        sql = "SELECT * FROM kept_aside ORDER BY id DESC LIMIT ?"
        return [mapping.kept_aside(row) for row in self.dicts(sql, [limit])]

    def unfinished_imports(self) -> list[UnfinishedImport]:
        from desk_app.store import mapping
        from desk_app.store.schema import UNFINISHED

        like = f"{UNFINISHED}*"
        rows = self._all("SELECT value FROM meta WHERE key GLOB ? ORDER BY rowid", [like])
        return [mapping.unfinished_import(doc) for (doc,) in rows]

    def woken(self, agent: str, *, after: datetime, until: datetime) -> list[Ticket]:
        sql = (
            "SELECT ticket_id FROM snooze WHERE agent = ? AND until_ms > ? AND until_ms <= ?"
            " ORDER BY until_ms"
        )
        found = self._all(sql, [agent, to_ms(after), to_ms(until)])
        return [self.ticket(ticket) for (ticket,) in found]

    def saved_searches(self) -> list[SavedSearch]:
        rows = self._all("SELECT id, name, text FROM saved_search ORDER BY id")
        return [SavedSearch(id=i, name=name, text=text) for i, name, text in rows]
