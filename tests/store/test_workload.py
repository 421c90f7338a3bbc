"""What the store counts, groups and keeps for supervisors."""

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from desk_app.domain.board import Grouping
from desk_app.domain.commands import Assign, Claim, Transfer
from desk_app.domain.errors import NotFoundError
from desk_app.domain.filters import Column, QueueFilter, SortKey
from desk_app.domain.moment import to_ms
from desk_app.domain.move_record import MoveKind, MovesWanted, Step
from desk_app.domain.ticket import Referral, State
from desk_app.domain.workload import Availability, load_of
from desk_app.services.absence import NotTheirsError, set_availability
from desk_app.store.driver import database_path
from tests.desks import AT, ticket

OPEN = QueueFilter(state=State.OPEN)
ORDER = SortKey(column=Column.UPDATED)
DAY_END = to_ms(AT + timedelta(hours=14))


def all_open(reader):
    return reader.tickets(reader.queue_ids(OPEN, ORDER))


def stamp(desk, number, reader, actor="sam", at=AT):
    return {
        "id": desk.ids.command(at),
        "ticket": ticket(reader, number).id,
        "actor": actor,
        "at": at,
    }


def test_the_figures_are_those_of_the_tickets_one_by_one(reader):
    found, directory = reader.workload(AT, day_end_ms=DAY_END), reader.directory()
    tickets = all_open(reader)
    assert len(tickets) > 10
    for kind, key_of in (
        ("agent", lambda t: t.owner or ""),
        ("team", lambda t: t.team or ""),
        ("department", lambda t: t.department),
        ("status", lambda t: t.status),
        ("stage", lambda t: str(int(directory.lifecycle.stage(t)))),
    ):
        for key in {key_of(t) for t in tickets}:
            mine = [t for t in tickets if key_of(t) == key]
            assert found.load(kind, key) == load_of(mine, directory, AT, DAY_END), (kind, key)


def test_the_figures_come_from_the_index_alone(folder, reader):
    from desk_app.store.workload_reading import _LOADS

    with closing(sqlite3.connect(database_path(folder))) as connection:
        plan = connection.execute(
            f"EXPLAIN QUERY PLAN {_LOADS}", {"now": 0, "day_end": 0}
        ).fetchall()
    steps = [row[3] for row in plan]
    assert steps == ["SCAN ticket USING COVERING INDEX ix_ticket_open"]


@pytest.mark.parametrize("by", Grouping)
def test_cards_are_the_queue_in_columns_each_in_its_order(reader, by):
    cards = reader.cards(OPEN, ORDER, by, limit=1000)
    order = list(reader.queue_ids(OPEN, ORDER))
    assert sorted(i for ids in cards.columns.values() for i in ids) == sorted(order)
    for ids in cards.columns.values():
        assert list(ids) == sorted(ids, key=order.index)
    assert cards.left_out == 0


def test_cards_beyond_the_limit_are_counted(reader):
    order = list(reader.queue_ids(OPEN, ORDER))
    cards = reader.cards(OPEN, ORDER, Grouping.AGENT, limit=5)
    assert {i for ids in cards.columns.values() for i in ids} == set(order[:5])
    assert cards.left_out == len(order) - 5


def test_an_agents_working_time_is_kept_with_its_trace(desk, reader, folder):
    kept = Availability(agent="john", capacity=3, away=True, substitute="lee")
    changes = set_availability(desk.unit, kept, actor="sam", at=AT)
    assert changes.availability
    again = set_availability(desk.unit, kept, actor="sam", at=AT)
    assert not again.availability
    found = reader.workload(AT, day_end_ms=DAY_END)
    assert found.availability == {"john": kept}
    with closing(sqlite3.connect(database_path(folder))) as connection:
        trace = connection.execute("SELECT actor, agent, old FROM availability_log").fetchall()
    assert trace == [("sam", "john", "")]


def test_nobody_but_a_supervisor_sets_anothers_working_time(desk):
    kept = Availability(agent="john", capacity=3)
    with pytest.raises(NotTheirsError):
        set_availability(desk.unit, kept, actor="jane", at=AT)
    set_availability(desk.unit, kept, actor="john", at=AT)
    gone = Availability(agent="john", substitute="nobody")
    with pytest.raises(NotFoundError):
        set_availability(desk.unit, gone, actor="john", at=AT)


def test_who_gave_what_to_whom_is_listed_newest_first(desk, reader):
    later = AT + timedelta(minutes=1)
    to_lee = Referral(kind="agent", key="lee")
    number = next(t.number for t in all_open(reader) if t.department == "support" and t.owner)
    first = ticket(reader, number).owner
    assert first not in {"lee", "sam"}
    desk.bus.handle(Assign(**stamp(desk, number, reader), to=to_lee, comment="shift ends"))
    steal = Assign(**stamp(desk, number, reader, at=later), to=Referral(kind="agent", key="sam"))
    done = desk.bus.handle(steal).event
    found = reader.moves(MovesWanted(since=AT), limit=10)
    assert [m.kind for m in found[:2]] == [MoveKind.STEAL, MoveKind.ASSIGN]
    assert dict(found[1].steps)["owner"] == Step(first, "lee")
    assert (found[1].number, found[1].comment) == (number, "shift ends")
    assert [m.event for m in reader.moves(MovesWanted(person="sam"), limit=1)] == [done.id]
    assert reader.moves(MovesWanted(text="SHIFT"), limit=9)[0].comment == "shift ends"
    desk.bus.undo(done, "sam")
    newest = reader.moves(MovesWanted(), limit=2)
    assert [(m.kind, m.undone) for m in newest] == [
        (MoveKind.UNDO, False),
        (MoveKind.STEAL, True),
    ]


def test_a_claim_and_a_transfer_are_told_from_each_other(desk, reader):
    number = next(t.number for t in all_open(reader) if t.owner is None and t.team is None)
    desk.bus.handle(Claim(**stamp(desk, number, reader)))
    desk.bus.handle(Transfer(**stamp(desk, number, reader), department="banking"))
    kinds = {m.kind for m in reader.moves(MovesWanted(since=AT, actor="sam"), limit=9)}
    assert kinds >= {MoveKind.CLAIM, MoveKind.TRANSFER}
    only = reader.moves(MovesWanted(kind=MoveKind.TRANSFER, since=AT), limit=9)
    assert {m.kind for m in only} == {MoveKind.TRANSFER}
