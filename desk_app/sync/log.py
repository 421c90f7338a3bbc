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
        """One line about a command in the outbox: its id, its ticket's versions, and why."""
        base = unit.base(item.ticket)
        facts = {
            "command": item.event.command,
            "step": f"{min(item.done + 1, len(item.steps))}/{len(item.steps)}",
            "before": item.floor,
            "after": "" if base is None else base.version,
            "reason": item.reason,
        }
        line = SyncLine(
            id=0,
            at=self._now(),
            ticket=item.ticket,
            number="" if base is None else base.ticket.number or "",
            what=f"{what} {item.event.action}",
            outcome=f"{outcome} {item.state}",
            detail=" ".join(f"{name}={fact}" for name, fact in facts.items() if fact),
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
