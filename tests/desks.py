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
