"""What the gate says before a ticket is closed, and what the log tells where the panel differs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from desk_app.domain.outbox import OutboxState
from desk_app.domain.verdict import Fix, Reason
from desk_app.services.command_bus import RefusedError
from desk_app.ui.log_controller import log_row
from desk_app.ui.sync_texts import reason_text, server_words
from tests.remote.osticket_desk import PanelClient
from tests.remote.osticket_panel import panel_with_a_question, signed_in
from tests.remote.panel import html, truth
from tests.remote.panel.server import Panel
from tests.remote.panel.truth import Ticket


@pytest.fixture
def at() -> Iterator[Panel]:
    with panel_with_a_question() as made:
        yield made


@pytest.fixture
def ticket(at: Panel) -> Ticket:
    return next(iter(at.truth.tickets.values()))


@pytest.fixture
def client(at: Panel, tmp_path: Path) -> PanelClient:
    made = PanelClient(tmp_path / "john", signed_in(at))
    assert made.sync().problem == ""
    return made


def foreseen(client: PanelClient) -> list[tuple[str, str, str]]:
    lines = [line for line in client.reader.sync_log(limit=99) if line.what.startswith("foresight")]
    return [(line.what, line.outcome, line.detail.partition(" ")[2]) for line in lines]


def test_a_required_answer_is_asked_for_before_anything_goes_out(
    client: PanelClient, ticket: Ticket
):
    with pytest.raises(RefusedError) as refused:
        client.do(ticket.id, lambda w: w.set_status("2"))
    denied = refused.value.denial
    assert (denied.code, denied.facts) == (Reason.MISSING_FIELD, {"field": "Asset tag"})
    assert denied.fix == Fix(action=denied.fix.action, field="custom:36")
    client.do(ticket.id, lambda w: w.edit("custom:36", "A-1"))
    client.wait(1)
    client.do(ticket.id, lambda w: w.set_status("2"))
    client.settle()
    assert (ticket.answers["36"], ticket.status) == ("A-1", "2")
    assert foreseen(client) == []


def test_after_another_topic_its_question_is_asked_for_and_can_be_answered(
    client: PanelClient, ticket: Ticket
):
    """The panel's change of a topic brings no questions: they are added when one is answered."""
    ticket.topic = "1"
    client.engine.read_ticket(client.find(ticket.id))
    client.do(ticket.id, lambda w: w.edit("topic", "13"))
    client.settle()
    assert (ticket.topic, ticket.has_form) == ("13", False)
    with pytest.raises(RefusedError) as refused:
        client.do(ticket.id, lambda w: w.set_status("2"))
    assert refused.value.denial.fix.field == "custom:36"
    client.do(ticket.id, lambda w: w.edit("custom:36", "A-1"))
    client.wait(1)
    client.do(ticket.id, lambda w: w.set_status("2"))
    client.settle()
    assert (ticket.answers, ticket.status) == ({"36": "A-1"}, "2")


def test_a_question_that_cannot_be_added_is_refused_with_a_reason(
    client: PanelClient, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
):
    ticket.without_form = True
    monkeypatch.setattr(html, "forms", lambda t: '<form><input name="forms[]" value="2"></form>')
    client.do(ticket.id, lambda w: w.edit("custom:36", "A-1"))
    client.sync()
    (item,) = client.items()
    assert item.state is OutboxState.REFUSED
    assert "cannot be added" in server_words(item.words)


def test_what_a_list_leaves_out_is_not_taken_for_missing(at: Panel, tmp_path: Path):
    ticket = next(iter(at.truth.tickets.values()))
    ticket.answers["36"] = "A-1"
    ticket.created = ticket.lastupdate = ticket.lastmessage = at.truth.now().replace(year=2020)
    client = PanelClient(tmp_path / "desk", signed_in(at))
    assert client.sync(threads=0).problem == ""
    assert client.ticket(ticket.id).listed_only
    client.do(ticket.id, lambda w: w.set_status("2"))
    client.settle()
    assert ticket.status == "2"
    assert not client.ticket(ticket.id).listed_only


def test_a_refusal_that_nobody_foresaw_is_told_as_a_difference(
    at: Panel, ticket: Ticket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """The panel asks for an answer since the directory was read."""
    with monkeypatch.context() as patch:
        asks_for(patch, set())
        client = PanelClient(tmp_path / "john", signed_in(at))
        assert client.sync().problem == ""
    client.do(ticket.id, lambda w: w.set_status("2"))
    client.sync()
    (item,) = client.items()
    assert (item.state, item.reason) == (OutboxState.REFUSED, "server")
    assert item.words == "This ticket is missing data on one or more required fields"
    detail = "action=set_status foreseen=allowed"
    assert foreseen(client) == [
        ("foresight set_status", "desk_looser", f"{detail} reason=server"),
        ("foresight set_status", "desk_looser", detail),
    ]
    assert ticket.status == "1"


def test_a_rule_of_the_desk_alone_says_so(
    client: PanelClient, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
):
    """The panel asks for no answer any more, and a colleague took it away."""
    ticket.answers = {"36": "A-1"}
    client.engine.read_ticket(client.find(ticket.id))
    client.do(ticket.id, lambda w: w.set_status("2"))
    ticket.answers = {}
    asks_for(monkeypatch, set())
    client.sync()
    (item,) = client.items()
    why = (item.state, item.reason, item.words)
    assert why == (OutboxState.REFUSED, "gate_alone", "missing_field")
    detail = "action=set_status foreseen=missing_field reason=gate_alone"
    assert foreseen(client) == [("foresight set_status", "desk_stricter", detail)]
    assert "though the server shows a way" in reason_text(item.reason)
    row = log_row(next(x for x in client.reader.sync_log(limit=9) if "foresight" in x.what))
    assert (row.outcome, row.why) == (
        "the desk says no, the server shows a way",
        reason_text("gate_alone"),
    )


def asks_for(patch: pytest.MonkeyPatch, numbers: set[str]) -> None:
    """Which questions the panel wants answered before a ticket is closed."""
    for module in (truth, html):
        patch.setattr(module, "TO_CLOSE", frozenset(numbers))
