"""No sequence of allowed commands leads to a forbidden state, and undo is undo."""

from dataclasses import replace
from datetime import timedelta

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
from desk_app.domain.entry import Event
from desk_app.domain.gate import denial, missing_fields
from desk_app.domain.ticket import Referral, State, Task
from desk_app.services.command_bus import questions
from tests.builders import AT, make_directory, make_situation, make_ticket

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
    st.just(_status(Restore, "open")),
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


def _allowed(command, ticket):
    situation = replace(make_situation(command.actor, ticket), now=command.at)
    return all(denial(action, situation, target) is None for action, target in questions(command))


def _new_task_id(command, ticket):
    return not (isinstance(command, AddTask) and command.task.id in {t.id for t in ticket.tasks})


@settings(max_examples=500)
@given(st.lists(st.tuples(AGENTS, MAKERS), max_size=30))
def test_no_sequence_of_allowed_commands_reaches_a_forbidden_state(steps):
    ticket = make_ticket()
    for number, (agent, make) in enumerate(steps):
        at = AT + timedelta(minutes=number + 1)
        command = make({"id": str(number), "ticket": ticket.id, "actor": agent, "at": at})
        if not (_new_task_id(command, ticket) and _allowed(command, ticket)):
            continue
        before, ticket = ticket, apply(ticket, command)
        _check_state(ticket)
        _check_undo(before, ticket, command)


def _check_state(ticket):
    assert (ticket.closed_at is None) == (ticket.state is State.OPEN)
    assert ticket.state is RULES.statuses[ticket.status].state
    if ticket.merged_into is not None:
        assert ticket.state is not State.OPEN
    elif ticket.state is State.CLOSED:
        assert not ticket.open_tasks
        assert ticket.topic is not None
        assert not missing_fields(make_situation("sam", ticket))


def _check_undo(before, after, command):
    event = Event(
        id=1,
        ticket=before.id,
        command=command.id,
        action=command.name,
        actor=command.actor,
        at=command.at,
        changes=changes(before, after),
    )
    assert still_holds(after, event)
    undo = Revert(id="u", ticket=before.id, actor=command.actor, at=command.at, event=event)
    assert replace(apply(after, undo), updated_at=before.updated_at) == before
