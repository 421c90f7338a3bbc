"""Reads the directory: departments, agents, plans, statuses and what this agent may do."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from desk_app.domain.canned import FilledText, KeptFile
from desk_app.domain.directory import (
    CannedResponse,
    CustomField,
    Directory,
    HelpTopic,
    Priority,
)
from desk_app.domain.people import Agent, Department, Permission, Role, Team
from desk_app.domain.sla import SlaPlan
from desk_app.ports.remote import RemoteAgent
from desk_app.remote.osticket.answers import OK
from desk_app.remote.osticket.names import SOURCES, Names
from desk_app.remote.osticket.page import Page, attribute, options, text
from desk_app.remote.osticket.statuses import known_statuses, lifecycle_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, MutableMapping

    from selectolax.lexbor import LexborNode

    from desk_app.domain.lifecycle import Lifecycle
    from desk_app.domain.ticket import State
    from desk_app.remote.http import Answer
    from desk_app.remote.osticket.parts import Parts
    from desk_app.remote.osticket.session import PanelSession
    from desk_app.remote.osticket.ticket_page import TicketPage

_SEARCH = "ajax.php/tickets/search"
_OPEN = "tickets.php?a=open"
_HOURS = re.compile(r"^(?P<name>.*) \((?P<hours>\d+) .*\)$")
_PICTURE = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
_MOST_PAGES = 50
ANYTHING = "anything"
"""The agent's own role where no ticket has told it yet: the server says no where it must."""
UNTOLD = "untold"
"""Role of other agents: what they may do, this agent is not told, so none is named for it."""


class _Fragment(msgspec.Struct):
    html: str


class _CannedFile(msgspec.Struct):
    id: int
    name: str
    size: int = 0
    download_url: str = ""


class _Canned(msgspec.Struct):
    response: str
    files: list[_CannedFile] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenRights:
    """What ticket pages told about the agent's rights and about statuses."""

    roles: Mapping[str, frozenset[Permission]] = field(default_factory=dict)
    """By department."""
    states: Mapping[str, State] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """One question of a help topic's form; its name in the form is another one each time."""

    label: str
    form_name: str
    choices: Mapping[str, str] = field(default_factory=dict)
    """What is sent for each choice; none for a question with free words."""
    to_close: bool = False
    """It may be left open for now, and has to be answered before the ticket is closed."""


class People:
    """Brings everything but tickets. Many requests: it is read at sign-in and seldom after."""

    def __init__(self, session: PanelSession, template: Lifecycle) -> None:
        self._session = session
        self._template = template
        self.names = Names()
        self.me_key = ""
        """The agent's own number; '' before it was asked for."""
        self._labels: dict[str, str] = {}
        self._forms: dict[str, str] = {}
        """What the form is called that a question, by its number, stands in."""
        self.needed: set[str] = set()
        """Numbers of questions that a ticket's page said must be answered before closing."""
        self.optional: set[str] = set()
        """Those that a page showed without an answer and said nothing of."""
        self.parts: Parts | None = None
        """Of a reading that may be broken off; None: each question goes to the server."""

    def learn(self, page: TicketPage) -> None:
        """Which questions must be answered before a ticket is closed."""
        optional = {key for key, answer in page.custom if not answer} - page.needed
        self.needed = (self.needed | page.needed) - optional
        self.optional = (self.optional | optional) - page.needed

    def me(self) -> RemoteAgent:
        """Who is signed in."""
        page = self._page("profile.php", "profile")
        number = attribute(page.get("form input[name=id]"), "value")
        first, last = page.field("firstname"), page.field("lastname")
        if not number or not page.field("email"):
            raise page.missing("input[name=id], input[name=email]")
        self.me_key = number
        return RemoteAgent(key=number, name=f"{first} {last}".strip(), email=page.field("email"))

    def read_names(self) -> Names:
        """What the words of lists and pages stand for."""
        self.names = Names(
            departments=self._by_name("dept_id"),
            agents=self._by_name("staff_id"),
            teams=self._by_name("team_id"),
            topics=self._by_name("topic_id"),
            priorities=self._by_name("cdata__priority"),
            slas=self._by_name("sla_id"),
            statuses=self._by_name("status__id"),
            sources=self._by_name("source", keys=frozenset(SOURCES)),
        )
        return self.names

    def directory(self, rights: SeenRights) -> Directory:
        """All of it."""
        names, me = self.names, self.me()
        form = self._page(_OPEN, "new ticket")
        statuses = known_statuses(((v, k) for k, v in names.statuses.items()), rights.states)
        makes = frozenset({Permission.CREATE} if form.find("select[name=topicId]") else ())
        roles = {
            key: Role(key=key, name=self._department(key), permissions=granted | makes)
            for key, granted in rights.roles.items()
            if key in names.departments.values()
        }
        anything = frozenset(Permission) - {Permission.CREATE} | makes
        roles[ANYTHING] = Role(key=ANYTHING, name=ANYTHING, permissions=anything)
        roles[UNTOLD] = Role(key=UNTOLD, name=UNTOLD, permissions=frozenset())
        return Directory(
            name=self._session.http.host,
            lifecycle=lifecycle_of(self._template, statuses),
            agents=self._agents(me, frozenset(rights.roles)),
            roles=roles,
            departments={v: Department(key=v, name=k) for k, v in names.departments.items()},
            teams={v: Team(key=v, name=k) for k, v in names.teams.items()},
            topics=self._topics(form),
            priorities=_priorities(names.priorities),
            slas=_plans(names.slas, form),
            canned=_canned(form),
        )

    def form(self, topic: str) -> list[FormField]:
        """The questions that a help topic asks besides subject, words and priority."""
        answer = self._get(f"ajax.php/form/help-topic/{topic}", referer=_OPEN)
        try:
            html = msgspec.json.decode(answer.body, type=_Fragment).html
        except msgspec.DecodeError:
            return []
        found: list[FormField] = []
        for row in Page(f"<table>{html}</table>".encode(), "form").all("tr"):
            field_ = row.css_first("input[type=text][name], select[name], textarea[name]")
            label = row.css_first("td.multi-line")
            if field_ is not None and label is not None:
                found.append(
                    FormField(
                        label=text(label).removesuffix(":"),
                        form_name=attribute(field_, "name"),
                        choices={name: value for value, name in options(field_)},
                        to_close=_is_to_close(row, label),
                    )
                )
        return found

    def field_key(self, topic: str, label: str) -> str:
        """The server's number of a question; '' if it is not known."""
        if not self._labels:
            self._labels = self._field_numbers()
        return self._labels.get(label, "")

    def form_of(self, number: str) -> str:
        """What the form is called that a question stands in; '' if it is not known."""
        if number not in self._forms:
            self._labels = self._field_numbers()
        return self._forms.get(number, "")

    def canned_text(
        self, ticket: str, response: str, links: MutableMapping[str, str]
    ) -> FilledText:
        """A canned response, filled in for a ticket; its pictures are on the server alone.

        Where its files can be fetched, for a day, is noted in `links`.
        """
        answer = self._session.get(f"ajax.php/tickets/{ticket}/canned-resp/{response}.json")
        try:
            told = msgspec.json.decode(answer.body, type=_Canned)
        except msgspec.DecodeError:
            raise Page(answer.body, "canned response").missing("response") from None
        html, pictures = _PICTURE.subn("", told.response)
        links.update({_file_key(ticket, file): file.download_url for file in told.files})
        offered = tuple(
            KeptFile(key=_file_key(ticket, file), name=file.name, size=file.size)
            for file in told.files
        )
        return FilledText(key=response, html=html, offered=offered, pictures=pictures)

    # --- parts -----------------------------------------------------------------------------

    def _page(self, path: str, what: str) -> Page:
        asked = partial(self._session.page, path, what)
        return asked() if self.parts is None else self.parts.once(path, asked)

    def _get(self, path: str, referer: str = "") -> Answer:
        asked = partial(self._session.get, path, referer=referer)
        return asked() if self.parts is None else self.parts.once(path, asked)

    def _by_name(self, field_: str, keys: frozenset[str] = frozenset()) -> dict[str, str]:
        """The choices that the search offers for a field: every agent may see those.

        Those are what has a number; `keys` are what else may be one.
        """
        answer = self._get(f"{_SEARCH}/field/{field_}")
        if answer.status != OK:
            return {}
        try:
            html = msgspec.json.decode(answer.body, type=_Fragment).html
        except msgspec.DecodeError:
            html = ""
        page = Page(html.encode(), "search")
        for select in page.all("select"):
            found = {
                name: value for value, name in options(select) if value.isdigit() or value in keys
            }
            if found:
                return found
        return {}

    def _department(self, key: str) -> str:
        return next((name for name, k in self.names.departments.items() if k == key), key)

    def _agents(self, me: RemoteAgent, roles: frozenset[str]) -> dict[str, Agent]:
        """Everybody; who sees which department is the server's to say, so all may be named."""
        others = tuple((key, UNTOLD) for key in self.names.departments.values())
        own = tuple(
            (key, key if key in roles else ANYTHING) for key in self.names.departments.values()
        )
        listed = {key: (key, name, "", "") for name, key in self.names.agents.items()}
        listed |= {one[0]: one for one in self._listed()}
        listed.setdefault(me.key, (me.key, me.name, "", me.email))
        return {
            key: Agent(
                key=key,
                name=name,
                email=email,
                department=self.names.departments.get(department, ""),
                role=ANYTHING if key == me.key else UNTOLD,
                access=own if key == me.key else others,
            )
            for key, name, department, email in listed.values()
        }

    def _listed(self) -> Iterable[tuple[str, str, str, str]]:
        """The agents' directory, page by page: number, name, department, address."""
        seen: set[str] = set()
        for number in range(1, _MOST_PAGES):
            page = self._page(f"directory.php?p={number}", "agents")
            rows = page.all("table.list tbody tr[id]")
            new = [row for row in rows if attribute(row, "id") not in seen]
            for row in new:
                cells = [text(cell) for cell in row.css("td")]
                seen.add(attribute(row, "id"))
                yield attribute(row, "id"), cells[0], cells[1], cells[2]
            if not new:
                return

    def _topics(self, form: Page) -> dict[str, HelpTopic]:
        select = form.find("select[name=topicId]")
        listed = options(select) if select is not None else []
        names = dict(listed)
        for name, key in self.names.topics.items():
            names.setdefault(key, name)
        numbers = self._labels = self._field_numbers()
        return {key: self._topic(key, name, numbers) for key, name in names.items()}

    def _topic(self, key: str, name: str, numbers: Mapping[str, str]) -> HelpTopic:
        fields = tuple(
            CustomField(
                key=numbers[field_.label],
                name=field_.label,
                required_to_close=field_.to_close or numbers[field_.label] in self.needed,
                choices=tuple(field_.choices),
            )
            for field_ in self.form(key)
            if field_.label in numbers
        )
        return HelpTopic(key=key, name=name, fields=fields)

    def _field_numbers(self) -> dict[str, str]:
        """The server's numbers of the extra questions, by what they are called."""
        page = Page(self._get(_SEARCH).body, "search")
        found: dict[str, str] = {}
        for option in page.all('option[value^="entries__answers!"]'):
            number = attribute(option, "value").partition("!")[2].partition("__")[0]
            form, _, label = text(option).rpartition(" / ")
            found[label] = number
            self._forms[number] = form
        return found


def _file_key(ticket: str, file: _CannedFile) -> str:
    """As `Tickets.file` takes it, and as no file of a ticket is called."""
    return f"{ticket}/canned.{file.id}"


def _is_to_close(row: LexborNode, label: LexborNode) -> bool:
    """The panel marks what must be answered now by a star, and what is for closing by none."""
    must = "required" in attribute(label, "class").split()
    return must and row.css_first("span.error") is None


def _priorities(names: Mapping[str, str]) -> dict[str, Priority]:
    """The lists begin with the least urgent one."""
    count = len(names)
    return {
        key: Priority(key=key, name=name, rank=count - place)
        for place, (name, key) in enumerate(names.items())
    }


def _plans(names: Mapping[str, str], form: Page) -> dict[str, SlaPlan]:
    """Plans with their hours where the new-ticket form tells; the server works out what is due."""
    hours: dict[str, float] = {}
    select = form.find("select[name=slaId]")
    for value, name in options(select) if select is not None else []:
        found = _HOURS.match(name)
        if found:
            hours[value] = float(found["hours"])
    return {
        key: SlaPlan(key=key, name=name, hours=hours[key])
        for name, key in names.items()
        if key in hours
    } | {
        key: SlaPlan(key=key, name=name, hours=_UNTOLD_H)
        for name, key in names.items()
        if key not in hours
    }


_UNTOLD_H = 24.0
"""Of a plan whose hours this agent is not told: the server's own time wins wherever it is known."""


def _canned(form: Page) -> dict[str, CannedResponse]:
    """Titles alone: the words are the server's to fill in for each ticket."""
    select = form.find("#cannedResp")
    listed = options(select) if select is not None else []
    return {
        key: CannedResponse(key=key, title=title, html="") for key, title in listed if key.isdigit()
    }
