"""Who asks and who gets copies, changed from here on a Request Tracker; and back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desk_app.domain.mirror import Difference
from desk_app.domain.outbox import OutboxState
from desk_app.services.opening import find_or_make
from desk_app.sync.comparing import Comparing
from tests.remote.fake_rt import FakeRt, Fate, fake_rt
from tests.remote.rt_desk import FakeClient

GROUP = "27"


@pytest.fixture
def rt() -> Iterator[FakeRt]:
    with fake_rt() as server:
        body = {"Queue": "Support", "Subject": "Printer", "Requestor": "una@out.test"}
        server.make("una", body | {"Content": "Broken"})
        yield server


@pytest.fixture
def client(rt: FakeRt, tmp_path: Path) -> FakeClient:
    made = FakeClient(tmp_path / "sam", rt.url)
    assert made.sync().problem == ""
    return made


def person(client: FakeClient, name: str) -> int:
    """Known to this desk alone so far."""
    return find_or_make(client.desk, name, f"{name.casefold()}@out.test").id


def settle(client: FakeClient) -> None:
    for _ in range(4):
        client.sync()
        client.wait(4000)
    client.sync()


def undo(client: FakeClient, event: Any) -> None:
    client.desk.bus.undo(event, "sam")
    settle(client)


def compared(client: FakeClient) -> tuple[Difference, ...]:
    comparing = Comparing(client.desk, client.server)
    return comparing.compare(progress=lambda *_: None, stop=lambda: False).differences


def look(client: FakeClient) -> None:
    """As after the ticket was opened."""
    client.engine.read_ticket(client.find("1"))


FATES = [None, Fate.LOSE_ANSWER, Fate.LOSE_REQUEST]


@pytest.mark.parametrize("fate", FATES)
def test_another_requester_is_sent_once_and_taken_back(
    rt: FakeRt, client: FakeClient, fate: Fate | None
):
    una, lara = client.ticket("1").requester, person(client, "Lara")
    event = client.do("1", lambda w: w.edit("requester", lara))
    rt.fates = [] if fate is None else [fate]
    settle(client)
    assert rt.tickets["1"]["Requestor"] == ["lara@out.test"]
    assert rt.users["lara@out.test"]["RealName"] == "Lara"
    assert [row["Type"] for row in rt.history("1")].count("AddWatcher") == 1
    look(client)
    assert client.items() == []
    assert client.ticket("1").requester == lara
    undo(client, event)
    assert rt.tickets["1"]["Requestor"] == ["una"]
    look(client)
    assert client.ticket("1").requester == una


@pytest.mark.parametrize("fate", FATES)
def test_copies_are_added_and_taken_away_and_others_stay(
    rt: FakeRt, client: FakeClient, fate: Fate | None
):
    rt.groups.add(GROUP)
    rt.role("1", "lea", "Cc", [GROUP])
    ada, ben = person(client, "Ada"), person(client, "Ben")
    event = client.do("1", lambda w: w.edit("collaborators", (ada, ben)))
    rt.fates = [] if fate is None else [fate]
    settle(client)
    assert rt.tickets["1"]["Cc"] == [GROUP, "ada@out.test", "ben@out.test"]
    look(client)
    assert client.ticket("1").collaborators == (ada, ben)
    rt.role("1", "lea", "Cc", [GROUP, "ada@out.test", "ben@out.test", "kim@out.test"])
    client.do("1", lambda w: w.edit("collaborators", (ben,)))
    settle(client)
    assert rt.tickets["1"]["Cc"][0] == GROUP
    assert "ben@out.test" in rt.tickets["1"]["Cc"]
    assert rt.tickets["1"]["Requestor"] == ["una"]
    assert [c.field for c in event.changes] == ["collaborators"]


def test_a_colleagues_own_addition_meanwhile_is_told_or_kept(rt: FakeRt, client: FakeClient):
    """Both changed who gets copies: nobody's is lost without a word."""
    ada = person(client, "Ada")
    client.do("1", lambda w: w.edit("collaborators", (ada,)))
    rt.role("1", "lea", "Cc", ["kim@out.test"])
    settle(client)
    items = client.items()
    assert "kim@out.test" in rt.tickets["1"]["Cc"]
    there = "ada@out.test" in rt.tickets["1"]["Cc"]
    assert there or [item.state for item in items] == [OutboxState.CONFLICT]


def test_other_requestors_and_copies_come_from_the_server_in_lists_too(
    rt: FakeRt, client: FakeClient
):
    rt.role("1", "lea", "Cc", ["kim@out.test"])
    rt.role("1", "lea", "Requestor", ["una", "bo@out.test"])
    client.sync()
    ticket = client.ticket("1")
    with client.desk.unit() as unit:
        names = {unit.requester(one).email for one in ticket.collaborators}
        assert unit.requester(ticket.requester).email == "una@out.test"
    assert names == {"kim@out.test", "bo@out.test"}
    changed = client.desk.others_version()
    assert client.sync().taken == 0
    assert client.desk.others_version() == changed
    lara = person(client, "Lara")
    client.do("1", lambda w: w.edit("requester", lara))
    settle(client)
    assert sorted(rt.tickets["1"]["Requestor"]) == ["bo@out.test", "lara@out.test"]
    assert client.items() == []


def test_a_refusal_inside_of_a_yes_is_found(rt: FakeRt, client: FakeClient):
    rt.may_watch = False
    lara = person(client, "Lara")
    client.do("1", lambda w: w.edit("requester", lara))
    settle(client)
    (item,) = client.items()
    assert (item.state, item.reason) == (OutboxState.REFUSED, "server")
    assert "Permission Denied" in item.words
    assert rt.tickets["1"]["Requestor"] == ["una"]


def test_somebody_without_an_address_is_refused_before_anything_is_sent(
    rt: FakeRt, client: FakeClient
):
    from desk_app.domain.people import Requester

    with client.desk.sync_unit() as unit:
        unit.save_requesters([Requester(id=77, name="Nobody knows", email="")])
        unit.commit()
    client.do("1", lambda w: w.edit("collaborators", (77,)))
    settle(client)
    (item,) = client.items()
    assert (item.state, item.words) == (OutboxState.REFUSED, "no_address")
    assert rt.tickets["1"]["Cc"] == []


def test_what_others_did_to_people_is_in_the_history_and_ones_own_once(
    rt: FakeRt, client: FakeClient
):
    rt.role("1", "lea", "Cc", ["kim@out.test"])
    ada = person(client, "Ada")
    client.do("1", lambda w: w.edit("collaborators", (ada,)))
    settle(client)
    look(client)
    page = client.reader.page(client.find("1"), agent="sam", entries=10)
    told = [(e.actor, e.action, e.comment) for e in page.events if e.command.startswith("v:")]
    assert ("lea", "edit_collaborators", "+ kim@out.test") in told
    assert not any(actor == "sam" for actor, _, _ in told)


@pytest.mark.parametrize("fate", FATES)
def test_watchers_are_added_and_taken_away_and_are_no_collaborators(
    rt: FakeRt, client: FakeClient, fate: Fate | None
):
    """RT's AdminCc: whoever gets comments too. Groups and other roles stay as they are."""
    rt.groups.add(GROUP)
    rt.role("1", "lea", "AdminCc", [GROUP, "ann"])
    rt.role("1", "lea", "Cc", ["kim@out.test"])
    client.sync()
    (ann,), (kim,) = client.ticket("1").watchers, client.ticket("1").collaborators
    with client.desk.unit() as unit:
        assert unit.requester(ann).email == "ann@desk.test"
    event = client.do("1", lambda w: w.edit("watchers", (ann, kim)))
    rt.fates = [] if fate is None else [fate]
    settle(client)
    assert rt.tickets["1"]["AdminCc"] == [GROUP, "ann", "kim@out.test"]
    assert rt.tickets["1"]["Cc"] == ["kim@out.test"]
    look(client)
    assert client.items() == []
    assert client.ticket("1").watchers == (ann, kim)
    assert client.ticket("1").collaborators == (kim,)
    undo(client, event)
    assert rt.tickets["1"]["AdminCc"] == [GROUP, "ann"]
    client.do("1", lambda w: w.edit("watchers", ()))
    settle(client)
    assert rt.tickets["1"]["AdminCc"] == [GROUP]
    assert rt.tickets["1"]["Cc"] == ["kim@out.test"]
    assert client.items() == []


def test_both_change_the_watchers_and_nobodys_is_lost(rt: FakeRt, client: FakeClient):
    ada = person(client, "Ada")
    client.do("1", lambda w: w.edit("watchers", (ada,)))
    rt.role("1", "lea", "AdminCc", ["ann"])
    settle(client)
    (item,) = client.items()
    assert (item.state, item.theirs[0].field) == (OutboxState.CONFLICT, "watchers")
    assert rt.tickets["1"]["AdminCc"] == ["ann"]


def test_watchers_that_others_changed_are_told_and_compared(rt: FakeRt, client: FakeClient):
    rt.groups.add(GROUP)
    rt.role("1", "lea", "AdminCc", ["ann", GROUP])
    client.sync()
    look(client)
    page = client.reader.page(client.find("1"), agent="sam", entries=10)
    assert [one.email for one in page.watchers] == ["ann@desk.test"]
    told = [(e.actor, e.action, e.comment) for e in page.events]
    assert ("lea", "edit_watchers", "+ Ann Agent") in told
    assert ("lea", "edit_watchers", f"+ group {GROUP}") in told
    rt.tickets["1"]["AdminCc"] = []  # behind the back of the feed
    found = compared(client)
    assert [(one.field, one.here, one.there) for one in found] == [
        ("watchers", "ann@desk.test", "")
    ]
