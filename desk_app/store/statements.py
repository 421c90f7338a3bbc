"""SQL for the schema's tables: SQLAlchemy writes each statement once, the driver runs the text.

A save that is waited for would else spend more time on making the same words again than SQLite
takes to carry them out.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.dialects.sqlite import dialect
from sqlalchemy.dialects.sqlite import insert as upsert

if TYPE_CHECKING:
    from sqlalchemy import Table
    from sqlalchemy.sql.elements import ColumnElement

_DIALECT = dialect(paramstyle="named")
_KEY = "key_"
"""Goes before the name of a condition's parameter: the same column may be set to another value."""


@cache
def select_where(table: Table, keys: tuple[str, ...], columns: tuple[str, ...] = ()) -> str:
    """Rows where each key column is its parameter, `NULL` too; all columns if none is named."""
    wanted = select(*(table.c[name] for name in columns)) if columns else select(table)
    return _text(wanted.where(*(_same(table, name) for name in keys)))


@cache
def insert_into(table: Table, columns: tuple[str, ...]) -> str:
    return _text(insert(table).inline(), columns)


@cache
def insert_or_update(table: Table, keys: tuple[str, ...], columns: tuple[str, ...]) -> str:
    """Add a row, or give the one with the same keys these values."""
    added = upsert(table).inline()
    others = {name: added.excluded[name] for name in columns if name not in keys}
    return _text(added.on_conflict_do_update(keys, set_=others), columns)


@cache
def update_where(table: Table, keys: tuple[str, ...], columns: tuple[str, ...]) -> str:
    return _text(update(table).where(*(_equal(table, name) for name in keys)), columns)


@cache
def delete_where(table: Table, keys: tuple[str, ...]) -> str:
    return _text(delete(table).where(*(_equal(table, name) for name in keys)))


@cache
def names(table: Table) -> tuple[str, ...]:
    """A table's columns, in the order in which a row has them."""
    return tuple(table.columns.keys())


def key_values(keys: dict[str, Any]) -> dict[str, Any]:
    """Parameters for the conditions of a statement."""
    return {f"{_KEY}{name}": value for name, value in keys.items()}


def _equal(table: Table, name: str) -> ColumnElement[bool]:
    return table.c[name] == bindparam(f"{_KEY}{name}")


def _same(table: Table, name: str) -> ColumnElement[bool]:
    column = table.c[name]
    return (
        column.is_not_distinct_from(bindparam(f"{_KEY}{name}"))
        if column.nullable
        else _equal(table, name)
    )


def _text(statement: Any, columns: tuple[str, ...] | None = None) -> str:
    keys = None if columns is None else list(columns)
    return str(statement.compile(dialect=_DIALECT, column_keys=keys))
