"""What the gate foresaw beside what the server said: the server is the judge, so both are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk_app.domain.gate import denial
from desk_app.domain.lifecycle import Action
from desk_app.domain.ticket import State
from desk_app.domain.undo_gate import asked_again
from desk_app.domain.verdict import Reason

if TYPE_CHECKING:
    from desk_app.domain.entry import Event
    from desk_app.domain.verdict import Situation
    from desk_app.ports.remote import RemoteTicket

STRICTER, LOOSER = "desk_stricter", "desk_looser"
ALONE = "gate_alone"
"""Why a command stays here although the server would let it through."""
_SHOWN = frozenset(
    {
        *(Reason.NOT_VISIBLE, Reason.MERGED, Reason.WRONG_STATE, Reason.NO_PERMISSION),
        *(Reason.NO_TRANSITION, Reason.OPEN_TASKS, Reason.OPEN_CHILD, Reason.MISSING_TOPIC),
        *(Reason.MISSING_FIELD, Reason.NO_OWNER, Reason.STATUS_TAKES_NO_REPLY),
    }
)
"""Reasons that a server's buttons would show; it finds out others only when it is asked."""
_TO_STATUS = frozenset({Action.SET_STATUS, Action.REOPEN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    """One question that both answered, and not alike."""

    action: Action
    foreseen: str
    """The gate's reason; '' if it foresaw nothing in the way."""
    said: str = ""
    """In the server's words, if it gave any: for the agent, never for a log."""

    @property
    def outcome(self) -> str:
        return STRICTER if self.foreseen else LOOSER

    @property
    def detail(self) -> str:
        """Without anybody's words."""
        why = f" reason={ALONE}" if self.foreseen else ""
        return f"action={self.action} foreseen={self.foreseen or 'allowed'}{why}"


def differing(event: Event, told: RemoteTicket, situation: Situation) -> tuple[Differing, ...]:
    """What the gate and the ticket as the server shows it say of a command, where they differ."""
    if event.action == "revert":
        return ()
    found = []
    for action, target in asked_again(event):
        offered = _is_offered(action, target, told, situation)
        denied = denial(action, situation, target)
        if offered is None or (denied is not None and denied.code not in _SHOWN):
            continue
        if offered is (denied is not None):
            foreseen = "" if denied is None else str(denied.code)
            found.append(Differing(action=action, foreseen=foreseen, said=told.blocked or ""))
    return tuple(found)


def _is_offered(
    action: Action, target: object, told: RemoteTicket, situation: Situation
) -> bool | None:
    """Whether the server shows a way to do it; None: it does not tell."""
    if action not in _TO_STATUS or target is None:
        return None if told.can is None else action in told.can
    if told.steps is None:
        return None
    status = situation.directory.lifecycle.statuses.get(str(target))
    ends = status is not None and status.state is State.CLOSED
    return target in told.steps and not (ends and told.blocked)
