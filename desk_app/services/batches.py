"""Many tickets at once: one transaction, one outcome, one undo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk_app.domain.commands import apply
from desk_app.domain.draft import DraftKey
from desk_app.domain.errors import DeskError, NotFoundError
from desk_app.services.command_bus import CommandBus, RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desk_app.domain.commands import Command
    from desk_app.domain.entry import Event
    from desk_app.domain.ticket import TicketId
    from desk_app.ports.unit_of_work import Changes, UnitOfWork
    from desk_app.services.undoing import UndoPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchDone:
    """What became of a batch."""

    events: tuple[Event, ...]
    """In the order in which they happened."""
    refused: tuple[tuple[TicketId, DeskError], ...]
    """Tickets of which nothing was done, with the reason."""
    changes: Changes
    drafts: tuple[DraftKey, ...] = ()
    """What an undo gave back to be written on."""

    @property
    def tickets(self) -> frozenset[int]:
        """Those to which something was done."""
        return frozenset(event.ticket for event in self.events)


class Batches(CommandBus):
    """Carries out commands of many tickets; each ticket's are done whole or not at all."""

    def handle_groups(self, groups: Sequence[Sequence[Command]]) -> BatchDone:
        """Carry out each group, which is about one ticket, in order.

        The gate is asked about a whole group before its first command is carried out, so that
        nothing is half done; one ticket's refusal keeps no other back.
        """
        events: list[Event] = []
        refused: list[tuple[TicketId, DeskError]] = []
        with self._units() as unit:
            for group in groups:
                try:
                    self._ask_about(unit, group)
                    events += [self._carry_out(unit, command) for command in group]
                except (RefusedError, NotFoundError) as error:
                    refused.append((group[0].ticket, error))
            if events:
                unit.keep_batch(events[0].actor, [event.id for event in events])
            return BatchDone(events=tuple(events), refused=tuple(refused), changes=unit.commit())

    def undo_all(self, events: Sequence[Event], agent: str) -> BatchDone:
        """Take events back, the last first; what cannot be taken back any more stays, and is told.

        Of a ticket of which one event cannot be taken back, the earlier ones stay too.
        """
        undone: list[Event] = []
        refused: dict[TicketId, DeskError] = {}
        drafts: list[DraftKey] = []
        with self._units() as unit:
            for event in reversed(events):
                if event.ticket in refused:
                    continue
                try:
                    back, draft = self._undo_in(unit, event, agent)
                except DeskError as error:
                    refused[event.ticket] = error
                    continue
                undone.append(back)
                drafts += [] if draft is None else [draft]
            self._remember(unit, agent, events, undone)
            return BatchDone(
                events=tuple(undone),
                refused=tuple(refused.items()),
                changes=unit.commit(),
                drafts=tuple(drafts),
            )

    def plan_all(self, events: Sequence[Event], agent: str) -> list[UndoPlan]:
        """What a server would be told if these were taken back; nothing is done.

        It is tried as `undo_all` would do it, and never committed.
        """
        found: list[UndoPlan] = []
        refused: set[int] = set()
        with self._units() as unit:
            for event in reversed(events):
                if event.ticket in refused:
                    continue
                try:
                    told = self._plan_in(unit, event, agent)
                    self._undo_in(unit, event, agent)
                except DeskError:
                    refused.add(event.ticket)
                    continue
                found += [] if told is None else [told]
        return found

    def _remember(
        self, unit: UnitOfWork, agent: str, events: Sequence[Event], undone: Sequence[Event]
    ) -> None:
        """What was taken back is one thing too: to be redone, or once redone, to be undone.

        What could not be taken back is on its own from now on, and in no other's way.
        """
        for event in events[:1]:
            unit.forget_batch(event.id)
        before = [unit.event(back.undoes) for back in undone if back.undoes is not None]
        redone = [event.undoes for event in reversed(before) if event.undoes is not None]
        kept = redone or [back.id for back in undone]
        if kept:
            unit.keep_batch(agent, kept)

    def _ask_about(self, unit: UnitOfWork, group: Sequence[Command]) -> None:
        """The gate's no to a later command must come before the first is carried out."""
        if len(group) == 1:
            return  # it is asked about when it is carried out
        ticket = unit.ticket(group[0].ticket)
        for command in group:
            self._ask(unit, command, ticket)
            ticket = apply(ticket, command)
