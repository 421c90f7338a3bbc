"""Why a ticket is not shown: where it went, as far as it is known here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk_app.ui.texts import denial_text, tr

if TYPE_CHECKING:
    from desk_app.domain.directory import Directory
    from desk_app.domain.entry import Event
    from desk_app.domain.gate import Denial
    from desk_app.ports.reader import TicketPage


def unseen_text(denied: Denial, page: TicketPage, directory: Directory | None) -> str:
    """The reason; of a ticket that its server hides by now also who handed it on, and where to."""
    if page.ticket.department or directory is None:
        return denial_text(denied)
    words = tr("The server does not show you this ticket any more.")
    handed = next((e for e in reversed(page.events) if _place(e) in directory.departments), None)
    if handed is None:
        return f"{words} {denial_text(denied)}"
    told = tr("{who} transferred it to {department}, where you have no access ({at}).")
    agent = directory.agents.get(handed.actor)
    return (
        words
        + " "
        + told.format(
            who=tr("Somebody") if agent is None else agent.name,
            department=directory.departments[_place(handed)].name,
            at=handed.at.astimezone().strftime("%a %d %b %H:%M"),
        )
    )


def _place(event: Event) -> str:
    """The department that an event brought a ticket to; '' for none."""
    found = (str(c.new or "") for c in event.changes if c.field == "department")
    return "" if event.undone else next(found, "")
