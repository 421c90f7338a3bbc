"""A reading connection: statements in, plain rows out, errors as the desk's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from desk_app.domain.errors import NotFoundError
from desk_app.store.driver import connect_for_reading, mapped_errors

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class ReadingConnection:
    """One connection to a desk. Use it from one thread at a time."""

    def __init__(self, desk: Path, *, cache_kib: int = 8000) -> None:
        """Open the desk for reading.

        Raises:
            DeskMissingError, DeskCorruptError, DeskReadOnlyError
        """
        self._desk = desk
        self._sql = connect_for_reading(desk, cache_kib=cache_kib)

    def version(self) -> int:
        version: int = self._one("PRAGMA data_version")[0]
        return version

    def close(self) -> None:
        self._sql.close()

    def dicts(self, sql: str, values: Iterable[object] = ()) -> list[dict[str, Any]]:
        """Rows as dictionaries by column name."""
        with mapped_errors(self._desk):
            cursor = self._sql.execute(sql, tuple(values))
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor]

    def _row(self, table: str, key: int) -> dict[str, Any]:
        rows = self.dicts(f"SELECT * FROM {table} WHERE id = ?", [key])
        if not rows:
            raise NotFoundError(kind=table, name=str(key))
        return rows[0]

    def _all(
        self, sql: str, values: Iterable[object] | Mapping[str, object] = ()
    ) -> list[tuple[Any, ...]]:
        given = values if isinstance(values, Mapping) else tuple(values)
        with mapped_errors(self._desk):
            return self._sql.execute(sql, given).fetchall()

    def _one(self, sql: str, values: Iterable[object] = ()) -> tuple[Any, ...]:
        return self._all(sql, values)[0]
