"""What a server said of its own queues: a row of `meta` for all, and one for each that was read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk_app.store.reading_connection import ReadingConnection

if TYPE_CHECKING:
    from desk_app.domain.server_queue import QueueStanding, ServerQueues

QUEUES = "server_queues"
_TICKETS = "server_queue:"
NAMED = (
    "(SELECT j.value FROM meta m, json_each(m.value, '$.tickets') j WHERE m.key = ?)"  # `kept_as`
)
"""The server's ids of the tickets that are in a queue."""
_STANDING = (
    "SELECT json_extract(m.value, '$.at'), json_array_length(m.value, '$.tickets'),"
    f" (SELECT count(*) FROM base b WHERE b.remote IN {NAMED}) FROM meta m WHERE m.key = ?"
)


def kept_as(queue: str) -> str:
    """Key of the row that tells what is in a queue."""
    return _TICKETS + queue


class ServerQueueReading(ReadingConnection):
    """The part of a `TicketReader` that is about them."""

    def server_queues(self) -> ServerQueues | None:
        rows = self._all("SELECT value FROM meta WHERE key = ?", [QUEUES])
        if not rows:
            return None
        from msgspec.json import decode

        from desk_app.domain.server_queue import ServerQueues

        return decode(rows[0][0], type=ServerQueues)

    def queue_standing(self, queue: str) -> QueueStanding | None:
        key = kept_as(queue)
        rows = self._all(_STANDING, [key, key])
        if not rows:
            return None
        from datetime import datetime

        from desk_app.domain.server_queue import QueueStanding

        at, named, here = rows[0]
        return QueueStanding(at=datetime.fromisoformat(at), named=named, here=here)
