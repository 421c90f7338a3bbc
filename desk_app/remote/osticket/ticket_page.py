"""A ticket's page in the staff panel, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk_app.remote.osticket.page import attribute, chosen, number_in, options, text
from desk_app.remote.osticket.thread_page import entries_of, events_of

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

    from desk_app.remote.osticket.page import Page
    from desk_app.remote.osticket.thread_page import PageEntry, PageEvent

_TABLES = "table.ticket_info:not(.custom-data)"
_ROWS = 4
"""Rows of the first box: status, priority, department, time of creation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedStatus:
    """A status that the panel offers for a ticket."""

    id: str
    name: str
    way: str
    """`close`, `reopen`, `archive` or `delete`: tells the state of the status."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLock:
    """The agent's own lock on a ticket."""

    id: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketPage:
    """What a ticket's page tells; names are those of the agent's language."""

    id: str
    number: str
    subject: str
    status: str
    priority: str
    department: str
    assignees: str
    """Agent and team, `/` between them; of a closed ticket who closed it."""
    is_open: bool
    sla: str
    topic: str
    source: str
    requester: str
    requester_name: str
    requester_email: str
    entries: tuple[PageEntry, ...]
    events: tuple[PageEvent, ...]
    thread: str
    """Server's id of the thread."""
    offered: tuple[OfferedStatus, ...]
    reply_statuses: tuple[tuple[str, str], ...]
    """Ids and names; the present one is `status_id`."""
    status_id: str
    """'' where the agent may not reply."""
    doors: frozenset[str]
    """What the page has a button for: `transfer`, `assign`, `claim`, `reply`, `note` and others."""
    answered: bool | None
    """None: the agent may not change it, so the page does not tell."""
    priority_field: str
    """Server's id of the field that holds the priority; '' where it may not be edited."""
    custom: tuple[tuple[str, str], ...]
    """Answers by the server's ids of the fields; the empty ones are ''."""
    labels: tuple[tuple[str, str], ...]
    """What the fields of `custom` are called."""
    tasks: int
    has_relations: bool
    is_merged: bool
    """It is a part of another ticket now: nothing can be written."""
    lock: PageLock | None
    from_email: str
    canned: tuple[tuple[str, str], ...]
    collaborators: tuple[tuple[str, bool], ...]
    """Server's ids of people, and whether they get replies."""


def is_ticket(page: Page, ticket: str) -> bool:
    """Whether this is the page of that ticket: for others the panel shows a queue instead."""
    return page.find("#ticket_thread") is not None and (
        page.find(f'a[href="tickets.php?id={ticket}&a=print"], #ticket-print') is not None
    )


def ticket_page(page: Page, ticket: str) -> TicketPage:
    """Raise UnreadableAnswerError, naming what is missing, rather than give half a ticket."""
    tables = page.all(_TABLES)
    if len(tables) < 2:  # noqa: PLR2004 - the two boxes of every ticket
        raise page.missing("table.ticket_info")
    boxes = [inner for table in tables[:2] for inner in table.css("td > table")]
    if len(boxes) != 4 or len(_cells(boxes[0])) != _ROWS:  # noqa: PLR2004 - left and right
        raise page.missing("rows of table.ticket_info")
    top, person, second, third = (_cells(box) for box in boxes)
    if not (second and third):
        raise page.missing("rows of the second table.ticket_info")
    doors = _doors(page, ticket)
    custom, labels = _custom(page)
    name = page.get("span[id^=user-][id$=-name]")
    email = page.get("span[id^=user-][id$=-email]")
    statuses = page.find('select[name="reply_status_id"]')
    source = page.find("#field_source")
    return TicketPage(
        id=ticket,
        number=_number(page),
        subject=text(page.get(".tixTitle h3")),
        status=text(top[0]),
        priority=text(top[1]),
        department=text(top[2]),
        assignees=_unless_faded(second[0]),
        is_open=page.find("#field_assign") is not None or _is_open(page),
        sla=text(page.get("#field_sla")),
        topic=_unless_faded(third[0]),
        source=text(source) if source is not None else text(person[-1]),
        requester=number_in(attribute(name, "id"), "user-"),
        requester_name=text(name),
        requester_email=text(email),
        entries=entries_of(page),
        events=events_of(page),
        thread=attribute(page.get("#thread-items"), "data-thread-id"),
        offered=_offered(page, ticket),
        reply_statuses=() if statuses is None else tuple(_named(statuses)),
        status_id="" if statuses is None else chosen(statuses),
        doors=doors,
        answered=_answered(doors),
        priority_field=_priority_field(top[1]),
        custom=custom,
        labels=labels,
        tasks=_count(page, "#ticket-tasks-count"),
        has_relations=page.find("#ticket-relations-tab") is not None,
        is_merged=page.find("form#note") is None,
        lock=_lock(page),
        from_email=_chosen_of(page, "#from_email_id"),
        canned=_canned(page),
        collaborators=_collaborators(page),
    )


def _cells(table: LexborNode) -> list[LexborNode]:
    """The value of each row."""
    return [cell for row in table.css("tr") if (cell := row.css_first("td")) is not None]


def _number(page: Page) -> str:
    """What people call the ticket; before it stands a word in the agent's language."""
    found = text(page.get(".sticky.bar h2 > a")).rpartition("#")[2].strip()
    if not found:
        raise page.missing("number in .sticky.bar h2")
    return found


def _unless_faded(cell: LexborNode) -> str:
    """What a cell says; '' where it says that there is nothing."""
    return "" if cell.css_first(".faded") is not None else text(cell)


def _is_open(page: Page) -> bool:
    """Only an open ticket can be assigned or is due."""
    return page.find("#field_duedate") is not None or page.find("#ticket-assign") is not None


def _offered(page: Page, ticket: str) -> tuple[OfferedStatus, ...]:
    found = []
    for link in page.all(f'a[href^="#tickets/{ticket}/status/"]'):
        way, _, number = attribute(link, "href").rpartition("/status/")[2].partition("/")
        if number:
            found.append(OfferedStatus(id=number, name=text(link), way=way))
    return tuple(dict.fromkeys(found))


def _doors(page: Page, ticket: str) -> frozenset[str]:
    """The panel shows a button only where this agent's role and the ticket's state allow it."""
    found = set()
    for link in page.all(f'a[href*="tickets/{ticket}/"]'):
        way = attribute(link, "href").partition(f"tickets/{ticket}/")[2]
        found.add(way if way.startswith(("mark/", "status/delete")) else way.partition("/")[0])
    if page.find(f'a[href="tickets.php?id={ticket}&a=edit"]') is not None:
        found.add("edit")
    for form in ("reply", "note"):
        if page.find(f"form#{form}") is not None:
            found.add(form)
    return frozenset(found)


def _answered(doors: frozenset[str]) -> bool | None:
    if "mark/unanswered" in doors:
        return True
    return False if "mark/answered" in doors else None


def _priority_field(cell: LexborNode) -> str:
    link = cell.css_first("a.inline-edit")
    return "" if link is None else number_in(attribute(link, "href"), "/field/")


def _custom(page: Page) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    answers, labels = [], []
    for cell in page.all("table.custom-data td[id^=inline-answer-]"):
        number = number_in(attribute(cell, "id"), "inline-answer-")
        shown = cell.css_first("[id^=field_]")
        faded = shown is not None and "faded" in attribute(shown, "class").split()
        answers.append((number, "" if faded else text(shown if shown is not None else cell)))
        label = cell.parent.css_first("td") if cell.parent is not None else None
        labels.append((number, "" if label is None else text(label).removesuffix(":")))
    return tuple(answers), tuple(labels)


def _count(page: Page, selector: str) -> int:
    found = page.find(selector)
    digits = "" if found is None else text(found)
    return int(digits) if digits.isdigit() else 0


def _lock(page: Page) -> PageLock | None:
    form = page.find("form[data-lock-id]")
    code = page.field("lockCode")
    number = "" if form is None else attribute(form, "data-lock-id")
    return PageLock(id=number, code=code) if number and code else None


def _chosen_of(page: Page, selector: str) -> str:
    found = page.find(selector)
    return "" if found is None else chosen(found)


def _named(statuses: LexborNode) -> list[tuple[str, str]]:
    """The statuses of the reply form; the present one says so in brackets, in any language."""
    present = chosen(statuses)
    return [
        (value, name.rpartition(" (")[0] or name if value == present else name)
        for value, name in options(statuses)
    ]


def _canned(page: Page) -> tuple[tuple[str, str], ...]:
    found = page.find("#cannedResp")
    return (
        ()
        if found is None
        else tuple((value, name) for value, name in options(found) if value.isdigit())
    )


def _collaborators(page: Page) -> tuple[tuple[str, bool], ...]:
    return tuple(
        (attribute(option, "value"), "active" in attribute(option, "class").split())
        for option in page.all("#collabselection option")
    )
