"""One transaction on a desk: rows, search words and derived columns change together or not."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Any, cast

from desk_app.domain.entry import EntryKind
from desk_app.domain.failpoint import failpoint
from desk_app.domain.moment import to_ms, to_ms_or_none
from desk_app.ports.unit_of_work import Changes
from desk_app.store import directory_rows, mapping, schema
from desk_app.store.draft_rows import DraftRows
from desk_app.store.named_rows import read_named
from desk_app.store.outbox_rows import OutboxRows
from desk_app.store.search_words import WORDS
from desk_app.store.workload_rows import WorkloadRows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sqlalchemy import Engine

    from desk_app.domain.commands import Command
    from desk_app.domain.directory import Directory
    from desk_app.domain.entry import Change, Entry, Event
    from desk_app.domain.named import Named
    from desk_app.domain.people import Requester
    from desk_app.domain.ticket import EntryId, Ticket, TicketId


class SqlUnitOfWork(DraftRows, OutboxRows, WorkloadRows):
    """A `UnitOfWork` on the writing engine; see the port for what each method promises."""

    def __init__(self, desk: Path, engine: Engine) -> None:
        super().__init__(desk, engine)
        self._directory: Directory | None = None
        self._recorded = self._new_directory = self._wrote_directory = False
        self._found: dict[int, dict[str, Any]] = {}
        """Rows of tickets as they are now, so that a save writes only what differs."""
        self._requesters: dict[int, Requester] = {}

    def directory(self) -> Directory:
        """The directory; read again only if it may have changed since this connection read it."""
        if self._directory is None:
            self._directory = self._read_directory() if self._new_directory else self._kept_one()
        return self._directory

    def _kept_one(self) -> Directory:
        """The directory that this connection read before, if it still is the same."""
        kept, version = self._kept(), self._others_version()
        known, rows, found = kept.get(_DIRECTORY, (None, None, None))
        if found is None or known != version:
            now = self._run(_DIRECTORY).fetchall()
            if found is None or now != rows:
                found = directory_rows.directory(now)
            kept[_DIRECTORY] = (version, now, found)
        return cast("Directory", found)

    def _read_directory(self) -> Directory:
        return directory_rows.directory(self._run(_DIRECTORY).fetchall())

    def ticket(self, ticket: TicketId) -> Ticket:
        row = self._found[ticket] = self._get(schema.ticket, ticket)
        return mapping.ticket(row)

    def requester(self, requester: int) -> Requester:
        found = self._requesters.get(requester)
        if found is None:
            found = mapping.requester(self._get(schema.requester, requester))
            self._requesters[requester] = found
        return found

    def named(self, changes: Sequence[Change]) -> Named:
        return read_named(lambda sql, values: self._run(sql, values).fetchall(), changes)

    def open_children(self, ticket: TicketId) -> tuple[str, ...]:
        return tuple(str(number) for (number,) in self._run(_OPEN_CHILDREN, (ticket,)))

    def has_command(self, command_id: str) -> bool:
        sql = "SELECT 1 FROM command WHERE id = ?"
        return self._run(sql, (command_id,)).fetchone() is not None

    def has_number(self, number: str) -> bool:
        sql = "SELECT 1 FROM ticket WHERE number = ?"
        return self._run(sql, (number,)).fetchone() is not None

    def next_number(self) -> str | None:
        if self.account() is not None:
            return None
        row = self._find(schema.meta, key="next_number")
        start = int(row["value"]) if row else schema.FIRST_NUMBER
        number = int(self._run(_FREE_NUMBER, {"start": start}).fetchone()[0])
        self._upsert(schema.meta, ("key",), {"key": "next_number", "value": str(number + 1)})
        return str(number)

    def save(self, ticket: Ticket, *, new: bool = False) -> None:
        values = self._ticket_values(ticket)
        if new:
            self._insert(schema.ticket, values | {"has_files": 0})
            self._search_ticket(ticket.id)
            self._save_referrals(ticket)
        else:
            self._save_changes(ticket, values)
        self._tickets.add(ticket.id)

    def _save_changes(self, ticket: Ticket, values: dict[str, Any]) -> None:
        row = self._found.get(ticket.id) or dict(self._get(schema.ticket, ticket.id))
        changed = {name: value for name, value in values.items() if row[name] != value}
        words = not WORDS.isdisjoint(changed)
        if words:
            self._unsearch_ticket(ticket.id)
        if changed:
            self._update(schema.ticket, changed, id=ticket.id)
        if words:
            self._search_ticket(ticket.id)
        if mapping.referrals(row) != ticket.referrals:
            self._delete(schema.referral, ticket_id=ticket.id)
            self._save_referrals(ticket)
        self._found[ticket.id] = row | changed

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
        self._insert(schema.command, values)
        self._insert(schema.event, mapping.event_values(event))
        self._tickets.add(command.ticket)

    def add_entry(self, entry: Entry) -> None:
        failpoint("command.before_entry")
        values = mapping.entry_values(entry)
        self._insert(schema.entry, values)
        self._search_entry(values)
        for row in mapping.attachment_values(entry):
            self._insert(schema.attachment, row)
        if entry.attachments:
            self._update(schema.ticket, {"has_files": 1}, id=entry.ticket)
        if entry.kind is EntryKind.MESSAGE and not entry.automatic:
            self._delete(schema.snooze, ticket_id=entry.ticket)
        self._tickets.add(entry.ticket)

    def withdraw_entry(self, entry: EntryId, *, back: bool = False) -> Entry:
        row = self._get(schema.entry, entry)
        self._update(schema.entry, {"withdrawn": 0 if back else 1}, id=entry)
        if back:
            self._search_entry(row)
        else:
            self._unsearch_entry(row)
        files = "SELECT * FROM attachment WHERE entry_id = ? ORDER BY position"
        found = mapping.entry(row, self._dicts(files, (entry,)))
        self._tickets.add(found.ticket)
        return found

    def mark_undone(self, event: int, *, undone: bool = True) -> None:
        self._update(schema.event, {"undone": int(undone)}, id=event)

    def event(self, event: int) -> Event:
        return mapping.event(self._get(schema.event, event))

    def latest_by(self, agent: str, ticket: TicketId) -> list[Event]:
        rows = self._dicts(_LATEST, (ticket, _LOOKED_BACK))
        events = [mapping.event(row) for row in rows]
        return list(takewhile(lambda event: event.actor in {agent, ""}, events))

    def find_requester(self, email: str) -> Requester | None:
        row = self._find(schema.requester, email=email)
        if row is None:
            return None
        found = mapping.requester(row)
        self._requesters[found.id] = found
        return found

    def save_requester(self, requester: Requester) -> None:
        self._upsert(schema.requester, ("id",), mapping.requester_values(requester))
        self._requesters[requester.id] = requester
        for (ticket,) in self._run(_OTHERWISE_CALLED, (requester.id, requester.name)).fetchall():
            self._unsearch_ticket(ticket)
            self._update(schema.ticket, {"requester": requester.name}, id=ticket)
            self._search_ticket(ticket)
            self._found.pop(ticket, None)
            self._tickets.add(ticket)

    def save_directory(self, directory: Directory, lifecycle_text: str) -> None:
        """Put a directory in the place of the one that is there."""
        self._run("DELETE FROM directory")
        for row in directory_rows.directory_values(directory, lifecycle_text):
            self._insert(schema.directory, row)
        self._directory, self._new_directory = None, True

    def commit(self) -> Changes:
        if self._recorded:
            failpoint("command.before_commit")
        self._commit()
        if self._new_directory:
            self._kept().pop(_DIRECTORY, None)
            self._new_directory = False
            self._wrote_directory = True
        failpoint("command.after_commit" if self._recorded else "draft.after_commit")
        return Changes(
            tickets=frozenset(self._tickets),
            marks=frozenset(self._marks - self._tickets),
            drafts=self._drafts,
            searches=self._searches,
            outbox=self._posted,
            directory=self._wrote_directory,
            availability=self._new_availability,
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
        for r in ticket.referrals:
            row = {"ticket_id": ticket.id, "kind": r.kind, "key": r.key}
            self._insert(schema.referral, row)


_DIRECTORY = "SELECT kind, key, name, doc FROM directory ORDER BY kind, position"
_OPEN_CHILDREN = "SELECT number FROM ticket WHERE merged_into = ? AND state = 0"
_LATEST = "SELECT * FROM event WHERE ticket_id = ? ORDER BY id DESC LIMIT ?"
_LOOKED_BACK = 200
"""Events of one ticket: nobody does so much to it without looking up."""
_OTHERWISE_CALLED = "SELECT id FROM ticket WHERE requester_id = ? AND requester != ?"
_FREE_NUMBER = """
WITH RECURSIVE tried(n) AS (
    SELECT :start UNION ALL SELECT n + 1 FROM tried
    WHERE EXISTS (SELECT 1 FROM ticket WHERE number = CAST(n AS TEXT))
) SELECT max(n) FROM tried
"""
"""The next number, behind those that tickets brought from another desk."""
