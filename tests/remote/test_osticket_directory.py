"""People, places and rights come again once a day, and nothing that was known of them is lost."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from desk_app.domain.directory import Directory
from desk_app.domain.people import Permission
from desk_app.domain.ticket import State
from desk_app.ports.remote_errors import UnreadableAnswerError
from tests.remote.osticket_desk import PanelClient
from tests.remote.osticket_panel import panel, signed_in
from tests.remote.panel import truth as known
from tests.remote.panel.server import Panel
from tests.remote.panel.truth import Ticket

DAY_S = 24 * 3600
LOW_S = 3 * 3600


@pytest.fixture
def at() -> Iterator[Panel]:
    with panel() as made:
        made.truth.skip = timedelta(hours=-1)  # so that it is nothing new
        made.truth.open(
            "Screen", made.truth.user("Karen Weber", "karen@bank.example"), "<p>Help</p>"
        )
        made.truth.skip = timedelta(0)
        yield made


@pytest.fixture
def ticket(at: Panel) -> Ticket:
    return next(iter(at.truth.tickets.values()))


@pytest.fixture
def make(at: Panel, tmp_path: Path) -> Callable[[], PanelClient]:
    def made() -> PanelClient:
        client = PanelClient(tmp_path / "john", signed_in(at))
        assert client.sync().problem == ""
        return client

    return made


@pytest.fixture
def client(make: Callable[[], PanelClient]) -> PanelClient:
    return make()


def directory(client: PanelClient) -> Directory:
    with client.desk.unit() as unit:
        return unit.directory()


def asked(client: PanelClient, **more: Any) -> int:
    """Requests of the next round."""
    before = client.server.session.requests  # type: ignore[attr-defined]
    assert client.sync(**more).problem == ""
    return int(client.server.session.requests - before)  # type: ignore[attr-defined]


def rights(client: PanelClient, department: str) -> frozenset[Permission]:
    found = directory(client)
    me = found.agents[client.server.agent]
    return found.roles[me.role_in(department)].permissions


def logged(client: PanelClient) -> list[str]:
    lines = client.reader.sync_log(limit=1000)
    return [line.outcome for line in lines if line.what == "people"]


def test_who_and_what_is_new_there_is_here_within_a_day(
    at: Panel, client: PanelClient, monkeypatch: pytest.MonkeyPatch
):
    at.truth.agent("nora")
    monkeypatch.setitem(known.TEAMS, "9", "Night shift")
    monkeypatch.setitem(known.DEPARTMENTS, "7", "Cards")
    monkeypatch.setitem(known.TOPICS, "14", "Lost card")
    monkeypatch.setitem(known.CANNED, "8", "We are on it")
    client.wait(LOW_S)
    for _ in range(3):  # what was just read for the first time is looked at again
        client.sync()
    assert asked(client) <= 4
    before = directory(client)
    client.wait(DAY_S)
    client.sync()
    now = directory(client)
    assert set(now.agents) - set(before.agents) == {"3"}
    assert (now.agents["3"].name, now.teams["9"].name) == ("Nora Doe", "Night shift")
    assert (now.departments["7"].name, now.topics["14"].name) == ("Cards", "Lost card")
    assert now.canned["8"].title == "We are on it"
    assert set(before.canned) < set(now.canned)
    assert rights(client, "1") == before.roles["1"].permissions
    for _ in range(3):  # only that one round asked more
        client.wait(60)
        assert asked(client) <= 4
    assert logged(client) == ["read"]


def test_a_right_that_was_taken_away_is_seen_within_a_day(at: Panel, client: PanelClient):
    assert {Permission.TRANSFER, Permission.CREATE} <= rights(client, "1")
    at.truth.agents["1"].rights -= {"transfer"}
    client.wait(DAY_S)
    client.sync()
    assert Permission.TRANSFER not in rights(client, "1")
    assert Permission.REPLY in rights(client, "1")


def test_what_no_open_ticket_tells_this_time_stays_as_it_was_known(
    at: Panel,
    ticket: Ticket,
    make: Callable[[], PanelClient],
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setitem(known.STATUSES, "7", "Answered by phone")
    monkeypatch.setitem(known.STATES, "7", "closed")
    ticket.topic = "13"
    client = make()
    before = directory(client)
    ticket.answers["36"] = "A-1"
    at.truth.set_status(at.truth.agents["2"], ticket, "7")
    client.crash()
    client.server = signed_in(at)  # type: ignore[assignment]
    client.server.agent = "1"  # type: ignore[attr-defined]
    client.start()
    client.wait(DAY_S)
    client.sync()
    now = directory(client)
    assert logged(client) == ["read"]
    assert now.lifecycle.statuses["7"].state is State.CLOSED
    assert now.roles["1"] == before.roles["1"]
    assert now.agents == before.agents
    assert now.topics == before.topics


def test_a_question_that_may_stay_open_by_now_holds_nothing_up_any_more(
    at: Panel, ticket: Ticket, make: Callable[[], PanelClient], monkeypatch: pytest.MonkeyPatch
):
    ticket.topic = "13"
    client = make()
    assert directory(client).topics["13"].fields[0].required_to_close
    monkeypatch.setattr(known, "TO_CLOSE", frozenset())
    monkeypatch.setattr("tests.remote.panel.html.TO_CLOSE", frozenset())
    client.wait(DAY_S)
    client.sync()
    assert not directory(client).topics["13"].fields[0].required_to_close


def test_a_colleague_whom_a_ticket_named_first_gets_it_with_the_number(
    at: Panel, ticket: Ticket, client: PanelClient
):
    nora = at.truth.agent("nora")
    ticket.staff = nora.id
    client.compare()
    client.sync()
    assert client.ticket(ticket.id).owner == "~Nora Doe"
    client.wait(DAY_S)
    client.sync()
    client.compare()
    client.sync()
    assert client.ticket(ticket.id).owner == nora.id
    assert nora.id in directory(client).agents


def test_a_start_that_meets_a_new_name_waits_for_no_day(at: Panel, client: PanelClient):
    at.truth.agent("nora")
    client.wait(LOW_S)
    client.sync()
    assert "3" not in directory(client).agents
    client.server = signed_in(at)  # type: ignore[assignment]
    client.server.agent = "1"  # type: ignore[attr-defined]
    client.start()
    client.sync()
    assert "3" in directory(client).agents


def test_the_agent_never_waits_for_it_and_nothing_is_asked_twice(at: Panel, client: PanelClient):
    at.truth.agent("nora")
    client.wait(DAY_S)
    rounds, asks, start = 0, iter(range(10_000)), len(at.log)
    while "3" not in directory(client).agents:
        rounds += 1
        assert rounds < 50
        # The agent does something after every few questions.
        client.sync(stop=lambda: next(asks) % 5 == 4)
    assert rounds > 3
    questions = [line for line in at.log[start:] if "/search/field/" in line]
    assert len(questions) == len(set(questions)) == 8
    assert len([line for line in at.log[start:] if line.endswith("/scp/directory.php")]) == 2
    assert logged(client) == ["read"]


def test_a_list_that_cannot_be_read_leaves_all_as_it_was_until_the_next_day(
    at: Panel, client: PanelClient, monkeypatch: pytest.MonkeyPatch
):
    before = directory(client)
    at.truth.agent("nora")
    client.wait(DAY_S)

    def broken(*_: object) -> None:
        raise UnreadableAnswerError(why="page", detail="agents: tbody")

    with monkeypatch.context() as patch:
        patch.setattr(client.server, "directory_again", broken)
        assert client.sync().problem == ""
    assert directory(client) == before
    client.sync()
    assert directory(client) == before
    client.wait(DAY_S)
    client.sync()
    assert "3" in directory(client).agents


def test_a_clock_that_was_put_back_by_a_year_holds_nothing_up(at: Panel, client: PanelClient):
    at.truth.agent("nora")
    with client.desk.sync_unit() as unit:
        account = unit.account()
        assert account is not None
        later = client.desk.now().replace(year=client.desk.now().year + 1)
        unit.save_account(replace(account, people_at=later))
        unit.commit()
    client.sync()
    assert "3" in directory(client).agents
