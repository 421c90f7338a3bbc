"""The machine that the program runs on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime


class Clock(Protocol):
    """The time now, aware, in UTC. Only shown and recorded: no order depends on it."""

    def __call__(self) -> datetime: ...


class IdSource(Protocol):
    """Makes ids that are never given twice on this machine."""

    def number(self, at: datetime | None = None) -> int:
        """63 bits, rising with `at` (now, if it is not given)."""
        ...

    def command(self, at: datetime | None = None) -> str:
        """A UUID, rising with `at` (now, if it is not given)."""
        ...


class PictureSource(Protocol):
    """Fetches pictures from other machines, at an agent's word only. Blocks: use a worker."""

    def fetch(self, url: str) -> bytes:
        """Raise PictureRefusedError if it is no picture, too large, or not on the open net."""
        ...


class CleanHtml(Protocol):
    """Makes hostile HTML safe to show: nothing runs, nothing loads."""

    def __call__(self, html: str) -> str: ...
