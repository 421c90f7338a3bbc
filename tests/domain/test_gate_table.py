"""The gate against tables that were written by hand, not read from the lifecycle file."""

from dataclasses import replace

import pytest

from desk_app.domain.gate import Fix, Reason, denial
from desk_app.domain.lifecycle import Action
from desk_app.domain.lifecycle_file import load_lifecycle
from desk_app.domain.ticket import State, Task
from desk_app.system.paths import resource
from tests.builders import make_directory, make_situation, make_ticket

OPEN, CLOSED, ARCHIVED, DELETED = State

STATUSES = {
    "open": OPEN,
    "in-progress": OPEN,
    "on-hold": OPEN,
    "resolved": CLOSED,
    "closed": CLOSED,
    "archived": ARCHIVED,
    "deleted": DELETED,
}

HELPER = {"ticket.create", "ticket.link", "ticket.reply", "task.create"}
AGENT = HELPER | {
    "ticket.edit",
    "ticket.assign",
    "ticket.release",
    "ticket.transfer",
    "ticket.refer",
    "ticket.markanswered",
    "ticket.close",
    "task.close",
}
SUPERVISOR = AGENT | {"ticket.merge", "ticket.delete", "ticket.markoverdue"}
ROLES = {
    "supervisor": ("sam", "support", SUPERVISOR),
    "agent": ("john", "support", AGENT),
    "helper": ("john", "sysadmins", HELPER),
}
"""Who has the role, in which department, and what it allows."""

ACTIONS = {
    "claim": ({OPEN}, "ticket.assign", None),
    "assign": ({OPEN}, "ticket.assign", None),
    "release": ({OPEN}, "ticket.release", Reason.NOT_ASSIGNED),
    "transfer": ({OPEN}, "ticket.transfer", None),
    "refer": ({OPEN}, "ticket.refer", None),
    "unrefer": ({OPEN, CLOSED}, "ticket.refer", Reason.NO_REFERRAL),
    "reply": ({OPEN, CLOSED}, "ticket.reply", None),
    "note": ({OPEN, CLOSED, ARCHIVED}, None, None),
    "set_status": ({OPEN, CLOSED, ARCHIVED}, None, None),
    "reopen": ({CLOSED, ARCHIVED}, None, None),
    "edit_subject": ({OPEN}, "ticket.edit", None),
    "edit_priority": ({OPEN}, "ticket.edit", None),
    "edit_sla": ({OPEN}, "ticket.edit", None),
    "edit_topic": ({OPEN}, "ticket.edit", None),
    "edit_source": ({OPEN}, "ticket.edit", None),
    "edit_due": ({OPEN}, "ticket.edit", None),
    "edit_requester": ({OPEN}, "ticket.edit", None),
    "edit_collaborators": ({OPEN}, "ticket.edit", None),
    "edit_watchers": ({OPEN}, "ticket.edit", Reason.NOT_THERE),
    "edit_custom": ({OPEN}, "ticket.edit", None),
    "mark_answered": ({OPEN}, "ticket.markanswered", None),
    "mark_unanswered": ({OPEN}, "ticket.markanswered", Reason.NOT_ANSWERED),
    "mark_overdue": ({OPEN}, "ticket.markoverdue", None),
    "link": ({OPEN, CLOSED}, "ticket.link", None),
    "unlink": ({OPEN, CLOSED}, "ticket.link", Reason.NO_LINK),
    "merge": ({OPEN}, "ticket.merge", None),
    "add_task": ({OPEN}, "task.create", None),
    "close_task": ({OPEN}, "task.close", Reason.NO_OPEN_TASK),
    "reopen_task": ({OPEN}, "task.close", Reason.NO_CLOSED_TASK),
    "delete": ({OPEN, CLOSED, ARCHIVED}, "ticket.delete", None),
    "restore": ({DELETED}, "ticket.delete", None),
    "breach_reason": ({OPEN, CLOSED}, None, None),
}
"""In which states, by which right, and what a ticket with nothing on it lacks even then."""

WAYS = {
    "open": {"in-progress", "on-hold", "resolved", "closed", "deleted"},
    "in-progress": {"open", "on-hold", "resolved", "closed", "deleted"},
    "on-hold": {"open", "in-progress", "resolved", "closed", "deleted"},
    "resolved": {"open", "closed", "archived", "deleted"},
    "closed": {"open", "archived", "deleted"},
    "archived": {"open", "deleted"},
    "deleted": set(),
}
ENTRY_RIGHTS = {
    OPEN: "ticket.reply",
    CLOSED: "ticket.close",
    ARCHIVED: "ticket.close",
    DELETED: "ticket.delete",
}


def situation_of(role, status, **fields):
    agent, department, _ = ROLES[role]
    ticket = make_ticket(department=department, status=status, state=STATUSES[status], **fields)
    return make_situation(agent, ticket)


def code_of(found):
    return None if found is None else found.code


def test_the_tables_cover_every_action_status_and_role():
    directory = make_directory()
    assert set(ACTIONS) == set(Action)
    assert set(STATUSES) == set(WAYS) == set(directory.lifecycle.statuses)
    assert {key: directory.roles[key].permissions for key in directory.roles} == {
        role: rights for role, (_, _, rights) in ROLES.items()
    }


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("action", Action)
def test_the_gate_says_what_the_table_says(action, status, role):
    states, right, lacking = ACTIONS[action]
    expected = lacking
    if STATUSES[status] not in states:
        expected = Reason.WRONG_STATE
    elif right is not None and right not in ROLES[role][2]:
        expected = Reason.NO_PERMISSION
    assert code_of(denial(action, situation_of(role, status))) is expected


@pytest.mark.parametrize("action", [action for action in ACTIONS if ACTIONS[action][1]])
def test_every_right_but_the_one_of_the_table_is_not_enough(action):
    states, right, lacking = ACTIONS[action]
    status = next(key for key, state in STATUSES.items() if state in states)
    situation = situation_of("supervisor", status)
    for rights, expected in (
        (SUPERVISOR - {right}, Reason.NO_PERMISSION),
        (SUPERVISOR, lacking),
    ):
        roles = {"supervisor": replace(make_directory().roles["supervisor"], permissions=rights)}
        directory = replace(make_directory(), roles=roles)
        found = denial(Action(action), replace(situation, directory=directory))
        assert code_of(found) is expected


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("goal", STATUSES)
@pytest.mark.parametrize("status", STATUSES)
def test_a_status_is_entered_by_the_ways_and_rights_of_the_table(status, goal, role):
    expected = None
    if status == "deleted":
        expected = Reason.WRONG_STATE
    elif goal == status:
        expected = Reason.SAME_STATUS
    elif goal not in WAYS[status]:
        expected = Reason.NO_TRANSITION
    elif ENTRY_RIGHTS[STATUSES[goal]] not in ROLES[role][2]:
        expected = Reason.NO_PERMISSION
    situation = situation_of(role, status, owner=ROLES[role][0])
    assert code_of(denial(Action.SET_STATUS, situation, goal)) is expected


def test_a_denied_resolve_names_the_open_task_and_offers_to_close_it():
    tasks = (Task(id=7, title="Order toner"), Task(id=9, title="Call back"))
    found = denial(Action.SET_STATUS, make_situation("sam", make_ticket(tasks=tasks)), "resolved")
    assert found.code is Reason.OPEN_TASKS
    assert dict(found.facts) == {"count": "2", "task": "Order toner"}
    assert found.fix == Fix(action=Action.CLOSE_TASK, target="7")


def test_a_missing_right_names_itself_and_those_who_have_it():
    found = denial(Action.DELETE, make_situation("lee", make_ticket()))
    assert found.code is Reason.NO_PERMISSION
    assert dict(found.facts) == {"permission": "ticket.delete", "who_can": "Sam Ortiz"}
    assert found.fix is None


def situation_by(old, new, **fields):
    """Build a situation under the shipped lifecycle with one place of its text changed."""
    text = resource("lifecycles", "osticket.toml").read_text(encoding="utf-8")
    assert old in text
    rules = load_lifecycle(text.replace(old, new, 1), key="x", file="x.toml")
    situation = make_situation("sam", make_ticket(**fields))
    return replace(situation, directory=replace(make_directory(), lifecycle=rules))


def test_a_lifecycle_may_ask_for_an_owner():
    situation = situation_by('checks = ["assigned"]', 'checks = ["has_owner"]', team="network")
    found = denial(Action.SET_STATUS, situation, "in-progress")
    assert (found.code, found.fix) == (Reason.NO_OWNER, Fix(action=Action.CLAIM))


def test_a_status_that_takes_no_reply_offers_to_reopen():
    situation = situation_by(
        'reopens_to = "open"', "takes_reply = false", status="resolved", state=CLOSED
    )
    found = denial(Action.REPLY, situation)
    assert (found.code, found.fix) == (Reason.STATUS_TAKES_NO_REPLY, Fix(action=Action.REOPEN))
    assert found.facts["status"] == "Resolved"
