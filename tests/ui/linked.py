"""A desk tied to the oracle for windows: every request goes to a server that the test holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from desk_app.bootstrap import OpenDesk, lifecycle, secrets
from desk_app.domain.entry import EntryKind
from desk_app.domain.mirror import Account
from desk_app.domain.outbox import OutboxItem
from desk_app.domain.ticket import Ticket
from desk_app.known_desks import KnownDesks
from desk_app.ports.remote import RemotePerson
from desk_app.services.writing import Writing
from desk_app.store.migrate import create_desk
from tests.builders import make_directory
from tests.sync.oracle import Oracle, OracleServer

ANA = RemotePerson(name="Ana Souza", email="ana@bank.example")
URL = "https://desk.acme.example/rt"
SUBJECTS = ("Printer", "Laptop", "Mail")


class OracleDesk(OpenDesk):
    """A desk whose adapter is the oracle."""

    server: OracleServer

    def connect(self, account: Account, secret: str) -> Any:
        return self.server


class Site:
    """One server, one agent's desk of it, and what can be done behind the window's back."""

    def __init__(self, folder: Path, *, page: str | None = None, subjects: Any = SUBJECTS) -> None:
        self.oracle = Oracle(make_directory())
        self.oracle.now = lambda: datetime.now(UTC)  # beside a window, time goes on
        for subject in subjects:
            kept = self.oracle.make(subject, ANA, owner="sam", topic="general")
            self.oracle.post(
                kept,
                EntryKind.MESSAGE,
                f"{subject} is broken",
                author_name=ANA.name,
                author_email=ANA.email,
            )
        self.server = OracleServer(self.oracle)
        self.folder = folder
        create_desk(folder)
        self.desk = self.open()
        with self.desk.sync_unit() as unit:
            unit.keep_directory(self.oracle.directory, lifecycle()[1])
            unit.save_account(Account(kind="rt", url=URL, user="sam", agent="sam", page=page or ""))
            unit.commit()
        secrets().keep(URL, "sam", "correct horse")
        self.desk.syncing.round()

    def open(self) -> OracleDesk:
        server = self.server
        kind = type("SiteDesk", (OracleDesk,), {"server": server})
        desk: OracleDesk = kind(self.folder)
        return desk

    def items(self) -> list[OutboxItem]:
        with self.desk.sync_unit() as unit:
            return unit.items()

    def ticket(self, subject: str) -> Ticket:
        remote = next(k.id for k in self.oracle.tickets.values() if k.fields["subject"] == subject)
        with self.desk.sync_unit() as unit:
            found = unit.bases([remote])[remote].ticket.id
            return unit.ticket(found)

    def kept(self, subject: str) -> Any:
        return next(k for k in self.oracle.tickets.values() if k.fields["subject"] == subject)

    def do(self, subject: str, make: Callable[[Writing], Any]) -> Any:
        """Carry out a command as if the window had, long ago; it waits."""
        with self.desk.unit() as unit:
            directory = unit.directory()
        writing = Writing(self.desk, directory, directory.agents["sam"], self.ticket(subject))
        return self.desk.bus.handle(make(writing)).event

    def reply(self, subject: str, words: str) -> Any:
        ticket = self.ticket(subject)
        with self.desk.unit() as unit:
            requester = unit.requester(ticket.requester)
        return self.do(subject, lambda writing: writing.reply(f"<p>{words}</p>", requester))


class SiteDesks(KnownDesks):
    """Opens the desks of the test's sites with their oracles."""

    def __init__(self, file: Path, *sites: Site) -> None:
        super().__init__(file)
        self._sites = {site.folder.resolve(): site for site in sites}

    def open(self, folder):
        site = self._sites.get(folder)
        if site is None:
            return super().open(folder)
        return site.open(), "sam"
