"""Times of a desk that mirrors a server: changes, an idle round, 200 commands, a first sync."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from datetime import UTC, datetime
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
RT_TICKETS = 20_000
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


class Requests:
    """Counts and times every request until the end of the block."""

    def __enter__(self):
        self.seconds, self.count = 0.0, 0
        self._ask = asked = HttpServer.ask

        def timed(server, ask):
            start = time.perf_counter()
            try:
                return asked(server, ask)
            finally:
                self.seconds += time.perf_counter() - start
                self.count += 1

        HttpServer.ask = timed
        return self

    def __exit__(self, *_):
        HttpServer.ask = self._ask


def first_of_rt(folder: Path) -> dict[str, float]:
    """20,000 tickets over real sockets, one in ten open; the floor is its requests alone."""
    with fake_rt() as rt:
        for number in range(RT_TICKETS):
            status = "open" if number % 10 == 0 else "resolved"
            body = {"Queue": "1", "Subject": f"Ticket {number}", "Requestor": "una@out.test"}
            rt.make("lea", {**body, "Status": status})
        rt.time = datetime.now(UTC)
        for ticket in rt.tickets.values():
            ticket["LastUpdated"] = rt.time
        client = FakeClient(folder, rt.url)
        client.desk.time = rt.time
        with Requests() as requests:
            start = time.perf_counter()
            report = client.sync(threads=0)
            seconds = time.perf_counter() - start
        client.server.close()
    assert report.problem == "", report
    return {
        "rt_first": seconds * 1000,
        "rt_first_floor": requests.seconds * 1000,
        "rt_first_requests": requests.count,
    }


def pushed(folder: Path) -> dict[str, float]:
    """200 notes on 20 tickets; the floor is what its requests took, one after the other."""
    with fake_rt() as rt:
        rt.delay = ANSWER_S
        for number in range(COMMANDS // 10):
            body = {"Queue": "1", "Subject": f"T {number}", "Requestor": "una@out.test"}
            rt.make("lea", {**body, "Content": "x"})
        client = FakeClient(folder, rt.url)
        client.sync(threads=COMMANDS)
        for number in range(COMMANDS):
            client.note(str(number % (COMMANDS // 10) + 1), f"note {number}")
        with Requests() as requests:
            start = time.perf_counter()
            report = client.sync(threads=0)
            seconds = time.perf_counter() - start
        client.server.close()
    assert (report.settled, report.problem) == (COMMANDS, ""), report
    return {"push": seconds * 1000, "push_floor": requests.seconds * 1000}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        if sys.argv[1] == "rt":
            found = first_of_rt(folder / "rt")
        else:
            found = applied(int(sys.argv[1]), folder / "a") | pushed(folder / "b")
    print(json.dumps(found))
