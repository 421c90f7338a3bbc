"""What the gate says of many tickets for one place, before anything is done."""

from dataclasses import replace

import pytest

from desk_app.bootstrap import lifecycle
from desk_app.domain.filters import NOBODY
from desk_app.domain.lifecycle import Action
from desk_app.domain.reassignment import (
    Handing,
    Place,
    Target,
    alike,
    goal,
    questions_of,
    rehearse,
    statuses_of,
    to_choose,
)
from desk_app.domain.ticket import Referral, Stage, State, TicketId
from desk_app.domain.verdict import Reason
from tests.builders import AT, make_directory, make_ticket

DIRECTORY = make_directory()
SAM = DIRECTORY.agents["sam"]
NETWORK = Referral(kind="team", key="network")
LEE = Handing(target=Target(kind=Place.AGENT, key="lee"))
JANE = Handing(target=Target(kind=Place.AGENT, key="jane"))


def many(*fields):
    return [make_ticket(id=TicketId(n), **more) for n, more in enumerate(fields, 1)]


def ask(tickets, handing, actor=SAM):
    return rehearse(alike(tickets, {}), handing, actor, DIRECTORY, AT)


def reasons(found):
    return {refusal.denied.code: len(refusal.tickets) for refusal in found.refused}


def test_some_move_and_the_others_say_why_not():
    closed = {"state": State.CLOSED, "status": "closed"}
    found = ask(many({}, {"owner": "john"}, closed, closed, {"owner": "lee"}), LEE)
    assert [t.id for t in found.moves] == [1, 2]
    assert reasons(found) == {Reason.WRONG_STATE: 2, Reason.NO_CHANGE: 1}
    assert found.count_refused == 3
    assert found.leaving == 0


def test_who_lacks_the_right_hands_nothing_over_and_hears_who_can():
    helper = replace(DIRECTORY.agents["john"], department="banking", role="helper", access=())
    directory = replace(DIRECTORY, agents={**DIRECTORY.agents, "john": helper})
    tickets = many({"department": "banking"})
    found = rehearse(alike(tickets, {}), LEE, helper, directory, AT)
    (refusal,) = found.refused
    assert refusal.denied.code is Reason.NO_PERMISSION
    assert "Sam Ortiz" in refusal.denied.facts["who_can"]


def test_with_the_transfer_the_agents_department_comes_first_and_sight_may_be_lost():
    assert reasons(ask(many({}), JANE)) == {Reason.TARGET_CANNOT_SEE: 1}
    with_it = replace(JANE, transfer=True)
    assert questions_of(with_it, make_ticket(), DIRECTORY) == [
        (Action.TRANSFER, "sysadmins"),
        (Action.ASSIGN, Referral(kind="agent", key="jane")),
    ]
    assert ask(many({}, {}), with_it).leaving == 0
    lee = DIRECTORY.agents["lee"]
    away = Handing(target=Target(kind=Place.DEPARTMENT, key="banking"))
    assert ask(many({}, {"team": "network"}, {"owner": "lee"}), away, lee).leaving == 1


def test_to_where_one_does_not_see_it_is_given_first_and_transferred_then():
    lee, with_it = DIRECTORY.agents["lee"], replace(JANE, transfer=True)
    assert questions_of(with_it, make_ticket(), DIRECTORY, lee) == [
        (Action.ASSIGN, Referral(kind="agent", key="jane")),
        (Action.TRANSFER, "sysadmins"),
    ]
    found = ask(many({}, {"owner": "lee"}), with_it, lee)
    assert (len(found.moves), found.leaving) == (2, 2)
    assert reasons(ask(many({}), JANE, lee)) == {Reason.TARGET_CANNOT_SEE: 1}


def test_where_a_server_takes_no_such_owner_it_is_refused_beforehand():
    lee, with_it = DIRECTORY.agents["lee"], replace(JANE, transfer=True)
    rules = replace(DIRECTORY.lifecycle, hands_over_unseen=False)
    directory = replace(DIRECTORY, lifecycle=rules)
    found = rehearse(alike(many({}), {}), with_it, lee, directory, AT)
    assert reasons(found) == {Reason.NOT_VISIBLE: 1}


def test_no_transfer_is_asked_for_where_the_ticket_is_at_home():
    at_home = make_ticket(department="sysadmins")
    asked = questions_of(replace(JANE, transfer=True), at_home, DIRECTORY)
    assert [action for action, _ in asked] == [Action.ASSIGN]


@pytest.mark.parametrize(
    ("target", "wanted"),
    [
        (Target(kind=Place.AGENT), (Action.RELEASE, None)),
        (Target(kind=Place.ME), (Action.CLAIM, None)),
        (Target(kind=Place.TEAM, key="network"), (Action.ASSIGN, NETWORK)),
        (Target(kind=Place.TEAM, key=NOBODY), None),
        (Target(kind=Place.DEPARTMENT, key="banking"), (Action.TRANSFER, "banking")),
        (Target(kind=Place.STATUS, key="on-hold"), (Action.SET_STATUS, "on-hold")),
        (Target(kind=Place.STAGE, key="0"), (Action.RELEASE, None)),
        (Target(kind=Place.STAGE, key="2"), None),
        (Target(kind=Place.STAGE, key="3"), (Action.SET_STATUS, "resolved")),
        (Target(kind=Place.PRIORITY, key="high"), (Action.EDIT_PRIORITY, "high")),
    ],
)  # fmt: skip
def test_each_place_stands_for_one_action(target, wanted):
    assert goal(target, DIRECTORY) == wanted


def test_a_stage_that_one_status_stands_for_takes_it_and_others_ask_first():
    working = Target(kind=Place.STAGE, key="2")
    assert to_choose(working, DIRECTORY) is Action.SET_STATUS
    assert statuses_of(Stage.WORKING, DIRECTORY) == ("in-progress", "on-hold")
    rules, _ = lifecycle("request-tracker")
    tracker = replace(DIRECTORY, lifecycle=rules)
    (only,) = statuses_of(Stage.WORKING, tracker)
    assert goal(working, tracker) == (Action.SET_STATUS, only)
    assert to_choose(working, tracker) is None
    assert to_choose(Target(kind=Place.STAGE, key="1"), DIRECTORY) is Action.ASSIGN
    assert to_choose(Target(kind=Place.STAGE, key="0"), DIRECTORY) is None


def test_an_escalation_asks_for_what_differs_alone():
    team = Target(kind=Place.TEAM, key="network")
    whole = Handing(target=team, priority="high", note="Escalated")
    asked = questions_of(whole, make_ticket(), DIRECTORY)
    assert [a for a, _ in asked] == [Action.NOTE, Action.EDIT_PRIORITY, Action.ASSIGN]
    there = questions_of(whole, make_ticket(team="network"), DIRECTORY)
    assert [a for a, _ in there] == [Action.NOTE, Action.EDIT_PRIORITY]
    high = make_ticket(priority="high")
    less = replace(whole, target=Target(kind=Place.AS_IT_IS), note="")
    assert questions_of(less, high, DIRECTORY) == []
    assert reasons(ask([high], less)) == {Reason.NO_CHANGE: 1}


def test_a_parent_with_open_children_is_not_resolved_and_its_twin_without_is():
    resolve = Handing(target=Target(kind=Place.STATUS, key="resolved"))
    tickets = many({}, {})
    found = rehearse(alike(tickets, {1: ("100009",)}), resolve, SAM, DIRECTORY, AT)
    assert [t.id for t in found.moves] == [2]
    assert reasons(found) == {Reason.OPEN_CHILD: 1}
