"""The disk fails in the middle of a round: nothing is lost, nothing is sent twice."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from desk_app.domain.entry import EntryKind
from desk_app.domain.errors import DeskBusyError, DeskError
from desk_app.domain.outbox import OutboxState
from desk_app.store import engine as engine_module
from desk_app.store.driver import database_path
from tests.sync.desks import Client
from tests.sync.oracle import Oracle, OracleServer
from tests.sync.test_engine import client, oracle, states  # noqa: F401 - fixtures

resource: Any = pytest.importorskip("resource", reason="no limit for a file's size here")


class FaultyDisk(OracleServer):
    """The server, and a disk that fails while it answers."""

    fault: Any = None

    def send(self, sending: Any, files: Any) -> Any:
        receipt = super().send(sending, files)
        if self.fault is not None:
            fault, self.fault = self.fault, None
            fault()
        return receipt


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait for a lock that the test itself holds."""
    pragmas = ("busy_timeout = 20", *engine_module._PRAGMAS[1:])
    monkeypatch.setattr(engine_module, "_PRAGMAS", pragmas)


@pytest.fixture
def faulty(impatient: None, oracle: Oracle, tmp_path: Path) -> Iterator[Client]:  # noqa: F811
    made = Client(tmp_path / "desk", FaultyDisk(oracle))
    made.sync()
    yield made
    made.reader.close()
    made.desk.close()


def test_a_desk_that_is_locked_as_the_answer_comes_is_no_second_sending(
    faulty: Client,
    oracle: Oracle,  # noqa: F811
):
    other = sqlite3.connect(database_path(faulty.folder), isolation_level=None)
    faulty.note("1", "Once")
    faulty.server.fault = lambda: other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DeskBusyError):
        faulty.sync()
    other.rollback()
    other.close()
    assert states(faulty) == [OutboxState.SENDING]
    assert faulty.sync().problem == ""
    assert faulty.items() == []
    assert list(oracle.posted.values()) == [1]
    assert faulty.texts("1") == ["Printer is broken", "Once"]


@contextmanager
def no_room(folder: Path) -> Iterator[None]:
    """No file may grow: as on a disk with no room left."""
    import signal

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


def test_on_a_full_disk_nothing_goes_out_and_all_goes_on_when_there_is_room(
    faulty: Client,
    oracle: Oracle,  # noqa: F811
):
    faulty.note("1", "Later")
    with no_room(faulty.folder), pytest.raises(DeskError):
        faulty.sync()
    assert oracle.posted == {}, "what cannot be noted as being sent is not sent"
    faulty.sync()
    assert list(oracle.posted.values()) == [1]


def test_what_came_from_the_server_while_the_disk_was_full_comes_again(
    faulty: Client,
    oracle: Oracle,  # noqa: F811
):
    oracle.post(oracle.tickets["2"], EntryKind.MESSAGE, "Still broken")
    with no_room(faulty.folder), pytest.raises(DeskError):
        faulty.sync()
    faulty.sync()
    assert faulty.texts("2") == ["Laptop is broken", "Still broken"]
