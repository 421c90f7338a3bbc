"""A damaged desk: what can be read goes into a new file, and the damaged one is kept."""

import sqlite3
from contextlib import closing

import pytest

from desk_app.bootstrap import OpenDesk, make_demo
from desk_app.cli import main
from desk_app.domain.draft import Draft, DraftKey, DraftKind
from desk_app.domain.errors import DeskBusyError, DeskCorruptError, DeskTooNewError
from desk_app.domain.filters import QueueFilter, SortKey
from desk_app.store.doctor import examine, repair

PAGE = 4096


@pytest.fixture
def path(tmp_path):
    make_demo(tmp_path / "desk", tickets=400)
    desk = OpenDesk(tmp_path / "desk")
    key = DraftKey(ticket=desk.reader().find_ticket("100020"), kind=DraftKind.REPLY)
    desk.drafts.save(Draft(key=key, html="<p>typed</p>", text="typed"))
    desk.close()
    with closing(sqlite3.connect(tmp_path / "desk/desk.sqlite")) as sql:
        sql.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return tmp_path / "desk"


def pages_of(path, name, kind="leaf"):
    with closing(sqlite3.connect(path / "desk.sqlite")) as sql:
        try:
            found = sql.execute(
                "SELECT pageno FROM dbstat WHERE name = ? AND pagetype = ?", (name, kind)
            ).fetchall()
        except sqlite3.OperationalError:
            pytest.skip("this SQLite does not tell where its pages are")
    return [number for (number,) in found]


def spoil(path, *numbers):
    with (path / "desk.sqlite").open("r+b") as file:
        for number in numbers:
            file.seek((number - 1) * PAGE)
            file.write(b"\xa5" * PAGE)


def counted(path, table):
    with closing(sqlite3.connect(path / "desk.sqlite")) as sql:
        return sql.execute(f"SELECT count(*) FROM {table} NOT INDEXED").fetchone()[0]


def codes(found):
    return [finding.code for finding in found]


@pytest.mark.parametrize("name", ["ticket", "entry", "command", "event"])
def test_what_is_around_spoilt_pages_is_saved_and_the_damaged_file_is_kept(path, name):
    before = {table: counted(path, table) for table in ("ticket", "entry", "event", "draft")}
    leaves = pages_of(path, name)
    assert len(leaves) > 4
    spoil(path, leaves[1], leaves[3])
    spoilt = (path / "desk.sqlite").read_bytes()
    assert codes(examine(path)) == ["integrity"]
    found = repair(path)
    assert codes(found)[:2] == ["salvaged", "unreadable"]
    assert found[1].detail == name
    for table, count in before.items():
        if table != name:
            assert counted(path, table) == count
    if name in before:
        assert before[name] * (1 - 4 / len(leaves)) < counted(path, name) < before[name]
    (kept,) = (path / "backups").glob("damaged-*")
    assert (kept / "desk.sqlite").read_bytes() == spoilt
    assert "integrity" not in codes(examine(path))
    drafts = OpenDesk(path).reader().drafts()
    assert [draft.text for draft in drafts] == ["typed"]
    assert len(OpenDesk(path).reader().queue_ids(QueueFilter(text="laptop"), SortKey()))


def test_a_spoilt_index_loses_nothing(path):
    before = counted(path, "ticket"), counted(path, "entry")
    with closing(sqlite3.connect(path / "desk.sqlite")) as sql:
        (name,) = sql.execute(
            "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'ticket'"
        ).fetchone()
    spoil(path, pages_of(path, name)[0])
    assert codes(repair(path)) == ["salvaged"]
    assert (counted(path, "ticket"), counted(path, "entry")) == before
    assert examine(path) == []


def test_a_file_that_was_cut_off_gives_what_is_before_the_cut(path):
    before = counted(path, "entry")
    data = (path / "desk.sqlite").read_bytes()
    (path / "desk.sqlite").write_bytes(data[: len(data) // 2 + 100])
    found = repair(path)
    assert codes(found)[:2] == ["salvaged", "unreadable"]
    assert 0 < counted(path, "entry") <= before
    (kept,) = (path / "backups").glob("damaged-*")
    assert not [file for file in kept.iterdir() if file.is_dir()]
    assert (kept / "desk.sqlite").stat().st_size == len(data) // 2 + 100


def test_a_desk_with_spoilt_pages_is_mended_by_the_command_line(path, capsys):
    spoil(path, pages_of(path, "entry")[3])
    assert main(["--desk", str(path), "doctor"]) == 5
    assert "doctor --repair" in capsys.readouterr().out
    assert main(["--desk", str(path), "doctor", "--repair"]) == 5  # something may be missing
    said = capsys.readouterr().out
    assert "read into a new one" in said
    assert "backups/damaged-" in said
    assert main(["--desk", str(path), "list"]) == 0


@pytest.mark.parametrize("content", [b"", b"hello", b"\x00" * 10000])
def test_of_what_is_no_desk_nothing_is_made(path, content, capsys):
    (path / "desk.sqlite").write_bytes(content)
    for words in (["list"], ["doctor"], ["doctor", "--repair"]):
        assert main(["--desk", str(path), *words]) == 5
        assert "damaged" in capsys.readouterr().err
    assert (path / "desk.sqlite").read_bytes() == content
    assert list((path / "backups").glob("damaged-*")) == []


def test_nothing_is_taken_from_under_somebody_who_writes(path):
    spoil(path, pages_of(path, "entry")[3])
    with closing(sqlite3.connect(path / "desk.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DeskBusyError):
            repair(path)
    assert list((path / "backups").glob("damaged-*")) == []


def test_the_doctor_leaves_what_a_newer_program_wrote(path):
    with closing(sqlite3.connect(path / "desk.sqlite")) as sql:
        sql.execute("UPDATE alembic_version SET version_num = '9999'")
        sql.commit()
    for look in (examine, repair):
        with pytest.raises(DeskTooNewError):
            look(path)


def test_a_desk_that_lost_its_tables_is_not_taken_for_a_new_one(path):
    (path / "desk.sqlite").write_bytes(b"")
    with pytest.raises(DeskCorruptError):
        OpenDesk(path).is_current()
