"""What the gate says of each target, and the facts that its sentences name."""

from dataclasses import replace
from datetime import timedelta

import pytest

from desk_app.domain.gate import Reason, denial, missing_fields
from desk_app.domain.lifecycle import Action
from desk_app.domain.ticket import Referral, State
from tests.builders import AT, make_directory, make_situation, make_ticket
from tests.denials import DONE, LEE, TASK, others

SAM, JANE = Referral(kind="agent", key="sam"), Referral(kind="agent", key="jane")
NETWORK = Referral(kind="team", key="network")
BOTH = {"tasks": (TASK, DONE)}


def code(action, target=None, agent="sam", more=None, **fields):
    found = denial(action, make_situation(agent, make_ticket(**fields), **(more or {})), target)
    return None if found is None else found.code


@pytest.mark.parametrize(
    ("action", "fields", "target", "expected"),
    [
        (Action.UNLINK, {"links": (3,)}, None, None),
        (Action.UNLINK, {"links": (3,)}, 3, None),
        (Action.UNLINK, {"links": (3,)}, 4, Reason.NO_LINK),
        (Action.UNREFER, {"referrals": (LEE,)}, None, None),
        (Action.UNREFER, {"referrals": (LEE,)}, LEE, None),
        (Action.UNREFER, {"referrals": (LEE,)}, JANE, Reason.NO_REFERRAL),
        (Action.CLOSE_TASK, BOTH, None, None),
        (Action.CLOSE_TASK, BOTH, TASK.id, None),
        (Action.CLOSE_TASK, BOTH, DONE.id, Reason.NO_OPEN_TASK),
        (Action.REOPEN_TASK, BOTH, None, None),
        (Action.REOPEN_TASK, BOTH, DONE.id, None),
        (Action.REOPEN_TASK, BOTH, TASK.id, Reason.NO_CLOSED_TASK),
        (Action.ASSIGN, {"owner": "lee"}, LEE, Reason.NO_CHANGE),
        (Action.ASSIGN, {"owner": "lee"}, SAM, None),
        (Action.ASSIGN, {"team": "network"}, NETWORK, Reason.NO_CHANGE),
        (Action.ASSIGN, {"team": "network"}, LEE, None),
        (Action.ASSIGN, {}, NETWORK, None),
        (Action.TRANSFER, {}, "support", Reason.NO_CHANGE),
        (Action.TRANSFER, {}, "sysadmins", None),
        (Action.REFER, {"referrals": (LEE,)}, LEE, Reason.NO_CHANGE),
        (Action.CLAIM, {"owner": "sam"}, None, Reason.ALREADY_MINE),
        (Action.EDIT_DUE, {}, AT, Reason.PAST_DUE_DATE),
        (Action.EDIT_DUE, {}, AT + timedelta(seconds=1), None),
        (Action.EDIT_DUE, {}, None, None),
        (Action.EDIT_SUBJECT, {}, "support", None),
    ],
)
def test_a_target_is_taken_or_refused(action, fields, target, expected):
    assert code(action, target, **fields) is expected


def test_whoever_has_a_ticket_is_no_other_who_has_it():
    """A lifecycle may ask that nobody else has it, and not that it is not one's own."""
    situation = make_situation("sam", make_ticket(owner="sam"))
    rules = situation.directory.lifecycle
    claim = rules.rules[Action.CLAIM]
    kept = replace(claim, checks=tuple(c for c in claim.checks if c != "not_mine"))
    lifecycle = replace(rules, rules={**rules.rules, Action.CLAIM: kept})
    directory = replace(make_directory(), lifecycle=lifecycle)
    assert denial(Action.CLAIM, replace(situation, directory=directory)) is None


@pytest.mark.parametrize(
    ("action", "fields", "more", "target", "facts"),
    [
        (Action.CLAIM, {"merged_into": 9}, {}, None, {"into": "9"}),
        (Action.REPLY, {}, {"locked_by": "Lee Park"}, None, {"agent": "Lee Park"}),
        (Action.CLAIM, {"owner": "lee"}, {}, None, {"agent": "Lee Park"}),
        (Action.CLAIM, {"owner": "gone"}, {}, None, {"agent": "gone"}),
        (
            Action.ASSIGN,
            {},
            {},
            Referral(kind="agent", key="priya"),
            {"agent": "Priya Nair", "department": "Support"},
        ),
        (
            Action.SET_STATUS,
            {},
            {"open_children": ("5", "6")},
            "closed",
            {"count": "2", "number": "5"},
        ),
        (Action.SET_STATUS, {"topic": "hardware"}, {}, "resolved", {"field": "Asset tag"}),
        (
            Action.MERGE,
            {},
            {"others": others({"merged_into": 1})},
            2,
            {"number": "100002"},
        ),
        (
            Action.MERGE,
            {},
            {"others": others({"status": "deleted", "state": State.DELETED})},
            2,
            {"number": "100002"},
        ),
    ],
)
def test_a_refusal_names_what_its_sentence_needs(action, fields, more, target, facts):
    found = denial(action, make_situation("sam", make_ticket(**fields), **more), target)
    assert dict(found.facts) == facts


def test_a_department_that_is_gone_is_named_by_its_key():
    found = denial(Action.NOTE, make_situation("lee", make_ticket(department="gone")))
    assert (found.code, dict(found.facts)) == (Reason.NOT_VISIBLE, {"department": "gone"})


def test_only_answers_that_closing_takes_are_missing():
    situation = make_situation("sam", make_ticket(topic="hardware"))
    [asset] = missing_fields(situation)
    topic = situation.directory.topics["hardware"]
    free = replace(asset, required_to_close=False)
    fields = tuple(free if f == asset else f for f in topic.fields)
    topics = {**situation.directory.topics, "hardware": replace(topic, fields=fields)}
    directory = replace(make_directory(), topics=topics)
    assert missing_fields(replace(situation, directory=directory)) == ()
    answered = replace(situation.ticket, custom=((asset.key, " "),))
    assert missing_fields(replace(situation, ticket=answered)) == (asset,)


def test_a_merge_into_the_ticket_itself_is_no_ring():
    situation = make_situation(others={1: make_ticket(merged_into=3)})
    assert denial(Action.MERGE, situation, 1).code is Reason.ITSELF


def test_a_ticket_that_was_not_looked_up_is_left_to_whoever_does():
    assert denial(Action.MERGE, make_situation(), 2) is None
    assert denial(Action.MERGE, make_situation(), None) is None
