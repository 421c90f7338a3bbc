"""Texts that a server has ready, and fills in itself for each ticket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from desk_app.domain.canned import FilledText


@runtime_checkable
class FillsTexts(Protocol):
    """A `RemoteServer` whose canned responses have no words in the directory."""

    def canned_text(self, ticket: str, key: str) -> FilledText:
        """A canned response for a ticket, by the server's ids; blocks on the network.

        Raises:
            RemoteError: `UnreadableAnswerError` where the server has no such response (any more).
        """
        ...


def filler(server: object) -> FillsTexts | None:
    return server if isinstance(server, FillsTexts) else None
