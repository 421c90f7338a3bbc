"""Makes the adapter that an account's server speaks with, and looks at servers beforehand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from desk_app.domain.mirror import Account
from desk_app.ports.connection import ConnectionReport, Detected
from desk_app.ports.remote import NotReachedError, RemoteError, UnknownServerError
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


def report(
    account: Account,
    secret: str,
    lifecycle: Lifecycle,
) -> ConnectionReport:
    """Sign in and look around; what fails is in the report."""
    found = ConnectionReport(url=account.url)
    server = None
    try:
        server = server_for(account, secret, lifecycle)
        agent = server.sign_in()
        found = _seen(replace(found, agent=agent, capabilities=server.capabilities), server)
        return _with_rights(found, agent, server.directory())
    except RemoteError as error:
        facts = {name: str(value) for name, value in error.facts.items()}
        why, detail = facts.get("why", ""), facts.get("detail", "")
        if server is not None:
            found = _seen(found, server)
        return replace(found, problem=error.code, why=why, detail=detail)
    except (OSError, ValueError) as error:  # the address, or the file of authorities
        return replace(found, problem="not_reached", why="certificate", detail=str(error))
    finally:
        if server is not None:
            server.close()


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
