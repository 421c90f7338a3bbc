"""The gate: may this agent do this to this ticket now? If not: why, and what would help."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from desk_app.domain.lifecycle import Action, Check, Status
from desk_app.domain.ticket import Referral, State, Ticket

if TYPE_CHECKING:
    from desk_app.domain.directory import CustomField, Directory
    from desk_app.domain.people import Agent, Permission


class Reason(StrEnum):
    """Why an action is off. The sentence is the screen's business."""

    NOT_VISIBLE = "not_visible"
    MERGED = "merged"
    LOCKED = "locked"
    WRONG_STATE = "wrong_state"
    NO_PERMISSION = "no_permission"
    SAME_STATUS = "same_status"
    NO_TRANSITION = "no_transition"
    OPEN_TASKS = "open_tasks"
    OPEN_CHILD = "open_child"
    MISSING_TOPIC = "missing_topic"
    MISSING_FIELD = "missing_field"
    NO_OWNER = "no_owner"
    ALREADY_MINE = "already_mine"
    OWNED_BY_OTHER = "owned_by_other"
    NOT_ASSIGNED = "not_assigned"
    TARGET_UNKNOWN = "target_unknown"
    TARGET_CANNOT_SEE = "target_cannot_see"
    NO_CHANGE = "no_change"
    ALREADY_ANSWERED = "already_answered"
    NOT_ANSWERED = "not_answered"
    NO_OPEN_TASK = "no_open_task"
    NO_CLOSED_TASK = "no_closed_task"
    NO_LINK = "no_link"
    NO_REFERRAL = "no_referral"
    ITSELF = "itself"
    NO_ADDRESS = "no_address"
    STATUS_TAKES_NO_REPLY = "status_takes_no_reply"
    PAST_DUE_DATE = "past_due_date"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """The one thing to do so that the action becomes possible."""

    action: Action | None = None
    field: str | None = None
    """A field of the ticket to fill in; `custom:KEY` for an extra one."""
    target: str | None = None
    """What to act on: a task's id, a ticket's number, a status."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial:
    """A no, with the facts that its sentence names."""

    code: Reason
    facts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    fix: Fix | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """All that the gate may look at."""

    ticket: Ticket
    actor: Agent
    directory: Directory
    now: datetime
    locked_by: str | None = None
    """The name of another agent who holds the ticket's lock."""
    open_children: tuple[str, ...] = ()
    """Numbers of open tickets that were merged into this one."""
    requester_email: str | None = None
    """None: not looked up; '' if the requester has no address."""

    @property
    def status(self) -> Status:
        return self.directory.lifecycle.statuses[self.ticket.status]


_Look = Callable[[Situation, object], Denial | None]


def denial(action: Action, situation: Situation, target: object = None) -> Denial | None:
    """Say why `action` on `target` is off, or None if it may be done.

    Without a target the answer is for the action as such: 'off' then means that no target would
    do. Targets: a status key (set_status), an agent or team as `Referral` (assign, refer), a
    department key (transfer), a ticket id (link, merge), a task id, or a field's new value.
    """
    rule = situation.directory.lifecycle.rules[action]
    ticket = situation.ticket
    if not situation.directory.sees(situation.actor, ticket):
        return Denial(code=Reason.NOT_VISIBLE, facts=_department(situation))
    if ticket.state not in rule.states:
        return _wrong_state(action, situation)
    if rule.permission is not None:
        refused = _needs(rule.permission, situation)
        if refused is not None:
            return refused
    return _first(rule.checks, situation, target) or _step(action, situation, target)


def allowed_steps(situation: Situation) -> list[tuple[Status, Denial | None]]:
    """Each status that the present one leads to, with the reason if it is off."""
    return [
        (status, denial(Action.SET_STATUS, situation, status.key))
        for status in situation.directory.lifecycle.steps(situation.ticket)
    ]


def _first(checks: tuple[Check, ...], situation: Situation, target: object) -> Denial | None:
    return next((no for c in checks if (no := _CHECKS[c](situation, target)) is not None), None)


def _needs(permission: Permission, situation: Situation) -> Denial | None:
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


def _wrong_state(action: Action, situation: Situation) -> Denial:
    ticket = situation.ticket
    if ticket.merged_into is not None:
        return _merged(situation)
    ways_back = {State.CLOSED: Action.REOPEN, State.ARCHIVED: Action.REOPEN}
    ways_back[State.DELETED] = Action.RESTORE
    back = ways_back.get(ticket.state)
    fix = None if back is None or back is action else Fix(action=back)
    return Denial(code=Reason.WRONG_STATE, facts={"status": situation.status.name}, fix=fix)


def _merged(situation: Situation) -> Denial:
    into = str(situation.ticket.merged_into)
    return Denial(code=Reason.MERGED, facts={"into": into}, fix=Fix(target=into))


def _step(action: Action, situation: Situation, target: object) -> Denial | None:
    """What a change of status takes: a way there, the right, and the new status's checks."""
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
    refused = None if status.permission is None else _needs(status.permission, situation)
    return refused or _first(status.checks, situation, target)


def missing_fields(situation: Situation) -> tuple[CustomField, ...]:
    """The help topic's required answers that are still empty."""
    ticket = situation.ticket
    return tuple(
        field
        for field in situation.directory.fields_of(ticket)
        if field.required_to_close and not ticket.custom_value(field.key).strip()
    )


def _department(situation: Situation) -> dict[str, str]:
    key = situation.ticket.department
    found = situation.directory.departments.get(key)
    return {"department": key if found is None else found.name}


def _not_merged(situation: Situation, target: object) -> Denial | None:
    return None if situation.ticket.merged_into is None else _merged(situation)


def _not_locked(situation: Situation, target: object) -> Denial | None:
    who = situation.locked_by
    return None if who is None else Denial(code=Reason.LOCKED, facts={"agent": who})


def _not_mine(situation: Situation, target: object) -> Denial | None:
    mine = situation.ticket.owner == situation.actor.key
    return Denial(code=Reason.ALREADY_MINE) if mine else None


def _unowned(situation: Situation, target: object) -> Denial | None:
    owner = situation.ticket.owner
    if owner is None or owner == situation.actor.key:
        return None
    agent = situation.directory.agents.get(owner)
    facts = {"agent": owner if agent is None else agent.name}
    return Denial(code=Reason.OWNED_BY_OTHER, facts=facts, fix=Fix(action=Action.ASSIGN))


def _assigned(situation: Situation, target: object) -> Denial | None:
    if situation.ticket.is_assigned:
        return None
    return Denial(code=Reason.NOT_ASSIGNED, fix=Fix(action=Action.CLAIM))


def _target_can_see(situation: Situation, target: object) -> Denial | None:
    """An agent must have access to the department, as in osTicket's assignment dialog."""
    if not isinstance(target, Referral):
        return None
    directory = situation.directory
    known = {"agent": directory.agents, "team": directory.teams}.get(
        target.kind, directory.departments
    )
    if target.key not in known:
        return Denial(code=Reason.TARGET_UNKNOWN, facts={"target": target.key})
    if target.kind != "agent":
        return None
    agent = directory.agents[target.key]
    if directory.takes_part(agent, situation.ticket.department):
        return None
    facts = {"agent": agent.name, **_department(situation)}
    return Denial(
        code=Reason.TARGET_CANNOT_SEE,
        facts=facts,
        fix=Fix(action=Action.TRANSFER, target=agent.department),
    )


def _target_differs(situation: Situation, target: object) -> Denial | None:
    """Handing a ticket to where it is already is no action."""
    ticket = situation.ticket
    present: set[object] = {ticket.department}
    if ticket.owner is not None:
        present.add(Referral(kind="agent", key=ticket.owner))
    if ticket.team is not None:
        present.add(Referral(kind="team", key=ticket.team))
    present.update(ticket.referrals)
    return Denial(code=Reason.NO_CHANGE) if target in present else None


def _not_answered(situation: Situation, target: object) -> Denial | None:
    return Denial(code=Reason.ALREADY_ANSWERED) if situation.ticket.answered else None


def _answered(situation: Situation, target: object) -> Denial | None:
    return None if situation.ticket.answered else Denial(code=Reason.NOT_ANSWERED)


def _has_open_task(situation: Situation, target: object) -> Denial | None:
    if situation.ticket.open_tasks:
        return None
    return Denial(code=Reason.NO_OPEN_TASK, fix=Fix(action=Action.ADD_TASK))


def _has_closed_task(situation: Situation, target: object) -> Denial | None:
    done = any(not task.is_open for task in situation.ticket.tasks)
    return None if done else Denial(code=Reason.NO_CLOSED_TASK)


def _task_is_open(situation: Situation, target: object) -> Denial | None:
    ids = {task.id for task in situation.ticket.open_tasks}
    return None if target is None or target in ids else Denial(code=Reason.NO_OPEN_TASK)


def _task_is_closed(situation: Situation, target: object) -> Denial | None:
    ids = {task.id for task in situation.ticket.tasks if not task.is_open}
    return None if target is None or target in ids else Denial(code=Reason.NO_CLOSED_TASK)


def _has_link(situation: Situation, target: object) -> Denial | None:
    links = situation.ticket.links
    there = bool(links) if target is None else target in links
    return None if there else Denial(code=Reason.NO_LINK, fix=Fix(action=Action.LINK))


def _has_referral(situation: Situation, target: object) -> Denial | None:
    referrals = situation.ticket.referrals
    there = bool(referrals) if target is None else target in referrals
    return None if there else Denial(code=Reason.NO_REFERRAL)


def _not_itself(situation: Situation, target: object) -> Denial | None:
    return Denial(code=Reason.ITSELF) if target == situation.ticket.id else None


def _requester_reachable(situation: Situation, target: object) -> Denial | None:
    if situation.requester_email == "":
        return Denial(code=Reason.NO_ADDRESS, fix=Fix(field="requester"))
    return None


def _status_takes_reply(situation: Situation, target: object) -> Denial | None:
    if situation.status.takes_reply:
        return None
    facts = {"status": situation.status.name}
    return Denial(code=Reason.STATUS_TAKES_NO_REPLY, facts=facts, fix=Fix(action=Action.REOPEN))


def _due_in_future(situation: Situation, target: object) -> Denial | None:
    past = isinstance(target, datetime) and target <= situation.now
    return Denial(code=Reason.PAST_DUE_DATE, fix=Fix(field="due_at")) if past else None


def _no_open_task(situation: Situation, target: object) -> Denial | None:
    tasks = situation.ticket.open_tasks
    if not tasks:
        return None
    facts = {"count": str(len(tasks)), "task": tasks[0].title}
    fix = Fix(action=Action.CLOSE_TASK, target=str(tasks[0].id))
    return Denial(code=Reason.OPEN_TASKS, facts=facts, fix=fix)


def _no_open_child(situation: Situation, target: object) -> Denial | None:
    if not situation.open_children:
        return None
    number = situation.open_children[0]
    facts = {"count": str(len(situation.open_children)), "number": number}
    return Denial(code=Reason.OPEN_CHILD, facts=facts, fix=Fix(target=number))


def _has_topic(situation: Situation, target: object) -> Denial | None:
    if situation.ticket.topic is not None:
        return None
    fix = Fix(action=Action.EDIT_TOPIC, field="topic")
    return Denial(code=Reason.MISSING_TOPIC, fix=fix)


def _required_fields(situation: Situation, target: object) -> Denial | None:
    missing = missing_fields(situation)
    if not missing:
        return None
    fix = Fix(action=Action.EDIT_CUSTOM, field=f"custom:{missing[0].key}")
    return Denial(code=Reason.MISSING_FIELD, facts={"field": missing[0].name}, fix=fix)


def _has_owner(situation: Situation, target: object) -> Denial | None:
    if situation.ticket.owner is not None:
        return None
    return Denial(code=Reason.NO_OWNER, fix=Fix(action=Action.CLAIM))


_CHECKS: Mapping[Check, _Look] = MappingProxyType(
    {
        Check.NOT_MERGED: _not_merged,
        Check.NOT_LOCKED: _not_locked,
        Check.NOT_MINE: _not_mine,
        Check.UNOWNED: _unowned,
        Check.ASSIGNED: _assigned,
        Check.TARGET_CAN_SEE: _target_can_see,
        Check.TARGET_DIFFERS: _target_differs,
        Check.NOT_ANSWERED: _not_answered,
        Check.ANSWERED: _answered,
        Check.HAS_OPEN_TASK: _has_open_task,
        Check.HAS_CLOSED_TASK: _has_closed_task,
        Check.TASK_IS_OPEN: _task_is_open,
        Check.TASK_IS_CLOSED: _task_is_closed,
        Check.HAS_LINK: _has_link,
        Check.HAS_REFERRAL: _has_referral,
        Check.NOT_ITSELF: _not_itself,
        Check.REQUESTER_REACHABLE: _requester_reachable,
        Check.STATUS_TAKES_REPLY: _status_takes_reply,
        Check.DUE_IN_FUTURE: _due_in_future,
        Check.NO_OPEN_TASK: _no_open_task,
        Check.NO_OPEN_CHILD: _no_open_child,
        Check.HAS_TOPIC: _has_topic,
        Check.REQUIRED_FIELDS: _required_fields,
        Check.HAS_OWNER: _has_owner,
    }
)
