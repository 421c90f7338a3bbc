"""Notes every request to one server in memory; the sync log takes the notes from time to time."""

from __future__ import annotations

import re
import threading
import time
from collections import deque
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from desk_app.domain.asked import RequestLine
from desk_app.ports.asked import asked_for
from desk_app.ports.remote_errors import RemoteError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from desk_app.remote.http import Answer, Ask

    T = TypeVar("T", bound="Answer | RemoteError")

KEPT = 2000
"""Requests that are noted until they are taken; the oldest fall out."""
_TOLD = frozenset({"id", "page", "per_page", "queue", "p"})
"""What of a query is told, where it is a short number: no code, key or word is called so."""
_NUMBER = re.compile(r"\d{1,9}")
_LONGEST_PART = 40
"""A longer part of a path may be a key."""
_LONGEST_PATH = 200
_ODD = re.compile(r"[^\w.\-~@+%]")
_MEANT = {
    401: "sign_in",
    403: "refused_by_server",
    412: "moved_on",
    429: "server_busy",
    503: "server_busy",
}
_POINTS_ON, _NO, _OWN_FAULT = 300, 400, 500


class Journal:
    """The last requests to one server. Used by several threads."""

    def __init__(self) -> None:
        self._lines: deque[RequestLine] = deque(maxlen=KEPT)
        self._lock = threading.Lock()

    def noted(self, ask: Ask, method: str, path: str, call: Callable[[], T]) -> T:
        """Carry out a request, and note what came of it; `path` is below the server's address."""
        at, start = datetime.now(UTC), time.perf_counter()
        found = call()
        ms = round((time.perf_counter() - start) * 1000)
        line = RequestLine(
            at=at,
            method=method,
            path=shown_path(path, ask.params if path == ask.path else ()),
            status=0 if isinstance(found, RemoteError) else found.status,
            ms=ms,
            sent=_size(ask) if path == ask.path else 0,
            got=0 if isinstance(found, RemoteError) else len(found.body),
            outcome=_failure(found) if isinstance(found, RemoteError) else _meant(found.status),
            command=asked_for(),
        )
        with self._lock:
            self._lines.append(line)
        return found

    def take(self) -> list[RequestLine]:
        """The notes since the last time, each once."""
        with self._lock:
            found = list(self._lines)
            self._lines.clear()
        return found


def shown_path(url: str, params: tuple[tuple[str, str], ...] = ()) -> str:
    """The path of an address without what may be a key or a word that was searched for."""
    parts = urlsplit(url)
    pieces = (_part(piece) for piece in parts.path.split("/"))
    query = "&".join(
        f"{name}={value}"
        for name, value in (*parse_qsl(parts.query), *params)
        if name in _TOLD and _NUMBER.fullmatch(value)
    )
    return ("/".join(pieces) + (f"?{query}" if query else ""))[:_LONGEST_PATH]


def _part(piece: str) -> str:
    piece = piece.partition(";")[0]  # where some servers put a session
    return "…" if len(piece) > _LONGEST_PART else _ODD.sub("…", piece)


def _size(ask: Ask) -> int:
    form = sum(len(name) + len(value) + 2 for name, value in ask.form or ())
    return len(ask.body or b"") + form + sum(len(file[1]) for _, file in ask.files or ())


def _failure(error: RemoteError) -> str:
    return f"{error.code} {error.facts.get('why', '')}".strip()


def _meant(status: int) -> str:
    if status in _MEANT:
        return _MEANT[status]
    if status < _NO:
        return "answered" if status < _POINTS_ON else "moved"
    return "refused_by_server" if status < _OWN_FAULT else "unreadable_answer"
