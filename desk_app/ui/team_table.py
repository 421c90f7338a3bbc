"""What the team menu holds."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from desk_app.domain.board import Grouping
from desk_app.ui.menus import Entry
from desk_app.ui.texts import tr
from desk_app.ui.views.board_page import BREACHES

if TYPE_CHECKING:
    from desk_app.ui.main_window import MainWindow


def team_lines(window: MainWindow) -> list[Entry | None]:
    supervising = window.supervising
    board = supervising.boarding.open
    return [
        Entry(name="go_board", text=tr("Go to the &board"), call=board),
        Entry(
            name="board_agent", text=tr("Board by &agent"), call=partial(board, str(Grouping.AGENT))
        ),
        Entry(
            name="board_team", text=tr("Board by &team"), call=partial(board, str(Grouping.TEAM))
        ),
        Entry(
            name="board_stage", text=tr("Board by sta&ge"), call=partial(board, str(Grouping.STAGE))
        ),
        Entry(
            name="board_status",
            text=tr("Board by &status"),
            call=partial(board, str(Grouping.STATUS)),
        ),
        Entry(name="board_breaches", text=tr("What &breaches soon"), call=partial(board, BREACHES)),
        None,
        Entry(name="cut_tickets", text=tr("&Cut the chosen tickets"), call=supervising.cut),
        Entry(name="put_tickets", text=tr("&Put what was cut on…"), call=supervising.put),
        None,
        Entry(
            name="share", text=tr("S&hare out among the team…"), call=supervising.balancing.share
        ),
        Entry(
            name="reassign_all",
            text=tr("&Reassign all of…"),
            call=supervising.balancing.reassign_all,
        ),
        Entry(
            name="hand_over",
            text=tr("Hand &over what is mine…"),
            call=supervising.balancing.hand_over,
        ),
        Entry(name="escalate", text=tr("&Escalate…"), call=supervising.escalating.open),
        None,
        Entry(
            name="absence", text=tr("&Working time and absence…"), call=supervising.absences.open
        ),
        Entry(name="moves", text=tr("Who gave &what to whom…"), call=supervising.auditing.open),
    ]
