"""Reads what a person has to do on all of their desks; on a worker, desk by desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from desk_app.domain.errors import DeskError
from desk_app.domain.filters import Column, QueueKind, SortKey, queue_filter
from desk_app.domain.moment import from_ms, to_ms
from desk_app.domain.outbox import NEEDS_YOU
from desk_app.domain.ticket import TicketId
from desk_app.ui.desk_texts import badges
from desk_app.ui.models.queue_cells import due_text, unsettled_words
from desk_app.ui.texts import error_text, tr
from desk_app.ui.views.all_work_view import WorkRow

if TYPE_CHECKING:
    from datetime import datetime

    from desk_app.domain.filters import QueueRow
    from desk_app.domain.outbox import OutboxState
    from desk_app.ports.desks import DeskPlace
    from desk_app.ports.outbox_reader import SyncStatus
    from desk_app.ports.reader import TicketReader
    from desk_app.services.desks import Desks

PER_DESK = 200
"""Tickets of one desk at most: those that are due first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AllWork:
    """Every desk's part of it."""

    rows: tuple[WorkRow, ...]
    servers: tuple[str, ...]
    """What each desk's server makes sure of, on a line of its own."""
    troubles: tuple[str, ...]
    """Sentences about desks that could not be read."""


def read_all_work(desks: Desks) -> AllWork:
    """My open tickets on each desk, what is due first on top; a broken desk keeps none back."""
    found: list[tuple[int, WorkRow]] = []
    servers, troubles = [], []
    for place in desks.listed():
        try:
            rows, server = _of_desk(desks, place)
        except DeskError as error:
            troubles.append(f"{place.name}: {error_text(error)}")
            continue
        found += rows
        servers += [f"{place.name}: {server}"] if server else []
    found.sort(key=lambda pair: pair[0])
    return AllWork(
        rows=tuple(row for _, row in found), servers=tuple(servers), troubles=tuple(troubles)
    )


def _of_desk(desks: Desks, place: DeskPlace) -> tuple[list[tuple[int, WorkRow]], str]:
    """Its tickets by when they are due, and what its server makes sure of."""
    desk, agent = desks.open(place.folder)
    if not desk.is_current():
        return [], ""  # it is brought up to date when it is opened
    reader = desk.reader()
    try:
        account = reader.account()
        server = "" if account is None else badges(account)
        return _rows(reader, place, agent, desk.now()), server
    finally:
        reader.close()


def _rows(
    reader: TicketReader, place: DeskPlace, agent: str, now: datetime
) -> list[tuple[int, WorkRow]]:
    midnight = (now.astimezone() + timedelta(days=1)).replace(hour=0, minute=0, second=0)
    mine = queue_filter(
        QueueKind.MINE, reader.scope(agent), now_ms=to_ms(now), end_of_day_ms=to_ms(midnight)
    )
    order = SortKey(column=Column.DUE, descending=False)
    rows = reader.queue_head(mine, order, agent=agent, limit=PER_DESK)
    unsettled = reader.unsettled([row.id for row in rows])
    statuses = reader.directory().lifecycle.statuses

    def made(row: QueueRow) -> WorkRow:
        status = statuses.get(row.status)
        return WorkRow(
            place=place,
            ticket=TicketId(row.id),
            number=row.number or tr("new"),
            subject=row.subject or tr("(no subject)"),
            requester=row.requester,
            status=row.status if status is None else status.name,
            due=due_text(row, now),
            overdue=row.due_ms is not None and from_ms(row.due_ms) < now,
            badge=_badge(unsettled.get(row.id)),
        )

    return [(row.due_ms if row.due_ms is not None else _NEVER, made(row)) for row in rows]


_NEVER = 1 << 62


def _badge(state: OutboxState | None) -> str:
    if state is None:
        return ""
    return unsettled_words("needs_you" if state in NEEDS_YOU else "waiting")


def read_states(desks: Desks) -> list[tuple[DeskPlace, SyncStatus | None]]:
    """How each desk stands with its server; None without one, or where it cannot be read."""
    found: list[tuple[DeskPlace, SyncStatus | None]] = []
    for place in desks.listed():
        status = None
        try:
            desk, _ = desks.open(place.folder)
            if desk.is_current():
                reader = desk.reader()
                status = reader.sync_status()
                reader.close()
        except DeskError:
            status = None  # opening it says what is wrong with it
        found.append((place, status))
    return found
