"""Named places where a test may kill the process; nothing at all happens in production."""

from __future__ import annotations

import os
import signal
from typing import Final

POINTS: Final = (
    "draft.before_commit",
    "draft.after_commit",
    "command.before_entry",
    "command.before_record",
    "command.before_commit",
    "command.after_commit",
    "attachment.before_rename",
    "attachment.after_rename",
    "undo.before_commit",
    "outbox.after_post",
    "outbox.before_send",
    "outbox.after_send_before_mark",
    "outbox.after_mark",
    "sync.before_commit",
    "sync.after_commit",
)
"""Every point there is: the crash test goes through all of them."""

_ARMED = os.environ.get("DESK_APP_FAILPOINT", "")


def failpoint(name: str) -> None:
    """Kill this process at once if the test armed this point."""
    if _ARMED and name == _ARMED:
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
