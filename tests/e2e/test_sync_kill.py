"""A crash at any point of a round is harmless: a real process is killed at every fault point."""

import threading
from multiprocessing.managers import BaseManager

import pytest

from desk_app.domain.failpoint import POINTS
from desk_app.ports.remote import RemotePerson
from tests.builders import make_directory
from tests.e2e.killing import check_integrity, killed_at
from tests.sync.desks import Client
from tests.sync.oracle import Oracle, OracleServer

HERE = [point for point in POINTS if point.startswith(("outbox", "sync"))]


class Near(BaseManager):
    """Where the child finds the server."""


class Calls:
    """Answers the child's calls; files and desks stay where they are."""

    def __init__(self, server: OracleServer) -> None:
        self._server = server

    def call(self, name: str, given: tuple, more: dict) -> object:
        return getattr(self._server, name)(*given, **more)


@pytest.fixture
def oracle():
    made = Oracle(make_directory())
    for subject in ("Printer", "Laptop"):
        made.make(subject, RemotePerson(name="Ana Souza", email="ana@bank.example"))
    return made


@pytest.fixture
def port(oracle):
    calls = Calls(OracleServer(oracle))
    Near.register("server", callable=lambda: calls)
    server = Near(address=("127.0.0.1", 0), authkey=b"test").get_server()
    # Left to wait for calls until the tests end: it has no way to stop that ends its threads.
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.address[1]


@pytest.mark.parametrize("point", [*HERE, ""])
def test_after_a_kill_everything_is_on_the_server_once(point, oracle, port, tmp_path):
    folder = tmp_path / "desk"
    Client(folder, OracleServer(oracle)).desk.close()
    printed = killed_at(point, "-m", "tests.e2e.syncing_agent", str(folder), str(port), "sam")
    promised = [line.split(" ", 1) for line in printed.splitlines()]
    check_integrity(folder)
    client = Client(folder, OracleServer(oracle))
    for _ in range(3):
        client.wait(1000)
        client.sync()
    assert client.items() == []
    there = [entry.text for entry in oracle.tickets["1"].entries]
    assert len(there) == len(set(there))
    assert {words for kind, words in promised if kind == "note"} <= set(there)
    subjects = [words for kind, words in promised if kind == "subject"]
    assert not subjects or oracle.tickets["2"].fields["subject"] >= subjects[-1]
    assert set(oracle.posted.values()) <= {1}
    assert client.texts("1") == there
    client.desk.close()
