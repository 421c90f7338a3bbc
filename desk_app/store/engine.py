"""The writing side: one SQLAlchemy engine a desk, every commit safe against a power cut."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from desk_app.domain.errors import DeskGoneError
from desk_app.store.driver import BUSY_MS, database_path, identity, meaning
from desk_app.store.own_commits import COUNTED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import PoolProxiedConnection

_FILE = "file"
"""Where a pooled connection keeps which file it opened."""
_PRAGMAS = (
    f"busy_timeout = {BUSY_MS}",
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "cache_size = -8000",
    "journal_size_limit = 67108864",
)


def open_engine(desk: Path, *, immediate: bool = True) -> Engine:
    """An engine whose transactions take the write lock at once, so that none fails half-way."""
    engine = create_engine(
        URL.create("sqlite", database=str(database_path(desk))),  # no text: names have ? and %
        connect_args={"check_same_thread": False},
        pool_use_lifo=True,  # one writer at a time is always the same connection
        pool_reset_on_return=None,  # `Transaction` takes back what was not committed
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy says BEGIN itself, below
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        record.info[_FILE] = identity(desk)

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


class Lines:
    """Connections of an engine that are in nobody's hands, the last one used on top.

    The pool makes them; going through it for each save would take a third of the save's own time
    (measured: tests/bench/saves.py).
    """

    def __init__(self) -> None:
        self._idle: list[PoolProxiedConnection] = []

    def take(self, engine: Engine) -> PoolProxiedConnection:
        """One writer at a time always has the same one."""
        try:
            return self._idle.pop()
        except IndexError:
            return engine.raw_connection()

    def give_back(self, connection: PoolProxiedConnection) -> None:
        self._idle.append(connection)

    def drop(self, connection: PoolProxiedConnection) -> None:
        """Let go of one that was opened where nothing could be written: it never will."""
        connection.invalidate()
        connection.close()

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()


_lines: WeakKeyDictionary[Engine, Lines] = WeakKeyDictionary()


def lines_of(engine: Engine) -> Lines:
    """The connections that this engine's transactions share."""
    try:
        return _lines[engine]
    except KeyError:
        return _lines.setdefault(engine, Lines())


def close_engine(engine: Engine) -> None:
    """Let go of the database."""
    lines_of(engine).close()
    engine.dispose()


def version_and_count(engine: Engine, desk: Path) -> tuple[int, int | None]:
    """SQLite's number of others' commits, and the desk's of all (None: nobody counts)."""
    lines = lines_of(engine)
    with mapped_engine_errors(desk):
        connection = lines.take(engine)
        try:
            check_still_there(connection, desk)
            cursor = connection.cursor()
            cursor.execute("PRAGMA data_version")
            version: int = cursor.fetchall()[0][0]
            cursor.execute(COUNTED)
            counted = cursor.fetchall()
        finally:
            lines.give_back(connection)
    return version, int(counted[0][0]) if counted else None


def check_still_there(connection: Any, desk: Path) -> None:
    """Raise DeskGoneError if the desk's path no longer leads to the connection's file."""
    if connection.info.get(_FILE) != identity(desk):
        raise DeskGoneError(path=str(desk))


@contextmanager
def mapped_engine_errors(desk: Path) -> Iterator[None]:
    """Turn SQLAlchemy's wrapped driver errors into the desk's own.

    The statement's parameters hold what agents typed: they must not travel in an exception.
    """
    try:
        yield
    except DBAPIError as error:
        raise engine_meaning(error, desk) from error.orig


def engine_meaning(error: DBAPIError, desk: Path) -> BaseException:
    """The desk's own error for one that SQLAlchemy wrapped."""
    return meaning(error.orig if error.orig is not None else error, desk)
