"""Ties a ticket to others: links, merges and those it is shown to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk_app.domain.ticket import Referral
from desk_app.ports.remote import Gone
from desk_app.ports.remote_errors import RefusedByServerError
from desk_app.remote.osticket.answers import DONE, GONE, check_done
from desk_app.remote.osticket.names import UNKNOWN

if TYPE_CHECKING:
    from desk_app.domain.entry import Change
    from desk_app.ports.remote import RemoteTicket, Sending
    from desk_app.remote.osticket.dialogs import ReferralRow
    from desk_app.remote.osticket.session import Form, PanelSession
    from desk_app.remote.osticket.ticket_page import TicketPage
    from desk_app.remote.osticket.tickets import Seen, Tickets

_LONGEST_WORDS = 500
_COMBINED, _LINKED = "1", "2"
"""Two of the panel's ways to tie tickets together: one thread, or two that name each other."""


class Ties:
    """Writes what a ticket has to do with others."""

    def __init__(self, session: PanelSession, tickets: Tickets) -> None:
        self._session = session
        self._tickets = tickets
        self.said = ""
        """The panel's words to the last tie, which may be wrong: it is done all the same."""

    def link(self, sending: Sending, change: Change, seen: Seen, words: str) -> None:
        there = set(seen.ticket.links)
        wanted, had = others(change.new, sending), others(change.old, sending)
        for other in sorted(wanted - there):
            self._tie(seen, other, (("title", "link"), ("combine", _LINKED)), seen.page.number)
        for other in sorted((had - wanted) & there):
            form = (("title", "link"), ("combine", _LINKED), ("dtids[]", other))
            self._post(f"tickets/{seen.page.id}/merge", form, "unlink")

    def merge(self, sending: Sending, change: Change, seen: Seen, words: str) -> None:
        into = sending.others[int(str(change.new))]
        parent = self._tickets.page(into)
        if isinstance(parent, Gone):
            raise RefusedByServerError(words="", why=f"gone_{parent.why}")
        status = _closed_status(sending, seen.page)
        form = (
            ("title", "merge"),
            ("combine", _COMBINED),
            ("participants", "all"),
            ("childStatusId", status),
            ("parentStatusId", ""),
            ("tids[]", parent.number),
            ("tids[]", seen.page.number),
        )
        self._tied(f"tickets/{into}/merge", form)

    def _tie(self, seen: Seen, other: str, form: Form, number: str) -> None:
        page = self._tickets.page(other)
        if isinstance(page, Gone):
            raise RefusedByServerError(words="", why=f"gone_{page.why}")
        named = (("tids[]", number), ("tids[]", page.number))
        self._tied(f"tickets/{seen.page.id}/merge", (*form, *named))

    def _tied(self, path: str, form: Form) -> None:
        """The panel says 404 also where it did tie them: reading back tells."""
        answer = self._session.change(f"ajax.php/{path}", form)
        if answer.status == GONE:
            self.said = answer.body.decode("utf-8", "replace").strip()[:_LONGEST_WORDS]
        elif answer.status != DONE:
            check_done(answer, "merge")

    def refer(self, sending: Sending, change: Change, seen: Seen, words: str) -> None:
        ticket = seen.page.id
        wanted, had = set(listed(change.new)), set(listed(change.old))
        for referral in sorted(wanted - had, key=repr):
            target = "dept" if referral.kind == "department" else referral.kind
            form = (
                ("do", "refer"),
                ("target", target),
                (target, sendable(referral.key)),
                ("comments", words),
            )
            self._post(f"tickets/{ticket}/refer", form, "refer")
        rows = {self._tickets.referral(row): row.id for row in self._referral_rows(ticket)}
        for referral in sorted(had - wanted, key=repr):
            if referral in rows:
                end = (("do", "manage"), ("referrals[]", f"-{rows[referral]}"))
                self._session.change(f"ajax.php/tickets/{ticket}/referrals", end)

    def _referral_rows(self, ticket: str) -> list[ReferralRow]:
        return self._tickets.referral_rows(ticket)

    def is_referred(self, change: Change, page: TicketPage) -> bool:
        """Whether those whom a change names see it, or do not, as it says."""
        there = {self._tickets.referral(row) for row in self._referral_rows(page.id)}
        wanted, had = set(listed(change.new)), set(listed(change.old))
        return wanted <= there and not (had - wanted) & there

    def _post(self, path: str, form: Form, what: str) -> None:
        check_done(self._session.change(f"ajax.php/{path}", form), what)


def sendable(key: object) -> str:
    """The server's number in a key; what has a name alone cannot be sent."""
    if str(key).startswith(UNKNOWN):
        raise RefusedByServerError(words="", why="unknown_key")
    return str(key)


def others(value: object, sending: Sending) -> set[str]:
    listed = value if isinstance(value, (tuple, list)) else ()
    return {sending.others[int(one)] for one in listed if int(one) in sending.others}


def listed(value: object) -> list[Referral]:
    listed = value if isinstance(value, (tuple, list)) else ()
    return [one for one in listed if isinstance(one, Referral)]


def _closed_status(sending: Sending, page: TicketPage) -> str:
    """What the ticket shall become; else the first that closes."""
    changes = getattr(sending.step, "changes", ())
    wanted = next((sendable(c.new) for c in changes if c.field == "status"), "")
    return wanted or next((s.id for s in page.offered if s.way == "close"), "3")


def links_are(change: Change, sending: Sending, told: RemoteTicket) -> bool:
    wanted, had = others(change.new, sending), others(change.old, sending)
    there = set(told.links)
    return wanted <= there and not (had - wanted) & there


def is_merged(change: Change, sending: Sending, told: RemoteTicket) -> bool:
    return told.merged_into == sending.others.get(int(str(change.new)))
