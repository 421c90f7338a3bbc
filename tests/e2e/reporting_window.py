"""The program's own window, which also tells where things are on the screen.

Usage: python -m tests.e2e.reporting_window DESK AGENT. Writes a JSON line whenever something moved.
"""

import json
import sys
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSettings, QTimer

from desk_app.bootstrap import OpenDesk
from desk_app.ui.app import application, open_window
from desk_app.ui.main_window import MainWindow
from desk_app.ui.theme import apply_theme


def middle(view, rect: QRect) -> list[int]:
    if rect.isEmpty():
        return []
    at = view.viewport().mapToGlobal(rect.center())
    return [at.x(), at.y()] if view.viewport().rect().contains(rect.center()) else []


def corner(view) -> list[int]:
    at = view.viewport().mapToGlobal(view.viewport().rect().bottomLeft())
    return [at.x(), at.y()]


def report(window: MainWindow) -> dict[str, object]:
    queue, navigator = window.queue, window.navigator
    whole = hasattr(window, "supervising")
    rows = {
        str(window.model.ticket_at(row)): middle(
            queue, queue.visualRect(window.model.index(row, 1))
        )
        for row in range(min(window.model.rowCount(), 40))
    }
    found: dict[str, object] = {
        "rows": {ticket: at for ticket, at in rows.items() if at},
        "places": {
            name: middle(navigator, navigator.visualItemRect(item))
            for name, item in navigator._items.items()
        },
        "figures": {name: item.text(1) for name, item in navigator._items.items()},
        "edge": corner(navigator),
        "notice": window.notice.text,
        "hint": shown_hint(window) if whole else "",
        "note": whole and not note(window).isHidden(),
    }
    if whole:
        found |= board(window)
    return found


def shown_hint(window: MainWindow) -> str:
    hint = window.supervising.reassigning.hint
    return "" if hint.isHidden() else hint.text()


def note(window: MainWindow):
    return window.supervising.reassigning.note


def board(window: MainWindow) -> dict[str, object]:
    boarding = window.supervising.boarding
    if not boarding.is_open:
        return {}
    view, model = boarding.view, boarding.model
    cards = {}
    for column in range(model.columnCount()):
        for row in range(min(12, model.rowCount())):
            ticket = model.ticket_at(row, column)
            at = middle(view, view.visualRect(model.index(row, column)))
            if ticket is not None and at:
                cards[str(ticket)] = at
    header = view.horizontalHeader()
    columns = {}
    for column in range(model.columnCount()):
        x = header.sectionViewportPosition(column) + header.sectionSize(column) // 2
        at = view.viewport().mapToGlobal(QPoint(x, view.viewport().height() - 30))
        columns[model.key_at(column)] = [at.x(), at.y()]
    return {"cards": cards, "columns": columns}


def main(desk: Path, agent: str) -> None:
    app = application()
    apply_theme(app, "light")
    settings = QSettings(str(desk / "window.ini"), QSettings.Format.IniFormat)
    window = open_window(OpenDesk(desk), agent, settings)
    told = [""]

    def tell() -> None:
        line = json.dumps(report(window))
        if line != told[0]:
            told[0] = line
            print(line, flush=True)

    timer = QTimer()
    timer.timeout.connect(tell)
    timer.start(50)
    sys.exit(app.exec())


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
