"""Many tickets to one place: what the gate says of each, before anything is done.

A drop, its keyboard twin, a bulk action and a line of a shared-out list are all the same thing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from desk_app.domain.filters import NOBODY
from desk_app.domain.gate import denial
from desk_app.domain.lifecycle import Action
from desk_app.domain.ticket import Referral, Stage, State, Ticket, TicketId
from desk_app.domain.verdict import Denial, Reason, Situation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desk_app.domain.directory import Directory
    from desk_app.domain.people import Agent

Question = tuple[Action, Any]


class Place(StrEnum):
    """What tickets can be dropped on."""

    AGENT = "agent"
    """`NOBODY` releases."""
    ME = "me"
    """The actor claims what nobody has."""
    TEAM = "team"
    DEPARTMENT = "department"
    STATUS = "status"
    STAGE = "stage"
    PRIORITY = "priority"
    AS_IT_IS = "as_it_is"
    """Nowhere else: only the note is written, or the priority set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One place by its key."""

    kind: Place
    key: str = NOBODY


@dataclass(frozen=True, slots=True, kw_only=True)
class Handing:
    """What shall be done with tickets."""

    target: Target
    transfer: bool = False
    """To an agent: into the agent's department too."""
    priority: str | None = None
    """Also set this priority, where it differs."""
    breach_reason: str | None = None
    """Also say that this is why it is late, where it says another; '' takes the reason back."""
    note: str = ""
    """Also write this as an internal note."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Tickets that stay where they are, for the same reason."""

    denied: Denial
    tickets: tuple[TicketId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What a handing would do."""

    handing: Handing
    moves: tuple[Ticket, ...] = ()
    refused: tuple[Refusal, ...] = ()
    leaving: int = 0
    """How many the actor would no longer see."""

    @property
    def is_possible(self) -> bool:
        return bool(self.moves)

    @property
    def count_refused(self) -> int:
        return sum(len(refusal.tickets) for refusal in self.refused)


def goal(target: Target, directory: Directory) -> Question | None:
    """The action that a place stands for; None if tickets cannot be put there by hand.

    A stage follows from what is done with a ticket: it stands for an action where only one leads
    there. Where there are several, see `to_choose`.
    """
    if target.kind is Place.STAGE:
        return _goal_of_stage(Stage(int(target.key)), directory)
    if target.key == NOBODY and target.kind is not Place.ME:
        return (Action.RELEASE, None) if target.kind is Place.AGENT else None
    return {
        Place.AGENT: (Action.ASSIGN, Referral(kind="agent", key=target.key)),
        Place.ME: (Action.CLAIM, None),
        Place.TEAM: (Action.ASSIGN, Referral(kind="team", key=target.key)),
        Place.DEPARTMENT: (Action.TRANSFER, target.key),
        Place.STATUS: (Action.SET_STATUS, target.key),
        Place.PRIORITY: (Action.EDIT_PRIORITY, target.key),
    }[target.kind]


def places(directory: Directory) -> list[Target]:
    """Every place that stands for an action."""
    named = (
        (Place.AGENT, directory.agents),
        (Place.TEAM, directory.teams),
        (Place.DEPARTMENT, directory.departments),
        (Place.STATUS, directory.lifecycle.statuses),
    )
    found = [Target(kind=Place.AGENT)]
    found += [Target(kind=kind, key=key) for kind, things in named for key in things]
    found += [Target(kind=Place.STAGE, key=str(int(stage))) for stage in Stage]
    return [target for target in found if is_place(target, directory)]


def is_place(target: Target, directory: Directory) -> bool:
    """Whether tickets can be put there by hand at all."""
    return target.kind is Place.AS_IT_IS or goal(target, directory) is not None


def _goal_of_stage(stage: Stage, directory: Directory) -> Question | None:
    if stage is Stage.INTAKE:
        return Action.RELEASE, None
    if stage is Stage.RESOLUTION:
        return Action.SET_STATUS, directory.lifecycle.first_in(State.CLOSED).key
    there = statuses_of(stage, directory)
    return (Action.SET_STATUS, there[0]) if len(there) == 1 else None


def statuses_of(stage: Stage, directory: Directory) -> tuple[str, ...]:
    """Open statuses in which a ticket is at this stage, whatever else holds of it."""
    statuses = directory.lifecycle.statuses.values()
    return tuple(s.key for s in statuses if s.state is State.OPEN and s.stage is stage)


def to_choose(target: Target, directory: Directory) -> Action | None:
    """What has to be chosen before tickets can go to a stage that several ways lead to."""
    if target.kind is not Place.STAGE or goal(target, directory) is not None:
        return None
    stage = Stage(int(target.key))
    if statuses_of(stage, directory):
        return Action.SET_STATUS
    return Action.ASSIGN if stage is Stage.ASSIGNMENT else None


def questions_of(
    handing: Handing, ticket: Ticket, directory: Directory, actor: Agent | None = None
) -> list[Question]:
    """What has to be done to one ticket, in order; empty if nothing would change.

    What may take it out of the actor's sight comes last: nothing could be done to it afterwards.
    """
    found: list[Question] = [(Action.NOTE, None)] if handing.note else []
    if handing.priority is not None and handing.priority != ticket.priority:
        found.append((Action.EDIT_PRIORITY, handing.priority))
    if handing.breach_reason is not None and handing.breach_reason != ticket.breach_reason:
        found.append((Action.BREACH_REASON, handing.breach_reason))
    target = handing.target
    wanted = None if target.kind is Place.AS_IT_IS else goal(target, directory)
    there = target.kind is Place.TEAM and ticket.team == target.key
    is_more = handing.priority is not None or handing.breach_reason is not None
    if wanted is not None and not (there and is_more):
        found.append(wanted)
    home = directory.agents.get(target.key) if target.kind is Place.AGENT else None
    if handing.transfer and home is not None and ticket.department != home.department:
        last = directory.takes_part(home, ticket.department) or _goes_unseen(home, directory, actor)
        found.insert(len(found) if last else len(found) - 1, (Action.TRANSFER, home.department))
    return found


def _goes_unseen(home: Agent, directory: Directory, actor: Agent | None) -> bool:
    """Whether the actor could not give it to anybody any more once it is transferred."""
    if actor is None or not directory.lifecycle.hands_over_unseen:
        return False
    return not directory.takes_part(actor, home.department)


def bound_for(asked: Sequence[Question]) -> str:
    """Where the ticket goes at the end of what is done; '' where it stays."""
    action, target = asked[-1] if asked else (None, "")
    return str(target) if action is Action.TRANSFER else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Tickets that the gate cannot tell from each other: one answer does for all."""

    tickets: tuple[Ticket, ...]
    open_children: tuple[str, ...]


def alike(tickets: Sequence[Ticket], children: Mapping[int, tuple[str, ...]]) -> tuple[Alike, ...]:
    """Sort tickets out; `children` are numbers of open tickets that were merged into some."""
    found: dict[object, list[Ticket]] = {}
    for ticket in tickets:
        like = (_to_the_gate(ticket), children.get(ticket.id, ()))
        found.setdefault(like, []).append(ticket)
    return tuple(
        Alike(tickets=tuple(group), open_children=children.get(group[0].id, ()))
        for group in found.values()
    )


def rehearse(
    groups: Sequence[Alike], handing: Handing, actor: Agent, directory: Directory, now: datetime
) -> Rehearsal:
    """Ask the gate about every ticket."""
    moves: list[Ticket] = []
    refused: dict[object, tuple[Denial, list[TicketId]]] = {}
    leaving = 0
    for group in groups:
        situation = Situation(
            ticket=group.tickets[0],
            actor=actor,
            directory=directory,
            now=now,
            open_children=group.open_children,
        )
        denied, leaves = _answer(handing, situation)
        if denied is None:
            moves += group.tickets
            leaving += len(group.tickets) if leaves else 0
        else:
            same = (denied.code, tuple(sorted(denied.facts.items())))
            ids = refused.setdefault(same, (denied, []))[1]
            ids += [ticket.id for ticket in group.tickets]
    return Rehearsal(
        handing=handing,
        moves=tuple(moves),
        refused=tuple(
            Refusal(denied=denied, tickets=tuple(ids)) for denied, ids in refused.values()
        ),
        leaving=leaving,
    )


def _answer(handing: Handing, situation: Situation) -> tuple[Denial | None, bool]:
    """Whether it may be done, and whether the actor would lose sight of the ticket."""
    ticket, directory = situation.ticket, situation.directory
    asked = questions_of(handing, ticket, directory, situation.actor)
    if not asked:
        return Denial(code=Reason.NO_CHANGE), False
    situation = replace(situation, bound_for=bound_for(asked))
    for action, target in asked:
        denied = denial(action, replace(situation, ticket=ticket), target)
        if denied is not None:
            return denied, False
        ticket = _after(ticket, action, target, situation.actor)
    return None, not directory.sees(situation.actor, ticket)


def _after(ticket: Ticket, action: Action, target: Any, actor: Agent) -> Ticket:
    """The ticket as far as the next question and the sight of it depend on it."""
    if action is Action.TRANSFER:
        return replace(ticket, department=target)
    if action is Action.ASSIGN:
        return replace(ticket, **{"owner" if target.kind == "agent" else "team": target.key})
    if action is Action.CLAIM:
        return replace(ticket, owner=actor.key)
    return replace(ticket, owner=None, team=None) if action is Action.RELEASE else ticket


def _to_the_gate(ticket: Ticket) -> tuple[object, ...]:
    """All that the gate looks at for what a place can stand for."""
    return (
        *(ticket.department, ticket.owner, ticket.team, ticket.state, ticket.status),
        *(ticket.merged_into, ticket.referrals, ticket.priority, ticket.topic, ticket.custom),
        *(ticket.open_tasks, ticket.restore_to, ticket.breach_reason),
    )
