"""Fetches pictures that a mail names on other machines, telling those as little as can be."""

from __future__ import annotations

import http.cookiejar
import socket
import time
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from typing_extensions import override
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

from desk_app.domain.errors import PictureRefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

_TYPES = frozenset({"image/png", "image/jpeg", "image/jpg", "image/gif", "image/webp", "image/bmp"})
"""No SVG: it is a program that draws."""
_LARGEST_BYTES = 5_000_000
_LONGEST_S = 8.0
_TIMEOUT_S = (3.0, 3.0)
_REDIRECTS = 3
_HEADERS: dict[str, str | None] = {
    "Accept": "image/png,image/jpeg,image/gif,image/webp",
    "Accept-Encoding": "identity",  # what is packed could be a bomb
    "User-Agent": "Mozilla/5.0",  # which program asks, and which version, is nobody's business
}


def is_private(address: str) -> bool:
    """Whether an IP address is not one of the open net: this machine, the house, multicast."""
    found = ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None) or found
    return not mapped.is_global or mapped.is_multicast


class HttpPictures:
    """A `PictureSource` over http and https: no cookies, no referrer, no proxy, no house net."""

    def __init__(
        self, refused: Callable[[str], bool] = is_private, *, largest_bytes: int = _LARGEST_BYTES
    ) -> None:
        self._refused = refused
        self._largest_bytes = largest_bytes

    def fetch(self, url: str) -> bytes:
        until = time.monotonic() + _LONGEST_S
        try:
            with self._session() as session:
                for _ in range(_REDIRECTS + 1):
                    with self._get(session, url) as response:
                        if not response.is_redirect:
                            return self._body(response, until)
                        url = _next(url, response)
        except (requests.RequestException, OSError, ValueError) as error:
            raise PictureRefusedError(why="unreachable") from error
        raise PictureRefusedError(why="redirect")

    def _session(self) -> requests.Session:
        session = requests.Session()
        session.trust_env = False  # no netrc, and no proxy that would ask for us unguarded
        session.cookies.set_policy(http.cookiejar.DefaultCookiePolicy(allowed_domains=[]))
        session.headers = cast("Any", dict(_HEADERS))
        adapter = _GuardedAdapter(self._refused)
        session.mount("http://", adapter)
        session.mount("https://", adapter)
        return session

    def _get(self, session: requests.Session, url: str) -> requests.Response:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
            raise PictureRefusedError(why="address")
        return session.get(url, timeout=_TIMEOUT_S, stream=True, allow_redirects=False)

    def _body(self, response: requests.Response, until: float) -> bytes:
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if response.status_code != requests.codes.ok:
            raise PictureRefusedError(why="status")
        if kind not in _TYPES or response.headers.get("Content-Encoding", "identity") != "identity":
            raise PictureRefusedError(why="type")
        data = bytearray()
        for piece in response.iter_content(16_384):
            data += piece
            if len(data) > self._largest_bytes:
                raise PictureRefusedError(why="size")
            if time.monotonic() > until:
                raise PictureRefusedError(why="slow")
        return bytes(data)


def _next(url: str, response: requests.Response) -> str:
    """Where a redirect leads; from a safe line to an open one it does not."""
    wanted = urljoin(url, response.headers["Location"])
    if url.startswith("https:") and not wanted.startswith("https:"):
        raise PictureRefusedError(why="redirect")
    return wanted


def _connect(connection: HTTPConnection, refused: Callable[[str], bool]) -> socket.socket:
    """Look the host up, and connect to the very address that was checked."""
    found = socket.getaddrinfo(connection.host, connection.port, type=socket.SOCK_STREAM)
    last: OSError | None = None
    for *_, target in found:
        if refused(str(target[0])):
            raise PictureRefusedError(why="private")
        try:
            return socket.create_connection(cast("Any", target)[:2], _TIMEOUT_S[0])
        except OSError as error:
            last = error
    raise last or OSError("no address")


class _GuardedAdapter(HTTPAdapter):
    """Makes connections that refuse addresses as they are made: a name may change its mind."""

    def __init__(self, refused: Callable[[str], bool]) -> None:
        class Plain(HTTPConnection):
            @override
            def _new_conn(self) -> socket.socket:
                return _connect(self, refused)

        class Safe(HTTPSConnection):
            @override
            def _new_conn(self) -> socket.socket:
                return _connect(self, refused)

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SafePool(HTTPSConnectionPool):
            ConnectionCls = Safe

        self._pools = {"http": PlainPool, "https": SafePool}
        super().__init__(max_retries=0)

    @override
    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        manager = PoolManager(num_pools=2, maxsize=1)
        manager.pool_classes_by_scheme = dict(self._pools)
        self.poolmanager = manager
