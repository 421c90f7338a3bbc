"""Escalating what is, or soon will be, late: priority, team and note in one step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desk_app.domain.board import breach_causes
from desk_app.domain.reassignment import Handing, Place, Target
from desk_app.ui.jobs import Lane
from desk_app.ui.reassign_texts import breach_text
from desk_app.ui.texts import tr
from desk_app.ui.views.escalation_panel import EscalationPanel

if TYPE_CHECKING:
    from desk_app.domain.ticket import Ticket
    from desk_app.ui.bulk import Bulk
    from desk_app.ui.main_window import MainWindow
    from desk_app.ui.reassigning import Reassigning


class Escalating(QObject):
    """Asks, and hands over as one drop with one undo."""

    def __init__(self, window: MainWindow, reassigning: Reassigning, bulk: Bulk) -> None:
        super().__init__(window)
        self._window = window
        self._session = window.session
        self._reassigning = reassigning
        self._bulk = bulk
        self._tickets: tuple[int, ...] = ()
        self.panel = EscalationPanel(window)
        window.middle.insert(self.panel)
        self.panel.wanted.connect(self._escalate)

    def open(self) -> None:
        """Ask about what is chosen; why it is late stands in the note already."""
        tickets = tuple(self._bulk.chosen())
        if not tickets:
            self._window.notice.say(tr("Choose the tickets that are to be escalated first."))
            return
        self._session.ask(
            Lane.ROWS, lambda reader: reader.tickets(tickets), owner=self, done=self._ask
        )

    def _ask(self, tickets: list[Ticket]) -> None:
        directory, workload = self._session.directory, self._reassigning.workload
        if directory is None or workload is None or not tickets:
            return
        self._tickets = tuple(ticket.id for ticket in tickets)
        by_rank = sorted(directory.priorities.values(), key=lambda priority: priority.rank)
        known = [p for p in by_rank if p.key in {ticket.priority for ticket in tickets}]
        highest = by_rank.index(known[0]) if known else len(by_rank)
        next_up = by_rank[max(0, highest - 1) :][:1]
        listed = next_up + [p for p in by_rank if p not in next_up]
        each = [breach_causes(ticket, directory, workload) for ticket in tickets]
        shared = [reason for reason in each[0] if all(reason in reasons for reasons in each)]
        self.panel.ask(
            len(tickets),
            [(priority.key, priority.name) for priority in listed],
            [(team.key, team.name) for team in directory.teams.values()],
            directory.lifecycle.breach_reasons,
            note=breach_text(shared),
        )

    def _escalate(self, priority: str, team: str, note: str, reason: str | None) -> None:
        target = Target(kind=Place.TEAM, key=team) if team else Target(kind=Place.AS_IT_IS)
        words = tr("Escalated: {why}").format(why=note) if note else ""
        handing = Handing(
            target=target, priority=priority or None, note=words, breach_reason=reason
        )
        self._reassigning.hand([(self._tickets, handing)])
