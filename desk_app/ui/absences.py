"""Working times: shown, saved, and what somebody who leaves still has."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desk_app.domain.moment import whole_ms
from desk_app.domain.workload import Availability
from desk_app.services.absence import set_availability
from desk_app.ui.texts import error_text, tr
from desk_app.ui.views.absence_window import AbsenceWindow

if TYPE_CHECKING:
    from desk_app.ports.unit_of_work import Changes
    from desk_app.ui.balancing import Balancing
    from desk_app.ui.main_window import MainWindow
    from desk_app.ui.reassigning import Reassigning


class Absences(QObject):
    """Connects the form with the desk."""

    def __init__(self, window: MainWindow, reassigning: Reassigning, balancing: Balancing) -> None:
        super().__init__(window)
        self._window = window
        self._session = window.session
        self._reassigning = reassigning
        self._balancing = balancing

    @cached_property
    def view(self) -> AbsenceWindow:
        """Made when it is first wanted."""
        view = AbsenceWindow(self._window)
        view.agent_chosen.connect(self.show)
        view.saved.connect(self._save)
        return view

    def open(self) -> None:
        """Show the acting agent's own; a supervisor chooses another."""
        directory = self._session.directory
        if directory is None:
            return
        self.view.offer([(a.key, a.name) for a in directory.agents.values()])
        self.show(self._session.agent)
        self.view.show()
        self.view.raise_()

    def show(self, agent: str) -> None:
        """Fill the form with what is kept of an agent."""
        directory, workload = self._session.directory, self._reassigning.workload
        if directory is None or workload is None or agent not in directory.agents:
            return
        found = directory.agents[agent]
        kept = workload.availability.get(agent) or Availability(agent=agent, away=found.away)
        shown = Availability(
            agent=agent,
            capacity=workload.capacity(found),
            away=workload.is_away(found),
            until=kept.until,
            substitute=kept.substitute,
        )
        others = [(a.key, a.name) for a in directory.agents.values() if a.key != agent]
        self.view.show_one(shown, others)

    def _save(self, kept: Availability) -> None:
        desk, actor = self._session.desk, self._session.agent
        at = whole_ms(desk.now())
        self._session.write(
            lambda: set_availability(desk.unit, kept, actor=actor, at=at),
            owner=self,
            done=partial(self._tell, kept),
            failed=lambda error: self.view.told.setText(error_text(error)),
        )

    def _tell(self, kept: Availability, _: Changes) -> None:
        """Saved; what the agent still has is offered to whoever stands in."""
        directory, workload = self._session.directory, self._reassigning.workload
        self.view.close()
        if directory is None or workload is None:
            return
        agent = directory.agents[kept.agent]
        left = workload.load("agent", kept.agent).open
        words = tr("The working time of {name} was saved.").format(name=agent.name)
        if not kept.is_away(self._session.desk.now()) or not left:
            self._window.notice.say(words)
            return
        words += " " + tr("{n} open tickets are still with them.").format(n=left)
        call = partial(self._balancing.cover, agent, kept.substitute)
        self._window.notice.say(words, act=tr("Share them out…"), call=call)
