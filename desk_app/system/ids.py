"""Ids that this machine never gives twice."""

from __future__ import annotations

import random
import threading
import uuid
from datetime import UTC, datetime

from desk_app.domain.moment import to_ms

_LOW_BITS = 22
_MAX_MS = 2**41 - 1
_VERSION_7 = 7 << 76 | 2 << 62
_CHANCE = (1 << 80) - 1 & ~(0xF << 76 | 3 << 62)


class TimeIds:
    """63-bit numbers: 41 bits of milliseconds, then 22 bits that make them differ.

    A number sorts by the time it was made for; two for the same millisecond differ by chance and
    a counter. With `seed` the numbers repeat from run to run (demo desks, tests).
    """

    def __init__(self, seed: int | None = None) -> None:
        self._random = random.Random(seed)  # noqa: S311 - to differ, not to be secret
        self._lock = threading.Lock()
        self._given: set[int] = set()

    def number(self, at: datetime | None = None) -> int:
        ms = _milliseconds(at)
        with self._lock:
            while True:
                made = (ms << _LOW_BITS) | self._random.getrandbits(_LOW_BITS)
                if made not in self._given:
                    self._given.add(made)
                    return made

    def command(self, at: datetime | None = None) -> str:
        """A UUID that rises with the time (RFC 9562, version 7): rows are added at the end."""
        with self._lock:
            chance = self._random.getrandbits(80)
        return str(uuid.UUID(int=_milliseconds(at) << 80 | _VERSION_7 | chance & _CHANCE))


def _milliseconds(at: datetime | None) -> int:
    return min(max(to_ms(at or datetime.now(UTC)), 0), _MAX_MS)
