"""A ticket with 500 entries on the screen, against a bare QTextBrowser with the same words."""

from __future__ import annotations

import json
import sys
import time
from html import escape
from pathlib import Path

from PySide6.QtWidgets import QTextBrowser

from desk_app.store.reader import SqliteReader
from desk_app.ui.app import application
from desk_app.ui.theme import LIGHT, apply_theme
from desk_app.ui.thread_html import thread_html
from desk_app.ui.views.thread_view import ThreadView
from tests.bench.desks import LONG, LONG_NUMBER
from tests.bench.figures import median

ROUNDS = 15


def paint_ms(view: QTextBrowser, show) -> float:
    app = application()
    view.resize(740, 700)
    view.show()
    app.processEvents()
    start = time.perf_counter()
    show()
    app.processEvents()
    took = (time.perf_counter() - start) * 1000
    view.close()
    view.deleteLater()
    app.processEvents()
    return took


def at_end(view: QTextBrowser, html: str) -> None:
    """As the program does it: the newest entry is the one to see."""
    view.setHtml(html)
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum())


def main(desk: Path) -> dict[str, float]:
    apply_theme(application(), "light")
    reader = SqliteReader(desk)
    directory, ticket = reader.directory(), reader.find_ticket(LONG_NUMBER)
    page = reader.page(ticket, agent="jane", entries=LONG)
    newest = reader.page(ticket, agent="jane", entries=100)
    plain = "".join(
        f"<p><b>{escape(entry.author_name)}</b> {entry.at}</p>{entry.html}"
        for entry in page.entries
    )
    times: dict[str, list[float]] = {"thread": [], "thread_floor": [], "newest": []}
    for _ in range(ROUNDS):
        bare = QTextBrowser()
        times["thread_floor"].append(paint_ms(bare, lambda bare=bare: at_end(bare, plain)))
        for name, shown in (("thread", page), ("newest", newest)):
            view = ThreadView()
            times[name].append(
                paint_ms(
                    view,
                    lambda view=view, shown=shown: view.show_html(
                        thread_html(shown, directory, LIGHT), at_end=True
                    ),
                )
            )
    return {name: median(found) for name, found in times.items()}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
