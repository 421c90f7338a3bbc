"""Paging through a queue: the program's table and model, or a table over a constant model."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QAbstractTableModel, QEventLoop, QModelIndex, QSettings, Qt, QTimer
from PySide6.QtWidgets import QScrollBar, QTableView

from desk_app.bootstrap import OpenDesk
from desk_app.domain.filters import QueueKind
from desk_app.ui.app import application, open_window
from desk_app.ui.theme import apply_theme
from tests.bench.figures import median, percentile

CHUNK = 20
TURNS = 25
CONSTANT_ROWS = 1_000_000
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


def side_by_side(table: QTableView, settled: Callable[[], bool]) -> dict[str, float]:
    """Frame times of a table and of one over a constant model, by turns in one process.

    What slows a shared machine down for seconds then slows both down alike. Before the constant
    one's turn the other has to be `settled`: its worker would be in the way.
    """
    floor = constant_table(CONSTANT_ROWS)
    bars = (table.verticalScrollBar(), floor.verticalScrollBar())
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(TURNS + 1):
        for bar, kept in zip(bars, times, strict=True):
            wait_for(settled)
            found = [page_time(bar) for _ in range(CHUNK)]
            if turn:  # the first one warms up
                kept.extend(found)
    floor.close()
    shares = {"p50": 0.5, "p99": 0.99}
    return {
        name + kind: percentile(kept, share)
        for kind, kept in zip(("", "_floor"), times, strict=True)
        for name, share in shares.items()
    }


def page_time(bar: QScrollBar) -> float:
    """Milliseconds until a page further down is painted; rows that come in are in them."""
    start = time.perf_counter()
    bar.setValue((bar.value() + bar.pageStep()) % (bar.maximum() - bar.pageStep()))
    application().processEvents()
    return (time.perf_counter() - start) * 1000


def in_sight(window) -> int | None:
    """The last ticket that is painted now."""
    return window.model.ticket_at(window.queue.rowAt(window.queue.viewport().height() - 20))


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


def main(desk: Path) -> dict[str, float]:
    app = application()
    window = open_all(desk)
    window.resize(1700, 860)
    wait_for(window.queue.isVisible)
    window.panes.setSizes([150, 900, 640])
    window.queue.resize(900, 740)
    app.processEvents()
    found = side_by_side(window.queue, lambda: in_sight(window) in {None, *window.model.kept()})
    found["refresh"] = median(refresh_times(window))
    window.close()
    return found


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
