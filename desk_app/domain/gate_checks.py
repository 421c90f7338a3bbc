"""The conditions that a lifecycle file may ask for, and how to look."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from desk_app.domain.lifecycle import Action, Check
from desk_app.domain.ticket import Referral, State, TicketId
from desk_app.domain.verdict import Denial, Fix, Reason, Situation

if TYPE_CHECKING:
    from desk_app.domain.directory import CustomField
    from desk_app.domain.ticket import Ticket

Look = Callable[[Situation, object], Denial | None]


def first_denial(
    checks: tuple[Check, ...], situation: Situation, target: object = None
) -> Denial | None:
    """The answer of the first check that does not hold."""
    return next((no for c in checks if (no := CHECKS[c](situation, target)) is not None), None)


def merged(situation: Situation) -> Denial:
    """The no that leads on to the ticket that this one was merged into."""
    into = situation.ticket.merged_into
    return Denial(code=Reason.MERGED, facts={"into": str(into)}, fix=Fix(ticket=into))


def missing_fields(situation: Situation) -> tuple[CustomField, ...]:
    """The help topic's required answers that are still empty."""
    ticket = situation.ticket
    if ticket.listed_only:
        return ()
    return tuple(
        field
        for field in situation.directory.fields_of(ticket)
        if field.required_to_close and not ticket.custom_value(field.key).strip()
    )


def unknown_target(action: Action, situation: Situation, target: object) -> Denial | None:
    """The no to what this desk does not have, or cannot be given a ticket."""
    directory = situation.directory
    known: Mapping[str, object] | None = {
        Action.TRANSFER: directory.departments,
        Action.EDIT_PRIORITY: directory.priorities,
        Action.EDIT_SLA: directory.slas,
        Action.EDIT_TOPIC: directory.topics,
    }.get(action)
    if isinstance(target, Referral) and action in {Action.ASSIGN, Action.REFER}:
        places: dict[str, Mapping[str, object]] = {
            "agent": directory.agents,
            "team": directory.teams,
            "department": {} if action is Action.ASSIGN else directory.departments,
        }
        known, target = places.get(target.kind, {}), target.key
    if target is None or known is None or target in known:
        return None
    return Denial(code=Reason.TARGET_UNKNOWN, facts={"target": str(target)})


def lost_target(action: Action, situation: Situation, target: object) -> Denial | None:
    """The no to a ticket that the agent does not see, and to merging into one at an end itself.

    No lifecycle file may leave this out: a thread would go where its reader may not look, and
    two tickets that went on in each other are nowhere.
    """
    if action not in {Action.MERGE, Action.LINK} or not isinstance(target, int):
        return None
    other = situation.others.get(TicketId(target))
    if other is None or other.id == situation.ticket.id:
        return None
    facts = {"number": str(other.number)}
    if not situation.directory.sees(situation.actor, other):
        facts |= department_fact(replace(situation, ticket=other))
        return Denial(code=Reason.TARGET_NOT_VISIBLE, facts=facts)
    return None if action is Action.LINK else _lost(other, situation, facts)


def _lost(other: Ticket, situation: Situation, facts: dict[str, str]) -> Denial | None:
    if other.merged_into is not None:
        end = _end(other, situation)
        if end == situation.ticket.id:
            return Denial(code=Reason.TARGET_IS_CHILD, facts=facts, fix=Fix(ticket=other.id))
        goes_on = situation.others.get(end)
        facts["into"] = str(end if goes_on is None else goes_on.number)
        fix = Fix(action=Action.MERGE, ticket=end)
        return Denial(code=Reason.TARGET_MERGED, facts=facts, fix=fix)
    if other.state is State.DELETED:
        return Denial(code=Reason.TARGET_DELETED, facts=facts, fix=Fix(ticket=other.id))
    return None


def _end(ticket: Ticket, situation: Situation) -> TicketId:
    """Where a merged ticket goes on at last; a ring, which older programs allowed, ends too."""
    passed, at = {ticket.id}, ticket
    while at.merged_into is not None and at.merged_into not in passed:
        passed.add(at.merged_into)
        if at.merged_into not in situation.others:
            return at.merged_into
        at = situation.others[at.merged_into]
    return at.id


def department_fact(situation: Situation) -> dict[str, str]:
    """The ticket's department by name, for a sentence."""
    key = situation.ticket.department
    found = situation.directory.departments.get(key)
    return {"department": key if found is None else found.name}


def _not_there(situation: Situation, target: object) -> Denial | None:
    return Denial(code=Reason.NOT_THERE, facts={"product": situation.directory.lifecycle.name})


def _not_merged(situation: Situation, target: object) -> Denial | None:
    return None if situation.ticket.merged_into is None else merged(situation)


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
    """An agent must have access to the department, as in osTicket's assignment dialog.

    It is the one that the ticket goes to with the next step, where the lifecycle has it so.
    """
    if not isinstance(target, Referral) or target.kind != "agent":
        return None
    directory = situation.directory
    agent = directory.agents[target.key]
    if directory.takes_part(agent, situation.ticket.department):
        return None
    there = situation.bound_for if directory.lifecycle.hands_over_unseen else ""
    if there and directory.takes_part(agent, there):
        return None
    facts = {"agent": agent.name, **department_fact(situation)}
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


def _not_overdue(situation: Situation, target: object) -> Denial | None:
    due = situation.directory.due(situation.ticket)
    late = due is not None and due <= situation.now
    return Denial(code=Reason.ALREADY_OVERDUE) if late else None


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
    return Denial(code=Reason.OPEN_CHILD, facts=facts, fix=Fix(number=number))


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


CHECKS: Mapping[Check, Look] = MappingProxyType(
    {
        Check.NOT_THERE: _not_there,
        Check.NOT_MERGED: _not_merged,
        Check.NOT_LOCKED: _not_locked,
        Check.NOT_MINE: _not_mine,
        Check.UNOWNED: _unowned,
        Check.ASSIGNED: _assigned,
        Check.TARGET_CAN_SEE: _target_can_see,
        Check.TARGET_DIFFERS: _target_differs,
        Check.NOT_ANSWERED: _not_answered,
        Check.ANSWERED: _answered,
        Check.NOT_OVERDUE: _not_overdue,
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
