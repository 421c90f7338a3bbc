"""Times of a desk that mirrors a server: changes applied, an idle round, 200 commands sent."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

from desk_app.remote.http import HttpServer
from tests.builders import make_directory
from tests.remote.contract import UNA
from tests.remote.fake_rt import fake_rt
from tests.remote.rt_desk import FakeClient
from tests.sync import oracle as truth
from tests.sync.desks import Client
from tests.sync.oracle import Oracle, OracleServer

PAGE = 100
COMMANDS = 200
ANSWER_S = 0.03
"""What a fast server takes: RT 5.0.3 answers a reading in 35 ms, and a reply in 300."""


def applied(count: int, folder: Path) -> dict[str, float]:
    """Changes of so many tickets, a second: read, compared, projected, committed."""
    truth.PAGE = PAGE
    server = OracleServer(Oracle(make_directory()))
    for number in range(count):
        server.oracle.make(f"Ticket {number}", UNA)
    client = Client(folder, server)
    start = time.perf_counter()
    first = client.sync(threads=0).taken
    first_s = time.perf_counter() - start
    for kept in list(server.oracle.tickets.values()):
        server.oracle.set(kept, "priority", "high", "john")
    start = time.perf_counter()
    taken = client.sync(threads=0).taken
    seconds = time.perf_counter() - start
    before = server.requests
    client.sync(threads=0)
    return {
        "first": first / first_s,
        "changes": taken / seconds,
        "idle": server.requests - before,
    }


def pushed(folder: Path) -> dict[str, float]:
    """200 notes on 20 tickets; the floor is what its requests took, one after the other."""
    spent = 0.0
    asked = HttpServer.ask

    def timed(self, ask):
        nonlocal spent
        start = time.perf_counter()
        try:
            return asked(self, ask)
        finally:
            spent += time.perf_counter() - start

    with fake_rt() as rt:
        rt.delay = ANSWER_S
        for number in range(COMMANDS // 10):
            body = {"Queue": "1", "Subject": f"T {number}", "Requestor": "una@out.test"}
            rt.make("lea", {**body, "Content": "x"})
        client = FakeClient(folder, rt.url)
        client.sync(threads=COMMANDS)
        for number in range(COMMANDS):
            client.note(str(number % (COMMANDS // 10) + 1), f"note {number}")
        HttpServer.ask = timed
        start = time.perf_counter()
        report = client.sync(threads=0)
        seconds = time.perf_counter() - start
        HttpServer.ask = asked
        client.server.close()
    assert (report.settled, report.problem) == (COMMANDS, ""), report
    return {"push": seconds * 1000, "push_floor": spent * 1000}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        found = applied(int(sys.argv[1]), Path(made) / "a") | pushed(Path(made) / "b")
    print(json.dumps(found))
