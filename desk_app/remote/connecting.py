"""Makes the adapter that an account's server speaks with."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from desk_app.ports.remote import UnknownServerError

if TYPE_CHECKING:
    from desk_app.domain.mirror import Account
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
