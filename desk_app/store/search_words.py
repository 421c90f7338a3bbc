"""The words that a desk is searched by: written with the rows, in the same transaction."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from desk_app.store.transaction import Transaction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desk_app.store import mapping


class SearchWords(Transaction):
    """A transaction, and the full-text index of tickets and entries."""

    def _search_ticket(self, ticket: int) -> None:
        self._run(f"INSERT INTO ticket_fts(rowid, {_T}) {_TICKET_WORDS} = ?", (ticket,))

    def _unsearch_ticket(self, ticket: int) -> None:
        self._run(f"INSERT INTO ticket_fts(ticket_fts, rowid, {_T}) {_TICKET_GONE} = ?", (ticket,))

    def _search_tickets(self, tickets: Sequence[int]) -> None:
        if tickets:
            sql = f"INSERT INTO ticket_fts(rowid, {_T}) {_TICKET_WORDS} {_LISTED}"
            self._run(sql, (json.dumps(tickets),))

    def _unsearch_tickets(self, tickets: Sequence[int]) -> None:
        if tickets:
            sql = f"INSERT INTO ticket_fts(ticket_fts, rowid, {_T}) {_TICKET_GONE} {_LISTED}"
            self._run(sql, (json.dumps(tickets),))

    def _search_entry(self, row: mapping.Row) -> None:
        self._run("INSERT INTO entry_fts(rowid, text, files) VALUES (:id, :text, :files)", row)

    def _unsearch_entry(self, row: mapping.Row) -> None:
        sql = (
            "INSERT INTO entry_fts(entry_fts, rowid, text, files)"
            " VALUES ('delete', :id, :text, :files)"
        )
        self._run(sql, row)


_T = "subject, requester, number"
WORDS = frozenset({"subject", "requester", "number"})
"""Columns of a ticket that it is found by."""
_TICKET_WORDS = "SELECT id, subject, requester, number FROM ticket WHERE id"
_TICKET_GONE = "SELECT 'delete', id, subject, requester, number FROM ticket WHERE id"
_LISTED = "IN (SELECT value FROM json_each(?))"
