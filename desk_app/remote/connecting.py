"""Makes the adapter that an account's server speaks with."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from desk_app.ports.remote import UnknownServerError

if TYPE_CHECKING:
    from desk_app.domain.mirror import Account
    from desk_app.ports.connection import ConnectionReport, Detected
    from desk_app.ports.remote import RemoteServer

ADAPTERS: dict[str, Callable[[Account, str], RemoteServer]] = {}
"""By `Account.kind`; each is given the account and its secret, and asks nothing yet."""


def server_for(account: Account, secret: str) -> RemoteServer:
    """The server of an account; nothing is asked of the network yet.

    Raises:
        UnknownServerError: this version of the program does not know such servers.
    """
    adapter = ADAPTERS.get(account.kind)
    if adapter is None:
        raise UnknownServerError(kind=account.kind)
    return adapter(account, secret)


def detect(url: str, certificates: str) -> Detected:
    """What answers at an address.

    Raises:
        UnknownServerError: nothing that this program knows.
    """
    raise UnknownServerError(kind="", detail=f"{url} {certificates}".strip())


def report(kind: str, url: str, user: str, secret: str, certificates: str) -> ConnectionReport:
    """Sign in and look around; what fails is in the report."""
    from desk_app.domain.mirror import Account
    from desk_app.ports.connection import ConnectionReport
    from desk_app.ports.remote import RemoteError

    account = Account(kind=kind, url=url, user=user, certificates=certificates)
    try:
        server_for(account, secret).sign_in()
    except RemoteError as error:
        return ConnectionReport(url=url, problem=error.code)
    return ConnectionReport(url=url)
