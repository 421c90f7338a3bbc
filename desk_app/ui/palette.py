"""The command palette: actions, queues, tickets, people by name; what is off says why."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from desk_app.domain.filters import QueueFilter, SortKey
from desk_app.domain.ticket import TicketId
from desk_app.ui.command_table import gate_entries
from desk_app.ui.jobs import Lane
from desk_app.ui.texts import number_text, tr
from desk_app.ui.views.chooser import Choice

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from desk_app.domain.filters import QueueRow
    from desk_app.domain.people import Requester
    from desk_app.ports.reader import TicketReader
    from desk_app.ui.main_window import MainWindow

_LEAST = 2
"""Letters from which on tickets and people are looked for: one would find everybody."""
_TICKETS, _PEOPLE = 8, 6
"""How many of each are offered."""


class Palette:
    """Opens the window's chooser with everything that can be done from here."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    def open(self) -> None:
        """Every action by name, the queues, and tickets by number; what is off says why."""
        if self._window.ticket is not None:
            gate_entries(self._window.menus, self._window.ticket)
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
            tr("Command, queue, ticket or person"), choices, free=self._numbered, ask=self._look_up
        )

    def _look_up(self, text: str, take: Callable[[Sequence[Choice]], None]) -> None:
        """Tickets and people that what is typed may mean; looked for on a worker."""
        if len(text) < _LEAST:
            return
        session = self._window.session
        agent = session.agent
        wanted = QueueFilter(text=text, scope=session.scope())

        def question(reader: TicketReader) -> tuple[list[QueueRow], list[Requester]]:
            rows = reader.queue_head(wanted, SortKey(), agent=agent, limit=_TICKETS, quick=True)
            return rows, reader.find_requesters(text, limit=_PEOPLE)

        def show(found: tuple[list[QueueRow], list[Requester]]) -> None:
            rows, people = found
            take([*map(self._ticket, rows), *self._colleagues(text), *map(self._person, people)])

        session.ask(Lane.ROWS, question, owner=self._window, done=show)

    def _ticket(self, row: QueueRow) -> Choice:
        go = partial(self._window.go_to, TicketId(row.id))
        return Choice(
            text=f"{number_text(row.number)}  {row.subject}", detail=row.requester, call=go
        )

    def _person(self, person: Requester) -> Choice:
        words = tr("Tickets from {name} <{email}>").format(name=person.name, email=person.email)
        search = partial(self._search_for, f'"{person.name}"')
        return Choice(text=words, detail=person.organisation, call=search)

    def _colleagues(self, text: str) -> list[Choice]:
        """Agents by name: their open tickets."""
        words = text.casefold()
        return [
            Choice(
                text=tr("Tickets of {name}").format(name=agent.name),
                call=partial(self._window.searching.show_agent, agent.key),
            )
            for agent in self._window.session.team()
            if words in agent.name.casefold()
        ]

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
