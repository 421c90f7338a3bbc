"""One import under way: read ahead on one worker, taken in on another, stopped between two."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from desk_app.domain.errors import DeskError
from desk_app.domain.intake import TableRow
from desk_app.domain.mail import RawMail, SourceProblem
from desk_app.ports.unit_of_work import Changes
from desk_app.services.intake import Outcome, Taken

Item = RawMail | SourceProblem | TableRow

BATCH = 8
"""Items that are taken in one go: a draft that is saved meanwhile waits for no more."""
BATCH_BYTES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What became of the items of one go; `error` is why it ended early."""

    outcomes: tuple[Outcome, ...]
    error: DeskError | None = None

    @property
    def changes(self) -> Changes:
        return Changes(tickets=frozenset(o.ticket for o in self.outcomes if o.ticket is not None))


class ImportRun:
    """Keeps its place: whatever ends it, `position` is behind the last item that was taken."""

    def __init__(
        self,
        name: str,
        total_bytes: int,
        read: Callable[[str | None], Iterator[Any]],
        take: Callable[[Iterable[Any]], Iterator[Outcome]],
    ) -> None:
        self.name = name
        self.total_bytes = total_bytes
        self.position: str | None = None
        self.done_bytes = 0
        self.counted: Counter[Taken] = Counter()
        self._read = read
        self._take = take
        self._items: Iterator[Item] | None = None
        self._ahead: list[Item] = []
        self._stop = threading.Event()

    @property
    def is_stopped(self) -> bool:
        return self._stop.is_set()

    def stop(self) -> None:
        """Take no further item; from any thread."""
        self._stop.set()

    def resume(self) -> None:
        """Let it go on; `fetch` reads from behind the last item that was taken."""
        self._stop.clear()

    def fetch(self) -> bool:
        """Read some items ahead; whether there were any. Always on the same worker."""
        if self._items is None:
            self._items = self._read(self.position)
        self._ahead = list(_some(self._items))
        return bool(self._ahead)

    def let_go(self) -> None:
        """Close the file, which its owner may want to move; on the worker that fetches."""
        items, self._items = self._items, None
        close = getattr(items, "close", None)
        if close is not None:
            close()

    def take(self) -> Batch:
        """Take in what was read, up to where it is stopped; on the writing worker."""
        outcomes: list[Outcome] = []
        error = None
        try:
            for outcome in self._take(self._until_stopped()):
                self.position, self.done_bytes = outcome.position, outcome.done_bytes
                self.counted[outcome.taken] += 1
                outcomes.append(outcome)
        except DeskError as failed:
            error = failed
        self._ahead = []
        return Batch(outcomes=tuple(outcomes), error=error)

    def _until_stopped(self) -> Iterator[Item]:
        for item in self._ahead:
            if self._stop.is_set():
                return
            yield item


def _some(items: Iterator[Item]) -> Iterator[Item]:
    size = 0
    for number, item in enumerate(items, 1):
        yield item
        size += len(item.data) if isinstance(item, RawMail) else 0
        if number >= BATCH or size >= BATCH_BYTES:
            return
