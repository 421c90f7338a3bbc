"""A server that was set back, as from a backup: it gives out its numbers a second time."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from desk_app.ports.remote_errors import RemoteError


class SetBackError(RemoteError):
    """What was read last is not there as it was: a number may stand for another ticket now."""

    code = "set_back"


@runtime_checkable
class CanBeSetBack(Protocol):
    """A `RemoteServer` that can tell whether it still is the one that gave a cursor."""

    def still_has(self, cursor: str) -> bool:
        """Whether what the cursor names last is there as it was; where in doubt, yes.

        One request where it is, as a rule. A no may become a yes with the next thing that happens
        there: what was purged last is missing too, but its number is not given out again.
        """
        ...


def still_has(server: object, cursor: str) -> bool:
    """Yes where the server cannot tell."""
    return server.still_has(cursor) if isinstance(server, CanBeSetBack) else True
