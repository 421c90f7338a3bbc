"""What the agent decides about a command while a round is under way counts until it goes out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desk_app.domain.outbox import OutboxItem, OutboxState
from desk_app.services.outbox import OutboxDesk
from tests.sync.desks import Client
from tests.sync.oracle import Oracle, OracleServer
from tests.sync.test_engine import oracle  # noqa: F401 - a fixture


class Interrupted(OracleServer):
    """The server, and what happens while it is asked."""

    on_send: Callable[[], None] | None = None
    on_look: Callable[[], None] | None = None

    def send(self, sending: Any, files: Any) -> Any:
        act, self.on_send = self.on_send, None
        if act is not None:
            act()
        return super().send(sending, files)

    def ticket(self, ticket: str) -> Any:
        act, self.on_look = self.on_look, None
        if act is not None:
            act()
        return super().ticket(ticket)


@pytest.fixture
def client(oracle: Oracle, tmp_path: Path) -> Client:  # noqa: F811
    made = Client(tmp_path / "desk", Interrupted(oracle))
    made.sync()
    return made


def outbox(client: Client) -> OutboxDesk:
    return OutboxDesk(client.desk.sync_unit, client.desk.now)


def of(client: Client, remote: str) -> OutboxItem:
    return next(item for item in client.items() if item.ticket == client.find(remote))


def test_what_is_discarded_while_another_is_sent_does_not_go_out(
    client: Client,
    oracle: Oracle,  # noqa: F811
):
    client.note("1", "Goes")
    client.note("2", "Does not go")
    seq = of(client, "2").seq
    client.server.on_send = lambda: outbox(client).discard(seq)
    client.sync()
    client.sync()
    assert [e.text for e in oracle.tickets["1"].entries][-1] == "Goes"
    assert "Does not go" not in [e.text for e in oracle.tickets["2"].entries]
    assert "Does not go" in client.drafts()
    assert client.items() == []


def test_what_is_held_while_its_ticket_is_looked_at_does_not_go_out(
    client: Client,
    oracle: Oracle,  # noqa: F811
):
    client.note("1", "Held")
    seq = of(client, "1").seq
    client.server.on_look = lambda: outbox(client).hold(seq)
    client.sync()
    assert oracle.posted == {}
    assert [item.state for item in client.items()] == [OutboxState.HELD]


def test_what_is_discarded_while_its_ticket_is_looked_at_is_no_conflict_afterwards(
    client: Client,
    oracle: Oracle,  # noqa: F811
):
    client.do("1", lambda writing: writing.edit("priority", "high"))
    oracle.set(oracle.tickets["1"], "priority", "low", "john")
    seq = of(client, "1").seq
    client.server.on_look = lambda: outbox(client).discard(seq)
    client.sync()
    assert client.items() == []
    client.sync()
    assert client.ticket("1").priority == oracle.tickets["1"].fields["priority"] == "low"


def test_what_is_taken_back_while_another_is_sent_does_not_go_out(
    client: Client,
    oracle: Oracle,  # noqa: F811
):
    client.note("1", "Goes")
    event = client.do("2", lambda writing: writing.edit("priority", "high"))
    client.server.on_send = lambda: client.desk.bus.undo(event, "sam")
    client.sync()
    client.sync()
    assert oracle.tickets["2"].fields["priority"] == "normal"
    assert oracle.values["2", "priority"] == ["normal"]
    assert client.items() == []
