"""Who is at a ticket, and the lock that an agent keeps while typing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from desk_app.ports.holding import Holding
from desk_app.ports.remote_errors import LockedError, UnreadableAnswerError
from desk_app.remote.osticket.answers import OK
from desk_app.remote.osticket.locks import Told
from desk_app.remote.osticket.page import Page, text
from desk_app.remote.osticket.ticket_page import PageLock

if TYPE_CHECKING:
    from collections.abc import Callable

    from desk_app.remote.osticket.locks import Locks
    from desk_app.remote.osticket.names import Names
    from desk_app.remote.osticket.session import PanelSession

_USUAL_S = 180.0
"""How long a stock server lets a lock stand."""
_SERVER_FAILED = 500


class Holds:
    """Locks that outlast one request; each ends by itself where this program does."""

    def __init__(self, session: PanelSession, locks: Locks, names: Callable[[], Names]) -> None:
        self._session = session
        self._locks = locks
        self._names = names
        self._held: dict[str, PageLock] = {}

    def holder(self, ticket: str, me: str) -> str:
        """The small preview of a ticket says who has its lock, in the agent's language."""
        answer = self._session.get(f"ajax.php/tickets/{ticket}/preview")
        found = Page(answer.body, "preview").find(".lockedTicket")
        if answer.status != OK or found is None:
            return ""
        words, agents = text(found), self._names().agents
        names = sorted((name for name in agents if name in words), key=len)
        who = names[-1] if names else words
        return "" if agents.get(who) == me else who

    def hold(self, ticket: str) -> Holding:
        """Take the lock, or renew it."""
        lock = self._held.get(ticket)
        if lock is not None and self._renewed(ticket, lock):
            return Holding(held=True, seconds=_USUAL_S)
        self._forget(ticket)
        try:
            taken = self._locks.taken(ticket)
        except LockedError as error:
            return Holding(held=False, by=str(error.facts.get("who", "")))
        if taken is None:  # locks are switched off there
            return Holding(held=False)
        self._held[ticket] = taken
        self._locks.kept.add(taken.id)
        return Holding(held=True, seconds=_USUAL_S)

    def release(self, ticket: str) -> None:
        lock = self._held.get(ticket)
        self._forget(ticket)
        self._locks.give_back(lock)

    def _renewed(self, ticket: str, lock: PageLock) -> bool:
        try:
            path = f"ajax.php/lock/{lock.id}/ticket/{ticket}/renew"
            answer = self._session.ask(path, (("id", lock.id),))
        except UnreadableAnswerError as error:
            # So it answers to a renewal within the second of the last one (1.18.1): it is held.
            if error.facts.get("status") == _SERVER_FAILED:
                return True
            raise
        if answer.status != OK:  # spent by a reply, or run out
            return False
        try:
            return msgspec.json.decode(answer.body, type=Told).id == int(lock.id)
        except msgspec.DecodeError:
            return False

    def _forget(self, ticket: str) -> None:
        lock = self._held.pop(ticket, None)
        if lock is not None:
            self._locks.kept.discard(lock.id)
