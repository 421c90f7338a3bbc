"""What a person typed but did not send, and other marks of their own, in a transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desk_app.domain.entry import EntryKind
from desk_app.domain.failpoint import failpoint
from desk_app.domain.moment import to_ms
from desk_app.store import mapping, schema
from desk_app.store.transaction import Transaction

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Engine

    from desk_app.domain.draft import Draft, DraftKey
    from desk_app.domain.intake import UnfinishedImport
    from desk_app.domain.ticket import EntryId, TicketId

VERSION_MS = 10_000
"""Typing within this long of a version's start goes into that version, if it only adds."""
KEEP_MS = 30 * 24 * 3600 * 1000
"""Draft versions live this long (the newest of an open draft lives on)."""

KEEP_OVER_MS = 24 * 3600 * 1000
"""A snooze that is over stays this long: whoever counts what woke may be late."""


class DraftRows(Transaction):
    """A transaction, and the rows that belong to the agent alone."""

    def __init__(self, desk: Path, engine: Engine) -> None:
        super().__init__(desk, engine)
        self._tickets: set[int] = set()
        self._marks: set[int] = set()
        self._drafts = self._searches = False

    def draft(self, key: DraftKey) -> Draft | None:
        newest = self._newest_draft(key)
        return None if newest is None else mapping.draft(newest)

    def save_draft(self, draft: Draft, at: datetime) -> None:
        table, now = schema.draft, to_ms(at)
        newest = self._newest_draft(draft.key)
        values = mapping.draft_values(draft) | {"saved_ms": now, "closed": 0}
        if newest is not None and _same_version(newest, draft, str(values["rest"]), now):
            self._update(table, values, id=newest["id"])
        else:
            self._insert(table, values | {"started_ms": now})
        self._drafts = True
        self._marks.add(draft.key.ticket)
        failpoint("draft.before_commit")

    def close_draft(self, key: DraftKey, at: datetime) -> None:
        table = schema.draft
        self._update(table, {"closed": 1}, ticket_id=key.ticket, kind=str(key.kind))
        old = "DELETE FROM draft WHERE closed = 1 AND saved_ms < ?"
        self._run(old, (to_ms(at) - KEEP_MS,))
        self._drafts = True
        self._marks.add(key.ticket)

    def mark_read(self, agent: str, ticket: TicketId, entry: EntryId) -> None:
        # By the newest message that was seen, and no other entry: a server's clock and this
        # machine's may be hours apart, and messages are compared with messages.
        heard = "SELECT max(at_ms) FROM entry WHERE ticket_id = ? AND id <= ? AND kind = ?"
        newest = self._run(heard, (ticket, entry, int(EntryKind.MESSAGE))).fetchone()[0]
        values = {
            "agent": agent,
            "ticket_id": ticket,
            "entry_id": entry,
            "at_ms": newest or 0,
        }
        self._upsert(schema.read_mark, ("agent", "ticket_id"), values)
        self._marks.add(ticket)

    def snooze(self, agent: str, ticket: TicketId, until: datetime | None, at: datetime) -> None:
        now = to_ms(at)
        over = "DELETE FROM snooze WHERE agent = ? AND until_ms < ?"
        self._run(over, (agent, now - KEEP_OVER_MS))
        self._delete(schema.snooze, agent=agent, ticket_id=ticket)
        if until is not None:
            values = {"agent": agent, "ticket_id": ticket, "until_ms": to_ms(until), "at_ms": now}
            self._insert(schema.snooze, values)
        self._tickets.add(ticket)

    def follow(self, agent: str, ticket: TicketId, at: datetime, *, on: bool = True) -> None:
        self._delete(schema.follow, agent=agent, ticket_id=ticket)
        if on:
            values = {"agent": agent, "ticket_id": ticket, "at_ms": to_ms(at)}
            self._insert(schema.follow, values)
        self._tickets.add(ticket)

    def save_search(self, search_id: int, name: str, text: str) -> None:
        values = {"id": search_id, "name": name, "text": text}
        self._upsert(schema.saved_search, ("id",), values)
        self._searches = True

    def delete_search(self, search_id: int) -> None:
        self._delete(schema.saved_search, id=search_id)
        self._searches = True

    def keep_aside(self, origin: str, reason: str, detail: str, sha256: str | None) -> None:
        values: dict[str, Any] = {
            "origin": origin,
            "reason": reason,
            "detail": detail,
            "sha256": sha256,
        }
        table = schema.kept_aside
        if self._find(table, **values) is not None:
            return
        now = self._run("SELECT CAST(unixepoch() AS INTEGER) * 1000").fetchone()[0]
        self._insert(table, values | {"at_ms": now})

    def forget_aside(self, kept: int) -> None:
        self._delete(schema.kept_aside, id=kept)

    def save_import(self, unfinished: UnfinishedImport) -> None:
        doc = mapping.unfinished_doc(unfinished)
        self._upsert(schema.meta, ("key",), {"key": _kept_as(unfinished.key), "value": doc})

    def forget_import(self, key: str) -> None:
        self._delete(schema.meta, key=_kept_as(key))

    def _newest_draft(self, key: DraftKey) -> mapping.Row | None:
        rows = self._dicts(_NEWEST_DRAFT, (key.ticket, str(key.kind)))
        return rows[0] if rows and not rows[0]["closed"] else None


_NEWEST_DRAFT = "SELECT * FROM draft WHERE ticket_id = ? AND kind = ? ORDER BY id DESC LIMIT 1"


def _kept_as(key: str) -> str:
    return f"{schema.UNFINISHED}{key}"


def _same_version(newest: mapping.Row, draft: Draft, rest: str, now_ms: int) -> bool:
    """Whether a draft goes on from the newest version, losing nothing; `rest` is its own row's."""
    if not 0 <= now_ms - newest["started_ms"] < VERSION_MS:
        return False
    whole = rest == newest["rest"] or _keeps_files_and_fields(mapping.draft(newest), draft)
    return whole and _only_added(newest["text"], draft.text)


def _keeps_files_and_fields(before: Draft, draft: Draft) -> bool:
    left = {value for _, value in before.fields if value} - {value for _, value in draft.fields}
    return set(before.attachments) <= set(draft.attachments) and not left


def _only_added(old: str, new: str) -> bool:
    """Whether nothing of `old` is lost in `new`: one insertion, anywhere."""
    head = _shared(old, new)
    return head + _shared(old[head:][::-1], new[head:][::-1]) == len(old)


def _shared(one: str, other: str) -> int:
    """How many characters both begin with."""
    same, differs = 0, min(len(one), len(other)) + 1
    while differs - same > 1:
        middle = (same + differs) // 2
        if one[same:middle] == other[same:middle]:
            same = middle
        else:
            differs = middle
    return same
