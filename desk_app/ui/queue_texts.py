"""What the desk's own queues hold, where a server's queue of the same name holds something else."""

from __future__ import annotations

from desk_app.domain.filters import QueueKind
from desk_app.ui.texts import tr

_HOLDS = {
    QueueKind.CLOSED: "Also tickets that were merged into another;"
    " a server's own queue may not count these",
    QueueKind.ALL: "Also tickets that were merged into another",
}


def queue_holds(kind: QueueKind) -> str:
    """A sentence; '' where the name says it all."""
    return tr(_HOLDS[kind]) if kind in _HOLDS else ""
