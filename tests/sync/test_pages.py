"""What a page of the server's tickets says of each other and of people."""

from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import pytest

from desk_app.ports.remote import RemotePerson
from desk_app.services.turns import TURNS
from desk_app.sync.comparing import Comparing
from tests.builders import make_directory
from tests.sync.desks import Client
from tests.sync.oracle import Oracle, OracleServer

NOBODY = RemotePerson(name="", email="")
UNA = RemotePerson(name="Una", email="una@out.example")


@pytest.fixture
def oracle() -> Oracle:
    return Oracle(make_directory())


@pytest.fixture
def client(oracle: Oracle, tmp_path: Path) -> Client:
    return Client(tmp_path / "desk", OracleServer(oracle))


def people(client: Client) -> list[tuple[str, str]]:
    with client.desk.sync_unit() as unit:
        rows = unit._run("SELECT name, email FROM requester ORDER BY id")
        return [(name, email) for name, email in rows]


def test_a_ticket_that_nobody_asked_for_does_not_get_another_nobody_with_every_look(
    client: Client, oracle: Oracle
):
    oracle.make("From the monitoring", NOBODY)
    client.sync()
    first = client.ticket("1").requester
    for value in ("high", "low"):
        oracle.set(oracle.tickets["1"], "priority", value, "john")
        client.sync()
    assert client.ticket("1").requester == first
    assert people(client) == [("?", "")]


def test_one_person_on_a_page_under_two_names_is_called_as_the_last_ticket_says(
    client: Client, oracle: Oracle
):
    oracle.make("First", UNA)
    oracle.make("Second", RemotePerson(name="Una Brown", email="UNA@out.example"))
    oracle.make("Third", RemotePerson(name="Bo", email="bo@out.example"))
    client.sync()
    assert client.ticket("1").requester == client.ticket("2").requester
    assert client.ticket("3").requester != client.ticket("1").requester
    assert len(people(client)) == 2
    oracle.set(oracle.tickets["3"], "priority", "high", "john")
    client.sync()
    assert len(people(client)) == 2


def test_links_hold_both_ways_whichever_ticket_comes_first(client: Client, oracle: Oracle):
    for number in range(3):
        oracle.make(f"Ticket {number}", UNA)
    oracle.set(oracle.tickets["1"], "links", ("2", "3"), "john")
    oracle.set(oracle.tickets["2"], "links", ("1",), "john")
    oracle.tickets["3"].fields["department"] = "maintenance"
    oracle.set(oracle.tickets["3"], "links", ("1",), "john")
    with client.desk.sync_unit() as unit:
        account = unit.account()
        assert account is not None
        unit.save_account(replace(account, keep_departments=("support",)))
        unit.commit()
    client.sync()
    first, second = client.ticket("1"), client.ticket("2")
    assert (first.links, second.links) == ((second.id,), (first.id,))
    oracle.set(oracle.tickets["3"], "department", "support", "john")
    client.sync()
    third = client.ticket("3")
    assert set(client.ticket("1").links) == {second.id, third.id}
    assert third.links == (first.id,)
    compared = Comparing(client.desk, client.server).compare(
        progress=lambda *_: None, stop=lambda: False
    )
    assert (compared.tickets, compared.differences) == (3, ())


def test_a_page_that_is_written_waits_while_the_window_paints(
    client: Client, oracle: Oracle, monkeypatch: pytest.MonkeyPatch
):
    client.sync()
    for number in range(30):
        oracle.make(f"Ticket {number}", UNA)
    monkeypatch.setattr(TURNS, "_longest_s", 60)
    written = Event()

    def sync() -> None:
        client.sync()
        written.set()

    with TURNS.painting():
        Thread(target=sync, daemon=True).start()
        assert not written.wait(0.5)
        assert client.reader.find_requesters("una", limit=1) == []
    assert written.wait(20)
    assert len(people(client)) == 1
