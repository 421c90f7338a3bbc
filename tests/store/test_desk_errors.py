"""What can happen to a desk's file, and the code that the window has a sentence for."""

import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from desk_app.bootstrap import OpenDesk
from desk_app.domain.errors import (
    DeskBusyError,
    DeskCorruptError,
    DeskError,
    DeskGoneError,
    DeskMissingError,
    DeskReadOnlyError,
)
from desk_app.domain.filters import QueueFilter, SortKey
from desk_app.store import engine, migrate
from desk_app.store.driver import database_path
from desk_app.store.reader import SqliteReader
from desk_app.store.version import found_version, is_current
from tests.desks import ticket


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a lock."""
    pragmas = ("busy_timeout = 0", *engine._PRAGMAS[1:])
    assert engine._PRAGMAS[0].startswith("busy_timeout")
    monkeypatch.setattr(engine, "_PRAGMAS", pragmas)


@contextmanager
def writing_elsewhere(folder: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(database_path(folder), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other


def open_unit(desk: OpenDesk) -> None:
    with desk.unit():
        pass


def test_a_folder_without_a_desk_is_told_as_missing(tmp_path: Path) -> None:
    for use in (SqliteReader, found_version, is_current):
        with pytest.raises(DeskMissingError) as caught:
            use(tmp_path / "nowhere")
        assert caught.value.facts["path"] == str(tmp_path / "nowhere")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("data", [b"This is no database at all. " * 100, b"\0" * 8192])
def test_a_file_that_is_no_database_is_told_as_corrupt(tmp_path: Path, data: bytes) -> None:
    database_path(tmp_path).write_bytes(data)
    for use in (SqliteReader, migrate.upgrade):
        with pytest.raises(DeskCorruptError):
            use(tmp_path)
    assert database_path(tmp_path).read_bytes() == data


def test_a_database_with_overwritten_pages_is_told_as_corrupt(folder: Path) -> None:
    path = database_path(folder)
    data = path.read_bytes()
    path.write_bytes(data[:4096] + b"\xa5" * (len(data) - 4096))
    with pytest.raises(DeskCorruptError):
        SqliteReader(folder)


def test_a_cut_off_database_is_told_as_corrupt(folder: Path) -> None:
    path = database_path(folder)
    path.write_bytes(path.read_bytes()[: 4096 * 3])
    desk = OpenDesk(folder)
    with pytest.raises(DeskCorruptError), desk.unit() as unit:
        unit.directory()
    desk.close()


def test_a_database_of_another_program_is_told_as_corrupt(tmp_path: Path) -> None:
    with closing(sqlite3.connect(database_path(tmp_path))) as connection:
        connection.execute("CREATE TABLE something (else_ TEXT)")
    reader = SqliteReader(tmp_path)
    with closing(reader), pytest.raises(DeskCorruptError):
        reader.queue_ids(QueueFilter(), SortKey())


@pytest.mark.usefixtures("impatient")
def test_a_desk_that_another_connection_writes_is_told_as_busy(
    desk: OpenDesk, folder: Path
) -> None:
    with writing_elsewhere(folder), pytest.raises(DeskBusyError) as caught:
        open_unit(desk)
    assert caught.value.code == "desk_busy"
    open_unit(desk)


@pytest.mark.usefixtures("impatient")
def test_a_desk_being_written_is_still_read_as_it_was(folder: Path) -> None:
    reader = SqliteReader(folder)
    with closing(reader), writing_elsewhere(folder) as other:
        other.execute("UPDATE ticket SET subject = 'half done'")
        assert ticket(reader, "100015").subject != "half done"


def test_a_connection_that_may_only_read_is_told_as_read_only(reader: SqliteReader) -> None:
    with pytest.raises(DeskReadOnlyError):
        reader.dicts("DELETE FROM ticket")


def test_a_desk_where_a_folder_cannot_be_made_is_told_as_read_only(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DeskReadOnlyError):
        migrate.create_desk(tmp_path / "file" / "desk")


def test_a_read_only_desk_is_read_and_not_written(
    desk: OpenDesk, folder: Path, tmp_path: Path
) -> None:
    database_path(folder).chmod(0o444)
    folder.chmod(0o555)
    try:
        if os.access(database_path(folder), os.W_OK):
            pytest.skip("this user (root) may write what nobody may")
        with closing(SqliteReader(folder)) as reader:
            assert len(reader.queue_ids(QueueFilter(), SortKey())) == 26
            mine = replace(ticket(reader, "100015"), subject="other")
        with pytest.raises(DeskReadOnlyError), desk.unit() as unit:
            unit.save(mine)
    finally:
        folder.chmod(0o755)
        shutil.rmtree(tmp_path / "desk")


def test_every_error_says_its_code_and_no_text_of_a_ticket(
    desk: OpenDesk, reader: SqliteReader, folder: Path
) -> None:
    mine = replace(ticket(reader, "100015"), subject="a secret")
    with closing(sqlite3.connect(database_path(folder))) as connection:
        connection.execute("DROP TABLE ticket_fts")
    with pytest.raises(DeskError) as caught, desk.unit() as unit:
        unit.save(mine)
    assert caught.value.code == "desk_corrupt"
    assert "a secret" not in str(caught.value)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows moves no file that is open")
@pytest.mark.parametrize("how", ["deleted", "moved", "replaced"])
def test_nothing_counts_as_saved_in_a_desk_that_is_gone(
    desk: OpenDesk, folder: Path, demo_folder: Path, how: str
) -> None:
    open_unit(desk)
    shutil.move(folder, folder.with_name("away"))
    if how == "deleted":
        shutil.rmtree(folder.with_name("away"))
    if how == "replaced":
        shutil.copytree(demo_folder, folder)
    for use in (partial(open_unit, desk), desk.others_version):
        with pytest.raises(DeskGoneError):
            use()
    if how == "moved":
        shutil.move(folder.with_name("away"), folder)
        open_unit(desk)
