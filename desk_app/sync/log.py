"""The sync log: what was asked, decided and answered; never a secret, never what people wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk_app.domain.mirror import SyncLine

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from desk_app.domain.outbox import OutboxItem
    from desk_app.ports.sync import SyncUnit


class SyncLog:
    """Writes lines in the transaction of what they are about."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    def write(self, unit: SyncUnit, item: OutboxItem, what: str, outcome: str) -> None:
        """One line about a command in the outbox."""
        line = SyncLine(
            id=0,
            at=self._now(),
            ticket=item.ticket,
            number="",
            what=f"{what} {item.event.action}",
            outcome=f"{outcome} {item.state}",
            detail=item.reason,
        )
        unit.log([line])

    def note(self, unit: SyncUnit, what: str, outcome: str, detail: str = "") -> None:
        """One line about a round."""
        line = SyncLine(
            id=0,
            at=self._now(),
            ticket=None,
            number="",
            what=what,
            outcome=outcome,
            detail=detail,
        )
        unit.log([line])
