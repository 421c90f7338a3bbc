"""The one thread that talks to a desk's server: one thing after the other, never waited for."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from threading import Condition, Thread
from typing import Any, NamedTuple, Protocol

from desk_app.domain.errors import DeskError

PATIENCE_S = 0.3
"""How long a program that ends lets the thread come to a good point."""


class Breakable(Protocol):
    """What the thread may be waiting for."""

    def abandon(self) -> None:
        """Break it off, from any thread."""
        ...


class SyncOutcome(NamedTuple):
    """What came of one piece of work, and whose it is."""

    handler: Callable[[Any], None]
    value: Any


class SyncLane:
    """Runs blocking work on a daemon thread; the process never waits for the network to end.

    What a person asked for goes before rounds, and a round under way makes room for it.
    """

    def __init__(self, syncing: Breakable, arrived: Callable[[], None]) -> None:
        """`arrived` is called on the thread, when `outcomes` has something."""
        self._syncing = syncing
        self._arrived = arrived
        self._wanted: deque[Callable[[], SyncOutcome]] = deque()
        self._rounds: deque[Callable[[], SyncOutcome]] = deque()
        self._more = Condition()
        self._thread: Thread | None = None
        self._busy = False
        self._closed = False
        self.outcomes: deque[SyncOutcome] = deque()
        self.farewell: Callable[[], object] = _nothing
        """Done last, on the thread, if it comes to it before the program has gone."""

    @property
    def is_busy(self) -> bool:
        return self._busy or bool(self._wanted) or bool(self._rounds)

    def must_stop(self) -> bool:
        """Whether a round under way has to make room; asked on the thread, between requests."""
        return self._closed or bool(self._wanted)

    def run(
        self,
        work: Callable[[], Any],
        *,
        done: Callable[[Any], None],
        failed: Callable[[Exception], None],
        is_round: bool = False,
    ) -> None:
        """Do this on the thread; `done` or `failed` is handed back in `outcomes`."""

        def body() -> SyncOutcome:
            try:
                return SyncOutcome(done, work())
            except Exception as error:  # noqa: BLE001 - handed to `failed`, never swallowed
                return SyncOutcome(failed, error)

        with self._more:
            if self._closed:
                return
            (self._rounds if is_round else self._wanted).append(body)
            if self._thread is None:
                self._thread = Thread(target=self._work, name="sync", daemon=True)
                self._thread.start()
            self._more.notify()

    def if_open(self, call: Callable[[], None]) -> None:
        """Call from any thread, unless nobody is there any more to hear of it."""
        with self._more:
            if not self._closed:
                call()

    def close(self, patience: float = PATIENCE_S) -> None:
        """Take nothing more, break off what is under way and wait for a moment only.

        `patience` is in seconds; 0 for what only asks and leaves nothing half done.
        """
        with self._more:
            self._closed = True
            self._wanted.clear()
            self._rounds.clear()
            self._more.notify()
        if self._thread is None:
            return
        if self._busy:
            self._syncing.abandon()
        self._thread.join(patience)

    def _work(self) -> None:
        while True:
            with self._more:
                while not (self._closed or self._wanted or self._rounds):
                    self._more.wait()
                if self._closed:
                    break
                body = (self._wanted or self._rounds).popleft()
                self._busy = True
            if not self._hand_back(body()):
                break
        try:
            self.farewell()
        except DeskError:
            return  # nobody is there any more to be told

    def _hand_back(self, outcome: SyncOutcome) -> bool:
        """Whether anybody still wants it."""
        with self._more:
            self._busy = False
            if self._closed:
                return False
            self.outcomes.append(outcome)
            self._arrived()
        return True


def _nothing() -> None:
    """Where nothing is left to be said."""
