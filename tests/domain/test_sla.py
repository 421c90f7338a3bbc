"""Working time survives clock changes, holidays and the way back; the clock adds up."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk_app.domain.sla import (
    ClockState,
    DueSource,
    Schedule,
    ScheduleError,
    SlaClock,
    SlaPlan,
    StepKind,
    add_working_time,
    clock,
    plan_due_at,
    working_time,
)

ZERO = timedelta(0)
HOUR = timedelta(hours=1)
NINE_TO_FIVE = ((time(9), time(17)),)
ALL_DAY = ((time(0), time(0)),)
OFFICE = Schedule(
    key="office", name="Office", timezone="Europe/Berlin", hours=(NINE_TO_FIVE,) * 5 + ((), ())
)
ALWAYS = Schedule(key="always", name="24/7", timezone="Europe/Berlin", always=True)
PLAN = SlaPlan(key="day", name="One day", hours=8, schedule="office")


def every(**strategies):
    """Be `given` without its stop-watch."""
    return lambda test: settings(deadline=None)(given(**strategies)(test))


def daily(spans, timezone="Europe/Berlin", holidays=frozenset()):
    return Schedule(key="d", name="D", timezone=timezone, hours=(spans,) * 7, holidays=holidays)


def local(text, timezone="Europe/Berlin", fold=0):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(timezone), fold=fold)


ZONES = st.sampled_from(
    [
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "Pacific/Kiritimati",
        "Pacific/Pago_Pago",
        "Africa/Casablanca",
    ]
)
MINUTES = st.integers(0, 24 * 60)
MOMENTS = st.timedeltas(ZERO, timedelta(days=500)).map(
    lambda after: datetime(2025, 11, 1, tzinfo=UTC) + after
)
SPANS = st.timedeltas(ZERO, timedelta(days=90))
SHORT = st.timedeltas(ZERO, timedelta(days=4))


@st.composite
def days(draw):
    marks = sorted(draw(st.sets(MINUTES, max_size=6)))
    pairs = zip(marks[::2], marks[1::2], strict=False)
    return tuple((clock_time(a), clock_time(b)) for a, b in pairs)


def clock_time(minutes):
    return time(minutes // 60 % 24, minutes % 60)


@st.composite
def schedules(draw):
    hours = draw(st.tuples(*[days()] * 7).filter(lambda week: any(map(worth, week))))
    holidays = draw(st.frozensets(st.dates(date(2025, 11, 1), date(2027, 4, 1)), max_size=12))
    zone = draw(ZONES)
    return Schedule(key="h", name="H", timezone=zone, hours=hours, holidays=holidays)


def worth(spans):
    """Say whether a day has two hours; else the search may run a hundred years."""
    return any((b.hour or 24) - a.hour > 2 for a, b in spans)


@every(schedule=schedules(), start=MOMENTS, span=SHORT)
def test_the_hours_up_to_the_end_are_the_hours_asked_for(schedule, start, span):
    assert working_time(start, add_working_time(start, span, schedule), schedule) == span


@every(schedule=schedules(), start=MOMENTS, first=SHORT, second=SHORT)
def test_a_longer_span_ends_later(schedule, start, first, second):
    short, long = sorted((first, second))
    assert start <= add_working_time(start, short, schedule)
    assert add_working_time(start, short, schedule) <= add_working_time(start, long, schedule)


@every(schedule=schedules(), first=MOMENTS, second=MOMENTS, span=SHORT)
def test_a_later_start_ends_no_earlier(schedule, first, second, span):
    early, late = sorted((first, second))
    if span:
        assert add_working_time(early, span, schedule) <= add_working_time(late, span, schedule)


@every(schedule=schedules(), start=MOMENTS, first=SHORT, second=SHORT)
def test_two_spans_in_turn_are_their_sum(schedule, start, first, second):
    in_turn = add_working_time(add_working_time(start, first, schedule), second, schedule)
    at_once = add_working_time(start, first + second, schedule)
    if second:
        assert in_turn == at_once
    else:  # nothing after the first: it ends where the first does
        assert in_turn == add_working_time(start, first, schedule)


@every(schedule=schedules(), moments=st.lists(MOMENTS, min_size=3, max_size=3))
def test_working_time_adds_up_and_has_a_sign(schedule, moments):
    one, two, three = moments
    parts = working_time(one, two, schedule) + working_time(two, three, schedule)
    assert parts == working_time(one, three, schedule)
    assert working_time(one, two, schedule) == -working_time(two, one, schedule)
    assert abs(working_time(one, two, schedule)) <= abs(two - one)


@every(start=MOMENTS, span=SPANS, zone=ZONES)
def test_round_the_clock_is_the_wall_clock(start, span, zone):
    for schedule in (replace(ALWAYS, timezone=zone), daily(ALL_DAY, zone)):
        assert add_working_time(start, span, schedule) == start + span
        assert working_time(start, start + span, schedule) == span


@every(schedule=schedules(), start=MOMENTS, end=MOMENTS)
def test_pages_agree_with_counting_minute_by_minute(schedule, start, end):
    """The naive way, on a stretch short enough for it."""
    start = start.replace(second=0, microsecond=0)
    end = min(max(start, end.replace(second=0, microsecond=0)), start + timedelta(days=2))
    minute = timedelta(minutes=1)
    worked = sum(is_working(start + minute * n, schedule) for n in range((end - start) // minute))
    if not has_repeated_hour(start, end, schedule):
        assert working_time(start, end, schedule) == minute * worked


def is_working(at, schedule):
    here = at.astimezone(ZoneInfo(schedule.timezone))
    wall = here.time().replace(fold=0)
    return here.date() not in schedule.holidays and any(
        opens <= wall and (wall < closes or closes == time(0))
        for opens, closes in schedule.hours[here.weekday()]
    )


def has_repeated_hour(start, end, schedule):
    """Say whether the wall clock runs back: there a span ends at its first reading."""
    zone = ZoneInfo(schedule.timezone)
    near = [start + HOUR * n for n in range(-3, (end - start) // HOUR + 4)]
    return any(
        a.astimezone(zone).utcoffset() > b.astimezone(zone).utcoffset() for a, b in pairwise(near)
    )


def test_four_hours_from_friday_afternoon_end_on_monday():
    due = add_working_time(local("2026-01-09 16:00"), 4 * HOUR, OFFICE)
    assert due == local("2026-01-12 12:00")
    assert due.tzinfo is UTC


def test_a_span_that_ends_at_closing_time_is_due_then():
    assert add_working_time(local("2026-01-09 13:00"), 4 * HOUR, OFFICE) == local(
        "2026-01-09 17:00"
    )


def test_no_span_ends_where_it_starts_even_at_night():
    night = local("2026-01-10 03:00")
    assert add_working_time(night, ZERO, OFFICE) == night


@pytest.mark.parametrize(
    ("timezone", "night", "elapsed"),
    [
        ("Europe/Berlin", "2026-03-29", 23),
        ("Europe/Berlin", "2026-10-25", 25),
        ("America/New_York", "2026-03-08", 23),
        ("America/New_York", "2026-11-01", 25),
    ],
)
def test_a_day_of_a_clock_change_has_its_true_length(timezone, night, elapsed):
    start = local(f"{night} 00:00", timezone)
    end = datetime.combine(date.fromisoformat(night) + timedelta(days=1), time(0), start.tzinfo)
    assert working_time(start, end, daily(ALL_DAY, timezone)) == elapsed * HOUR
    assert add_working_time(start, elapsed * HOUR, daily(ALL_DAY, timezone)) == end


@pytest.mark.parametrize(
    ("timezone", "friday", "monday"),
    [
        ("Europe/Berlin", "2026-03-27", "2026-03-30"),
        ("Europe/Berlin", "2026-10-23", "2026-10-26"),
        ("America/New_York", "2026-03-06", "2026-03-09"),
        ("America/New_York", "2026-10-30", "2026-11-02"),
    ],
)
def test_office_hours_keep_their_wall_time_over_a_clock_change(timezone, friday, monday):
    office = replace(OFFICE, timezone=timezone)
    start, end = local(f"{friday} 16:00", timezone), local(f"{monday} 12:00", timezone)
    assert add_working_time(start, 4 * HOUR, office) == end
    assert working_time(start, end, office) == 4 * HOUR


@pytest.mark.parametrize(
    ("spans", "hours"),
    [
        (((time(1), time(4)),), 2),  # loses the hour that is skipped
        (((time(2), time(2, 30)),), 0),  # lies in it
        (((time(2, 30), time(4)),), 1),  # starts in it: at 3:00
        (((time(1), time(2, 30)),), 1),  # ends in it: at 2:00
        (((time(1), time(2, 30)), (time(2, 30), time(4))), 2),
    ],
)
def test_hours_that_the_clocks_skip_do_not_count(spans, hours):
    start, end = local("2026-03-29 00:00"), local("2026-03-30 00:00")
    assert working_time(start, end, daily(spans)) == hours * HOUR


def test_an_hour_that_comes_twice_counts_twice_inside_a_span():
    start, end = local("2026-10-25 00:00"), local("2026-10-26 00:00")
    assert working_time(start, end, daily(((time(1), time(4)),))) == 4 * HOUR


def test_a_date_that_a_country_skipped_has_no_hours():
    samoa = daily(NINE_TO_FIVE, "Pacific/Apia")  # no 30 December 2011 there
    start, end = local("2011-12-29 00:00", "Pacific/Apia"), local("2012-01-01", "Pacific/Apia")
    assert working_time(start, end, samoa) == 16 * HOUR


def test_holidays_have_no_hours():
    closed = replace(OFFICE, holidays=frozenset({date(2026, 1, 12), date(2026, 1, 13)}))
    assert add_working_time(local("2026-01-09 16:00"), 4 * HOUR, closed) == local(
        "2026-01-14 12:00"
    )


def test_several_spans_a_day_and_one_up_to_midnight():
    shifts = daily(((time(8), time(12)), (time(22), time(0))))
    assert add_working_time(local("2026-01-09 11:00"), 2 * HOUR, shifts) == local(
        "2026-01-09 23:00"
    )
    assert add_working_time(local("2026-01-09 23:00"), 2 * HOUR, shifts) == local(
        "2026-01-10 09:00"
    )


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_new_year_is_no_seam(zone):
    assert add_working_time(local("2026-12-31 23:30", zone), HOUR, daily(ALL_DAY, zone)) == local(
        "2027-01-01 00:30", zone
    )


def test_a_schedule_without_hours_says_so_instead_of_searching_for_ever():
    with pytest.raises(ScheduleError, match="no working hour"):
        add_working_time(local("2026-01-09 16:00"), HOUR, daily(()))
    assert working_time(local("2026-01-09 16:00"), local("2027-01-09 16:00"), daily(())) == ZERO


def test_an_end_beyond_a_hundred_years_is_refused():
    with pytest.raises(ScheduleError, match="years away"):
        add_working_time(local("2026-01-09 16:00"), timedelta(days=20_000), OFFICE)
    with pytest.raises(ScheduleError, match="calendar"):
        add_working_time(local("2026-01-09 16:00"), timedelta.max, ALWAYS)


@pytest.mark.parametrize(
    "wrong",
    [
        {"hours": (NINE_TO_FIVE,) * 6},
        {"hours": (((time(17), time(9)),),) * 7},
        {"hours": (((time(9), time(12)), (time(11), time(17))),) * 7},
        {"hours": (((time(9), time(0)), (time(11), time(17))),) * 7},
        {"hours": (((time(9), time(9)),),) * 7},
    ],
)
def test_hours_out_of_order_are_refused(wrong):
    with pytest.raises(ScheduleError):
        replace(OFFICE, **wrong)


@pytest.mark.parametrize("name", ["Europe/Atlantis", "../etc/passwd", ""])
def test_an_unknown_zone_is_a_schedule_error(name):
    with pytest.raises(ScheduleError, match="time zone"):
        add_working_time(local("2026-01-09 16:00"), HOUR, replace(OFFICE, timezone=name))


def test_naive_times_and_negative_spans_are_refused():
    with pytest.raises(ValueError, match="naive"):
        add_working_time(datetime(2026, 1, 9), HOUR, OFFICE)  # noqa: DTZ001
    with pytest.raises(ValueError, match="negative"):
        add_working_time(local("2026-01-09"), -HOUR, OFFICE)
    with pytest.raises(ValueError, match="hours"):
        replace(PLAN, hours=float("nan"))


def make_clock(**changes):
    facts = {
        "created_at": local("2026-01-09 16:00"),
        "due_at": None,
        "plan": PLAN,
        "schedule": OFFICE,
        "closed_at": None,
        "now": local("2026-01-12 12:00"),
    }
    return clock(**(facts | changes))


def test_the_clock_shows_its_working():
    shown = make_clock()
    assert shown.state is ClockState.RUNNING
    assert shown.source is DueSource.PLAN
    assert shown.due_at == local("2026-01-12 16:00")
    assert (shown.left, shown.working_left) == (4 * HOUR, 4 * HOUR)
    opened, closed, hours, due = shown.steps
    assert (opened.kind, opened.at) == (StepKind.OPENED, local("2026-01-09 16:00"))
    assert (closed.kind, closed.at) == (StepKind.CLOSED, local("2026-01-09 17:00"))
    assert (closed.until, closed.span) == (local("2026-01-12 09:00"), 64 * HOUR)
    assert (hours.kind, hours.span) == (StepKind.HOURS, 8 * HOUR)
    assert (due.kind, due.at) == (StepKind.DUE, local("2026-01-12 16:00"))


def test_a_ticket_opened_at_night_waits_for_the_morning():
    closed = make_clock(created_at=local("2026-01-10 03:00")).steps[1]
    assert (closed.at, closed.until) == (local("2026-01-10 03:00"), local("2026-01-12 09:00"))


def test_a_manual_due_time_wins_and_claims_no_plan():
    due_at = local("2026-01-09 18:00")
    shown = make_clock(due_at=due_at)
    assert (shown.source, shown.due_at, shown.state) == (
        DueSource.MANUAL,
        due_at,
        ClockState.OVERDUE,
    )
    assert shown.left == -66 * HOUR
    assert shown.working_left == -3 * HOUR
    assert StepKind.HOURS not in {step.kind for step in shown.steps}


@pytest.mark.parametrize(
    ("closed_at", "now", "state"),
    [
        (None, "2026-01-12 16:00", ClockState.RUNNING),
        (None, "2026-01-12 16:01", ClockState.OVERDUE),
        ("2026-01-12 16:00", "2026-02-01", ClockState.MET),
        ("2026-01-12 16:01", "2026-02-01", ClockState.MISSED),
    ],
)
def test_due_itself_is_in_time_and_closing_stops_the_clock(closed_at, now, state):
    shown = make_clock(closed_at=closed_at and local(closed_at), now=local(now))
    assert shown.state is state
    assert abs(shown.left) <= timedelta(minutes=1)


def test_without_plan_and_due_time_there_is_no_clock():
    assert make_clock(plan=None) == SlaClock(state=ClockState.NONE)


def test_a_plan_without_schedule_runs_round_the_clock():
    shown = make_clock(schedule=None)
    assert shown.due_at == local("2026-01-10 00:00")
    assert shown.working_left == shown.left
    assert [step.kind for step in shown.steps] == [StepKind.OPENED, StepKind.HOURS, StepKind.DUE]


@pytest.mark.parametrize("year", [1, 9999])
def test_a_garbled_date_costs_nothing(year):
    shown = make_clock(due_at=datetime(year, 1, 1, tzinfo=UTC))
    assert shown.working_left == shown.left


@every(schedule=schedules(), created=MOMENTS, hours=st.floats(0, 400))
def test_the_steps_of_a_plan_add_up_to_its_due_time(schedule, created, hours):
    plan = SlaPlan(key="p", name="P", hours=hours)
    shown = make_clock(created_at=created, plan=plan, schedule=schedule, now=created)
    assert created + sum((step.span or ZERO for step in shown.steps), ZERO) == shown.due_at
    assert shown.due_at == plan_due_at(created, plan, schedule)
    assert shown.working_left == timedelta(hours=hours)
    assert sum(step.kind is StepKind.CLOSED for step in shown.steps) <= 3
