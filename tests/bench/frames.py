"""Paging through a queue: the program's table and model, or a table over a constant model."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QAbstractTableModel, QEventLoop, QModelIndex, QSettings, Qt, QTimer
from PySide6.QtWidgets import QTableView

from desk_app.bootstrap import OpenDesk
from desk_app.domain.filters import QueueKind
from desk_app.ui.app import application, open_window
from desk_app.ui.theme import apply_theme
from tests.bench.figures import median, percentile

FRAMES = 200
WARM = 20
PATIENCE_S = 60
COLUMNS = 7
REFRESHES = 15


class Constant(QAbstractTableModel):
    """The least that a model in Python can be."""

    def __init__(self, rows: int) -> None:
        super().__init__()
        self._rows = rows

    def rowCount(self, parent=QModelIndex()):  # noqa: B008
        return 0 if parent.isValid() else self._rows

    def columnCount(self, parent=QModelIndex()):  # noqa: B008
        return 0 if parent.isValid() else COLUMNS

    def data(self, index, role=Qt.ItemDataRole.DisplayRole):
        return "Printer on floor 2 does" if role == Qt.ItemDataRole.DisplayRole else None


def wait_for(ready: Callable[[], bool]) -> None:
    """Let the program work until it is ready; stop the measuring if it never is."""
    loop, timer, deadline = QEventLoop(), QTimer(), time.monotonic() + PATIENCE_S

    def look() -> None:
        if ready():
            loop.quit()
        elif time.monotonic() > deadline:
            loop.exit(1)

    timer.timeout.connect(look)
    QTimer.singleShot(PATIENCE_S * 1000 + 1000, loop, lambda: loop.exit(1))
    timer.start(5)
    if loop.exec():
        raise SystemExit("the program did not get ready")


def constant_table(rows: int, like: QTableView | None = None) -> QTableView:
    table = QTableView()
    table.setModel(Constant(rows))
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 10)
    table.resize(900, 740)
    table.show()
    return table


def page_times(table: QTableView) -> list[float]:
    """Milliseconds until a page further down is painted; rows that come in are in them."""
    app = application()
    bar, times = table.verticalScrollBar(), []
    page = bar.pageStep()
    for frame in range(WARM + FRAMES):
        start = time.perf_counter()
        bar.setValue((bar.value() + page) % (bar.maximum() - page))
        app.processEvents()
        if frame >= WARM:
            times.append((time.perf_counter() - start) * 1000)
    return times


def refresh_times(window) -> list[float]:
    """Milliseconds on the GUI thread for a new order, twenty rows selected, until painted."""
    app, model, view = application(), window.model, window.queue
    view.clearSelection()
    for row in range(0, 400, 20):
        view.selectionModel().select(
            model.index(row, 0),
            view.selectionModel().SelectionFlag.Select | view.selectionModel().SelectionFlag.Rows,
        )
    app.processEvents()
    times = []
    for n in range(REFRESHES):
        old = model.tickets_in(0, model.rowCount() - 1)
        first = n % 7
        new = old[:first] + old[first + 1 :] + old[first : first + 1]
        held = set(model.held_ids())
        places = {ticket: row for row, ticket in enumerate(new) if ticket in held}
        start = time.perf_counter()
        model.merge_ids(new, places)
        app.processEvents()
        times.append((time.perf_counter() - start) * 1000)
    return times


def open_all(desk: Path):
    """The window on the queue of all tickets, everything listed."""
    app = application()
    apply_theme(app, "light")
    settings = QSettings(f"{tempfile.mkdtemp()}/window.ini", QSettings.Format.IniFormat)
    window = open_window(OpenDesk(desk), "sam", settings)
    wait_for(lambda: window.session.directory is not None)
    listed: list[int] = []
    window.queues.listed.connect(listed.append)
    window.navigator.choose(QueueKind.ALL)
    wait_for(lambda: bool(listed) and window.queues.shown.kind == QueueKind.ALL)
    return window


def main(which: str, desk: Path) -> dict[str, float]:
    app = application()
    if which == "constant":
        apply_theme(app, "light")
        times = page_times(constant_table(int(desk.name)))
        return {"p50": median(times), "p99": percentile(times, 0.99)}
    window = open_all(desk)
    window.resize(1700, 860)
    wait_for(window.queue.isVisible)
    window.panes.setSizes([150, 900, 640])
    window.queue.resize(900, 740)
    app.processEvents()
    times = page_times(window.queue)
    found = {"p50": median(times), "p99": percentile(times, 0.99)}
    found["refresh"] = median(refresh_times(window))
    window.close()
    return found


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], Path(sys.argv[2]))))
