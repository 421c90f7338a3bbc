"""The panel's own queues on a desk: learnt by the way, and read when somebody wants to see one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from desk_app.domain.filters import QueueFilter, SortKey
from desk_app.domain.server_queue import ServerQueue
from desk_app.ports.remote_errors import UnreadableAnswerError
from tests.remote.osticket_desk import PanelClient
from tests.remote.osticket_panel import panel, signed_in
from tests.remote.panel.html import Manner
from tests.remote.panel.server import Panel


@pytest.fixture
def at() -> Iterator[Panel]:
    with panel() as made:
        yield made


@pytest.fixture
def john(at: Panel, tmp_path: Path) -> Iterator[PanelClient]:
    made = PanelClient(tmp_path / "john", signed_in(at))
    made.sync()
    yield made
    made.reader.close()
    made.desk.close()


def opened(at: Panel, subject: str, number: int = 1) -> list[str]:
    user = at.truth.user("Karen Weber", "karen@bank.example")
    return [at.truth.open(f"{subject} {n}", user, "<p>x</p>").id for n in range(number)]


def queues(john: PanelClient) -> dict[str, ServerQueue]:
    told = john.reader.server_queues()
    assert told is not None
    return {queue.name: queue for queue in told.queues}


def listed(john: PanelClient, queue: str) -> set[str]:
    """Subjects of the rows that the table would show."""
    ids = john.reader.queue_ids(QueueFilter(server_queue=queue), SortKey())
    return {row.subject for row in john.reader.rows(list(ids), agent="1").values()}


def test_a_round_learns_the_tree_and_the_numbers(john: PanelClient, at: Panel):
    opened(at, "New", 2)
    john.wait(60)
    john.sync()
    known = queues(john)
    assert (known["Open"].count, known["Closed"].count) == (2, 0)
    assert known["Mine & ours"].parent == known["Open"].id
    assert known["Open"].parent == ""


def test_a_round_with_nothing_new_asks_for_no_number(john: PanelClient, at: Panel):
    opened(at, "New")
    john.wait(60)
    john.sync()
    at.truth.skip = timedelta(minutes=10)  # so long ago that no search finds it again
    john.wait(60)
    john.sync()
    at.log.clear()
    for _ in range(3):
        john.wait(60)
        john.sync()
    assert not any("queue/counts" in line for line in at.log)
    assert len(at.log) <= 3 * 4, at.log
    john.engine.queues.is_wanted = True
    john.sync()
    assert sum("queue/counts" in line for line in at.log) == 1


def test_numbers_that_somebody_wants_are_read_though_the_round_makes_room(
    john: PanelClient, at: Panel
):
    john.wait(60)
    john.sync()
    at.log.clear()
    john.engine.queues.is_wanted = True
    john.sync(stop=lambda: True)
    assert sum("queue/counts" in line for line in at.log) == 1


def test_the_tree_costs_no_request_of_its_own(john: PanelClient, at: Panel):
    john.wait(60)
    john.sync()
    at.log.clear()
    john.engine.queues.is_wanted = True
    john.wait(60)
    john.sync()
    assert "GET /scp/ajax.php/queue/counts" in at.log
    assert len(at.log) <= 5, at.log


def test_numbers_are_read_in_the_agents_own_way_of_writing_them(at: Panel):
    at.manner = Manner(language="de")
    user = at.truth.user("Karen Weber", "karen@bank.example")
    for n in range(1001):
        at.truth.open(f"Many {n}", user, "<p>x</p>")
    server = signed_in(at)
    assert {queue.id: queue.count for queue in server.queues()}["1"] == 1001


def test_what_is_in_one_is_what_the_server_says(john: PanelClient, at: Panel):
    first, second = opened(at, "Fresh", 2)
    at.truth.tickets[first].staff = "1"
    john.wait(60)
    john.sync()
    john.engine.queues.read("2")
    assert listed(john, "2") == {"Fresh 0"}
    at.truth.tickets[second].staff = "1"
    john.engine.queues.read("2")
    assert listed(john, "2") == {"Fresh 0", "Fresh 1"}
    standing = john.reader.queue_standing("2")
    assert standing is not None
    assert (standing.named, standing.here) == (2, 2)
    assert john.reader.queue_standing("8") is None


def test_a_long_one_is_read_whole_and_what_is_not_here_is_brought(john: PanelClient, at: Panel):
    """An old closed ticket is in no first sync."""
    for ticket in opened(at, "Old", 40):
        known = at.truth.tickets[ticket]
        known.status = "3"
        known.created = known.lastupdate = known.closed = known.created - timedelta(days=900)
        known.lastmessage = known.created
    john.wait(60)
    john.sync()
    assert list(john.reader.queue_ids(QueueFilter(), SortKey())) == []
    john.engine.queues.read("8")
    assert listed(john, "8") == {f"Old {n}" for n in range(40)}


@pytest.mark.parametrize("number", [30, 300], ids=["some", "many"])
def test_what_was_merged_away_is_in_none_though_an_export_of_it_has_that(
    john: PanelClient, at: Panel, number: int
):
    made = [at.truth.tickets[one] for one in opened(at, "Done", number)]
    for ticket in made:
        ticket.status, ticket.closed = "3", at.truth.now()
    into, *gone = made[:4]
    if number > 250:  # elsewhere: then a row tells the two apart
        into = at.truth.tickets[opened(at, "Into")[0]]
    for ticket in gone:
        ticket.parent, ticket.merged = into.id, True
    john.wait(60)
    john.sync()
    john.engine.queues.is_wanted = True
    john.sync()
    assert queues(john)["Closed"].count == number - 3
    john.engine.queues.read("8")
    assert listed(john, "8") == {t.subject for t in made if not t.merged}


def test_one_that_is_gone_is_no_other_one(john: PanelClient):
    with pytest.raises(UnreadableAnswerError):
        john.engine.queues.read("77")
    assert john.reader.queue_standing("77") is None


def test_a_queue_under_a_queue_under_a_queue_stands_where_the_panel_has_it(
    john: PanelClient, at: Panel
):
    at.further_queues = (
        '<li class="top-queue item"><a href="tickets.php?queue=20">A</a><div><ul><li>'
        '<a href="tickets.php?queue=21" title="B">B</a><div><ul><li>'
        '<a href="tickets.php?queue=22" title="C">C</a></li></ul></div></li></ul></div></li>'
    )
    john.engine.queues.is_wanted = True
    john.wait(60)
    john.sync()
    told = john.reader.server_queues()
    assert told is not None
    by_id = {queue.id: queue for queue in told.queues}
    assert told.path(by_id["22"]) == "A / B / C"
    assert by_id["22"].count is None
