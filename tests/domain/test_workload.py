"""Figures, absence and limits, from counts alone."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from desk_app.domain.board import BreachCause, breach_causes
from desk_app.domain.filters import NOBODY
from desk_app.domain.moment import to_ms
from desk_app.domain.ticket import State
from desk_app.domain.workload import (
    NOTHING,
    Availability,
    Load,
    LoadRow,
    Workload,
    load_of,
    workload,
)
from tests.builders import AT, make_directory, make_ticket

DAY_END = to_ms(AT + timedelta(hours=14))
DIRECTORY = make_directory()
JOHN, JANE = DIRECTORY.agents["john"], DIRECTORY.agents["jane"]
COUNT = st.integers(0, 50)
ROWS = st.lists(
    st.builds(
        LoadRow,
        *(st.sampled_from(["support", "banking"]), st.sampled_from([None, "john", "jane"])),
        *(st.sampled_from([None, "network"]), st.sampled_from(["open", "on-hold"])),
        *(st.integers(0, 3), COUNT, COUNT, COUNT, COUNT, COUNT),
    )
)


@given(ROWS)
def test_every_grouping_adds_up_to_all_there_is(rows):
    found = workload(rows, (), AT)
    for kind in ("agent", "team", "department", "status", "stage"):
        loads = [load for (of, _), load in found.loads.items() if of == kind]
        assert sum(load.open for load in loads) == sum(row.open for row in rows)
        assert sum(load.unanswered for load in loads) == sum(row.unanswered for row in rows)


def test_what_nobody_has_is_counted_as_nobodys():
    found = workload([LoadRow("support", None, None, "open", 0, 3, 1, 0, 2, 9)], (), AT)
    assert found.load("agent", NOBODY) == Load(3, 1, 0, 2, 9)
    assert found.load("agent", "john") == NOTHING


def test_tickets_add_what_the_store_would_count_of_them():
    now = AT + timedelta(hours=1)
    tickets = [
        make_ticket(due_at=AT),
        make_ticket(due_at=AT + timedelta(hours=2), answered=True),
        make_ticket(due_at=AT + timedelta(days=3)),
        make_ticket(state=State.CLOSED, due_at=AT),
    ]
    assert load_of(tickets, DIRECTORY, now, DAY_END) == Load(3, 1, 1, 2, 3 * to_ms(AT))


def test_an_average_age_is_of_the_open_ones():
    assert Load(2, 0, 0, 0, 100).average_age_ms(90) == 40
    assert NOTHING.average_age_ms(90) == 0


def test_the_desks_own_limit_wins_and_none_is_none():
    kept = Availability(agent="john", capacity=2)
    found = Workload(at=AT, loads={("agent", "john"): Load(open=2)}, availability={"john": kept})
    assert (found.capacity(JOHN), found.over(JOHN), found.over(JOHN, 3)) == (2, 0, 3)
    without = replace(found, availability={"john": replace(kept, capacity=0)})
    assert without.over(JOHN, 100) == 0
    assert Workload(at=AT).capacity(JOHN) == JOHN.capacity


def test_who_is_back_is_here_and_has_no_substitute():
    kept = Availability(agent="john", away=True, until=AT, substitute="jane")
    away = Workload(at=AT - timedelta(minutes=1), availability={"john": kept})
    back = Workload(at=AT, availability={"john": kept})
    assert away.is_away(JOHN)
    assert away.substitute(JOHN) == "jane"
    assert not back.is_away(JOHN)
    assert back.substitute(JOHN) is None
    assert Workload(at=AT).is_away(replace(JOHN, away=True))


def test_the_substitutes_of_substitutes_are_asked_and_a_ring_ends():
    def away(agent, substitute):
        return Availability(agent=agent, away=True, substitute=substitute)

    line = Workload(at=AT, availability={"john": away("john", "jane"), "jane": away("jane", "lee")})
    assert line.stand_in("john", DIRECTORY) == "lee"
    assert line.stand_in("lee", DIRECTORY) == "lee"
    ring = Workload(
        at=AT, availability={"john": away("john", "jane"), "jane": away("jane", "john")}
    )
    assert ring.stand_in("john", DIRECTORY) is None
    assert ring.stand_in("gone", DIRECTORY) is None


def test_a_team_takes_what_its_members_who_are_here_take():
    here = Workload(at=AT)
    assert here.team_capacity("network", DIRECTORY) == JANE.capacity + 8
    kept = Availability(agent="lee", away=True)
    assert replace(here, availability={"lee": kept}).team_capacity("network", DIRECTORY) == 6
    endless = Availability(agent="lee", capacity=0)
    assert replace(here, availability={"lee": endless}).team_capacity("network", DIRECTORY) == 0


def test_why_a_ticket_is_late_is_said_with_the_likeliest_first():
    ticket = make_ticket(due_at=AT)
    assert breach_causes(ticket, DIRECTORY, Workload(at=AT)) == (
        BreachCause.NOBODY_HAS_IT,
        BreachCause.NEVER_ANSWERED,
    )
    busy = Workload(
        at=AT,
        loads={("agent", "john"): Load(open=99)},
        availability={"john": Availability(agent="john", away=True)},
    )
    found = breach_causes(
        replace(ticket, owner="john", answered=True, last_response_at=AT, reopened_at=AT),
        DIRECTORY,
        busy,
    )
    assert found == (
        BreachCause.OWNER_AWAY,
        BreachCause.OWNER_OVER,
        BreachCause.WAITS_FOR_REQUESTER,
        BreachCause.REOPENED,
    )
    assert breach_causes(make_ticket(), DIRECTORY, busy) == ()
