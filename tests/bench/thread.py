"""A ticket with 500 entries on the screen, against a bare QTextBrowser with the same words."""

from __future__ import annotations

import json
import sys
import time
from collections import defaultdict
from functools import partial
from html import escape
from pathlib import Path

from PySide6.QtWidgets import QTextBrowser

from desk_app.ports.reader import TicketPage
from desk_app.store.reader import SqliteReader
from desk_app.system.html_clean import clean_html
from desk_app.ui.app import application
from desk_app.ui.entry_body import View
from desk_app.ui.theme import LIGHT, apply_theme
from desk_app.ui.thread_controller import ENTRIES
from desk_app.ui.thread_html import make_thread
from desk_app.ui.thread_links import Links
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


def bare_html(page: TicketPage) -> str:
    """The words that the program shows, in paragraphs."""
    return "".join(
        f"<p>▤ INTERNAL NOTE · agents only · {entry.at:%a %d %b %Y %H:%M}<br>"
        f"<b>{escape(entry.author_name)}</b> &lt;{escape(entry.author_email)}&gt;</p>{entry.html}"
        for entry in page.entries
    )


def main(desk: Path) -> dict[str, float]:
    """Paint times, and for the newest entries all that is waited for from the choice on."""
    apply_theme(application(), "light")
    reader = SqliteReader(desk)
    directory, ticket = reader.directory(), reader.find_ticket(LONG_NUMBER)

    def page(entries: int) -> TicketPage:
        return reader.page(ticket, agent="jane", entries=entries)

    def made(shown: TicketPage) -> str:
        links = Links()
        return make_thread(
            shown, directory, View(colours=LIGHT, links=links, clean=clean_html)
        ).html

    times: dict[str, list[float]] = defaultdict(list)
    for _ in range(ROUNDS):
        for name, entries in (("all", LONG), ("newest", ENTRIES)):
            found = page(entries)
            plain, html = bare_html(found), made(found)
            bare, view = QTextBrowser(), ThreadView()
            times[f"{name}_floor"].append(paint_ms(bare, partial(at_end, bare, plain)))
            times[name].append(paint_ms(view, partial(view.show_html, html, at_end=True)))
        view = ThreadView()
        times["opened"].append(
            paint_ms(view, lambda view=view: view.show_html(made(page(ENTRIES)), at_end=True))
        )
    return {name: median(found) for name, found in times.items()}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
