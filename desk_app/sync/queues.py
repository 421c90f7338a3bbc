"""Learns what a server's own queues hold; costs a round nothing where nothing is new."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from desk_app.domain.server_queue import QueueTickets, ServerQueues
from desk_app.ports.remote_errors import UnreadableAnswerError
from desk_app.ports.server_queues import has_queues
from desk_app.sync.mirroring import Mirror

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from desk_app.ports.remote import RemoteServer
    from desk_app.sync.desk import MirroredDesk
    from desk_app.sync.log import SyncLog

BETWEEN = timedelta(seconds=20)
"""Between two looks at the numbers while much is done."""
_TOGETHER = 500
MOST = 5_000
"""Tickets of one queue that are brought, where they are not on the desk: a queue of all that was
ever closed may hold a hundred thousand."""


class ServerQueueReader:
    """One server's queues."""

    def __init__(self, desk: MirroredDesk, server: RemoteServer, log: SyncLog) -> None:
        self._desk = desk
        self._server = server
        self._log = log
        self._looked: datetime | None = None
        self.is_owed = True
        """Tickets changed since the numbers were read: at a start they may have."""
        self.is_wanted = False
        """Somebody wants to see them as they are now."""

    def look(self) -> None:
        """Read tree and numbers, if they may be others than those that are kept."""
        source = has_queues(self._server)
        now = self._desk.now()
        rests = self._looked is not None and now - self._looked < BETWEEN
        if source is None or not (self.is_wanted or (self.is_owed and not rests)):
            return
        try:
            told = source.queues()
        except UnreadableAnswerError as error:  # the tickets have come all the same
            with self._desk.sync_unit() as unit:
                self._log.note(unit, "queues", error.code, str(error.facts.get("detail", "")))
                unit.commit()
            return
        self._looked = now
        self.is_owed = self.is_wanted = False
        with self._desk.sync_unit() as unit:
            unit.keep_queues(ServerQueues(queues=tuple(told), at=now))
            unit.commit()

    def read(self, queue: str) -> None:
        """Ask what is in a queue; what is not on the desk is brought."""
        source = has_queues(self._server)
        if source is None:
            raise UnreadableAnswerError(why="queue", detail=queue)
        named = source.queue_tickets(queue)
        here = self._here(named)
        self._bring([one for one in named if one not in here][:MOST])
        with self._desk.sync_unit() as unit:
            told = QueueTickets(queue=queue, tickets=tuple(named), at=self._desk.now())
            unit.keep_queue_tickets(told)
            unit.commit()

    def _here(self, named: Sequence[str]) -> set[str]:
        with self._desk.sync_unit() as unit:
            return set(unit.bases(named))

    def _bring(self, missing: Sequence[str]) -> None:
        for start in range(0, len(missing), _TOGETHER):
            found = self._server.tickets(missing[start : start + _TOGETHER])
            with self._desk.sync_unit() as unit:
                Mirror(self._desk, unit).take(found)
                unit.commit()
