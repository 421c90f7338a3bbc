"""The memory of the open program after a walk through it: all tickets, a search, a long one."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from desk_app.ui.app import application
from tests.bench.desks import LONG_NUMBER
from tests.bench.frames import open_all, page_time, wait_for

PAGES = 220


def resident_mb() -> float:
    text = Path("/proc/self/status").read_text("ascii")
    return int(text.partition("VmRSS:")[2].split()[0]) / 1024


def main(desk: Path) -> dict[str, float]:
    window = open_all(desk)
    for _ in range(PAGES):
        page_time(window.queue.verticalScrollBar())
    listed: list[int] = []
    window.queues.listed.connect(listed.append)
    window.queues.search("printer")
    wait_for(lambda: bool(listed))
    listed.clear()
    window.queues.search("")
    wait_for(lambda: bool(listed))
    found = window.session.desk.reader().find_ticket(LONG_NUMBER)
    window.go_to(found)
    wait_for(lambda: window.ticket.page is not None and window.ticket.page.ticket.id == found)
    application().processEvents()
    measured = resident_mb()
    window.close()
    return {"rss": measured}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
