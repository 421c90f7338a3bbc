"""What a person typed but did not send, and other marks of their own, in a transaction."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, func, insert, select, text, update
from sqlalchemy.dialects.sqlite import insert as upsert

from desk_app.domain.errors import NotFoundError
from desk_app.domain.failpoint import failpoint
from desk_app.domain.moment import to_ms
from desk_app.store import mapping, schema
from desk_app.store.engine import mapped_engine_errors

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from desk_app.domain.draft import Draft, DraftKey
    from desk_app.domain.ticket import EntryId, TicketId

VERSION_MS = 10_000
"""Typing within this long of a version's start goes into that version, if it only adds."""
KEEP_MS = 30 * 24 * 3600 * 1000
"""Draft versions live this long (the newest of an open draft lives on)."""


class DraftRows:
    """A transaction, and the rows that belong to the agent alone."""

    def __init__(self, desk: Path, engine: Engine) -> None:
        self._desk = desk
        self._engine = engine
        self._tickets: set[int] = set()
        self._marks: set[int] = set()
        self._drafts = self._searches = False

    def __enter__(self) -> Self:
        with mapped_engine_errors(self._desk):
            self._sql: Connection = self._engine.connect()
            self._sql.begin()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._sql.close()  # rolls back what was not committed

    def draft(self, key: DraftKey) -> Draft | None:
        newest = self._newest_draft(key)
        return None if newest is None else mapping.draft(newest)

    def save_draft(self, draft: Draft, at: datetime) -> None:
        table, now = schema.draft, to_ms(at)
        newest = self._newest_draft(draft.key)
        values = mapping.draft_values(draft) | {"saved_ms": now, "closed": 0}
        if newest is not None and _same_version(newest, draft, now):
            self._run(update(table).where(table.c.id == newest["id"]).values(values))
        else:
            self._run(insert(table).values(values | {"started_ms": now}))
        self._drafts = True
        self._marks.add(draft.key.ticket)
        failpoint("draft.before_commit")

    def close_draft(self, key: DraftKey, at: datetime) -> None:
        table = schema.draft
        mine = (table.c.ticket_id == key.ticket, table.c.kind == str(key.kind))
        self._run(update(table).where(*mine).values(closed=1))
        old = table.delete().where(table.c.closed == 1, table.c.saved_ms < to_ms(at) - KEEP_MS)
        self._run(old)
        self._drafts = True
        self._marks.add(key.ticket)

    def mark_read(self, agent: str, ticket: TicketId, entry: EntryId) -> None:
        row = self._get(schema.entry, entry)
        values = {
            "agent": agent,
            "ticket_id": ticket,
            "entry_id": entry,
            "at_ms": row["at_ms"],
        }
        added = upsert(schema.read_mark).values(values)
        self._run(added.on_conflict_do_update(["agent", "ticket_id"], set_=values))
        self._marks.add(ticket)

    def save_search(self, search_id: int, name: str, text: str) -> None:
        values = {"id": search_id, "name": name, "text": text}
        added = upsert(schema.saved_search).values(values)
        self._run(added.on_conflict_do_update(["id"], set_=values))
        self._searches = True

    def delete_search(self, search_id: int) -> None:
        table = schema.saved_search
        self._run(table.delete().where(table.c.id == search_id))
        self._searches = True

    def keep_aside(self, origin: str, reason: str, detail: str, sha256: str | None) -> None:
        """List something that could not be taken in, with its bytes if there are any."""
        values = {"origin": origin, "reason": reason, "detail": detail, "sha256": sha256}
        now = self._run(text("SELECT CAST(unixepoch() AS INTEGER) * 1000")).scalar_one()
        self._run(insert(schema.kept_aside).values(values | {"at_ms": now}))

    def _newest_draft(self, key: DraftKey) -> mapping.Row | None:
        table = schema.draft
        mine = (table.c.ticket_id == key.ticket, table.c.kind == str(key.kind))
        newest = select(func.max(table.c.id)).where(*mine).scalar_subquery()
        wanted = select(table).where(table.c.id == newest, table.c.closed == 0)
        row = self._run(wanted).mappings().first()
        return None if row is None else dict(row)

    def _get(self, table: Any, key: int) -> mapping.Row:
        row = self._run(select(table).where(table.c.id == key)).mappings().first()
        if row is None:
            raise NotFoundError(kind=table.name, name=str(key))
        return dict(row)

    def _run(self, statement: Any, values: Any = None) -> Any:
        with mapped_engine_errors(self._desk):
            return self._sql.execute(statement, values)


def _same_version(newest: mapping.Row, draft: Draft, now_ms: int) -> bool:
    young = 0 <= now_ms - newest["started_ms"] < VERSION_MS
    before = mapping.draft(newest)
    whole = set(before.attachments) <= set(draft.attachments) and not (
        {value for _, value in before.fields if value} - {value for _, value in draft.fields}
    )
    return young and whole and _only_added(newest["text"], draft.text)


def _only_added(old: str, new: str) -> bool:
    """Whether nothing of `old` is lost in `new`: one insertion, anywhere."""
    head = _shared(old, new)
    return head + _shared(old[head:][::-1], new[head:][::-1]) == len(old)


def _shared(one: str, other: str) -> int:
    """How many characters both begin with."""
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
