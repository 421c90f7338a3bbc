"""What the fake panel answers to each address, for an agent who is signed in."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from html import escape
from typing import TYPE_CHECKING, Any

from tests.remote.panel import html, people
from tests.remote.panel.acts import Acts
from tests.remote.panel.csv_text import OFFERED, csv_text
from tests.remote.panel.truth import (
    CANNED,
    CANNED_PICTURE,
    DEPARTMENTS,
    PRIORITIES,
    SLAS,
    SOURCES,
    STATES,
    STATUSES,
    TEAMS,
    TOPICS,
    Agent,
    Forbidden,
    Missing,
    Ticket,
)

if TYPE_CHECKING:
    from tests.remote.panel.server import Panel, Reply, Request

Criteria = list[tuple[str, str, list[str]]]
QUEUES: dict[str, Callable[[Agent, Ticket], bool]] = {
    "1": lambda _, t: t.is_open,
    "2": lambda agent, t: t.is_open and t.staff == agent.id,
    "8": lambda _, t: not t.is_open,
}


class Routes:
    def __init__(self, panel: Panel) -> None:
        self.panel = panel
        self.truth = panel.truth
        self.acts = Acts(panel)

    def answer(self, request: Request, agent: Agent) -> Reply:
        head, _, rest = request.path.removeprefix("/scp/").partition("/")
        pages: dict[str, Callable[[], Reply]] = {
            "index.php": lambda: self._page(request, "Panel", ""),
            "profile.php": lambda: self._page(request, "Profile", html.profile(agent)),
            "directory.php": lambda: self._page(request, "Agents", html.directory(self.truth)),
            "tickets.php": lambda: self._tickets(request, agent),
            "export.php": lambda: self._download(request, agent),
            "ajax.php": lambda: self._ajax(request, agent, rest.split("/")),
        }
        if request.path == "/file.php":
            return self._file(request)
        if head not in pages:
            raise Missing(head)
        return pages[head]()

    def _page(self, request: Request, title: str, body: str) -> Reply:
        from tests.remote.panel.server import Reply

        token, more = request.session.token, self.panel.further_queues
        return Reply(body=html.page(token, title, body, more).encode())

    def _reply(self, body: str = "", status: int = 200, location: str = "") -> Reply:
        from tests.remote.panel.server import Reply

        return Reply(status, body.encode(), location=location)

    def _json(self, value: Any, status: int = 200) -> Reply:
        return self._reply(json.dumps(value), status)

    # --- pages -----------------------------------------------------------------------------

    def _tickets(self, request: Request, agent: Agent) -> Reply:
        if request.query.get("a") == "open":
            if request.method == "POST":
                made = self.acts.open(request, agent)
                return self._reply(status=302, location=f"tickets.php?id={made.id}")
            return self._page(request, "New", html.new_ticket(agent, self.truth))
        number = request.query.get("id", "")
        try:
            ticket = self.truth.get(agent, number) if number else None
        except (Missing, Forbidden):
            ticket = None  # the panel shows a queue, with a word above it
        if ticket is None:
            return self._queue(request, agent)
        if request.method == "POST" and request.one("a") == "process":
            self._process(request, agent, ticket)
        elif request.method == "POST":
            self.acts.post(request, agent, ticket)
            return self._reply(status=302, location=f"tickets.php?id={ticket.id}")
        manner = self.panel.manner
        if manner.lock_on_view and ticket.lock is None and not ticket.merged:
            self.acts.take_lock(agent, ticket)
        body = html.ticket(self.truth, ticket, agent, manner)
        return self._page(request, f"Ticket #{ticket.number}", body)

    def _process(self, request: Request, agent: Agent, ticket: Ticket) -> None:
        if request.one("do") == "overdue":
            self.acts.mark_overdue(agent, ticket)
        else:
            people.change_owner(self.truth, request, agent, ticket)

    def _queue(self, request: Request, agent: Agent) -> Reply:
        name, searches = request.query.get("queue", ""), request.session.searches
        key = name.partition(",")[2] if "," in name else next(iter(searches), "")
        if not name.startswith("adhoc") or key not in searches:
            name = name if name in QUEUES else "1"  # so the panel shows what it does not know
            return self._page(
                request, "Queue", html.queue(self._on_page(request, agent, name), name)
            )
        found = self._found(agent, searches[key])
        return self._page(request, "Queue", html.queue(found[:25], f"adhoc,{key}"))

    def _on_page(self, request: Request, agent: Agent, queue: str) -> list[Ticket]:
        """A queue's page, and its number, have nothing that was merged into another ticket."""
        start = 25 * (int(request.query.get("p", "1")) - 1)
        return [t for t in self._in(agent, queue) if not t.merged][start : start + 25]

    def _in(self, agent: Agent, queue: str) -> list[Ticket]:
        """What an export of one of the panel's own queues has."""
        holds = QUEUES[queue]
        return [t for t in self._found(agent, []) if holds(agent, t)]

    def _counts(self, agent: Agent) -> Reply:
        """As the agent's language writes numbers."""
        held = {key: [t for t in self._in(agent, key) if not t.merged] for key in QUEUES}
        shown = {f"q{key}": f"{len(tickets):,}" for key, tickets in held.items()}
        point = {"en": ","}.get(self.panel.manner.language, ".")
        return self._json({k: n.replace(",", point) for k, n in shown.items()})

    def _file(self, request: Request) -> Reply:
        from tests.remote.panel.server import Reply

        if request.query.get("signature") != f"s{request.query.get('id')}":
            raise Missing("File not found")
        for ticket in self.truth.tickets.values():
            for entry in ticket.entries:
                for file in entry.files:
                    if str(file.id) == request.query["id"]:
                        return Reply(body=file.data, kind="application/octet-stream")
        for file in (file for files in self.truth.canned.values() for file in files):
            if str(file.id) == request.query["id"] and not self.panel.canned_gone:
                return Reply(body=file.data, kind="application/octet-stream")
        raise Missing("File not found")

    # --- small answers ---------------------------------------------------------------------

    def _ajax(self, request: Request, agent: Agent, parts: list[str]) -> Reply:
        place = "/".join(parts[:2])
        known: dict[str, Callable[[], Reply]] = {
            "config/scp": lambda: self._json({"lock_time": 180, "page_size": 25}),
            "queue/counts": lambda: self._counts(agent),
            "users/local": lambda: self._users(request),
            "users/lookup": lambda: self._add_user(request),
            "form/help-topic": lambda: self._json(
                {"html": html.topic_form(parts[2], request.session.mark)}
            ),
            "form/upload": lambda: self._json({"id": self.acts.upload(request)}),
            "tickets/search": lambda: self._search(request, parts),
            "tickets/export": lambda: self._export(request, agent, parts[2]),
        }
        if place in known:
            return known[place]()
        kinds: dict[str, Callable[[], Reply]] = {
            "thread": lambda: self._reply(people.answer(self.truth, request, agent, parts)),
            "draft": lambda: self._json(self.acts.picture(request)),
            "export": lambda: self._check(request, parts[1]),
            "lock": lambda: self._lock(request, agent, parts),
            "tasks": lambda: self._task(request, agent, parts),
        }
        return kinds.get(parts[0], lambda: self._ticket(request, agent, parts))()

    def _task(self, request: Request, agent: Agent, parts: list[str]) -> Reply:
        self.acts.task(request, agent, parts[1], parts[2])
        return self._reply("done", 201)

    def _users(self, request: Request) -> Reply:
        asked = request.query.get("q", "").casefold()
        found = [u for u in self.truth.users.values() if asked in u.email]
        return self._json([{"email": u.email, "name": u.name, "id": int(u.id)} for u in found])

    def _add_user(self, request: Request) -> Reply:
        user = self.truth.user(request.one("name"), request.one("email"))
        return self._json({"id": int(user.id), "name": user.name, "email": user.email}, 201)

    def _lock(self, request: Request, agent: Agent, parts: list[str]) -> Reply:
        if self.panel.locks_off:
            return self._json({"id": 0, "retry": False}, 418)
        if parts[-1] == "release":
            for ticket in self.truth.tickets.values():
                if ticket.lock is not None and ticket.lock.id == parts[1]:
                    ticket.lock = None if ticket.lock.staff == agent.id else ticket.lock
            return self._json({"id": 0})
        if parts[-1] == "renew":
            return self._renew(agent, parts[1], parts[3])
        ticket = self.truth.get(agent, parts[2])
        if ticket.lock is not None and ticket.lock.staff == agent.id:
            return self._reply("", 500)  # so does the live one, at a question about one's own lock
        if ticket.lock is not None:
            name = self.truth.agents[ticket.lock.staff].name
            words = f'Gesperrt von <img src="//pictures.example/x">{name}'
            return self._json({"id": 0, "retry": False, "msg": words})
        lock = self.acts.take_lock(agent, ticket)
        return self._json({"id": int(lock.id), "time": 180, "code": lock.code})

    def _renew(self, agent: Agent, lock: str, number: str) -> Reply:
        found = self.truth.get(agent, number).lock
        if found is None or found.id != lock:
            return self._json({"id": 0, "retry": "acquire"}, 404)
        if found.staff != agent.id:
            return self._json({"id": 0, "retry": False}, 403)
        self.panel.renewals += 1
        return self._json({"id": int(found.id), "time": 180, "code": found.code})

    # --- searches and exports --------------------------------------------------------------

    def _search(self, request: Request, parts: list[str]) -> Reply:
        if len(parts) > 2:
            named = {
                "dept_id": DEPARTMENTS,
                "staff_id": {k: a.name for k, a in self.truth.agents.items()} | {"M": "Ich"},
                "team_id": TEAMS,
                "topic_id": TOPICS,
                "cdata__priority": PRIORITIES,
                "sla_id": {k: n for k, (n, _) in SLAS.items()},
                "status__id": STATUSES,
                "source": {key: self.panel.manner.word(key) for key in SOURCES},
            }[parts[3]]
            return self._json({"success": True, "html": html.choices(named)})
        if request.method == "GET":
            return self._reply(html.search_dialog())
        criteria: Criteria = []
        for name in request.many("fields[]"):
            method = request.one(f"{name}+method")
            value = request.many(f"{name}+{method}[]") or [request.one(f"{name}+{method}")]
            if method == "ndaysago":
                value = [request.one("until"), request.one("int")]
            criteria.append((name, method, value))
        from tests.remote.panel.server import search_key

        kept = request.session.searches
        key, first = search_key(criteria), next(iter(kept), None)
        fresh = {key: criteria} | ({first: kept[first]} if first is not None else {})
        kept.clear()
        kept.update({k: v for k, v in fresh.items() if v})
        return self._json({"redirect": "tickets.php?queue=adhoc"})

    def _found(self, agent: Agent, criteria: Criteria) -> list[Ticket]:
        return [
            ticket
            for ticket in self.truth.tickets.values()
            if self.truth.sees(agent, ticket)
            and STATES[ticket.status] != "deleted"
            and all(_fits(agent, ticket, self.truth.now(), *one) for one in criteria)
        ]

    def _export(self, request: Request, agent: Agent, name: str) -> Reply:
        key = name.partition(",")[2] or name
        if key not in {*request.session.searches, *QUEUES}:
            raise Missing("Unknown Queue")
        if request.method == "GET":
            boxes = "".join(f'<input name="fields[]" value="{field}">' for field in OFFERED)
            return self._reply(f"<form>{boxes}</form>")
        number = f"E{self.truth.number()}"
        request.session.exports[number] = (
            request.many("fields[]"),
            key,
            request.one("csv-delimiter"),
        )
        return self._json({"eid": number, "interval": 5}, 201)

    def _check(self, request: Request, number: str) -> Reply:
        if number not in request.session.exports:
            raise Missing("No such export")
        tries = request.session.asked.count(number)
        request.session.asked.append(number)
        if tries < self.panel.not_noted:
            raise Missing("No such export")
        if tries < self.panel.not_noted + self.panel.not_ready:
            return self._json({"status": "notready"})
        return self._json({"status": "ready", "href": f"export.php?id={number}"}, 201)

    def _download(self, request: Request, agent: Agent) -> Reply:
        """Once: then the file is gone."""
        number = request.query.get("id", "")
        if number not in request.session.exports:
            raise Missing("Unknown or invalid export")
        fields, key, cut = request.session.exports.pop(number)
        if key in QUEUES:
            found = self._in(agent, key)
        else:
            found = self._found(agent, request.session.searches[key])
        digits = "٠١٢٣٤٥٦٧٨٩" if self.panel.manner.language == "ar" else "0123456789"
        table = csv_text(self.truth, found, fields, cut, self.panel.offset, digits)
        return self._reply(table)

    # --- tickets ---------------------------------------------------------------------------

    def _ticket(self, request: Request, agent: Agent, parts: list[str]) -> Reply:
        _, number, what, *more = parts
        ticket = self.truth.get(agent, number)
        if request.method == "POST":
            self.acts.do(request, agent, ticket, [what, *more])
            return self._reply("done", 201)
        manner = self.panel.manner
        if what == "field":
            found = html.field_dialog(ticket, more[0], request.session.mark)
            if found is None:
                raise Missing("No such field")
            return self._reply(found)
        if what == "tasks" and more:
            task = next((t for t in ticket.tasks if t.id == more[0]), None)
            if task is None:
                raise Missing("No such task")
            return self._reply(html.task_view(task, manner))
        if what == "canned-resp":
            return self._canned(ticket, more[0].removesuffix(".json"))
        pages: dict[str, Callable[[], str]] = {
            "tasks": lambda: html.tasks(self.truth, ticket, manner),
            "relations": lambda: html.relations(self._related(ticket)),
            "referrals": lambda: html.referrals(self.truth, ticket),
            "transfer": lambda: html.dialog("<select></select>"),
            "forms": lambda: html.forms(ticket),
            "preview": lambda: html.preview(self.truth, ticket),
        }
        if what not in pages:
            raise Missing(what)
        return self._reply(pages[what]())

    def _canned(self, ticket: Ticket, key: str) -> Reply:
        if key not in CANNED:
            raise Missing("No such premade reply")
        words = f"<p>Hello {escape(ticket.user.name)}, {ticket.number}</p>"
        kept = self.truth.canned.get(key, [])
        if kept:
            words += f"<p onclick='steal()'>See {CANNED_PICTURE}</p>"
        files = [
            {"id": f.id, "name": f.name, "size": len(f.data), "download_url": html.link(f)}
            for f in kept
        ]
        return self._json({"id": int(key), "title": CANNED[key], "response": words, "files": files})

    def _related(self, ticket: Ticket) -> list[Ticket]:
        if ticket.parent:
            return [self.truth.tickets[ticket.parent]]
        return self.truth.children(ticket)


def _fits(
    agent: Agent, ticket: Ticket, now: datetime, name: str, method: str, value: list[str]
) -> bool:
    if method == "ndaysago":
        assert value[1] == "i"
        since = now - timedelta(minutes=int(value[0]))
        at = {
            "lastupdate": ticket.lastupdate,
            "created": ticket.created,
            "thread__lastmessage": ticket.lastmessage,
            "thread__lastresponse": ticket.lastresponse,
        }[name]
        return at is not None and at >= since
    if name == "number":
        return ticket.number == value[0]
    if name == "status__state":
        return STATES[ticket.status] in value
    if name == "assignee":
        who = {f"s{ticket.staff}", f"t{ticket.team}", "M" if ticket.staff == agent.id else ""}
        return bool(who & set(value))
    return name == "dept_id" and ticket.dept in value
