"""The transactions of one ticket, newest first: what was written, what happened, by whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk_app.remote.request_tracker.payloads import Transaction, Transactions

if TYPE_CHECKING:
    from desk_app.remote.request_tracker.session import Session

WRITTEN = frozenset({"Create", "Correspond", "Comment"})
"""Types of transactions that have a text."""
_FIELDS = ("fields", "Type,ObjectId,Creator,Created,Field,OldValue,NewValue")
_PAGE = 100
_PAGES = 200


def history(session: Session, ticket: str, after: int = 0) -> list[Transaction]:
    """Oldest first, after the one with this id; empty also of a ticket that cannot be seen.

    Through the ticket and not through a search: so it has those of tickets that were merged into
    it. Such a merge brings older ones in: then it is all of them, whatever `after` says.
    """
    found: list[Transaction] = []
    enough = False
    for page in range(1, _PAGES + 1):
        rows = session.get(
            Transactions,
            f"/ticket/{int(ticket)}/history",
            _FIELDS,
            ("orderby", "id"),
            ("order", "DESC"),
            ("per_page", str(_PAGE)),
            ("page", str(page)),
        ).items
        found += rows
        merged = any(row.column == "MergedInto" and row.number > after for row in found)
        enough = not merged and any(_is_end(row, ticket, after) for row in rows)
        if not rows or enough:
            break
    kept = [row for row in found if not enough or row.number > after]
    return sorted(kept, key=lambda row: row.number)


def _is_end(row: Transaction, ticket: str, after: int) -> bool:
    """Whether nothing older is wanted, or can be."""
    return row.number <= after or (row.type == "Create" and str(row.ticket) == ticket)
