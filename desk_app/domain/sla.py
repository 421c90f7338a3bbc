"""When a ticket is due: working hours, plans, and a clock that shows its working."""

from __future__ import annotations

import enum
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from heapq import nlargest
from itertools import accumulate, chain, pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

DayHours = tuple[tuple[time, time], ...]
"""The working spans of one weekday, in order; an end of 00:00 is the midnight that ends the day."""

_DAY = timedelta(days=1)
_ZERO = timedelta(0)
_SECOND = timedelta(seconds=1)
_DAYS_A_WEEK = 7
_EMPTY_YEARS = 5
_MOST_YEARS = 100
_MOST_CLOSED = 3
_MIDNIGHT = time(0)


class ScheduleError(ValueError):
    """A schedule that cannot be read, or that never reaches the hour asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When people work, in local time; raises ScheduleError if its hours are not in order."""

    key: str
    name: str
    timezone: str
    """IANA name; looked up on first use, so an unknown one is a ScheduleError there."""
    hours: tuple[DayHours, ...] = field(default=((),) * _DAYS_A_WEEK, hash=False)
    """Monday to Sunday."""
    holidays: frozenset[date] = frozenset()
    """Local dates without any hour."""
    always: bool = False
    """Round the clock: `hours` and `holidays` do not count."""

    def __post_init__(self) -> None:
        if len(self.hours) != _DAYS_A_WEEK:
            raise ScheduleError(f"{self.key}: hours are given for {len(self.hours)} days of 7")
        if not all(map(_is_in_order, self.hours)):
            raise ScheduleError(f"{self.key}: the spans of a day overlap or run backwards")


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaPlan:
    """How long a ticket may take."""

    key: str
    name: str
    hours: float
    """Hours of its schedule; raises ValueError unless finite and not negative."""
    schedule: str | None = None
    """Key of a Schedule; None counts round the clock."""

    def __post_init__(self) -> None:
        if not 0 <= self.hours < float("inf"):
            raise ValueError(f"{self.key}: a plan of {self.hours} hours")


class ClockState(enum.StrEnum):
    """How a ticket stands to its due time."""

    NONE = "none"
    RUNNING = "running"
    OVERDUE = "overdue"
    MET = "met"
    MISSED = "missed"


class DueSource(enum.StrEnum):
    """Who set the due time."""

    MANUAL = "manual"
    PLAN = "plan"


class StepKind(enum.StrEnum):
    """What one line of the working says, and which fields of Step it fills."""

    OPENED = "opened"  # at
    CLOSED = "closed"  # at, until, span, count = 1
    ALSO_CLOSED = "also_closed"  # span, count: shorter closures, summed up
    HOURS = "hours"  # span
    DUE = "due"  # at


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of the working. For a plan: opened + closed + also closed + hours = due."""

    kind: StepKind
    at: datetime | None = None
    until: datetime | None = None
    span: timedelta | None = None
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaClock:
    """What the screen says about one ticket's due time; all None while there is none."""

    state: ClockState
    due_at: datetime | None = None
    source: DueSource | None = None
    left: timedelta | None = None
    """Wall-clock time from now (once closed: from closing) until due; negative when late."""
    working_left: timedelta | None = None
    """The same in hours of the schedule."""
    steps: tuple[Step, ...] = ()


_NO_CLOCK = SlaClock(state=ClockState.NONE)
_STATES = {  # (closed, late)
    (False, False): ClockState.RUNNING,
    (False, True): ClockState.OVERDUE,
    (True, False): ClockState.MET,
    (True, True): ClockState.MISSED,
}


def add_working_time(start: datetime, span: timedelta, schedule: Schedule) -> datetime:
    """Return the moment (UTC) at which `span` of the schedule's hours has passed since `start`.

    With Monday to Friday 9 to 17, four hours from Friday 16:00 end on Monday 12:00. A span that
    is used up exactly at closing time ends there, and a span of zero ends at `start`.

    About 4 µs a call, 1 µs round the clock. The first call that touches a year of a schedule
    lays that year out (some 2 ms); the 64 laid out last are kept.

    Raises ScheduleError for an unknown time zone, for five years without an hour, and for an
    end a hundred years away; ValueError for a naive `start` or a negative `span`.
    """
    if span < _ZERO:
        raise ValueError("a negative span")
    start = _utc(start)
    if not span or schedule.always:
        return _plain_sum(start, span)
    year = (start - _DAY).year  # whatever the zone, no earlier page reaches past `start`
    page = _page(schedule, year)
    while (target := page.worked(start) + span) > page.total:
        span = target - page.total
        year += 1
        page = _page_with_hours(schedule, year, start)
    return page.at(target)


def working_time(start: datetime, end: datetime, schedule: Schedule) -> timedelta:
    """Return the schedule's hours from `start` to `end`, negative if `end` is the earlier.

    Costs and errors are those of `add_working_time`, but a schedule without hours answers zero.
    """
    start, end = _utc(start), _utc(end)
    if schedule.always:
        return end - start
    if end < start:
        return -working_time(end, start, schedule)
    pages = _pages(start, end, schedule)
    return sum((page.worked(end) - page.worked(start) for page in pages), _ZERO)


def plan_due_at(created_at: datetime, plan: SlaPlan, schedule: Schedule | None) -> datetime:
    """Return when the plan runs out (UTC); this alone is the cheap half of `clock`."""
    span = timedelta(hours=plan.hours)
    if schedule is None:
        return _plain_sum(_utc(created_at), span)
    return add_working_time(created_at, span, schedule)


def clock(
    *,
    created_at: datetime,
    due_at: datetime | None,
    plan: SlaPlan | None,
    schedule: Schedule | None,
    closed_at: datetime | None,
    now: datetime,
) -> SlaClock:
    """Return how a ticket stands: a manual `due_at` wins over the plan; due itself is in time.

    About 30 µs with its steps. Raises what `add_working_time` raises.
    """
    source = DueSource.PLAN if due_at is None else DueSource.MANUAL
    if due_at is None:
        if plan is None:
            return _NO_CLOCK
        due_at = plan_due_at(created_at, plan, schedule)
    due_at, created_at = _utc(due_at), _utc(created_at)
    judged_at = _utc(now if closed_at is None else closed_at)
    years = sorted(at.year for at in (due_at, created_at, judged_at))
    if years[-1] - years[0] > _MOST_YEARS:
        schedule = None  # a garbled date must not have a page laid out for every year up to it
    left = due_at - judged_at
    return SlaClock(
        state=_STATES[closed_at is not None, left < _ZERO],
        due_at=due_at,
        source=source,
        left=left,
        working_left=left if schedule is None else working_time(judged_at, due_at, schedule),
        steps=_steps(
            _utc(created_at), due_at, plan if source is DueSource.PLAN else None, schedule
        ),
    )


def _steps(
    opened: datetime, due: datetime, plan: SlaPlan | None, schedule: Schedule | None
) -> tuple[Step, ...]:
    hours = () if plan is None else (Step(kind=StepKind.HOURS, span=timedelta(hours=plan.hours)),)
    return (
        Step(kind=StepKind.OPENED, at=opened),
        *_closed_steps(opened, due, schedule),
        *hours,
        Step(kind=StepKind.DUE, at=due),
    )


def _closed_steps(opened: datetime, due: datetime, schedule: Schedule | None) -> Iterator[Step]:
    """Yield the longest closures in order of time, then one step for all the others."""
    if schedule is None or schedule.always:
        return
    closures = list(_closures(opened, due, schedule))
    longest = frozenset(nlargest(_MOST_CLOSED, closures, key=lambda pair: pair[1] - pair[0]))
    for at, until in closures:
        if (at, until) in longest:
            yield Step(kind=StepKind.CLOSED, at=at, until=until, span=until - at, count=1)
    rest = [until - at for at, until in closures if (at, until) not in longest]
    if rest:
        yield Step(kind=StepKind.ALSO_CLOSED, span=sum(rest, _ZERO), count=len(rest))


def _closures(
    opened: datetime, due: datetime, schedule: Schedule
) -> Iterator[tuple[datetime, datetime]]:
    """Yield the stretches between `opened` and `due` in which nobody works."""
    closed_from = opened
    for start, stop in _spans_between(opened, due, schedule):
        if closed_from < start:
            yield closed_from, start
        closed_from = stop
    if closed_from < due:
        yield closed_from, due


def _spans_between(
    opened: datetime, due: datetime, schedule: Schedule
) -> Iterator[tuple[datetime, datetime]]:
    for page in _pages(opened, due, schedule):
        first = bisect_right(page.stops, opened)
        last = bisect_left(page.starts, due)
        yield from zip(page.starts[first:last], page.stops[first:last], strict=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """The working spans of one local year in UTC, and the hours worked up to each one's end."""

    starts: tuple[datetime, ...]
    stops: tuple[datetime, ...]
    sums: tuple[timedelta, ...]

    @property
    def total(self) -> timedelta:
        return self.sums[-1] if self.sums else _ZERO

    def worked(self, at: datetime) -> timedelta:
        """Return the hours of this page that lie before `at`."""
        place = bisect_right(self.stops, at)
        before = self.sums[place - 1] if place else _ZERO
        if place < len(self.starts) and self.starts[place] < at:
            return before + (at - self.starts[place])
        return before

    def at(self, target: timedelta) -> datetime:
        """Return the moment at which `target` (more than 0, at most `total`) has been worked."""
        place = bisect_left(self.sums, target)
        return self.stops[place] - (self.sums[place] - target)


@lru_cache(maxsize=64)
def _page(schedule: Schedule, year: int) -> _Page:
    spans = _merged(chain.from_iterable(_day(schedule, day) for day in _days(year)))
    return _Page(
        starts=tuple(start for start, _ in spans),
        stops=tuple(stop for _, stop in spans),
        sums=tuple(accumulate(stop - start for start, stop in spans)),
    )


def _pages(start: datetime, end: datetime, schedule: Schedule) -> Iterator[_Page]:
    """Yield the pages of every local year between two moments, whatever the zone."""
    return (_page(schedule, year) for year in range((start - _DAY).year, (end + _DAY).year + 1))


def _page_with_hours(schedule: Schedule, year: int, start: datetime) -> _Page:
    """Return the year's page, or say that this search leads nowhere."""
    if year - start.year > _MOST_YEARS or year >= date.max.year:
        raise ScheduleError(f"{schedule.key}: the end lies more than {_MOST_YEARS} years away")
    page = _page(schedule, year)
    years = range(year, max(year - _EMPTY_YEARS, start.year), -1)
    if len(years) == _EMPTY_YEARS and not any(_page(schedule, each).total for each in years):
        raise ScheduleError(f"{schedule.key}: no working hour in {_EMPTY_YEARS} years")
    return page


def _days(year: int) -> Iterator[date]:
    first = date(year, 1, 1)
    return (first + timedelta(days=n) for n in range((date(year, 12, 31) - first).days + 1))


def _day(schedule: Schedule, day: date) -> Iterator[tuple[datetime, datetime]]:
    if day in schedule.holidays:
        return
    zone = _zone(schedule.timezone)
    for opens, closes in schedule.hours[day.weekday()]:
        start = _instant(datetime.combine(day, opens, zone))
        last_day = day + _DAY if closes == _MIDNIGHT else day
        stop = _instant(datetime.combine(last_day, closes, zone))
        if start < stop:  # a span inside the hour that a clock change skips has no length
            yield start, stop


def _merged(spans: Iterator[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Join spans that touch, so that midnight is no closure."""
    merged: list[tuple[datetime, datetime]] = []
    for start, stop in spans:
        joins = bool(merged) and merged[-1][1] == start
        merged.append((merged.pop()[0] if joins else start, stop))
    return merged


def _instant(local: datetime) -> datetime:
    """Return local time as UTC; a time that the clocks skip is the moment they skip it.

    A time that comes twice counts as its first, for starts and ends alike, so spans that touch
    on the wall touch in truth.
    """
    first = local.astimezone(UTC)
    second = local.replace(fold=1).astimezone(UTC)
    if second >= first:  # later: the hour comes twice; equal: an ordinary time
        return first
    before = second.astimezone(local.tzinfo).utcoffset()
    while first - second > _SECOND:
        middle = second + (first - second) // 2
        is_after = middle.astimezone(local.tzinfo).utcoffset() != before
        first, second = (middle, second) if is_after else (first, middle)
    return first.replace(microsecond=0)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    from zoneinfo import ZoneInfo  # late: reads the zone's rules from disk

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ScheduleError(f"unknown time zone {name!r}") from error


def _is_in_order(spans: DayHours) -> bool:
    inner = all(opens < closes or closes == _MIDNIGHT for opens, closes in spans)
    return inner and all(
        first[1] <= second[0] and first[1] != _MIDNIGHT for first, second in pairwise(spans)
    )


def _plain_sum(start: datetime, span: timedelta) -> datetime:
    try:
        return start + span
    except OverflowError as error:
        raise ScheduleError("the end lies beyond the calendar") from error


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is UTC:
        return moment
    if moment.tzinfo is None:
        raise ValueError("a naive datetime")
    return moment.astimezone(UTC)
