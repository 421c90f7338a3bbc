"""What agents do in the fake panel."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import TYPE_CHECKING

from tests.remote.panel.people import copy_to
from tests.remote.panel.truth import (
    DEPARTMENTS,
    FIELDS,
    PRIORITY_FIELD,
    SUBJECT_FIELD,
    TOPICS,
    Agent,
    File,
    Forbidden,
    Happened,
    Lock,
    Missing,
    Refused,
    Task,
    Ticket,
)

if TYPE_CHECKING:
    from tests.remote.panel.server import Panel, Request


class Acts:
    def __init__(self, panel: Panel) -> None:
        self.panel = panel
        self.truth = panel.truth

    # --- writing ---------------------------------------------------------------------------

    def open(self, request: Request, agent: Agent) -> Ticket:
        user = self.truth.users.get(request.one("uid"))
        if "create" not in agent.rights:
            raise Refused("You do not have permission to create tickets")
        if user is None or request.one("topicId") not in TOPICS or not request.one("subject"):
            raise Refused("Missing or invalid data")
        made = self.truth.open(request.one("subject"), user, request.one("message"), agent)
        made.dept = request.one("deptId") or made.dept
        made.topic = request.one("topicId")
        made.source = request.one("source")
        made.priority = request.one("priority") or made.priority
        made.sla = request.one("slaId").replace("0", "") or made.sla
        who = request.one("assignId", "0")
        made.staff = who[1:] if who.startswith("s") else ""
        made.team = who[1:] if who.startswith("t") else ""
        if request.one("duedate"):
            made.due = datetime.fromisoformat(request.one("duedate"))
        for key, (_, chosen) in FIELDS.items():
            value = request.one(f"q{key}{request.session.mark}{'[]' if chosen else ''}")
            if value and made.topic == "13":
                made.answers[key] = value
        made.entries[0].files = self._attached(request, "attach:response[]", made.entries[0].html)
        return made

    def post(self, request: Request, agent: Agent, ticket: Ticket) -> None:
        is_reply = request.one("a") == "reply"
        words = request.one("response" if is_reply else "note")
        if is_reply and "reply" not in agent.rights:
            raise Refused("Action denied")
        if ticket.merged:
            raise Refused("Unknown action")
        if not self.panel.locks_off:
            self._check_lock(request, agent, ticket)
        if not words:
            raise Refused("Response required")
        entry = self.truth.write(ticket, "response" if is_reply else "note", agent.name, words)
        entry.title = request.one("title")
        name = "response" if is_reply else "note"
        entry.files = self._attached(request, f"attach:{name}[]", words)
        ticket.lock = None  # spent
        if is_reply:
            ticket.lastresponse, ticket.answered = self.truth.now(), True
            if not ticket.staff and ticket.is_open:
                ticket.staff = agent.id
            copy_to(self.truth, ticket, request.many("ccs[]"))

    def _check_lock(self, request: Request, agent: Agent, ticket: Ticket) -> None:
        if ticket.lock is None:
            raise Refused("This action requires a lock.")
        if ticket.lock.staff != agent.id:
            raise Refused("Ticket is locked by someone else!")
        if ticket.lock.code != request.one("lockCode"):
            raise Refused("Your lock has expired.")

    def take_lock(self, agent: Agent, ticket: Ticket) -> Lock:
        ticket.lock = Lock(str(self.truth.number()), agent.id, secrets.token_hex(5))
        return ticket.lock

    def upload(self, request: Request) -> int:
        (_, name, data) = request.files[0]
        made = File(self.truth.number(), secrets.token_hex(8), name, data)
        known = next((f for f in self.truth.uploads.values() if f.data == data), None)
        self.truth.uploads[str((known or made).id)] = known or made
        request.session.brought.add(str((known or made).id))
        return (known or made).id

    def picture(self, request: Request) -> dict[str, object]:
        (_, name, data) = request.files[0]
        made = File(self.truth.number(), secrets.token_hex(8).upper(), name, data, inline=True)
        self.truth.uploads[made.key] = made
        url = f"/file.php?key={made.key.lower()}&id={made.id}"
        return {name: {"content_id": f"cid:{made.key}", "id": made.key, "url": url}}

    def _attached(self, request: Request, field: str, words: str) -> list[File]:
        found = []
        for value in request.many(field):
            number, _, name = value.partition(",")
            if number not in request.session.brought:
                continue  # not a word is said of it
            file = self.truth.uploads[number]
            found.append(File(self.truth.number(), file.key, name, file.data))
        inline = [f for f in self.truth.uploads.values() if f.inline and f.key in words]
        found += [
            File(self.truth.number(), file.key, file.name, file.data, inline=True)
            for file in inline
        ]
        return found

    # --- fields ----------------------------------------------------------------------------

    def do(self, request: Request, agent: Agent, ticket: Ticket, way: list[str]) -> None:
        what = way[0]
        acts = {
            "claim": self._claim,
            "assign": self._assign,
            "release": self._release,
            "transfer": self._transfer,
            "status": self._status,
            "refer": self._refer,
            "referrals": self._refer,
            "merge": self._merge,
            "add-task": self._add_task,
            "forms": self._forms,
        }
        if what == "field":
            self._field(request, agent, ticket, way[1])
        elif what == "mark":
            self._mark(request, agent, ticket, way[1])
        elif what in acts:
            acts[what](request, agent, ticket)
        else:
            raise Missing(what)
        if request.one("comments"):
            self.truth.write(ticket, "note", agent.name, request.one("comments"))

    def _may(self, agent: Agent, right: str) -> None:
        if right not in agent.rights:
            raise Forbidden("Permission denied")

    def _claim(self, request: Request, agent: Agent, ticket: Ticket) -> None:
        self._may(agent, "assign")
        if ticket.staff:
            raise Forbidden("Ticket is already assigned")
        if request.one("assignee") != f"s{agent.id}":
            raise Refused("Assignee required")
        ticket.staff = agent.id
        self.truth.happen(ticket, "hand-right", agent, "claimed")

    def _assign(self, request: Request, agent: Agent, ticket: Ticket) -> None:
        self._may(agent, "assign")
        who = request.one("assignee[]")
        if not ticket.is_open:
            raise Forbidden("Only open tickets can be assigned")
        if who[:1] == "s" and who[1:] in self.truth.agents:
            ticket.staff = who[1:]
        elif who[:1] == "t":
            ticket.team = who[1:]
        else:
            raise Refused("Assignee required")
        self.truth.happen(ticket, "hand-right", agent, "assigned")

    def _release(self, request: Request, agent: Agent, ticket: Ticket) -> None:
        self._may(agent, "release")
        if ticket.staff and ticket.staff == request.one("sid[]"):
            ticket.staff = ""
        elif ticket.team and ticket.team == request.one("tid[]"):
            ticket.team = ""
        self.truth.happen(ticket, "unlock", agent, "released")

    def _transfer(self, request: Request, agent: Agent, ticket: Ticket) -> None:
        self._may(agent, "transfer")
        if request.one("dept[]") not in DEPARTMENTS or request.one("dept[]") == ticket.dept:
            raise Refused("Select another department")
        ticket.dept = request.one("dept[]")
        self.truth.happen(ticket, "share-alt", agent, "transferred")

    def _status(self, request: Request, agent: Agent, ticket: Ticket) -> None:
        self.truth.set_status(agent, ticket, request.one("status_id"))

    def _mark(self, request: Request, agent: Agent, ticket: Ticket, way: str) -> None:
        self._may(agent, "markanswered")
        if not request.form or request.form == [("__CSRFToken__", request.one("__CSRFToken__"))]:
            raise Refused("Please confirm")
        ticket.answered = way == "answered"
        self.truth.happen(ticket, "pencil", agent, "marked")

    def mark_overdue(self, agent: Agent, ticket: Ticket) -> None:
        if ticket.dept not in agent.manages:
            raise Refused("Permission Denied. You are not allowed to flag tickets overdue")
        if ticket.is_open and not ticket.overdue:
            ticket.overdue = True
            self.truth.happen(ticket, "time", None, "Flagged as overdue by the system")

    def _field(self, request: Request, agent: Agent, ticket: Ticket, name: str) -> None:
        self._may(agent, "edit")
        if name == "duedate":
            self._due(request.one("duedate"), ticket)
        elif name == SUBJECT_FIELD:
            ticket.subject = request.one("subject")
        elif name in FIELDS and not ticket.has_form:
            raise Missing("No such field")
        elif name in FIELDS:
            end = request.session.mark + ("[]" if FIELDS[name][1] else "")
            value = request.one(f"f{name}{end}")
            self.truth.answer(ticket, name, value, agent)
            return
        elif name in {"priority", PRIORITY_FIELD}:
            ticket.priority = request.one("priority")
        elif name in {"sla", "topic", "source"}:
            if name == "topic":  # a form that is there stays; no other one comes
                ticket.had_form |= ticket.has_form
                ticket.without_form = not ticket.had_form
            setattr(ticket, name, request.one(name))
        else:
            raise Missing("No such field")
        self.truth.happen(ticket, "pencil", agent, f"Updated {name}")

    def _forms(self, request: Request, agent: Agent, ticket: Ticket) -> None:
        """Those that are not named are taken away, with their answers."""
        self._may(agent, "edit")
        ticket.without_form = "5" not in request.many("forms[]")
        if ticket.without_form:
            ticket.answers = {}

    def _due(self, text: str, ticket: Ticket) -> None:
        """Only another one than before ends that the ticket is overdue."""
        due = None if not text else datetime.fromisoformat(text).replace(second=0)
        if due is not None and due < self.truth.now():
            raise Refused("Due date must be in the future")
        ticket.overdue &= due == ticket.due
        ticket.due = due

    # --- ties and tasks --------------------------------------------------------------------

    def _refer(self, request: Request, agent: Agent, ticket: Ticket) -> None:
        self._may(agent, "refer")
        if request.one("do") == "manage":
            gone = {value.removeprefix("-") for value in request.many("referrals[]")}
            ticket.referrals = [one for one in ticket.referrals if one[0] not in gone]
            return
        kind = request.one("target")
        ticket.referrals.append((str(self.truth.number()), kind, request.one(kind)))
        self.truth.happen(ticket, "exchange", agent, "referred")

    def _merge(self, request: Request, agent: Agent, ticket: Ticket) -> None:
        """Of several numbers the first is the parent; the live one answers 404 to a link."""
        for number in request.many("dtids[]"):
            self.truth.tickets[number].parent = ""
        numbers = request.many("tids[]")
        if not numbers:
            return
        found = [t for number in numbers for t in self.truth.tickets.values() if t.number == number]
        parent, *children = found
        is_link = request.one("combine") == "2"
        self._may(agent, "link" if is_link else "merge")
        for child in children:
            child.parent = parent.id
            if not is_link:
                child.merged = True
                parent.entries += child.entries
                parent.entries.sort(key=lambda entry: entry.id)
                child.entries = []
                child.status = request.one("childStatusId")
                child.closed = self.truth.now()
                child.lastupdate = self.truth.now()
        if is_link:
            raise Missing("Unable to manage ticket")

    def _add_task(self, request: Request, agent: Agent, ticket: Ticket) -> None:
        if not request.one("title"):
            raise Refused("Title required")
        made = Task(
            id=str(self.truth.number()),
            title=request.one("title"),
            html=request.one("description"),
            at=self.truth.now(),
            staff=request.one("assignee[]")[1:],
        )
        ticket.tasks.append(made)

    def task(self, request: Request, agent: Agent, number: str, way: str) -> None:
        for ticket in self.truth.tickets.values():
            for task in ticket.tasks:
                if task.id == number and self.truth.sees(agent, ticket):
                    task.is_open = way == "reopen"
                    at = self.truth.now()
                    task.events.append(Happened("thumbs-up-alt", at, agent.name, way))
                    return
        raise Missing("No such task")
