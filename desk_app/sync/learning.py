"""What a sign-in tells of a server, to be kept with the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk_app.domain.mirror import Learnt

if TYPE_CHECKING:
    from datetime import datetime

    from desk_app.ports.remote import RemoteServer


def learnt_of(server: RemoteServer, at: datetime) -> Learnt:
    """Ask the adapter, not the network: it knows since it was signed in."""
    can = server.capabilities
    return Learnt(
        at=at,
        product=getattr(server, "product", ""),
        version=getattr(server, "version", ""),
        safe_update=can.safe_update,
        safe_post=can.safe_post,
        sure_probe=can.sure_probe,
        actions=tuple(sorted(str(action) for action in can.actions)),
    )
