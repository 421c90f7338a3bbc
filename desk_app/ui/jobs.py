"""Work off the GUI thread: lanes of one thread each, outcomes back on the GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from typing import Any, NamedTuple, TypeVar

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QThread, QThreadPool, Signal

from desk_app.ui.sync_lane import SyncLane

T = TypeVar("T")


class Lane(Enum):
    """Jobs of one lane run in order; a slow list never holds up a row or a draft."""

    WRITE = auto()
    """Commands and drafts: short transactions."""
    ROWS = auto()
    """Short reads: rows on screen, one ticket, a picture."""
    LIST = auto()
    """Long reads: a whole queue's order, counts, search."""
    FILES = auto()
    """Files in and out, pictures: as slow as their disk, and never in the way of a draft."""
    NET = auto()
    """What waits for other machines: its answer may never come, and nobody waits for it."""


class _Outcome(NamedTuple):
    owner: QObject
    handler: Callable[[Any], None]
    value: Any


class _Unbreakable:
    """A question to another machine ends by itself, after whoever asked it is gone."""

    def abandon(self) -> None: ...


class JobRunner(QObject):
    """Runs blocking callables and hands their outcome to the GUI thread."""

    _finished = Signal(object)
    _arrived = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pools: dict[Lane, QThreadPool] = {
            lane: self._pool() for lane in Lane if lane is not Lane.NET
        }
        self._net = SyncLane(_Unbreakable(), self._arrived.emit)
        self._finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._arrived.connect(self._deliver_net, Qt.ConnectionType.QueuedConnection)
        self._closed = False

    @property
    def is_open(self) -> bool:
        return not self._closed

    def run(
        self,
        lane: Lane,
        work: Callable[[], T],
        *,
        owner: QObject,
        done: Callable[[T], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Call `work` on the lane, then `done` or `failed` here, if `owner` still lives."""
        if QThread.currentThread() is not self.thread():
            raise RuntimeError("jobs start on the GUI thread")
        if self._closed:
            return
        if lane is Lane.NET:
            self._net.run(
                work,
                done=lambda value: self._deliver(_Outcome(owner, done, value)),
                failed=lambda error: self._deliver(_Outcome(owner, failed, error)),
            )
            return

        def body() -> None:
            try:
                outcome = _Outcome(owner, done, work())
            except Exception as error:  # noqa: BLE001 - handed to `failed`, never swallowed
                outcome = _Outcome(owner, failed, error)
            self._finished.emit(outcome)

        self._pools[lane].start(body)

    def settle(self, lane: Lane, ms: int) -> None:
        """Wait for what a lane has under way, so long at most, and hand the outcomes over now."""
        self._pools[lane].waitForDone(ms)
        QCoreApplication.sendPostedEvents(self, QEvent.Type.MetaCall.value)

    def finish(self) -> None:
        """Take no more jobs and wait for those under way on the disk: drafts reach it."""
        self._closed = True
        self._net.close(0)
        self._pools[Lane.FILES].clear()  # nobody will see those pictures
        for pool in self._pools.values():
            pool.waitForDone()

    def _pool(self) -> QThreadPool:
        pool = QThreadPool(self)
        pool.setMaxThreadCount(1)
        pool.setExpiryTimeout(-1)  # the lane's connection stays on its thread
        return pool

    def _deliver_net(self) -> None:
        outcomes = self._net.outcomes
        while outcomes:
            outcome = outcomes.popleft()
            outcome.handler(outcome.value)

    def _deliver(self, outcome: _Outcome) -> None:
        if shiboken6.isValid(outcome.owner):
            outcome.handler(outcome.value)
