"""A desk of its own that mirrors the oracle, with a clock that the test turns."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from desk_app.bootstrap import OpenDesk, lifecycle
from desk_app.domain.mirror import Account, AccountState, SyncReport
from desk_app.domain.outbox import OutboxItem
from desk_app.domain.ticket import Ticket, TicketId
from desk_app.services.writing import Writing
from desk_app.store.migrate import create_desk
from desk_app.sync.engine import SyncEngine
from desk_app.sync.pace import Pace
from tests.sync.oracle import START, OracleServer


def impatient() -> Pace:
    """For tests in which nothing is under way any more once they look."""
    return Pace(chance=lambda: 0.5, at_work_s=0)


class ClockedDesk(OpenDesk):
    """A desk whose time stands still until the test moves it."""

    time = START

    def now(self) -> datetime:
        return self.time


class Client:
    """One agent's program: a desk, its engine, and what can be done at them."""

    elapsed = 0.0
    """Seconds by a clock that nobody sets."""
    late_s = 0.0
    """Of these, how many the server has been at work on what it gave no answer to."""

    def __init__(self, folder: Path, server: OracleServer, seed: int = 5) -> None:
        self.server = server
        self.folder = folder
        self.seed = seed
        if not folder.exists():
            create_desk(folder)
            _, text = lifecycle()
            with opened(folder, seed) as desk, desk.sync_unit() as unit:
                unit.keep_directory(server.oracle.directory, text)
                unit.save_account(Account(kind="oracle", url="", user=server.agent))
                unit.commit()
        self.desk = ClockedDesk(folder, seed=seed)
        self.reader = self.desk.reader()
        self.start()

    def start(self) -> None:
        """As after a start of the program."""
        pace = Pace(chance=lambda: 0.5, elapsed=lambda: self.elapsed)
        self.engine = SyncEngine(self.desk, self.server, lifecycle_text=lifecycle()[1], pace=pace)

    def crash(self) -> None:
        """The process is gone; what was committed is there."""
        self.desk.close()
        time = self.desk.time
        self.desk = ClockedDesk(self.folder, seed=self.desk.ids.number())
        self.desk.time = time
        self.start()

    def sync(self, **more: Any) -> SyncReport:
        return self.engine.round(**more)

    def wait(self, seconds: float = 10) -> None:
        self.elapsed += seconds
        self.set_clock(seconds)

    def set_clock(self, seconds: float) -> None:
        """Somebody puts it on or back; no time passes."""
        self.desk.time += timedelta(seconds=seconds)

    def account(self, state: AccountState | None = None) -> Account:
        from dataclasses import replace

        with self.desk.sync_unit() as unit:
            found = unit.account()
            assert found is not None
            if state is not None:
                found = replace(found, state=state)
                unit.save_account(found)
                unit.commit()
        return found

    def items(self) -> list[OutboxItem]:
        with self.desk.sync_unit() as unit:
            return unit.items()

    def find(self, remote: str) -> TicketId | None:
        with self.desk.sync_unit() as unit:
            base = unit.bases([remote]).get(remote)
        return None if base is None else base.ticket.id

    def ticket(self, remote: str) -> Ticket:
        found = self.find(remote)
        assert found is not None
        with self.desk.sync_unit() as unit:
            return unit.ticket(found)

    def texts(self, remote: str) -> list[str]:
        found = self.find(remote)
        assert found is not None
        page = self.reader.page(found, agent=self.server.agent, entries=1000)
        return [entry.text for entry in page.entries]

    def drafts(self) -> str:
        return "\n".join(draft.text for draft in self.reader.drafts())

    def writing(self, ticket: Ticket) -> Writing:
        with self.desk.unit() as unit:
            directory = unit.directory()
        return Writing(self.desk, directory, directory.agents[self.server.agent], ticket)

    def do(self, remote: str, make: Any) -> Any:
        """Carry out a command that `make` makes of a `Writing`."""
        return self.desk.bus.handle(make(self.writing(self.ticket(remote)))).event

    def reply(self, remote: str, words: str) -> Any:
        ticket = self.ticket(remote)
        with self.desk.unit() as unit:
            requester = unit.requester(ticket.requester)
        return self.do(remote, lambda writing: writing.reply(f"<p>{words}</p>", requester))

    def note(self, remote: str, words: str) -> Any:
        return self.do(remote, lambda writing: writing.note(f"<p>{words}</p>"))


@contextmanager
def opened(folder: Path, seed: int) -> Iterator[OpenDesk]:
    desk = OpenDesk(folder, seed=seed)
    yield desk
    desk.close()
