"""Times as the desk keeps them: whole milliseconds since 1970, UTC."""

from __future__ import annotations

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
