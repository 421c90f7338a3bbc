"""A desk's schema: made, brought up to date, refused."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from desk_app.domain.errors import DeskTooNewError
from desk_app.store import migrate
from desk_app.store.driver import database_path
from desk_app.store.engine import open_engine
from desk_app.store.schema import metadata
from desk_app.store.version import VERSION, found_version, is_current


def run(desk: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database_path(desk), isolation_level=None)) as connection:
        return connection.execute(sql).fetchall()


def no_search_table(thing: object, name: str | None, kind: str, *_: object) -> bool:
    return not (kind == "table" and str(name).startswith(("entry_fts", "ticket_fts")))


def test_an_upgraded_desk_has_exactly_the_tables_of_the_schema(tmp_path: Path) -> None:
    migrate.create_desk(tmp_path / "desk")
    engine = open_engine(tmp_path / "desk", immediate=False)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_object": no_search_table}
        )
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_a_new_desk_has_the_newest_version_and_needs_nothing_more(tmp_path: Path) -> None:
    desk = tmp_path / "desk"
    migrate.create_desk(desk)
    assert found_version(desk) == VERSION
    assert migrate.upgrade(desk) is None
    assert list((desk / migrate.BACKUPS).iterdir()) == []


def test_a_desk_of_a_newer_program_is_refused_and_left_untouched(folder: Path) -> None:
    run(folder, "UPDATE alembic_version SET version_num = '9999'")
    run(folder, "PRAGMA wal_checkpoint(TRUNCATE)")
    before = database_path(folder).read_bytes()
    with pytest.raises(DeskTooNewError) as caught:
        migrate.upgrade(folder)
    assert (caught.value.facts["found"], caught.value.facts["known"]) == ("9999", VERSION)
    assert database_path(folder).read_bytes() == before
    assert list((folder / migrate.BACKUPS).iterdir()) == []


def test_a_database_without_a_schema_is_backed_up_and_then_made_a_desk(tmp_path: Path) -> None:
    run(tmp_path, "CREATE TABLE older (word TEXT)")
    run(tmp_path, "INSERT INTO older VALUES ('kept')")
    backup = migrate.upgrade(tmp_path)
    assert backup is not None
    with closing(sqlite3.connect(backup)) as copy:
        assert copy.execute("SELECT word FROM older").fetchall() == [("kept",)]
        tables = copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        assert tables == [("older",)]
    assert is_current(tmp_path)
    assert run(tmp_path, "SELECT word FROM older") == [("kept",)]


def test_only_the_newest_five_backups_are_kept(folder: Path) -> None:
    made = [migrate.back_up(folder) for _ in range(7)]
    assert sorted((folder / migrate.BACKUPS).iterdir()) == made[-5:]
