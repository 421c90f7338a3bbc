"""The command palette: every action, queue and ticket by name; what is off says why."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from desk_app.ui.jobs import Lane
from desk_app.ui.texts import tr
from desk_app.ui.views.chooser import Choice

if TYPE_CHECKING:
    from desk_app.domain.ticket import TicketId
    from desk_app.ui.main_window import MainWindow


class Palette:
    """Opens the window's chooser with everything that can be done from here."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    def open(self) -> None:
        """Every action by name, the queues, and tickets by number; what is off says why."""
        choices = [
            Choice(
                text=entry.text().replace("&", ""),
                detail=self._window.menus.key_text(name),
                call=entry.trigger,
                reason=entry.property("reason"),
            )
            for name, entry in self._window.menus.entries.items()
        ]
        self._window.chooser.open_with(
            tr("Command, queue or ticket number"), choices, free=self._numbered
        )

    def _numbered(self, text: str) -> list[Choice]:
        go = tr("Go to ticket {number}").format(number=text)
        find = tr("Search for “{text}”").format(text=text)
        found = [Choice(text=find, call=partial(self._search_for, text))]
        return (
            [Choice(text=go, call=partial(self._go_to_number, text)), *found]
            if text.isdigit()
            else found
        )

    def _search_for(self, text: str) -> None:
        self._window.search.setText(text)
        self._window.queues.search(text)

    def _go_to_number(self, number: str) -> None:
        self._window.session.ask(
            Lane.ROWS,
            lambda reader: reader.find_ticket(number),
            owner=self._window,
            done=self._go_to_found,
        )

    def _go_to_found(self, found: TicketId | None) -> None:
        if found is not None:
            self._window.go_to(found)
