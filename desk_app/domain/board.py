"""A queue as cards in columns, and what breaches its due time soon."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from desk_app.domain.state import State

if TYPE_CHECKING:
    from desk_app.domain.directory import Directory
    from desk_app.domain.ticket import Ticket
    from desk_app.domain.workload import Workload


class Grouping(StrEnum):
    """What the columns of a board are. Values are stored."""

    AGENT = "agent"
    TEAM = "team"
    STAGE = "stage"
    STATUS = "status"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cards:
    """Tickets by column, each column in the queue's order."""

    columns: Mapping[str, array[int]]
    """By agent, team, stage (as a number) or status; `NOBODY` for none."""
    left_out: int = 0
    """How many tickets of the queue are too far down to be cards."""


class BreachCause(StrEnum):
    """Why a ticket is, or soon will be, over its due time."""

    NOBODY_HAS_IT = "nobody_has_it"
    OWNER_AWAY = "owner_away"
    OWNER_OVER = "owner_over"
    NEVER_ANSWERED = "never_answered"
    WAITS_FOR_US = "waits_for_us"
    WAITS_FOR_REQUESTER = "waits_for_requester"
    REOPENED = "reopened"
    OPEN_TASKS = "open_tasks"


def breach_causes(
    ticket: Ticket, directory: Directory, workload: Workload
) -> tuple[BreachCause, ...]:
    """What stands in the way of being done in time, the likeliest first; () if it is not due."""
    if ticket.state is not State.OPEN or directory.due(ticket) is None:
        return ()
    owner = directory.agents.get(ticket.owner or "")
    never = ticket.last_response_at is None and not ticket.answered
    found = (
        (owner is None, BreachCause.NOBODY_HAS_IT),
        (owner is not None and workload.is_away(owner), BreachCause.OWNER_AWAY),
        (owner is not None and workload.over(owner) > 0, BreachCause.OWNER_OVER),
        (never, BreachCause.NEVER_ANSWERED),
        (not never and not ticket.answered, BreachCause.WAITS_FOR_US),
        (ticket.answered, BreachCause.WAITS_FOR_REQUESTER),
        (ticket.reopened_at is not None, BreachCause.REOPENED),
        (bool(ticket.open_tasks), BreachCause.OPEN_TASKS),
    )
    return tuple(reason for holds, reason in found if holds)
