"""Measures frames while a sync brings 10,000 changes, three times over: prints JSON.

The server answers at once from memory, so that what is measured is the program alone. Idle and
busy frames take turns within one process, so that a machine whose speed changes hits both alike.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSettings

from desk_app.bootstrap import OpenDesk, lifecycle, secrets
from desk_app.domain.filters import QueueKind
from desk_app.domain.lifecycle import Action
from desk_app.domain.mirror import Account
from desk_app.domain.outbox import SENT_FIELDS
from desk_app.domain.state import State
from desk_app.ports.remote import (
    Capabilities,
    FeedPage,
    Listing,
    RemoteAgent,
    RemotePerson,
    RemoteThread,
    RemoteTicket,
)
from desk_app.store.migrate import create_desk
from desk_app.ui.app import application, open_window
from desk_app.ui.theme import apply_theme
from tests.bench.figures import median, percentile
from tests.bench.frames import wait_for
from tests.builders import make_directory

TICKETS = 20_000
CHANGES = 10_000
TURNS = 5
TIMES = 3
"""All changes so often: of 300 frames the p99 would be the third worst alone."""
WARM = 20
PAGE = 100
TRAILING_S = 0.4
"""So long after a round its last changes are on the screen: they are announced together."""
URL = "https://bench.example"
START = datetime(2026, 3, 2, 10, tzinfo=UTC)


class MemoryServer:
    """Tickets by number; `release` lets some of them change."""

    capabilities = Capabilities(
        safe_update=True, sure_probe=True, actions=frozenset(Action), fields=SENT_FIELDS
    )

    def __init__(self) -> None:
        self._directory = make_directory()
        # Closed ones, so that no thread is read beside: the changes alone are measured.
        self._status = self._directory.lifecycle.first_in(State.CLOSED).key
        self._round = 0
        self.released = 0
        self.given = 0

    def release(self, count: int) -> None:
        """From now on the feed has other values for the newest tickets."""
        self._round += 1
        self.released, self.given = count, 0

    def sign_in(self) -> RemoteAgent:
        return RemoteAgent(key="sam", name="Sam", email="")

    def directory(self) -> Any:
        return self._directory

    def newest(self) -> str:
        return "0"

    def changes(self, cursor: str) -> FeedPage:
        first = self.given
        last = min(first + PAGE, self.released)
        self.given = last
        ids = tuple(str(TICKETS - n) for n in range(first, last))
        return FeedPage(cursor=f"{self._round}:{last}", tickets=ids, more=last < self.released)

    def vanished(self, kept: Any) -> None: ...

    def listing(self, wanted: Any, page: str | None = None) -> Listing:
        first = int(page or 0)
        ids = range(TICKETS - first, max(TICKETS - first - PAGE, 0), -1)
        following = first + PAGE if first + PAGE < TICKETS else None
        return Listing(
            tickets=tuple(self._ticket(str(n)) for n in ids),
            next_page=None if following is None else str(following),
        )

    def tickets(self, ids: Any) -> list[RemoteTicket]:
        return [self._ticket(one) for one in ids]

    def ticket(self, ticket: str) -> RemoteTicket:
        return self._ticket(ticket)

    def thread(self, ticket: str, after: str = "") -> RemoteThread:
        return RemoteThread(version=f"v{self._round}", entries=())

    def close(self) -> None: ...

    def _ticket(self, ticket: str) -> RemoteTicket:
        number = int(ticket)
        at = START + timedelta(seconds=number + self._round)
        return RemoteTicket(
            id=ticket,
            number=ticket,
            version=f"v{self._round}",
            subject=f"Ticket {ticket} as it was in round {self._round}",
            requester=RemotePerson(name=f"Person {number % 997}", email=f"p{ticket}@x.example"),
            department="support",
            status=self._status,
            created_at=START,
            updated_at=at,
            owner="sam" if number % 7 == 0 else None,
        )


class BenchDesk(OpenDesk):
    server: MemoryServer

    def connect(self, account: Account, secret: str) -> Any:
        return self.server


def linked_desk(folder: Path, server: MemoryServer) -> BenchDesk:
    """A desk with all tickets and no thread."""
    create_desk(folder)
    desk = BenchDesk(folder)
    desk.server = server
    with desk.sync_unit() as unit:
        unit.keep_directory(make_directory(), lifecycle()[1])
        unit.save_account(Account(kind="rt", url=URL, user="sam", agent="sam"))
        unit.commit()
    secrets().keep(URL, "sam", "secret")
    report = desk.syncing.round()
    assert report.problem == "", report
    return desk


def frame_times(window: Any, until: Callable[[int], bool]) -> list[float]:
    """Milliseconds a frame while the table is scrolled, `until` so many of them are enough."""
    app = application()
    bar, times = window.queue.verticalScrollBar(), []
    while not until(len(times)):
        start = time.perf_counter()
        bar.setValue((bar.value() + 3) % (bar.maximum() - bar.pageStep()))
        app.processEvents()
        window.queue.viewport().repaint()
        times.append((time.perf_counter() - start) * 1000)
        time.sleep(max(0, 0.016 - (time.perf_counter() - start)))
    return times


def open_on(desk: BenchDesk) -> Any:
    """A window that shows all tickets and has nothing to do."""
    settings = QSettings(f"{tempfile.mkdtemp()}/window.ini", QSettings.Format.IniFormat)
    window = open_window(desk, "sam", settings)
    wait_for(lambda: window.session.sync is not None and window.session.sync.state is not None)
    window.navigator.choose(QueueKind.ALL)
    wait_for(lambda: window.model.rowCount() == TICKETS)
    sync = window.session.sync
    sync.pause(paused=False)
    wait_for(lambda: not sync.state.busy)
    window.resize(1366, 768)
    return window


def busy_times(window: Any, server: MemoryServer) -> tuple[list[float], float]:
    """Frames while a part of the changes comes, and the seconds that its round took."""
    sync = window.session.sync
    ended: list[float] = []
    sync.rounded.connect(lambda _: ended.append(time.perf_counter()))
    server.release(CHANGES // TURNS)
    begun = time.perf_counter()
    sync.sync_now()
    times = frame_times(
        window, lambda _: bool(ended) and time.perf_counter() > ended[0] + TRAILING_S
    )
    return times, ended[0] - begun


def main() -> dict[str, float]:
    app = application()
    apply_theme(app, "light")
    server = MemoryServer()
    desk = linked_desk(Path(tempfile.mkdtemp()) / "desk", server)
    window = open_on(desk)
    idle: list[float] = []
    busy: list[float] = []
    seconds = 0.0
    frame_times(window, lambda count: count == WARM)
    for _ in range(TURNS * TIMES):
        times, took = busy_times(window, server)
        busy += times
        seconds += took
        frames = len(times)
        idle += frame_times(window, lambda count, frames=frames: count == frames)
    window.close()
    return {
        "idle_p50": median(idle),
        "idle_p99": percentile(idle, 0.99),
        "busy_p50": median(busy),
        "busy_p99": percentile(busy, 0.99),
        "changes": CHANGES * TIMES / seconds,
        "frames": float(len(busy)),
    }


if __name__ == "__main__":
    print(json.dumps(main()))
    sys.stdout.flush()
