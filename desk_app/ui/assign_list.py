"""Who can get the one shown ticket, and where it can go: with the load before and after."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desk_app.domain.lifecycle import Action
from desk_app.domain.reassignment import Handing, Place, Target, goal
from desk_app.services.reassigning import Verdict, take_up
from desk_app.ui.bulk import place_name, useful
from desk_app.ui.jobs import Lane
from desk_app.ui.reassign_texts import verdict_text
from desk_app.ui.texts import action_name, denial_text, tr
from desk_app.ui.views.chooser import Choice

if TYPE_CHECKING:
    from desk_app.domain.directory import Directory
    from desk_app.ports.reader import TicketReader
    from desk_app.ui.main_window import MainWindow
    from desk_app.ui.reassigning import Reassigning, Work
    from desk_app.ui.ticket_controller import TicketController
    from desk_app.ui.views.chooser import Chooser

_ACTIONS = {str(Action.ASSIGN), str(Action.TRANSFER)}


class AssignList(QObject):
    """Offers the same list for one ticket as `Bulk` does for several."""

    def __init__(self, window: MainWindow, reassigning: Reassigning) -> None:
        super().__init__(window)
        self._session = window.session
        self._reassigning = reassigning

    def takes(self, ticket: TicketController, chooser: Chooser, name: str) -> bool:
        """Offer the list; False where the action takes another, or is off altogether."""
        judge, directory, page = self._reassigning.judge(), self._session.directory, ticket.page
        if name not in _ACTIONS or judge is None or directory is None or page is None:
            return False
        action, shown = Action(name), page.ticket.id
        if ticket.gate.denial(action) is not None:
            return False
        handings = _handings(action, directory)

        def question(reader: TicketReader) -> list[Verdict]:
            held = take_up(reader, (shown,))
            return [judge.verdict(held, handing) for handing in handings]

        def show(verdicts: list[Verdict]) -> None:
            if ticket.page is None or ticket.page.ticket.id != shown:
                return  # another ticket came meanwhile
            listed = [self._choice(ticket, verdict, directory) for verdict in useful(verdicts)]
            chooser.open_with(action_name(action), listed)

        self._session.ask(Lane.ROWS, question, owner=ticket, done=show)
        return True

    def _choice(self, ticket: TicketController, verdict: Verdict, directory: Directory) -> Choice:
        handing, found = verdict.rehearsal.handing, verdict.rehearsal
        name = place_name(handing, directory)
        if not found.is_possible:
            denied = found.refused[0].denied if found.refused else None
            reason = tr("The ticket is gone") if denied is None else denial_text(denied)
            return Choice(text=name, call=lambda: None, reason=reason)
        detail = " · ".join(verdict_text(verdict, directory).split("\n")[1:])
        if handing.transfer:
            work: Work = [(tuple(one.id for one in found.moves), handing)]
            return Choice(text=name, detail=detail, call=partial(self._reassigning.hand, work))
        wanted = goal(handing.target, directory)
        assert wanted is not None  # noqa: S101 - agents, teams and departments stand for one each
        return Choice(text=name, detail=detail, call=partial(ticket.do, *wanted))


def _handings(action: Action, directory: Directory) -> list[Handing]:
    """Everybody on the desk: with one ticket in the hand there is room for reasons."""
    if action is Action.TRANSFER:
        places = [Target(kind=Place.DEPARTMENT, key=key) for key in directory.departments]
        return [Handing(target=target) for target in places]
    by_name = sorted(directory.agents.values(), key=lambda agent: agent.name.casefold())
    agents = [Target(kind=Place.AGENT, key=agent.key) for agent in by_name]
    teams = [Target(kind=Place.TEAM, key=key) for key in directory.teams]
    plain = [Handing(target=target) for target in (*agents, *teams)]
    return plain + [Handing(target=target, transfer=True) for target in agents]
