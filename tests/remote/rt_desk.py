"""A desk that mirrors the strict Request Tracker of our own."""

from __future__ import annotations

from pathlib import Path

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


class FakeClient(Client):
    """Sam's program."""

    agent = "sam"

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.seed = folder, 5
        create_desk(folder)
        self.desk = ClockedDesk(folder, seed=5)
        with self.desk.sync_unit() as unit:
            unit.save_account(Account(kind="rt", url=url, user="sam"))
            unit.commit()
        self.reader = self.desk.reader()
        session = Session(url, "sam", "sam-password")
        self.server = RequestTracker(session, lifecycle=RULES)
        self.start()

    def start(self) -> None:
        self.engine = SyncEngine(self.desk, self.server, pace=impatient())

    def writing(self, ticket: Ticket) -> Writing:
        with self.desk.unit() as unit:
            directory = unit.directory()
        return Writing(self.desk, directory, directory.agents["sam"], ticket)

    def texts(self, remote: str) -> list[str]:
        page = self.reader.page(self.find(remote), agent="sam", entries=1000)
        return [entry.text for entry in page.entries]
