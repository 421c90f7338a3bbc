"""Marking overdue, which the panel lets a department's manager do: there, here, and back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from desk_app.domain.entry import Change
from desk_app.domain.filters import QueueFilter, SortKey
from desk_app.domain.lifecycle import Action
from desk_app.domain.moment import to_ms
from desk_app.domain.outbox import Edit, OutboxState
from desk_app.domain.verdict import Reason
from desk_app.ports.remote import Sending
from desk_app.ports.remote_errors import RefusedByServerError
from desk_app.services.command_bus import RefusedError
from desk_app.ui.sync_texts import server_words
from tests.remote.osticket_desk import PanelClient
from tests.remote.osticket_panel import panel, signed_in
from tests.remote.panel.server import Fate, Panel
from tests.remote.panel.truth import Ticket


@pytest.fixture
def at() -> Iterator[Panel]:
    with panel() as made:
        karen = made.truth.user("Karen Weber", "karen@bank.example")
        made.truth.open("Keyboard", karen, "<p>Help</p>")
        made.truth.agents["1"].manages = frozenset({"1"})
        yield made


@pytest.fixture
def ticket(at: Panel) -> Ticket:
    return next(iter(at.truth.tickets.values()))


@pytest.fixture
def john(at: Panel, ticket: Ticket, tmp_path: Path) -> Iterator[PanelClient]:
    yield from client(at, tmp_path / "john", "john")


def client(at: Panel, folder: Path, user: str) -> Iterator[PanelClient]:
    made = PanelClient(folder, signed_in(at, user))
    assert made.sync().problem == ""
    yield made
    made.reader.close()
    made.desk.close()


def late(john: PanelClient) -> int:
    """How many the queue of overdue tickets has."""
    wanted = QueueFilter(due_before_ms=to_ms(john.desk.now()))
    return len(john.reader.queue_ids(wanted, SortKey()))


def mark(john: PanelClient, ticket: Ticket) -> None:
    john.do(ticket.id, lambda w: w.plain(Action.MARK_OVERDUE, None))
    john.wait(1)


@pytest.mark.parametrize("fate", [Fate.NONE, *[f for f in Fate if f is not Fate.NONE]])
def test_it_is_marked_once_whatever_is_lost_and_late_here_at_once(
    at: Panel, john: PanelClient, ticket: Ticket, fate: Fate
):
    assert late(john) == 0
    mark(john, ticket)
    assert late(john) == 1  # before the server knows
    at.fates = [fate]
    john.settle()
    assert ticket.overdue
    assert [event.icon for event in ticket.events].count("time") == 1
    john.engine.read_ticket(john.find(ticket.id))
    assert late(john) == 1


def test_what_is_late_already_cannot_be_marked(john: PanelClient, ticket: Ticket):
    mark(john, ticket)
    with pytest.raises(RefusedError) as refused:
        mark(john, ticket)
    assert refused.value.denial.code is Reason.ALREADY_OVERDUE


def test_only_a_manager_may_and_the_gate_knows(at: Panel, ticket: Ticket, tmp_path: Path):
    made = client(at, tmp_path / "jane", "jane")
    jane = next(made)
    with pytest.raises(RefusedError) as refused:
        jane.do(ticket.id, lambda w: w.plain(Action.MARK_OVERDUE, None))
    assert refused.value.denial.code is Reason.NO_PERMISSION
    assert not ticket.overdue
    assert list(made) == []


def test_a_manager_who_is_none_any_more_gets_the_panels_words(
    at: Panel, john: PanelClient, ticket: Ticket
):
    mark(john, ticket)
    at.truth.agents["1"].manages = frozenset()
    john.sync()
    (item,) = john.items()
    assert item.state is OutboxState.REFUSED
    assert "not allowed to flag tickets overdue" in item.words


def test_what_a_colleague_marks_is_late_here_too(at: Panel, john: PanelClient, ticket: Ticket):
    at.truth.agents["2"].manages = frozenset({"1"})
    ticket.overdue = True
    at.truth.happen(ticket, "time", None, "Flagged as overdue by the system")
    john.engine.read_ticket(john.find(ticket.id))
    john.wait(60)  # its clock stands still, the panel's goes on
    assert late(john) == 1
    ticket.overdue = False
    john.engine.read_ticket(john.find(ticket.id))
    assert late(john) == 0


def test_another_due_time_takes_the_mark_away(at: Panel, john: PanelClient, ticket: Ticket):
    mark(john, ticket)
    john.settle()
    john.engine.read_ticket(john.find(ticket.id))
    due = at.truth.now() + timedelta(days=2)
    john.do(ticket.id, lambda w: w.edit("due_at", due))
    assert late(john) == 0
    john.settle()
    assert (ticket.overdue, ticket.due) == (False, due.replace(second=0))
    john.engine.read_ticket(john.find(ticket.id))
    assert late(john) == 0


def test_before_it_is_sent_it_can_be_taken_back(john: PanelClient, ticket: Ticket):
    event = john.do(ticket.id, lambda w: w.plain(Action.MARK_OVERDUE, None))
    john.desk.bus.undo(event, "1")
    john.settle()
    assert (late(john), ticket.overdue) == (0, False)


def test_the_panel_takes_no_mark_away_and_it_is_said_what_to_do_instead(
    at: Panel, john: PanelClient, ticket: Ticket
):
    mark(john, ticket)
    john.settle()
    change = Change(field="overdue_since", old=at.truth.now(), new=None)
    step = Edit(changes=(change,))
    with pytest.raises(RefusedByServerError) as refused:
        john.server.send(Sending(command="c1", step=step, ticket=ticket.id), john.desk.files)
    assert "give the ticket another due time" in server_words(str(refused.value.facts["why"]))
    assert ticket.overdue
