"""The database's time zone, learnt from times that are told both with and without it."""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, datetime, timedelta

_STEP = timedelta(minutes=15)
"""Every time zone there is differs from UTC by a multiple of this."""
_CLOSE = timedelta(days=5)
"""Two hints within so many days tell the same, but for one change of the clocks."""


class DatabaseClock:
    """Turns the times of exported tables into moments."""

    def __init__(self) -> None:
        self._hints: list[tuple[datetime, timedelta]] = []

    @property
    def is_known(self) -> bool:
        return bool(self._hints)

    def learn(self, shown: datetime, moment: datetime) -> None:
        """`shown` of the database is `moment`, but for some seconds between two writes."""
        apart = shown - moment.astimezone(UTC).replace(tzinfo=None)
        offset = round(apart / _STEP) * _STEP
        place = bisect_left(self._hints, (shown, timedelta.min))
        near = self._hints[max(0, place - 1) : place + 1]
        if not any(abs(at - shown) < _CLOSE and known == offset for at, known in near):
            self._hints.insert(place, (shown, offset))

    def moment(self, shown: datetime) -> datetime:
        """When that was, by the nearest hint; a database without one is taken to be on UTC."""
        if not self._hints:
            return shown.replace(tzinfo=UTC)
        place = bisect_left(self._hints, (shown, timedelta.min))
        near = self._hints[max(0, place - 1) : place + 1]
        _, offset = min(near, key=lambda hint: abs(hint[0] - shown))
        return (shown - offset).replace(tzinfo=UTC)
