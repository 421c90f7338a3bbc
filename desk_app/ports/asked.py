"""What a server was asked, one line a request: told by an adapter, kept by the engine."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desk_app.domain.asked import RequestLine

_FOR: ContextVar[str] = ContextVar("asked_for", default="")


@contextmanager
def asking_for(command: str) -> Iterator[None]:
    """What this thread asks meanwhile is for the sake of a command (its id)."""
    token = _FOR.set(command)
    try:
        yield
    finally:
        _FOR.reset(token)


def asked_for() -> str:
    """Id of the command for whose sake this thread asks; '' if there is none."""
    return _FOR.get()


@runtime_checkable
class TellsRequests(Protocol):
    """A `RemoteServer` that notes its requests."""

    def take_requests(self) -> list[RequestLine]:
        """Those since this was last called, oldest first, each once; only the last of very many."""
        ...


def requests_of(server: object) -> list[RequestLine]:
    return server.take_requests() if isinstance(server, TellsRequests) else []
