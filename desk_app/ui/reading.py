"""What one can want of a ticket besides changing it: why it is so, and it on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desk_app.domain.lifecycle import Action
from desk_app.ui.printing import TicketPrinter
from desk_app.ui.texts import action_name, denial_text, tr
from desk_app.ui.ticket_head import clock_words, clock_working
from desk_app.ui.views.chooser import Choice

if TYPE_CHECKING:
    from desk_app.ui.session import Session
    from desk_app.ui.ticket_controller import TicketController
    from desk_app.ui.views.chooser import Chooser
    from desk_app.ui.views.ticket_pane import TicketPane


class Reading(QObject):
    """Explains and prints the shown ticket."""

    def __init__(
        self, session: Session, pane: TicketPane, ticket: TicketController, chooser: Chooser
    ) -> None:
        super().__init__(pane)
        self._session = session
        self._ticket = ticket
        self._chooser = chooser
        self.printer = TicketPrinter(session, pane)

    def explain(self) -> None:
        """How the clock came to its answer, and why each action that is off is off."""
        page, directory = self._ticket.page, self._session.directory
        if page is None or directory is None:
            return
        now = self._session.desk.now()
        clock = clock_words(page, directory, now) or tr("No clock runs on this ticket")
        lines = [clock, *clock_working(page, directory, now).splitlines()]
        choices = [Choice(text=line, call=self._chooser.hide) for line in lines]
        for action in Action:
            denied = self._ticket.gate.denial(action)
            if denied is not None:
                reason = denial_text(denied)
                choices.append(
                    Choice(
                        text=action_name(action).rstrip("…"),
                        detail=reason,
                        call=self._chooser.hide,
                        reason=reason,
                    )
                )
        self._chooser.open_with(tr("Why is it so?"), choices)

    def print(self, *, notes: bool) -> None:
        """Ask for a printer and print the ticket."""
        page = self._ticket.page
        if page is not None:
            self.printer.print_ticket(page.ticket.id, notes=notes)

    def save_pdf(self, *, notes: bool) -> None:
        """Ask where to, and save the ticket as a PDF."""
        page = self._ticket.page
        if page is not None:
            number = page.ticket.number or ""
            self.printer.offer_pdf(page.ticket.id, number, notes=notes)
