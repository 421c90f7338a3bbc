"""One import under way: read ahead on one worker, taken in on another, stopped between two."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desk_app.domain.errors import DeskError, FileUnreadableError
from desk_app.domain.intake import TableRow, UnfinishedImport
from desk_app.domain.mail import RawMail, SourceProblem
from desk_app.ports.unit_of_work import Changes
from desk_app.services.intake import Outcome, Taken

if TYPE_CHECKING:
    from desk_app.domain.intake import ImportSource
    from desk_app.services.desk import Desk

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
        desk: Desk,
        begun: UnfinishedImport,
        read: Callable[[str | None], Iterator[Any]] | None = None,
    ) -> None:
        """Go on where `begun` ends; without `read` the files are looked for when they are read."""
        self.name = begun.source.name
        self.total_bytes = begun.total_bytes
        self.position = begun.position
        self.done_bytes = begun.done_bytes
        self.counted = Counter({Taken(name): n for name, n in begun.counted.items()})
        self._begun = begun
        self._desk = desk
        self._read = read or self._found
        self._take = _taker(desk, begun.source)
        self._items: Iterator[Item] | None = None
        self._ahead: list[Item] = []
        self._stop = threading.Event()

    @property
    def key(self) -> str:
        return self._begun.key

    def note(self) -> None:
        """Keep how far it came in the desk, for a program that comes after this one."""
        so_far = replace(
            self._begun,
            position=self.position,
            done_bytes=self.done_bytes,
            counted={str(taken): n for taken, n in self.counted.items()},
        )
        with self._desk.unit() as unit:
            unit.save_import(so_far)
            unit.commit()

    def forget(self) -> None:
        """It is done, or the rest of it is not wanted."""
        with self._desk.unit() as unit:
            unit.forget_import(self.key)
            unit.commit()

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
        """Take in what was read, up to where it is stopped, and note it; on the writing worker."""
        outcomes: list[Outcome] = []
        error = None
        try:
            for outcome in self._take(self._until_stopped()):
                self.position, self.done_bytes = outcome.position, outcome.done_bytes
                self.counted[outcome.taken] += 1
                outcomes.append(outcome)
            self.note()
        except DeskError as failed:
            error = failed
        self._ahead = []
        return Batch(outcomes=tuple(outcomes), error=error)

    def _found(self, after: str | None) -> Iterator[Any]:
        """The rest of an import of an earlier program, from where its files are."""
        source = self._begun.source
        paths = [Path(path) for path in source.paths]
        if source.columns is not None:
            return self._desk.table(paths[0]).read(source.columns, source.dates, after)
        gone = next((path for path in paths if not path.exists()), None)
        if gone is not None:
            raise FileUnreadableError(path=str(gone))
        return self._desk.mails(paths).read(after)

    def _until_stopped(self) -> Iterator[Item]:
        for item in self._ahead:
            if self._stop.is_set():
                return
            yield item


def begin(desk: Desk, source: ImportSource, total_bytes: int) -> UnfinishedImport:
    """An import before its first item."""
    return UnfinishedImport(key=desk.ids.command(), source=source, total_bytes=total_bytes)


def _taker(desk: Desk, source: ImportSource) -> Callable[[Iterable[Any]], Iterator[Outcome]]:
    if source.columns is None:
        return desk.intake.take_all
    return lambda rows: desk.ticket_import.take_all(rows, actor=source.actor)


def _some(items: Iterator[Item]) -> Iterator[Item]:
    size = 0
    for number, item in enumerate(items, 1):
        yield item
        size += len(item.data) if isinstance(item, RawMail) else 0
        if number >= BATCH or size >= BATCH_BYTES:
            return
