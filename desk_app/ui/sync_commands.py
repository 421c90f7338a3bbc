"""What the window's menu of its server holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk_app.ui.menus import Entry
from desk_app.ui.texts import tr

if TYPE_CHECKING:
    from desk_app.ui.main_window import MainWindow


def sync_lines(window: MainWindow) -> list[Entry | None]:
    """Rounds, what waits, what needs a decision, what was said, servers."""
    server = window.server
    return [
        Entry(name="refresh", text=tr("&Read again"), call=server.sync_now),
        Entry(
            name="work_offline", text=tr("Work &offline or no longer"), call=server.switch_offline
        ),
    ]
