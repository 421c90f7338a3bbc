"""A server on a socket that does exactly what a test tells it to, byte by byte."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Script = Callable[["Line"], None]


@dataclass
class Line:
    """One request on a connection, and what can be done to whoever sent it."""

    socket: socket.socket
    head: str
    body: bytes
    done: threading.Event

    @property
    def target(self) -> str:
        return self.head.split(" ", 2)[1]

    def header(self, name: str) -> str:
        for line in self.head.splitlines()[1:]:
            key, _, value = line.partition(":")
            if key.lower() == name.lower():
                return value.strip()
        return ""

    def say(self, data: bytes | str) -> None:
        self.socket.sendall(data.encode() if isinstance(data, str) else data)

    def answer(
        self, body: bytes | str = b"{}", status: str = "200 OK", kind: str = "", **headers: str
    ) -> None:
        data = body.encode() if isinstance(body, str) else body
        head = [f"HTTP/1.1 {status}", f"Content-Type: {kind or 'application/json'}"]
        head.append(f"Content-Length: {len(data)}")
        head += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.say("\r\n".join(head) + "\r\n\r\n")
        self.say(data)

    def reset(self) -> None:
        """Break it off so that the other side gets an error and not an end."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


@dataclass
class Hostile:
    """Each request is answered by the next script; the last one stays."""

    scripts: list[Script]
    port: int = 0
    lines: list[Line] = field(default_factory=list)
    connections: int = 0
    at_once: int = 0
    most_at_once: int = 0
    done: threading.Event = field(default_factory=threading.Event)

    def url(self, scheme: str = "http") -> str:
        return f"{scheme}://127.0.0.1:{self.port}"

    @property
    def targets(self) -> list[str]:
        return [line.target for line in self.lines]


@contextmanager
def hostile(
    *scripts: Script, tls: ssl.SSLContext | None = None, greeting: bytes = b""
) -> Iterator[Hostile]:
    """Serve until the end of the block; `greeting` is said before anything was asked."""
    found = Hostile(list(scripts))
    listener = socket.create_server(("127.0.0.1", 0), backlog=20)
    found.port = listener.getsockname()[1]
    threads: list[threading.Thread] = []
    sockets: list[socket.socket] = []

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                sock = listener.accept()[0]
                sockets.append(sock)
                sock.sendall(greeting)
                found.connections += 1
                thread = threading.Thread(target=_serve, args=(found, sock, tls))
                threads.append(thread)
                thread.start()

    acceptor = threading.Thread(target=accept)
    acceptor.start()
    try:
        yield found
    finally:
        found.done.set()
        _shut(listener)
        listener.close()
        acceptor.join()
        for sock in sockets:
            _shut(sock)
        for thread in threads:
            thread.join()
        for sock in sockets:
            sock.close()


def _shut(sock: socket.socket) -> None:
    """End what a thread waits for."""
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def _serve(server: Hostile, sock: socket.socket, tls: ssl.SSLContext | None) -> None:
    with contextlib.suppress(OSError):  # the other side goes when it likes
        if tls is not None:
            sock = tls.wrap_socket(sock, server_side=True)
        with sock:
            rest = b""
            while sock.fileno() >= 0:
                while b"\r\n\r\n" not in rest:
                    piece = sock.recv(65_536)
                    if not piece:
                        return
                    rest += piece
                head, _, rest = rest.partition(b"\r\n\r\n")
                line = Line(sock, head.decode(), b"", server.done)
                size = int(line.header("Content-Length") or 0)
                while len(rest) < size:
                    rest += sock.recv(65_536)
                line.body, rest = rest[:size], rest[size:]
                _answered(server, line)


def _answered(server: Hostile, line: Line) -> None:
    server.lines.append(line)
    server.at_once += 1
    server.most_at_once = max(server.most_at_once, server.at_once)
    try:
        (server.scripts.pop(0) if len(server.scripts) > 1 else server.scripts[0])(line)
    finally:
        server.at_once -= 1
