"""Plays a supervisor's day on a board of ten thousand cards, a thousand of them in one drop.

Prints which events held the GUI thread longest. Usage: python -m tests.e2e.watched_board DESK
"""

import json
import sys
from pathlib import Path

from PySide6.QtCore import QPoint, QPointF, QSettings, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desk_app.bootstrap import OpenDesk
from desk_app.domain.board import Grouping
from desk_app.domain.filters import QueueFilter, QueueKind, SortKey
from desk_app.domain.ticket import State
from desk_app.ui.app import open_window
from desk_app.ui.drop_site import ALL_ACTIONS
from desk_app.ui.main_window import MainWindow
from desk_app.ui.theme import apply_theme
from desk_app.ui.ticket_mime import encoded
from tests.e2e.watchdog import Watched
from tests.e2e.watched_scenario import until

MANY = 1000
CARDS = 10_000
TICKETS = 24_000
"""So many that a thousand open ones are one department's; the board shows the first of them."""
PAGES = 40


def scenario(app: Watched, desk: Path) -> dict[str, object]:
    apply_theme(app, "light")
    settings = QSettings(str(desk / "window.ini"), QSettings.Format.IniFormat)
    window = open_window(OpenDesk(desk), "sam", settings)
    until(lambda: window.session.directory is not None and window.model.rowCount() > 0)
    until(window.middle.busy.isHidden)
    until(lambda: hasattr(window, "supervising"))
    until(lambda: window.supervising.reassigning.workload is not None)
    app.held.clear()  # the start is the other scenario's business
    found = {"cards": board(window), "dropped": drop(window, desk)}
    window.close()
    return {"count": app.count, "held": app.held, **found}


def board(window: MainWindow) -> int:
    """Every kind of columns, from top to bottom and across."""
    window.navigator.choose(QueueKind.ALL)
    until(window.middle.busy.isHidden)
    boarding = window.supervising.boarding
    boarding.open()
    until(lambda: cards(boarding) >= CARDS)
    for by in (Grouping.TEAM, Grouping.STATUS, Grouping.AGENT):
        boarding.open(str(by))
        until(lambda by=by: boarding.model.columns()[0].target.kind == str(by))
        bar = boarding.view.verticalScrollBar()
        for page in range(PAGES):
            bar.setValue(page * bar.pageStep())
            QApplication.processEvents()
    for key in (Qt.Key.Key_PageDown, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_End):
        QTest.keyClick(boarding.view, key)
    return cards(boarding)


def cards(boarding) -> int:
    return sum(len(column.ids) for column in boarding.model.columns())


def drop(window: MainWindow, desk: Path) -> int:
    """A thousand tickets on one agent, and all of them back."""
    reader = OpenDesk(desk).reader()
    wanted = QueueFilter(state=State.OPEN, department="support")
    all_ids = list(reader.queue_ids(wanted, SortKey()))
    ids = [t.id for t in reader.tickets(all_ids) if t.owner != "lee"][:MANY]
    window.navigator.choose(QueueKind.OPEN)
    until(window.middle.busy.isHidden)
    reassigning, view = window.supervising.reassigning, window.supervising.boarding.view
    number = [c.target.key for c in window.supervising.boarding.model.columns()].index("lee")
    at = QPoint(view.columnViewportPosition(number) + 30, 60)
    data = encoded(reassigning.desk, ids)
    keys, buttons = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    port = view.viewport()
    QApplication.sendEvent(port, QDragEnterEvent(at, ALL_ACTIONS, data, buttons, keys))
    until(lambda: reassigning.held is not None)
    for x in range(0, port.width(), 20):
        over = QPoint(x, 60)
        QApplication.sendEvent(port, QDragMoveEvent(over, ALL_ACTIONS, data, buttons, keys))
    QApplication.sendEvent(port, QDragMoveEvent(at, ALL_ACTIONS, data, buttons, keys))
    QApplication.sendEvent(port, QDropEvent(QPointF(at), ALL_ACTIONS, data, buttons, keys))
    reassigning.end_drag()
    until(lambda: window.notice.text.startswith(f"{len(ids)} to Lee Park"))
    moved = sum(ticket.owner == "lee" for ticket in reader.tickets(ids))
    window.undo()
    until(lambda: window.notice.text.startswith(f"Undone: {len(ids)}"))
    until(window.middle.busy.isHidden)
    reader.close()
    return moved


if __name__ == "__main__":
    print(json.dumps(scenario(Watched(), Path(sys.argv[1]))))
