"""The team in the navigator: everybody's load, and where tickets can be dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt

from desk_app.domain.board import Grouping
from desk_app.domain.filters import QueueKind, SavedSearch
from desk_app.domain.moment import to_ms
from desk_app.domain.reassignment import Place as Kind
from desk_app.domain.reassignment import Target
from desk_app.domain.search_text import Condition
from desk_app.domain.state import State
from desk_app.domain.workload import Workload
from desk_app.ui.drop_site import DropSite
from desk_app.ui.reassign_texts import figure, joined, load_words, own_words, verdict_text
from desk_app.ui.texts import tr
from desk_app.ui.views.navigator import Line, Place

if TYPE_CHECKING:
    from desk_app.domain.directory import Directory
    from desk_app.domain.people import Agent
    from desk_app.ui.main_window import MainWindow
    from desk_app.ui.reassigning import Reassigning

_STATES = {
    QueueKind.OPEN: State.OPEN,
    QueueKind.CLOSED: State.CLOSED,
    QueueKind.DELETED: State.DELETED,
}

MOST = 60
"""Colleagues in the list; it has to show teams and departments, too."""


class TeamList(QObject):
    """Fills the navigator's lower half, writes figures and verdicts on it, takes drops."""

    def __init__(self, window: MainWindow, reassigning: Reassigning) -> None:
        super().__init__(window)
        self._window = window
        self._reassigning = reassigning
        self._navigator = window.navigator
        navigator = self._navigator
        DropSite(navigator, self._target_at, self._reassigning)
        navigator.paste_wanted.connect(self._paste)
        navigator.let_go_wanted.connect(self._reassigning.let_go)
        navigator.currentItemChanged.connect(lambda *_: self._say_cut())
        navigator.team_chosen.connect(self._show_team)
        navigator.department_chosen.connect(self._show_department)
        self._away: set[str] = set()
        self._reassigning.loads.counted.connect(self._take_counted)
        self._reassigning.judged.connect(self._take_judged)
        window.session.directory_loaded.connect(self.fill)
        self.fill()

    # --- what is listed --------------------------------------------------------------------

    def fill(self) -> None:
        """List colleagues, teams with their members, and departments."""
        session, navigator = self._window.session, self._navigator
        directory = session.directory
        if directory is None:
            return
        self._away = self._who_is_away(directory)
        colleagues = session.team()
        lines = [self._agent(agent, "") for agent in colleagues[:MOST]]
        more = len(colleagues) - len(lines)
        if more:
            words = tr("{n} more on the board").format(n=more)
            lines.append(Line(words, Place("more_colleagues", self._show_board)))
        navigator.fill("team", tr("Team"), lines)
        teams = []
        for team in sorted(directory.teams.values(), key=lambda team: team.name.casefold()):
            members = [directory.agents[key] for key in team.members if key in directory.agents]
            members.sort(key=lambda agent: agent.name.casefold())
            inner = tuple(self._agent(agent, f"team:{team.key}:") for agent in members)
            place = Place(f"team:{team.key}", Target(kind=Kind.TEAM, key=team.key))
            teams.append(Line(team.name, place, inner))
        navigator.fill("teams", tr("Teams"), teams)
        departments = [
            Line(d.name, Place(f"department:{d.key}", Target(kind=Kind.DEPARTMENT, key=d.key)))
            for d in directory.departments.values()
        ]
        navigator.fill("departments", tr("Departments"), departments)
        self.write()

    def _agent(self, agent: Agent, before: str) -> Line:
        is_away = agent.key in self._away
        name = tr("{name} (away)").format(name=agent.name) if is_away else agent.name
        target = Target(kind=Kind.AGENT, key=agent.key)
        return Line(name, Place(f"{before}agent:{agent.key}", target))

    def _who_is_away(self, directory: Directory) -> set[str]:
        workload, agents = self._reassigning.workload, directory.agents.values()
        if workload is None:
            return {agent.key for agent in agents if agent.away}
        return {agent.key for agent in agents if workload.is_away(agent)}

    def _take_counted(self, _: Workload) -> None:
        """Figures came; who went or came back is called so."""
        directory = self._window.session.directory
        if directory is not None and self._who_is_away(directory) != self._away:
            self.fill()
        else:
            self.write()

    # --- what is written on it -------------------------------------------------------------

    def write(self) -> None:
        """Everybody's figures, or while something is in the hand, what it would lead to."""
        directory, workload = self._window.session.directory, self._reassigning.workload
        if directory is None or workload is None:
            return
        held = self._reassigning.held is not None
        for place in self._navigator.places():
            target = self.target(place)
            if target is None:
                continue
            if held:
                self._write_verdict(place, target, directory)
            elif isinstance(place.value, Target):
                self._write_figures(place, target, workload, directory)

    def _write_figures(
        self, place: Place, target: Target, workload: Workload, directory: Directory
    ) -> None:
        load = workload.load(str(target.kind), target.key)
        words = load_words(load, to_ms(self._window.session.desk.now()))
        words += own_words(target, workload, directory)
        shown = figure(load)
        if target.kind is Kind.AGENT and target.key in directory.agents:
            agent = directory.agents[target.key]
            shown += "▲" if workload.over(agent) else ""
        self._navigator.say(place.name, shown, joined(words))

    def _write_verdict(self, place: Place, target: Target, directory: Directory) -> None:
        verdict = self._reassigning.verdict(target)
        if verdict is None:
            return
        possible = verdict.rehearsal.is_possible
        shown = "✓" if possible else "⊘"
        has_load = target.kind in {Kind.AGENT, Kind.TEAM, Kind.DEPARTMENT}
        if possible and has_load and place.value is not QueueKind.UNASSIGNED:  # which has no team
            shown = f"{verdict.before.open}→{verdict.after.open}"
            shown += "▲" if verdict.over else ""
        text = verdict_text(verdict, directory)
        self._navigator.say(place.name, shown, text, off=not possible)

    def _take_judged(self) -> None:
        self._navigator.is_quiet = self._reassigning.is_cut
        self.write()
        if self._reassigning.held is None:
            self._window.queues.count()  # over queues stood verdicts

    # --- where things go -------------------------------------------------------------------

    def target(self, place: Place | None) -> Target | None:
        """What dropping on a line of the navigator stands for; None for what takes nothing."""
        if place is None:
            return None
        if isinstance(place.value, Target):
            return place.value
        me = self._window.session.agent
        if place.value is QueueKind.MINE:
            return Target(kind=Kind.AGENT, key=me)
        if place.value is QueueKind.UNASSIGNED:
            return Target(kind=Kind.AGENT)
        status = self._single_status(place)
        return None if status is None else Target(kind=Kind.STATUS, key=status)

    def _single_status(self, place: Place) -> str | None:
        """The one status of all that a queue holds, if it is one queue of one status."""
        directory = self._window.session.directory
        if directory is None:
            return None
        if isinstance(place.value, SavedSearch):
            search = self._window.queues.read(place.value.text)
            only = search.filters[0] if len(search.filters) == 1 else None
            return None if only is None or search.unknown else only.status
        state = _STATES.get(place.value)
        statuses = directory.lifecycle.statuses.values()
        keys = [s.key for s in statuses if state is not None and s.state is state]
        return keys[0] if len(keys) == 1 else None

    def _target_at(self, at: QPoint) -> Target | None:
        return self.target(self._navigator.place_at(at))

    def _paste(self, place: Place | None, keys: Qt.KeyboardModifier) -> None:
        target = self.target(place)
        if target is None:
            self._window.notice.say(tr("Tickets cannot be put here."), kind="refusal")
            return
        self._reassigning.paste(
            target,
            noted=bool(keys & Qt.KeyboardModifier.ShiftModifier),
            transfer=bool(keys & Qt.KeyboardModifier.AltModifier),
        )

    def _say_cut(self) -> None:
        """While something is cut, the chosen place says what Ctrl+V would do."""
        navigator = self._navigator
        if self._reassigning.is_cut and navigator.hasFocus():
            index = navigator.currentIndex()
            corner = navigator.visualRect(index).bottomLeft()
            at = navigator.viewport().mapToGlobal(corner)
            self._reassigning.hover(self._target_at(navigator.visualRect(index).center()), at)

    def _show_team(self, team: str) -> None:
        self._search("team", team)

    def _show_department(self, department: str) -> None:
        self._search("department", department)

    def _show_board(self) -> None:
        self._window.supervising.boarding.open(str(Grouping.AGENT))

    def _search(self, name: str, key: str) -> None:
        self._window.queues.search(f"is:open {Condition(name=name, value=key).text}")
