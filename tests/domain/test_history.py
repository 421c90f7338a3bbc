"""No sequence of allowed commands, undos and redos leads to a forbidden state; undo is undo."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk_app.domain.changes import changes, still_holds
from desk_app.domain.commands import (
    AddTask,
    Assign,
    Claim,
    CloseTask,
    Delete,
    EditCustom,
    EditField,
    Link,
    Merge,
    Release,
    Reopen,
    ReopenTask,
    Restore,
    Revert,
    SetStatus,
    Transfer,
    apply,
)
from desk_app.domain.entry import Change, Event
from desk_app.domain.gate import Reason, denial, missing_fields
from desk_app.domain.lifecycle import Action
from desk_app.domain.ticket import Referral, State, Task
from desk_app.domain.undo_gate import redo_denial, undo_denial
from desk_app.services.command_bus import questions
from tests.builders import AT, make_directory, make_situation, make_ticket
from tests.denials import TASK

RULES = make_directory().lifecycle
AGENTS = st.sampled_from(["sam", "john", "jane", "lee", "priya"])


def _status(make, key):
    return lambda base: make(**base, status=key, state=RULES.statuses[key].state)


MAKERS = st.one_of(
    st.just(lambda base: Claim(**base)),
    st.just(lambda base: Release(**base)),
    AGENTS.map(lambda a: lambda base: Assign(**base, to=Referral(kind="agent", key=a))),
    st.just(lambda base: Assign(**base, to=Referral(kind="team", key="network"))),
    st.sampled_from(["support", "sysadmins", "banking"]).map(
        lambda d: lambda base: Transfer(**base, department=d)
    ),
    st.sampled_from(list(RULES.statuses)).map(lambda key: _status(SetStatus, key)),
    st.just(_status(Reopen, RULES.reopened)),
    st.just(_status(Delete, "deleted")),
    st.sampled_from(list(RULES.statuses)).map(lambda key: _status(Restore, key)),
    st.integers(1, 3).map(
        lambda n: lambda base: AddTask(**base, task=Task(id=n * 100, title="t", created_at=AT))
    ),
    st.integers(1, 3).map(lambda n: lambda base: CloseTask(**base, task=n * 100)),
    st.integers(1, 3).map(lambda n: lambda base: ReopenTask(**base, task=n * 100)),
    st.sampled_from(["general", "hardware", None]).map(
        lambda t: lambda base: EditField(**base, field="topic", value=t)
    ),
    st.sampled_from(["", "LT-1"]).map(
        lambda v: lambda base: EditCustom(**base, key="asset", value=v)
    ),
    st.just(lambda base: Link(**base, other=2)),
    st.just(lambda base: Merge(**base, into=2, status="resolved", state=State.CLOSED)),
)


TAKE_BACK = st.tuples(st.just("take back"), st.integers(0, 9))
"""Take back one of the last ten events: an undo, or a redo where it was an undo itself."""


class History:
    """What a desk keeps of one ticket, and the rules by which it lets it change."""

    def __init__(self):
        self.ticket = make_ticket()
        self.events = []
        self.undone = set()

    def situation(self, agent, at):
        return replace(make_situation(agent, self.ticket), now=at)

    def do(self, command):
        if isinstance(command, AddTask) and command.task.id in {t.id for t in self.ticket.tasks}:
            return
        situation = self.situation(command.actor, command.at)
        if all(denial(a, situation, target) is None for a, target in questions(command)):
            _check_undo(self.ticket, apply(self.ticket, command), command)
            self._change(command, undoes=None)

    def take_back(self, back, agent, at):
        """Take back the event that is so many before the last, if it may be."""
        if back >= len(self.events):
            return
        event = self.events[-1 - back]
        undone = None if event.undoes is None else self.events[event.undoes]
        if undone is not None and undone.undoes is not None:
            return  # a redoing is no event of its own
        if event.id in self.undone or not still_holds(self.ticket, event):
            return
        command = Revert(id="u", ticket=self.ticket.id, actor=agent, at=at, event=event)
        after, situation = apply(self.ticket, command), self.situation(agent, at)
        if undone is None:
            denied = undo_denial(event, situation, after)
        else:
            denied = redo_denial(undone, event, situation, after)
        if denied is None:
            self._change(command, undoes=event.id)
            self.undone.add(event.id)
            self.undone.discard(event.undoes)

    def _change(self, command, *, undoes):
        before, self.ticket = self.ticket, apply(self.ticket, command)
        event = _event(len(self.events), before, self.ticket, command)
        self.events.append(replace(event, undoes=undoes))


@settings(max_examples=800)
@given(st.lists(st.tuples(AGENTS, st.one_of(MAKERS, MAKERS, TAKE_BACK)), max_size=40))
def test_no_sequence_of_allowed_steps_reaches_a_forbidden_state(steps):
    history = History()
    for number, (agent, step) in enumerate(steps):
        at = AT + timedelta(minutes=number + 1)
        if isinstance(step, tuple):
            history.take_back(step[1], agent, at)
        else:
            base = {"id": str(number), "ticket": history.ticket.id, "actor": agent, "at": at}
            history.do(step(base))
        _check_state(history.ticket)


def _check_state(ticket):
    assert (ticket.closed_at is None) == (ticket.state is State.OPEN)
    assert ticket.state is RULES.statuses[ticket.status].state
    assert (ticket.restore_to is not None) == (ticket.state is State.DELETED)
    if ticket.merged_into is not None:
        assert ticket.state is not State.OPEN
        assert not ticket.open_tasks
    elif ticket.state in {State.CLOSED, State.ARCHIVED}:
        assert not ticket.open_tasks
    if ticket.state is State.CLOSED and ticket.merged_into is None:
        assert ticket.topic is not None
        assert not missing_fields(make_situation("sam", ticket))


def _check_undo(before, after, command):
    event = _event(1, before, after, command)
    assert still_holds(after, event)
    undo = Revert(id="u", ticket=before.id, actor=command.actor, at=command.at, event=event)
    assert replace(apply(after, undo), updated_at=before.updated_at) == before


def _event(number, before, after, command):
    return Event(
        id=number,
        ticket=before.id,
        command=command.id,
        action=command.name,
        actor=command.actor,
        at=command.at,
        changes=changes(before, after),
    )


BARE = Event(id=1, ticket=make_ticket().id, command="c", action="", actor="sam", at=AT)


@pytest.mark.parametrize(
    ("was", "now", "fields", "more", "code"),
    [
        ("resolved", "open", {"tasks": (TASK,)}, {}, Reason.OPEN_TASKS),
        ("resolved", "open", {}, {"open_children": ("100077",)}, Reason.OPEN_CHILD),
        ("closed", "open", {"topic": None}, {}, Reason.MISSING_TOPIC),
        ("closed", "open", {"topic": "hardware"}, {}, Reason.MISSING_FIELD),
        ("archived", "open", {"tasks": (TASK,)}, {}, Reason.OPEN_TASKS),
        ("on-hold", "open", {}, {}, Reason.NOT_ASSIGNED),
        ("gone", "open", {}, {}, Reason.TARGET_UNKNOWN),
        ("open", "closed", {"merged_into": 2}, {}, Reason.MERGED),
        ("open", "closed", {}, {"locked_by": "Lee Park"}, Reason.LOCKED),
        ("open", "closed", {}, {}, None),
        ("resolved", "open", {}, {}, None),
    ],
)
def test_an_undo_of_a_status_meets_what_the_status_takes(was, now, fields, more, code):
    ticket = make_ticket(status=now, state=RULES.statuses[now].state, **fields)
    state = RULES.statuses[was].state if was in RULES.statuses else State.CLOSED
    change = Change(field="status", old=was, new=now)
    taken = replace(BARE, action="set_status", changes=(change,))
    after = replace(ticket, status=was, state=state)
    found = undo_denial(taken, make_situation("sam", ticket, **more), after)
    assert (found and found.code) == code


@pytest.mark.parametrize(
    ("was", "now", "code"),
    [(None, "general", Reason.MISSING_TOPIC), ("hardware", "general", None)],
)
def test_an_undo_on_a_closed_ticket_breaks_nothing_that_held(was, now, code):
    """Some desks let closed tickets be edited; what was missing before is no news."""
    rule = replace(RULES.rules[Action.EDIT_TOPIC], states=frozenset(State))
    rules = replace(RULES, rules={**RULES.rules, Action.EDIT_TOPIC: rule})
    ticket = make_ticket(status="closed", state=State.CLOSED, topic=now, custom=(("asset", "1"),))
    situation = make_situation("sam", ticket)
    situation = replace(situation, directory=replace(make_directory(), lifecycle=rules))
    taken = replace(BARE, action="edit", changes=(Change(field="topic", old=was, new=now),))
    found = undo_denial(taken, situation, replace(ticket, topic=was))
    assert (found and found.code) == code


def test_what_was_missing_before_stops_no_other_undo():
    ticket = make_ticket(status="closed", state=State.CLOSED, topic=None, links=(3,))
    taken = replace(BARE, action="link", changes=(Change(field="links", old=(), new=(3,)),))
    assert undo_denial(taken, make_situation("sam", ticket), replace(ticket, links=())) is None
