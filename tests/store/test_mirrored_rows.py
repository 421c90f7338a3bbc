"""A page of a server's tickets is written whole: rows, words, people and numbers in step."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from desk_app.bootstrap import OpenDesk, lifecycle
from desk_app.domain.filters import Column, QueueFilter, SortKey
from desk_app.domain.mirror import Account, Base
from desk_app.domain.people import Requester
from desk_app.domain.ticket import Referral, Ticket, TicketId
from desk_app.store.migrate import create_desk
from tests.builders import AT, make_directory, make_ticket
from tests.store.test_unit_of_work import assert_search_in_step

UNA = Requester(id=5, name="Una Brown", email="una@out.example")
BY_NUMBER = SortKey(column=Column.NUMBER)


@pytest.fixture
def desk(tmp_path: Path) -> OpenDesk:
    folder = tmp_path / "desk"
    create_desk(folder)
    made = OpenDesk(folder)
    with made.sync_unit() as unit:
        unit.keep_directory(make_directory(), lifecycle()[1])
        unit.save_account(Account(kind="rt", url="https://rt.example", user="sam", agent="sam"))
        unit.save_requesters([UNA])
        unit.commit()
    return made


def mirror(desk: OpenDesk, *tickets: Ticket) -> set[int]:
    with desk.sync_unit() as unit:
        unit.mirror([(Base(ticket=one, remote=f"r{one.id}", version="1"), one) for one in tickets])
        return set(unit.commit().tickets)


def kept(desk: OpenDesk, *numbers: int) -> list[Ticket]:
    with desk.sync_unit() as unit:
        return [unit.ticket(TicketId(number)) for number in numbers]


def found(desk: OpenDesk, word: str) -> list[int]:
    queue = QueueFilter(text=word)
    with closing(desk.reader()) as reader:
        return sorted(reader.queue_ids(queue, BY_NUMBER))


def named(number: int, email: str) -> Requester:
    return Requester(id=number, name=email, email=email)


def page(count: int, **fields: object) -> list[Ticket]:
    return [
        make_ticket(id=TicketId(n), number=f"R{n}", subject=f"Printer {n}", **fields)
        for n in range(1, count + 1)
    ]


def statements(desk: OpenDesk, tickets: Sequence[Ticket]) -> int:
    run: list[str] = []
    with desk.sync_unit() as unit:
        unit._sql.set_trace_callback(run.append)
        unit.mirror([(Base(ticket=one, remote=f"r{one.id}", version="2"), one) for one in tickets])
        unit._sql.set_trace_callback(None)
        unit.commit()
    return len([sql for sql in run if not sql.startswith("--")])  # those are the index's own


def test_a_page_is_added_and_changed_with_all_that_follows(desk: OpenDesk):
    tickets = page(30)
    assert mirror(desk, *tickets) == {one.id for one in tickets}
    assert kept(desk, *range(1, 31)) == tickets
    changed = [
        replace(tickets[0], subject="Toner"),
        replace(tickets[1], priority="high", updated_at=AT + timedelta(days=1)),
        replace(tickets[2], owner="jane", status="resolved", state=tickets[2].state),
        *tickets[3:],
        make_ticket(id=TicketId(40), number="R40", subject="New"),
    ]
    mirror(desk, *changed)
    assert kept(desk, *[one.id for one in changed]) == changed
    assert_search_in_step(desk.path, entries=False)
    with closing(desk.reader()) as reader:
        row = reader.rows([2], agent="sam")[2]
        base = reader.base(TicketId(2))
    assert (row.priority, row.requester) == ("high", "Una Brown")
    assert base is not None
    assert base.ticket == changed[1]


def test_a_page_of_a_hundred_takes_the_statements_of_one_ticket(desk: OpenDesk):
    mirror(desk, make_ticket(id=TicketId(900), number="R900"))  # what is read once is read now
    one = statements(desk, page(1))
    assert statements(desk, page(101)[1:]) == one
    changed = statements(desk, page(1, priority="low"))
    assert statements(desk, page(101, priority="high")) == changed


def test_a_number_is_where_the_server_said_last_that_it_is(desk: OpenDesk):
    first, second, third = page(3)
    mirror(desk, first, second, third)
    swapped = replace(first, number="R2"), replace(second, number="R1")
    mirror(desk, *swapped)
    assert [one.number for one in kept(desk, 1, 2, 3)] == ["R2", "R1", "R3"]
    touched = mirror(desk, replace(first, number="R3"))
    assert touched == {1, 3}
    assert [one.number for one in kept(desk, 1, 2, 3)] == ["R3", "R1", None]
    mirror(desk, replace(second, number="R9"), replace(third, number="R9"))
    assert [one.number for one in kept(desk, 2, 3)] == [None, "R9"]
    assert_search_in_step(desk.path, entries=False)


def test_the_same_ticket_twice_on_a_page_is_as_it_was_told_last(desk: OpenDesk):
    (ticket,) = page(1)
    mirror(desk, ticket, replace(ticket, subject="Second"))
    assert kept(desk, 1) == [replace(ticket, subject="Second")]
    assert_search_in_step(desk.path, entries=False)


def test_whom_a_ticket_is_shown_to_besides_follows(desk: OpenDesk):
    (ticket,) = page(1)
    to_jane = Referral(kind="agent", key="jane")
    mirror(desk, replace(ticket, referrals=(to_jane,)))
    to_team = Referral(kind="team", key="network")
    mirror(desk, replace(ticket, referrals=(to_team,)))
    assert kept(desk, 1)[0].referrals == (to_team,)
    with desk.sync_unit() as unit:
        rows = unit._run("SELECT ticket_id, kind, key FROM referral").fetchall()
    assert rows == [(1, "team", "network")]


def test_people_are_known_by_their_address_and_a_new_name_is_on_their_tickets(desk: OpenDesk):
    mirror(desk, *page(3))
    with desk.sync_unit() as unit:
        known = unit.requesters_by(["UNA@out.example", "bo@out.example"])
        assert known == {"UNA@out.example": UNA}
        unit.save_requesters(
            [replace(UNA, name="Una Green"), Requester(id=6, name="Bo", email="bo@out.example")]
        )
        changes = unit.commit()
    assert changes.tickets == {1, 2, 3}
    assert found(desk, "green") == [1, 2, 3]
    assert found(desk, "brown") == []
    assert_search_in_step(desk.path, entries=False)


def test_of_two_people_with_one_address_the_first_is_taken(desk: OpenDesk):
    with desk.sync_unit() as unit:
        unit.save_requesters([named(9, "x@y.example"), named(7, "X@y.example")])
        assert unit.requesters_by(["x@Y.example"])["x@Y.example"].id == 7


def test_words_with_every_sign_come_through(desk: OpenDesk):
    words = 'Quote " back \\ slash \\u0041 é 😀 \t new\nline {"json": [1]}'
    mirror(desk, make_ticket(subject=words, custom=(("floor", words),)))
    (ticket,) = kept(desk, 1)
    assert (ticket.subject, ticket.custom) == (words, (("floor", words),))
    with desk.sync_unit() as unit:
        base = unit.bases(["r1"])["r1"]
    assert base.ticket == ticket
