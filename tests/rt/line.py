"""A line to a server that can be cut, or that ends the server just when a request is on it."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum, auto


class Cut(Enum):
    """When something happens to a request."""

    NEVER = auto()
    BEFORE = auto()
    """It does not reach the server."""
    UNDERWAY = auto()
    """It was handed over whole; nobody waits for what comes back."""
    ANSWERED = auto()
    """The server has answered, and the answer is lost."""


@dataclass
class Line:
    """What stands between a program and its server."""

    upstream: int
    port: int = 0
    is_cut: bool = False
    when: Callable[[str], Cut] = lambda _: Cut.NEVER
    """Asked for each request by its first line."""
    then: Callable[[], None] = lambda: None
    """What happens at that moment."""
    targets: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def line_to(port: int) -> Iterator[Line]:
    """Stand between until the end of the block."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=20)
    found = Line(port, listener.getsockname()[1])
    threads: list[threading.Thread] = []

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                sock = listener.accept()[0]
                thread = threading.Thread(target=_carry, args=(found, sock))
                threads.append(thread)
                thread.start()

    acceptor = threading.Thread(target=accept)
    acceptor.start()
    try:
        yield found
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        acceptor.join()
        for thread in threads:
            thread.join()


def _carry(line: Line, sock: socket.socket) -> None:
    """One request, one answer, the end: as this server does it too."""
    with sock, contextlib.suppress(OSError):
        if line.is_cut:
            return
        request = _request(sock)
        first = request.split(b"\r\n", 1)[0].decode()
        line.targets.append(first)
        cut = line.when(first)
        if cut is Cut.BEFORE:
            line.then()
            return
        with socket.create_connection(("127.0.0.1", line.upstream)) as far:
            far.sendall(request)
            if cut is Cut.UNDERWAY:
                line.then()
                return
            answer = _all(far)
        if cut is Cut.ANSWERED:
            line.then()
            return
        sock.sendall(answer)


def _request(sock: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = sock.recv(65_536)
        if not piece:
            raise OSError("no request")
        data += piece
    head, _, rest = data.partition(b"\r\n\r\n")
    sizes = [h.split(b":")[1] for h in head.split(b"\r\n") if h.lower().startswith(b"content-len")]
    size = int(sizes[0]) if sizes else 0
    while len(rest) < size:
        rest += sock.recv(65_536)
    heads = [h for h in head.split(b"\r\n") if not h.lower().startswith(b"connection:")]
    return b"\r\n".join([*heads, b"Connection: close", b"", rest])


def _all(sock: socket.socket) -> bytes:
    data = bytearray()
    while piece := sock.recv(65_536):
        data += piece
    return bytes(data)
