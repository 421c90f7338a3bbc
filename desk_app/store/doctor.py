"""Looks a desk over: integrity, orphans, search words, attachments; mends without dropping."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from desk_app.store.attachments import HashedFiles
from desk_app.store.driver import connect_for_reading, database_path, mapped_errors
from desk_app.store.migrate import back_up


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is not as it should be."""

    code: str
    """integrity, foreign_key, search_words, derived_column, attachment_missing or
    attachment_changed."""
    count: int
    detail: str = ""
    mendable: bool = False


_DERIVED = {
    "requester": "requester <> (SELECT r.name FROM requester r WHERE r.id = requester_id)",
    "has_files": "has_files <> EXISTS(SELECT 1 FROM attachment a JOIN entry e ON e.id = a.entry_id"
    " WHERE e.ticket_id = ticket.id)",
}

_FILES = (
    "SELECT sha256, min(name) FROM (SELECT sha256, name FROM attachment UNION ALL"
    " SELECT json_extract(f.value, '$.sha256'), json_extract(f.value, '$.name')"
    " FROM draft d, json_each(d.rest, '$.attachments') f WHERE d.closed = 0) GROUP BY sha256"
)
"""Every file that a thread or an open draft names."""


def examine(desk: Path) -> list[Finding]:
    """Everything that is wrong with a desk; empty if nothing is.

    Raises:
        DeskMissingError, DeskCorruptError: it cannot be opened at all.
    """
    with closing(connect_for_reading(desk)) as sql, mapped_errors(desk):
        found = _structure(sql)
        found += [
            Finding(code="derived_column", count=count, detail=name, mendable=True)
            for name, wrong in _DERIVED.items()
            if (count := sql.execute(f"SELECT count(*) FROM ticket WHERE {wrong}").fetchone()[0])
        ]
        return found + _attachments(desk, sql) + _search(desk)


def repair(desk: Path) -> list[Finding]:
    """Make a copy, rebuild what can be rebuilt from what is there, and look again.

    Nothing that a person wrote is touched: only search words and columns derived from others.
    """
    back_up(desk)
    with closing(sqlite3.connect(database_path(desk))) as sql, mapped_errors(desk):
        for table in ("ticket_fts", "entry_fts"):
            sql.execute(f"INSERT INTO {table}({table}) VALUES('rebuild')")
        sql.execute(
            "UPDATE ticket SET requester = (SELECT r.name FROM requester r"
            " WHERE r.id = requester_id), has_files = EXISTS(SELECT 1 FROM attachment a"
            " JOIN entry e ON e.id = a.entry_id WHERE e.ticket_id = ticket.id)"
        )
        # Withdrawn words must not be found, and a rebuild reads every row.
        sql.execute(
            "INSERT INTO entry_fts(entry_fts, rowid, text, files)"
            " SELECT 'delete', id, text, files FROM entry WHERE withdrawn = 1"
        )
        sql.execute("INSERT INTO ticket_fts(ticket_fts) VALUES('rebuild')")
        sql.commit()
    return examine(desk)


def _structure(sql: sqlite3.Connection) -> list[Finding]:
    found = []
    faults = [row[0] for row in sql.execute("PRAGMA integrity_check(20)") if row[0] != "ok"]
    if faults:
        found.append(Finding(code="integrity", count=len(faults), detail=faults[0]))
    orphans = sql.execute("PRAGMA foreign_key_check").fetchall()
    if orphans:
        found.append(Finding(code="foreign_key", count=len(orphans), detail=str(orphans[0][0])))
    return found


def _attachments(desk: Path, sql: sqlite3.Connection) -> list[Finding]:
    files = HashedFiles(desk)
    missing, changed = [], []
    for digest, name in sql.execute(_FILES):
        path = files.path(digest)
        if not path.is_file():
            missing.append(name)
        elif hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            changed.append(name)
    pairs = (("attachment_missing", missing), ("attachment_changed", changed))
    return [Finding(code=code, count=len(n), detail=n[0]) for code, n in pairs if n]


def _search(desk: Path) -> list[Finding]:
    """Whether the words for search are those of the rows; a copy in memory is asked."""
    found = []
    with closing(sqlite3.connect(":memory:")) as copy:
        with closing(connect_for_reading(desk)) as source:
            source.backup(copy)
        copy.execute("DELETE FROM entry WHERE withdrawn = 1")
        for table in ("ticket_fts", "entry_fts"):
            try:
                copy.execute(f"INSERT INTO {table}({table}, rank) VALUES('integrity-check', 1)")
            except sqlite3.DatabaseError:
                found.append(Finding(code="search_words", count=1, detail=table, mendable=True))
    return found
