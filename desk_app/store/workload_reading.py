"""Reads what supervisors look at: loads, cards, what waits for a server, who moved what."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from desk_app.domain.moment import to_ms
from desk_app.store import queue_sql
from desk_app.store.reading_connection import ReadingConnection

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from desk_app.domain.batch import Batch
    from desk_app.domain.board import Cards, Grouping
    from desk_app.domain.filters import QueueFilter, SortKey
    from desk_app.domain.move_record import Moved, MovesWanted
    from desk_app.domain.outbox import OutboxState
    from desk_app.domain.ticket import Ticket
    from desk_app.domain.workload import Workload

_COLUMNS = {"agent": "t.owner", "team": "t.team", "stage": "t.stage", "status": "t.status"}
_LOADS = """
SELECT department, owner, team, status, stage, count(*), coalesce(sum(due_ms <= :now), 0),
    coalesce(sum(due_ms > :now AND due_ms <= :day_end), 0), sum(answered = 0), sum(created_ms)
FROM ticket INDEXED BY ix_ticket_open WHERE state = 0
GROUP BY department, owner, team, status, stage
"""
"""In the order of `LoadRow`; answered from the index of open tickets alone."""


class WorkloadReading(ReadingConnection):
    """A `WorkloadReader` over one connection."""

    def _words(self, table: str, start: str) -> list[str]:
        raise NotImplementedError

    def workload(self, at: datetime, *, day_end_ms: int) -> Workload:
        from desk_app.domain.workload import LoadRow, workload
        from desk_app.store.workload_rows import decoded_availability

        values = {"now": to_ms(at), "day_end": day_end_ms}
        rows = [LoadRow(*row) for row in self._all(_LOADS, values)]
        kept = self._all("SELECT doc FROM availability")
        return workload(rows, [decoded_availability(doc) for (doc,) in kept], at)

    def cards(self, wanted: QueueFilter, order: SortKey, by: Grouping, *, limit: int) -> Cards:
        from desk_app.domain.board import Cards

        where, values = queue_sql.where(wanted, words=self._words)
        sql = f"SELECT {_COLUMNS[by]}, t.id FROM ticket t {where} {queue_sql.order_by(order)}"
        columns: dict[str, array[int]] = {}
        found = self._all(f"{sql} LIMIT ?", [*values, limit])
        for key, ticket in found:
            name = "" if key is None else str(key)
            if name not in columns:
                columns[name] = array("q")
            columns[name].append(ticket)
        left_out = 0
        if len(found) == limit:
            counted = self._one(f"SELECT count(*) FROM ticket t {where}", values)[0]
            left_out = counted - limit
        return Cards(columns=columns, left_out=left_out)

    def tickets(self, ids: Sequence[int]) -> list[Ticket]:
        from desk_app.store import mapping

        sql = "SELECT * FROM ticket WHERE id IN (SELECT value FROM json_each(?))"
        rows = self.dicts(sql, [queue_sql.ids_parameter(ids)])
        found = {row["id"]: mapping.ticket(row) for row in rows}
        return [found[ticket] for ticket in ids if ticket in found]

    def open_children_of(self, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
        sql = (
            "SELECT merged_into, number FROM ticket WHERE merged_into IS NOT NULL AND state = 0"
            " AND merged_into IN (SELECT value FROM json_each(?))"
        )
        found: dict[int, tuple[str, ...]] = {}
        for into, number in self._all(sql, [queue_sql.ids_parameter(ids)]):
            found[into] = (*found.get(into, ()), str(number))
        return found

    def unsettled_all(self) -> dict[int, tuple[OutboxState, str]]:
        from json import loads

        from desk_app.domain.outbox import NEEDS_YOU, OutboxState

        sql = (
            "SELECT ticket_id, state, doc FROM outbox"
            " WHERE state NOT IN ('accepted', 'discarded') ORDER BY ticket_id, seq"
        )
        found: dict[int, tuple[OutboxState, str]] = {}
        for ticket, state, doc in self._all(sql):
            if ticket not in found or OutboxState(state) in NEEDS_YOU:
                found[ticket] = (OutboxState(state), str(loads(doc).get("words", "")))
        return found

    def moves(self, wanted: MovesWanted, *, limit: int) -> list[Moved]:
        from desk_app.store.move_rows import read_moves

        return read_moves(self, wanted, limit=limit)

    def last_batch(self, actor: str, *, redo: bool = False) -> Batch | None:
        from desk_app.store.batch_rows import read_batch

        return read_batch(self, actor, redo=redo)
