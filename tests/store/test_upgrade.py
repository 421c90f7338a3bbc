"""A desk that the first schema's program wrote, opened by this one."""

import gzip
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desk_app.bootstrap import OpenDesk
from desk_app.cli import main
from desk_app.domain.errors import DeskReadOnlyError
from desk_app.store import migrate
from desk_app.store.doctor import examine
from desk_app.store.driver import database_path
from desk_app.store.version import VERSION, found_version

FIRST = Path(__file__).with_name("desk-0001.sqlite.gz")
"""The demo desk as the last program before the second schema wrote it."""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    desk = tmp_path / "old"
    for folder in (desk, desk / "attachments", desk / migrate.BACKUPS):
        folder.mkdir()
    database_path(desk).write_bytes(gzip.decompress(FIRST.read_bytes()))
    return desk


def lines(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        dump = [line for line in connection.iterdump() if line.startswith("INSERT")]
    return [line for line in dump if "alembic_version" not in line and "sqlite_" not in line]


def test_everything_is_there_after_the_upgrade_and_the_copy_is_as_it_was(old: Path) -> None:
    before = lines(database_path(old))
    assert found_version(old) == "0001"
    backup = migrate.upgrade(old)
    assert backup is not None
    assert found_version(old) == VERSION
    assert lines(database_path(old)) == before
    assert lines(backup) == before
    with closing(sqlite3.connect(backup)) as copy:
        assert copy.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
    assert examine(old) == []
    assert migrate.upgrade(old) is None


def test_an_upgraded_desk_has_the_same_schema_as_a_new_one(old: Path, tmp_path: Path) -> None:
    migrate.upgrade(old)
    migrate.create_desk(tmp_path / "new")

    def schema(desk: Path) -> list[tuple[str, str]]:
        sql = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"
        with closing(sqlite3.connect(database_path(desk))) as connection:
            return connection.execute(sql).fetchall()

    assert schema(old) == schema(tmp_path / "new")


def test_a_command_brings_an_old_desk_up_to_date_first(old: Path, capsys) -> None:
    assert main(["--desk", str(old), "list", "--queue", "all"]) == 0
    assert "laptop" in capsys.readouterr().out
    assert found_version(old) == VERSION
    assert len(list((old / migrate.BACKUPS).iterdir())) == 1
    assert main(["--desk", str(old), "do", "100015", "release"]) == 0


def test_the_doctor_looks_at_an_old_desk_without_changing_it(old: Path) -> None:
    before = database_path(old).read_bytes()
    assert main(["--desk", str(old), "doctor"]) == 0
    assert database_path(old).read_bytes() == before
    assert found_version(old) == "0001"


def test_a_desk_that_cannot_be_upgraded_is_as_it_was(old: Path, monkeypatch) -> None:
    def full(desk: Path) -> Path:
        raise DeskReadOnlyError(path=str(desk), detail="no backup")

    before = database_path(old).read_bytes()
    monkeypatch.setattr(migrate, "back_up", full)
    with pytest.raises(DeskReadOnlyError):
        migrate.upgrade(old)
    assert database_path(old).read_bytes() == before


def test_an_interrupted_upgrade_leaves_the_first_schema(old: Path, monkeypatch) -> None:
    from alembic import op

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(op, "create_index", die)
    with pytest.raises(KeyboardInterrupt):
        migrate.upgrade(old)
    monkeypatch.undo()
    assert found_version(old) == "0001"
    assert examine(old) == []
    migrate.upgrade(old)
    assert found_version(old) == VERSION


def test_what_is_snoozed_on_an_upgraded_desk_is_kept(old: Path) -> None:
    migrate.upgrade(old)
    desk = OpenDesk(old)
    ticket = desk.reader().find_ticket("100015")
    now = datetime.now(UTC)
    with desk.unit() as unit:
        unit.snooze("john", ticket, now + timedelta(days=1), now)
        unit.commit()
    page = desk.reader().page(ticket, agent="john", entries=1)
    assert page.snoozed_until is not None
    desk.close()
