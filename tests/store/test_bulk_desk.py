"""A big demo desk: as many tickets as asked for, each as the desk itself would have kept it."""

import json
import random
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from desk_app.bootstrap import OpenDesk, make_demo
from desk_app.cli import main
from desk_app.domain.entry import EntryKind
from desk_app.domain.filters import QueueFilter, SortKey
from desk_app.domain.moment import from_ms, to_ms, to_ms_or_none
from desk_app.domain.ticket import State
from desk_app.store import mapping
from desk_app.store.bulk_desk import BulkDesk
from desk_app.store.doctor import examine
from desk_app.store.driver import database_path
from desk_app.store.reader import SqliteReader
from desk_app.system.paths import resource
from tests.desks import assert_search_in_step, whole_database

AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
MANY = 2000
STORY = 27


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("big") / "desk"
    assert make_demo(folder, at=AT, tickets=MANY) == MANY
    return folder


@pytest.fixture
def big_reader(big: Path):
    with closing(SqliteReader(big)) as reader:
        yield reader


def rows(folder: Path, sql: str, *values: object) -> list[tuple]:
    with closing(sqlite3.connect(database_path(folder))) as connection:
        return connection.execute(sql, values).fetchall()


def test_there_are_as_many_tickets_as_asked_for_with_five_entries_each(big: Path) -> None:
    assert rows(big, "SELECT count(*) FROM ticket") == [(MANY,)]
    counted = rows(big, "SELECT count(*) FROM entry GROUP BY ticket_id")
    assert Counter(counted)[(5,)] >= MANY - STORY
    assert rows(big, "SELECT count(DISTINCT number) FROM ticket") == [(MANY,)]


def test_nothing_is_wrong_with_it_and_the_search_is_in_step(big: Path) -> None:
    assert examine(big) == []
    assert_search_in_step(big)


def test_it_has_the_schema_and_the_journal_of_any_desk(big: Path, folder: Path) -> None:
    schema = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name"
    assert rows(big, schema) == rows(folder, schema)
    for table in ("ticket_fts_config", "entry_fts_config"):
        assert ("hashsize", 1 << 20) in rows(big, f"SELECT k, v FROM {table}")
    assert rows(big, "PRAGMA journal_mode") == [("wal",)]
    assert sorted(path.name for path in big.iterdir() if path.is_file()) == ["desk.sqlite"]


def test_the_same_seed_makes_the_same_desk_and_another_one_another(tmp_path: Path) -> None:
    for name, seed in (("one", 3), ("same", 3), ("other", 4)):
        make_demo(tmp_path / name, at=AT, tickets=300, seed=seed)
    one, same, other = (whole_database(tmp_path / name) for name in ("one", "same", "other"))
    assert one == same
    assert one != other


def test_every_column_is_what_the_desk_would_have_written(big: Path, big_reader) -> None:
    directory = big_reader.directory()
    found = big_reader.dicts("SELECT * FROM ticket")
    for row in found:
        ticket = mapping.ticket(row)
        derived = {
            "requester": big_reader.requester(ticket.requester).name,
            "stage": int(directory.lifecycle.stage(ticket)),
            "priority_rank": directory.priorities[ticket.priority].rank,
            "due_ms": to_ms_or_none(directory.due(ticket)),
            "has_files": 0,
        }
        assert mapping.ticket_values(ticket) | derived == row
        assert ticket.status in directory.lifecycle.statuses
        assert directory.lifecycle.statuses[ticket.status].state is ticket.state
        if ticket.owner is not None:
            assert directory.sees(directory.agents[ticket.owner], ticket)
    states = Counter(row["state"] for row in found)
    assert 0.85 * MANY < states[State.CLOSED] < 0.95 * MANY
    open_ = [row for row in found if row["state"] == State.OPEN]
    assert {row["stage"] for row in open_} == {0, 1, 2}
    assert len({row["owner"] for row in open_}) == len(directory.agents) + 1
    assert {row["department"] for row in open_} == set(directory.departments)


def test_the_times_of_a_ticket_are_those_of_its_entries(big: Path, big_reader) -> None:
    newest = to_ms(AT)
    for row in big_reader.dicts("SELECT * FROM ticket WHERE updated_ms < ?", [newest - 10**9]):
        ticket = mapping.ticket(row)
        entries = big_reader.dicts(
            "SELECT * FROM entry WHERE ticket_id = ? ORDER BY id", [row["id"]]
        )
        times = [entry["at_ms"] for entry in entries]
        assert times == sorted(times)
        assert (times[0], times[-1]) == (row["created_ms"], row["updated_ms"])
        assert all(entry["id"] >> 22 == entry["at_ms"] for entry in entries)
        assert all(mapping.entry_values(mapping.entry(e)) | {"html": None} == e for e in entries)
        heard = [e["at_ms"] for e in entries if e["kind"] == EntryKind.MESSAGE]
        worked = [e["at_ms"] for e in entries if e["kind"] != EntryKind.MESSAGE]
        replied = [e["at_ms"] for e in entries if e["kind"] == EntryKind.REPLY]
        assert row["last_message_ms"] == heard[-1]
        assert ticket.worked_at == (from_ms(worked[0]) if worked else None)
        assert ticket.last_response_at == (from_ms(replied[-1]) if replied else None)
        assert ticket.answered == bool(replied and replied[-1] > heard[-1])
        assert (ticket.closed_at is None) == (ticket.state is State.OPEN)


def test_a_ticket_of_it_opens_and_its_words_are_found(big_reader) -> None:
    ids = big_reader.queue_ids(QueueFilter(), SortKey())
    assert len(ids) == MANY - 1  # one of the story is deleted
    for ticket in random.Random(1).sample(list(ids), 20):
        page = big_reader.page(ticket, agent="john", entries=100)
        assert len(page.entries) >= 1
        assert page.entries[0].text
    hits = big_reader.queue_ids(QueueFilter(text="printer"), SortKey())
    assert len(hits) > MANY / 50
    found = big_reader.rows(hits, agent="john")
    assert sum("printer" in row.subject.lower() for row in found.values()) > len(hits) / 2


def test_work_goes_on_with_the_next_number(big: Path) -> None:
    desk = OpenDesk(big)
    with desk.unit() as unit:
        number = unit.next_number()
    desk.close()
    highest = rows(big, "SELECT max(CAST(number AS INTEGER)) FROM ticket")[0][0]
    assert int(number) == highest + 1


def test_what_an_interruption_leaves_is_no_desk(tmp_path: Path, big_reader) -> None:
    folder = tmp_path / "desk"
    make_demo(folder, at=AT)

    class InterruptError(Exception):
        pass

    def stop(step: str, done: int, total: int) -> None:
        if step == "entries":
            raise InterruptError

    pool = json.loads(resource("demo", "pool.json").read_text("utf-8"))
    bulk = BulkDesk(folder, big_reader.directory(), pool, seed=1, progress=stop)
    with pytest.raises(InterruptError):
        bulk.fill(50, AT)
    assert main(["--desk", str(folder), "list"]) == 5
    assert make_demo(folder, at=AT, tickets=40) == 40
    assert examine(folder) == []


def test_the_command_line_tells_how_far_a_big_one_is(tmp_path: Path, capsys, monkeypatch) -> None:
    monkeypatch.setattr("desk_app.cli_desk._MANY", 30)
    assert main(["demo", str(tmp_path / "desk"), "--tickets", "40"]) == 0
    out, err = capsys.readouterr()
    assert "40 tickets" in out
    assert "entries: 0 of" in err
    assert main(["demo", str(tmp_path / "small"), "--tickets", "5"]) == 0
    out, err = capsys.readouterr()
    assert f"{STORY} tickets" in out
    assert err == ""
