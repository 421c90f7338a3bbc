"""Connections that know whether any of a request went out, and that a deadline can cut.

An error alone does not tell: a broken TLS line may break before the first byte of a request or
after its last. Whoever must not send a thing twice has to know which.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import truststore
from requests.adapters import HTTPAdapter
from typing_extensions import override
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from requests import PreparedRequest

AT_ONCE = 2
"""Connections to one server: a help desk is not to feel that a program syncs."""
_PIECE = 65_536
"""Bytes of a body that are given to the system at once: a time-out is for one piece."""


class Passage:
    """One request on its way."""

    def __init__(self) -> None:
        self.went_out = False
        """Whether a byte of the request itself may have left this machine."""
        self.is_late = False
        """Whether it was cut because it took too long."""
        self.is_cut = False
        """Whether it was cut at all: then an end is no end."""
        self.issuer = ""
        """Who issued the server's certificate, where the system tells."""
        self._line: socket.socket | None = None
        self._is_left = False
        self._lock = threading.Lock()

    def holds(self, line: socket.socket | None) -> None:
        """Note the line it goes over, to be cut if need be."""
        with self._lock:
            if self._is_left and self._line is not None and self._line is not line:
                self._line.close()
                self._is_left = False
            self._line = line
            if self.is_cut:
                self._cut()

    def is_left(self, line: socket.socket) -> None:
        """Its connection needs a line no more; an answer may still be coming over it."""
        with self._lock:
            if line is self._line:
                self._is_left = True
            else:
                line.close()

    def drop(self) -> None:
        """End it, whatever its thread waits for. Called on another thread."""
        with self._lock:
            self.is_cut = True
            self._cut()

    def cut(self) -> None:
        """The same, as it took too long."""
        self.is_late = True
        self.drop()

    def _cut(self) -> None:
        if self._line is not None:
            with contextlib.suppress(OSError):  # it is closed already
                self._line.shutdown(socket.SHUT_RDWR)

    @contextlib.contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Make this the passage of the thread; cut it after so many seconds."""
        token = _PASSAGE.set(self)
        timer = threading.Timer(seconds, self.cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            self.holds(None)
            _PASSAGE.reset(token)


_PASSAGE: ContextVar[Passage] = ContextVar("passage")


class _Plain(HTTPConnection):
    """A connection of the present passage; `_line` is a second handle of its socket.

    TLS takes the first handle over, and cannot be asked to let go while it waits.
    """

    _line: socket.socket | None = None
    _opening = False
    _issuer = ""

    @override
    def _new_conn(self) -> socket.socket:
        made = super()._new_conn()
        self._line = made.dup()
        _PASSAGE.get().holds(self._line)
        return made

    @override
    def connect(self) -> None:
        self._opening = True  # what a proxy is told is no part of the request
        try:
            super().connect()
        finally:
            self._opening = False
        self._issuer = _issuer(self.sock)

    @override
    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        if self._opening:
            super().send(data)
            return
        passage = _PASSAGE.get()
        passage.holds(self._line)
        passage.issuer = self._issuer
        passage.went_out = True
        whole = memoryview(data)
        for start in range(0, len(whole), _PIECE):
            super().send(whole[start : start + _PIECE])

    @override
    def close(self) -> None:
        line, self._line = self._line, None
        passage = _PASSAGE.get(None)
        if line is not None and passage is not None:
            passage.is_left(line)
        elif line is not None:
            line.close()
        super().close()


class _Safe(_Plain, HTTPSConnection):
    """The same over TLS."""


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SafePool(HTTPSConnectionPool):
    ConnectionCls = _Safe


def _issuer(line: object) -> str:
    """Who vouches for the other side; '' where the system alone has looked at that."""
    if not isinstance(line, ssl.SSLSocket):
        return ""
    found = line.getpeercert() or {}
    parts: Any = found.get("issuer", ())
    names = {key: value for part in parts for key, value in part}
    return str(names.get("organizationName") or names.get("commonName") or "")


class WatchedAdapter(HTTPAdapter):
    """Trusts whom the system trusts, and the authorities in one further file."""

    def __init__(self, certificates: str = "") -> None:
        self._context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if certificates:
            self._context.load_verify_locations(cafile=certificates)
        super().__init__(pool_connections=4, pool_maxsize=AT_ONCE, pool_block=True)

    @override
    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self._watch(self.poolmanager)

    @override
    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **options)
        self._watch(manager)
        return manager

    @override
    def build_connection_pool_key_attributes(
        self, request: PreparedRequest, verify: Any, cert: Any = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        host, _ = super().build_connection_pool_key_attributes(request, verify, cert)
        return host, {"ssl_context": self._context}

    @override
    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Leave it to the context: the list that comes with requests is not asked."""

    @staticmethod
    def _watch(manager: Any) -> None:
        manager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SafePool}
