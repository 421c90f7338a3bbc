"""Reads what can still be read of a damaged desk into a new file; the damaged one is kept."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from desk_app.domain.errors import DeskCorruptError, DeskError, DeskReadOnlyError
from desk_app.store.driver import DATABASE, database_path, mapped_errors, meaning
from desk_app.store.migrate import BACKUPS, create_desk
from desk_app.store.version import VERSION

_LEAST, _MOST = -(2**63), 2**63 - 1
"""What a row id can be."""
_HEAD, _LARGEST_PAGE, _LARGEST = 100, 65536, 2**40
"""Of a database: bytes of its head, its largest page, and what nobody's desk has."""
_DOCUMENTS = {"rest", "doc", "payload", "changes"}
"""Columns that hold JSON."""
_BESIDES = ("-wal", "-shm", "-journal")
_Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Salvaged:
    """What came out of a damaged desk."""

    rows: int
    gaps: int
    """Places that could not be read; how many rows were there nobody knows."""
    tables: tuple[str, ...]
    """Those with gaps."""
    kept: Path
    """Where the damaged file is now."""


def is_sound(desk: Path) -> bool:
    """Whether every page of the desk's file can be read and agrees with the others."""
    with closing(sqlite3.connect(database_path(desk))) as sql:
        try:
            return bool(sql.execute("PRAGMA integrity_check(1)").fetchall() == [("ok",)])
        except sqlite3.DatabaseError:
            return False


def salvage(desk: Path) -> Salvaged:
    """Put a new file with all rows that can be read into the place of the damaged one.

    The damaged file goes beside the backups: nothing of it is thrown away. Rows of an older copy
    are not mixed in, for what was sent since would be sent again.

    Raises:
        DeskCorruptError: not even its list of tables can be read; nothing was changed.
        DeskBusyError: somebody is writing to it.
        DeskReadOnlyError, DiskFullError: there is no room for the new file.
    """
    with closing(sqlite3.connect(database_path(desk), isolation_level=None)) as lock:
        _keep_others_out(lock, desk)
        return _replace(desk, lock)


def _keep_others_out(lock: sqlite3.Connection, desk: Path) -> None:
    """What a window saves into the old file from now on would be nowhere."""
    try:
        lock.execute("BEGIN IMMEDIATE")
    except sqlite3.DatabaseError as error:
        found = meaning(error, desk)
        if not isinstance(found, DeskCorruptError):
            raise found from error


def _replace(desk: Path, lock: sqlite3.Connection) -> Salvaged:
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    kept = desk / BACKUPS / f"damaged-{stamp}"
    try:
        kept.mkdir(parents=True)
        _copy(desk, kept)
        with tempfile.TemporaryDirectory(dir=kept) as made:
            create_desk(Path(made))
            work = Path(made) / "damaged"
            work.mkdir()
            _copy(desk, work)
            is_cut = _fill_up(database_path(work))
            found = _pour(work, Path(made), desk, kept, filled_up=is_cut)
            if os.name == "nt":
                lock.close()  # there, no file can be replaced that is open
            _put_in_place(Path(made), desk)
    except DeskError:
        shutil.rmtree(kept)  # the desk is as it was, and this is only a copy
        raise
    except OSError as error:
        raise DeskReadOnlyError(path=str(desk), detail=error.strerror or "") from error
    return found


def _copy(desk: Path, kept: Path) -> None:
    for name in (DATABASE, *(f"{DATABASE}{end}" for end in _BESIDES)):
        with suppress(FileNotFoundError):
            shutil.copy2(desk / name, kept / name)


def _fill_up(file: Path) -> bool:
    """Give a file that was cut off its length again: SQLite reads nothing of a shorter one.

    Returns whether it was; where the rest of a long text was, there are zeros now.

    The head says how long it was: pages of 16 bits at byte 16, their number at byte 28
    (https://www.sqlite.org/fileformat.html, 1.3).
    """
    with file.open("r+b") as opened:
        head = opened.read(_HEAD)
        size, pages = int.from_bytes(head[16:18]), int.from_bytes(head[28:32])
        length = (_LARGEST_PAGE if size == 1 else size) * pages
        is_cut = file.stat().st_size < length < _LARGEST
        if is_cut:
            opened.truncate(length)
    return is_cut


def _put_in_place(made: Path, desk: Path) -> None:
    """The log of the damaged file must be gone before the new file is there: it is not its own."""
    for end in _BESIDES:
        (desk / f"{DATABASE}{end}").unlink(missing_ok=True)
    database_path(made).replace(database_path(desk))


def _pour(damaged: Path, made: Path, desk: Path, kept: Path, *, filled_up: bool) -> Salvaged:
    rows, gaps, broken = 0, 0, []
    with (
        closing(sqlite3.connect(database_path(damaged))) as source,
        closing(sqlite3.connect(database_path(made))) as target,
        mapped_errors(desk),
    ):
        source.text_factory = lambda data: data.decode("utf-8", "replace")
        target.execute("PRAGMA foreign_keys = OFF")
        _check_version(source, desk)
        for table, columns in _tables(target).items():
            reading = TolerantReading(source, table, columns)
            names = ", ".join(f'"{name}"' for name in columns)
            marks = ", ".join("?" * len(columns))
            insert = f'INSERT OR IGNORE INTO "{table}" ({names}) VALUES ({marks})'
            holes = 0
            for row in reading.rows():
                whole = _without_holes(row, columns) if filled_up else row
                holes += whole is None
                rows += 0 if whole is None else target.execute(insert, whole).rowcount
            gaps += reading.gaps + holes
            broken += [table] if reading.gaps + holes else []
        target.commit()
        target.execute("PRAGMA journal_mode = DELETE")  # all of it in one file, to be moved
    return Salvaged(rows=rows, gaps=gaps, tables=tuple(broken), kept=kept)


def _without_holes(row: _Row, columns: list[str]) -> _Row | None:
    """The row without what stands for a part that was cut off; None if it means nothing then."""
    if not any(isinstance(value, str) and "\0" in value for value in row):
        return row
    cut = [value.partition("\0")[0] if isinstance(value, str) else value for value in row]
    named = zip(columns, row, cut, strict=True)
    if any(name in _DOCUMENTS and value != left for name, value, left in named):
        return None
    return tuple(cut)


def _check_version(source: sqlite3.Connection, desk: Path) -> None:
    """Only a desk of this program's own version is known well enough."""
    try:
        found = source.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.DatabaseError as error:
        if "no such table" in str(error) or not _tables(source):
            raise
        return  # its own page is among the damaged ones; the others are those of a desk
    if found is not None and found[0] != VERSION:
        raise DeskCorruptError(path=str(desk), detail=f"version {found[0]}")


def _tables(sql: sqlite3.Connection) -> dict[str, list[str]]:
    """Names of columns by table, but for what the database makes itself and the search words."""
    found = sql.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        " AND name NOT LIKE '%_fts%' AND name <> 'alembic_version'"
    ).fetchall()
    return {
        name: [row[1] for row in sql.execute(f'PRAGMA table_info("{name}")')] for (name,) in found
    }


class TolerantReading:
    """Reads the rows of one table, past pages that cannot be read."""

    def __init__(self, sql: sqlite3.Connection, table: str, columns: list[str]) -> None:
        self._sql = sql
        self._table = table
        self._names = ", ".join(f'"{name}"' for name in columns)
        self._gaps: list[tuple[int, int]] = []
        self._cut = 0

    @property
    def gaps(self) -> int:
        """Places that could not be read."""
        return len(self._gaps) + self._cut

    def rows(self) -> Iterator[_Row]:
        """All that can be read; some may come twice."""
        definition = self._sql.execute(
            "SELECT sql FROM sqlite_master WHERE name = ?", (self._table,)
        ).fetchone()
        if definition is None or "WITHOUT ROWID" in str(definition[0]).upper():
            yield from self._from_both_ends()
            return
        yield from self._by_row_id()
        if self._gaps:
            yield from self._by_indexes()

    def _from_both_ends(self) -> Iterator[_Row]:
        """A table without row ids: all before the first place that cannot be read, and behind."""
        for order in ("", " ORDER BY 1 DESC"):
            try:
                yield from self._sql.execute(f'SELECT {self._names} FROM "{self._table}"{order}')
            except sqlite3.DatabaseError:
                self._cut = 1
                continue
            return

    def _by_row_id(self) -> Iterator[_Row]:
        start: int | None = _LEAST
        while start is not None:
            try:
                for number, *row in self._sql.execute(self._statement(), (start,)):
                    start = number + 1
                    yield tuple(row)
            except sqlite3.DatabaseError:
                # The driver reads one row ahead: the one before the fault was not given out yet.
                one = self._find_one(start)
                if one is not None:
                    yield one[1:]
                    start = one[0] + 1
                    continue
                behind = self._next_readable(start)
                self._gaps.append((start, _MOST if behind is None else behind))
                start = behind
            else:
                return

    def _statement(self, end: str = "") -> str:
        rows = f'SELECT rowid, {self._names} FROM "{self._table}"'
        return f"{rows} WHERE rowid >= ? ORDER BY rowid{end}"

    def _find_one(self, start: int) -> _Row | None:
        """The first row from `start` on; None if it cannot be read, or there is none."""
        try:
            found: _Row | None = self._sql.execute(self._statement(" LIMIT 1"), (start,)).fetchone()
        except sqlite3.DatabaseError:
            return None
        return found

    def _next_readable(self, start: int) -> int | None:
        """The least row id behind `start` that can be read, as far as halving finds it."""
        step, low = 1, start
        while not self._is_readable(start + step):
            low = start + step
            step *= 2
            if start + step > _MOST:
                return None
        high = start + step
        while high - low > 1:
            middle = (low + high) // 2
            if self._is_readable(middle):
                high = middle
            else:
                low = middle
        return high

    def _is_readable(self, number: int) -> bool:
        try:
            self._sql.execute(self._statement(" LIMIT 1"), (number,)).fetchall()
        except sqlite3.DatabaseError:
            return False
        return True

    def _by_indexes(self) -> Iterator[_Row]:
        """Rows in the gaps whose ids an index knows: a step too far may have left them out."""
        statement = f'SELECT {self._names} FROM "{self._table}" WHERE rowid = ?'
        for number in sorted(self._known_by_indexes()):
            with suppress(sqlite3.DatabaseError):
                yield from self._sql.execute(statement, (number,)).fetchall()

    def _known_by_indexes(self) -> set[int]:
        known: set[int] = set()
        for _, name, *_ in self._sql.execute(f'PRAGMA index_list("{self._table}")').fetchall():
            with suppress(sqlite3.DatabaseError):
                for (number,) in self._sql.execute(
                    f'SELECT rowid FROM "{self._table}" INDEXED BY "{name}"'
                ):
                    if any(low <= number < high for low, high in self._gaps):
                        known.add(number)
        return known
