"""Tickets for a first sync, by their last change.

By time and not by page: a ticket that is closed meanwhile would move all that follow one place up,
and one would be left out at each page's end. Times are told as 'so many seconds ago', as RT reads
any other as the agent's own time of day.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from desk_app.ports.remote import Listing, UnreadableAnswerError

if TYPE_CHECKING:
    from desk_app.ports.remote import Wanted
    from desk_app.remote.request_tracker.session import Session
    from desk_app.remote.request_tracker.tickets import TicketReader

_SLACK_S = 3
"""The server's clock is known to a second, and a request takes its time."""
_ORDER = (("orderby", "LastUpdated"), ("order", "DESC"), ("orderby", "id"), ("order", "DESC"))
_BETWEEN = "/"


class Lister:
    """Lists tickets. A page's name is the time of its first ticket, and how often that was."""

    def __init__(self, session: Session, tickets: TicketReader) -> None:
        self._session = session
        self._tickets = tickets

    def listing(self, wanted: Wanted, page: str | None) -> Listing:
        until, place = _parsed(page)
        sql = _sql(wanted, until, self._now())
        told, total = self._tickets.search(sql, *_ORDER, ("page", str(place)))
        following = None
        if told and (len(told) == self._tickets.size or total is None):
            last = told[-1].updated_at
            following = _named(last, place + 1 if last == until else 1)
        whole = total if page is None else None
        return Listing(tickets=tuple(told), next_page=following, total=whole)

    def _now(self) -> datetime:
        """The server's time, as far as its last answer told it."""
        return datetime.now(UTC) + timedelta(seconds=self._session.http.clock_skew or 0)


def _sql(wanted: Wanted, until: datetime | None, now: datetime) -> str:
    terms = ["Type = 'ticket'"]
    if wanted.owner is not None:
        owner = wanted.owner.replace("\\", "\\\\").replace("'", "\\'")
        terms.append(f"Owner = '{owner}'")
    if wanted.departments is not None:
        queues = " OR ".join(f"Queue = {int(one)}" for one in sorted(wanted.departments))
        terms.append(f"({queues})" if queues else "id = 0")
    if wanted.open_only:
        terms.append("Status = '__Active__'")
    if wanted.changed_since is not None:
        terms.append(f"LastUpdated > '{_ago(wanted.changed_since, now)}'")
    if until is not None:
        terms.append(f"LastUpdated < '{_ago(until, now - timedelta(seconds=_SLACK_S))}'")
    return " AND ".join(terms)


def _ago(at: datetime, now: datetime) -> str:
    return f"{max(0, int((now - at).total_seconds()))} seconds ago"


def _named(at: datetime, place: int) -> str:
    return f"{int(at.timestamp())}{_BETWEEN}{place}"


def _parsed(page: str | None) -> tuple[datetime | None, int]:
    if page is None:
        return None, 1
    seconds, _, place = page.partition(_BETWEEN)
    try:
        return datetime.fromtimestamp(int(seconds), UTC), int(place)
    except ValueError:
        raise UnreadableAnswerError(why="page", detail="") from None
