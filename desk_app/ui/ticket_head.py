"""The line under a ticket's subject."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from desk_app.domain.sla import Step, StepKind, clock
from desk_app.ui.models.queue_cells import span_text
from desk_app.ui.texts import number_text, tr

if TYPE_CHECKING:
    from datetime import datetime

    from desk_app.domain.directory import Directory
    from desk_app.domain.sla import SlaClock
    from desk_app.ports.reader import TicketPage


def head_line(page: TicketPage, directory: Directory, now: datetime) -> str:
    """Number, who asked, who has it, where, how long is left, and the agent's own marks."""
    ticket = page.ticket
    owner = directory.agents.get(ticket.owner or "")
    team = directory.teams.get(ticket.team or "")
    has = " + ".join(thing.name for thing in (owner, team) if thing) or tr("nobody has it")
    department = directory.departments.get(ticket.department)
    words = [number_text(ticket.number), page.requester.name, has]
    words.append(ticket.department if department is None else department.name)
    words.append(clock_words(page, directory, now))
    words += own_words(page, now)
    return "  ·  ".join(word for word in words if word)


def own_words(page: TicketPage, now: datetime) -> list[str]:
    """What the agent put off or follows."""
    words = []
    if page.snoozed_until is not None and page.snoozed_until > now:
        words.append(tr("snoozed until {at}").format(at=_when(page.snoozed_until)))
    return [*words, tr("followed")] if page.followed else words


def clock_words(page: TicketPage, directory: Directory, now: datetime) -> str:
    """The SLA clock in words; '' where none runs."""
    reading = _reading(page, directory, now)
    if reading.left is None or page.ticket.closed_at is not None:
        return ""
    span = span_text(abs(int(reading.left.total_seconds())))
    if reading.left < timedelta(0):
        return tr("OVERDUE by {span}").format(span=span)
    return tr("{span} left").format(span=span)


def clock_working(page: TicketPage, directory: Directory, now: datetime) -> str:
    """How the clock came to its answer, a line a step; '' where none runs."""
    return "\n".join(_step_words(step) for step in _reading(page, directory, now).steps)


def _reading(page: TicketPage, directory: Directory, now: datetime) -> SlaClock:
    ticket = page.ticket
    plan = directory.slas.get(ticket.sla or "")
    return clock(
        created_at=ticket.reopened_at or ticket.created_at,
        due_at=ticket.due_at,
        plan=plan,
        schedule=None if plan is None else directory.schedules.get(plan.schedule or ""),
        closed_at=ticket.closed_at,
        now=now,
    )


def _step_words(step: Step) -> str:
    at = _when(step.at)
    span = "" if step.span is None else span_text(int(step.span.total_seconds()))
    words = {
        StepKind.OPENED: tr("Opened {at}"),
        StepKind.CLOSED: tr("Nobody works {at} to {until}"),
        StepKind.ALSO_CLOSED: tr("Further {n} times without work, {span} in all"),
        StepKind.HOURS: tr("The plan gives {span} of working time"),
        StepKind.DUE: tr("Due {at}"),
    }[step.kind]
    return words.format(at=at, until=_when(step.until), span=span, n=step.count)


def _when(at: datetime | None) -> str:
    return "" if at is None else at.astimezone().strftime("%a %d %b %H:%M")
