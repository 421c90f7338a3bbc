"""How long to wait before something is sent again, or is known not to have arrived."""

from __future__ import annotations

import random
import time
from datetime import timedelta
from typing import TYPE_CHECKING

from desk_app.ports.remote_errors import MovedOnError, UnreadableAnswerError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from desk_app.domain.outbox import OutboxItem

STILL_AT_WORK_S = 90.0
"""A server works on after whoever asked is gone, sending mail: what is not there may be on its way.

So long after a request, by this machine's steady clock, 'not there' is no answer yet.
"""
_FIRST_WAIT_S, _LONGEST_DOUBLED_S = 5.0, 600.0
_LONGEST_WAIT = timedelta(hours=1)
"""Whatever a server says."""
_ANSWERED = frozenset({UnreadableAnswerError.code, MovedOnError.code})


class Pace:
    """Times of one connection to a server; `elapsed` is a clock that nobody can set."""

    def __init__(
        self,
        *,
        chance: Callable[[], float] = random.random,
        at_work_s: float = STILL_AT_WORK_S,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin to count.

        Args:
            chance: Between 0 and 1: how far waits are spread.
            at_work_s: For so many seconds without an answer a request may yet be carried out.
            elapsed: Seconds since any moment; only ever grows.
        """
        self._chance = chance
        self._at_work_s = at_work_s
        self._elapsed = elapsed
        self._begun = elapsed()
        self._lost: dict[int, float] = {}

    def is_due(self, item: OutboxItem, now: datetime) -> bool:
        """A time too far ahead was noted before the clock was set back: it counts for nothing."""
        return item.next_try is None or not now < item.next_try <= now + _LONGEST_WAIT

    def next_try(self, item: OutboxItem, now: datetime, seconds: float | None) -> datetime:
        """After the server's time, or a doubling one with some chance in it."""
        doubled = min(_FIRST_WAIT_S * 2**item.tries, _LONGEST_DOUBLED_S) * (0.5 + self._chance())
        pause = doubled if seconds is None else seconds
        return now + timedelta(seconds=min(pause, _LONGEST_WAIT.total_seconds()))

    def lose(self, item: OutboxItem) -> None:
        """A request went out just now, and nothing is known of it."""
        self._lost[item.seq] = self._elapsed()

    def at_work_s(self, item: OutboxItem) -> float:
        """How many seconds longer the server may be at work on what it gave no answer to.

        What was lost before this connection began is counted from its begin: how long that was
        before can only be told by a clock that somebody may have set.
        """
        if item.reason in _ANSWERED:
            return 0.0
        since = self._lost.get(item.seq, self._begun)
        return max(0.0, since + self._at_work_s - self._elapsed())
