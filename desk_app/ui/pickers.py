"""Choices that are looked up while one types: tickets to link or merge, people."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from email.utils import parseaddr
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desk_app.domain.filters import QueueFilter, SortKey
from desk_app.domain.lifecycle import Action
from desk_app.services.merging import chain_of
from desk_app.services.opening import find_or_make
from desk_app.ui.jobs import Lane
from desk_app.ui.texts import action_name, denial_text, number_text, tr
from desk_app.ui.views.chooser import Choice

if TYPE_CHECKING:
    from desk_app.domain.filters import QueueRow
    from desk_app.domain.people import Agent, Requester
    from desk_app.domain.ticket import Ticket, TicketId
    from desk_app.ports.reader import TicketReader
    from desk_app.ui.session import Session
    from desk_app.ui.ticket_controller import TicketController
    from desk_app.ui.views.chooser import Chooser

_SHOWN = 20
_Take = Callable[[Sequence[Choice]], None]
_Found = tuple["QueueRow", "Mapping[TicketId, Ticket]"]


class Pickers(QObject):
    """Opens the chooser for an action whose target must be found first."""

    def __init__(self, session: Session, ticket: TicketController, chooser: Chooser) -> None:
        super().__init__(chooser)
        self._session = session
        self._ticket = ticket
        self._chooser = chooser

    def open(self, action: Action) -> bool:
        """Ask for the action's target; False if it takes none of these."""
        if action in {Action.LINK, Action.MERGE}:
            prompt = tr("{what} Number or words of the other ticket").format(
                what=action_name(action)
            )
            self._chooser.open_with(prompt, [], ask=partial(self._ask_tickets, action))
        elif action is Action.EDIT_REQUESTER:
            prompt = tr("Who asks? Name or address")
            self._chooser.open_with(prompt, [], ask=partial(self._ask_people, self._set_requester))
        elif action is Action.EDIT_COLLABORATORS:
            self._open_readers(
                "collaborators", tr("Who else reads along? Choose one to take them away")
            )
        elif action is Action.EDIT_WATCHERS:
            self._open_readers(
                "watchers", tr("Who gets copies of notes too? Choose one to take them away")
            )
        else:
            return False
        return True

    # --- tickets ---------------------------------------------------------------------------

    def _ask_tickets(self, action: Action, text: str, take: _Take) -> None:
        agent, scope = self._session.agent, self._session.scope()

        def question(reader: TicketReader) -> list[_Found]:
            rows = look(reader)
            return [(row, chain_of(row.id, reader.ticket)) for row in rows]

        def look(reader: TicketReader) -> list[QueueRow]:
            if not text:
                page = self._ticket.page
                whose = None if page is None else page.requester.id
                wanted = QueueFilter(requester=whose, scope=scope)
                return reader.queue_head(wanted, SortKey(), agent=agent, limit=_SHOWN)
            numbered = QueueFilter(number=text.lstrip("#"), scope=scope)
            found = reader.queue_head(numbered, SortKey(), agent=agent, limit=1)
            if found:
                return found
            wanted = QueueFilter(text=text, scope=scope)
            return reader.queue_head(wanted, SortKey(), agent=agent, limit=_SHOWN)

        def show(found: list[_Found]) -> None:
            take([self._ticket_choice(action, row, others) for row, others in found])

        self._session.ask(Lane.ROWS, question, owner=self, done=show)

    def _ticket_choice(
        self, action: Action, row: QueueRow, others: Mapping[TicketId, Ticket]
    ) -> Choice:
        denied = self._ticket.gate.denial(action, row.id, others)
        detail = f"{row.requester}, {row.status}"
        if action is Action.MERGE:
            detail += " · " + tr("this ticket closes and goes on there")
        return Choice(
            text=f"{number_text(row.number)}  {row.subject}",
            detail=detail,
            call=partial(self._ticket.do, action, row.id),
            reason="" if denied is None else denial_text(denied),
        )

    # --- people ----------------------------------------------------------------------------

    def _ask_people(
        self, choose: Callable[[Requester], None], text: str, take: _Take, *, staff: bool = False
    ) -> None:
        """People by name or address; `staff`: colleagues too."""
        if not text:
            return

        def show(people: list[Requester]) -> None:
            found = [
                Choice(text=f"{p.name} <{p.email}>", detail=p.organisation, call=partial(choose, p))
                for p in people
            ]
            known = {p.email.casefold() for p in people}
            found += [
                Choice(
                    text=f"{agent.name} <{agent.email}>",
                    detail=tr("Agent"),
                    call=partial(self._make, agent.name, agent.email, choose),
                )
                for agent in (self._agents(text) if staff else ())
                if agent.email.casefold() not in known
            ]
            name, address = parseaddr(text)
            if "@" in address and address.casefold() not in {p.email.casefold() for p in people}:
                words = tr("New person: {name} <{address}>").format(name=name, address=address)
                make = partial(self._make, name, address, choose)
                found.append(Choice(text=words, call=make))
            take(found)

        self._session.ask(
            Lane.ROWS,
            lambda reader: reader.find_requesters(text, limit=_SHOWN),
            owner=self,
            done=show,
        )

    def _agents(self, text: str) -> list[Agent]:
        directory, words = self._session.directory, text.casefold()
        if directory is None:
            return []
        named = (a for a in directory.agents.values() if a.email)
        found = [a for a in named if words in a.name.casefold() or words in a.email.casefold()]
        return sorted(found, key=lambda agent: agent.name)[:_SHOWN]

    def _make(self, name: str, address: str, choose: Callable[[Requester], None]) -> None:
        self._session.write(
            lambda: find_or_make(self._session.desk, name, address),
            owner=self,
            done=choose,
            failed=self._ticket.tell_failure,
        )

    def _set_requester(self, person: Requester) -> None:
        self._ticket.edit("requester", person.id)

    def _open_readers(self, field: str, prompt: str) -> None:
        """`collaborators` or `watchers`: those who are there, and whoever else is typed."""
        add = partial(self._add_reader, field)
        ask = partial(self._ask_people, add, staff=field == "watchers")
        self._chooser.open_with(prompt, self._present_readers(field), ask=ask)

    def _add_reader(self, field: str, person: Requester) -> None:
        page = self._ticket.page
        if page is None or (field == "collaborators" and person.id == page.requester.id):
            return
        present = getattr(page.ticket, field)
        self._ticket.edit(field, tuple(dict.fromkeys((*present, person.id))))

    def _present_readers(self, field: str) -> list[Choice]:
        page = self._ticket.page
        if page is None:
            return []
        found = []
        for person in getattr(page, field):
            rest = tuple(one for one in getattr(page.ticket, field) if one != person.id)
            words = tr("Take away: {name} <{email}>").format(name=person.name, email=person.email)
            call = partial(self._ticket.edit, field, rest)
            found.append(Choice(text=words, call=call))
        return found
