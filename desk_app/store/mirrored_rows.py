"""Whole pages of what a server said, written in a handful of statements.

A window is open while pages come in: every statement and every row that it answers gives the
interpreter away and waits for it again, which beside a table that scrolls takes longer than the
work itself. So a page is read with one statement and one answer a table, compared here, and written
with one statement for each set of columns that changed.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec

from desk_app.services.turns import TURNS
from desk_app.store import mapping, schema, statements
from desk_app.store.outbox_docs import decoded_bases
from desk_app.store.outbox_reading import OPEN
from desk_app.store.search_words import WORDS
from desk_app.store.unit_of_work import SqlUnitOfWork

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from desk_app.domain.mirror import Base
    from desk_app.domain.outbox import OutboxItem
    from desk_app.domain.people import Requester
    from desk_app.domain.ticket import Ticket, TicketId


_TOGETHER = 20
"""Rows that are compared between two looks whether the window paints."""


class MirroredRows(SqlUnitOfWork):
    """A transaction, and what is written a page at a time."""

    def bases(self, remote: Sequence[str]) -> dict[str, Base]:
        sql = f"SELECT group_concat(doc) FROM base WHERE {_listed('remote')}"
        docs = self._run(sql, (_json(remote),)).fetchone()[0]
        TURNS.make_way()
        return {base.remote: base for base in decoded_bases(f"[{docs or ''}]")}

    def items_of(self, tickets: Collection[TicketId]) -> dict[TicketId, list[OutboxItem]]:
        sql = f"SELECT * FROM outbox WHERE {OPEN} AND {_listed('ticket_id')} ORDER BY seq"
        found: dict[TicketId, list[OutboxItem]] = defaultdict(list)
        for row in self._dicts(sql, (_json(list(tickets)),)):
            found[row["ticket_id"]].append(self._read(row))
        return dict(found)

    def requesters_by(self, emails: Collection[str]) -> dict[str, Requester]:
        found: dict[str, Requester] = {}
        for row in self._at_once(("asked", *_REQUESTER), _BY_EMAIL, list(emails)):
            self._requesters[row["id"]] = requester = mapping.requester(row)
            first = found.setdefault(row["asked"], requester)
            if requester.id < first.id:
                found[row["asked"]] = requester
        return found

    def save_requesters(self, requesters: Sequence[Requester]) -> None:
        if not requesters:
            return
        columns = tuple(mapping.requester_values(requesters[0]))
        rows = [list(mapping.requester_values(one).values()) for one in requesters]
        self._run(_upsert("requester", "id", columns), (_json(rows),))
        self._requesters |= {one.id: one for one in requesters}
        renamed = self._run(_OTHERWISE_CALLED, (_json(rows),)).fetchall()
        if renamed:
            ids = [ticket for ticket, _ in renamed]
            self._unsearch_tickets(ids)
            self._run(_update("ticket", ("requester",)), (_json(renamed),))
            self._search_tickets(ids)
            for ticket in ids:
                self._found.pop(ticket, None)
            self._tickets.update(ids)

    def mirror(self, told: Iterable[tuple[Base, Ticket]]) -> None:
        pairs = {base.ticket.id: (base, view) for base, view in told}  # the last one counts
        if not pairs:
            return
        self._save_views([view for _, view in pairs.values()])
        self._save_bases([base for base, _ in pairs.values()])
        self._tickets.update(pairs)

    # --- tickets ---------------------------------------------------------------------------

    def _save_views(self, views: Sequence[Ticket]) -> None:
        self._hold([view.id for view in views])
        self._hold_requesters({view.requester for view in views})
        values = [self._valued(view) for view in views]
        self._settle_numbers(values)
        self._add([row for row in values if row["id"] not in self._found])
        self._change([row for row in values if row["id"] in self._found])

    def _hold(self, tickets: Sequence[TicketId]) -> None:
        """Read the rows as they are now; those that are not there are new."""
        for ticket in tickets:
            self._found.pop(ticket, None)
        sql = f"SELECT * FROM ticket WHERE {_listed('id')}"
        for row in self._at_once(_TICKET, sql, tickets):
            self._found[row["id"]] = row

    def _hold_requesters(self, requesters: set[int]) -> None:
        missing = [one for one in requesters if one not in self._requesters]
        if missing:
            sql = f"SELECT * FROM requester WHERE {_listed('id')}"
            for row in self._at_once(_REQUESTER, sql, missing):
                self._requesters[row["id"]] = mapping.requester(row)

    def _settle_numbers(self, values: Sequence[dict[str, Any]]) -> None:
        """A number is where the server said last that it is, and nowhere else."""
        owners = {row["number"]: row["id"] for row in values if row["number"] is not None}
        for row in values:
            if owners.get(row["number"], row["id"]) != row["id"]:
                row["number"] = None
        claims = [[t, n] for n, t in owners.items() if self._found.get(t, {}).get("number") != n]
        lost = self._ids(_ELSEWHERE, claims)
        if lost:
            self._unsearch_tickets(lost)
            self._run(f"UPDATE ticket SET number = NULL WHERE {_listed('id')}", (_json(lost),))
            self._search_tickets(lost)
            self._tickets.update(lost)
            for ticket in self._found.keys() & lost:
                self._found[ticket] = {**self._found[ticket], "number": None}

    def _add(self, values: Sequence[dict[str, Any]]) -> None:
        if values:
            columns = _told(values)
            rows = [[0, *[row[name] for name in columns]] for row in values]
            self._run(_insert("ticket", ("has_files", *columns)), (_json(rows),))
            self._search_tickets([row["id"] for row in values])
            self._refer([row for row in values if mapping.referrals(row)])

    def _change(self, values: Sequence[dict[str, Any]]) -> None:
        """Write what differs from the rows that are there."""
        groups: dict[tuple[str, ...], list[list[Any]]] = defaultdict(list)
        worded, referred = [], []
        for place, row in enumerate(values):
            if place % _TOGETHER == 0:
                TURNS.make_way()
            before = self._found[row["id"]]
            changed = tuple([name for name, value in row.items() if before[name] != value])
            groups[changed].append([row["id"], *[row[name] for name in changed]])
            if not WORDS.isdisjoint(changed):
                worded.append(row["id"])
            if "rest" in changed and mapping.referrals(before) != mapping.referrals(row):
                referred.append(row)
            self._found[row["id"]] = before | row
        groups.pop((), None)
        self._unsearch_tickets(worded)
        for columns, rows in groups.items():
            self._run(_update("ticket", columns), (_json(rows),))
        self._search_tickets(worded)
        self._refer(referred)

    def _refer(self, values: Sequence[dict[str, Any]]) -> None:
        """Write whom tickets are shown to besides, as the rows say."""
        for row in values:
            self._delete(schema.referral, ticket_id=row["id"])
            for one in mapping.referrals(row):
                self._insert(
                    schema.referral, {"ticket_id": row["id"], "kind": one.kind, "key": one.key}
                )

    def _valued(self, view: Ticket) -> dict[str, Any]:
        TURNS.make_way()
        return self._ticket_values(view)

    # --- bases -----------------------------------------------------------------------------

    def _save_bases(self, bases: Sequence[Base]) -> None:
        agent = self._whose()
        rows = []
        for base in bases:
            TURNS.make_way()
            doc = mapping.encoded(base)
            rows.append([base.ticket.id, base.remote or None, doc, base.rank(agent)])
        self._run(_upsert("base", "ticket_id", _BASE), (_json(rows),))

    def _at_once(
        self, columns: tuple[str, ...], sql: str, asked: Sequence[object]
    ) -> list[dict[str, Any]]:
        """Rows of a question as one answer."""
        whole = f"SELECT json_group_array(json_array({', '.join(columns)})) FROM ({sql})"
        answer = self._run(whole, (_json(asked),)).fetchone()[0]
        TURNS.make_way()
        rows = msgspec.json.decode(answer)
        return [dict(zip(columns, row, strict=True)) for row in rows]

    def _ids(self, sql: str, rows: object) -> list[int]:
        return [row[0] for row in self._run(sql, (_json(rows),)).fetchall()]


def _told(values: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    """The columns in which one of these rows has something: SQLite looks each up in each row."""
    return tuple([name for name in values[0] if any(row[name] is not None for row in values)])


def _json(rows: object) -> str:
    return msgspec.json.encode(rows).decode()


def _listed(column: str) -> str:
    return f"{column} IN (SELECT value FROM json_each(?))"


def _value(place: int) -> str:
    return f"json_extract(j.value, '$[{place}]')"


@cache
def _insert(table: str, columns: tuple[str, ...]) -> str:
    names, values = ", ".join(columns), ", ".join(_value(n) for n in range(len(columns)))
    # "WHERE true": else SQLite takes the ON of an upsert for that of a join.
    return f"INSERT INTO {table}({names}) SELECT {values} FROM json_each(?) j WHERE true"


@cache
def _upsert(table: str, key: str, columns: tuple[str, ...]) -> str:
    others = ", ".join(f"{name} = excluded.{name}" for name in columns if name != key)
    return f"{_insert(table, columns)} ON CONFLICT({key}) DO UPDATE SET {others}"


@cache
def _update(table: str, columns: tuple[str, ...]) -> str:
    """Of rows that begin with their id."""
    values = ", ".join(f"{name} = {_value(n)}" for n, name in enumerate(columns, 1))
    return f"UPDATE {table} SET {values} FROM json_each(?) j WHERE {table}.id = {_value(0)}"


_BASE = ("ticket_id", "remote", "doc", "rank")
_TICKET, _REQUESTER = statements.names(schema.ticket), statements.names(schema.requester)
_BY_EMAIL = "SELECT j.value AS asked, r.* FROM json_each(?) j JOIN requester r ON r.email = j.value"
_OTHERWISE_CALLED = (
    f"SELECT t.id, {_value(1)} FROM json_each(?) j"
    f" JOIN ticket t ON t.requester_id = {_value(0)} AND t.requester != {_value(1)}"
)
_ELSEWHERE = (
    "SELECT t.id FROM json_each(?) j"
    f" JOIN ticket t ON t.number = {_value(1)} AND t.id != {_value(0)}"
)
"""Tickets that have the number of another."""
