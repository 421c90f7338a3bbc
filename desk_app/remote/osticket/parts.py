"""Many questions that make one reading, which may be broken off and gone on with."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class BrokenOff(Exception):  # noqa: N818 - nothing went wrong
    """Something else is wanted of the server; what was read is kept."""


class Parts:
    """Asks each question once, and between two of them whether to stop."""

    def __init__(self) -> None:
        self._kept: dict[str, object] = {}
        self.stop: Callable[[], bool] = lambda: False

    def once(self, name: str, ask: Callable[[], T]) -> T:
        """What was answered to the question of this name.

        Raises:
            BrokenOff: it was to be asked now, and the agent wants something.
        """
        if name not in self._kept:
            if self.stop():
                raise BrokenOff
            self._kept[name] = ask()
        return cast("T", self._kept[name])
