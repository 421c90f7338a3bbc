"""Tasks, related tickets and referrals: small pages beside a ticket's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk_app.remote.osticket.page import attribute, number_in, text
from desk_app.remote.osticket.thread_page import MARKER, events_of, items_of, moment

if TYPE_CHECKING:
    from datetime import datetime

    from desk_app.remote.osticket.page import Page

_ASSIGNEE = 6
"""Place of the column; the last one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """One line of a ticket's tasks."""

    id: str
    title: str
    is_open: bool
    assignee: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskView:
    """What a task's own page tells besides."""

    mark: str
    """The number that this program gave it; '' if somebody else made it."""
    detail: str
    created_at: datetime | None
    changed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralRow:
    """Somebody that a ticket is shown to."""

    id: str
    kind: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CollaboratorRow:
    """Somebody who takes part in a thread besides the requester."""

    id: str
    """The server's number of their taking part, not of the person."""
    name: str
    email: str
    is_active: bool
    """Whether they get replies."""


def collaborator_rows(page: Page) -> list[CollaboratorRow]:
    """Raise UnreadableAnswerError if any of them lacks a part."""
    found = []
    for box in page.all('form.collaborators input[name="cid[]"]'):
        cell = box.parent
        while cell is not None and cell.tag != "td":
            cell = cell.parent
        link = None if cell is None else cell.css_first("a.collaborator")
        email = None if cell is None else cell.css_first("em")
        if link is None or email is None:
            raise page.missing("name or address of a collaborator")
        found.append(
            CollaboratorRow(
                id=attribute(box, "value"),
                name=text(link),
                email=text(email),
                is_active="checked" in box.attrs,
            )
        )
    return found


def task_rows(page: Page) -> list[TaskRow]:
    """Raise UnreadableAnswerError if this is no list of tasks."""
    if page.find("#tasks_content") is None:
        raise page.missing("#tasks_content")
    found = []
    for row in page.all("tbody.tasks tr[id]"):
        cells = row.css("td")
        if len(cells) <= _ASSIGNEE:
            raise page.missing("columns of a task")
        found.append(
            TaskRow(
                id=attribute(row, "id"),
                title=text(cells[4]),
                is_open=cells[3].css_first("strong") is not None,
                assignee=text(cells[_ASSIGNEE]).strip("\xa0 "),
            )
        )
    return found


def task_view(page: Page) -> TaskView:
    """A task's page within its ticket's."""
    page.get("#task_thread_content")
    marked = page.find(f"#thread-items [{MARKER}]")
    times = [moment(page, time) for time in page.all("#thread-items .header time")]
    body = page.find("#thread-items .thread-body > div")
    times += [event.at for event in events_of(page, items_of(page))]
    mark = "" if marked is None else attribute(marked, MARKER)
    return TaskView(
        mark=mark.removeprefix("task:") if mark.startswith("task:") else "",
        detail="" if body is None else text(body),
        created_at=min(times, default=None),
        changed_at=max(times, default=None),
    )


def related(page: Page) -> tuple[str, ...]:
    """Server's ids of the tickets that a ticket is tied to."""
    links = page.all('form#relations a[href^="tickets.php?id="]')
    return tuple(number_in(attribute(link, "href"), "id=") for link in links)


def referrals(page: Page) -> list[ReferralRow]:
    """Whom a ticket is shown to."""
    kinds = {"icon-user": "agent", "icon-group": "team", "icon-sitemap": "department"}
    found = []
    for field in page.all('input[name="referrals[]"]'):
        row = field.parent
        while row is not None and row.tag != "tr":
            row = row.parent
        if row is None:
            raise page.missing("row of a referral")
        cell = row.css_first("td")
        icon = row.css_first("i[class^=icon-]")
        names = attribute(icon, "class").split() if icon is not None else []
        kind = next((kinds[name] for name in names if name in kinds), "department")
        found.append(
            ReferralRow(
                id=attribute(field, "value"), kind=kind, name="" if cell is None else text(cell)
            )
        )
    return found
