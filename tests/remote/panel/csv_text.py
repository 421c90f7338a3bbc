"""An exported table in the dialect of the live server: no quote is doubled after a backslash."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from tests.remote.panel.truth import (
    DEPARTMENTS,
    PRIORITIES,
    SLAS,
    STATUSES,
    TEAMS,
    TOPICS,
    Ticket,
    Truth,
)

OFFERED = [
    *("number", "created", "cdata__subject", "user__name", "user__emails__address"),
    *("cdata__priority", "dept_id", "topic_id", "source", "status__id", "lastupdate"),
    *("est_duedate", "sla_id", "duedate", "closed", "isoverdue", "merged", "linked"),
    *("isanswered", "staff_id", "team_id", "thread_count", "reopen_count"),
    *("attachment_count", "task_count"),
]


def csv_text(
    truth: Truth,
    tickets: Iterable[Ticket],
    fields: Sequence[str],
    cut: str,
    offset: timedelta,
    digits: str = "0123456789",
) -> str:
    """Columns stand in the dialog's order, those that it does not have at the end."""
    columns = [name for name in OFFERED if name in fields]
    columns += [name for name in fields if name not in columns]
    lines = [
        cut.join(quoted(f"Title of {name}" if name in OFFERED else "", cut) for name in columns)
    ]
    for ticket in tickets:
        cells = cells_of(truth, ticket, offset, digits)
        lines.append(cut.join(quoted(cells.get(name, ""), cut) for name in columns))
    return "\ufeff" + "\n".join([*lines, ""])


def quoted(cell: str, cut: str) -> str:
    if not any(c in cell for c in f'"\\\n\r\t {cut}'):
        return cell
    out, escaped = [], False
    for c in cell:
        if c == "\\":
            escaped = True
        elif c == '"' and not escaped:
            out.append('"')
        else:
            escaped = False
        out.append(c)
    return '"' + "".join(out) + '"'


def cells_of(
    truth: Truth, ticket: Ticket, offset: timedelta, digits: str = "0123456789"
) -> dict[str, str]:
    table = str.maketrans("0123456789", digits)

    def shown(at: datetime | None) -> str:
        return "" if at is None else f"{at + offset:%Y-%m-%d %H:%M:%S}".translate(table)

    staff, children = truth.agents.get(ticket.staff), truth.children(ticket)
    tied = bool(ticket.parent or children)
    merged = ticket.merged or any(child.merged for child in children)  # of both alike
    hours = SLAS[ticket.sla][1] if ticket.sla else None
    estimated = None if hours is None else ticket.created + timedelta(hours=hours)
    return {
        "number": ticket.number,
        "created": shown(ticket.created),
        "cdata__subject": ticket.subject,
        "user__name": ticket.user.name,
        "user__emails__address": ticket.user.email,
        "cdata__priority": PRIORITIES[ticket.priority],
        "dept_id": DEPARTMENTS[ticket.dept],
        "topic_id": TOPICS.get(ticket.topic, ""),
        "source": ticket.source,
        "status__id": STATUSES.get(ticket.status, "Archived"),
        "lastupdate": shown(ticket.lastupdate),
        "est_duedate": shown(ticket.due or estimated),
        "sla_id": SLAS[ticket.sla][0] if ticket.sla else "",
        "duedate": shown(ticket.due),
        "closed": shown(ticket.closed),
        "isoverdue": "Nein",
        "merged": "Ja" if merged else "Nein",
        "linked": "Ja" if tied and not merged else "Nein",
        "isanswered": "Ja" if ticket.answered else "Nein",
        "staff_id": staff.name if staff is not None else "",
        "team_id": TEAMS.get(ticket.team, ""),
        "thread_count": str(len(ticket.entries) or ""),
        "task_count": str(len(ticket.tasks) or ""),
        "ticket_id": ticket.id,
    }
