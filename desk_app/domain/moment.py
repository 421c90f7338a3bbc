"""Times as the desk keeps them: whole milliseconds since 1970, UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_START = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)


def to_ms(at: datetime) -> int:
    """Milliseconds since 1970; exact, as no float is in between."""
    return (at - _START) // _MS


def from_ms(ms: int) -> datetime:
    return _START + timedelta(milliseconds=ms)


def to_ms_or_none(at: datetime | None) -> int | None:
    return None if at is None else to_ms(at)


def from_ms_or_none(ms: int | None) -> datetime | None:
    return None if ms is None else from_ms(ms)


def whole_ms(at: datetime) -> datetime:
    """The time as it will come back from the desk."""
    return from_ms(to_ms(at))


def on_the_wall(at: datetime) -> datetime:
    """The moment when the clocks here show this, on whichever side of a clock change.

    A time in this machine's zone keeps the offset of the day that it was reckoned from.
    """
    return at.replace(tzinfo=None).astimezone()


_SPAN = re.compile(r"\+\s*(\d{1,4})\s*(min|m|h|d)")
_UNITS = {"min": "minutes", "m": "minutes", "h": "hours", "d": "days"}
_DATE = re.compile(
    r"(?:(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})\.(\d{1,2})\.(?:(\d{4}))?)(?:[ T]+(\d{1,2}):(\d{2}))?"
)
_TIME = re.compile(r"(\d{1,2}):(\d{2})")
_EVENING = 17
"""When a day ends for most people."""


def read_moment(text: str, now: datetime, *, hour: int = _EVENING) -> datetime | None:
    """A moment as a person types it, in the zone of `now`; None if it is none.

    `+3h`, `+2d`, `14:30` (the next one), `2026-12-01`, `2026-12-01 14:30`, `1.12.`, `1.12. 14:30`.
    `hour` is that of a day which was named without one.
    """
    text = text.strip()
    try:
        if found := _SPAN.fullmatch(text):
            return now + timedelta(**{_UNITS[found[2]]: int(found[1])})
        if found := _TIME.fullmatch(text):
            at = now.replace(hour=int(found[1]), minute=int(found[2]), second=0, microsecond=0)
            return at if at > now else at + timedelta(days=1)
        if found := _DATE.fullmatch(text):
            return _dated(found, now, hour)
    except (ValueError, OverflowError):
        return None
    return None


def _dated(found: re.Match[str], now: datetime, usual: int) -> datetime:
    year = int(found[1] or found[6] or now.year)
    month, day = int(found[2] or found[5]), int(found[3] or found[4])
    hour, minute = int(found[7] or usual), int(found[8] or 0)
    return now.replace(
        year=year, month=month, day=day, hour=hour, minute=minute, second=0, microsecond=0
    )
