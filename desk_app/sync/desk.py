"""What the engine needs of the desk that it keeps in step with a server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from desk_app.domain.mirror import Account
    from desk_app.ports.host import IdSource
    from desk_app.ports.sync import SyncUnit
    from desk_app.ports.unit_of_work import AttachmentStore


class MirroredDesk(Protocol):
    """One desk with a server. Every part blocks: the engine runs on a worker."""

    @property
    def ids(self) -> IdSource: ...

    @property
    def files(self) -> AttachmentStore: ...

    def sync_unit(self) -> SyncUnit:
        """A new transaction."""
        ...

    def clean_html(self, html: str) -> str: ...

    def now(self) -> datetime: ...


def account_of(desk: MirroredDesk) -> Account:
    """The account as it is now.

    Raises:
        LookupError: the desk has no server.
    """
    with desk.sync_unit() as unit:
        found = unit.account()
    if found is None:
        raise LookupError("a desk without an account is not synced")
    return found
