"""Why a ticket was late, in a field of the server's own: written, read back, undone, told apart."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from desk_app.domain.errors import NotFoundError
from desk_app.domain.move_record import Moved, MoveKind, MovesWanted
from desk_app.domain.outbox import OutboxState
from desk_app.remote.request_tracker.server import RequestTracker
from desk_app.remote.request_tracker.session import Session
from desk_app.sync.link import ServerLink
from desk_app.system.keyring_secrets import KeyringSecrets
from desk_app.system.only_one import only_one
from tests.remote.fake_rt import FakeRt, fake_rt
from tests.remote.rt_desk import RULES, FakeClient

LATE, FIELD = "Late because", "6"


@pytest.fixture
def rt() -> Iterator[FakeRt]:
    with fake_rt() as server:
        server.fields[FIELD] = LATE
        body = {"Queue": "1", "Subject": "Printer", "Requestor": "una@out.test", "Content": "x"}
        server.make("una", body)
        server.make("una", body | {"Queue": "2"})  # which has no such field
        yield server


@pytest.fixture
def client(rt: FakeRt, tmp_path: Path) -> FakeClient:
    made = FakeClient(tmp_path / "sam", rt.url)
    assert made.sync().problem == ""
    return made


@pytest.fixture
def link(client: FakeClient, rt: FakeRt, tmp_path: Path) -> ServerLink:
    return ServerLink(
        client.desk,
        lambda account, secret: RequestTracker(Session(rt.url, "sam", secret), lifecycle=RULES),
        KeyringSecrets(),
        only_one=lambda: only_one(tmp_path / "sam"),
    )


def value(rt: FakeRt, ticket: str = "1") -> str:
    return rt.tickets[ticket]["CustomFields"].get(FIELD) or ""


def notes(rt: FakeRt, ticket: str = "1") -> int:
    return sum(row["Type"] == "Comment" for row in rt.history(ticket))


def give(client: FakeClient, reason: str, ticket: str = "1"):
    client.wait(1)
    return client.do(ticket, lambda writing: writing.breach_reason(reason))


def test_where_none_is_named_a_note_says_it(client: FakeClient, rt: FakeRt):
    give(client, "Waiting for a supplier")
    client.sync()
    assert (value(rt), notes(rt)) == ("", 1)


def test_the_named_field_says_it_and_no_note(client: FakeClient, link: ServerLink, rt: FakeRt):
    link.map_reason("late BECAUSE")
    event = give(client, "Waiting for a supplier")
    client.sync()
    assert (value(rt), notes(rt)) == ("Waiting for a supplier", 0)
    assert client.ticket("1").breach_reason == "Waiting for a supplier"
    client.desk.bus.undo(event, "sam", partly=True)
    assert client.ticket("1").breach_reason == ""
    client.sync()
    assert value(rt) == ""
    client.sync()
    assert client.ticket("1").breach_reason == ""
    assert client.items() == []


def test_what_others_say_in_the_field_is_read_as_the_reason(
    client: FakeClient, link: ServerLink, rt: FakeRt
):
    link.map_reason(LATE)
    rt.answer(rt.tickets["1"], {FIELD: "Too much to do"}, "lea")
    client.sync()
    assert client.ticket("1").breach_reason == "Too much to do"


def reasons(client: FakeClient) -> list[tuple[str, str | None, str | None]]:
    """Who gave which reason, and which one was there before, newest first."""
    found: list[Moved] = client.reader.moves(MovesWanted(kind=MoveKind.BREACH_REASON), limit=9)
    steps = [(moved.actor, dict(moved.steps)["breach_reason"]) for moved in found]
    return [(actor, step.old, step.new) for actor, step in steps]


def test_who_changed_the_field_there_is_listed_with_what_stood_in_it(
    client: FakeClient, link: ServerLink, rt: FakeRt
):
    link.map_reason(LATE)
    rt.answer(rt.tickets["1"], {FIELD: "Too much to do"}, "lea")
    client.sync()
    at = client.reader.moves(MovesWanted(), limit=1)[0].at
    assert at == rt.history("1")[-1]["Created"]
    client.wait(60)
    rt.answer(rt.tickets["1"], {FIELD: "Lay in the wrong place"}, "lea")
    rt.answer(rt.tickets["1"], {FIELD: ""}, "lea")
    client.sync()
    assert reasons(client) == [
        ("lea", "Lay in the wrong place", None),
        ("lea", "Too much to do", "Lay in the wrong place"),
        ("lea", None, "Too much to do"),
    ]


def test_what_was_there_before_the_field_was_named_counts_and_its_giver_is_listed(
    client: FakeClient, link: ServerLink, rt: FakeRt
):
    rt.answer(rt.tickets["1"], {FIELD: "Too much to do"}, "lea")
    client.sync()
    client.wait(1)
    client.do("1", lambda writing: writing.edit("priority", "high"))
    assert (client.ticket("1").breach_reason, reasons(client)) == ("", [])
    link.map_reason(LATE)
    assert client.ticket("1").breach_reason == "Too much to do"
    assert client.ticket("1").priority == "high"  # what waits stays on top
    assert reasons(client) == [("lea", None, "Too much to do")]
    link.map_reason(LATE)
    client.sync()
    assert reasons(client) == [("lea", None, "Too much to do")]


def test_ones_own_reason_is_listed_once_and_one_of_another_field_not_at_all(
    client: FakeClient, link: ServerLink, rt: FakeRt
):
    rt.fields["7"] = "Colour"
    client.engine.refresh_directory()
    link.map_reason(LATE)
    give(client, "Mine")
    for _ in range(3):
        client.sync()
    rt.answer(rt.tickets["1"], {"7": "red"}, "lea")
    client.sync()
    assert reasons(client) == [("sam", None, "Mine")]


def test_a_queue_without_the_field_has_a_note_as_before(
    client: FakeClient, link: ServerLink, rt: FakeRt
):
    link.map_reason(LATE)
    give(client, "Lay in the wrong place", "2")
    client.sync()
    assert (value(rt, "2"), notes(rt, "2")) == ("", 1)
    assert client.ticket("2").breach_reason == "Lay in the wrong place"


def test_two_reasons_at_once_are_a_conflict_and_none_is_lost(
    client: FakeClient, link: ServerLink, rt: FakeRt
):
    link.map_reason(LATE)
    give(client, "Mine")
    rt.answer(rt.tickets["1"], {FIELD: "Theirs"}, "lea")
    client.sync()
    (item,) = client.items()
    assert (item.state, [c.field for c in item.theirs]) == (
        OutboxState.CONFLICT,
        [f"custom:{FIELD}"],
    )
    assert value(rt) == "Theirs"


def test_a_field_that_is_not_there_is_said_and_nothing_is_changed(
    client: FakeClient, link: ServerLink
):
    with pytest.raises(NotFoundError):
        link.map_reason("No such")
    assert client.account().reason_field == ""
    link.map_reason(LATE)
    with pytest.raises(NotFoundError):
        link.map_reason("No such")
    assert client.account().reason_field == LATE
    link.map_reason("")
    assert client.account().reason_field == ""
    give(client, "By a note")
    assert [type(step).__name__ for step in client.items()[0].steps] == ["Post"]


def test_the_setting_outlives_a_new_reading_of_the_directory(
    client: FakeClient, link: ServerLink, rt: FakeRt
):
    link.map_reason(LATE)
    client.engine.refresh_directory()
    give(client, "Still by the field")
    client.sync()
    assert value(rt) == "Still by the field"
