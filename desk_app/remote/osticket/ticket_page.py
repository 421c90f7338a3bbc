"""A ticket's page in the staff panel, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from desk_app.remote.osticket.page import attribute, choices, chosen, number_in, text
from desk_app.remote.osticket.thread_page import items_of, thread_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selectolax.lexbor import LexborNode

    from desk_app.remote.osticket.page import Page
    from desk_app.remote.osticket.thread_page import PageEntry, PageEvent

_PARTS = (
    "a[href], [id]:not(h2, h3, table, select, option), select, select option, .overdueTicket,"
    " input[name=lockCode], #reply .warning-banner, .sticky.bar h2, .tixTitle h3, table.ticket_info"
)
"""All that is looked for outside of the thread, in one walk through the page."""
_OVERDUE = "ticket-overdue"
"""The button that marks a ticket overdue: only the department's manager has it."""
_BOXES = 4
"""Two by two: the ticket and its requester, then who works on it and what it is about."""
_ROWS = 4
"""Rows of the first box: status, priority, department, time of creation."""


class OfferedStatus(msgspec.Struct, frozen=True, kw_only=True, gc=False):
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


class TicketPage(msgspec.Struct, frozen=True, kw_only=True, gc=False):
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
    is_overdue: bool
    """As the panel has it: by its clock, or because somebody marked it so."""
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
    blocked: str
    """The panel's words why it cannot be closed now; '' if there are none."""
    needed: frozenset[str]
    """Server's ids of empty fields that have to be answered before it may be closed."""
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
    items = items_of(page)
    entries, events = thread_of(page, items)
    thread = attribute(items, "data-thread-id")
    items.decompose(recursive=False)  # no button or field of the panel's is in what people wrote
    controls = _Controls(page, ticket)
    tables = controls.tables
    boxes = [
        inner
        for table in tables[:2]
        for row in _rows(table)
        for cell in row.iter()
        for inner in cell.iter()
        if inner.tag == "table"
    ]
    top = [*_cells(boxes[0])] if len(boxes) == _BOXES else []
    if len(top) != _ROWS:
        raise page.missing("rows of table.ticket_info")
    person, second, third = (next(_cells(box), None) for box in boxes[1:])
    if person is None or second is None or third is None:
        raise page.missing("rows of the other boxes in table.ticket_info")
    custom, labels = _custom(tables[2:])
    source, requester = controls.find("field_source"), controls.person("-name")
    statuses, present = controls.statuses()
    return TicketPage(
        id=ticket,
        number=controls.number(),
        subject=text(controls.subject()),
        status=text(top[0]),
        priority=text(top[1]),
        department=text(top[2]),
        assignees=_unless_faded(controls.find("field_assign") or second),
        is_open=controls.is_open,
        sla=text(controls.get("field_sla")),
        topic=_unless_faded(controls.find("field_topic") or third),
        source=text(source if source is not None else [*_cells(boxes[1])][-1]),
        requester=number_in(requester.id or "", "user-"),
        requester_name=text(requester),
        requester_email=text(controls.person("-email")),
        entries=entries,
        events=events,
        thread=thread,
        offered=controls.offered(),
        reply_statuses=statuses,
        status_id=present,
        doors=controls.doors,
        is_overdue=controls.is_overdue,
        answered=_answered(controls.doors),
        priority_field=_priority_field(top[1]),
        custom=custom,
        labels=labels,
        tasks=controls.count("ticket-tasks-count"),
        has_relations=controls.find("ticket-relations-tab") is not None,
        is_merged=controls.find("note") is None,
        blocked=controls.blocked,
        needed=_needed(tables[2:]),
        lock=controls.lock(),
        from_email=controls.chosen("#from_email_id"),
        canned=controls.canned(),
        collaborators=controls.collaborators(),
    )


class _Controls:
    """The buttons, fields and forms of a ticket's page."""

    def __init__(self, page: Page, ticket: str) -> None:
        self._page = page
        self._ticket = ticket
        self._by_id: dict[str, LexborNode] = {}
        self._links: list[tuple[str, LexborNode]] = []
        self._ways: list[tuple[str, LexborNode]] = []
        """Buttons of statuses, with what follows in their links."""
        self._code = ""
        self.blocked = ""
        self.is_overdue = False
        self._options: dict[str, list[LexborNode]] = {}
        """Those of a select element, by `#` with its id, and by its name."""
        self.tables: list[LexborNode] = []
        heads: dict[str, list[LexborNode]] = {"h2": [], "h3": [], "table": self.tables}
        self._heads = heads
        listed: list[LexborNode] = []
        for node in page.all(_PARTS):
            name, tag = node.id, node.tag
            if name:
                self._by_id.setdefault(name, node)
            if tag == "a":
                self._links.append((node.attrs.get("href") or "", node))
            elif tag == "option":
                listed.append(node)
            elif tag == "select":
                listed = self._select(node)
            elif tag in heads:
                heads[tag].append(node)
            elif not name:
                self._nameless(node)
        self.doors = self._doors()

    def _select(self, node: LexborNode) -> list[LexborNode]:
        """Where its options are put, which come after it."""
        told = node.attributes
        listed: list[LexborNode] = []
        for name in (f"#{told.get('id')}", told.get("name") or ""):
            self._options.setdefault(name, listed)
        return listed

    def _nameless(self, node: LexborNode) -> None:
        """What is known by something else than an id."""
        told = node.attributes
        classes = told.get("class") or ""
        if told.get("name") == "lockCode":
            self._code = told.get("value") or ""
        elif "overdueTicket" in classes:
            self.is_overdue = True
        elif "warning-banner" in classes:
            self.blocked = text(node)

    @property
    def is_open(self) -> bool:
        """Only an open ticket can be assigned or is due."""
        return bool({"field_assign", "field_duedate", "ticket-assign"} & self._by_id.keys())

    def find(self, name: str) -> LexborNode | None:
        return self._by_id.get(name)

    def get(self, name: str) -> LexborNode:
        if name not in self._by_id:
            raise self._page.missing(f"#{name}")
        return self._by_id[name]

    def number(self) -> str:
        """What people call the ticket; before it stands a word in the agent's language."""
        links = [link for head in self._heads["h2"] for link in head.iter() if link.tag == "a"]
        found = text(links[0]).rpartition("#")[2].strip() if links else ""
        if not found:
            raise self._page.missing("number in .sticky.bar h2")
        return found

    def subject(self) -> LexborNode:
        if not self._heads["h3"]:
            raise self._page.missing(".tixTitle h3")
        return self._heads["h3"][0]

    def person(self, part: str) -> LexborNode:
        """The requester's name or address."""
        for name, node in self._by_id.items():
            if name.startswith("user-") and name.endswith(part):
                return node
        raise self._page.missing(f"span[id^=user-][id$={part}]")

    def _doors(self) -> frozenset[str]:
        """A button is there only where this agent's role and the ticket's state allow it."""
        found = set()
        start, edit = f"tickets/{self._ticket}/", f"tickets.php?id={self._ticket}&a=edit"
        for href, link in self._links:
            way = href.partition(start)[2]
            if way:
                what, _, rest = way.partition("/")
                if what == "status":
                    self._ways.append((rest, link))
                whole = what == "mark" or (what == "status" and rest.startswith("delete"))
                found.add(way if whole else what)
            elif href == edit:
                found.add("edit")
            elif href.startswith("#thread/"):
                found.add("collaborators")
        if _OVERDUE in self._by_id:
            found.add("overdue")
        return frozenset(found | ({"reply", "note"} & self._by_id.keys()))

    def offered(self) -> tuple[OfferedStatus, ...]:
        found = []
        for ways, link in self._ways:
            way, _, number = ways.partition("/")
            if number.isdigit():
                found.append(OfferedStatus(id=number, name=text(link), way=way))
        return tuple(dict.fromkeys(found))

    def statuses(self) -> tuple[tuple[tuple[str, str], ...], str]:
        """Those of the reply form, and the present one; it says so in brackets, in any language."""
        listed = self._options.get("reply_status_id", ())
        present = chosen(listed)
        found = (
            (value, name.rpartition(" (")[0] or name if value == present else name)
            for value, name in choices(listed)
        )
        return tuple(found), present

    def count(self, name: str) -> int:
        digits = text(self._by_id[name]) if name in self._by_id else ""
        return int(digits) if digits.isdigit() else 0

    def lock(self) -> PageLock | None:
        form = self._by_id.get("note")
        number = "" if form is None else attribute(form, "data-lock-id")
        return PageLock(id=number, code=self._code) if number and self._code else None

    def chosen(self, name: str) -> str:
        return chosen(self._options.get(name, ()))

    def canned(self) -> tuple[tuple[str, str], ...]:
        found = choices(self._options.get("#cannedResp", ()))
        return tuple((value, name) for value, name in found if value.isdigit())

    def collaborators(self) -> tuple[tuple[str, bool], ...]:
        return tuple(
            (attribute(option, "value"), "active" in attribute(option, "class").split())
            for option in self._options.get("#collabselection", ())
        )


def _rows(table: LexborNode) -> list[LexborNode]:
    """Those of the table itself, not of one inside of it."""
    return [row for part in table.iter() for row in part.iter()]


def _cells(table: LexborNode) -> Iterator[LexborNode]:
    """The value of each row."""
    for row in _rows(table):
        for cell in [*row.iter()]:  # to its end: one that is left earlier costs more
            if cell.tag == "td":
                yield cell
                break


def _unless_faded(cell: LexborNode) -> str:
    """What a cell says; '' where it says that there is nothing."""
    return "" if 'class="faded"' in (cell.html or "") else text(cell)


def _answered(doors: frozenset[str]) -> bool | None:
    if "mark/unanswered" in doors:
        return True
    return False if "mark/answered" in doors else None


def _priority_field(cell: LexborNode) -> str:
    inside = [part for part in cell.iter() if "inline-edit" in attribute(part, "class").split()]
    links = inside or cell.css("a.inline-edit")
    return number_in(attribute(links[0], "href"), "/field/") if links else ""


def _needed(tables: list[LexborNode]) -> frozenset[str]:
    """Marked by a sign that only such fields have."""
    cells = (sign.parent for table in tables for sign in table.css("i.icon-warning-sign"))
    found = set()
    for cell in cells:
        node = cell
        while node is not None and node.tag != "td":
            node = node.parent
        number = "" if node is None else number_in(attribute(node, "id"), "inline-answer-")
        found.add(number)
    return frozenset(found - {""})


def _custom(
    tables: list[LexborNode],
) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    answers, labels = [], []
    for row in (row for table in tables for row in table.css("tr")):
        cells = row.css("td")
        number = number_in(attribute(cells[-1], "id"), "inline-answer-") if cells else ""
        if not number:
            continue
        shown = cells[-1].css_first("[id^=field_]")
        faded = shown is not None and "faded" in attribute(shown, "class").split()
        words = text(shown if shown is not None else cells[-1])
        answers.append((number, "" if faded else words))
        labels.append((number, text(cells[0]).removesuffix(":")))
    return tuple(answers), tuple(labels)
