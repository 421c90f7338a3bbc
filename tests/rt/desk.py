"""A desk of an agent that mirrors the real RT."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from desk_app.bootstrap import lifecycle
from desk_app.domain.mirror import Account
from desk_app.domain.ticket import Ticket
from desk_app.remote.request_tracker.server import RequestTracker
from desk_app.remote.request_tracker.session import Session
from desk_app.services.writing import Writing
from desk_app.store.migrate import create_desk
from desk_app.sync.engine import SyncEngine
from tests.sync.desks import Client, ClockedDesk, impatient

RULES = lifecycle("request-tracker")[0]


def tracker(url: str, user: str = "sam", secret: str = "", **more: Any) -> RequestTracker:
    session = Session(url, user, secret or f"{user}-password")
    return RequestTracker(session, lifecycle=RULES, **more)


class RtClient(Client):
    """One agent's program; its directory comes from the server."""

    def __init__(self, folder: Path, url: str, agent: str = "sam", seed: int = 5) -> None:
        self.agent = agent
        self.url = url
        self.folder = folder
        self.seed = seed
        create_desk(folder)
        self.desk = ClockedDesk(folder, seed=seed)
        with self.desk.sync_unit() as unit:
            unit.save_account(Account(kind="rt", url=url, user=agent))
            unit.commit()
        self.reader = self.desk.reader()
        self.server = tracker(url, agent)
        self.start()

    def start(self) -> None:
        self.engine = SyncEngine(self.desk, self.server, pace=impatient())

    def writing(self, ticket: Ticket) -> Writing:
        with self.desk.unit() as unit:
            directory = unit.directory()
        return Writing(self.desk, directory, directory.agents[self.agent], ticket)

    def texts(self, remote: str) -> list[str]:
        found = self.find(remote)
        assert found is not None
        page = self.reader.page(found, agent=self.agent, entries=1000)
        return [entry.text for entry in page.entries]

    def close(self) -> None:
        self.server.close()
        self.desk.close()
