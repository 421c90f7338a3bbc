"""One transaction on a desk: rows, search words and derived columns change together or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, text, update
from sqlalchemy.dialects.sqlite import insert as upsert

from desk_app.domain.failpoint import failpoint
from desk_app.domain.moment import to_ms, to_ms_or_none
from desk_app.ports.unit_of_work import Changes
from desk_app.store import directory_rows, mapping, schema
from desk_app.store.draft_rows import DraftRows
from desk_app.store.engine import mapped_engine_errors

if TYPE_CHECKING:
    from desk_app.domain.commands import Command
    from desk_app.domain.directory import Directory
    from desk_app.domain.entry import Entry, Event
    from desk_app.domain.people import Requester
    from desk_app.domain.ticket import EntryId, Ticket, TicketId


class SqlUnitOfWork(DraftRows):
    """A `UnitOfWork` on the writing engine; see the port for what each method promises."""

    _directory: Directory | None = None
    _recorded = False

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

    def has_number(self, number: str) -> bool:
        table = schema.ticket
        return self._run(select(table.c.id).where(table.c.number == number)).first() is not None

    def next_number(self) -> str:
        table = schema.meta
        row = self._run(select(table.c.value).where(table.c.key == "next_number")).first()
        start = int(row[0]) if row else schema.FIRST_NUMBER
        number = int(self._run(text(_FREE_NUMBER), {"start": start}).scalar_one())
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
        self._recorded = True
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

    def save_directory(self, directory: Directory, lifecycle_text: str) -> None:
        """Put a directory in the place of the one that is there."""
        self._run(schema.directory.delete())
        rows = directory_rows.directory_values(directory, lifecycle_text)
        self._run(insert(schema.directory), rows)
        self._directory = None

    def commit(self) -> Changes:
        if self._recorded:
            failpoint("command.before_commit")
        with mapped_engine_errors(self._desk):
            self._sql.commit()
        failpoint("command.after_commit" if self._recorded else "draft.after_commit")
        return Changes(
            tickets=frozenset(self._tickets),
            marks=frozenset(self._marks - self._tickets),
            drafts=self._drafts,
            searches=self._searches,
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


_FREE_NUMBER = """
WITH RECURSIVE tried(n) AS (
    SELECT :start UNION ALL SELECT n + 1 FROM tried
    WHERE EXISTS (SELECT 1 FROM ticket WHERE number = CAST(n AS TEXT))
) SELECT max(n) FROM tried
"""
"""The next number, behind those that tickets brought from another desk."""

_T = "subject, requester, number"
_TICKET_WORDS = "SELECT id, subject, requester, number FROM ticket WHERE id = :id"
_TICKET_GONE = "SELECT 'delete', id, subject, requester, number FROM ticket WHERE id = :id"
