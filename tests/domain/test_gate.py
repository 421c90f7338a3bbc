"""The gate, by exhaustion: every action, status and role, and every reason once."""

from datetime import timedelta

import pytest

from desk_app.domain.gate import Reason, allowed_steps, denial
from desk_app.domain.lifecycle import Action
from desk_app.domain.ticket import Referral, Stage, State, Task
from tests.builders import AT, make_directory, make_situation, make_ticket

STATUSES = tuple(make_directory().lifecycle.statuses.values())
ROLES = {"sam": "supervisor", "lee": "agent"}
TASK = Task(id=7, title="Order toner")
DONE = Task(id=8, title="Call back", closed_at=AT)
ANN = Referral(kind="agent", key="lee")


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


@pytest.mark.parametrize("status", STATUSES, ids=lambda status: status.key)
def test_the_steps_are_the_ways_out_of_the_status(status):
    ticket = make_ticket(status=status.key, state=status.state, owner="sam")
    steps = [step.key for step, _ in allowed_steps(make_situation("sam", ticket))]
    assert steps == list(status.to)


@pytest.mark.parametrize(
    ("code", "action", "target", "fields", "more", "fix"),
    [
        (Reason.NOT_VISIBLE, Action.NOTE, None, {"department": "banking"}, {"agent": "lee"}, None),
        (Reason.MERGED, Action.CLAIM, None, {"merged_into": 9}, {}, "9"),
        (Reason.LOCKED, Action.REPLY, None, {}, {"locked_by": "Lee Park"}, None),
        (Reason.SAME_STATUS, Action.SET_STATUS, "open", {}, {}, None),
        (Reason.NO_TRANSITION, Action.SET_STATUS, "archived", {}, {}, None),
        (Reason.OPEN_TASKS, Action.SET_STATUS, "resolved", {"tasks": (TASK,)}, {}, "7"),
        (Reason.OPEN_CHILD, Action.SET_STATUS, "closed", {}, {"open_children": ("5",)}, "5"),
        (Reason.MISSING_TOPIC, Action.SET_STATUS, "resolved", {"topic": None}, {}, "topic"),
        (
            Reason.MISSING_FIELD,
            Action.SET_STATUS,
            "resolved",
            {"topic": "hardware"},
            {},
            "custom:asset",
        ),
        (Reason.ALREADY_MINE, Action.CLAIM, None, {"owner": "sam"}, {}, None),
        (Reason.OWNED_BY_OTHER, Action.CLAIM, None, {"owner": "lee"}, {}, Action.ASSIGN),
        (Reason.NOT_ASSIGNED, Action.RELEASE, None, {}, {}, Action.CLAIM),
        (Reason.NO_CHANGE, Action.ASSIGN, ANN, {"owner": "lee"}, {}, None),
        (
            Reason.TARGET_CANNOT_SEE,
            Action.ASSIGN,
            Referral(kind="agent", key="priya"),
            {},
            {},
            "banking",
        ),
        (Reason.TARGET_UNKNOWN, Action.ASSIGN, Referral(kind="agent", key="x"), {}, {}, None),
        (Reason.ALREADY_ANSWERED, Action.MARK_ANSWERED, None, {"answered": True}, {}, None),
        (Reason.NOT_ANSWERED, Action.MARK_UNANSWERED, None, {}, {}, None),
        (Reason.NO_OPEN_TASK, Action.CLOSE_TASK, 7, {"tasks": (DONE,)}, {}, Action.ADD_TASK),
        (Reason.NO_CLOSED_TASK, Action.REOPEN_TASK, 7, {"tasks": (TASK,)}, {}, None),
        (Reason.NO_LINK, Action.UNLINK, 3, {}, {}, Action.LINK),
        (Reason.NO_REFERRAL, Action.UNREFER, ANN, {}, {}, None),
        (Reason.ITSELF, Action.MERGE, 1, {}, {}, None),
        (Reason.NO_ADDRESS, Action.REPLY, None, {}, {"requester_email": ""}, "requester"),
        (Reason.PAST_DUE_DATE, Action.EDIT_DUE, AT - timedelta(1), {}, {}, "due_at"),
        (
            Reason.WRONG_STATE,
            Action.CLAIM,
            None,
            {"status": "closed", "state": State.CLOSED},
            {},
            Action.REOPEN,
        ),
    ],
    ids=lambda value: value if isinstance(value, Reason) else "",
)
def test_every_reason_comes_with_its_fix(code, action, target, fields, more, fix):
    agent = more.pop("agent", "sam")
    found = denial(action, make_situation(agent, make_ticket(**fields), **more), target)
    assert found is not None
    assert found.code is code
    offered = () if found.fix is None else (found.fix.action, found.fix.field, found.fix.target)
    assert fix in offered if fix is not None else True


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
