"""Why a ticket was late, in an extra field of the panel: who changed it there, and from what."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from desk_app.domain.breach import reason_fields
from desk_app.domain.move_record import MoveKind, MovesWanted
from tests.remote.osticket_desk import PanelClient
from tests.remote.osticket_panel import panel, signed_in
from tests.remote.panel.server import Panel
from tests.remote.panel.truth import Agent, Ticket

TAG, COLOUR = "36", "37"


@pytest.fixture
def at() -> Iterator[Panel]:
    with panel() as made:
        karen = made.truth.user("Karen Weber", "karen@bank.example")
        ticket = made.truth.open("Screen is black", karen, "<p>Please help</p>")
        ticket.topic = "13"
        yield made


@pytest.fixture
def ticket(at: Panel) -> Ticket:
    (found,) = at.truth.tickets.values()
    return found


@pytest.fixture
def jane(at: Panel) -> Agent:
    return next(agent for agent in at.truth.agents.values() if agent.user == "jane")


@pytest.fixture
def client(at: Panel, tmp_path: Path) -> PanelClient:
    made = PanelClient(tmp_path / "john", signed_in(at))
    assert made.sync().problem == ""
    return made


def mapped(client: PanelClient, name: str) -> None:
    with client.desk.sync_unit() as unit:
        unit.mark_reason_field(name)
        assert reason_fields(unit.directory()) == {name}
        unit.commit()


def look(client: PanelClient, ticket: Ticket) -> None:
    """Read the ticket as it is read when somebody opens it."""
    client.wait(1)
    client.engine.read_ticket(client.find(ticket.id))


def reasons(client: PanelClient) -> list[tuple[str, str | None, str | None]]:
    """Who gave which reason, and which one was there before, newest first."""
    found = client.reader.moves(MovesWanted(kind=MoveKind.BREACH_REASON), limit=9)
    steps = [(moved.actor, dict(moved.steps)["breach_reason"]) for moved in found]
    return [(actor, step.old, step.new) for actor, step in steps]


def test_who_changed_the_field_there_is_listed_with_what_stood_in_it(at, client, ticket, jane):
    mapped(client, "Asset tag")
    at.truth.answer(ticket, TAG, "Waiting <b>for</b> parts", jane)
    look(client, ticket)
    assert client.ticket(ticket.id).breach_reason == "Waiting <b>for</b> parts"
    assert reasons(client) == [(jane.id, None, "Waiting <b>for</b> parts")]
    moved = client.reader.moves(MovesWanted(), limit=1)[0]
    assert moved.at == ticket.events[-1].at.replace(microsecond=0)
    for value in ("Asset tag", "Too much to do", ""):
        at.truth.answer(ticket, TAG, value, jane)
    look(client, ticket)
    assert reasons(client) == [
        (jane.id, "Too much to do", None),
        (jane.id, "Asset tag", "Too much to do"),
        (jane.id, "Waiting <b>for</b> parts", "Asset tag"),
        (jane.id, None, "Waiting <b>for</b> parts"),
    ]


def test_a_choice_names_the_new_value_before_the_old_one(at, client, ticket, jane):
    mapped(client, "Colour")
    for value in ("r", "g", "", "r"):
        at.truth.answer(ticket, COLOUR, value, jane)
    look(client, ticket)
    assert reasons(client) == [
        (jane.id, None, "Red"),
        (jane.id, "Green", None),
        (jane.id, "Red", "Green"),
        (jane.id, None, "Red"),
    ]


def test_ones_own_reason_is_listed_once_after_a_restart_too(at, client, ticket, jane):
    mapped(client, "Asset tag")
    at.truth.answer(ticket, COLOUR, "r", jane)
    client.wait(1)
    client.do(ticket.id, lambda writing: writing.breach_reason("Mine"))
    client.settle()
    assert ticket.answers[TAG] == "Mine"
    client.server = signed_in(at)  # which remembers nothing of what it sent
    client.start()
    client.sync()
    look(client, ticket)
    assert reasons(client) == [("1", None, "Mine")]
