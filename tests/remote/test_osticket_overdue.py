"""Marking overdue, which the panel lets a department's manager do: there, here, and back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from desk_app.domain.errors import NothingToUndoError
from desk_app.domain.filters import QueueFilter, SortKey
from desk_app.domain.lifecycle import Action
from desk_app.domain.moment import to_ms
from desk_app.domain.outbox import OutboxState
from desk_app.domain.verdict import Reason
from desk_app.ports.outbox_reader import OutboxRow
from desk_app.services.command_bus import RefusedError
from desk_app.ui.outbox_texts import explain
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


def marked(john: PanelClient, ticket: Ticket) -> object:
    """The event of a mark that is there and was read back."""
    event = john.do(ticket.id, lambda w: w.plain(Action.MARK_OVERDUE, None))
    john.settle()
    look(john, ticket)
    john.wait(30)
    return event


def look(john: PanelClient, ticket: Ticket) -> None:
    john.engine.read_ticket(john.find(ticket.id))


def explained(john: PanelClient) -> str:
    """What is said of the one command that needs the agent."""
    (item,) = john.items()
    row = OutboxRow(item=item, number="1", subject="", owner_now=None)
    return " ".join(explain(row, None, server="Panel", account="", now=john.desk.now()))


DUES = {"by its plan": ("1", None), "of its own": ("1", timedelta(days=2)), "never": ("", None)}


@pytest.mark.parametrize("case", DUES)
@pytest.mark.parametrize("fate", [Fate.NONE, *[f for f in Fate if f is not Fate.NONE]])
@pytest.mark.parametrize("at_second", [False, True], ids=["first", "second"])
def test_the_mark_goes_away_again_and_the_due_time_is_as_it_was(
    at: Panel, john: PanelClient, case: str, fate: Fate, at_second: bool
):
    ticket, (sla, due) = next(iter(at.truth.tickets.values())), DUES[case]
    ticket.sla = sla
    ticket.due = None if due is None else (at.truth.now() + due).replace(second=0)
    own = ticket.due
    event = marked(john, ticket)
    assert late(john) == 1
    john.desk.bus.undo(event, "1")
    assert late(john) == 0
    at.fates = [Fate.NONE, fate] if at_second else [fate]
    john.settle()
    assert not ticket.overdue
    if own is None or fate in {Fate.NONE, Fate.SIGN_OUT}:
        assert ticket.due == own
    else:  # a minute later where the first of two requests was all that was done
        assert ticket.due in {own, own + timedelta(minutes=1)}
    look(john, ticket)
    john.wait(60)
    assert late(john) == 0


def test_a_mark_whose_ticket_is_late_by_its_time_stays_and_it_is_said_why(
    at: Panel, john: PanelClient, ticket: Ticket
):
    event = marked(john, ticket)
    ticket.due = at.truth.now() - timedelta(minutes=1)
    john.desk.bus.undo(event, "1")
    john.sync()
    (item,) = john.items()
    assert item.state is OutboxState.REFUSED
    assert "late by that" in explained(john)
    assert ticket.overdue


def test_whoever_may_not_edit_is_told_that_the_mark_stays(
    at: Panel, john: PanelClient, ticket: Ticket
):
    event = marked(john, ticket)
    at.truth.agents["1"].rights -= {"edit"}
    john.desk.bus.undo(event, "1")
    john.sync()
    (item,) = john.items()
    assert item.state is OutboxState.REFUSED
    assert "which you may not change there" in explained(john)
    assert ticket.overdue


def test_what_was_unmarked_is_marked_again_by_another_undo(
    at: Panel, john: PanelClient, ticket: Ticket
):
    event = marked(john, ticket)
    undoing = john.desk.bus.undo(event, "1").event
    john.settle()
    look(john, ticket)
    john.desk.bus.undo(undoing, "1")
    john.settle()
    assert ticket.overdue


def test_a_mark_that_is_gone_already_is_said_to_be_changed_since(
    at: Panel, john: PanelClient, ticket: Ticket
):
    event = marked(john, ticket)
    ticket.overdue = False
    look(john, ticket)
    with pytest.raises(NothingToUndoError) as refused:
        john.desk.bus.undo(event, "1")
    assert refused.value.facts["why"] == "changed_since"
