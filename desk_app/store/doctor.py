"""Looks a desk over: integrity, orphans, search words, attachments; mends without dropping."""

from __future__ import annotations

import hashlib
import re
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from desk_app.store.attachments import FOLDER, HashedFiles
from desk_app.store.driver import connect_for_reading, database_path, mapped_errors
from desk_app.store.migrate import back_up
from desk_app.store.salvage import Salvaged, is_sound, salvage
from desk_app.store.version import is_current


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is not as it should be."""

    code: str
    """integrity, foreign_key, search_words, derived_column, attachment_missing,
    attachment_changed, file_unnamed; after a repair also salvaged or unreadable."""
    count: int
    detail: str = ""
    """Where it is: a table, a column, a file's name; of unnamed files their bytes."""
    mendable: bool = False
    harmless: bool = False
    """Nothing is lost by leaving it as it is."""


_OPEN_TASKS = (
    "(SELECT count(*) FROM json_each(rest, '$.tasks') k"
    " WHERE json_extract(k.value, '$.closed_at') IS NULL)"
)
_DERIVED = {
    "open_tasks": f"open_tasks <> {_OPEN_TASKS}",
    "requester": "requester <> (SELECT r.name FROM requester r WHERE r.id = requester_id)",
    "has_files": "has_files <> EXISTS(SELECT 1 FROM attachment a JOIN entry e ON e.id = a.entry_id"
    " WHERE e.ticket_id = ticket.id)",
}

_FILES = (
    "SELECT sha256, min(name) FROM (SELECT sha256, name FROM attachment UNION ALL"
    " SELECT json_extract(f.value, '$.sha256'), json_extract(f.value, '$.name')"
    " FROM draft d, json_each(d.rest, '$.attachments') f WHERE d.closed = 0 UNION ALL"
    " SELECT sha256, origin FROM kept_aside WHERE sha256 IS NOT NULL)"
    " WHERE sha256 <> '' GROUP BY sha256"
)
"""Every file that a thread, an open draft or a message kept aside names, and that is here: one that
is still with its server has no hash."""
_ELSEWHERE = {
    "draft": "rest",
    "entry": "rest",
    "command": "payload",
    "outbox": "doc",
    "base": "doc",
    "directory": "doc",
}
"""Where a file may be named besides: earlier versions, what was done, what waits to be sent."""
_DIGEST = re.compile(r"\b[0-9a-f]{64}\b")
UNNAMED = "unnamed-files"
_YOUNG_S = 24 * 3600
"""A file is on the disk before a row names it: what is younger than a day may yet be named."""


def examine(desk: Path) -> list[Finding]:
    """Everything that is wrong with a desk; empty if nothing is.

    Raises:
        DeskMissingError, DeskCorruptError: it cannot be opened at all.
    """
    with closing(connect_for_reading(desk)) as sql, mapped_errors(desk):
        found = _structure(sql)
        if any(finding.code == "integrity" for finding in found):
            return found  # what is asked next would be answered wrong, or not at all
        is_current(desk)  # raises for what a newer program wrote: it may be right and look wrong
        found += [
            Finding(code="derived_column", count=count, detail=name, mendable=True)
            for name, wrong in _DERIVED.items()
            if (count := sql.execute(f"SELECT count(*) FROM ticket WHERE {wrong}").fetchone()[0])
        ]
        return found + _attachments(desk, sql) + _unnamed(desk, sql) + _search(desk)


def repair(desk: Path) -> list[Finding]:
    """Make a copy, rebuild what can be rebuilt from what is there, and look again.

    Nothing that a person wrote is touched: only search words and columns derived from others.
    Files that nothing names are moved beside the copies, not deleted. A damaged file is kept, and
    all that can be read of it is put into a new one.

    Raises:
        DeskMissingError, DeskCorruptError: nothing of it can be read; nothing was changed.
    """
    told: list[Finding] = []
    if database_path(desk).is_file() and not is_sound(desk):
        told = _salvaged(salvage(desk))
    else:
        is_current(desk)
        back_up(desk)
    with closing(sqlite3.connect(database_path(desk))) as sql, mapped_errors(desk):
        for table in ("ticket_fts", "entry_fts"):
            sql.execute(f"INSERT INTO {table}({table}) VALUES('rebuild')")
        sql.execute(
            "UPDATE ticket SET requester = (SELECT r.name FROM requester r"
            " WHERE r.id = requester_id), has_files = EXISTS(SELECT 1 FROM attachment a"
            " JOIN entry e ON e.id = a.entry_id WHERE e.ticket_id = ticket.id),"
            f" open_tasks = {_OPEN_TASKS}"
        )
        # Withdrawn words must not be found, and a rebuild reads every row.
        sql.execute(
            "INSERT INTO entry_fts(entry_fts, rowid, text, files)"
            " SELECT 'delete', id, text, files FROM entry WHERE withdrawn = 1"
        )
        sql.execute("INSERT INTO ticket_fts(ticket_fts) VALUES('rebuild')")
        sql.commit()
        _set_aside(desk, sql)
    return told + examine(desk)


def _salvaged(found: Salvaged) -> list[Finding]:
    where = f"{found.kept.parent.name}/{found.kept.name}"
    told = [Finding(code="salvaged", count=found.rows, detail=where, harmless=True)]
    if found.gaps:
        told.append(Finding(code="unreadable", count=found.gaps, detail=", ".join(found.tables)))
    return told


def _structure(sql: sqlite3.Connection) -> list[Finding]:
    found = []
    try:
        faults = [row[0] for row in sql.execute("PRAGMA integrity_check(20)") if row[0] != "ok"]
    except sqlite3.DatabaseError as error:
        faults = [str(error)]
    if faults:
        detail = faults[0].splitlines()[-1]
        return [Finding(code="integrity", count=len(faults), detail=detail, mendable=True)]
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


def _unnamed(desk: Path, sql: sqlite3.Connection) -> list[Finding]:
    files = _unnamed_files(desk, sql)
    if not files:
        return []
    room = sum(file.stat().st_size for file in files)
    code = "file_unnamed"
    return [Finding(code=code, count=len(files), detail=str(room), mendable=True, harmless=True)]


def _unnamed_files(desk: Path, sql: sqlite3.Connection) -> list[Path]:
    """Files in the folder of attachments, a day old or more, that no row of the desk names."""
    old = time.time() - _YOUNG_S
    files = {
        path.name: path
        for path in (desk / FOLDER).glob("*/*")
        if path.is_file() and path.stat().st_mtime < old
    }
    for (digest,) in sql.execute(f"SELECT sha256 FROM ({_FILES})"):
        files.pop(digest, None)
    for table, column in _ELSEWHERE.items():
        if not files:
            break
        for (text,) in sql.execute(f"SELECT {column} FROM {table} WHERE {column} LIKE '%sha256%'"):
            for digest in _DIGEST.findall(text):
                files.pop(digest, None)
    return sorted(files.values())


def _set_aside(desk: Path, sql: sqlite3.Connection) -> None:
    aside = desk / "backups" / UNNAMED
    for path in _unnamed_files(desk, sql):
        aside.mkdir(parents=True, exist_ok=True)
        path.replace(aside / path.name)


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
