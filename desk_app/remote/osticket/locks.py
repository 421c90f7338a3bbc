"""The server's lock on a ticket: taken to write, shown where another has it, never broken."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec

from desk_app.ports.remote_errors import LockedError, RemoteError, UnreadableAnswerError
from desk_app.remote.osticket.answers import OK
from desk_app.remote.osticket.page import Page, text
from desk_app.remote.osticket.ticket_page import PageLock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desk_app.remote.osticket.session import PanelSession
    from desk_app.remote.osticket.ticket_page import TicketPage

_WAIT_S = 60.0
_OFF = 418
"""The server says that it is a teapot where locks are switched off."""


class Told(msgspec.Struct):
    """What the panel says of a lock."""

    id: int = 0
    code: str = ""
    msg: str = ""


class Locks:
    """Takes and gives back locks; one at a time."""

    def __init__(self, session: PanelSession) -> None:
        self._session = session
        self.kept: set[str] = set()
        """Ids of those that are held beyond a request: they are not given back with it."""

    @contextmanager
    def on(self, page: TicketPage) -> Iterator[PageLock | None]:
        """Hold the lock of a ticket whose page was just read; None where locks are off.

        Raises:
            LockedError: somebody else has it (`who`).
        """
        lock = self.take(page)
        try:
            yield lock
        finally:
            self.give_back(lock)

    def take(self, page: TicketPage) -> PageLock | None:
        # A lock of one's own is not asked for again: stock 1.18.1 fails at that question.
        return page.lock if page.lock is not None else self.taken(page.id)

    def give_back(self, lock: PageLock | None) -> None:
        """Never a reason to fail: a lock ends by itself after some minutes."""
        if lock is None or lock.id in self.kept:
            return
        try:
            self._session.ask(f"ajax.php/lock/{lock.id}/release", (("id", lock.id),))
        except RemoteError:
            return

    def taken(self, ticket: str) -> PageLock | None:
        """Take the lock of a ticket; raise LockedError if somebody else has it."""
        answer = self._session.ask(f"ajax.php/lock/ticket/{ticket}", (("id", ticket),))
        if answer.status == _OFF:
            return None
        try:
            told = msgspec.json.decode(answer.body, type=Told)
        except msgspec.DecodeError:
            told = Told()
        if answer.status != OK or not (told.id or told.msg):
            raise UnreadableAnswerError(why="lock", detail=f"status {answer.status}")
        if not told.id:
            raise LockedError(retry_after=_WAIT_S, who=_who(told.msg))
        return PageLock(id=str(told.id), code=told.code)


def _who(message: str) -> str:
    """Who has the lock: a name after a picture, in a sentence of the agent's language."""
    page = Page(f"<p>{message}</p>".encode(), "lock")
    name = message.rpartition(">")[2].strip()
    return name or text(page.get("p"))
