"""Whether a number still stands for the ticket that it stood for."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from desk_app.ports.set_back import SetBackError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from desk_app.domain.mirror import Base
    from desk_app.ports.remote import RemoteTicket

_APART = timedelta(seconds=1)


def check_same(told: Iterable[RemoteTicket], known: Mapping[str, Base]) -> None:
    """Raise SetBackError where a server tells of another ticket by a number that is known here.

    Two tickets of one number were made at different times: a server that was set back to a backup
    gives its numbers out again. Nothing of the one may be shown with, or sent to, the other.
    """
    for one in told:
        base = known.get(one.id)
        born = None if base is None else base.born
        if born is not None and one.born is not None and abs(one.born - born) > _APART:
            raise SetBackError()
