"""The sync log: what was asked, decided and answered; never a secret, never what people wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk_app.domain.mirror import SyncLine
from desk_app.ports.asked import requests_of
from desk_app.sync.foresight import LOOSER

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from desk_app.domain.mirror import Base
    from desk_app.domain.outbox import OutboxItem
    from desk_app.ports.remote_errors import RemoteError
    from desk_app.ports.sync import SyncUnit
    from desk_app.sync.foresight import Differing


class SyncLog:
    """Writes lines in the transaction of what they are about."""

    def __init__(self, now: Callable[[], datetime], server: object) -> None:
        self._now = now
        self._server = server

    def requests(self, unit: SyncUnit) -> None:
        """What the server was asked since the last line; with whatever is written just now."""
        unit.log_requests(requests_of(self._server))

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
        self.requests(unit)
        unit.log([line])

    def differs(self, unit: SyncUnit, item: OutboxItem, one: Differing) -> None:
        """One line where the gate foresaw something else than the server says."""
        self._about(unit, item, "foresight", one.outcome, one.detail)

    def refused(self, unit: SyncUnit, item: OutboxItem) -> None:
        """The same, where the server said no to what the gate had let pass."""
        detail = f"action={item.event.action} foreseen=allowed reason=server"
        self._about(unit, item, "foresight", LOOSER, detail)

    def _about(
        self, unit: SyncUnit, item: OutboxItem, what: str, outcome: str, detail: str
    ) -> None:
        base = unit.base(item.ticket)
        line = SyncLine(
            id=0,
            at=self._now(),
            ticket=item.ticket,
            number="" if base is None else base.ticket.number or "",
            what=f"{what} {item.event.action}",
            outcome=outcome,
            detail=f"command={item.event.command} {detail}",
        )
        unit.log([line])

    def unreadable(self, unit: SyncUnit, base: Base, error: RemoteError) -> None:
        """One line about a ticket whose page could not be read; it is tried again later."""
        line = SyncLine(
            id=0,
            at=self._now(),
            ticket=base.ticket.id,
            number=base.ticket.number or "",
            what="pull",
            outcome=error.code,
            detail=str(error.facts.get("detail", "")),
        )
        self.requests(unit)
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
        self.requests(unit)
        unit.log([line])
