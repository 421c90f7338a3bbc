"""The demo desk, written once a session and copied for each test that wants one."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from desk_app.bootstrap import OpenDesk, make_demo
from desk_app.domain.ticket import Ticket
from desk_app.services.writing import Writing
from desk_app.store.driver import database_path
from desk_app.store.reader import SqliteReader

AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
FTS = {
    "ticket_fts": ("subject, requester, number", "FROM ticket"),
    "entry_fts": ("text, files", "FROM entry WHERE withdrawn = 0"),
}


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "desk"
    make_demo(folder, at=AT)
    with closing(sqlite3.connect(database_path(folder))) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder


@pytest.fixture
def folder(demo_folder: Path, tmp_path: Path) -> Path:
    """A desk's folder of the test's own."""
    return Path(shutil.copytree(demo_folder, tmp_path / "desk"))


@pytest.fixture
def desk(folder: Path) -> Iterator[OpenDesk]:
    opened = OpenDesk(folder, seed=99)
    yield opened
    opened.close()


@pytest.fixture
def reader(desk: OpenDesk) -> Iterator[SqliteReader]:
    opened = desk.reader()
    yield opened
    opened.close()


def ticket(reader: SqliteReader, number: str) -> Ticket:
    found = reader.find_ticket(number)
    assert found is not None
    return reader.ticket(found)


def writing(desk: OpenDesk, reader: SqliteReader, number: str, agent: str = "john") -> Writing:
    directory = reader.directory()
    return Writing(desk, directory, directory.agents[agent], ticket(reader, number))


def whole_database(folder: Path) -> list[str]:
    with closing(sqlite3.connect(database_path(folder))) as connection:
        return list(connection.iterdump())


def assert_search_in_step(folder: Path, *, entries: bool = True) -> None:
    """The index holds each word of what can be found, where it stands, and nothing else."""
    with closing(sqlite3.connect(database_path(folder), isolation_level=None)) as connection:
        run = connection.execute
        for table, (columns, source) in FTS.items():
            run(f"INSERT INTO {table}({table}) VALUES ('integrity-check')")
            run(
                f"CREATE VIRTUAL TABLE temp.fresh USING fts5({columns},"
                " tokenize='unicode61 remove_diacritics 2')"
            )
            run(f"INSERT INTO temp.fresh(rowid, {columns}) SELECT id, {columns} {source}")
            run(f"CREATE VIRTUAL TABLE temp.is_ USING fts5vocab(main, {table}, instance)")
            run("CREATE VIRTUAL TABLE temp.should USING fts5vocab(temp, fresh, instance)")
            found = run("SELECT * FROM temp.is_").fetchall()
            assert found == run("SELECT * FROM temp.should").fetchall(), table
            assert found != [] or (table == "entry_fts" and not entries)
            for made in ("is_", "should", "fresh"):
                run(f"DROP TABLE temp.{made}")
