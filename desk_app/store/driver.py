"""The SQLite driver: how connections are opened, and what its errors mean to a person."""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from desk_app.domain.errors import (
    DeskBusyError,
    DeskCorruptError,
    DeskError,
    DeskMissingError,
    DeskReadOnlyError,
    DiskFullError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

DATABASE = "desk.sqlite"
BUSY_MS = 5000
"""How long a connection waits for another one to finish writing."""

_MEANING: tuple[tuple[str, type[DeskError]], ...] = (
    ("disk is full", DiskFullError),
    ("disk i/o error", DiskFullError),
    ("readonly", DeskReadOnlyError),
    ("unable to open", DeskReadOnlyError),
    ("locked", DeskBusyError),
    ("malformed", DeskCorruptError),
    ("not a database", DeskCorruptError),
    ("no such table", DeskCorruptError),
    ("no such column", DeskCorruptError),
)


def database_path(desk: Path) -> Path:
    return desk / DATABASE


@lru_cache(maxsize=16)
def _file_name(desk: Path) -> str:
    return str(database_path(desk))


def identity(desk: Path) -> tuple[int, int] | None:
    """Which file the desk's path leads to now; None if to none.

    A connection goes on writing into a file that was deleted or moved away: what it answers as
    saved would be nowhere.
    """
    try:
        found = os.stat(_file_name(desk))  # noqa: PTH116 - half the time, in every transaction
    except OSError:
        return None
    return found.st_dev, found.st_ino


def connect_for_reading(desk: Path, *, cache_kib: int = 8000) -> sqlite3.Connection:
    """Open a desk that another connection may be writing to; nothing can be changed by it.

    Raises:
        DeskMissingError, DeskCorruptError, DeskReadOnlyError
    """
    path = database_path(desk)
    if not path.is_file():
        raise DeskMissingError(path=str(desk))
    with mapped_errors(desk):
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={_read_mode(desk)}",
            uri=True,
            check_same_thread=False,
            isolation_level=None,
            cached_statements=256,
        )
        connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
        connection.execute(f"PRAGMA cache_size = -{cache_kib}")
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    return connection


def _read_mode(desk: Path) -> str:
    """A WAL database in a folder that cannot be written opens only as 'immutable'."""
    return "ro" if is_writable(desk) else "ro&immutable=1"


def is_writable(desk: Path) -> bool:
    """Whether the desk can be written, as far as the system tells beforehand.

    SQLite does not: beside a log that was left open it begins to write on a disk that it cannot
    write to.
    """
    return os.access(desk, os.W_OK) and os.access(database_path(desk), os.W_OK)


@contextmanager
def mapped_errors(desk: Path) -> Iterator[None]:
    """Turn the driver's errors into the desk's own; unknown ones go through as they are."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise meaning(error, desk) from error


def meaning(error: BaseException, desk: Path) -> BaseException:
    """The desk's own error for one of the driver's, or the same error if it says nothing known."""
    words = str(error).lower()
    for sign, kind in _MEANING:
        if sign in words:
            return kind(path=str(desk), detail=str(error).splitlines()[0][:200])
    return error
