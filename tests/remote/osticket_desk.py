"""A desk of its own that mirrors an osTicket, fake or real."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from desk_app.domain.mirror import Account, SyncReport
from desk_app.domain.outbox import OutboxState
from desk_app.remote.osticket.server import OsTicketServer
from desk_app.services.outbox import OutboxDesk
from desk_app.store.migrate import create_desk
from desk_app.sync.engine import SyncEngine
from tests.sync.desks import Client, ClockedDesk, impatient, opened

_ROUNDS = 30


class PanelClient(Client):
    """One agent's program; its clock stands still until the test moves it."""

    def __init__(self, folder: Path, server: OsTicketServer, seed: int = 5) -> None:
        self.server = server  # type: ignore[assignment]
        self.folder = folder
        self.seed = seed
        create_desk(folder)
        me = server.sign_in()
        server.agent = me.key  # type: ignore[attr-defined]
        with opened(folder, seed) as desk, desk.sync_unit() as unit:
            unit.save_account(Account(kind="osticket", url="", user=me.name))
            unit.commit()
        self.desk = ClockedDesk(folder, seed=seed)
        self.desk.time = datetime.now(UTC)
        self.reader = self.desk.reader()
        self.start()

    def start(self) -> None:
        self.engine = SyncEngine(self.desk, self.server, pace=impatient())

    patience = 10_000.0
    """Seconds that its clock goes on by where something waits; a real server's clock does not."""
    threads: int | None = None
    """How many waiting threads a round reads; None: as many as the program does."""

    def sync(self, **more: Any) -> SyncReport:
        return super().sync(**({} if self.threads is None else {"threads": self.threads}) | more)

    def compare(self) -> None:
        """The next round compares all open tickets, as it does by itself after some minutes."""
        self.server._feed._compare_at = 0.0  # type: ignore[attr-defined]

    def settle(self) -> None:
        """Let everything go out; what needs the agent is sent again."""
        for _ in range(_ROUNDS):
            if not self.items():
                return
            self.wait(self.patience)
            self.sync()
            desk = OutboxDesk(self.desk.sync_unit, self.desk.now)
            for item in self.items():
                if item.needs_you:
                    desk.retry(item.seq)
                elif item.state is OutboxState.HELD:
                    desk.let_go(item.seq)
        assert self.items() == []
