"""An agent changes language, dates and order of the panel between two rounds: nothing changes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desk_app.domain.lifecycle import Action
from tests.remote.osticket_desk import PanelClient
from tests.remote.osticket_panel import panel, signed_in
from tests.remote.panel.html import Manner
from tests.remote.panel.server import Panel
from tests.remote.panel.truth import Ticket

OTHERS = [
    Manner(language="de", newest_first=True),
    Manner(language="ar", relative=True, newest_first=True, lock_on_view=True),
]


@pytest.fixture
def at() -> Iterator[Panel]:
    with panel() as made:
        user = made.truth.user("Karen Weber", "karen@bank.example")
        ticket = made.truth.open("Screen", user, "<p>Dark</p>")
        ticket.topic, ticket.staff = "13", "1"
        made.truth.write(ticket, "note", "Jane Doe", "<p>Seen</p>")
        yield made


@pytest.fixture
def client(at: Panel, tmp_path: Path) -> PanelClient:
    made = PanelClient(tmp_path / "john", signed_in(at))
    for _ in range(2):
        assert made.sync().problem == ""
    return made


@pytest.fixture
def ticket(at: Panel) -> Ticket:
    return next(iter(at.truth.tickets.values()))


def look(client: PanelClient, ticket: Ticket) -> None:
    client.compare()
    assert client.sync().problem == ""
    client.engine.read_ticket(client.find(ticket.id))


@pytest.mark.parametrize("manner", OTHERS, ids=lambda manner: manner.language)
def test_nothing_is_another_after_it_and_what_waits_goes_out(
    at: Panel, client: PanelClient, ticket: Ticket, manner: Manner
):
    look(client, ticket)
    before, entries = client.ticket(ticket.id), client.texts(ticket.id)
    client.note(ticket.id, "Written before")
    client.do(ticket.id, lambda w: w.edit("priority", "4"))
    at.manner = manner
    client.settle()
    look(client, ticket)
    now = client.ticket(ticket.id)
    assert (now.priority, ticket.priority) == ("4", "4")
    assert now.source == before.source
    assert (now.created_at, now.due_at, now.owner) == (
        before.created_at,
        before.due_at,
        before.owner,
    )
    assert (now.status, now.department, now.topic, now.sla) == (
        before.status,
        before.department,
        before.topic,
        before.sla,
    )
    assert client.texts(ticket.id) == [*entries, "Written before"]
    assert list(at.truth.posted.values()) == [1]


@pytest.mark.parametrize("manner", OTHERS, ids=lambda manner: manner.language)
def test_the_day_after_the_directory_is_the_same_in_the_other_language(
    at: Panel, client: PanelClient, ticket: Ticket, manner: Manner
):
    with client.desk.unit() as unit:
        before = unit.directory()
    at.manner = manner
    client.wait(24 * 3600)
    client.sync()
    with client.desk.unit() as unit:
        now = unit.directory()
    assert now.lifecycle == before.lifecycle
    assert (now.agents, now.roles) == (before.agents, before.roles)
    client.do(ticket.id, lambda w: w.plain(Action.RELEASE))
    client.settle()
    assert ticket.staff == ""
