"""A process that works and syncs with a server in another process, to be killed anywhere.

Prints a line for each thing that the program called done, when it had done so.
"""

import sys
from multiprocessing.managers import BaseManager
from pathlib import Path
from typing import Any

from tests.sync.desks import Client
from tests.sync.oracle import OracleServer


class Far(BaseManager):
    """Where the server is."""


Far.register("server")


def main(folder: str, port: str, agent: str) -> None:
    manager = Far(address=("127.0.0.1", int(port)), authkey=b"test")
    manager.connect()
    server: Any = manager.server()
    client = Client(Path(folder), Server(server, agent), seed=int(port))
    client.sync()
    for number in range(3):
        client.note("1", f"round {number}")
        print("note", f"round {number}", flush=True)
        client.do("2", lambda w, n=number: w.edit("subject", f"Subject {n}"))
        print("subject", f"Subject {number}", flush=True)
        client.sync()


class Server:
    """Calls the server in the other process."""

    def __init__(self, far: Any, agent: str) -> None:
        self._far = far
        self.agent = agent

    def __getattr__(self, name: str) -> Any:
        if not hasattr(OracleServer, name):  # what a server need not be able to
            raise AttributeError(name)
        return lambda *given, **more: self._far.call(name, given, more)


if __name__ == "__main__":
    main(*sys.argv[1:4])
