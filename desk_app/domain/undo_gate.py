"""May this agent take this event back now? Undo is a change like any other: it is asked about."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from desk_app.domain.commands import FIELD_ACTIONS
from desk_app.domain.gate import denial, lacks_right, unseen, wrong_state
from desk_app.domain.gate_checks import CHECKS, first_denial, merged
from desk_app.domain.lifecycle import Action, Check
from desk_app.domain.ticket import State
from desk_app.domain.verdict import Denial, Reason

if TYPE_CHECKING:
    from desk_app.domain.entry import Event
    from desk_app.domain.ticket import Ticket
    from desk_app.domain.verdict import Situation

_ALWAYS = (Check.NOT_MERGED, Check.NOT_LOCKED)
"""What an undo takes too, where the action itself takes it."""


def action_of(event: Event) -> Action:
    """What the gate was asked when an agent caused the event."""
    if event.action != "edit":
        return Action(event.action)
    edited = (FIELD_ACTIONS[c.field] for c in event.changes if c.field in FIELD_ACTIONS)
    return next(edited, Action.EDIT_SUBJECT)  # an edit that changed nothing


def undo_denial(
    event: Event, situation: Situation, after: Ticket, *, in_hand: bool = False
) -> Denial | None:
    """Say why `event` may not be taken back, which would leave `after`.

    `in_hand` says that the ticket left the agent's sight by what the agent did, and is as it was
    left: whoever could send it away can still call it back.
    """
    return (
        (None if in_hand else _out_of_sight(event, situation))
        or _not_theirs(event, situation)
        or _right_gone(event, situation)
        or _not_now(event, situation, after)
        or _forbidden(situation, after)
    )


def redo_denial(
    original: Event, undoing: Event, situation: Situation, after: Ticket
) -> Denial | None:
    """Say why `original` may not be done again, now that `undoing` took it back."""
    refused = unseen(situation) or _not_theirs(undoing, situation)
    for action, target in asked_again(original):
        refused = refused or denial(action, situation, target)
    return refused or _forbidden(situation, after)


def asked_again(original: Event) -> list[tuple[Action, object]]:
    """What the gate is asked before `original` is done again: action and target."""
    action, status = action_of(original), _new(original, "status")
    if action is Action.MERGE:
        return [(action, _new(original, "merged_into"))]
    if action in {Action.SET_STATUS, Action.REOPEN, Action.RESTORE}:
        return [(action, status)]
    if action is Action.REPLY and status is not None:
        return [(action, None), (Action.SET_STATUS, status)]
    return [(action, None)]


def _new(event: Event, field: str) -> Any:
    """What the event set a field to; None if it left it alone."""
    return next((c.new for c in event.changes if c.field == field), None)


def _out_of_sight(event: Event, situation: Situation) -> Denial | None:
    """The no to whoever does not see the ticket, with the names of those who do and may."""
    denied = unseen(situation)
    if denied is None:
        return None
    directory, ticket = situation.directory, situation.ticket
    right = directory.lifecycle.rules[action_of(event)].permission
    can = sorted(
        agent.name
        for agent in directory.agents.values()
        if directory.sees(agent, ticket)
        and (right is None or right in directory.permissions(agent, ticket))
    )
    facts = {**denied.facts, "who_can": ", ".join(can[:5])}
    return Denial(code=Reason.OUT_OF_SIGHT, facts=facts)


def _not_theirs(event: Event, situation: Situation) -> Denial | None:
    actor = situation.actor
    if event.actor == actor.key or actor.supervisor:
        return None
    other = situation.directory.agents.get(event.actor)
    return Denial(
        code=Reason.NOT_YOURS, facts={"agent": event.actor if other is None else other.name}
    )


def _right_gone(event: Event, situation: Situation) -> Denial | None:
    """The rights that doing it took, in the department where it was done."""
    lifecycle = situation.directory.lifecycle
    there = next((str(c.old) for c in event.changes if c.field == "department"), None)
    if there is not None:
        situation = replace(situation, ticket=replace(situation.ticket, department=there))
    entered = lifecycle.statuses.get(_new(event, "status") or "")
    entry = None if entered is None else entered.permission
    for right in (lifecycle.rules[action_of(event)].permission, entry):
        refused = None if right is None else lacks_right(right, situation)
        if refused is not None:
            return refused
    return None


def _not_now(event: Event, situation: Situation, after: Ticket) -> Denial | None:
    """What stands in the way of any change; a change of status is its own way out of a state."""
    action, ticket = action_of(event), situation.ticket
    rule = situation.directory.lifecycle.rules[action]
    if after.status == ticket.status and ticket.state not in rule.states:
        return wrong_state(action, situation)
    parting = after.merged_into != ticket.merged_into
    wanted = (c for c in _ALWAYS if c in rule.checks)
    return first_denial(
        tuple(c for c in wanted if c is not Check.NOT_MERGED or not parting), situation
    )


def _forbidden(situation: Situation, after: Ticket) -> Denial | None:
    """What the status that the ticket would be in asks for, and the undo would break."""
    if after.merged_into is not None:
        then = replace(situation, ticket=after)
        return merged(then) if after.state is State.OPEN else None
    status = situation.directory.lifecycle.statuses.get(after.status)
    if status is None:
        return Denial(code=Reason.TARGET_UNKNOWN, facts={"target": after.status})
    moved = after.status != situation.ticket.status
    if not moved and after.state is State.OPEN:
        return None
    then = replace(situation, ticket=after)
    asked = (c for c in status.checks if moved or CHECKS[c](situation, None) is None)
    return first_denial(tuple(asked), then)
