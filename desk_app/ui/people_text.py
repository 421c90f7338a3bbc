"""Who asked, and who else reads along: the words beside the thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk_app.ui.texts import field_name, tr

if TYPE_CHECKING:
    from desk_app.ports.reader import TicketPage


def people_text(page: TicketPage) -> str:
    """The requester's card, and under it a line for each role that somebody has."""
    person = page.requester
    card = (person.name, person.email, person.phone, person.organisation, person.notes)
    lines = [line for line in card if line]
    for field, people in (("collaborators", page.collaborators), ("watchers", page.watchers)):
        if people:
            names = ", ".join(one.name for one in people)
            lines.append(tr("{role}: {names}").format(role=field_name(field), names=names))
    return "\n".join(lines)
