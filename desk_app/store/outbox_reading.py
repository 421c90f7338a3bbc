"""Reads what waits for a server, by the bare driver like everything that is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desk_app.domain.errors import NotFoundError
from desk_app.store import queue_sql
from desk_app.store.reading_connection import ReadingConnection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desk_app.domain.asked import RequestLine
    from desk_app.domain.entry import Change, Entry
    from desk_app.domain.mirror import Account, Base, SyncLine
    from desk_app.domain.named import Named
    from desk_app.domain.outbox import OutboxItem, OutboxState
    from desk_app.domain.ticket import EntryId, Ticket, TicketId
    from desk_app.ports.outbox_reader import OutboxRow, SyncStatus

OPEN = "state NOT IN ('accepted', 'discarded')"
"""As the partial index has it."""
_READY = ("waiting", "uncertain")


class OutboxReading(ReadingConnection):
    """An `OutboxReader`; see the port for what each method promises."""

    def account_agent(self) -> str | None:
        """Whose account this desk is; asked at every start, before decoders are loaded."""
        rows = self._all("SELECT json_extract(doc, '$.agent') FROM account")
        return str(rows[0][0]) if rows else None

    def account(self) -> Account | None:
        rows = self._all("SELECT doc FROM account")
        if not rows:
            return None
        from desk_app.store.outbox_docs import decoded_account

        return decoded_account(rows[0][0])

    def base(self, ticket: TicketId) -> Base | None:
        from desk_app.store.outbox_docs import decoded_base

        rows = self._all("SELECT doc FROM base WHERE ticket_id = ?", [ticket])
        return decoded_base(rows[0][0]) if rows else None

    def sync_status(self) -> SyncStatus | None:
        from desk_app.domain.mirror import SyncCounts
        from desk_app.domain.outbox import OutboxState
        from desk_app.ports.outbox_reader import SyncStatus
        from desk_app.store.outbox_docs import decoded_item

        account = self.account()
        if account is None:
            return None
        rows = self._all(f"SELECT state, doc FROM outbox WHERE {OPEN}")
        times = [(state, decoded_item(doc).next_try) for state, doc in rows]
        tries = [(state, time) for state, time in times if time is not None]
        waiting = [time for state, time in tries if state in _READY]
        held = [time for state, time in tries if state == OutboxState.HELD]
        there = "SELECT count(*) FROM base WHERE remote IS NOT NULL"
        return SyncStatus(
            account=account,
            counts=SyncCounts.of(OutboxState(state) for state, _ in rows),
            tickets=self._one(there)[0],
            next_try=min(waiting, default=None),
            held_until=min(held, default=None),
            ready=sum(state in _READY and time is None for state, time in times),
            behind=self._one("SELECT count(*) FROM base WHERE rank > 0")[0],
        )

    def outbox(self, ticket: TicketId | None = None) -> list[OutboxRow]:
        one = "" if ticket is None else " AND ticket_id = ?"
        sql = f"SELECT * FROM outbox WHERE {OPEN}{one} ORDER BY seq"
        return self._outbox_rows(self.dicts(sql, [] if ticket is None else [ticket]))

    def outbox_row(self, seq: int) -> OutboxRow:
        rows = self.dicts("SELECT * FROM outbox WHERE seq = ?", [seq])
        if not rows:
            raise NotFoundError(kind="outbox", name=str(seq))
        return self._outbox_rows(rows)[0]

    def named(self, changes: Sequence[Change]) -> Named:
        from desk_app.store.named_rows import read_named

        return read_named(self._all, changes)

    def unsettled(self, tickets: Sequence[TicketId]) -> dict[TicketId, OutboxState]:
        from desk_app.domain.outbox import NEEDS_YOU, OutboxState

        sql = (
            f"SELECT ticket_id, state FROM outbox WHERE {OPEN}"
            " AND ticket_id IN (SELECT value FROM json_each(?)) ORDER BY ticket_id, seq"
        )
        found: dict[TicketId, OutboxState] = {}
        for ticket, name in self._all(sql, [queue_sql.ids_parameter(tickets)]):
            state = OutboxState(name)
            if ticket not in found or (state in NEEDS_YOU and found[ticket] not in NEEDS_YOU):
                found[ticket] = state
        return found

    def unsettled_entries(self, ticket: TicketId) -> dict[EntryId, OutboxItem]:
        sql = f"SELECT * FROM outbox WHERE {OPEN} AND ticket_id = ? AND entry_id IS NOT NULL"
        rows = self.dicts(sql, [ticket])
        return {row["entry_id"]: self._item(row) for row in rows}

    def sync_log(self, *, limit: int, ticket: TicketId | None = None) -> list[SyncLine]:
        from desk_app.domain.mirror import SyncLine
        from desk_app.domain.moment import from_ms

        one = "" if ticket is None else "WHERE ticket_id = ? "
        values = [limit] if ticket is None else [ticket, limit]
        rows = self.dicts(f"SELECT * FROM sync_log {one}ORDER BY id DESC LIMIT ?", values)
        return [
            SyncLine(
                id=row["id"],
                at=from_ms(row["at_ms"]),
                ticket=row["ticket_id"],
                number=row["number"],
                what=row["what"],
                outcome=row["outcome"],
                detail=row["detail"],
            )
            for row in rows
        ]

    def sync_requests(self, *, limit: int) -> list[RequestLine]:
        from desk_app.domain.asked import RequestLine
        from desk_app.domain.moment import from_ms

        rows = self.dicts("SELECT * FROM sync_request ORDER BY id DESC LIMIT ?", [limit])
        return [RequestLine(at=from_ms(row.pop("at_ms")), **row) for row in rows]

    # --- rows to values --------------------------------------------------------------------

    def _outbox_rows(self, rows: list[dict[str, Any]]) -> list[OutboxRow]:
        from desk_app.ports.outbox_reader import OutboxRow

        ids = queue_sql.ids_parameter({row["ticket_id"] for row in rows})
        sql = (
            "SELECT id, number, subject, owner FROM ticket"
            " WHERE id IN (SELECT value FROM json_each(?))"
        )
        tickets = {row["id"]: row for row in self.dicts(sql, [ids])}
        items = [self._item(row) for row in rows]
        changes = [change for item in items for change in (*item.event.changes, *item.theirs)]
        named = self.named(changes)
        found: list[OutboxRow] = []
        before: dict[int, int] = {}
        for row, item in zip(rows, items, strict=True):
            ticket = tickets.get(row["ticket_id"], {})
            found.append(
                OutboxRow(
                    item=item,
                    number=ticket.get("number"),
                    subject=ticket.get("subject", ""),
                    owner_now=ticket.get("owner"),
                    after=before.get(row["ticket_id"]),
                    named=named,
                )
            )
            before[row["ticket_id"]] = row["seq"]
        return found

    def _item(self, row: dict[str, Any]) -> OutboxItem:
        from desk_app.store import mapping
        from desk_app.store.outbox_docs import outbox_item

        event = mapping.event(self._row("event", row["event_id"]))
        entry: Entry | None = None
        if row["entry_id"] is not None:
            files = "SELECT * FROM attachment WHERE entry_id = ? ORDER BY position"
            of_entry = self.dicts(files, [row["entry_id"]])
            entry = mapping.entry(self._row("entry", row["entry_id"]), of_entry)
        start: Ticket | None = None
        if event.action == "create" and (base := self.base(event.ticket)) is not None:
            start = base.ticket
        return outbox_item(row, event, entry, start)
