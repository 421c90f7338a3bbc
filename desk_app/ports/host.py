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


class SecretStore(Protocol):
    """Passwords and tokens. They are in no file of ours, no log and no exception's text."""

    @property
    def lasting(self) -> bool:
        """Whether a secret is still there after the program ended; asking may take 100 ms."""
        ...

    def secret(self, url: str, user: str) -> str | None:
        """None: there is none, or whoever keeps it will not give it."""
        ...

    def keep(self, url: str, user: str, secret: str) -> bool:
        """Keep a secret in place of an older one; whether it outlives the program."""
        ...

    def forget(self, url: str, user: str) -> None: ...
