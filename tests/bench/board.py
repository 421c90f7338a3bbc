"""Paging through a board of ten thousand cards, figures of everybody, a drop of a thousand."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

from PySide6.QtCore import QSettings

from desk_app.bootstrap import OpenDesk
from desk_app.domain.filters import QueueFilter, QueueKind, SortKey
from desk_app.domain.reassignment import Handing, Place, Target
from desk_app.domain.ticket import State
from desk_app.services.reassigning import hand_over
from desk_app.ui.app import application, open_window
from desk_app.ui.load_watch import day_end_ms
from desk_app.ui.theme import apply_theme
from tests.bench.figures import median
from tests.bench.frames import side_by_side, wait_for

MANY = 1000
CARDS = 10_000
ROUNDS = 5


def board_frames(desk: Path) -> dict[str, float]:
    """Milliseconds until a page of cards further down is painted, beside a constant model's."""
    app = application()
    apply_theme(app, "light")
    settings = QSettings(f"{tempfile.mkdtemp()}/window.ini", QSettings.Format.IniFormat)
    window = open_window(OpenDesk(desk), "sam", settings)
    wait_for(lambda: window.session.directory is not None and hasattr(window, "supervising"))
    wait_for(lambda: window.supervising.reassigning.workload is not None)
    window.navigator.choose(QueueKind.ALL)
    wait_for(window.middle.busy.isHidden)
    boarding = window.supervising.boarding
    boarding.open()
    wait_for(
        lambda: sum(len(c.ids) for c in boarding.model.columns()) >= min(CARDS, int(desk.name) // 2)
    )
    window.resize(1280, 800)
    app.processEvents()
    view, model = boarding.view, boarding.model

    def settled() -> bool:
        last = model.ticket_at(view.rowAt(view.viewport().height() - 20), 0)
        return last is None or last in model.kept()

    found = side_by_side(view, settled)
    window.close()
    return found


def drop_times(desk: OpenDesk) -> list[float]:
    """Milliseconds for a drop: read, rehearsed, asked again, committed."""
    reader = desk.reader()
    directory = reader.directory()
    wanted = QueueFilter(state=State.OPEN, department="support")
    ids = list(reader.queue_ids(wanted, SortKey()))[:MANY]
    times = []
    for turn in range(ROUNDS):
        handing = Handing(target=Target(kind=Place.AGENT, key=("lee", "john")[turn % 2]))
        start = time.perf_counter()
        done = hand_over(desk, reader, [(ids, handing)], directory.agents["sam"], directory).done
        spent = (time.perf_counter() - start) * 1000
        if len(done.tickets) > 0.9 * len(ids) and done.refused == ():
            times.append(spent * MANY / len(done.tickets))
    return times


def figure_times(desk: OpenDesk) -> list[float]:
    """Milliseconds for everybody's figures."""
    reader, now, times = desk.reader(), desk.now(), []
    for _ in range(ROUNDS * 4):
        start = time.perf_counter()
        reader.workload(now, day_end_ms=day_end_ms(now))
        times.append((time.perf_counter() - start) * 1000)
    return times


def main(which: str, folder: Path) -> dict[str, float]:
    if which == "frames":
        return board_frames(folder)
    desk = OpenDesk(folder)
    found = {"figures": median(figure_times(desk)), "drop": median(drop_times(desk))}
    desk.close()
    return found


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], Path(sys.argv[2]))))
