"""Requesters, collaborators and those a ticket is shown to: done here, seen there, and back."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desk_app.domain.lifecycle import Action
from desk_app.domain.outbox import OutboxState
from desk_app.domain.ticket import Referral
from desk_app.ports.outbox_reader import OutboxRow
from desk_app.services.opening import find_or_make
from desk_app.ui.outbox_texts import explain
from tests.remote.osticket_desk import PanelClient
from tests.remote.osticket_panel import panel, signed_in
from tests.remote.panel.server import Fate, Panel
from tests.remote.panel.truth import Refused, Ticket

PLACE = Referral(kind="department", key="3")
JANE = Referral(kind="agent", key="2")


@pytest.fixture
def at() -> Iterator[Panel]:
    with panel() as made:
        made.truth.open(
            "Screen", made.truth.user("Karen Weber", "karen@bank.example"), "<p>Help</p>"
        )
        yield made


@pytest.fixture
def ticket(at: Panel) -> Ticket:
    return next(iter(at.truth.tickets.values()))


@pytest.fixture
def client(at: Panel, tmp_path: Path) -> PanelClient:
    made = PanelClient(tmp_path / "john", signed_in(at))
    assert made.sync().problem == ""
    return made


def person(client: PanelClient, name: str) -> int:
    """Known to this desk alone so far."""
    return find_or_make(client.desk, name, f"{name.casefold()}@out.example").id


def look(client: PanelClient, ticket: Ticket) -> None:
    found = client.find(ticket.id)
    assert found is not None
    client.engine.read_ticket(found)


def undo(client: PanelClient, event: object) -> None:
    client.desk.bus.undo(event, "1")
    client.settle()


@pytest.mark.parametrize("fate", [None, Fate.LOSE_ANSWER, Fate.LOSE_REQUEST, Fate.CRASH])
def test_another_requester_is_sent_and_taken_back(
    at: Panel, client: PanelClient, ticket: Ticket, fate: Fate | None
):
    karen = client.ticket(ticket.id).requester
    lara = person(client, "Lara")
    event = client.do(ticket.id, lambda w: w.edit("requester", lara))
    at.fates = [] if fate is None else [fate]
    client.settle()
    assert ticket.user.email == "lara@out.example"
    look(client, ticket)
    assert client.ticket(ticket.id).requester == lara
    undo(client, event)
    assert ticket.user.email == "karen@bank.example"
    look(client, ticket)
    assert client.ticket(ticket.id).requester == karen


@pytest.mark.parametrize("fate", [None, Fate.LOSE_ANSWER, Fate.LOSE_REQUEST, Fate.CRASH])
def test_collaborators_are_sent_and_taken_back(
    at: Panel, client: PanelClient, ticket: Ticket, fate: Fate | None
):
    ada, ben = person(client, "Ada"), person(client, "Ben")
    added = client.do(ticket.id, lambda w: w.edit("collaborators", (ada, ben)))
    client.wait(1)
    muted = client.do(ticket.id, lambda w: w.edit("muted", (ben,)))
    at.fates = [] if fate is None else [fate]
    client.settle()
    assert [user.name for user in ticket.collaborators] == ["Ada", "Ben"]
    assert ticket.muted == {ticket.collaborators[1].id}
    look(client, ticket)
    assert client.ticket(ticket.id).collaborators == (ada, ben)
    assert client.ticket(ticket.id).muted == (ben,)
    undo(client, muted)
    assert ticket.muted == set()
    undo(client, added)
    assert ticket.collaborators == []


def test_a_collaborator_who_becomes_the_requester_is_one_again_after_undo(
    client: PanelClient, ticket: Ticket
):
    ada = person(client, "Ada")
    client.do(ticket.id, lambda w: w.edit("collaborators", (ada,)))
    client.settle()
    client.wait(1)
    event = client.do(ticket.id, lambda w: w.edit("requester", ada))
    assert client.ticket(ticket.id).collaborators == ()
    client.settle()
    assert (ticket.user.name, ticket.collaborators) == ("Ada", [])
    undo(client, event)
    assert ticket.user.name == "Karen Weber"
    assert [user.name for user in ticket.collaborators] == ["Ada"]


def test_who_leaves_is_muted_no_more(client: PanelClient, ticket: Ticket):
    ada = person(client, "Ada")
    client.do(ticket.id, lambda w: w.edit("collaborators", (ada,)))
    client.do(ticket.id, lambda w: w.edit("muted", (ada,)))
    client.do(ticket.id, lambda w: w.edit("collaborators", ()))
    assert client.ticket(ticket.id).muted == ()
    client.settle()
    assert ticket.collaborators == []


def test_a_colleagues_collaborators_appear_and_are_not_told_as_a_difference(
    at: Panel, client: PanelClient, ticket: Ticket
):
    from desk_app.sync.comparing import Comparing

    ticket.collaborators = [at.truth.user("Ada Doe", "ada@out.example")]
    ticket.muted = {ticket.collaborators[0].id}
    comparing = Comparing(client.desk, client.server)
    found = comparing.compare(progress=lambda *_: None, stop=lambda: False)
    assert [(d.field, d.here, d.there) for d in found.differences] == [
        ("collaborators", "", "ada@out.example"),
        ("muted", "", "ada@out.example"),
    ]
    comparing.repair(found.differences)
    (one,) = client.ticket(ticket.id).collaborators
    assert client.ticket(ticket.id).muted == (one,)
    with client.desk.unit() as unit:
        assert unit.requester(one).name == "Ada Doe"
    assert not comparing.compare(progress=lambda *_: None, stop=lambda: False).differences


def test_the_same_collaborators_in_another_order_are_no_conflict(
    at: Panel, client: PanelClient, ticket: Ticket
):
    ada, ben = person(client, "Ada"), person(client, "Ben")
    client.do(ticket.id, lambda w: w.edit("collaborators", (ada, ben)))
    client.settle()
    ticket.collaborators.reverse()
    client.wait(1)
    client.do(ticket.id, lambda w: w.edit("collaborators", (ada,)))
    client.sync()
    assert client.items() == []
    assert [user.name for user in ticket.collaborators] == ["Ada"]


def test_a_colleagues_change_of_the_same_is_parked(at: Panel, client: PanelClient, ticket: Ticket):
    ada = person(client, "Ada")
    client.do(ticket.id, lambda w: w.edit("collaborators", (ada,)))
    ticket.collaborators = [at.truth.user("Ben Doe", "ben@out.example")]
    client.sync()
    (item,) = client.items()
    assert item.state is OutboxState.CONFLICT
    client.settle()  # mine, knowing theirs
    assert [user.name for user in ticket.collaborators] == ["Ada"]


def test_a_ticket_is_shown_to_somebody_and_no_more(client: PanelClient, ticket: Ticket):
    client.do(ticket.id, lambda w: w.plain(Action.REFER, PLACE))
    client.wait(1)
    event = client.do(ticket.id, lambda w: w.plain(Action.REFER, JANE))
    client.settle()
    assert [(kind, key) for _, kind, key in ticket.referrals] == [("dept", "3"), ("agent", "2")]
    look(client, ticket)
    assert client.ticket(ticket.id).referrals == (PLACE, JANE)
    undo(client, event)
    assert [(kind, key) for _, kind, key in ticket.referrals] == [("dept", "3")]
    client.wait(1)
    client.do(ticket.id, lambda w: w.plain(Action.UNREFER, PLACE))
    client.settle()
    assert ticket.referrals == []
    look(client, ticket)
    assert client.ticket(ticket.id).referrals == ()


def test_a_colleagues_referral_is_seen_where_the_ticket_is_read(
    at: Panel, client: PanelClient, ticket: Ticket
):
    ticket.referrals.append(("77", "team", "3"))
    at.truth.happen(ticket, "exchange", at.truth.agents["2"], "referred")
    look(client, ticket)
    assert client.ticket(ticket.id).referrals == (Referral(kind="team", key="3"),)


def refusing(at: Panel) -> Any:
    """Writes no note."""
    write = at.truth.write

    def full(told: Ticket, kind: str, author: str, html: str) -> Any:
        if kind == "note":
            raise Refused("The database is full")
        return write(told, kind, author, html)

    return full


def test_a_comment_that_the_panel_does_not_take_is_no_secret(
    at: Panel, client: PanelClient, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
):
    """The requester's dialog takes no comment, so it goes as a note; the change is done by then."""
    monkeypatch.setattr(at.truth, "write", refusing(at))
    lara = person(client, "Lara")
    client.do(
        ticket.id, lambda w: replace(w.edit("requester", lara), comment="She asked, not Karen")
    )
    client.wait(10_000)
    client.sync()
    (item,) = client.items()
    assert (item.state, item.refused) == (OutboxState.REFUSED, ("comment",))
    assert item.words == "The database is full"
    assert client.ticket(ticket.id).requester == lara
    row = OutboxRow(item=item, number="1", subject="", owner_now=None)
    told = explain(row, None, server="Panel", account="", now=client.desk.now())
    assert "Panel took: Requester. It did not take: Comment." in told


def commented(client: PanelClient, ticket: Ticket) -> int:
    """The requester's dialog takes no comment: it goes as a note behind the change."""
    lara = person(client, "Lara")
    words = "She asked, not Karen"
    client.do(ticket.id, lambda w: replace(w.edit("requester", lara), comment=words))
    client.wait(10_000)
    return lara


def said(ticket: Ticket) -> list[str]:
    return [entry.html for entry in ticket.entries if "She asked" in entry.html]


@pytest.mark.parametrize("fate", [Fate.LOSE_REQUEST, Fate.LOSE_ANSWER, Fate.CRASH, Fate.BUSY])
@pytest.mark.parametrize("before", [0, 1])
def test_a_comment_is_said_once_whatever_is_lost(
    at: Panel, client: PanelClient, ticket: Ticket, fate: Fate, before: int
):
    lara = commented(client, ticket)
    at.fates = [*[Fate.NONE] * before, fate]
    client.sync()
    client.settle()
    assert client.ticket(ticket.id).requester == lara
    assert len(said(ticket)) == 1
    assert ticket.user.name.startswith("Lara")


def test_a_comment_is_said_once_though_it_is_lost_twice(
    at: Panel, client: PanelClient, ticket: Ticket
):
    commented(client, ticket)
    at.fates = [Fate.NONE, Fate.LOSE_ANSWER, Fate.LOSE_ANSWER]
    client.sync()
    client.settle()
    at.fates = []
    assert len(said(ticket)) == 1
    assert list(at.truth.posted.values()).count(1) == len(at.truth.posted)


def test_a_comment_is_said_by_the_program_that_was_started_again(
    at: Panel, client: PanelClient, ticket: Ticket
):
    """It ended between the change and the note."""
    commented(client, ticket)
    at.fates = [Fate.NONE, Fate.LOSE_REQUEST, Fate.LOSE_REQUEST]
    client.sync()
    assert said(ticket) == []
    client.server = signed_in(at)  # type: ignore[assignment]
    client.start()
    client.settle()
    assert len(said(ticket)) == 1


def test_a_comment_that_is_refused_once_is_sent_when_the_agent_says_so(
    at: Panel, client: PanelClient, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
):
    with monkeypatch.context() as patch:
        patch.setattr(at.truth, "write", refusing(at))
        commented(client, ticket)
        client.sync()
        (item,) = client.items()
        assert (item.state, item.refused) == (OutboxState.REFUSED, ("comment",))
    client.settle()
    assert len(said(ticket)) == 1


def test_a_comment_that_is_refused_when_it_is_looked_for_is_no_secret(
    at: Panel, client: PanelClient, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
):
    commented(client, ticket)
    at.fates = [Fate.NONE, Fate.LOSE_REQUEST]
    monkeypatch.setattr(at.truth, "write", refusing(at))
    client.sync()
    client.sync()
    (item,) = client.items()
    assert (item.state, item.refused) == (OutboxState.REFUSED, ("comment",))
    assert item.words == "The database is full"
