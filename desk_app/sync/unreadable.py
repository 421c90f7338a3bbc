"""Tickets whose page could not be read: left for a while, so that they hold no other up."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from desk_app.domain.mirror import Base

AGAIN = timedelta(minutes=2)


class Unreadable:
    """Which tickets they are, for as long as the program runs."""

    def __init__(self) -> None:
        self._failed: dict[str, tuple[str, datetime]] = {}
        """By the server's id: the version that could not be read, and when that was found out."""

    def __len__(self) -> int:
        return len(self._failed)

    def add(self, base: Base, at: datetime) -> None:
        self._failed[base.remote] = (base.version, at)

    def without(self, bases: Iterable[Base], now: datetime) -> list[Base]:
        """Those that may be read by now: untried ones, newer ones, and each again in a while."""
        return [base for base in bases if not self._rests(base, now)]

    def read(self, base: Base) -> None:
        self._failed.pop(base.remote, None)

    def _rests(self, base: Base, now: datetime) -> bool:
        version, at = self._failed.get(base.remote, ("", now - AGAIN))
        return version == base.version and abs(now - at) < AGAIN
