"""Sharing out: by load, by skill, in turn; always a proposal that the gate would let through."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from desk_app.domain.balance import Proposed, ShareBy, Sharing, handings, share
from desk_app.domain.ticket import State, TicketId
from desk_app.domain.workload import Availability, Load, Workload
from tests.builders import AT, make_directory, make_ticket

DIRECTORY = make_directory()
SUPPORT = ("john", "lee", "sam")


def sharing(agents=SUPPORT, *, loads=None, availability=()):
    return Sharing(
        agents=agents,
        workload=Workload(
            at=AT,
            loads={("agent", key): Load(open=n) for key, n in (loads or {}).items()},
            availability={kept.agent: kept for kept in availability},
        ),
        directory=DIRECTORY,
        actor=DIRECTORY.agents["sam"],
        now=AT,
        children={},
    )


def many(count, **fields):
    return [make_ticket(id=TicketId(n + 1), **fields) for n in range(count)]


def agents(proposal):
    return [line.agent for line in proposal]


def test_in_turn_each_gets_one_after_another():
    found = share(many(5), sharing(), ShareBy.ROUND_ROBIN)
    assert agents(found) == ["john", "lee", "sam", "john", "lee"]


def test_by_load_whoever_is_emptiest_by_their_limit_is_next():
    limits = [Availability(agent=a, capacity=c) for a, c in (("john", 10), ("lee", 5))]
    found = share(
        many(3),
        sharing(("john", "lee"), loads={"john": 4, "lee": 1}, availability=limits),
        ShareBy.LOAD,
    )
    assert agents(found) == ["lee", "john", "lee"]


def test_by_skill_the_tickets_own_department_comes_first():
    mixed = [*many(1, department="sysadmins"), make_ticket(id=TicketId(9))]
    found = share(mixed, sharing(("john", "jane"), loads={"jane": 99}), ShareBy.SKILL)
    assert agents(found) == ["jane", "john"]
    by_load = share(mixed, sharing(("john", "jane"), loads={"jane": 99}), ShareBy.LOAD)
    assert agents(by_load) == ["john", "john"]


def test_what_nobody_may_take_stays():
    closed = make_ticket(state=State.CLOSED, status="closed")
    banking = make_ticket(id=TicketId(2), department="banking")
    assert agents(share([closed, banking], sharing(("lee",)), ShareBy.LOAD)) == [None, None]


def test_who_is_away_is_stood_in_for_or_left_out():
    away = Availability(agent="lee", away=True, substitute="john")
    found = share(many(2), sharing(("lee", "sam"), availability=[away]), ShareBy.ROUND_ROBIN)
    assert agents(found) == ["john", "sam"]
    alone = replace(away, substitute=None)
    found = share(many(2), sharing(("lee", "sam"), availability=[alone]), ShareBy.ROUND_ROBIN)
    assert agents(found) == ["sam", "sam"]
    assert agents(share(many(1), sharing(("lee",), availability=[alone]), ShareBy.LOAD)) == [None]


def test_what_is_shared_out_does_not_count_for_whom_it_leaves():
    tickets = many(4, owner="john")
    found = share(tickets, sharing(("john", "lee"), loads={"john": 4}), ShareBy.LOAD)
    assert agents(found) == [None, "lee", None, "lee"]


def test_a_proposal_is_handed_over_agent_by_agent():
    proposal = [
        Proposed(ticket=ticket, agent=agent)
        for ticket, agent in zip(many(4), ["lee", None, "john", "lee"], strict=True)
    ]
    found = handings(proposal, "Shift ends")
    assert [(ids, handing.target.key, handing.note) for ids, handing in found] == [
        ((1, 4), "lee", "Shift ends"),
        ((3,), "john", "Shift ends"),
    ]


@given(
    count=st.integers(0, 40),
    by=st.sampled_from(ShareBy),
    loads=st.fixed_dictionaries({a: st.integers(0, 20) for a in SUPPORT}),
)
def test_every_ticket_is_in_the_proposal_once_and_in_its_place(count, by, loads):
    tickets = many(count)
    found = share(tickets, sharing(loads=loads), by)
    assert [line.ticket for line in found] == tickets
    assert set(agents(found)) <= set(SUPPORT)
