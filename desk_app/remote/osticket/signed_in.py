"""What a server is asked for besides its tickets' words: its code, its end, who is at a ticket."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desk_app.domain.asked import RequestLine
    from desk_app.ports.holding import Holding
    from desk_app.remote.osticket.holds import Holds
    from desk_app.remote.osticket.session import PanelSession


class SignedIn:
    """The part of an `OsTicketServer` that is about its session."""

    product = "osTicket"

    def __init__(self, session: PanelSession) -> None:
        self._session = session

    @property
    def version(self) -> str:
        return self._session.version

    @property
    def session(self) -> PanelSession:
        return self._session

    @property
    def wants_code(self) -> bool:
        return self._session.code.is_wanted

    def give_code(self, code: str) -> None:
        self._session.give_code(code)

    @property
    def session_secret(self) -> str:
        """A pasted session as the secret that it is by now; '' with a password.

        The server gives a session another id now and then.
        """
        now = self._session.http.cookies
        return "".join(f"{name}={now[name]}" for name in self._session.pasted if now.get(name))

    def close(self) -> None:
        self._session.http.close()

    def take_requests(self) -> list[RequestLine]:
        return self._session.http.journal.take()


class HoldsTickets:
    """The part of an `OsTicketServer` that tells who is at a ticket, and holds one."""

    _holds: Holds

    def _known(self) -> str:
        """Names first: agents are told by them. Returns the agent's own number."""
        raise NotImplementedError

    def holder(self, ticket: str) -> str:
        return self._holds.holder(ticket, self._known())

    def hold(self, ticket: str) -> Holding:
        return self._holds.hold(ticket)

    def release(self, ticket: str) -> None:
        self._holds.release(ticket)
