"""Marks a ticket overdue, and takes the mark away, which the panel has no button for.

Any change of the due time takes it away (seen on 1.18.1; so does another plan). So the due time is
set to another one and back. Where the program ends between the two, a ticket with a time of its
own is due a minute later; one without is found again by a year that nobody means.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from desk_app.ports.remote_errors import (
    NoAnswerError,
    NotReachedError,
    RefusedByServerError,
    ServerBusyError,
)
from desk_app.remote.osticket.answers import OK, check_done, refusal_words
from desk_app.remote.osticket.page import Page

if TYPE_CHECKING:
    from collections.abc import Callable

    from desk_app.domain.entry import Change
    from desk_app.ports.remote import Sending
    from desk_app.remote.osticket.session import PanelSession
    from desk_app.remote.osticket.tickets import Seen, Tickets

_MINUTE = timedelta(minutes=1)
_NEVER = datetime(2099, 12, 30, 12, tzinfo=UTC)
"""Due time, for a moment, of a ticket that has none of its own."""


class LateMark:
    """Writes the mark of one ticket."""

    def __init__(
        self, session: PanelSession, tickets: Tickets, now: Callable[[], datetime]
    ) -> None:
        """`now`: by the server's clock, which refuses a due time that has passed."""
        self._session = session
        self._tickets = tickets
        self._now = now
        self.said = ""
        """The panel's words where it did not do what it was asked."""

    def write(self, sending: Sending, change: Change, seen: Seen, words: str) -> None:
        """Bring the mark to what the change says."""
        self.said = ""
        if change.new is None:
            self._take_away(seen)
        elif not seen.page.is_overdue:
            self._mark(seen.page.id)

    def finish(self, change: Change, seen: Seen) -> None:
        """Of a change whose answer was lost: take away the time that it set for a moment."""
        if change.new is None and not seen.page.is_overdue:
            row = self._tickets.fresh_row(seen.page)
            if row is not None and _is_never(row.due):
                self._due(seen.page.id, None)

    def _mark(self, ticket: str) -> None:
        """A form of the page itself, which is shown again whether it was done or not."""
        form = (("id", ticket), ("a", "process"), ("do", "overdue"))
        answer = self._session.change(f"tickets.php?id={ticket}", form)
        if answer.status == OK:
            self.said = refusal_words(Page(answer.body, "overdue"))

    def _take_away(self, seen: Seen) -> None:
        if "edit" not in seen.page.doors:
            raise RefusedByServerError(words="", why="no_unmark")
        row = self._tickets.fresh_row(seen.page)
        if row is None:
            raise RefusedByServerError(words="", why="no_unmark")
        if not seen.page.is_overdue:
            return
        ticket, due = seen.page.id, self._tickets.whole(seen.page).ticket.due_at
        if due is not None and due <= self._now() + _MINUTE:
            raise RefusedByServerError(words="", why="late_by_time")
        own = None if row.due is None else due
        self._due(ticket, _NEVER if own is None else own + _MINUTE)
        try:
            self._due(ticket, own)
        except (NotReachedError, ServerBusyError):  # half of it is done: look, do not begin anew
            raise NoAnswerError(why="read_back") from None

    def _due(self, ticket: str, due: datetime | None) -> None:
        value = "" if due is None else due.isoformat(timespec="seconds")
        path = f"ajax.php/tickets/{ticket}/field/duedate/edit"
        check_done(self._session.change(path, (("duedate", value), ("comments", ""))), "duedate")


def _is_never(due: datetime | None) -> bool:
    """By the year and month alone: of the clocks of that year nothing is known."""
    return due is not None and (due.year, due.month) == (_NEVER.year, _NEVER.month)
