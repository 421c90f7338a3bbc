"""What is said of loads, drops and who may take what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desk_app.domain.filters import NOBODY
from desk_app.domain.lifecycle import Action
from desk_app.domain.move_record import MoveKind
from desk_app.domain.reassignment import Handing, Place, Refusal, Rehearsal, Target, goal
from desk_app.domain.state import Stage
from desk_app.domain.verdict import Reason
from desk_app.ui.models.queue_cells import span_text
from desk_app.ui.texts import denial_text, error_text, stage_name, tr

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from desk_app.domain.batch import Batch
    from desk_app.domain.directory import Directory
    from desk_app.domain.people import Agent
    from desk_app.domain.ticket import Ticket
    from desk_app.domain.workload import Load, Workload
    from desk_app.services.batches import BatchDone
    from desk_app.services.reassigning import HandedOver, Verdict

_MOVES = {
    MoveKind.CLAIM: "Claimed",
    MoveKind.STEAL: "Taken from another",
    MoveKind.ASSIGN: "Assigned",
    MoveKind.RELEASE: "Released",
    MoveKind.TEAM: "Team",
    MoveKind.TRANSFER: "Transferred",
    MoveKind.UNDO: "Undone",
    MoveKind.BREACH_REASON: "Breach reason",
}
_BREACHES = {
    "nobody_has_it": "nobody has it",
    "owner_away": "its agent is away",
    "owner_over": "its agent has too much",
    "never_answered": "never answered",
    "waits_for_us": "waits for an answer",
    "waits_for_requester": "waits for the requester",
    "reopened": "was reopened",
    "open_tasks": "has open tasks",
}


def move_name(kind: MoveKind) -> str:
    return tr(_MOVES[kind])


def breach_text(reasons: Iterable[str]) -> str:
    """Why a ticket is late, in a few words."""
    return ", ".join(tr(_BREACHES[str(reason)]) for reason in reasons)


def why_late(ticket: Ticket, causes: Iterable[str]) -> str:
    """What a person said of why a ticket is late, before what can be seen of it."""
    seen = breach_text(causes)
    return joined([words for words in (ticket.breach_reason, seen) if words])


def target_name(target: Target, directory: Directory) -> str:
    """A place as it is called on its column or line."""
    if target.kind is Place.STAGE:
        return stage_name(Stage(int(target.key)))
    if target.key == NOBODY:
        nobody = {Place.AGENT: tr("Nobody"), Place.TEAM: tr("No team"), Place.ME: tr("me")}
        return nobody.get(target.kind, "")
    things: Mapping[str, Any] = {
        Place.AGENT: directory.agents,
        Place.TEAM: directory.teams,
        Place.DEPARTMENT: directory.departments,
        Place.STATUS: directory.lifecycle.statuses,
        Place.PRIORITY: directory.priorities,
    }[target.kind]
    found = things.get(target.key)
    return target.key if found is None else str(found.name)


def summary(rehearsal: Rehearsal, directory: Directory) -> str:
    """The dry run in one line: `12 to Jane, 1 not: closed; 2 leave your sight`."""
    target = rehearsal.handing.target
    parts = []
    if rehearsal.moves:
        n, name = len(rehearsal.moves), target_name(target, directory)
        words = tr("{n} to {name}")
        if target.kind is Place.AS_IT_IS:
            reason = rehearsal.handing.breach_reason
            words = tr("{n} changed") if reason is None else tr("{n}: breach reason {name}")
            name = reason or tr("taken back")
        if goal_is_release(target, directory):
            words = tr("{n} released")
        parts.append(words.format(n=n, name=name))
    elif not rehearsal.refused:
        parts.append(tr("No ticket is left"))
    parts += [
        tr("{n} not: {reason}").format(n=len(r.tickets), reason=_why_not(r, rehearsal.handing))
        for r in rehearsal.refused
    ]
    line = ", ".join(parts)
    if rehearsal.leaving:
        many = rehearsal.leaving > 1
        words = tr("{n} leave your sight") if many else tr("{n} leaves your sight")
        line += "; " + words.format(n=rehearsal.leaving)
    return line


def _why_not(refusal: Refusal, handing: Handing) -> str:
    denied = refusal.denied
    if denied.code is Reason.NOT_VISIBLE and handing.transfer:
        words = tr("once in {department}, where you have no access, you could not assign it")
        return words.format(**denied.facts)
    return _reason(denial_text(denied))


def goal_is_release(target: Target, directory: Directory) -> bool:
    """Whether the place stands for giving up."""
    wanted = None if target.kind is Place.AS_IT_IS else goal(target, directory)
    return wanted is not None and wanted[0] is Action.RELEASE


def no_place(target: Target) -> str:
    """Why nothing can be put on a place that stands for no action."""
    if target.kind is Place.STAGE:
        return tr("This stage follows from the work: write in the ticket, or add a task")
    return tr("Nothing can be put here")


def choice_text(action: Action, count: int) -> str:
    """What a drop asks for, where several ways lead to the place."""
    if action is Action.SET_STATUS:
        return tr("{n}: drop to choose the status").format(n=count)
    words = tr("1: drop to choose who gets it")
    return words if count == 1 else tr("{n}: drop to choose who gets them").format(n=count)


def verdict_text(verdict: Verdict, directory: Directory) -> str:
    """What dropping here leads to, with the load before and after."""
    target = verdict.rehearsal.handing.target
    lines = [summary(verdict.rehearsal, directory)]
    if verdict.rehearsal.moves and target.kind in {Place.AGENT, Place.TEAM, Place.DEPARTMENT}:
        load = tr("Open {before} → {after}, overdue {late} → {later}").format(
            before=verdict.before.open,
            after=verdict.after.open,
            late=verdict.before.overdue,
            later=verdict.after.overdue,
        )
        if verdict.over:
            load += " · " + tr("{n} over the limit").format(n=verdict.over)
        lines.append(load)
    codes = {refusal.denied.code for refusal in verdict.rehearsal.refused}
    if codes == {Reason.TARGET_CANNOT_SEE} and not verdict.rehearsal.handing.transfer:
        lines.append(tr("With Ctrl they are transferred there too"))
    if verdict.away:
        stand_in = directory.agents.get(verdict.substitute or "")
        words = tr("Away, nobody stands in")
        if stand_in is not None:
            words = tr("Away; {name} stands in").format(name=stand_in.name)
        lines.append(words)
    return "\n".join(lines)


def hint_text(verdict: Verdict, directory: Directory, *, noted: bool) -> str:
    """The same with what the keys add that are held: Ctrl transfers, Shift asks for a note."""
    lines = [verdict_text(verdict, directory)]
    handing, moves = verdict.rehearsal.handing, verdict.rehearsal.moves
    agent = directory.agents.get(handing.target.key) if handing.transfer else None
    if agent is not None and any(ticket.department != agent.department for ticket in moves):
        name = target_name(Target(kind=Place.DEPARTMENT, key=agent.department), directory)
        lines.append(tr("Transferred to {department} too").format(department=name))
    if noted and moves:
        lines.append(tr("A note is asked for first"))
    return "\n".join(lines)


def outcome_text(handed: HandedOver, directory: Directory, *, linked: bool) -> str:
    """What was done: the dry run's line for each place, and what failed after all.

    `linked` says that a server is told, which may then show the tickets to others alone.
    """
    lines = [summary(one, directory) for one in handed.rehearsals]
    lines += _failures(handed.done)
    if any(one.leaving and one.moves for one in handed.rehearsals):
        until = tr("Undo calls them back until another agent works on them")
        lines.append(tr("Undo calls them back until they are sent") if linked else until)
    return "; ".join(lines)


def undone_text(done: BatchDone, *, redo: bool = False) -> str:
    """What an undo of a batch brought back."""
    words = tr("Redone: {n} tickets") if redo else tr("Undone: {n} tickets are as before")
    if len(done.tickets) == 1:
        words = tr("Redone: 1 ticket") if redo else tr("Undone: 1 ticket is as before")
    return "; ".join([words.format(n=len(done.tickets)), *_failures(done)])


def last_batch_text(batch: Batch, *, redo: bool = False) -> str:
    """What an undo would take back that was done before this window was opened."""
    words = tr("The last that you did to several at once: {n} tickets, {at}. {key} again undoes it")
    key = "Ctrl+Z"
    if redo:
        words = tr("The last that you undid at once: {n} tickets, {at}. {key} again redoes it")
        key = "Ctrl+Y"
    at = f"{batch.at.astimezone():%a %d %b %H:%M}"
    return words.format(n=len(batch.tickets), at=at, key=key) + "."


def _failures(done: BatchDone) -> list[str]:
    reasons: dict[str, int] = {}
    for _, error in done.refused:
        reason = _reason(error_text(error))
        reasons[reason] = reasons.get(reason, 0) + 1
    return [tr("{n} not: {reason}").format(n=n, reason=reason) for reason, n in reasons.items()]


def _reason(sentence: str) -> str:
    """A sentence inside another one."""
    return sentence.rstrip(".")


def figure(load: Load) -> str:
    """Open and overdue for a narrow column; '' where there is nothing."""
    if not load.open:
        return ""
    return f"{load.open}/{load.overdue}!" if load.overdue else str(load.open)


def load_words(load: Load, now_ms: int) -> list[str]:
    """All figures, each with its name."""
    words = [
        tr("open: {n}").format(n=load.open),
        tr("overdue: {n}").format(n=load.overdue),
        tr("due today: {n}").format(n=load.due_today),
        tr("unanswered: {n}").format(n=load.unanswered),
    ]
    if load.open:
        age = span_text(load.average_age_ms(now_ms) // 1000)
        words.append(tr("average age: {age}").format(age=age))
    return words


def agent_words(agent: Agent, workload: Workload, directory: Directory) -> list[str]:
    """Limit, absence and substitute of an agent, as far as there is something to say."""
    words = []
    limit, over = workload.capacity(agent), workload.over(agent)
    if limit:
        words.append(tr("limit: {n}").format(n=limit))
    if over:
        words.append(tr("{n} over the limit").format(n=over))
    if workload.is_away(agent):
        words.append(away_text(workload.away_until(agent)))
        stand_in = directory.agents.get(workload.substitute(agent) or "")
        if stand_in is not None:
            words.append(tr("{name} stands in").format(name=stand_in.name))
    return words


def own_words(target: Target, workload: Workload, directory: Directory) -> list[str]:
    """Limit and absence of an agent; of a team what those take together who are here."""
    if target.kind is Place.AGENT and target.key in directory.agents:
        return agent_words(directory.agents[target.key], workload, directory)
    team = directory.teams.get(target.key) if target.kind is Place.TEAM else None
    if team is None:
        return []
    members = [directory.agents[key] for key in team.members if key in directory.agents]
    limit = workload.team_capacity(team.key, directory)
    away = sum(workload.is_away(agent) for agent in members)
    words = [tr("limit: {n}").format(n=limit)] if limit else []
    if away:
        words.append(tr("{n} of {all} away").format(n=away, all=len(members)))
    return words


def away_text(until: datetime | None) -> str:
    if until is None:
        return tr("away")
    return tr("away until {at}").format(at=f"{until.astimezone():%a %d %b %H:%M}")


def joined(words: Sequence[str]) -> str:
    return " · ".join(words)
