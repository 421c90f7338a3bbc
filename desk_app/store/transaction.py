"""One transaction on a desk's writing connection: statements in, plain rows out."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError

from desk_app.domain.errors import DeskReadOnlyError, NotFoundError
from desk_app.store import own_commits, statements
from desk_app.store.driver import meaning
from desk_app.store.engine import check_still_there, engine_meaning, lines_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from sqlalchemy import Engine, Table

    from desk_app.store.mapping import Row


class Transaction:
    """Takes the write lock when it is entered; what was not committed is rolled back."""

    _version: int | None = None
    _is_counted = True
    """Whether the commit may have to be counted: on a desk without a server, none is."""

    def __init__(self, desk: Path, engine: Engine) -> None:
        self._desk = desk
        self._engine = engine

    def __enter__(self) -> Self:
        lines = lines_of(self._engine)
        try:
            self._pooled = lines.take(self._engine)
        except DBAPIError as error:
            raise engine_meaning(error, self._desk) from error.orig
        except sqlite3.DatabaseError as error:
            raise meaning(error, self._desk) from error
        self._sql = _driver_of(self._pooled)
        try:
            check_still_there(self._pooled, self._desk)
            self._run("BEGIN IMMEDIATE")
            self._written_before = self._sql.total_changes
        except BaseException:
            lines.give_back(self._pooled)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if self._sql.in_transaction:
                self._sql.rollback()
        finally:
            lines = lines_of(self._engine)
            if isinstance(error, DeskReadOnlyError):
                lines.drop(self._pooled)
            else:
                lines.give_back(self._pooled)

    def _commit(self) -> None:
        """Make it durable; counted among this program's own if it wrote anything."""
        counted = 0
        if self._is_counted and self._sql.total_changes != self._written_before:
            counted = max(0, self._run(own_commits.COUNT).rowcount)
        if counted:
            own_commits.add_own(self._engine, counted)
        try:
            self._sql.commit()
        except BaseException as error:
            if counted:
                own_commits.add_own(self._engine, -counted)
            if isinstance(error, sqlite3.DatabaseError):
                raise meaning(error, self._desk) from error
            raise

    def _others_version(self) -> int:
        """Another number as soon as another connection committed; not for one's own commits.

        It stays the same within a transaction: that has the write lock.
        """
        if self._version is None:
            self._version = self._run("PRAGMA data_version").fetchone()[0]
        return self._version

    def _kept(self) -> dict[Any, Any]:
        """What stays with the connection from one transaction to the next."""
        return self._pooled.info

    def _run(self, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> sqlite3.Cursor:
        try:
            return self._sql.execute(sql, values)
        except sqlite3.DatabaseError as error:  # `mapped_errors`, without its cost
            raise meaning(error, self._desk) from error

    def _get(self, table: Table, key: int) -> dict[str, Any]:
        sql = statements.select_where(table, ("id",))
        row = self._run(sql, statements.key_values({"id": key})).fetchone()
        if row is None:
            raise NotFoundError(kind=table.name, name=str(key))
        return dict(zip(statements.names(table), row, strict=True))

    def _find(self, table: Table, **keys: Any) -> Row | None:
        """The first row whose columns are these."""
        return next(iter(self._rows(table, **keys)), None)

    def _rows(self, table: Table, **keys: Any) -> list[dict[str, Any]]:
        sql = statements.select_where(table, tuple(keys))
        return self._dicts(sql, statements.key_values(keys))

    def _dicts(self, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> list[Any]:
        cursor = self._run(sql, values)
        names = [column[0] for column in cursor.description]
        try:
            return [dict(zip(names, row, strict=True)) for row in cursor]
        except sqlite3.DatabaseError as error:
            raise meaning(error, self._desk) from error

    def _insert(self, table: Table, values: Mapping[str, Any]) -> None:
        self._run(statements.insert_into(table, tuple(values)), values)

    def _upsert(self, table: Table, keys: tuple[str, ...], values: Mapping[str, Any]) -> None:
        self._run(statements.insert_or_update(table, keys, tuple(values)), values)

    def _update(self, table: Table, values: Mapping[str, Any], **keys: Any) -> None:
        sql = statements.update_where(table, tuple(keys), tuple(values))
        self._run(sql, {**values, **statements.key_values(keys)})

    def _delete(self, table: Table, **keys: Any) -> None:
        self._run(statements.delete_where(table, tuple(keys)), statements.key_values(keys))


def _driver_of(pooled: Any) -> sqlite3.Connection:
    connection: sqlite3.Connection = pooled.driver_connection
    return connection
