"""Tells the commits of other programs from those of this one's own connections.

SQLite says that somebody else committed, not how often and not who: a window whose desk is synced
over another connection would take each of those commits for another program's. So on a desk with
a server every commit adds one to a number in the desk; what is more than this program's own
connections added is another's.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Engine

BEGIN_COUNTING = "INSERT OR IGNORE INTO meta(key, value) VALUES ('commits', '0')"
COUNT = "UPDATE meta SET value = value + 1 WHERE key = 'commits'"
"""Writes nothing on a desk without a server."""
COUNTED = "SELECT value FROM meta WHERE key = 'commits'"

_lock = Lock()
_own: WeakKeyDictionary[Engine, int] = WeakKeyDictionary()


def add_own(engine: Engine, number: int) -> None:
    """Note commits of an engine's; before they are durable, so that none is taken for another's."""
    with _lock:
        _own[engine] = _own.get(engine, 0) + number


def own(engine: Engine) -> int:
    with _lock:
        return _own.get(engine, 0)


class Watch:
    """Looks whether anybody but these engines committed since it was last asked."""

    def __init__(self) -> None:
        self._version: int | None = None
        self._counted: int | None = None
        self._others: int | None = None
        self._news = 0

    def look(self, version: int, counted: int | None, engines: Sequence[Engine]) -> int:
        """A number that changes with every commit of another.

        Args:
            version: SQLite's own number, which others' commits change, and those of all but one
                of the engines.
            counted: All commits since the counting began; None: nobody counts on this desk.
            engines: Whose commits are one's own.
        """
        before, self._version = self._version, version
        was_counted, self._counted = self._counted, counted
        found, others = self._found(counted, engines), self._others
        # A commit under way is counted as one's own already: the others' number never falls.
        known = [number for number in (found, others) if number is not None]
        self._others = max(known, default=None)
        if before is None or version == before:
            return self._news
        uncounted = found is None or others is None or counted == was_counted
        if uncounted or self._others != others:
            self._news += 1
        return self._news

    def _found(self, counted: int | None, engines: Sequence[Engine]) -> int | None:
        if counted is None:
            return None
        return counted - sum(own(engine) for engine in engines)
