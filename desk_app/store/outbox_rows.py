"""The outbox and the account in a transaction: written with what they are about, or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from desk_app.domain.entry import Entry, EntryKind
from desk_app.domain.errors import NotFoundError
from desk_app.domain.failpoint import failpoint
from desk_app.domain.mirror import Base, project
from desk_app.domain.moment import to_ms_or_none
from desk_app.domain.outbox import OutboxState, steps
from desk_app.domain.ticket import EntryId
from desk_app.store import mapping, schema
from desk_app.store.outbox_docs import (
    ItemDoc,
    decoded_account,
    decoded_base,
    item_doc,
    outbox_item,
)
from desk_app.store.outbox_reading import OPEN
from desk_app.store.own_commits import BEGIN_COUNTING
from desk_app.store.search_words import SearchWords

if TYPE_CHECKING:
    from desk_app.domain.entry import Event
    from desk_app.domain.mirror import Account
    from desk_app.domain.outbox import OutboxItem
    from desk_app.domain.ticket import Ticket, TicketId

_GOES_ON = ("cursor", "looked_at", "looked_at_closed")
_LINKED = "linked"
UNDO_SECONDS = 8
"""A reply stays here so long before it goes out: the time to take it back unseen."""


_NEWEST_IN = """
SELECT (SELECT max(id) FROM entry WHERE ticket_id = ?),
(SELECT max(id) FROM event WHERE ticket_id = ?)
"""


class OutboxRows(SearchWords):
    """A transaction, and the rows of the outbox."""

    _posted = False
    """Whether anything of the outbox or the account was written."""

    _agent: str | None = None
    """Kept for `_whose`; None before it was asked in this transaction."""

    _wrote_account = False

    def _is_linked(self) -> bool:
        """Whether the desk has a server; looked up again only after others' commits."""
        kept, version = self._kept(), self._others_version()
        known, found = kept.get(_LINKED, (None, False))
        if known != version:
            found = self._run("SELECT 1 FROM account").fetchone() is not None
            if not self._wrote_account:  # what is not committed may never be
                kept[_LINKED] = (version, found)
        return bool(found)

    def account(self) -> Account | None:
        row = self._run("SELECT doc FROM account").fetchone()
        return None if row is None else decoded_account(row[0])

    def save_account(self, account: Account) -> None:
        self._kept().pop(_LINKED, None)
        self._wrote_account = self._is_counted = True
        before = self.account()
        if before is not None:  # where it goes on is on no screen
            on = {name: getattr(account, name) for name in _GOES_ON}
            before = replace(before, **on)
        self._posted |= before != account
        self._agent = account.agent
        self._run(BEGIN_COUNTING)
        self._upsert(schema.account, ("id",), {"id": 1, "doc": mapping.encoded(account)})

    def base(self, ticket: TicketId) -> Base | None:
        row = self._run("SELECT doc FROM base WHERE ticket_id = ?", (ticket,)).fetchone()
        return None if row is None else decoded_base(row[0])

    def save_base(self, base: Base) -> None:
        values = {
            "ticket_id": base.ticket.id,
            "remote": base.remote or None,
            "doc": mapping.encoded(base),
            "rank": base.rank(self._whose()),
        }
        self._upsert(schema.base, ("ticket_id",), values)

    def _whose(self) -> str:
        """The agent whose desk this is."""
        if self._agent is None:
            account = self.account()
            self._agent = "" if account is None else account.agent
        return self._agent

    def post(self, event: Event, entry: Entry | None = None, start: Ticket | None = None) -> None:
        """Put what an agent did into the outbox, if this desk has a server to tell."""
        if not event.actor:
            return
        if not self._is_linked():
            self._is_counted = False
            return
        if start is not None:
            self.save_base(Base(ticket=start))
        if not steps(event, entry, start):
            return
        base = self.base(event.ticket)
        if entry is not None:
            entry = self._last_of_thread(entry)
        waits = entry is not None and entry.kind is EntryKind.REPLY
        until = event.at + timedelta(seconds=UNDO_SECONDS) if waits else None
        seen = base.heard if base is not None and base.thread else None
        told = self._run(_TOLD, (event.ticket,)).fetchone()[0]
        doc = ItemDoc(seen=seen, told=told, next_try_ms=to_ms_or_none(until))
        values = {
            "ticket_id": event.ticket,
            "event_id": event.id,
            "entry_id": None if entry is None else entry.id,
            "state": str(OutboxState.HELD if waits else OutboxState.WAITING),
            "doc": mapping.encoded(doc),
        }
        self._insert(schema.outbox, values)
        self._posted = True
        failpoint("outbox.after_post")

    def _last_of_thread(self, entry: Entry) -> Entry:
        """What is written now stands below all that is there, whatever the clock says."""
        sql = "SELECT max(id) FROM entry WHERE ticket_id = ? AND id != ?"
        newest = self._run(sql, (entry.ticket, entry.id)).fetchone()[0] or 0
        if newest < entry.id:
            return entry
        return replace(entry, id=EntryId(self.renumber_entry(entry.id, newest + 1)))

    def newest_in(self, ticket: TicketId) -> tuple[int, int]:
        entry, event = self._run(_NEWEST_IN, (ticket, ticket)).fetchone()
        return entry or 0, event or 0

    def free_number(self, number: int) -> int:
        """This number, or the next that no entry has as its id."""
        while self._find(schema.entry, id=number) is not None:
            number += 1
        return number

    def renumber_entry(self, entry: int, number: int) -> int:
        """Give an entry, and all that points to it, this id or the next free one; return it."""
        number = self.free_number(number)
        row = self._get(schema.entry, entry)
        self._run("PRAGMA defer_foreign_keys = ON")
        if not row["withdrawn"]:
            self._unsearch_entry(row)
            self._search_entry({**row, "id": number})
        self._update(schema.entry, {"id": number}, id=entry)
        sql = "UPDATE event SET entry_id = ? WHERE ticket_id = ? AND entry_id = ?"
        self._run(sql, (number, row["ticket_id"], entry))
        for table, column in _POINTERS:
            self._run(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (number, entry))
        return number

    def items(self, ticket: TicketId | None = None) -> list[OutboxItem]:
        one = "" if ticket is None else " AND ticket_id = ?"
        sql = f"SELECT * FROM outbox WHERE {OPEN}{one} ORDER BY ticket_id, seq"
        rows = self._dicts(sql, () if ticket is None else (ticket,))
        return sorted((self._read(row) for row in rows), key=lambda item: item.seq)

    def heads(self, ticket: TicketId | None = None) -> list[OutboxItem]:
        one = "" if ticket is None else " AND ticket_id = ?"
        first = f"SELECT min(seq) FROM outbox WHERE {OPEN}{one} GROUP BY ticket_id"
        sql = f"SELECT * FROM outbox WHERE seq IN ({first}) ORDER BY seq"
        return [self._read(row) for row in self._dicts(sql, () if ticket is None else (ticket,))]

    def item(self, seq: int) -> OutboxItem:
        row = self._find(schema.outbox, seq=seq)
        if row is None:
            raise NotFoundError(kind="outbox", name=str(seq))
        return self._read(row)

    def item_of(self, event: int) -> OutboxItem | None:
        row = self._find(schema.outbox, event_id=event)
        return None if row is None else self._read(row)

    def beside(self, item: OutboxItem) -> list[OutboxItem]:
        rows = self._dicts("SELECT * FROM outbox WHERE ticket_id = ? ORDER BY seq", (item.ticket,))
        return [self._read(row) for row in rows]

    def standing(self, event: Event) -> OutboxItem | None:
        ticket = event.ticket
        rows = self._dicts(_STANDING, (event.id, ticket, event.id, ticket, ticket))
        return self._read(rows[0]) if rows else None

    def without(self, item: OutboxItem) -> Ticket | None:
        base = self.base(item.ticket)
        if base is None or not base.remote:
            return None
        others = [one for one in self.items(item.ticket) if one.seq != item.seq]
        return project(base.ticket, others)

    def save_item(self, item: OutboxItem) -> None:
        values = {"state": str(item.state), "doc": item_doc(item)}
        self._update(schema.outbox, values, seq=item.seq)
        self._posted = True

    def change_event(self, event: Event) -> None:
        self._update(schema.event, mapping.event_values(event), id=event.id)

    def _read(self, row: mapping.Row) -> OutboxItem:
        event = mapping.event(self._get(schema.event, row["event_id"]))
        entry = None if row["entry_id"] is None else self._whole_entry(row["entry_id"])
        start = None
        if event.action == "create":
            base = self.base(event.ticket)
            start = None if base is None else base.ticket
        return outbox_item(row, event, entry, start)

    def _whole_entry(self, entry: int) -> Entry:
        files = "SELECT * FROM attachment WHERE entry_id = ? ORDER BY position"
        return mapping.entry(self._get(schema.entry, entry), self._dicts(files, (entry,)))


_STANDING = """
SELECT * FROM outbox WHERE state != 'discarded' AND event_id IN (
    SELECT ? UNION ALL
    SELECT again.id FROM event AS undoing JOIN event AS again ON again.undoes = undoing.id
    WHERE undoing.ticket_id = ? AND undoing.undoes = ? AND again.ticket_id = ?
) AND ticket_id = ? ORDER BY seq DESC LIMIT 1
"""
_TOLD = "SELECT count(*) FROM event WHERE ticket_id = ? AND command_id GLOB 'v:*'"
_POINTERS = (
    ("attachment", "entry_id"),
    ("outbox", "entry_id"),
    ("known", "local"),
    ("read_mark", "entry_id"),
)
"""What points to an entry by its id; events, which have no index for it, by their ticket."""
