"""Gates actions and fields by the ticket's status; holds no rule of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from desk_app.domain.gate import Denial, Reason, Situation, allowed_steps, denial
from desk_app.domain.lifecycle import Action
from desk_app.domain.ticket import State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desk_app.domain.lifecycle import Status
    from desk_app.domain.ticket import Ticket, TicketId
    from desk_app.ports.reader import TicketPage
    from desk_app.ui.session import Session


class LifecycleController:
    """Answers for one shown ticket and the acting agent."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.page: TicketPage | None = None

    def show(self, page: TicketPage | None) -> None:
        self.page = page

    def situation(self) -> Situation | None:
        """All the gate may look at; None without a ticket, an agent or the directory."""
        directory, agent = self._session.directory, self._session.me
        if self.page is None or directory is None or agent is None:
            return None
        return Situation(
            ticket=self.page.ticket,
            actor=agent,
            directory=directory,
            now=self._session.desk.now(),
            open_children=self.page.open_children,
            requester_email=self.page.requester.email,
        )

    def denial(
        self,
        action: Action,
        target: object = None,
        others: Mapping[TicketId, Ticket] | None = None,
    ) -> Denial | None:
        """Why the action is off; None also while nothing is shown (there is no button then).

        `others` are the target of a merge and where it went on, where the screen read them.
        """
        situation = self.situation()
        if situation is None:
            return None
        return denial(action, replace(situation, others=others or {}), target)

    def unseen(self) -> Denial | None:
        """Why the agent may not even look; a number is soon typed, a link soon followed."""
        denied = self.denial(Action.NOTE)
        return denied if denied is not None and denied.code is Reason.NOT_VISIBLE else None

    def first_closing(self) -> str | None:
        """The status that resolving would set; None while nothing is known."""
        directory = self._session.directory
        return None if directory is None else directory.lifecycle.first_in(State.CLOSED).key

    def steps(self) -> list[tuple[Status, Denial | None]]:
        situation = self.situation()
        return [] if situation is None else allowed_steps(situation)
