"""What a desk tells of everybody's load, and keeps of their working time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from desk_app.domain.batch import Batch
    from desk_app.domain.board import Cards, Grouping
    from desk_app.domain.filters import QueueFilter, SortKey
    from desk_app.domain.move_record import Moved, MovesWanted
    from desk_app.domain.outbox import OutboxState
    from desk_app.domain.ticket import Ticket
    from desk_app.domain.workload import Availability, Workload


class WorkloadReader(Protocol):
    """The part of a `TicketReader` that supervisors need."""

    def workload(self, at: datetime, *, day_end_ms: int) -> Workload:
        """Everybody's figures, by one pass over an index of the open tickets."""
        ...

    def cards(self, wanted: QueueFilter, order: SortKey, by: Grouping, *, limit: int) -> Cards:
        """The queue's first tickets in its order, in columns."""
        ...

    def tickets(self, ids: Sequence[int]) -> list[Ticket]:
        """In the same order; those that are gone are left out."""
        ...

    def open_children_of(self, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
        """Numbers of open tickets that were merged into these."""
        ...

    def unsettled_all(self) -> Mapping[int, tuple[OutboxState, str]]:
        """Tickets with something in the outbox: its most pressing state, and the server's words."""
        ...

    def moves(self, wanted: MovesWanted, *, limit: int) -> list[Moved]:
        """Who gave which ticket to whom, newest first."""
        ...

    def last_batch(self, actor: str, *, redo: bool = False) -> Batch | None:
        """What the actor did last, if that was done to many at once and stands.

        With `redo`, what the actor took back last, if nothing was done since.
        """
        ...


class WorkloadWriter(Protocol):
    """The part of a `UnitOfWork` that keeps agents' working time."""

    def availability(self, agent: str) -> Availability | None: ...

    def save_availability(self, kept: Availability, actor: str, at: datetime) -> None:
        """Keep it, and who changed it when from what to what."""
        ...

    def keep_batch(self, actor: str, events: Sequence[int]) -> None:
        """Remember that the actor did these events at once; of old ones it is forgotten."""
        ...

    def forget_batch(self, event: int) -> None:
        """What this event belongs to was taken back, as far as it could be."""
        ...
