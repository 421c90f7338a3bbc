"""Ids that this machine never gives twice."""

from __future__ import annotations

import random
import threading
import uuid
from datetime import UTC, datetime

from desk_app.domain.moment import to_ms

_LOW_BITS = 22
_MAX_MS = 2**41 - 1


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
        ms = min(max(to_ms(at or datetime.now(UTC)), 0), _MAX_MS)
        with self._lock:
            while True:
                made = (ms << _LOW_BITS) | self._random.getrandbits(_LOW_BITS)
                if made not in self._given:
                    self._given.add(made)
                    return made

    def command(self) -> str:
        with self._lock:
            return str(uuid.UUID(int=self._random.getrandbits(128), version=4))
