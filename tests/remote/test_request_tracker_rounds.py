"""Rounds of the engine at the strict Request Tracker of our own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desk_app.bootstrap import lifecycle
from desk_app.domain.mirror import Account
from desk_app.domain.outbox import OutboxState
from desk_app.remote.request_tracker.server import RequestTracker
from desk_app.remote.request_tracker.session import Session
from desk_app.services.writing import Writing
from desk_app.store.migrate import create_desk
from desk_app.sync.engine import SyncEngine
from tests.remote.fake_rt import FakeRt, Fate, fake_rt
from tests.sync.desks import Client, ClockedDesk

RULES = lifecycle("request-tracker")[0]


class FakeClient(Client):
    """Sam's program."""

    agent = "sam"

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.seed = folder, 5
        create_desk(folder)
        self.desk = ClockedDesk(folder, seed=5)
        with self.desk.sync_unit() as unit:
            unit.save_account(Account(kind="rt", url=url, user="sam"))
            unit.commit()
        self.reader = self.desk.reader()
        session = Session(url, "sam", "sam-password")
        self.server = RequestTracker(session, lifecycle=RULES, patience=0)
        self.start()

    def start(self) -> None:
        self.engine = SyncEngine(self.desk, self.server, chance=lambda: 0.5)

    def writing(self, ticket):
        with self.desk.unit() as unit:
            directory = unit.directory()
        return Writing(self.desk, directory, directory.agents["sam"], ticket)

    def texts(self, remote):
        page = self.reader.page(self.find(remote), agent="sam", entries=1000)
        return [entry.text for entry in page.entries]


@pytest.fixture
def rt() -> Iterator[FakeRt]:
    with fake_rt() as found:
        for subject in ("Printer", "Laptop"):
            body = {"Queue": "1", "Subject": subject, "Requestor": "una@out.test"}
            found.make("lea", {**body, "Content": f"{subject} is broken"})
        yield found


@pytest.fixture
def client(rt: FakeRt, tmp_path: Path) -> Iterator[FakeClient]:
    found = FakeClient(tmp_path / "desk", rt.url)
    assert found.sync().problem == ""
    yield found
    found.server.close()
    found.desk.close()


def test_a_round_with_nothing_new_is_two_requests(client: FakeClient, rt: FakeRt):
    client.sync()
    start = len(rt.requests)
    assert client.sync().taken == 0
    assert len(rt.requests) - start == 2


def test_what_is_written_in_the_same_second_comes_too(client: FakeClient, rt: FakeRt):
    for number in range(3):  # the clock of this server stands still
        rt.write("1", "Correspond", "una", {"Content": f"Word {number}"})
        client.sync()
        assert client.texts("1")[-1] == f"Word {number}"


def test_a_thread_that_cannot_be_read_holds_up_no_other(client: FakeClient, rt: FakeRt):
    rt.write("1", "Correspond", "una", {"Content": "Of no use"})
    row = rt.rows[-1]
    row["Type"], row["OldValue"] = "Correspond", {"not": "a text"}
    rt.write("2", "Correspond", "una", {"Content": "Heard"})
    assert client.sync().problem == ""
    assert client.texts("2") == ["Laptop is broken", "Heard"]
    row["OldValue"] = ""
    client.sync()
    assert client.texts("1")[-1] == "Of no use"


def test_a_reply_on_such_a_ticket_waits_alone(client: FakeClient, rt: FakeRt):
    rt.write("1", "Correspond", "una", {"Content": "Of no use"})
    rt.rows[-1]["OldValue"] = {"not": "a text"}
    client.reply("1", "Cannot go yet")
    client.note("2", "Goes")
    client.wait()
    report = client.sync()
    assert (report.problem, report.settled) == ("", 1)
    (item,) = client.items()
    assert (item.state, item.reason) == (OutboxState.WAITING, "unreadable_answer")


def test_a_ticket_that_is_hidden_while_its_thread_is_read_is_unseen(client: FakeClient, rt: FakeRt):
    rt.write("1", "Correspond", "una", {"Content": "Secret"})
    history = rt.history
    rt.history = lambda ticket: [] if ticket == "1" else history(ticket)
    rt.version = lambda ticket: "1000"
    with client.desk.sync_unit() as unit:
        before = unit.bases(["1"])["1"]
    assert client.sync().problem == ""
    rt.hidden.add("1")
    client.sync()
    with client.desk.sync_unit() as unit:
        assert (before.gone, unit.bases(["1"])["1"].gone) == ("", "unseen")


def test_links_in_another_order_are_no_conflict(client: FakeClient, rt: FakeRt):
    from desk_app.domain.lifecycle import Action

    for number in ("3", "4"):
        body = {"Queue": "1", "Subject": number, "Requestor": "una@out.test", "Content": "x"}
        rt.make("lea", body)
    client.sync()
    for other in ("4", "3"):
        number = client.find(other)
        client.do("1", lambda writing, number=number: writing.plain(Action.LINK, number))
    client.sync()
    client.sync()
    assert client.items() == []
    assert rt.tickets["1"]["RefersTo"] == {"3", "4"}


@pytest.mark.parametrize("fate", [Fate.LOSE_REQUEST, Fate.LOSE_ANSWER, Fate.PORTAL])
def test_whatever_is_lost_is_there_once(client: FakeClient, rt: FakeRt, fate: Fate):
    client.note("1", "Once")
    rt.fates = [fate]
    client.sync()
    client.sync()
    assert client.items() == []
    assert list(rt.posted.values()) == [1]
    assert client.texts("1") == ["Printer is broken", "Once"]
