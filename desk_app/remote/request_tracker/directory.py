"""RT's queues, people and custom fields as a desk's directory, and what the agent may do.

RT tells nobody their rights. What can be seen is what it offers: a queue where a ticket may be
made, a ticket that may be answered or moved on. Where a queue has no ticket to look at, the agent
is taken to have the rights that other queues show, or all: RT has the last word anyway.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from desk_app.domain.directory import CustomField, Directory, HelpTopic, Priority
from desk_app.domain.people import Agent, Department, Permission, Role
from desk_app.domain.ticket import State
from desk_app.remote.request_tracker import payloads
from desk_app.remote.request_tracker.statuses import with_own_statuses
from desk_app.remote.request_tracker.tickets import NOBODY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from desk_app.domain.lifecycle import Lifecycle
    from desk_app.remote.request_tracker.people import People
    from desk_app.remote.request_tracker.session import Session

_PAGE = ("per_page", "100")
_ANYBODY = "any"
_NO_QUEUE = "-"
"""The place of an agent who sees no queue."""
_WRITE = frozenset({Permission.REPLY})
_CHANGE = frozenset(
    {
        *(Permission.EDIT, Permission.ASSIGN, Permission.RELEASE, Permission.TRANSFER),
        *(Permission.MERGE, Permission.LINK, Permission.CLOSE),
    }
)
_ALL = _WRITE | _CHANGE | {Permission.CREATE, Permission.DELETE}
_PRIORITIES = (("high", "High", 0), ("normal", "Medium", 1), ("low", "Low", 2))
_OK = 200
_MOST_GROUPS = 50
_MOST_COLLEAGUES = 40
_OWNERS_PAGES = 3


class DirectoryReader:
    """Reads everything a desk knows besides tickets; a few requests a queue."""

    def __init__(self, session: Session, people: People, lifecycle: Lifecycle) -> None:
        self._session = session
        self._people = people
        self._lifecycle = lifecycle
        self._choices: dict[str, tuple[str, ...]] = {}

    def directory(self, me: payloads.User) -> Directory:
        self._choices.clear()
        queues = [q for q in self._queues() if str(q.disabled) in {"0", ""}]
        roles = self._roles(queues)
        topics = {str(queue.id): self._topic(queue) for queue in queues}
        departments = {
            str(q.id): Department(key=str(q.id), name=q.name, email=q.address or "") for q in queues
        }
        if not departments:
            departments = {_NO_QUEUE: Department(key=_NO_QUEUE, name=_NO_QUEUE)}
        return Directory(
            name=self._session.http.host,
            lifecycle=with_own_statuses(self._session, self._lifecycle),
            agents=self._agents(me, list(departments)),
            roles={
                _ANYBODY: Role(key=_ANYBODY, name=_ANYBODY, permissions=_ALL),
                _NO_QUEUE: Role(key=_NO_QUEUE, name=_NO_QUEUE, permissions=frozenset()),
                **{
                    _role(key): Role(key=_role(key), name=departments[key].name, permissions=found)
                    for key, found in roles.items()
                },
            },
            departments=departments,
            topics=topics,
            priorities={k: Priority(key=k, name=n, rank=r) for k, n, r in _PRIORITIES},
        )

    # --- queues ----------------------------------------------------------------------------

    def _queues(self) -> list[payloads.Queue]:
        """All that the agent sees; a page is cut before what is hidden is taken out of it."""
        found: dict[str, payloads.Queue] = {}
        fields = ("fields", "Name,Lifecycle,CorrespondAddress,Disabled,_hyperlinks")
        page, before = 1, -1
        while before < len(found):
            before = len(found)
            where = ("page", str(page))
            items = self._session.get(payloads.Queues, "/queues/all", fields, _PAGE, where).items
            found |= {str(queue.id): queue for queue in items}
            page += 1
        return sorted(found.values(), key=lambda queue: queue.name.casefold())

    def _roles(self, queues: list[payloads.Queue]) -> dict[str, frozenset[Permission]]:
        """What the agent may do, by queue."""
        seen = {str(queue.id): self._offered(queue) for queue in queues}
        known = [found for found in seen.values() if found is not None]
        usual = frozenset[Permission]().union(*known) if known else _ALL - {Permission.CREATE}
        makes = {str(queue.id) for queue in queues if _takes_new(queue)}
        return {
            key: (usual if found is None else found)
            | ({Permission.CREATE} if key in makes else frozenset())
            for key, found in seen.items()
        }

    def _offered(self, queue: payloads.Queue) -> frozenset[Permission] | None:
        """By what RT offers for the open ticket that changed last; None if there is none."""
        sql = f"Queue = {int(queue.id)} AND Status = '__Active__'"
        order = (("orderby", "LastUpdated"), ("order", "DESC"), ("per_page", "1"))
        fields = ("fields", "Status,_hyperlinks")
        tickets = self._session.search(payloads.Tickets, "/tickets", sql, fields, *order).items
        if not tickets:
            return None
        refs = {link.ref for link in tickets[0].links}
        ways = {link.to for link in tickets[0].links if link.ref == "lifecycle"}
        statuses = self._lifecycle.statuses
        deletes = {s for s in ways if s in statuses and statuses[s].state is State.DELETED}
        found = set(_WRITE) if "correspond" in refs else set[Permission]()
        found |= _CHANGE if ways - deletes else {Permission.ASSIGN}  # taking has its own right
        found |= {Permission.DELETE} if deletes else set()
        return frozenset(found)

    def _topic(self, queue: payloads.Queue) -> HelpTopic:
        """The queue again: a desk asks a topic which further fields a ticket has."""
        key = str(queue.id)
        found = self._session.get(payloads.QueueFields, f"/queue/{int(queue.id)}").fields
        fields = [] if isinstance(found, str) else found
        return HelpTopic(
            key=key,
            name=queue.name,
            department=key,
            fields=tuple(self._field(field) for field in sorted(fields, key=lambda f: int(f.id))),
        )

    def _field(self, field: payloads.Ref) -> CustomField:
        """With its choices, where RT lets the agent look at a field itself."""
        key = str(field.id)
        if key not in self._choices:
            answer = self._session.ask(f"/customfield/{int(field.id)}")
            self._choices[key] = ()
            if answer.status == _OK:
                self._choices[key] = _choices(answer.decoded(payloads.CustomField))
        return CustomField(key=key, name=field.name, choices=self._choices[key])

    # --- people ----------------------------------------------------------------------------

    def _agents(self, me: payloads.User, queues: list[str]) -> dict[str, Agent]:
        logins = {me.login, *self._in_groups(), *self._owners(), *self._colleagues(me)}
        found = {}
        for login in sorted(logins - {NOBODY, ""}):
            if login != me.login and not self._people.is_agent(login):
                continue
            person = self._people.person(login)
            agent = Agent(
                key=login,
                name=person.name,
                email=person.email,
                department=queues[0],
                role=_ANYBODY,
                access=tuple((queue, _ANYBODY) for queue in queues[1:]),
            )
            found[login] = _limited(agent, queues) if login == me.login else agent
        return found

    def _in_groups(self) -> set[str]:
        """Members of the groups that the agent may see."""
        terms = [{"field": "Domain", "value": "UserDefined"}]
        fields = ("fields", "Name")
        groups = self._session.search_json(payloads.Groups, "/groups", terms, fields, _PAGE).items
        found: set[str] = set()
        for group in groups[:_MOST_GROUPS]:
            one = self._session.get(payloads.Group, f"/group/{int(group.id)}")
            found |= {str(member.id) for member in one.members if member.type == "user"}
        return found

    def _owners(self) -> set[str]:
        """Who has tickets, or had those that changed last."""
        found: set[str] = set()
        for page in range(1, _OWNERS_PAGES + 1):
            items = self._session.search(
                payloads.Tickets,
                "/tickets",
                "Owner != 'Nobody'",
                ("fields", "Owner"),
                ("fields[Owner]", "Name,RealName,EmailAddress"),
                ("orderby", "LastUpdated"),
                ("order", "DESC"),
                ("page", str(page)),
                _PAGE,
            ).items
            self._people.note(t.owner for t in items if isinstance(t.owner, payloads.Ref))
            found |= {payloads.id_of(ticket.owner) for ticket in items}
            if not items:
                break
        return found

    def _colleagues(self, me: payloads.User) -> set[str]:
        """Whose mail goes to the same place as the agent's, as long as those are not too many."""
        domain = (me.email or "").partition("@")[2]
        if not domain:
            return set()
        terms = [{"field": "EmailAddress", "operator": "ENDSWITH", "value": f"@{domain}"}]
        fields = ("fields", "Name,RealName,EmailAddress")
        users = self._session.search_json(payloads.Users, "/users", terms, fields, _PAGE).items
        self._people.note(users)
        return {user.login for user in users[:_MOST_COLLEAGUES]}


def _takes_new(queue: payloads.Queue) -> bool:
    return any(link.ref == "create" and link.type == "ticket" for link in queue.links)


def _choices(field: payloads.CustomField) -> tuple[str, ...]:
    """What may be chosen; of a field that takes several, nothing is offered: a text has lines."""
    if field.type != "Select" or str(field.most) != "1":
        return ()
    return tuple(one if isinstance(one, str) else one.name for one in field.choices)


def _limited(agent: Agent, queues: Iterable[str]) -> Agent:
    """The signed-in agent, with what was found out of each queue."""
    first, *others = queues
    return replace(agent, role=_role(first), access=tuple((key, _role(key)) for key in others))


def _role(queue: str) -> str:
    return _NO_QUEUE if queue == _NO_QUEUE else f"queue-{queue}"
