"""Reads how a person's desks stand; on a worker, desk by desk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk_app.domain.errors import DeskError
from desk_app.ui.texts import error_text

if TYPE_CHECKING:
    from desk_app.domain.directory import Directory
    from desk_app.ports.desks import DeskPlace
    from desk_app.ports.outbox_reader import OutboxRow, SyncStatus
    from desk_app.services.desks import Desks


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskFacts:
    """One listed desk, and what it holds that nobody else has."""

    place: DeskPlace
    status: SyncStatus | None = None
    """None: it has no server, or cannot be read."""
    waiting: tuple[OutboxRow, ...] = ()
    """What its server does not have yet."""
    directory: Directory | None = None
    """Names for what waits; None where nothing does."""
    drafts: int = 0
    is_old: bool = False
    """An earlier version wrote it; it is brought up to date when it is opened, and read then."""
    trouble: str = ""
    """A sentence where it cannot be read; '' if it can."""


def read_facts(desks: Desks) -> list[DeskFacts]:
    """Every listed desk in its order; one that cannot be read says why and keeps none back."""
    return [_facts(desks, place) for place in desks.listed()]


def _facts(desks: Desks, place: DeskPlace) -> DeskFacts:
    try:
        desk, _ = desks.open(place.folder)
        if not desk.is_current():
            return DeskFacts(place=place, is_old=True)
        reader = desk.reader()
        try:
            waiting = tuple(reader.outbox())
            return DeskFacts(
                place=place,
                status=reader.sync_status(),
                waiting=waiting,
                directory=reader.directory() if waiting else None,
                drafts=len(reader.drafts()),
            )
        finally:
            reader.close()
    except DeskError as error:
        return DeskFacts(place=place, trouble=error_text(error))
