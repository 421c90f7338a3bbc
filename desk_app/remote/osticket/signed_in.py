"""What a server's session is asked for besides tickets: its version, its code, its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
