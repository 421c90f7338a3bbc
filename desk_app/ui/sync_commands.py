"""What the window's menu of its server holds."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from desk_app.ui.menus import Entry
from desk_app.ui.reason_field import ReasonField
from desk_app.ui.texts import tr
from desk_app.ui.views.server_pages import CONFLICTS, DOCTOR, LOG, OUTBOX

if TYPE_CHECKING:
    from desk_app.ui.main_window import MainWindow


def sync_lines(window: MainWindow) -> list[Entry | None]:
    """Rounds, what waits, what needs a decision, what was said, servers."""
    server = window.server

    def page(number: int, name: str, text: str) -> Entry:
        return Entry(name=name, text=text, call=partial(server.open, number))

    return [
        Entry(name="refresh", text=tr("&Read again"), call=server.sync_now),
        Entry(
            name="work_offline", text=tr("Work &offline or no longer"), call=server.switch_offline
        ),
        Entry(name="sign_in", text=tr("Sign &in again…"), call=server.ask_to_sign_in),
        None,
        page(OUTBOX, "outbox", tr("Out&box")),
        page(CONFLICTS, "conflicts", tr("&Conflicts")),
        page(OUTBOX, "go_outbox", tr("Go to the outbox")),
        page(CONFLICTS, "go_conflicts", tr("Go to the conflicts")),
        page(LOG, "sync_log", tr("Sync &log")),
        page(DOCTOR, "sync_doctor", tr("Sync &doctor")),
        Entry(
            name="reason_field",
            text=tr("&Field for breach reasons…"),
            call=ReasonField(window).ask,
        ),
        None,
        Entry(name="all_work", text=tr("All my &work"), call=window.accounts.show_work),
        Entry(name="desks", text=tr("All d&esks…"), call=window.accounts.show_desks),
        Entry(
            name="this_desk",
            text=tr("&Name and colour of this desk…"),
            call=window.accounts.offer_looks,
        ),
        Entry(name="add_server", text=tr("&Add a server…"), call=window.accounts.add_server),
    ]
