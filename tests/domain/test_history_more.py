"""The commands that `test_history` leaves out: hand-overs, words, answers, and the way back."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from desk_app.domain.changes import changes, still_holds
from desk_app.domain.commands import (
    AddTask,
    Claim,
    CloseTask,
    Delete,
    EditCustom,
    EditField,
    Link,
    MarkAnswered,
    MarkUnanswered,
    Note,
    Refer,
    Release,
    Reply,
    Restore,
    Revert,
    SetStatus,
    Unlink,
    Unrefer,
    apply,
)
from desk_app.domain.entry import Entry, EntryKind, Event
from desk_app.domain.gate import denial, missing_fields
from desk_app.domain.ticket import EntryId, Referral, State, Task
from desk_app.services.command_bus import questions
from tests.builders import AT, make_directory, make_situation, make_ticket

RULES = make_directory().lifecycle
REFERRALS = st.sampled_from(
    [
        Referral(kind="agent", key="priya"),
        Referral(kind="team", key="network"),
        Referral(kind="department", key="banking"),
    ]
)
STATUS_KEYS = st.sampled_from(sorted(RULES.statuses))


def entry_of(base, kind):
    return Entry(
        id=EntryId(int(base["id"]) + 1),
        ticket=base["ticket"],
        kind=kind,
        at=base["at"],
        author_name=base["actor"],
        html="x",
        text="x",
    )


def make_reply(status):
    """Build a reply that sets a status too, or None."""
    state = State.OPEN if status is None else RULES.statuses[status].state
    return lambda base, ticket: Reply(
        **base, entry=entry_of(base, EntryKind.REPLY), claim=True, status=status, state=state
    )


def set_status(key):
    state = RULES.statuses[key].state
    return lambda base, ticket: SetStatus(**base, status=key, state=state)


def restore(base, ticket):
    """Build the restoring of the program: to the status that the deletion kept."""
    key = ticket.restore_to or RULES.initial
    return Restore(**base, status=key, state=RULES.statuses[key].state)


MAKERS = st.one_of(
    st.just(lambda base, ticket: Claim(**base)),
    st.just(lambda base, ticket: Release(**base)),
    REFERRALS.map(lambda to: lambda base, ticket: Refer(**base, to=to)),
    REFERRALS.map(lambda to: lambda base, ticket: Unrefer(**base, to=to)),
    st.none().map(make_reply),
    STATUS_KEYS.map(make_reply),
    STATUS_KEYS.map(set_status),
    st.just(lambda base, ticket: Note(**base, entry=entry_of(base, EntryKind.NOTE))),
    st.just(lambda base, ticket: MarkAnswered(**base)),
    st.just(lambda base, ticket: MarkUnanswered(**base)),
    st.integers(1, 3).map(lambda other: lambda base, ticket: Link(**base, other=other)),
    st.integers(1, 3).map(lambda other: lambda base, ticket: Unlink(**base, other=other)),
    st.just(lambda base, ticket: Delete(**base, status="deleted", state=State.DELETED)),
    st.just(restore),
    st.just(lambda base, ticket: AddTask(**base, task=Task(id=int(base["id"]) + 1, title="t"))),
    st.integers(1, 25).map(lambda task: lambda base, ticket: CloseTask(**base, task=task)),
    st.sampled_from(["general", "hardware", None]).map(
        lambda topic: lambda base, ticket: EditField(**base, field="topic", value=topic)
    ),
    st.sampled_from(["", "LT-1"]).map(
        lambda value: lambda base, ticket: EditCustom(**base, key="asset", value=value)
    ),
)
STEPS = st.lists(st.tuples(st.sampled_from(["sam", "sam", "john", "lee"]), MAKERS), max_size=25)


def played(steps):
    """Yield the ticket before and after each allowed command, and the command."""
    ticket = make_ticket()
    for number, (agent, make) in enumerate(steps):
        at = AT + timedelta(minutes=number + 1)
        base = {"id": str(number), "ticket": ticket.id, "actor": agent, "at": at}
        command = make(base, ticket)
        situation = replace(make_situation(agent, ticket), now=at)
        asked = questions(command)
        assert asked
        if any(denial(action, situation, target) is not None for action, target in asked):
            continue
        before, ticket = ticket, apply(ticket, command)
        yield before, ticket, command


def event_of(before, after, command):
    return Event(
        id=int(command.id) + 1,
        ticket=before.id,
        command=command.id,
        action=command.name,
        actor=command.actor,
        at=command.at,
        changes=changes(before, after),
    )


def reverted(ticket, event):
    undo = Revert(id="u", ticket=ticket.id, actor=event.actor, at=event.at, event=event)
    return apply(ticket, undo)


@settings(max_examples=500)
@given(steps=STEPS)
def test_no_allowed_command_leaves_a_forbidden_state(steps):
    for _, ticket, _ in played(steps):
        assert ticket.state is RULES.statuses[ticket.status].state
        assert (ticket.closed_at is None) == (ticket.state is State.OPEN)
        assert (ticket.closed_by is None) == (ticket.closed_at is None)
        assert ticket.restore_to is None or ticket.state is State.DELETED
        assert len(set(ticket.links)) == len(ticket.links)
        assert len(set(ticket.referrals)) == len(ticket.referrals)
        assert ticket.id not in ticket.links
        if ticket.state is State.CLOSED:
            assert not ticket.open_tasks
            assert ticket.topic is not None
            assert not missing_fields(make_situation("sam", ticket))


@settings(max_examples=500)
@given(steps=STEPS)
def test_undoing_all_from_the_last_to_the_first_is_the_ticket_as_it_began(steps):
    ticket, events = make_ticket(), []
    for before, after, command in played(steps):
        ticket = after
        events.append(event_of(before, after, command))
    for event in reversed(events):
        assert still_holds(ticket, event)
        ticket = reverted(ticket, event)
    assert replace(ticket, updated_at=AT) == make_ticket()
