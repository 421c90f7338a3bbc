"""Rounds of the engine at the strict Request Tracker of our own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desk_app.domain.lifecycle import Action
from desk_app.domain.outbox import OutboxState
from tests.remote.fake_rt import FakeRt, Fate, fake_rt
from tests.remote.rt_desk import FakeClient


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
    for number in ("3", "4", "5"):
        body = {"Queue": "1", "Subject": number, "Requestor": "una@out.test", "Content": "x"}
        rt.make("lea", body)
    client.sync()
    for other in ("4", "3", "5"):
        number = client.find(other)
        client.do("1", lambda writing, number=number: writing.plain(Action.LINK, number))
    client.sync()
    assert client.items() == []
    assert rt.tickets["1"]["RefersTo"] == {"3", "4", "5"}


@pytest.mark.parametrize("fate", [Fate.LOSE_REQUEST, Fate.LOSE_ANSWER, Fate.PORTAL])
def test_whatever_is_lost_is_there_once(client: FakeClient, rt: FakeRt, fate: Fate):
    client.note("1", "Once")
    rt.fates = [fate]
    client.sync()
    client.sync()
    assert client.items() == []
    assert list(rt.posted.values()) == [1]
    assert client.texts("1") == ["Printer is broken", "Once"]
