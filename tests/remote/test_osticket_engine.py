"""Rounds of the engine against the fake panel: lost answers, crashes, sign-outs, colleagues."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from desk_app.domain import failpoint
from desk_app.domain.mirror import AccountState
from desk_app.domain.outbox import OutboxState
from desk_app.domain.ticket import Source, State
from tests.remote.osticket_desk import PanelClient
from tests.remote.osticket_panel import panel, signed_in
from tests.remote.panel.server import Fate, Panel
from tests.remote.panel.truth import Ticket
from tests.sync.test_machine import CrashError, crash


@pytest.fixture
def at() -> Iterator[Panel]:
    with panel() as made:
        karen = made.truth.user("Karen Weber", "karen@bank.example")
        for subject in ("Screen is black", "Payment fails", "Keyboard"):
            made.truth.open(subject, karen, f"<p>{subject}, please help</p>")
        yield made


@pytest.fixture
def client(at: Panel, tmp_path: Path) -> PanelClient:
    made = PanelClient(tmp_path / "john", signed_in(at))
    assert made.sync().problem == ""
    return made


def first(at: Panel) -> Ticket:
    return next(iter(at.truth.tickets.values()))


def states(client: PanelClient) -> list[OutboxState]:
    return [item.state for item in client.items()]


def test_a_first_sync_brings_tickets_with_their_threads(at: Panel, client: PanelClient):
    ticket = first(at)
    assert client.ticket(ticket.id).subject == "Screen is black"
    assert client.texts(ticket.id) == ["Screen is black, please help"]
    assert client.account().page is None


def test_a_quiet_round_is_four_requests_and_writes_nothing(at: Panel, client: PanelClient):
    for ticket in at.truth.tickets.values():  # it is long ago
        ticket.created = ticket.lastupdate = ticket.lastmessage = at.truth.now().replace(year=2020)
    client.compare()
    for _ in range(3):
        client.sync()
    for _ in range(3):
        before = len(at.log)
        changed = client.desk.others_version()
        assert client.sync().taken == 0
        assert len(at.log) - before <= 4
        assert client.desk.others_version() == changed
        assert not [line for line in at.log[before:] if "lock" in line]


def test_a_note_and_a_reply_are_there_once_here_and_there(at: Panel, client: PanelClient):
    ticket = first(at)
    client.note(ticket.id, "Toner ordered")
    client.reply(ticket.id, "On my way")
    client.settle()
    client.sync()
    assert [entry.kind for entry in ticket.entries] == ["message", "note", "response"]
    assert set(at.truth.posted.values()) == {1}
    words = ["Screen is black, please help", "Toner ordered", "On my way"]
    assert client.texts(ticket.id) == words
    assert client.ticket(ticket.id).owner == "1"  # a reply claims


@pytest.mark.parametrize("fate", [Fate.LOSE_ANSWER, Fate.LOSE_REQUEST, Fate.CRASH])
def test_after_a_lost_answer_it_is_looked_for_and_there_once(
    at: Panel, client: PanelClient, fate: Fate
):
    ticket = first(at)
    client.note(ticket.id, "Once")
    at.fates = [fate]
    client.sync()
    client.settle()
    client.sync()
    assert list(at.truth.posted.values()) == [1]
    assert client.texts(ticket.id) == ["Screen is black, please help", "Once"]


@pytest.mark.parametrize("fate", [Fate.LOSE_ANSWER, Fate.LOSE_REQUEST, Fate.CRASH])
def test_a_field_whose_answer_is_lost_gets_its_value(at: Panel, client: PanelClient, fate: Fate):
    ticket = first(at)
    client.do(ticket.id, lambda writing: writing.edit("priority", "4"))
    at.fates = [fate]
    client.sync()
    client.settle()
    client.sync()
    assert ticket.priority == client.ticket(ticket.id).priority == "4"


@pytest.mark.parametrize("fate", [None, Fate.LOSE_ANSWER, Fate.LOSE_REQUEST])
def test_a_ticket_made_offline_is_made_once_and_then_written_to(
    at: Panel, client: PanelClient, fate: Fate | None
):
    from desk_app.services.opening import NewTicket, open_ticket

    with client.desk.unit() as unit:
        directory = unit.directory()
    made = open_ticket(
        client.desk,
        directory,
        directory.agents["1"],
        NewTicket(
            name="Karen Weber",
            email="karen@bank.example",
            subject="New",
            html="<p>Help</p>",
            department="1",
            topic="1",
            priority="2",
        ),
    )
    with client.desk.unit() as unit:
        ticket = unit.ticket(made.ticket)
    client.desk.bus.handle(client.writing(ticket).note("<p>Called her</p>"))
    at.fates = [] if fate is None else [fate]
    client.settle()
    found = [t for t in at.truth.tickets.values() if t.subject == "New"]
    assert len(found) == 1
    assert [entry.kind for entry in found[0].entries] == ["message", "note"]
    assert set(at.truth.posted.values()) == {1}
    with client.desk.unit() as unit:
        assert unit.ticket(made.ticket).number == found[0].number


@pytest.mark.parametrize("point", [p for p in failpoint.POINTS if p.startswith("outbox")])
def test_a_crash_anywhere_sends_nothing_twice(
    at: Panel, client: PanelClient, point: str, monkeypatch: pytest.MonkeyPatch
):
    ticket = first(at)
    client.note(ticket.id, "Once")
    client.do(ticket.id, lambda writing: writing.edit("priority", "4"))
    with monkeypatch.context() as patch:
        patch.setattr(failpoint, "_ARMED", point)
        patch.setattr(failpoint.os, "kill", crash)
        try:
            client.sync()
        except CrashError:
            client.crash()
    client.settle()
    client.sync()
    assert list(at.truth.posted.values()) == [1]
    assert ticket.priority == "4"
    assert client.texts(ticket.id) == ["Screen is black, please help", "Once"]


def test_a_sign_out_keeps_everything_until_the_password_is_given(at: Panel, client: PanelClient):
    from desk_app.remote.osticket.session import Credentials

    ticket = first(at)
    client.note(ticket.id, "Kept")
    at.truth.agents["1"].password = "changed"
    at.expire()
    assert client.sync().problem == "sign_in"
    tries = at.tries["john"]
    client.sync()
    assert at.tries["john"] == tries == 1
    client.server.session.take_password(Credentials(user="john", password="changed"))
    client.account(AccountState.ON)
    client.settle()
    assert list(at.truth.posted.values()) == [1]


def test_what_a_colleague_does_in_the_panel_appears(at: Panel, client: PanelClient):
    ticket = first(at)
    jane = at.truth.agents["2"]
    ticket.staff = jane.id
    at.truth.happen(ticket, "hand-right", jane, "claimed")
    at.truth.write(ticket, "note", jane.name, "<p>Mine now</p>")
    client.compare()
    client.sync()
    assert client.ticket(ticket.id).owner == "2"
    assert client.texts(ticket.id)[-1] == "Mine now"


def test_a_closed_and_a_vanished_ticket_are_told_apart(at: Panel, client: PanelClient):
    one, two, three = at.truth.tickets.values()
    at.truth.set_status(at.truth.agents["2"], one, "2")
    two.dept = "3"
    three.status = "5"
    client.compare()
    client.sync()
    client.sync()
    assert client.ticket(one.id).state is State.CLOSED
    gone = {}
    with client.desk.sync_unit() as unit:
        for ticket in (two, three):
            base = unit.bases([ticket.id])[ticket.id]
            gone[ticket.subject] = base.gone
    assert gone == {"Payment fails": "unseen", "Keyboard": "deleted"}


def test_the_same_field_changed_by_both_is_parked(at: Panel, client: PanelClient):
    ticket = first(at)
    client.do(ticket.id, lambda writing: writing.edit("priority", "4"))
    ticket.priority = "1"
    client.sync()
    (item,) = client.items()
    assert item.state is OutboxState.CONFLICT
    assert [(c.field, c.old, c.new) for c in item.theirs] == [("priority", "2", "1")]
    assert ticket.priority == "1"


def test_a_reply_waits_if_the_requester_wrote_meanwhile(at: Panel, client: PanelClient):
    ticket = first(at)
    client.reply(ticket.id, "Restart it")
    at.truth.message(ticket, "<p>It burns</p>")
    client.wait()
    client.sync()
    assert states(client) == [OutboxState.STALE]
    assert "It burns" in client.texts(ticket.id)
    assert at.truth.posted == {}


def test_a_locked_ticket_is_waited_for_and_holds_no_other(at: Panel, client: PanelClient):
    one, two, _ = at.truth.tickets.values()
    at.truth.agents["2"].name = "Jane Doe"
    from tests.remote.panel.truth import Lock

    one.lock = Lock("7", "2", "code")
    client.note(one.id, "Later")
    client.note(two.id, "Now")
    client.sync()
    (item,) = client.items()
    assert (item.state, item.reason, item.words) == (OutboxState.WAITING, "locked", "Jane Doe")
    assert len(two.entries) == 2
    one.lock = None
    client.settle()
    assert len(one.entries) == 2


def test_a_refusal_says_the_servers_words_and_keeps_the_text(at: Panel, client: PanelClient):
    from tests.remote.panel.truth import Task

    ticket = first(at)
    client.do(ticket.id, lambda writing: writing.set_status("2"))
    ticket.tasks.append(Task("99", "Order", "<p>x</p>", at.truth.now()))
    # The desk knows nothing of the task: the rules here would let it pass.
    base_rules = client.engine._server.ticket
    client.engine._server.ticket = lambda number: replace(base_rules(number), tasks=())  # type: ignore[method-assign]
    client.sync()
    (item,) = client.items()
    assert item.state is OutboxState.REFUSED
    assert item.words == "This ticket has 1 open tasks and cannot be closed"


def test_where_a_ticket_came_from_is_sent_and_read(at: Panel, client: PanelClient):
    ticket = first(at)
    assert client.ticket(ticket.id).source is Source.PHONE
    client.do(ticket.id, lambda writing: writing.edit("source", Source.WEB))
    client.settle()
    assert ticket.source == "Web"
    ticket.source = "Email"
    client.compare()
    client.sync()
    assert client.ticket(ticket.id).source is Source.EMAIL


def test_a_breach_reason_is_a_note_there_and_a_value_on_a_colleagues_desk(
    at: Panel, client: PanelClient, tmp_path: Path
):
    ticket = first(at)
    client.do(ticket.id, lambda writing: writing.breach_reason("Waiting for a supplier: lamp"))
    client.settle()
    assert [entry.kind for entry in ticket.entries] == ["message", "note"]
    jane = PanelClient(tmp_path / "jane", signed_in(at, "jane"))
    jane.sync(threads=20)
    assert jane.ticket(ticket.id).breach_reason == "Waiting for a supplier: lamp"
    client.sync(threads=20)
    assert client.ticket(ticket.id).breach_reason == "Waiting for a supplier: lamp"
    assert len(client.texts(ticket.id)) == 2
