"""The gate, by exhaustion: every action, status and role, and every reason once."""

from dataclasses import replace

import pytest

from desk_app.domain.commands import Restore
from desk_app.domain.gate import Fix, Reason, allowed_steps, asks_for_children, denial
from desk_app.domain.lifecycle import Action
from desk_app.domain.ticket import Referral, Stage, State
from desk_app.services.command_bus import questions
from tests.builders import AT, make_directory, make_situation, make_ticket
from tests.denials import CLOSED, DENIALS, TASK, others

STATUSES = tuple(make_directory().lifecycle.statuses.values())
ON_3 = {"merged_into": 3}
ROLES = {"sam": "supervisor", "lee": "agent"}


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("status", STATUSES, ids=lambda status: status.key)
@pytest.mark.parametrize("agent", ROLES)
def test_an_action_is_off_by_state_and_right_exactly_where_the_lifecycle_says(
    action, status, agent
):
    ticket = make_ticket(status=status.key, state=status.state)
    rule = make_directory().lifecycle.rules[action]
    role = make_directory().roles[ROLES[agent]]
    found = denial(action, make_situation(agent, ticket))
    code = None if found is None else found.code
    if status.state not in rule.states:
        assert code is Reason.WRONG_STATE
    elif rule.permission is not None and rule.permission not in role.permissions:
        assert code is Reason.NO_PERMISSION
        assert "Sam Ortiz" in found.facts["who_can"]
    else:
        assert code not in {Reason.WRONG_STATE, Reason.NOT_VISIBLE}


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("status", STATUSES, ids=lambda status: status.key)
def test_what_does_not_ask_for_children_is_never_off_for_one(action, status):
    lifecycle = make_directory().lifecycle
    ticket = make_ticket(status=status.key, state=status.state)
    for target in (None, *lifecycle.statuses):
        alone = make_situation("sam", ticket)
        found = denial(action, replace(alone, open_children=("100001",)), target)
        if not asks_for_children(action, lifecycle):
            assert found == denial(action, alone, target)


@pytest.mark.parametrize("status", STATUSES, ids=lambda status: status.key)
def test_the_steps_are_the_ways_out_of_the_status(status):
    ticket = make_ticket(status=status.key, state=status.state, owner="sam")
    steps = [step.key for step, _ in allowed_steps(make_situation("sam", ticket))]
    assert steps == list(status.to)


@pytest.mark.parametrize("denied", DENIALS, ids=lambda denied: denied.code)
def test_every_reason_comes_with_its_fix(denied):
    found = denied.found()
    assert found is not None
    assert (found.code, found.fix) == (denied.code, denied.fix)


def test_every_reason_is_in_the_table():
    assert {denied.code for denied in DENIALS} == set(Reason)


def test_a_merged_ticket_is_not_restored_to_an_open_status():
    ticket = make_ticket(
        status="deleted", state=State.DELETED, merged_into=2, restore_to="resolved", closed_at=AT
    )
    situation = make_situation("sam", ticket)
    assert denial(Action.RESTORE, situation) is None
    assert denial(Action.RESTORE, situation, "resolved") is None
    assert denial(Action.RESTORE, situation, "open").code is Reason.MERGED
    command = Restore(id="1", ticket=ticket.id, actor="sam", at=AT, status="open", state=State.OPEN)
    assert questions(command) == [(Action.RESTORE, "open")]


@pytest.mark.parametrize(
    ("fields", "former"),
    [
        ({"restore_to": "on-hold"}, "on-hold"),
        ({"restore_to": "resolved", "merged_into": 2}, "resolved"),
        ({}, "open"),
        ({"merged_into": 2}, "resolved"),
        ({"restore_to": "gone"}, "open"),
        ({"restore_to": "deleted"}, "open"),
    ],
)
def test_a_deleted_ticket_goes_back_to_where_it_was_and_nowhere_else(fields, former):
    ticket = make_ticket(status="deleted", state=State.DELETED, owner="sam", **fields)
    lifecycle = make_directory().lifecycle
    assert lifecycle.restored(ticket).key == former
    situation = make_situation("sam", ticket)
    possible = [s for s in lifecycle.statuses if denial(Action.RESTORE, situation, s) is None]
    assert possible == [former]
    assert denial(Action.RESTORE, situation, "nowhere").code is Reason.TARGET_UNKNOWN


@pytest.mark.parametrize(
    ("chain", "facts", "fix"),
    [
        (({"merged_into": 3}, {}), ("100003",), Fix(action=Action.MERGE, ticket=3)),
        (
            ({"merged_into": 3}, {"merged_into": 4}, {}),
            ("100004",),
            Fix(action=Action.MERGE, ticket=4),
        ),
        ((ON_3, {"merged_into": 1}), (), Fix(ticket=2)),
        (({"merged_into": 9},), ("9",), Fix(action=Action.MERGE, ticket=9)),
        ((ON_3, {"merged_into": 2}), ("100003",), Fix(action=Action.MERGE, ticket=3)),
    ],
    ids=["once", "twice", "into this one", "into what is gone", "a ring"],
)
def test_a_ticket_does_not_go_on_in_one_that_went_on_itself(chain, facts, fix):
    found = denial(Action.MERGE, make_situation(others=others(*chain)), 2)
    assert tuple(found.facts.values()) == ("100002", *facts)
    assert found.fix == fix


@pytest.mark.parametrize("fields", [{}, CLOSED], ids=["open", "closed"])
def test_a_ticket_goes_on_in_any_other_that_is_there(fields):
    assert denial(Action.MERGE, make_situation(others=others(fields)), 2) is None
    assert denial(Action.LINK, make_situation(others=others({"merged_into": 1})), 2) is None


@pytest.mark.parametrize(
    ("action", "target", "known"),
    [
        (Action.ASSIGN, Referral(kind="agent", key="nobody"), Referral(kind="agent", key="lee")),
        (Action.ASSIGN, Referral(kind="team", key="lee"), Referral(kind="team", key="network")),
        (Action.ASSIGN, Referral(kind="department", key="support"), None),
        (Action.REFER, Referral(kind="agent", key="nobody"), Referral(kind="agent", key="priya")),
        (Action.REFER, Referral(kind="x", key="lee"), Referral(kind="department", key="banking")),
        (Action.SET_STATUS, "nowhere", "resolved"),
        (Action.TRANSFER, "nowhere", "banking"),
        (Action.EDIT_PRIORITY, "huge", "low"),
        (Action.EDIT_SLA, "never", None),
        (Action.EDIT_TOPIC, "nothing", "hardware"),
    ],
)
def test_nothing_goes_to_what_the_desk_does_not_have(action, target, known):
    found = denial(action, make_situation(), target)
    assert found.code is Reason.TARGET_UNKNOWN
    assert found.facts["target"] == getattr(target, "key", target)
    assert denial(action, make_situation(), known) is None


def test_where_a_lifecycle_leads_on_from_deleted_restoring_may_go_too():
    ticket = make_ticket(status="deleted", state=State.DELETED, restore_to="open")
    situation = replace(make_situation("sam", ticket), directory=make_directory("request-tracker"))
    assert denial(Action.RESTORE, situation, "stalled") is None
    with_task = replace(situation, ticket=replace(ticket, tasks=(TASK,)))
    assert denial(Action.RESTORE, with_task, "resolved").code is Reason.OPEN_TASKS


@pytest.mark.parametrize(
    ("stage", "fields"),
    [
        (Stage.INTAKE, {}),
        (Stage.ASSIGNMENT, {"owner": "lee"}),
        (Stage.ASSIGNMENT, {"team": "network"}),
        (Stage.WORKING, {"owner": "lee", "worked_at": AT}),
        (Stage.WORKING, {"status": "on-hold"}),
        (Stage.INTAKE, {"worked_at": AT}),
        (Stage.RESOLUTION, {"status": "closed", "state": State.CLOSED}),
        (Stage.RESOLUTION, {"status": "deleted", "state": State.DELETED}),
    ],
)
def test_the_stage_follows_from_status_and_facts(stage, fields):
    assert make_directory().lifecycle.stage(make_ticket(**fields)) is stage
