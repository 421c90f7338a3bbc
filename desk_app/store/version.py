"""The schema's version, by the bare driver: asked at every start, before SQLAlchemy is loaded."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from desk_app.domain.errors import DeskCorruptError, DeskTooNewError
from desk_app.store.driver import connect_for_reading, mapped_errors

if TYPE_CHECKING:
    from pathlib import Path

VERSION = "0006"
"""The newest migration; a desk with another one is upgraded or refused."""


def found_version(desk: Path) -> str:
    """The schema's version; '' if the file holds other tables than a desk's.

    Raises:
        DeskMissingError, DeskReadOnlyError
        DeskCorruptError: also for a file that holds nothing. A desk has its tables from its first
            moment on: one that lost them must not pass for a new one.
    """
    with closing(connect_for_reading(desk)) as connection, mapped_errors(desk):
        tables = "SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'"
        if connection.execute(tables).fetchone() is None:
            if connection.execute("SELECT 1 FROM sqlite_master").fetchone() is None:
                raise DeskCorruptError(path=str(desk), detail="the file is empty")
            return ""
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return str(row[0]) if row else ""


def is_current(desk: Path) -> bool:
    """Whether the desk can be opened as it is.

    Raises:
        DeskTooNewError: a newer program wrote it.
    """
    found = found_version(desk)
    if found > VERSION:
        raise DeskTooNewError(path=str(desk), found=found, known=VERSION)
    return found == VERSION
