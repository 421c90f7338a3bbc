"""One process at a time: whoever holds a desk's lock is the one that talks to its server."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCK = "sync.lock"


@contextmanager
def only_one(desk: Path) -> Iterator[bool]:
    """Hold the desk's lock while this is open; False if another process has it.

    The system lets go of it when the process ends, however it ends.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(desk / LOCK, thread_local=False)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()
