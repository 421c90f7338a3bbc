"""A window that paints goes before work in the background.

Python runs one thread at a time, and Qt gives the interpreter away in nearly every call of a paint:
a thread that has work to do takes it each time and keeps it for milliseconds. So whoever works
through many rows asks here between two of them, and waits while the window paints.
"""

from __future__ import annotations

from contextlib import contextmanager
from threading import Event
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_S = 0.05
"""No paint shall take so long; whoever holds the desk's write lock waits no longer at once."""


class Turns:
    """Lets workers wait for the end of a paint; the paint itself never waits for anybody."""

    def __init__(self, *, longest_s: float = LONGEST_S) -> None:
        self._longest_s = longest_s
        self._free = Event()
        self._free.set()

    @property
    def is_painting(self) -> bool:
        return not self._free.is_set()

    @contextmanager
    def painting(self) -> Iterator[None]:
        """On the GUI thread, around what paints many rows."""
        self._free.clear()
        try:
            yield
        finally:
            self._free.set()

    def make_way(self) -> None:
        """On a worker, between two pieces of at most a millisecond."""
        if self.is_painting:
            self._free.wait(self._longest_s)


TURNS = Turns()
"""One for the process: so is the interpreter."""
