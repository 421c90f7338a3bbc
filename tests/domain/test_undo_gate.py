"""Who may take back what, and when: by hand, reason for reason."""

from dataclasses import replace

import pytest

from desk_app.domain.entry import Change, Event
from desk_app.domain.gate import Fix, Reason
from desk_app.domain.lifecycle import Action
from desk_app.domain.ticket import State
from desk_app.domain.undo_gate import action_of, asked_again, redo_denial, undo_denial
from tests.builders import AT, make_situation, make_ticket
from tests.denials import CLOSED, TASK, others

DELETED = {"status": "deleted", "state": State.DELETED, "restore_to": "open"}


def event(action, actor="lee", **changes):
    """Build an event; `changes` are (old, new) by field."""
    found = tuple(Change(field=f, old=old, new=new) for f, (old, new) in changes.items())
    return Event(id=1, ticket=1, command="c", action=action, actor=actor, at=AT, changes=found)


def asked(done, agent="lee", now=None, after=None, **more):
    ticket = make_ticket(**(now or {}))
    situation = make_situation(agent, ticket, **more)
    return undo_denial(done, situation, replace(ticket, **(after or {})))


def code(found):
    return None if found is None else found.code


# --- who ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("actor", "agent", "expected"),
    [
        ("lee", "lee", None),
        ("john", "lee", Reason.NOT_YOURS),
        ("john", "sam", None),
        ("sam", "sam", None),
    ],
)
def test_what_one_did_oneself_or_supervises(actor, agent, expected):
    done = event("edit", actor, priority=("low", "high"))
    assert code(asked(done, agent)) is expected
    situation = make_situation(agent)
    original = event("edit", "lee", priority=("low", "high"))
    undoing = event("revert", actor, priority=("high", "low"))
    assert code(redo_denial(original, undoing, situation, situation.ticket)) is expected


@pytest.mark.parametrize(("actor", "name"), [("john", "John Carter"), ("gone", "gone")])
def test_a_refusal_names_who_did_it(actor, name):
    assert dict(asked(event("claim", actor)).facts) == {"agent": name}


def test_what_one_does_not_see_one_neither_undoes_nor_redoes():
    situation = make_situation("lee", make_ticket(department="banking"))
    done = event("note")
    assert undo_denial(done, situation, situation.ticket).code is Reason.OUT_OF_SIGHT
    assert undo_denial(done, situation, situation.ticket, in_hand=True) is None
    assert redo_denial(done, done, situation, situation.ticket).code is Reason.NOT_VISIBLE


# --- by which right ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [("support", "sysadmins", None), ("sysadmins", "support", Reason.NO_PERMISSION)],
)
def test_the_right_of_the_department_where_it_was_done_counts(old, new, expected):
    """John may transfer in Support, not in SysAdmins."""
    done = event("transfer", "john", department=(old, new))
    assert code(asked(done, "john", {"department": new}, {"department": old})) is expected


def test_other_changes_move_no_rights():
    done = event("edit", "john", subject=("sysadmins", "support"))
    assert asked(done, "john") is None


@pytest.mark.parametrize(
    ("agent", "status", "expected"),
    [
        ("lee", "deleted", Reason.NO_PERMISSION),
        ("sam", "deleted", None),
        ("lee", "resolved", None),
    ],
)
def test_the_right_to_enter_the_status_counts_too(agent, status, expected):
    now = DELETED if status == "deleted" else {"status": "resolved", "state": State.CLOSED}
    done = event("set_status", agent, status=("open", status), state=(0, int(now["state"])))
    after = {"status": "open", "state": State.OPEN, "restore_to": None}
    found = asked(done, agent, now, after)
    assert code(found) is expected
    if found is not None:
        assert found.facts["permission"] == "ticket.delete"


def test_the_right_to_have_done_it_counts():
    assert code(asked(event("delete", "lee"), "lee")) is Reason.NO_PERMISSION
    assert asked(event("delete", "lee"), "lee").facts["permission"] == "ticket.delete"


# --- when --------------------------------------------------------------------------------------


def test_an_edit_waits_until_the_ticket_is_open_again():
    found = asked(event("edit", subject=("a", "b")), now=CLOSED)
    assert (found.code, found.fix) == (Reason.WRONG_STATE, Fix(action=Action.REOPEN))


def test_a_change_of_status_is_its_own_way_out_of_a_state():
    done = event("claim", status=("open", "closed"))
    after = {"status": "open", "state": State.OPEN}
    assert asked(done, "sam", {**CLOSED, "owner": "sam"}, after) is None


@pytest.mark.parametrize(("action", "held"), [("reply", True), ("link", False)])
def test_a_lock_holds_what_it_held_before(action, held):
    found = asked(event(action), locked_by="John Carter")
    assert code(found) is (Reason.LOCKED if held else None)


def test_what_went_on_elsewhere_is_left_alone_but_for_the_merge_itself():
    merged = {**CLOSED, "merged_into": 2}
    link = asked(
        event("link", links=((), (3,))), now={**merged, "links": (3,)}, after={"links": ()}
    )
    assert (link.code, link.fix) == (Reason.MERGED, Fix(ticket=2))
    done = event("merge", "sam", merged_into=(None, 2), status=("open", "closed"))
    after = {"merged_into": None, "status": "open", "state": State.OPEN}
    assert asked(done, "sam", merged, after) is None
    assert code(asked(done, "sam", merged, after, locked_by="Lee Park")) is Reason.LOCKED


def test_a_merged_ticket_is_not_opened_by_an_undo():
    merged = {"status": "deleted", "state": State.DELETED, "merged_into": 2}
    done = event("delete", "sam", status=("open", "deleted"))
    opened = {"status": "open", "state": State.OPEN}
    assert code(asked(done, "sam", merged, opened)) is Reason.MERGED
    assert asked(done, "sam", merged, {"status": "closed", "state": State.CLOSED}) is None


def test_a_status_that_the_desk_has_no_more_is_not_gone_back_to():
    done = event("set_status", "sam", status=("gone", "closed"))
    found = asked(done, "sam", CLOSED, {"status": "gone", "state": State.OPEN})
    assert (found.code, dict(found.facts)) == (Reason.TARGET_UNKNOWN, {"target": "gone"})


# --- what the gate is asked --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ((), Action.EDIT_SUBJECT),
        (("priority",), Action.EDIT_PRIORITY),
        (("answered", "due_at"), Action.EDIT_DUE),
    ],
)
def test_an_edit_is_known_by_its_field(fields, expected):
    assert action_of(event("edit", **dict.fromkeys(fields, (1, 2)))) is expected


@pytest.mark.parametrize(
    ("done", "expected"),
    [
        (event("claim", owner=(None, "lee")), [(Action.CLAIM, None)]),
        (event("claim", status=("open", "closed")), [(Action.CLAIM, None)]),
        (event("reply", answered=(False, True)), [(Action.REPLY, None)]),
        (
            event("reply", answered=(False, True), status=("open", "closed")),
            [(Action.REPLY, None), (Action.SET_STATUS, "closed")],
        ),
        (event("set_status", status=("open", "closed")), [(Action.SET_STATUS, "closed")]),
        (event("reopen", status=("closed", "open")), [(Action.REOPEN, "open")]),
        (event("restore", status=("deleted", "open")), [(Action.RESTORE, "open")]),
        (event("merge", status=("open", "closed"), merged_into=(None, 2)), [(Action.MERGE, 2)]),
        (event("edit", priority=("low", "high")), [(Action.EDIT_PRIORITY, None)]),
    ],
)
def test_doing_again_asks_what_doing_asked(done, expected):
    assert asked_again(done) == expected


@pytest.mark.parametrize(
    ("done", "now", "more", "expected"),
    [
        (event("claim"), {}, {}, None),
        (event("claim"), CLOSED, {}, Reason.WRONG_STATE),
        (
            event("reply", status=("open", "archived")),
            {"tasks": (TASK,)},
            {},
            Reason.NO_TRANSITION,
        ),
        (event("reply", status=("open", "closed")), {}, {"locked_by": "x"}, Reason.LOCKED),
        (event("set_status", status=("open", "closed")), {"tasks": (TASK,)}, {}, Reason.OPEN_TASKS),
        (
            event("merge", merged_into=(None, 2)),
            {},
            {"others": others({"merged_into": 1})},
            Reason.TARGET_IS_CHILD,
        ),
    ],
)
def test_doing_again_is_refused_as_doing_is(done, now, more, expected):
    ticket = make_ticket(**now)
    situation = make_situation("sam", ticket, **more)
    undoing = event("revert", "sam")
    assert code(redo_denial(done, undoing, situation, ticket)) is expected


def test_doing_again_leads_to_no_forbidden_state():
    ticket = make_ticket(tasks=(TASK,))
    after = replace(ticket, status="closed", state=State.CLOSED)
    situation = make_situation("sam", ticket)
    done = event("claim", "sam", owner=(None, "sam"))
    assert redo_denial(done, done, situation, after).code is Reason.OPEN_TASKS
