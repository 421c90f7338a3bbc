"""Rounds of the engine at the strict Request Tracker of our own."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from desk_app.domain.lifecycle import Action
from desk_app.domain.outbox import OutboxState
from desk_app.domain.ticket import State
from desk_app.ports.remote import GoneWhy
from desk_app.services.outbox import OutboxDesk
from tests.remote.fake_rt import NEVER, FakeRt, Fate, fake_rt
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


def test_so_it_is_with_what_the_agent_holds_and_what_needs_the_agent(
    client: FakeClient, rt: FakeRt
):
    client.note("1", "Held")
    client.do("2", lambda writing: writing.edit("subject", "Mine"))
    rt.set("2", "lea", "Subject", "Theirs")
    (held, _) = client.items()
    OutboxDesk(client.desk.sync_unit, client.desk.now).hold(held.seq)
    client.sync()
    client.sync()
    start = len(rt.requests)
    client.sync()
    assert len(rt.requests) - start == 2
    assert len(client.items()) == 2


def test_what_is_written_in_the_same_second_comes_too(client: FakeClient, rt: FakeRt):
    for number in range(3):  # the clock of this server stands still
        rt.write("1", "Correspond", "una", {"Content": f"Word {number}"})
        client.sync()
        assert client.texts("1")[-1] == f"Word {number}"


def test_news_behind_a_page_of_what_is_hidden_comes_with_the_next_round(
    client: FakeClient, rt: FakeRt
):
    """More than a page within the minute in which something may still be committed late."""
    rt.hidden.add("2")
    for number in range(130):
        rt.write("2", "Comment", "lea", {"Content": f"Not for everybody {number}"})
    client.sync()
    client.sync()
    for number in range(4):  # every other round looks for what is gone as well
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


def gone(client: FakeClient, ticket: str) -> str:
    with client.desk.sync_unit() as unit:
        return unit.bases([ticket])[ticket].gone


def test_what_goes_out_of_sight_without_a_word_is_noticed(client: FakeClient, rt: FakeRt):
    for number in range(60):
        body = {"Queue": "1", "Subject": f"T {number}", "Requestor": "una@out.test"}
        rt.make("lea", {**body, "Content": "x"})
    client.sync(threads=0)
    rt.hidden |= {"1", *(str(number) for number in range(10, 40))}
    start = len(rt.requests)
    client.sync(threads=0)
    client.sync(threads=0)
    assert len(rt.requests) - start <= 5, "a question for all of them, not one for each"
    assert [gone(client, number) for number in ("1", "2", "10", "39", "40")] == [
        *("unseen", "", "unseen", "unseen", "")
    ]
    assert client.ticket("1").department == ""
    rt.hidden.remove("1")
    rt.write("1", "Correspond", "una", {"Content": "Back"})
    client.sync()
    client.sync()
    assert (gone(client, "1"), client.ticket("1").department) == ("", "1")


def test_closed_tickets_that_go_out_of_sight_are_noticed_too_a_few_a_round(
    client: FakeClient, rt: FakeRt
):
    for number in range(230):
        body = {"Queue": "1", "Subject": f"T {number}", "Requestor": "una@out.test"}
        rt.make("lea", {**body, "Content": "x"})
    for number in range(3, 113):  # and 122 are open
        rt.set(str(number), "lea", "Status", "resolved")
    client.sync(threads=0)
    rt.merge("3", "4", "lea")
    client.sync(threads=0)
    rt.hidden |= {"100", "101", "230"}
    rounds = 0
    while not (gone(client, "101") and gone(client, "230")):
        start = len(rt.requests)
        client.sync(threads=0)
        rounds += 1
        assert len(rt.requests) - start <= 4  # two, and those that are gone, each once
        assert rounds < 25
    assert rounds > 3, "they are gone through slowly"
    assert (gone(client, "100"), client.ticket("100").department) == ("unseen", "")
    assert (gone(client, "3"), gone(client, "102")) == ("merged", "")
    rt.hidden.clear()
    rt.write("100", "Comment", "lea", {"Content": "Back"})
    client.sync(threads=0)
    client.sync(threads=0)
    assert (gone(client, "100"), client.ticket("100").department) == ("", "1")


def test_a_look_that_is_not_understood_holds_up_nothing(client: FakeClient, rt: FakeRt):
    rt.knows_effective = False
    for number in range(2):
        rt.write("1", "Correspond", "una", {"Content": f"Heard {number}"})
        assert client.sync().problem == ""
        assert client.texts("1")[-1] == f"Heard {number}"
    outcomes = [(line.what, line.outcome) for line in client.reader.sync_log(limit=10)]
    assert ("look", "unreadable_answer") in outcomes


def test_rounds_that_look_for_what_is_gone_are_two_requests_too(client: FakeClient, rt: FakeRt):
    counts = []
    for _ in range(4):
        start = len(rt.requests)
        client.sync()
        counts.append(len(rt.requests) - start)
    assert counts == [2, 2, 2, 2]


def test_looking_tells_deleted_merged_and_hidden_apart(client: FakeClient, rt: FakeRt):
    for number in range(3):
        body = {"Queue": "1", "Subject": f"T {number}", "Requestor": "una@out.test"}
        rt.make("lea", {**body, "Content": "x"})
    client.sync()
    rt.hidden.add("3")
    rt.tickets["4"]["EffectiveId"] = "2"
    rt.tickets["5"]["Status"] = "deleted"
    told = {one.id: one for one in client.server._tickets.vanished(["1", "2", "3", "4", "5"])}
    assert told.keys() == {"3", "4", "5"}
    assert told["3"].why is GoneWhy.UNSEEN
    assert (told["4"].why, told["4"].into) == (GoneWhy.MERGED, "2")
    assert told["5"].status == "deleted"


def test_many_that_are_deleted_at_once_are_no_request_each(client: FakeClient, rt: FakeRt):
    for number in range(40):
        body = {"Queue": "1", "Subject": f"T {number}", "Requestor": "una@out.test"}
        rt.make("lea", {**body, "Content": "x"})
    client.sync(threads=0)
    for number in range(3, 43):
        rt.tickets[str(number)]["Status"] = "deleted"
        rt.row(str(number), "Status", "lea", Field="Status", NewValue="deleted")
    rt.merge("1", "2", "lea")
    rt.tickets["1"]["EffectiveId"] = "2"
    start = len(rt.requests)
    client.sync(threads=0)
    assert len(rt.requests) - start < 20
    with client.desk.sync_unit() as unit:
        states = {unit.ticket(base.ticket.id).state for base in unit.bases(["3", "42"]).values()}
    assert states == {State.DELETED}
    assert client.ticket("1").merged_into == client.find("2")


def test_a_reminder_is_no_ticket(client: FakeClient, rt: FakeRt):
    body = {"Queue": "1", "Subject": "Call back", "Requestor": "", "Content": "x"}
    number = rt.make("lea", body)
    rt.tickets[number]["Type"] = "reminder"
    client.sync()
    assert client.find(number) is None


def test_what_is_out_of_sight_stays_on_the_screen_as_long_as_work_is_unsent(
    client: FakeClient, rt: FakeRt
):
    client.note("1", "My work")
    rt.hidden.add("1")
    client.sync()
    client.sync()
    client.sync()
    (item,) = client.items()
    assert (gone(client, "1"), client.ticket("1").department) == ("unseen", "1")
    OutboxDesk(client.desk.sync_unit, client.desk.now).discard(item.seq)
    client.sync()
    client.sync()
    assert (client.items(), client.ticket("1").department) == ([], "")
    assert "My work" in client.drafts()


def many_tickets(rt: FakeRt) -> None:
    """240 of them: Sam's and others', open and closed, all changed lately."""
    for number in range(240):
        body = {"Queue": "1", "Subject": f"T {number}", "Requestor": "una@out.test"}
        owner = ("sam", "lea", "Nobody")[number % 3]
        status = ("open", "resolved")[number // 3 % 2]
        rt.make("lea", {**body, "Content": "x", "Owner": owner, "Status": status})


def test_a_first_sync_reads_each_ticket_once(rt: FakeRt, tmp_path: Path):
    many_tickets(rt)
    client = FakeClient(tmp_path / "new", rt.url)
    assert client.sync(threads=0).problem == ""
    assert rt.told == dict.fromkeys(rt.tickets, 1)
    with client.desk.sync_unit() as unit:
        assert unit.bases(list(rt.tickets)).keys() == rt.tickets.keys()


@pytest.mark.parametrize("seed", range(6))
def test_what_changes_between_the_parts_of_a_first_sync_comes_all_the_same(
    rt: FakeRt, tmp_path: Path, seed: int
):
    """Tickets change hands and states at every page's end, into parts that were read already."""
    many_tickets(rt)
    chance = random.Random(seed)
    client = FakeClient(tmp_path / "new", rt.url)
    client.server._tickets.size = 25

    def meanwhile() -> bool:
        for number in chance.sample(sorted(rt.tickets), 12):
            kept = rt.tickets[number]
            if chance.random() < 0.5:
                ways = {"open": "resolved", "resolved": "open", "new": "open"}
                rt.set(number, "lea", "Status", ways[kept["Status"]])
            else:
                rt.set(number, kept["Owner"], "Owner", chance.choice(["sam", "lea", "Nobody"]))
        return False

    assert client.sync(threads=0, stop=meanwhile).problem == ""
    assert client.sync(threads=0).problem == ""
    with client.desk.sync_unit() as unit:
        here = {key: base.ticket for key, base in unit.bases(list(rt.tickets)).items()}
    there = {key: (one["Status"], one["Owner"]) for key, one in rt.tickets.items()}
    assert {key: (one.status, one.owner or "Nobody") for key, one in here.items()} == there


def test_a_ticket_without_a_time_of_its_making_holds_up_no_other(rt: FakeRt, tmp_path: Path):
    """As some that were imported are: RT writes 1970, its 'never'."""
    rt.tickets["1"]["Created"] = NEVER
    client = FakeClient(tmp_path / "new", rt.url)
    assert client.sync().problem == ""
    assert client.ticket("2").subject == "Laptop"
    assert client.ticket("1").created_at == rt.tickets["1"]["LastUpdated"]


def test_what_was_merged_into_a_ticket_brings_its_words_along(rt: FakeRt, tmp_path: Path):
    """Also where they are older than what was read, and the desk never had that ticket."""
    rt.set("1", "lea", "Status", "resolved")
    rt.tickets["1"]["LastUpdated"] = rt.time - timedelta(days=400)
    client = FakeClient(tmp_path / "new", rt.url)
    with client.desk.sync_unit() as unit:
        account = unit.account()
        assert account is not None
        unit.save_account(replace(account, keep_days=30))
        unit.commit()
    client.desk.time = rt.time
    client.sync()
    assert client.find("1") is None
    rt.merge("1", "2", "lea")
    client.sync()
    assert sorted(client.texts("2")) == ["Laptop is broken", "Printer is broken"]
    rt.write("2", "Correspond", "una", {"Content": "Thank you"})
    client.sync()
    assert client.texts("2")[-1] == "Thank you"
    assert len(client.texts("2")) == 3
