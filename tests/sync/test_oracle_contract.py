"""The oracle keeps what it demands of others."""

from __future__ import annotations

import pytest

from desk_app.domain.entry import EntryKind
from desk_app.ports.remote import GoneWhy
from tests.builders import make_directory
from tests.remote.contract import UNA, RemoteContract
from tests.sync.oracle import Oracle, OracleServer


class OracleWorld:
    """Everybody writes straight into the truth."""

    me, other = "sam", "john"
    department, elsewhere, hidden = "support", "sysadmins", ""
    custom, closed, priority = "", "resolved", "high"

    def __init__(self) -> None:
        self.oracle = Oracle(make_directory())
        self.server = OracleServer(self.oracle)

    def make(self, subject: str) -> str:
        kept = self.oracle.make(subject, UNA)
        self.requester_writes(kept.id, f"{subject} is broken")
        return kept.id

    def requester_writes(self, ticket: str, words: str) -> None:
        self.oracle.post(
            self.oracle.tickets[ticket],
            EntryKind.MESSAGE,
            words,
            author_name=UNA.name,
            author_email=UNA.email,
        )

    def other_sets(self, ticket: str, field: str, value: str) -> None:
        self.oracle.set(self.oracle.tickets[ticket], field, value, self.other)

    def merge(self, ticket: str, into: str) -> None:
        kept = self.oracle.tickets[ticket]
        kept.gone, kept.into = GoneWhy.MERGED, into
        self.oracle.touch(kept)

    def texts(self, ticket: str) -> list[str]:
        return [entry.text for entry in self.oracle.tickets[ticket].entries]


@pytest.fixture
def world() -> OracleWorld:
    return OracleWorld()


class TestOracle(RemoteContract):
    """Every promise of the port."""
