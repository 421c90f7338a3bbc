"""Servers that tell people and rights bit by bit, so that a later answer needs the former one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable

    from desk_app.domain.directory import Directory


@runtime_checkable
class TellsPeopleAgain(Protocol):
    """A `RemoteServer` that learns rights from the tickets which happen to be there."""

    def directory_again(self, known: Directory, stop: Callable[[], bool]) -> Directory | None:
        """The directory as it is now, with what was `known` where nothing tells it anew.

        `stop` is asked between requests. None: it was broken off, and goes on where it was at the
        next call. Blocks on the network.
        """
        ...

    def has_news(self, known: Directory) -> bool:
        """Whether somebody or something has a name there by now that is not `known`.

        Asks nothing: it is told by what was read anyway.
        """
        ...


def tells_people_again(server: object) -> TellsPeopleAgain | None:
    return server if isinstance(server, TellsPeopleAgain) else None
