"""When a desk is synced: on a timer, after a command, on request, when the network is back."""

from __future__ import annotations

import random
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from desk_app.domain.mirror import AccountState
from desk_app.ports.unit_of_work import Changes
from desk_app.ui.jobs import Lane
from desk_app.ui.machine_watch import MachineWatch
from desk_app.ui.sync_lane import SyncLane
from desk_app.ui.sync_texts import server_name

if TYPE_CHECKING:
    from datetime import datetime

    from desk_app.domain.mirror import SyncReport
    from desk_app.ports.outbox_reader import SyncStatus
    from desk_app.services.syncing import Syncing
    from desk_app.ui.session import Session

ACTIVE_MS = 30_000
"""Between rounds while a window is in use."""
BACKGROUND_MS = 300_000
LONGEST_MS = 600_000
"""Between rounds however often they failed."""
BUSY_MS = 3_600_000
"""The longest that a server may ask to be left alone for."""
TOGETHER_MS = 250
"""Changes that come within this long are announced together: a first sync must not hold frames."""
STREAM, STREAM_MS = 200, 1_000
"""While so many tickets come at once, the next are announced after so long: each time, the lists
and counts on the screen are read anew."""
_WAITS_FOR_AGENT = frozenset({"no_secret", "sign_in", "unknown_server"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncState:
    """How a desk stands with its server, as every screen shows it."""

    status: SyncStatus
    busy: bool = False
    paused: bool = False
    """The first sync waits for the agent to go on."""
    problem: str = ""
    """Code of what the last round ended with; '' if it went through."""
    since: datetime | None = None
    """When the server was first out of reach."""

    @property
    def is_online(self) -> bool:
        return self.status.account.state is AccountState.ON and not self.problem


class SyncScheduler(QObject):
    """Starts rounds of one desk's link, for all windows that show the desk; one at a time."""

    state_changed = Signal()
    """`state` is another one."""
    rounded = Signal(object)
    """A round ended. Emits: SyncReport."""
    _arrived = Signal()
    _announced = Signal()

    def __init__(self, syncing: Syncing, chance: Callable[[], float] = random.random) -> None:
        super().__init__()
        self.syncing = syncing
        self.state: SyncState | None = None
        self._chance = chance
        self._sessions: list[Session] = []
        self._lane = SyncLane(syncing, self._arrived.emit)
        self._lane.farewell = syncing.let_go
        self._pending: deque[Changes] = deque()
        self._telling = self._looking = self._look_again = self._rounding = self._returning = False
        self._once_more = False
        self._failures = self._behind = self._busy_ms = 0
        self._since: datetime | None = None
        self._problem = self._name = ""
        self._paused = False
        self._last = 0.0
        self._next = _single_shot(self, self.start_round)
        self._tell = _single_shot(self, self._tell_changes)
        self._tell.setInterval(TOGETHER_MS)
        self._look_soon = _single_shot(self, self._look)
        self._look_soon.setInterval(0)
        self._machine = MachineWatch(self)
        self._machine.returned.connect(self.come_back)
        self._machine.used.connect(self._come_to_use)
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._announced.connect(self._wait_for_more, Qt.ConnectionType.QueuedConnection)
        syncing.announce = self._hear_of_sync

    @property
    def name(self) -> str:
        """What the server is called; '' until it is known."""
        if self.state is None:
            return ""
        return self._name or server_name(self.state.status.account)

    @name.setter
    def name(self, name: str) -> None:
        """What this person calls it."""
        if name and name != self._name:
            self._name = name
            self._show()

    # --- windows ---------------------------------------------------------------------------

    def join(self, session: Session) -> None:
        """A window shows this desk: it hears of what comes, and its commands go out."""
        self._sessions.append(session)
        session.changed.connect(self._hear_of_window)
        self._look_soon.start()

    def leave(self, session: Session) -> bool:
        """A window closes; with the last one the network is let go of. True: it was the last."""
        if session in self._sessions:
            self._sessions.remove(session)
            session.changed.disconnect(self._hear_of_window)
        if self._sessions:
            return False
        self._machine.stop()
        for timer in (self._next, self._tell, self._look_soon):
            timer.stop()
        self.syncing.announce = _to_nobody
        self._lane.close()
        return True

    # --- asked for -------------------------------------------------------------------------

    def sync_now(self) -> None:
        """A round at once, whatever failed before; also where the first sync was paused.

        One that is under way may have read already: another one follows it.
        """
        self._failures = 0
        if self._problem in _WAITS_FOR_AGENT:  # the agent has come: what is true now is found out
            self._problem = ""
        self._once_more = self._rounding
        self.start_round()

    def pause(self, *, paused: bool) -> None:
        """Let the first sync rest, or go on; commands go out all the same."""
        self._paused = paused
        self._show()
        if not paused:
            self.start_round()

    def ask(
        self,
        work: Callable[[], Any],
        *,
        owner: QObject,
        done: Callable[[Any], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Do something else with the server, before the next round; answers on this thread."""
        import shiboken6

        def if_there(handler: Callable[[Any], None]) -> Callable[[Any], None]:
            return lambda value: handler(value) if shiboken6.isValid(owner) else None

        self._lane.run(work, done=if_there(done), failed=if_there(failed))
        self._show()

    # --- rounds ----------------------------------------------------------------------------

    def start_round(self) -> None:
        """Begin a round if none is under way."""
        if self._rounding or not self._sessions:
            return
        self._next.stop()
        self._rounding, self._returning = True, False
        self._lane.run(
            lambda: self.syncing.round(stop=self._must_stop),
            done=self._finish,
            failed=self._fail,
            is_round=True,
        )
        self._show()

    def _must_stop(self) -> bool:
        return self._paused or self._lane.must_stop()

    def _finish(self, report: SyncReport) -> None:
        self._rounding = False
        self._last = time.monotonic()
        problem = report.problem
        if problem in {str(AccountState.OFFLINE), str(AccountState.SIGNED_OUT)}:
            problem = ""  # that is the account's own state
        self._failures = self._failures + 1 if problem else 0
        self._busy_ms = min(int(report.wait_s * 1000), BUSY_MS)
        if not problem:
            self._since = None
        elif not self._problem or self._since is None:
            self._since = self._sessions[0].desk.now()
        self._problem = problem
        self._look_soon.start()
        self.rounded.emit(report)

    def _fail(self, error: Exception) -> None:
        """The desk itself could not be read or written; the server was not asked."""
        self._rounding = False
        self._failures += 1
        self._problem = str(getattr(error, "code", "remote"))
        self._look_soon.start()
        if self._sessions and self._failures == 1:
            self._sessions[0].failed.emit(error)

    def _plan(self) -> None:
        """Set the timer of the next round."""
        state = self.state
        if self._rounding or state is None or not self._sessions:
            return
        if state.status.account.state is not AccountState.ON or self._problem in _WAITS_FOR_AGENT:
            self._next.stop()
            return
        if not (self._returning and self._next.isActive()):
            self._next.start(self._delay(state))

    def _delay(self, state: SyncState) -> int:
        """Milliseconds until the next round."""
        if self._once_more:
            self._once_more = False
            return 0
        active = QGuiApplication.applicationState() is Qt.ApplicationState.ApplicationActive
        usual = ACTIVE_MS if active else BACKGROUND_MS
        if self._failures and self._problem != "elsewhere":
            doubled = min(usual * 2 ** min(self._failures - 1, 10), LONGEST_MS)
            return max(int(doubled * (0.5 + self._chance())), self._busy_ms)
        status, before = state.status, self._behind
        self._behind = status.behind
        more = status.account.page is not None or status.behind not in {0, before}
        if status.ready or (more and not self._paused):
            return 0
        due = [at for at in (status.next_try, status.held_until) if at is not None]
        first = min(due, default=None)
        if first is None:
            return usual
        left = (first - self._sessions[0].desk.now()) / timedelta(milliseconds=1)
        return min(usual, max(0, int(left)) + 20)

    # --- what changed ----------------------------------------------------------------------

    def _hear_of_sync(self, changes: Changes) -> None:
        """On a worker: keep what changed until it is announced with what follows it."""
        self._pending.append(changes)
        self._lane.if_open(self._announced.emit)

    def _wait_for_more(self) -> None:
        if self._pending and not self._tell.isActive():
            self._tell.start()

    def _tell_changes(self) -> None:
        changes = Changes()
        while self._pending:
            changes = _together(changes, self._pending.popleft())
        streams = len(changes.tickets) >= STREAM
        self._tell.setInterval(STREAM_MS if streams else TOGETHER_MS)
        self._telling = True
        for session in list(self._sessions):
            if session.is_open:
                session.changed.emit(changes)
        self._telling = False
        self._look_soon.start()

    def _hear_of_window(self, changes: Changes) -> None:
        if not self._telling and (changes.outbox or changes.everything):
            self._look_soon.start()

    def _look(self) -> None:
        """Read how the desk stands; what is shown and when the next round is follow from it."""
        session = next((s for s in self._sessions if s.is_open), None)
        if session is None:
            return
        if self._looking:
            self._look_again = True
            return
        self._looking, self._look_again = True, False
        session.ask(
            Lane.ROWS,
            lambda reader: reader.sync_status(),
            owner=self,
            done=self._take_status,
            failed=self._give_up_looking,
        )

    def _take_status(self, status: SyncStatus | None) -> None:
        self._looking = False
        if self._look_again:
            self._look_soon.start()
        if status is None:
            return
        before = None if self.state is None else self.state.status.account.state
        self.state = SyncState(status=status)
        if status.account.state is AccountState.ON and before is not AccountState.ON:
            self._failures, self._problem = 0, ""
            self.start_round()
        self._show()
        self._plan()

    def _give_up_looking(self, error: Exception) -> None:
        self._looking = False
        if self._sessions:
            self._sessions[0].failed.emit(error)

    def _show(self) -> None:
        if self.state is None:
            return
        problem = self._problem or self.state.status.account.problem
        self.state = replace(
            self.state,
            busy=self._rounding,
            paused=self._paused,
            problem="" if self._rounding and not self._problem else problem,
            since=self._since or self.state.status.account.synced_at if problem else None,
        )
        self.state_changed.emit()

    def _deliver(self) -> None:
        outcomes = self._lane.outcomes
        while outcomes:
            outcome = outcomes.popleft()
            outcome.handler(outcome.value)
        self._show()

    def _come_to_use(self) -> None:
        """The agent is back: what is older than it should be is read now."""
        late = time.monotonic() - self._last > ACTIVE_MS / 1000
        if self._next.isActive() and late and not self._failures:
            self._next.start(0)
        else:
            self._plan()

    def come_back(self) -> None:
        """The network or the machine is there again; not all programs of a house at once."""
        if self.state is not None and self.state.status.account.state is AccountState.ON:
            self._failures = 0
            self._returning = True
            self._next.start(int(2000 * self._chance()))


_schedulers: dict[int, SyncScheduler] = {}
"""By the link: windows on the same desk share one."""


def join_sync(session: Session) -> SyncScheduler:
    """The scheduler of the session's desk; the session leaves it when it closes."""
    syncing = session.desk.syncing
    key = id(syncing)
    scheduler = _schedulers.get(key)
    if scheduler is None:
        scheduler = _schedulers[key] = SyncScheduler(syncing)
    joined = scheduler
    joined.join(session)

    def leave() -> None:
        if joined.leave(session):
            _schedulers.pop(key, None)
            joined.deleteLater()

    session.ending.connect(leave)
    return joined


def _single_shot(parent: QObject, call: Callable[[], None]) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.timeout.connect(call)
    return timer


def _to_nobody(changes: Changes) -> None:
    """After the last window."""


def _together(one: Changes, other: Changes) -> Changes:
    return Changes(
        tickets=one.tickets | other.tickets,
        marks=one.marks | other.marks,
        drafts=one.drafts or other.drafts,
        directory=one.directory or other.directory,
        searches=one.searches or other.searches,
        outbox=one.outbox or other.outbox,
        queues=one.queues or other.queues,
        everything=one.everything or other.everything,
    )
