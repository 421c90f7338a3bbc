"""One transaction on a desk: rows, search words and derived columns change together or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, func, insert, select, text, update
from sqlalchemy.dialects.sqlite import insert as upsert

from desk_app.domain.errors import NotFoundError
from desk_app.domain.failpoint import failpoint
from desk_app.domain.moment import to_ms, to_ms_or_none
from desk_app.ports.unit_of_work import Changes
from desk_app.store import directory_rows, mapping, schema
from desk_app.store.engine import mapped_engine_errors

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType

    from desk_app.domain.commands import Command
    from desk_app.domain.directory import Directory
    from desk_app.domain.draft import Draft, DraftKey
    from desk_app.domain.entry import Entry, Event
    from desk_app.domain.people import Requester
    from desk_app.domain.ticket import EntryId, Ticket, TicketId

VERSION_MS = 10_000
"""Typing within this long of a version's start goes into that version, unless text was cut."""
CUT_CHARS = 20
"""A save that is this much shorter than the version before it starts a new version."""
KEEP_MS = 30 * 24 * 3600 * 1000
"""Draft versions live this long (the newest of an open draft lives on)."""


class SqlUnitOfWork:
    """A `UnitOfWork` on the writing engine; see the port for what each method promises."""

    def __init__(self, desk: Path, engine: Engine) -> None:
        self._desk = desk
        self._engine = engine
        self._tickets: set[int] = set()
        self._drafts = self._searches = False
        self._directory: Directory | None = None

    def __enter__(self) -> SqlUnitOfWork:
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

    def directory(self) -> Directory:
        if self._directory is None:
            table = schema.directory
            order = (table.c.kind, table.c.position)
            columns = (table.c.kind, table.c.key, table.c.name, table.c.doc)
            rows = self._run(select(*columns).order_by(*order)).all()
            self._directory = directory_rows.directory((r[0], r[1], r[2], r[3]) for r in rows)
        return self._directory

    def ticket(self, ticket: TicketId) -> Ticket:
        return mapping.ticket(self._get(schema.ticket, ticket))

    def requester(self, requester: int) -> Requester:
        return mapping.requester(self._get(schema.requester, requester))

    def open_children(self, ticket: TicketId) -> tuple[str, ...]:
        table = schema.ticket
        wanted = select(table.c.number).where(table.c.merged_into == ticket, table.c.state == 0)
        return tuple(str(number) for (number,) in self._run(wanted))

    def has_command(self, command_id: str) -> bool:
        table = schema.command
        return self._run(select(table.c.id).where(table.c.id == command_id)).first() is not None

    def next_number(self) -> str:
        table = schema.meta
        row = self._run(select(table.c.value).where(table.c.key == "next_number")).first()
        number = int(row[0]) if row else 100_001
        values = {"key": "next_number", "value": str(number + 1)}
        self._run(upsert(table).values(values).on_conflict_do_update(["key"], set_=values))
        return str(number)

    def save(self, ticket: Ticket, *, new: bool = False) -> None:
        values = self._ticket_values(ticket)
        if new:
            self._run(insert(schema.ticket).values(values | {"has_files": 0}))
        else:
            self._unsearch_ticket(ticket.id)
            self._run(update(schema.ticket).where(schema.ticket.c.id == ticket.id).values(values))
        self._search_ticket(ticket.id)
        self._save_referrals(ticket)
        self._tickets.add(ticket.id)

    def record(self, command: Command, event: Event) -> None:
        failpoint("command.before_record")
        values = {
            "id": command.id,
            "ticket_id": command.ticket,
            "at_ms": to_ms(command.at),
            "actor": command.actor,
            "name": command.name,
            "payload": mapping.encoded(command),
        }
        self._run(insert(schema.command).values(values))
        self._run(insert(schema.event).values(mapping.event_values(event)))
        self._tickets.add(command.ticket)

    def add_entry(self, entry: Entry) -> None:
        failpoint("command.before_entry")
        values = mapping.entry_values(entry)
        self._run(insert(schema.entry).values(values))
        self._search_entry(values)
        if entry.attachments:
            self._run(insert(schema.attachment).values(mapping.attachment_values(entry)))
            table = schema.ticket
            self._run(update(table).where(table.c.id == entry.ticket).values(has_files=1))
        self._tickets.add(entry.ticket)

    def withdraw_entry(self, entry: EntryId, *, back: bool = False) -> Entry:
        row = self._get(schema.entry, entry)
        table = schema.entry
        self._run(update(table).where(table.c.id == entry).values(withdrawn=0 if back else 1))
        if back:
            self._search_entry(row)
        else:
            self._unsearch_entry(row)
        files = schema.attachment
        wanted = select(files).where(files.c.entry_id == entry).order_by(files.c.position)
        found = mapping.entry(row, self._run(wanted).mappings().all())
        self._tickets.add(found.ticket)
        return found

    def mark_undone(self, event: int, *, undone: bool = True) -> None:
        table = schema.event
        self._run(update(table).where(table.c.id == event).values(undone=int(undone)))

    def event(self, event: int) -> Event:
        return mapping.event(self._get(schema.event, event))

    def find_requester(self, email: str) -> Requester | None:
        table = schema.requester
        row = self._run(select(table).where(table.c.email == email).limit(1)).mappings().first()
        return None if row is None else mapping.requester(row)

    def save_requester(self, requester: Requester) -> None:
        values = mapping.requester_values(requester)
        added = upsert(schema.requester).values(values)
        self._run(added.on_conflict_do_update(["id"], set_=values))
        table = schema.ticket
        theirs = select(table.c.id).where(
            table.c.requester_id == requester.id, table.c.requester != requester.name
        )
        for (ticket,) in self._run(theirs).all():
            self._unsearch_ticket(ticket)
            self._run(update(table).where(table.c.id == ticket).values(requester=requester.name))
            self._search_ticket(ticket)
            self._tickets.add(ticket)

    def save_draft(self, draft: Draft, at: datetime) -> None:
        table, now = schema.draft, to_ms(at)
        newest = self._newest_draft(draft.key)
        values = mapping.draft_values(draft) | {"saved_ms": now, "closed": 0}
        if newest is not None and _same_version(newest, draft, now):
            self._run(update(table).where(table.c.id == newest["id"]).values(values))
        else:
            self._run(insert(table).values(values | {"started_ms": now}))
        self._drafts = True
        self._tickets.add(draft.key.ticket)
        failpoint("draft.before_commit")

    def close_draft(self, key: DraftKey, at: datetime) -> None:
        table = schema.draft
        mine = (table.c.ticket_id == key.ticket, table.c.kind == str(key.kind))
        self._run(update(table).where(*mine).values(closed=1))
        old = table.delete().where(table.c.closed == 1, table.c.saved_ms < to_ms(at) - KEEP_MS)
        self._run(old)
        self._drafts = True
        self._tickets.add(key.ticket)

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
        self._tickets.add(ticket)

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

    def save_directory(self, directory: Directory, lifecycle_text: str) -> None:
        """Put a directory in the place of the one that is there."""
        self._run(schema.directory.delete())
        rows = directory_rows.directory_values(directory, lifecycle_text)
        self._run(insert(schema.directory), rows)
        self._directory = None

    def commit(self) -> Changes:
        failpoint("command.before_commit")
        with mapped_engine_errors(self._desk):
            self._sql.commit()
        failpoint("draft.after_commit" if self._drafts else "command.after_commit")
        return Changes(
            tickets=frozenset(self._tickets), drafts=self._drafts, searches=self._searches
        )

    def _ticket_values(self, ticket: Ticket) -> dict[str, Any]:
        directory = self.directory()
        priority = directory.priorities.get(ticket.priority)
        return mapping.ticket_values(ticket) | {
            "requester": self.requester(ticket.requester).name,
            "stage": int(directory.lifecycle.stage(ticket)),
            "priority_rank": 0 if priority is None else priority.rank,
            "due_ms": to_ms_or_none(directory.due(ticket)),
        }

    def _save_referrals(self, ticket: Ticket) -> None:
        table = schema.referral
        self._run(table.delete().where(table.c.ticket_id == ticket.id))
        rows = [{"ticket_id": ticket.id, "kind": r.kind, "key": r.key} for r in ticket.referrals]
        if rows:
            self._run(insert(table), rows)

    def _search_ticket(self, ticket: int) -> None:
        self._run(text(f"INSERT INTO ticket_fts(rowid, {_T}) {_TICKET_WORDS}"), {"id": ticket})

    def _unsearch_ticket(self, ticket: int) -> None:
        sql = f"INSERT INTO ticket_fts(ticket_fts, rowid, {_T}) {_TICKET_GONE}"
        self._run(text(sql), {"id": ticket})

    def _search_entry(self, row: mapping.Row) -> None:
        sql = "INSERT INTO entry_fts(rowid, text, files) VALUES (:id, :text, :files)"
        self._run(text(sql), {name: row[name] for name in ("id", "text", "files")})

    def _unsearch_entry(self, row: mapping.Row) -> None:
        sql = (
            "INSERT INTO entry_fts(entry_fts, rowid, text, files)"
            " VALUES ('delete', :id, :text, :files)"
        )
        self._run(text(sql), {name: row[name] for name in ("id", "text", "files")})

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


_T = "subject, requester, number"
_TICKET_WORDS = "SELECT id, subject, requester, number FROM ticket WHERE id = :id"
_TICKET_GONE = "SELECT 'delete', id, subject, requester, number FROM ticket WHERE id = :id"


def _same_version(newest: mapping.Row, draft: Draft, now_ms: int) -> bool:
    young = 0 <= now_ms - newest["started_ms"] < VERSION_MS
    return young and len(draft.text) > len(newest["text"]) - CUT_CHARS
