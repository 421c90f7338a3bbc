"""Makes a desk, brings an older one up to date (with a backup first), refuses a newer one."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from desk_app.domain.errors import DeskError, DeskReadOnlyError
from desk_app.store.driver import connect_for_reading, database_path, mapped_errors
from desk_app.store.engine import mapped_engine_errors, open_engine
from desk_app.store.version import is_current

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

BACKUPS = "backups"
_KEEP_BACKUPS = 5


def create_desk(desk: Path) -> None:
    """Make the folder and an empty desk in it.

    Raises:
        DeskReadOnlyError, DiskFullError
    """
    try:
        for folder in (desk, desk / "attachments", desk / BACKUPS):
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DeskReadOnlyError(path=str(desk), detail=error.strerror or "") from error
    upgrade(desk)


def upgrade(desk: Path) -> Path | None:
    """Bring the schema to `VERSION`; return the backup made before, if there was a desk.

    Raises:
        DeskTooNewError, DeskReadOnlyError, DiskFullError, DeskCorruptError
    """
    from alembic import command

    backup = None
    if database_path(desk).is_file():
        if is_current(desk):
            return None
        backup = back_up(desk)
    engine = open_engine(desk)
    try:
        with mapped_engine_errors(desk), engine.begin() as connection:
            command.upgrade(_config(connection), "head")
    finally:
        engine.dispose()
    return backup


def back_up(desk: Path) -> Path:
    """Copy the database, consistent while others write; the newest five copies are kept."""
    folder = desk / BACKUPS
    name = datetime.now(UTC).strftime("desk-%Y%m%d-%H%M%S-%f.sqlite")
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise DeskReadOnlyError(path=str(desk), detail=error.strerror or "") from error
    try:
        with (
            mapped_errors(desk),
            closing(connect_for_reading(desk)) as source,
            closing(sqlite3.connect(folder / name)) as target,
        ):
            source.backup(target)
    except DeskError:
        with suppress(OSError):  # on a disk that takes nothing there is none
            (folder / name).unlink(missing_ok=True)  # half a backup is none, and takes room
        raise
    for old in sorted(folder.glob("desk-*.sqlite"))[:-_KEEP_BACKUPS]:
        old.unlink(missing_ok=True)
    return folder / name


def _config(connection: Connection) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config
