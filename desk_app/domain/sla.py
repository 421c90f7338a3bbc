"""The SLA clock: plan hours over a schedule, and how it came to its answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST_SEARCH_DAYS = 5 * 366
_ZERO = timedelta(0)


class ScheduleError(ValueError):
    """A schedule has no working hour within five years: nothing could ever be due by it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When a plan's clock runs."""

    key: str
    name: str
    timezone: str = "UTC"
    """IANA name; hours are local, so they move with daylight saving."""
    hours: tuple[tuple[tuple[time, time], ...], ...] = ()
    """Monday to Sunday, each a tuple of (from, to); a `to` of 00:00 is the day's end."""
    holidays: frozenset[date] = frozenset()
    always: bool = False
    """24/7; the rest is ignored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaPlan:
    """A promise: so many working hours until a ticket must be done."""

    key: str
    name: str
    hours: float
    schedule: str | None = None


class ClockState(StrEnum):
    """What the clock does."""

    NONE = "none"
    RUNNING = "running"
    OVERDUE = "overdue"
    MET = "met"
    MISSED = "missed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaClock:
    """A clock's reading, with its working."""

    state: ClockState
    due_at: datetime | None = None
    by_hand: bool = False
    """Whether a person set the due date; it wins over the plan."""
    left: timedelta = _ZERO
    """Wall-clock time until due; negative when overdue."""
    working_left: timedelta = _ZERO
    """Of it, time in which the schedule runs."""
    started_at: datetime | None = None
    pauses: tuple[tuple[datetime, datetime], ...] = ()
    """Where the schedule stood still between start and due, in order."""


def add_working_time(start: datetime, span: timedelta, schedule: Schedule) -> datetime:
    """The moment when `span` of the schedule's time has run since `start` (UTC in and out).

    Raises:
        ScheduleError: the schedule does not run for `span` within five years.
    """
    if schedule.always:
        return start + span
    left = span
    for begin, end in _spans_from(start, schedule):
        free = end - max(begin, start)
        if left <= free:
            return max(begin, start) + left
        left -= free
    raise ScheduleError(schedule.key)


def working_time(start: datetime, end: datetime, schedule: Schedule) -> timedelta:
    """How much of the schedule's time lies between two moments; 0 if `end` is not after `start`."""
    if schedule.always or end <= start:
        return max(end - start, _ZERO)
    total = _ZERO
    for begin, stop in _spans_from(start, schedule):
        if begin >= end:
            break
        total += max(min(stop, end) - max(begin, start), _ZERO)
    return total


def clock(
    *,
    created_at: datetime,
    due_at: datetime | None,
    plan: SlaPlan | None,
    schedule: Schedule | None,
    closed_at: datetime | None,
    now: datetime,
) -> SlaClock:
    """Read the clock of one ticket. `due_at` is the date set by hand; it wins over the plan."""
    due = due_at
    if due is None and plan is not None:
        span = timedelta(hours=plan.hours)
        due = (
            created_at + span if schedule is None else add_working_time(created_at, span, schedule)
        )
    if due is None:
        return SlaClock(state=ClockState.NONE)
    late = due < (closed_at or now)
    states = {
        (False, False): ClockState.RUNNING,
        (False, True): ClockState.OVERDUE,
        (True, False): ClockState.MET,
        (True, True): ClockState.MISSED,
    }
    runs = schedule if due_at is None else None
    return SlaClock(
        state=states[closed_at is not None, late],
        due_at=due,
        by_hand=due_at is not None,
        left=due - now,
        working_left=due - now if runs is None else working_time(now, due, runs),
        started_at=created_at,
        pauses=() if runs is None else pauses(created_at, due, runs),
    )


def pauses(
    start: datetime, end: datetime, schedule: Schedule
) -> tuple[tuple[datetime, datetime], ...]:
    """The stretches between two moments in which the schedule stands still."""
    found: list[tuple[datetime, datetime]] = []
    at = start
    if schedule.always:
        return ()
    for begin, stop in _spans_from(start, schedule):
        if begin > at:
            found.append((at, min(begin, end)))
        at = max(at, stop)
        if at >= end:
            break
    return tuple((a, b) for a, b in found if a < b)


def _spans_from(start: datetime, schedule: Schedule) -> Iterator[tuple[datetime, datetime]]:
    """Working spans that end after a moment, in order, for five years."""
    first = start.astimezone(_zone(schedule.timezone)).date() - timedelta(days=1)
    for ahead in range(_LONGEST_SEARCH_DAYS):
        for begin, end in _day(schedule, first + timedelta(days=ahead)):
            if end > start:
                yield begin, end


@lru_cache(maxsize=32)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@lru_cache(maxsize=8192)
def _day(schedule: Schedule, day: date) -> tuple[tuple[datetime, datetime], ...]:
    """The spans of one local day, in UTC; an hour that the clock skips is not worked."""
    if day in schedule.holidays or not schedule.hours:
        return ()
    zone = _zone(schedule.timezone)
    spans = []
    for begin, end in schedule.hours[day.weekday()]:
        last = day if end > begin else day + timedelta(days=1)
        at = datetime.combine(day, begin, zone).astimezone(UTC)
        until = datetime.combine(last, end, zone).astimezone(UTC)
        if until > at:
            spans.append((at, until))
    return tuple(spans)
