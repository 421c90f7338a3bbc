"""What the fake panel knows: agents, tickets and the rules that it refuses by."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import escape

RIGHTS = frozenset(
    {
        *("create", "edit", "assign", "release", "transfer", "refer", "merge", "link", "reply"),
        *("markanswered", "close", "delete"),
    }
)
STATES = {"1": "open", "2": "closed", "3": "closed", "6": "open", "4": "archived", "5": "deleted"}
STATUSES = {"1": "Open", "2": "Resolved", "3": "Closed", "6": "In progress"}
DEPARTMENTS = {"1": "Support", "2": "SysAdmins", "3": "Online Banking"}
TEAMS = {"2": "Security", "3": "Network"}
TOPICS = {"1": "General Inquiry", "13": "Hardware"}
PRIORITIES = {"1": "Low", "2": "Normal", "3": "High", "4": "Emergency"}
SOURCES = ("Phone", "Email", "Web", "API", "Other")
SLAS = {"1": ("Default SLA", 18), "2": ("Sev-A", 4), "3": ("Sev-B", 8)}
FIELDS = {"36": ("Asset tag", {}), "37": ("Colour", {"r": "Red", "g": "Green"})}
"""Extra questions of the topic Hardware."""
TO_CLOSE = frozenset({"36"})
"""Those that must be answered before a ticket is closed."""
CANNED = {"3": "We have your request", "4": "How to begin anew"}
CANNED_FILES = {"4": {"guide.pdf": b"%PDF-1.4 how to begin", "form.docx": b"PK a form"}}
CANNED_PICTURE = '<img src="/file.php?key=p1&id=1" data-cid="P1" onload="steal()">'
SUBJECT_FIELD, PRIORITY_FIELD = "20", "22"
START = datetime(2026, 3, 2, 10, tzinfo=UTC)


class Refused(Exception):  # noqa: N818 - it is no error of the panel's
    """The panel says no, in its words."""


class Forbidden(Exception):  # noqa: N818
    """403."""


class Missing(Exception):  # noqa: N818
    """404."""


@dataclass
class Agent:
    id: str
    user: str
    name: str
    password: str = "secret"
    home: str = "1"
    departments: frozenset[str] = frozenset({"1"})
    teams: frozenset[str] = frozenset()
    rights: frozenset[str] = RIGHTS
    manages: frozenset[str] = frozenset()
    """Departments."""
    code: str = ""
    """Second factor; '' for none."""


@dataclass
class File:
    id: int
    key: str
    name: str
    data: bytes
    inline: bool = False


@dataclass
class Entry:
    id: int
    kind: str
    at: datetime
    author: str
    html: str
    title: str = ""
    files: list[File] = field(default_factory=list)


@dataclass
class Happened:
    icon: str
    at: datetime
    actor: str
    words: str
    html: str = ""
    """What follows after the time."""


@dataclass
class Task:
    id: str
    title: str
    html: str
    at: datetime
    staff: str = ""
    is_open: bool = True
    events: list[Happened] = field(default_factory=list)


@dataclass
class Lock:
    id: str
    staff: str
    code: str


@dataclass
class User:
    id: str
    name: str
    email: str


@dataclass
class Ticket:
    id: str
    number: str
    subject: str
    user: User
    dept: str
    created: datetime
    lastupdate: datetime
    status: str = "1"
    priority: str = "2"
    topic: str = "1"
    sla: str = "1"
    source: str = "Phone"
    staff: str = ""
    team: str = ""
    due: datetime | None = None
    overdue: bool = False
    closed: datetime | None = None
    answered: bool = False
    lastmessage: datetime | None = None
    lastresponse: datetime | None = None
    entries: list[Entry] = field(default_factory=list)
    events: list[Happened] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    without_form: bool = False
    """Its topic was changed, which brings no questions along."""
    had_form: bool = False
    tasks: list[Task] = field(default_factory=list)
    lock: Lock | None = None
    parent: str = ""
    merged: bool = False
    referrals: list[tuple[str, str, str]] = field(default_factory=list)
    """Id, kind and key."""
    collaborators: list[User] = field(default_factory=list)
    muted: set[str] = field(default_factory=set)
    """Ids of those of them who get no replies."""

    @property
    def is_open(self) -> bool:
        return STATES[self.status] == "open"

    @property
    def has_form(self) -> bool:
        """Whether the questions of the topic Hardware stand in it."""
        return self.topic == "13" and not self.without_form

    @property
    def missing(self) -> frozenset[str]:
        """Questions that have to be answered yet."""
        return frozenset(k for k in TO_CLOSE if self.has_form and not self.answers.get(k))

    @property
    def in_the_way(self) -> str:
        """Why it cannot be closed now."""
        tasks = sum(task.is_open for task in self.tasks)
        if self.is_open and self.missing:
            return "This ticket is missing data on one or more required fields"
        return f"This ticket has {tasks} open tasks and cannot be closed" if tasks else ""


class Truth:
    """The panel's database."""

    def __init__(self) -> None:
        self.agents: dict[str, Agent] = {}
        self.users: dict[str, User] = {}
        self.tickets: dict[str, Ticket] = {}
        self.uploads: dict[str, File] = {}
        self.canned: dict[str, list[File]] = {}
        """By the canned response; one of these that is uploaded has the same number again."""
        self.numbers = itertools.count(1)
        self.seconds = itertools.count(1)
        self.posted: dict[str, int] = {}
        """How often each marker was written: more than once is a defect."""
        self.skip = timedelta(0)
        numbers = itertools.count(7001)
        for key, files in CANNED_FILES.items():
            kept = [
                File(number, f"c{number}", name, data)
                for number, (name, data) in zip(numbers, files.items(), strict=False)
            ]
            self.canned[key] = kept
            self.uploads |= {str(file.id): file for file in kept}

    def number(self) -> int:
        return next(self.numbers)

    def now(self) -> datetime:
        """The wall clock, in whole seconds; later by `skip`."""
        return datetime.now(UTC).replace(microsecond=0) + self.skip

    def agent(self, user: str, **more: object) -> Agent:
        made = Agent(id=str(len(self.agents) + 1), user=user, name=user.title() + " Doe")
        for name, value in more.items():
            setattr(made, name, value)
        self.agents[made.id] = made
        return made

    def user(self, name: str, email: str) -> User:
        found = next((u for u in self.users.values() if u.email == email), None)
        if found is None:
            found = User(id=str(len(self.users) + 1), name=name, email=email)
            self.users[found.id] = found
        return found

    def open(self, subject: str, user: User, html: str, actor: Agent | None = None) -> Ticket:
        number = self.number()
        at = self.now()
        made = Ticket(
            id=str(number),
            number=f"{900000 + number}",
            subject=subject,
            user=user,
            dept="1",
            created=at,
            lastupdate=at,
        )
        self.tickets[made.id] = made
        self.happen(made, "magic", actor, "Created")
        self.message(made, html)
        return made

    def message(self, ticket: Ticket, html: str) -> Entry:
        """The requester's words."""
        ticket.lastmessage = self.now()
        ticket.answered = False
        if STATES[ticket.status] == "closed":
            ticket.status, ticket.closed, ticket.lastupdate = "1", None, self.now()
        return self.write(ticket, "message", ticket.user.name, html)

    def write(self, ticket: Ticket, kind: str, author: str, html: str) -> Entry:
        entry = Entry(id=self.number(), kind=kind, at=self.now(), author=author, html=html)
        ticket.entries.append(entry)
        for part in html.split('data-desk="')[1:]:
            mark = part.partition('"')[0]
            self.posted[mark] = self.posted.get(mark, 0) + 1
        return entry

    def happen(self, ticket: Ticket, icon: str, actor: Agent | None, words: str) -> None:
        name = actor.name if actor is not None else ""
        ticket.events.append(Happened(icon, self.now(), name, words))

    def answer(self, ticket: Ticket, key: str, value: str, agent: Agent) -> None:
        """Answer an extra question; the event says so as `whatChanged()` of its kind does."""
        label, choices = FIELDS[key]
        old, new = (choices.get(v, v) for v in (ticket.answers.get(key, ""), value))
        ticket.answers[key] = value
        shown = {"old": f"<strong>{escape(old)}</strong>", "new": f"<strong>{escape(new)}</strong>"}
        way = "changed from {old} to {new}" if old else "set to {new}"
        if choices:
            parts = [("added {new}", new), ("removed {old}", old)]
            way = " and ".join(words for words, there in parts if there)
        html = f" — <strong>{label}</strong> {way.format(**shown)}"
        ticket.events.append(Happened("pencil", self.now(), agent.name, "Updated", html))

    # --- rights ----------------------------------------------------------------------------

    def sees(self, agent: Agent, ticket: Ticket) -> bool:
        mine = {("agent", agent.id), *(("team", t) for t in agent.teams)}
        mine |= {("dept", d) for d in agent.departments}
        return (
            ticket.dept in agent.departments
            or ticket.staff == agent.id
            or ticket.team in agent.teams
            or any((kind, key) in mine for _, kind, key in ticket.referrals)
        )

    def get(self, agent: Agent, number: str, right: str = "") -> Ticket:
        ticket = self.tickets.get(number)
        if ticket is None or STATES[ticket.status] == "deleted":
            raise Missing("No such ticket")
        if not self.sees(agent, ticket) or (right and right not in agent.rights):
            raise Forbidden("Permission denied")
        return ticket

    # --- what agents do --------------------------------------------------------------------

    def set_status(self, agent: Agent, ticket: Ticket, status: str) -> None:
        if status not in STATES or status == ticket.status:
            raise Refused("Ticket already set to that status")
        if "close" not in agent.rights:
            raise Forbidden("Permission denied")
        if STATES[status] == "closed" and ticket.in_the_way:
            raise Refused(ticket.in_the_way)
        was_open = ticket.is_open
        ticket.status = status
        ticket.lastupdate = self.now()
        ticket.closed = None if ticket.is_open else self.now()
        if was_open and not ticket.is_open:
            ticket.staff = ticket.staff or agent.id
            self.happen(ticket, "thumbs-up-alt", agent, "Closed")
        else:
            self.happen(ticket, "pencil", agent, "changed the status")

    def children(self, ticket: Ticket) -> list[Ticket]:
        return [one for one in self.tickets.values() if one.parent == ticket.id]
