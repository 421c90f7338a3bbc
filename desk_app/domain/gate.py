"""The gate: may this agent do this to this ticket now? If not: why, and what would help."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from desk_app.domain.gate_checks import (
    department_fact,
    first_denial,
    lost_target,
    merged,
    missing_fields,
    unknown_target,
)
from desk_app.domain.lifecycle import Action, Check, Lifecycle, Status
from desk_app.domain.ticket import State
from desk_app.domain.verdict import Denial, Fix, Reason, Situation

if TYPE_CHECKING:
    from desk_app.domain.people import Permission

__all__ = [
    "Denial",
    "Fix",
    "Reason",
    "Situation",
    "allowed_steps",
    "asks_for_children",
    "denial",
    "lacks_right",
    "missing_fields",
    "unseen",
    "wrong_state",
]


def denial(action: Action, situation: Situation, target: object = None) -> Denial | None:
    """Say why `action` on `target` is off, or None if it may be done.

    Without a target the answer is for the action as such: 'off' then means that no target would
    do. Targets: a status key (set_status, reopen, restore), an agent or team as `Referral`
    (assign, refer), a department key (transfer), a ticket id (link, merge), a task id, or a
    field's new value.
    """
    rule = situation.directory.lifecycle.rules[action]
    ticket = situation.ticket
    hidden = unseen(situation)
    if hidden is not None:
        return hidden
    if ticket.state not in rule.states:
        return wrong_state(action, situation)
    if rule.permission is not None:
        refused = lacks_right(rule.permission, situation)
        if refused is not None:
            return refused
    return (
        unknown_target(action, situation, target)
        or lost_target(action, situation, target)
        or first_denial(rule.checks, situation, target)
        or _step(action, situation, target)
    )


def asks_for_children(action: Action, lifecycle: Lifecycle) -> bool:
    """Whether tickets merged into this one may be in the way: to find them is one more question."""
    return action in _STEPS or Check.NO_OPEN_CHILD in lifecycle.rules[action].checks


_STEPS = frozenset({Action.SET_STATUS, Action.REOPEN, Action.DELETE, Action.RESTORE})
"""They lead to a status, whose own checks hold too."""


def allowed_steps(situation: Situation) -> list[tuple[Status, Denial | None]]:
    """Each status that the present one leads to, with the reason if it is off."""
    return [
        (status, denial(Action.SET_STATUS, situation, status.key))
        for status in situation.directory.lifecycle.steps(situation.ticket)
    ]


def unseen(situation: Situation) -> Denial | None:
    """The no to whoever does not see the ticket."""
    if situation.directory.sees(situation.actor, situation.ticket):
        return None
    return Denial(code=Reason.NOT_VISIBLE, facts=department_fact(situation))


def lacks_right(permission: Permission, situation: Situation) -> Denial | None:
    """The no for want of a right, with the names of agents who have it."""
    directory, ticket = situation.directory, situation.ticket
    if permission in directory.permissions(situation.actor, ticket):
        return None
    can = [
        agent.name
        for agent in directory.agents.values()
        if directory.sees(agent, ticket) and permission in directory.permissions(agent, ticket)
    ]
    return Denial(
        code=Reason.NO_PERMISSION,
        facts={"permission": permission, "who_can": ", ".join(sorted(can)[:5])},
    )


def wrong_state(action: Action, situation: Situation) -> Denial:
    """The no in this state, with the way to one where the action is possible."""
    ticket = situation.ticket
    if ticket.merged_into is not None:
        return merged(situation)
    ways_back = {State.CLOSED: Action.REOPEN, State.ARCHIVED: Action.REOPEN}
    ways_back[State.DELETED] = Action.RESTORE
    back = ways_back.get(ticket.state)
    fix = None if back is None or back is action else Fix(action=back)
    return Denial(code=Reason.WRONG_STATE, facts={"status": situation.status.name}, fix=fix)


def _step(action: Action, situation: Situation, target: object) -> Denial | None:
    """What a change of status takes: a way there, the right, and the new status's checks."""
    if action is Action.RESTORE:
        return _way_back(situation, target)
    lifecycle = situation.directory.lifecycle
    goals: Mapping[Action, Callable[[], object]] = {
        Action.SET_STATUS: lambda: target,
        Action.REOPEN: lambda: target or lifecycle.reopened,
        Action.DELETE: lambda: lifecycle.first_in(State.DELETED).key,
    }
    goal = goals.get(action, lambda: None)()
    if goal is None:
        return None
    if goal == situation.ticket.status:
        return Denial(code=Reason.SAME_STATUS, facts={"status": situation.status.name})
    status = lifecycle.statuses.get(str(goal))
    if status is None:
        return Denial(code=Reason.TARGET_UNKNOWN, facts={"target": str(goal)})
    if status.key not in situation.status.to:
        facts = {"status": situation.status.name, "to": status.name}
        return Denial(code=Reason.NO_TRANSITION, facts=facts)
    return _entry(status, situation, target)


def _way_back(situation: Situation, target: object) -> Denial | None:
    """A deleted ticket goes back to where it came from, or where its status leads.

    The checks of the former status are not asked again: nothing could be mended while deleted.
    """
    lifecycle = situation.directory.lifecycle
    former = lifecycle.restored(situation.ticket)
    status = former if target is None else lifecycle.statuses.get(str(target))
    if status is None:
        return Denial(code=Reason.TARGET_UNKNOWN, facts={"target": str(target)})
    if situation.ticket.merged_into is not None and status.state is State.OPEN:
        return merged(situation)
    if status is former:
        return None
    if status.key not in situation.status.to:
        facts = {"status": situation.status.name, "to": status.name}
        return Denial(code=Reason.NO_TRANSITION, facts=facts)
    return _entry(status, situation, target)


def _entry(status: Status, situation: Situation, target: object) -> Denial | None:
    refused = None if status.permission is None else lacks_right(status.permission, situation)
    return refused or first_denial(status.checks, situation, target)
