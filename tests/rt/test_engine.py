"""Whole rounds of the engine on the real RT: two agents, a dead server, an hour offline."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desk_app.domain.lifecycle import Action
from desk_app.domain.mirror import AccountState, Base
from desk_app.domain.move_record import MoveKind, MovesWanted
from desk_app.domain.outbox import OutboxState
from desk_app.domain.ticket import Referral
from desk_app.ports.remote import GoneWhy
from tests.rt.desk import RtClient
from tests.rt.line import Cut, Line, line_to
from tests.rt.real_rt import Person, RealRt

ANN = Referral(kind="agent", key="ann")
MakeClient = Callable[..., RtClient]


@pytest.fixture(autouse=True)
def _only_own_tickets_open(root: Person) -> None:
    """What other tests left behind need not be read by each new desk."""
    root.close_all()


@pytest.fixture
def clients(rt: RealRt, tmp_path: Path) -> Iterator[MakeClient]:
    made: list[RtClient] = []

    def make(agent: str = "sam", url: str = "") -> RtClient:
        client = RtClient(tmp_path / f"{agent}-{len(made)}", url or rt.url, agent, 5 + len(made))
        made.append(client)
        return client

    yield make
    for client in made:
        client.close()


@pytest.fixture
def line(rt: RealRt) -> Iterator[Line]:
    with line_to(rt.port) as found:
        yield found


def synced(client: RtClient) -> RtClient:
    report = client.sync(threads=200)
    assert (report.problem, report.detail) == ("", "")
    return client


def written(root: Person, ticket: str) -> list[str]:
    """Every text on the server by RT's own account; mail that it sent of them left out."""
    kinds = {"Create", "Correspond", "Comment"}
    rows = {row["id"] for row in root.history(ticket) if row["Type"] in kinds}
    fields = "Content,ContentType,TransactionId"
    items = root.get(f"/ticket/{ticket}/attachments", fields=fields, per_page=100)["items"]
    texts = [i for i in items if i["ContentType"] in {"text/html", "text/plain"}]
    return [item["Content"] for item in texts if item["TransactionId"] in rows]


# --- two agents ---------------------------------------------------------------------------------


def test_two_agents_change_different_fields_of_one_ticket(clients: MakeClient, root: Person):
    ticket = root.make("Two fields")
    sam, ann = synced(clients("sam")), synced(clients("ann"))
    sam.do(ticket, lambda writing: writing.edit("priority", "high"))
    ann.do(ticket, lambda writing: writing.edit("subject", "Two fields, by Ann"))
    synced(ann)
    synced(sam)
    synced(ann)
    for client in (sam, ann):
        found = client.ticket(ticket)
        assert (found.priority, found.subject) == ("high", "Two fields, by Ann")
        assert client.items() == []


def test_two_agents_change_the_same_field_and_the_second_is_asked(
    clients: MakeClient, root: Person
):
    ticket = root.make("One field")
    sam, ann = synced(clients("sam")), synced(clients("ann"))
    sam.do(ticket, lambda writing: writing.edit("priority", "high"))
    ann.do(ticket, lambda writing: writing.edit("priority", "normal"))
    synced(ann)
    synced(sam)
    (item,) = sam.items()
    assert item.state is OutboxState.CONFLICT
    assert [(c.field, c.old, c.new) for c in item.theirs] == [("priority", "low", "normal")]
    assert root.get(f"/ticket/{ticket}")["Priority"] == "50"


def test_two_agents_take_the_same_ticket(clients: MakeClient, root: Person):
    ticket = root.make("Taken twice")
    sam, ann = synced(clients("sam")), synced(clients("ann"))
    sam.do(ticket, lambda writing: writing.plain(Action.CLAIM))
    ann.do(ticket, lambda writing: writing.plain(Action.CLAIM))
    synced(sam)
    synced(ann)
    (item,) = ann.items()
    assert item.needs_you
    assert root.get(f"/ticket/{ticket}")["Owner"]["id"] == "sam"


def test_a_reply_waits_when_the_requester_wrote_meanwhile(clients: MakeClient, root: Person):
    ticket = root.make("Overtaken")
    sam = synced(clients("sam"))
    sam.reply(ticket, "Try this")
    root.write(ticket, "It works again")
    sam.wait()
    synced(sam)
    assert [item.state for item in sam.items()] == [OutboxState.STALE]
    assert len(written(root, ticket)) == 2


def test_what_rt_refuses_is_shown_in_its_own_words(clients: MakeClient, root: Person, lea: Person):
    ticket = root.make("Not mine to give")
    lea.put(f"/ticket/{ticket}", Owner="lea")
    sam = synced(clients("sam"))
    sam.do(ticket, lambda writing: writing.plain(Action.ASSIGN, ANN))
    synced(sam)
    (item,) = sam.items()
    assert (item.state, item.reason) == (OutboxState.REFUSED, "server")
    assert "reassign" in item.words
    assert root.get(f"/ticket/{ticket}")["Owner"]["id"] == "lea"


def test_a_written_text_is_one_entry_here_and_there(clients: MakeClient, root: Person):
    ticket = root.make("Once")
    sam = synced(clients("sam"))
    sam.reply(ticket, "Restart it")
    sam.note(ticket, "Told them to restart")
    sam.wait()
    synced(sam)
    synced(sam)
    assert sam.texts(ticket) == ["Once is broken", "Restart it", "Told them to restart"]
    assert len(written(root, ticket)) == 3
    before = sam.server.session.http.requests
    assert synced(sam).items() == []
    assert sam.server.session.http.requests - before <= 2


def test_what_comes_in_the_same_second_is_not_missed(clients: MakeClient, root: Person):
    ticket = root.make("Quick")
    sam = synced(clients("sam"))
    for number in range(4):
        root.write(ticket, f"Word {number}")
        synced(sam)
        assert sam.texts(ticket)[-1] == f"Word {number}"


# --- a server that dies -------------------------------------------------------------------------


@pytest.mark.parametrize("cut", [Cut.BEFORE, Cut.UNDERWAY, Cut.ANSWERED])
def test_a_server_killed_during_a_reply_has_it_once(
    clients: MakeClient, line: Line, rt: RealRt, root: Person, cut: Cut
):
    ticket = root.make(f"Killed {cut.name}")
    sam = synced(clients("sam", line.url))
    sam.reply(ticket, f"Only once {cut.name}")
    sam.wait()
    line.when = lambda first: (
        cut if first.startswith("POST") and "correspond" in first else (Cut.NEVER)
    )
    line.then = rt.kill
    assert sam.sync().problem == "not_reached"
    assert [item.state for item in sam.items()] == [OutboxState.UNCERTAIN]
    line.when = lambda _: Cut.NEVER
    rt.start()
    synced(sam)
    sam.wait()
    synced(sam)
    assert sam.items() == []
    texts = written(root, ticket)
    assert sum(f"Only once {cut.name}" in text for text in texts) == 1
    assert sam.texts(ticket) == [f"Killed {cut.name} is broken", f"Only once {cut.name}"]


# --- an hour offline ----------------------------------------------------------------------------


@pytest.mark.timeout(240)
def test_an_hour_offline_with_200_commands_and_then_one_sync(
    clients: MakeClient, line: Line, root: Person
):
    tickets = root.make_many([f"Offline {number}" for number in range(20)])
    sam = synced(clients("sam", line.url))
    line.is_cut = True
    for place, ticket in enumerate(tickets):
        sam.do(ticket, lambda writing: writing.plain(Action.CLAIM))
        for number in range(6):
            sam.note(ticket, f"note {place}-{number}.")
        sam.do(ticket, lambda writing: writing.edit("priority", "high"))
        sam.do(ticket, lambda writing, place=place: writing.edit("subject", f"Changed {place}"))
        sam.reply(ticket, f"reply {place}.")
    assert len(sam.items()) == 200
    sam.wait(1800)
    assert sam.sync().problem == "not_reached"
    sam.wait(1800)
    assert len(sam.items()) == 200
    line.is_cut = False
    report = sam.sync(threads=200)
    assert (report.problem, report.settled, sam.items()) == ("", 200, [])
    for place, ticket in enumerate(tickets):
        rows = root.history(ticket)
        made = [(row["Field"], row["NewValue"]) for row in rows if row["Type"] == "Set"]
        for change in (("Priority", "100"), ("Subject", f"Changed {place}")):
            assert made.count(change) == 1
        assert sum(field == "Owner" for field, _ in made) == 1
        texts = "\n".join(written(root, ticket))
        words = [f"note {place}-{number}." for number in range(6)] + [f"reply {place}."]
        assert [texts.count(one) for one in words] == [1] * 7
        assert sam.texts(ticket)[1:] == words
    assert sam.sync().settled == 0


# --- out of sight -------------------------------------------------------------------------------


def test_a_ticket_moved_out_of_sight_is_noticed_in_ordinary_rounds(
    clients: MakeClient, root: Person
):
    kept, moved, worked = (root.make(name) for name in ("Stays", "Goes", "Goes with work"))
    sam = synced(clients("sam"))
    sam.note(worked, "Not sent yet")
    sam.account(AccountState.OFFLINE)
    for ticket in (moved, worked):
        root.put(f"/ticket/{ticket}", Queue="Secret")
    sam.account(AccountState.ON)
    synced(sam)
    synced(sam)
    assert base(sam, kept).gone == ""
    assert (base(sam, moved).gone, sam.ticket(moved).department) == ("unseen", "")
    (item,) = sam.items()
    assert (item.state, base(sam, worked).gone) == (OutboxState.REFUSED, "unseen")
    assert sam.ticket(worked).department != "", "unsent work stays where the agent sees it"
    root.put(f"/ticket/{moved}", Queue="Support")
    synced(sam)
    synced(sam)
    assert base(sam, moved).gone == ""


def test_deleted_merged_and_hidden_tickets_are_told_apart_in_one_look(
    clients: MakeClient, root: Person
):
    names = ("Here", "Deleted", "Merged", "Hidden")
    here, deleted, merged, hidden = (root.make(name) for name in names)
    sam = synced(clients("sam"))
    root.put(f"/ticket/{deleted}", Status="deleted")
    root.put(f"/ticket/{merged}", MergeInto=here)
    root.put(f"/ticket/{hidden}", Queue="Secret")
    told = sam.server._tickets.vanished([here, deleted, merged, hidden])
    found = {one.id: getattr(one, "why", None) or getattr(one, "status", None) for one in told}
    assert found == {deleted: "deleted", merged: GoneWhy.MERGED, hidden: GoneWhy.UNSEEN}
    assert next(one.into for one in told if one.id == merged) == here


def base(client: RtClient, ticket: str) -> Base:
    with client.desk.sync_unit() as unit:
        return unit.bases([ticket])[ticket]


def test_a_reason_that_a_colleague_writes_into_its_field_is_listed_with_who_and_from_what(
    clients: MakeClient, root: Person
):
    ticket = root.make("Late")
    sam, ann = synced(clients("sam")), synced(clients("ann"))
    for client in (sam, ann):
        with client.desk.sync_unit() as unit:
            unit.mark_reason_field("Room")
            unit.commit()
    for reason in ("No parts", "No time"):
        ann.do(ticket, lambda writing, reason=reason: writing.breach_reason(reason))
        synced(ann)
    synced(sam)
    for client in (sam, ann):
        assert client.ticket(ticket).breach_reason == "No time"
        found = client.reader.moves(MovesWanted(kind=MoveKind.BREACH_REASON), limit=9)
        steps = [(moved.actor, dict(moved.steps)["breach_reason"]) for moved in found]
        assert steps == [("ann", ("No parts", "No time")), ("ann", (None, "No parts"))]
