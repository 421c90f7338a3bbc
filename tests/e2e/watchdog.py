"""Counts what each event costs the GUI thread, in milliseconds of an ordinary desk's processor.

Processor time, not the clock: another program may not make this one look slow. Where the processor
itself is slow just then (a small machine, a busy host), a yardstick run right after the event says
by how much, and the event is held to the limit less that.
"""

import sys
import time

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication

LIMIT_MS = 50
YARDSTICK_MS = 1.5
"""What one yardstick takes on the desk that the limit is meant for."""
_SOURCE = "\n".join(
    f"def f{n}(a, b={n}):\n    return [a * x + b for x in (a, b, {n})]" for n in range(30)
)


class Watched(QApplication):
    """Keeps the events that held the window longest: milliseconds, kind of event, receiver."""

    def __init__(self) -> None:
        super().__init__(sys.argv[:1])
        self.depth = 0
        self.count = 0
        self.held: list[tuple[float, str, str]] = []

    def notify(self, receiver: QObject, event: QEvent) -> bool:
        self.depth += 1
        start = time.thread_time()
        try:
            return super().notify(receiver, event)
        finally:
            self.depth -= 1
            if self.depth == 0:
                self.count += 1
                spent = (time.thread_time() - start) * 1000
                if spent > LIMIT_MS / 2:
                    self.held.append(
                        (round(spent / slowness(), 1), event.type().name, type(receiver).__name__)
                    )


def slowness() -> float:
    """How many times slower than the desk of the limit this processor is now; never under one."""
    return max(1.0, min(yardstick() for _ in range(3)) / YARDSTICK_MS)


def yardstick() -> float:
    """Milliseconds that a fixed piece of work takes now."""
    start = time.thread_time()
    compile(_SOURCE, "yardstick", "exec")
    return (time.thread_time() - start) * 1000
