"""May this step go out as it is, now that the server's side is known? Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from desk_app.domain.changes import value_of
from desk_app.domain.entry import Change
from desk_app.domain.gate import denial
from desk_app.domain.outbox import Edit, Happening, NewTicket
from desk_app.domain.undo_gate import asked_again
from desk_app.sync.foresight import ALONE

if TYPE_CHECKING:
    from desk_app.domain.mirror import Base
    from desk_app.domain.outbox import OutboxItem, Step
    from desk_app.domain.ticket import Ticket
    from desk_app.domain.verdict import Situation
    from desk_app.sync.foresight import Differing


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What to do with the step that is due."""

    happening: Happening
    """SEND, or what happens to the item instead."""
    step: Step | None = None
    """To be sent: without what the server has already."""
    reason: str = ""
    words: str = ""
    theirs: tuple[Change, ...] = ()


def judge(item: OutboxItem, base: Base, situation: Situation | None) -> Verdict:
    """Compare the step with the server's side; `situation` is None where no gate is asked."""
    step = item.step
    if isinstance(step, NewTicket):
        return Verdict(happening=Happening.SEND, step=step)
    if isinstance(step, Edit):
        return _judge_edit(item, step, base, situation)
    if step.is_public and (item.seen is None or base.heard > item.seen):
        return Verdict(happening=Happening.OVERTAKE, reason="thread_moved_on")
    return _refused(item, base, situation) or Verdict(happening=Happening.SEND, step=step)


def with_difference(verdict: Verdict, found: tuple[Differing, ...]) -> Verdict:
    """The verdict, saying so where the gate alone says no and the server shows a way."""
    if verdict.reason != "gate" or not any(one.foreseen for one in found):
        return verdict
    return replace(verdict, reason=ALONE)


def _judge_edit(item: OutboxItem, step: Edit, base: Base, situation: Situation | None) -> Verdict:
    there = base.ticket
    missing = tuple(c for c in step.changes if not _is(there, c.field, c.new))
    if not missing:
        return Verdict(happening=Happening.FIND, reason="already_so")
    theirs = tuple(
        Change(field=change.field, old=change.old, new=value_of(there, change.field))
        for change in missing
        if not (_is(there, change.field, change.old) or _is_begun(there, change))
    )
    if theirs:
        return Verdict(happening=Happening.COLLIDE, reason="changed_meanwhile", theirs=theirs)
    first = item.done == 0  # what came before in the same command changed what the gate would say
    refused = _refused(item, base, situation) if first else None
    return refused or Verdict(happening=Happening.SEND, step=replace(step, changes=missing))


_UNORDERED = frozenset({"links", "referrals", "collaborators", "muted", "watchers"})
"""They have an order here and none on a server."""


def _is(ticket: Ticket, field: str, value: object) -> bool:
    """Whether a field has this value."""
    there = value_of(ticket, field)
    if field in _UNORDERED and isinstance(there, tuple) and isinstance(value, tuple):
        return set(there) == set(value)
    return there == value


def _is_begun(ticket: Ticket, change: Change) -> bool:
    """Whether of several only what is wanted has come or gone so far: the rest is still to do."""
    there, old, new = value_of(ticket, change.field), change.old, change.new
    if change.field not in _UNORDERED or not isinstance(there, tuple):
        return False
    if not (isinstance(old, tuple) and isinstance(new, tuple)):
        return False
    return set(there) ^ set(old) <= set(new) ^ set(old)


def _refused(item: OutboxItem, base: Base, situation: Situation | None) -> Verdict | None:
    if situation is None:
        return None
    if item.event.action != "revert":
        for action, target in asked_again(item.event):
            denied = denial(action, situation, target)
            if denied is not None:
                return Verdict(happening=Happening.REFUSE, reason="gate", words=str(denied.code))
    status = next((c.new for c in item.event.changes if c.field == "status"), None)
    if status is not None and base.steps is not None and status not in base.steps:
        return Verdict(happening=Happening.REFUSE, reason="not_offered", words=str(status))
    return None
