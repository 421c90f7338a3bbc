"""A Request Tracker that was set back to a backup: its numbers are given out a second time."""

import copy
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from desk_app.domain.commands import Create
from tests.remote.fake_rt import FakeRt, fake_rt
from tests.remote.rt_desk import FakeClient

KEPT = ("tickets", "rows", "parts")


@pytest.fixture
def rt() -> Iterator[FakeRt]:
    with fake_rt() as server:
        make(server, "Printer")
        yield server


def make(rt: FakeRt, subject: str, who: str = "una@out.test") -> str:
    body = {"Queue": "1", "Subject": subject, "Requestor": who, "Content": f"{subject} is broken"}
    return rt.make("lea", body)


@pytest.fixture
def client(rt: FakeRt, tmp_path: Path) -> Iterator[FakeClient]:
    """Knows a ticket that was made after the backup, and has something to say in it."""
    backup = copy.deepcopy({name: getattr(rt, name) for name in KEPT})
    number = make(rt, "Laptop")
    rt.write(number, "Correspond", "una", {"Content": "Please hurry"})
    found = FakeClient(tmp_path / "desk", rt.url)
    assert found.sync().problem == ""
    assert found.texts("2") == ["Laptop is broken", "Please hurry"]
    found.note("2", "For the laptop alone")
    found.do("2", lambda w: w.edit("priority", "high"))
    found.reply("2", "We come at once")
    for name in KEPT:
        setattr(rt, name, backup[name])
    rt.time += timedelta(minutes=5)
    yield found
    found.server.close()
    found.desk.close()


def words(rt: FakeRt) -> list[str]:
    return [part["Content"].decode() for part in rt.parts]


@pytest.mark.parametrize("since", [0, 1, 5])
@pytest.mark.parametrize("restarted", [True, False])
def test_nothing_goes_to_another_ticket_of_the_same_number(
    rt: FakeRt, client: FakeClient, since: int, restarted: bool
):
    for number in range(since):
        make(rt, f"Other {number}", "bo@out.test")
    before = words(rt)
    if restarted:
        client.start()
    client.wait(20)
    for _ in range(3):
        report = client.sync()
    assert words(rt) == before
    assert all(one["Priority"] == "0" for one in rt.tickets.values())
    assert len(client.items()) == 3
    assert report.problem == "set_back"


def test_what_was_purged_last_is_no_setting_back_once_something_else_happens(
    rt: FakeRt, tmp_path: Path
):
    number = make(rt, "Spam")
    client = FakeClient(tmp_path / "desk", rt.url)
    client.sync()
    del rt.tickets[number]
    gone = [row for row in rt.rows if row["ObjectId"] == number]
    last = max(int(row["id"]) for row in gone)
    rt.rows = [row for row in rt.rows if row not in gone]
    client.note("1", "Waits until that is known")
    assert client.sync().problem == "set_back"
    row = rt.rows[int(rt.write("1", "Comment", "lea", {"Content": "Goes on"})) and -1]
    row["id"] = str(last + 3)
    rt.parts[-1]["TransactionId"] = row["id"]
    assert client.sync().problem == ""
    assert client.items() == []


def test_one_that_is_hidden_is_no_setting_back(rt: FakeRt, tmp_path: Path):
    number = make(rt, "Moves away")
    client = FakeClient(tmp_path / "desk", rt.url)
    client.sync()
    rt.hidden.add(number)
    client.note("1", "Goes out")
    assert client.sync().problem == ""
    assert client.items() == []


def test_a_cursor_of_an_earlier_version_goes_on(rt: FakeRt, tmp_path: Path):
    client = FakeClient(tmp_path / "desk", rt.url)
    client.sync()
    with client.desk.sync_unit() as unit:
        account = unit.account()
        assert account is not None
        unit.save_account(replace(account, cursor=account.cursor.partition("@")[0]))
        unit.commit()
    client.start()
    client.note("1", "Goes out")
    assert client.sync().problem == ""
    assert client.items() == []
    assert "@" in client.account().cursor


def test_another_ticket_of_the_number_is_known_by_when_it_was_made(rt: FakeRt, client: FakeClient):
    """Where the transaction that was read last is that of something hidden now."""
    other = make(rt, "Secret of Bo", "bo@out.test")
    before = words(rt)
    row = rt.rows[-1]
    last = client.account().cursor.partition("@")[0].rpartition(",")[2].rpartition(":")[2]
    row["id"] = str(int(last) + 3)
    rt.parts[-1]["TransactionId"] = row["id"]
    rt.also[last] = 403
    client.start()
    client.wait(20)
    for _ in range(2):
        assert client.sync().problem == "set_back"
    assert (words(rt), len(client.items())) == (before, 3)
    client.engine.read_ticket(client.find(other))
    assert client.ticket(other).subject == "Laptop"


def test_a_ticket_that_was_made_here_is_the_same_after_it_came_back(rt: FakeRt, tmp_path: Path):
    """Its time here was this machine's."""
    client = FakeClient(tmp_path / "desk", rt.url)
    client.sync()
    client.wait(-7200)
    start = replace(client.ticket("1"), id=client.desk.ids.number(), number=None)
    start = replace(start, subject="From the train", created_at=client.desk.now())
    client.desk.bus.handle(
        Create(id="c-1", ticket=start.id, actor="sam", at=client.desk.now(), start=start)
    )
    for _ in range(3):
        assert client.sync().problem == ""
    client.note("2", "Goes out")
    assert client.sync().problem == ""
    assert client.items() == []
