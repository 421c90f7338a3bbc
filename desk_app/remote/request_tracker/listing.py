"""Tickets for a first sync, the newest made first.

By number, and not by page or by last change: a ticket that is closed or changed meanwhile would
move all that follow one place up, and one would be left out at each page's end. What changes
meanwhile is in the feed.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from desk_app.ports.remote import Listing
from desk_app.ports.remote_errors import UnreadableAnswerError

if TYPE_CHECKING:
    from desk_app.ports.remote import Wanted
    from desk_app.remote.request_tracker.session import Session
    from desk_app.remote.request_tracker.tickets import TicketReader

_ORDER = (("orderby", "id"), ("order", "DESC"))


class Lister:
    """Lists tickets. A page's name is the number that all of its tickets are below."""

    def __init__(self, session: Session, tickets: TicketReader) -> None:
        self._session = session
        self._tickets = tickets

    def listing(self, wanted: Wanted, page: str | None) -> Listing:
        told, total = self._tickets.search(self._sql(wanted, page), *_ORDER)
        whole = total is not None and len(told) < self._tickets.size
        following = None if whole or not told else told[-1].id
        return Listing(
            tickets=tuple(told), next_page=following, total=total if page is None else None
        )

    def _sql(self, wanted: Wanted, page: str | None) -> str:
        terms = ["Type = 'ticket'"]
        if page is not None:
            if not page.isdigit():
                raise UnreadableAnswerError(why="page", detail="")
            terms.append(f"id < {page}")
        owners = (("=", wanted.owner), ("!=", wanted.not_owner))
        terms += [f"Owner {sign} '{_quoted(who)}'" for sign, who in owners if who is not None]
        if wanted.departments is not None:
            queues = " OR ".join(f"Queue = {int(one)}" for one in sorted(wanted.departments))
            terms.append(f"({queues})" if queues else "id = 0")
        kinds = (("Active", wanted.open_only), ("Inactive", wanted.closed_only))
        terms += [f"Status = '__{kind}__'" for kind, is_wanted in kinds if is_wanted]
        if wanted.changed_since is not None:
            terms.append(f"LastUpdated > '{self._ago(wanted.changed_since)}'")
        return " AND ".join(terms)

    def _ago(self, at: datetime) -> str:
        """As 'so long ago': any other time RT reads as the agent's own time of day."""
        skew = self._session.http.clock_skew or 0
        seconds = (datetime.now(UTC) + timedelta(seconds=skew) - at).total_seconds()
        return f"{max(0, int(seconds))} seconds ago"


def _quoted(name: str) -> str:
    return name.replace("\\", "\\\\").replace("'", "\\'")
