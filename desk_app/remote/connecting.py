"""Makes the adapter that an account's server speaks with, and looks at servers beforehand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from desk_app.domain.mirror import Account
from desk_app.ports.connection import ConnectionReport, Detected
from desk_app.ports.remote_errors import (
    NotReachedError,
    RemoteError,
    SignInError,
    UnknownServerError,
)
from desk_app.ports.sign_in import CODE_OVER, waiting_for_code
from desk_app.remote.addresses import checked_address
from desk_app.remote.osticket import found as osticket
from desk_app.remote.request_tracker import found as request_tracker

if TYPE_CHECKING:
    from desk_app.domain.directory import Directory
    from desk_app.domain.lifecycle import Lifecycle
    from desk_app.ports.remote import RemoteAgent, RemoteServer
    from desk_app.remote.http import HttpServer

Adapter = Callable[[Account, str, "Lifecycle"], "RemoteServer"]
Detector = Callable[[str, str], "Detected | None"]

ADAPTERS: dict[str, Adapter] = {"rt": request_tracker.connect, "osticket": osticket.connect}
"""By `Account.kind`; each is given the account, its secret and the rules that such a server has
when it is new, and asks nothing yet."""
DETECTORS: tuple[Detector, ...] = (request_tracker.detect, osticket.detect)
"""Each looks for one product at an address, without credentials."""


def server_for(account: Account, secret: str, lifecycle: Lifecycle) -> RemoteServer:
    """The server of an account; nothing is asked of the network yet.

    Raises:
        UnknownServerError: this version of the program does not know such servers.
    """
    adapter = ADAPTERS.get(account.kind)
    if adapter is None:
        raise UnknownServerError(kind=account.kind)
    return adapter(account, secret, lifecycle)


def detect(url: str, certificates: str) -> Detected:
    """What answers at an address, typed as people type them.

    A server that sends on to its own https is followed there, as nothing is told it yet.

    Raises:
        UnknownServerError: nothing that this program knows, or no address.
        NotReachedError: nobody answers.
    """
    address = _address(url)
    try:
        return _detected(address, certificates)
    except NotReachedError as error:
        safer = str(error.facts.get("to", ""))
        if not _is_safer(address, safer):
            raise
    path = urlsplit(address).path
    return _detected(f"https://{urlsplit(safer).netloc.removesuffix(':443')}{path}", certificates)


class SignInTrial:
    """A sign-in that is tried before a desk is made; what was given is given once.

    Between its steps the server is remembered and no line is kept open.
    """

    def __init__(self) -> None:
        self._tried: tuple[Account, str, RemoteServer] | None = None
        self._seen: tuple[RemoteAgent, Directory] | None = None

    def report(self, account: Account, secret: str, lifecycle: Lifecycle) -> ConnectionReport:
        """Sign in and look around; what fails is in the report."""
        self.forget()
        try:
            server = server_for(account, secret, lifecycle)
        except (OSError, ValueError) as error:  # the address, or the file of authorities
            return _no_line(account, error)
        except RemoteError as error:
            return _with_problem(ConnectionReport(url=account.url), error)
        self._tried = (_sign_in_of(account), secret, server)
        return self._looked(server)

    def give_code(self, code: str) -> ConnectionReport:
        """Go on with a sign-in that waits for its second factor."""
        if self._tried is None:
            return ConnectionReport(url="", problem=SignInError.code, why=CODE_OVER)
        account, _, server = self._tried
        found = ConnectionReport(url=account.url)
        try:
            asked = waiting_for_code(server)
            if asked is None:
                raise SignInError(why=CODE_OVER, detail="")
            asked.give_code(code)
        except RemoteError as error:
            return _with_problem(_seen(found, server), error)
        finally:
            server.close()
        return self._looked(server)

    def server(self, account: Account, secret: str, lifecycle: Lifecycle) -> RemoteServer:
        """The one that was tried, if it was the same sign-in; else a new one."""
        if self._tried is not None and self._tried[:2] == (_sign_in_of(account), secret):
            return self._tried[2]
        made = server_for(account, secret, lifecycle)
        self.forget()
        self._tried = (_sign_in_of(account), secret, made)
        return made

    def seen(self, server: RemoteServer) -> tuple[RemoteAgent, Directory]:
        """Who is signed in and what is there; not read again where the trial has just read it."""
        tried = self._tried is not None and self._tried[2] is server
        if self._seen is not None and tried:
            return self._seen
        return server.sign_in(), server.directory()

    def forget(self) -> None:
        """The desk was made, or is not wanted."""
        self._tried = self._seen = None

    def _looked(self, server: RemoteServer) -> ConnectionReport:
        account = self._tried[0] if self._tried is not None else Account(kind="", url="", user="")
        found = ConnectionReport(url=account.url)
        try:
            agent = server.sign_in()
            found = _seen(replace(found, agent=agent, capabilities=server.capabilities), server)
            self._seen = (agent, server.directory())
            return _with_rights(found, *self._seen)
        except RemoteError as error:
            return _with_problem(_seen(found, server), error)
        except (OSError, ValueError) as error:
            return _no_line(account, error)
        finally:
            server.close()


class HandedOver:
    """Servers that were signed in to when their desk was made, for the desk's own link.

    Signing in once more would ask for a second code.
    """

    def __init__(self) -> None:
        self._left: dict[tuple[Account, str], RemoteServer] = {}

    def leave(self, account: Account, secret: str, server: RemoteServer) -> None:
        self._left[_sign_in_of(account), secret] = server

    def take(self, account: Account, secret: str) -> RemoteServer | None:
        """Each once."""
        return self._left.pop((_sign_in_of(account), secret), None)


def report(account: Account, secret: str, lifecycle: Lifecycle) -> ConnectionReport:
    """Sign in and look around once; what fails is in the report."""
    return SignInTrial().report(account, secret, lifecycle)


def _sign_in_of(account: Account) -> Account:
    """Who signs in where, without what is kept of it."""
    return Account(
        kind=account.kind, url=account.url, user=account.user, certificates=account.certificates
    )


def _no_line(account: Account, error: Exception) -> ConnectionReport:
    return ConnectionReport(
        url=account.url, problem=NotReachedError.code, why="certificate", detail=str(error)
    )


def _with_problem(found: ConnectionReport, error: RemoteError) -> ConnectionReport:
    facts = {name: str(value) for name, value in error.facts.items()}
    why, detail = facts.pop("why", ""), facts.pop("detail", "")
    return replace(found, problem=error.code, why=why, detail=detail, facts=facts)


def _seen(found: ConnectionReport, server: RemoteServer) -> ConnectionReport:
    """With what the line itself told, whatever became of the sign-in."""
    http: HttpServer | None = getattr(getattr(server, "session", None), "http", None)
    if http is None:
        return found
    skew = http.clock_skew
    return replace(
        found,
        product=getattr(server, "product", ""),
        version=getattr(server, "version", ""),
        encrypted=http.url.startswith("https:"),
        issuer=http.issuer,
        proxy=http.proxy,
        skew_s=None if skew is None else -skew,
    )


def _with_rights(
    found: ConnectionReport, agent: RemoteAgent, directory: Directory
) -> ConnectionReport:
    me = directory.agents[agent.key]
    roles = {directory.roles[me.role_in(key)] for key in me.departments if me.role_in(key)}
    rights = {right for role in roles for right in role.permissions}
    places = {key: directory.departments[key].name for key in me.departments}
    return replace(found, departments=places, rights=tuple(sorted(rights)))


def _detected(address: str, certificates: str) -> Detected:
    for detector in DETECTORS:
        found = detector(address, certificates)
        if found is not None:
            return found
    raise UnknownServerError(kind="", detail=address)


def _address(url: str) -> str:
    """An address as typed: https where nothing else is said."""
    text = url.strip()
    try:
        return checked_address(text if "://" in text else f"https://{text}")
    except ValueError:
        raise UnknownServerError(kind="", detail=text) from None


def _is_safer(address: str, other: str) -> bool:
    """Whether the same host is meant, by https instead of http."""
    here, there = urlsplit(address), urlsplit(other)
    return (here.scheme, there.scheme) == ("http", "https") and here.hostname == there.hostname
