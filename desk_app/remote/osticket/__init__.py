"""osTicket by the staff panel's own requests, signed in as the agent; nothing is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk_app.remote.http import HttpServer
from desk_app.remote.osticket.server import OsTicketServer
from desk_app.remote.osticket.session import Credentials, PanelSession, panel_address

if TYPE_CHECKING:
    from desk_app.domain.lifecycle import Lifecycle
    from desk_app.remote.http import Limits

__all__ = ["Credentials", "OsTicketServer", "connect"]


def connect(
    url: str,
    credentials: Credentials,
    template: Lifecycle,
    *,
    certificates: str = "",
    limits: Limits | None = None,
) -> OsTicketServer:
    """A server at an address that the agent pasted, of the help desk or any page of its panel.

    `template` holds osTicket's rules; the server's own statuses take the place of its statuses.

    Raises:
        ValueError: that is no address.
        OSError: `certificates` cannot be read.
    """
    http = HttpServer(panel_address(url), certificates=certificates, limits=limits)
    return OsTicketServer(PanelSession(http, credentials), template)
