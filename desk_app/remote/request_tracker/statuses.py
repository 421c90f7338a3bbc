"""Statuses of lifecycles that are a site's own. Pure but for two questions.

RT has no way to ask for a lifecycle. What tickets are in, and whether RT counts that as active, it
tells; the ways between are found out ticket by ticket, as RT offers them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from desk_app.domain.lifecycle import Status
from desk_app.domain.people import Permission
from desk_app.domain.ticket import State
from desk_app.remote.request_tracker.payloads import Tickets

if TYPE_CHECKING:
    from desk_app.domain.lifecycle import Lifecycle
    from desk_app.remote.request_tracker.session import Session

_SETS = (("__Active__", State.OPEN), ("__Inactive__", State.CLOSED))
_MOST = 40
"""Statuses that are looked for: each answer is asked again without those it showed."""


def with_own_statuses(session: Session, lifecycle: Lifecycle) -> Lifecycle:
    """The lifecycle with every status that a ticket of the server is in."""
    own: dict[str, State] = {}
    for name, state in _SETS:
        while len(own) < _MOST:
            found = _unknown(session, name, [*lifecycle.statuses, *own])
            if not found:
                break
            own |= dict.fromkeys(sorted(found), state)
    if not own:
        return lifecycle
    statuses = {key: _leading(s, tuple(own)) for key, s in lifecycle.statuses.items()}
    for key, state in own.items():
        ways = tuple(one for one in (*lifecycle.statuses, *own) if one != key)
        statuses[key] = Status(
            key=key,
            name=key[:1].upper() + key[1:],
            state=state,
            to=ways,
            reopens_to=lifecycle.reopened if state is State.CLOSED else None,
            permission=Permission.EDIT,
        )
    return replace(lifecycle, statuses=statuses)


def _unknown(session: Session, name: str, known: list[str]) -> set[str]:
    """Statuses of a set that tickets are in and that are not known yet; some of them."""
    others = " AND ".join(f"Status != '{_quoted(one)}'" for one in known)
    sql = f"Status = '{name}' AND {others}"
    items = session.search(
        Tickets, "/tickets", sql, ("fields", "Status"), ("per_page", "100")
    ).items
    return {ticket.status for ticket in items if ticket.status} - set(known)


def _leading(status: Status, own: tuple[str, ...]) -> Status:
    return replace(status, to=(*status.to, *own))


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")
