"""A Request Tracker on a real socket: small, strict, and willing to be hostile.

It does what RT 5.0.3 was seen to do, oddities and all, and refuses what that RT would take in
silence: fields, parameters and paths that it does not know.
"""

from __future__ import annotations

import base64
import json
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.remote.fake_sql import SqlError, parsed

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
WAYS = {
    "new": ("open", "resolved", "rejected"),
    "open": ("stalled", "resolved", "rejected"),
    "stalled": ("open",),
    "resolved": ("open",),
    "rejected": ("open",),
    "deleted": (),
}
ROLES = {"Requestor", "Cc", "AdminCc"}
FIELDS = {"Subject", "Status", "Owner", "Queue", "Priority", "Due", "CustomFields", "MergeInto"}
LINKS = {"AddRefersTo", "DeleteRefersTo", "DeleteReferredToBy"}
NEW = {"Queue", "Subject", "Requestor", "Content", "ContentType", "Attachments", "Status"}
NEW |= {"Owner", "Priority", "Due", "CustomFields", "RefersTo"}
TEXT = {"Content", "ContentType", "Attachments"}
PARAMS = {"query", "fields", "orderby", "order", "page", "per_page"}


class Fate(StrEnum):
    """What happens to the next write."""

    LOSE_REQUEST = "lose_request"
    LOSE_ANSWER = "lose_answer"
    BUSY = "busy"
    PORTAL = "portal"
    """It is carried out, and a page for people comes back."""


class RefusedError(Exception):
    """Another status than success."""

    def __init__(self, status: int, message: str = "") -> None:
        self.status, self.message = status, message


@dataclass
class FakeRt:
    """The truth."""

    cas: bool = True
    """Whether If-Match counts."""
    hostile: bool = False
    """Odd but legal answers: numbers as texts, unknown keys, addresses of other machines."""
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    queues: dict[str, str] = field(default_factory=lambda: {"1": "Support", "2": "Sales"})
    fields: dict[str, str] = field(default_factory=lambda: {"5": "Room"})
    tickets: dict[str, dict[str, Any]] = field(default_factory=dict)
    rows: list[dict[str, Any]] = field(default_factory=list)
    parts: list[dict[str, Any]] = field(default_factory=list)
    time: datetime = datetime(2026, 11, 26, 10, tzinfo=UTC)
    requests: list[str] = field(default_factory=list)
    posted: Counter[str] = field(default_factory=Counter)
    """How often each marker was written."""
    told: Counter[str] = field(default_factory=Counter)
    """How often each ticket was told whole in a list."""
    fates: list[Fate] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)
    groups: set[str] = field(default_factory=set)
    """Numbers of groups that may be in a role."""
    may_watch: bool = True
    """Whether people may be put into roles."""
    knows_effective: bool = True
    """Whether a search may name EffectiveId."""
    also: dict[str, int] = field(default_factory=dict)
    """Status for transactions that are of something else than a ticket."""
    delay: float = 0.0
    """Seconds that an answer takes; for measurements alone."""
    url: str = ""

    def user(self, login: str, *, agent: bool = True) -> None:
        number = str(20 + len(self.users))
        name = f"{login.capitalize()} {'Agent' if agent else 'User'}"
        email = f"{login}@{'desk' if agent else 'out'}.test"
        self.users[login] = {"Name": login, "RealName": name, "EmailAddress": email, "id": number}
        self.users[login]["Privileged"] = int(agent)

    # --- what happens ---------------------------------------------------------------------------

    def row(self, ticket: str, kind: str, who: str, **more: Any) -> str:
        number = str(100 + 3 * len(self.rows))
        row = {"id": number, "Type": kind, "ObjectId": ticket, "Creator": who, "Field": ""}
        row |= {"OldValue": "", "NewValue": "", "Created": self.time, "ObjectType": "RT::Ticket"}
        self.rows.append(row | more)
        self.tickets[ticket]["LastUpdated"] = self.time
        return number

    def make(self, who: str, body: dict[str, Any]) -> str:
        number = str(len(self.tickets) + 1)
        if body["Queue"] not in {*self.queues, *self.queues.values()}:
            raise RefusedError(403, "no such queue")
        names = {name: key for key, name in self.queues.items()}
        start = {"Subject": "", "Status": "new", "Owner": "Nobody", "Priority": "0", "Due": ""}
        ticket = {**start, **{key: body[key] for key in start if key in body}}
        ticket |= {"id": number, "Queue": names.get(body["Queue"], body["Queue"])}
        ticket |= {"Requestor": [], "Cc": [], "AdminCc": [], "CustomFields": {}}
        for role in ROLES & set(body):
            ticket[role] = [one for one in [self._login(body[role])] if one]
        ticket |= {"RefersTo": set(body.get("RefersTo", ())), "Created": self.time}
        ticket |= {"Due": _due(ticket["Due"]), "Type": "ticket", "EffectiveId": number}
        self.tickets[number] = ticket
        self.answer(ticket, body.get("CustomFields", {}))
        self.write(number, "Create", who, body)
        return number

    def write(self, ticket: str, kind: str, who: str, body: dict[str, Any]) -> str:
        number = self.row(ticket, kind, who)
        whole = body.get("ContentType", "text/plain")
        marker = re.search(r'x-desk-command="([\w-]+)"', whole)
        if marker:
            self.posted[marker[1]] += 1
        if body.get("Content"):
            self.part(number, whole.partition(";")[0], body["Content"].encode(), head=whole)
        for file in body.get("Attachments", ()):
            if set(file) != {"FileName", "FileType", "FileContent"}:
                raise RefusedError(400, "attachment")
            if not file["FileContent"]:
                words = "FileContent is a required field for each attachment in Attachments"
                raise RefusedError(400, words)
            data = base64.b64decode(file["FileContent"])
            self.part(number, file["FileType"], data, name=file["FileName"])
        if kind == "Correspond" and self.tickets[ticket]["Status"] == "new":
            agent = self.users.get(who, {}).get("Privileged")
            if agent:
                self.set(ticket, "RT_System", "Status", "open")
        return number

    def part(self, row: str, kind: str, data: bytes, head: str = "", name: str = "") -> None:
        folded = (head or kind).replace("; ", ";\n ")  # a long head is broken, as RT does it
        headers = f"Subject: x\nContent-Type: {folded}\nContent-Length: {len(data)}"
        self.parts.append(
            {
                "id": str(len(self.parts) + 1),
                "TransactionId": row,
                "ContentType": kind,
                "Filename": name,
                "ContentLength": str(len(data)),
                "Headers": headers,
                "Content": data,
            }
        )

    def set(self, ticket: str, who: str, name: str, value: str) -> str:
        """One field; RT's answer is a sentence in any case."""
        kept = self.tickets[ticket]
        if name == "Status" and value not in {*WAYS} - {"deleted"}:
            return f"Status '{value}' isn't a valid status for this ticket."
        if name == "Queue" and value not in self.queues:
            return "Permission Denied"
        if name == "Owner" and not self._may_own(kept["Owner"], who, value):
            return "You can only reassign tickets that you own or that are unowned"
        old = kept[name]
        if old == value:
            return "That is the current value"
        kept[name] = _due(value) if name == "Due" else value
        told = (str(old), value)
        if name == "Owner":
            told = (self._number(old), self._number(value))
        kind = "Status" if name == "Status" else "Set"
        self.row(ticket, kind, who, Field=name, OldValue=told[0], NewValue=told[1])
        return f"{name} changed from {old} to {value}"

    def role(self, ticket: str, who: str, name: str, wanted: list[str]) -> list[str]:
        """All of a role; whoever is named by an unknown address becomes a user."""
        there, said = self.tickets[ticket][name], []
        logins = [one if one in self.groups else self._met(one) for one in wanted]
        for login in dict.fromkeys([*logins, *sorted(there)]):
            if (login in there) is (login in logins):
                continue
            kind = "DelWatcher" if login in there else "AddWatcher"
            value = "OldValue" if login in there else "NewValue"
            if self.may_watch:
                self.row(ticket, kind, who, Field=name, **{value: self._number(login)})
            said.append(f"{login} {kind} {name}" if self.may_watch else "Permission Denied")
        if self.may_watch:
            kept = [login for login in there if login in logins]
            kept += [login for login in dict.fromkeys(logins) if login not in there]
            self.tickets[ticket][name] = kept
        return said

    def _met(self, address: str) -> str:
        found = self._login(address)
        if not found:
            found = address.rpartition("<")[2].rstrip(">")
            if "@" not in found:
                raise RefusedError(500)
            self.user(found, agent=False)
            name = address.partition(" <")[0].strip('"')
            self.users[found] |= {"EmailAddress": found, "RealName": name}
        return found

    def answer(self, ticket: dict[str, Any], values: dict[str, Any], who: str = "") -> list[str]:
        said = []
        for key, value in values.items():
            if key not in self.fields:
                continue  # RT says nothing of fields that it does not know
            old = ticket["CustomFields"].get(key, "")
            ticket["CustomFields"][key] = value
            if who:
                more = {"Field": key, "OldValue": old or "", "NewValue": value or ""}
                self.row(ticket["id"], "CustomField", who, **more)
            said.append(f"{self.fields[key]} {value} added")
        return said

    def merge(self, ticket: str, into: str, who: str) -> None:
        uri = f"fsck.com-rt://desk.test/ticket/{into}"
        for one in (ticket, into):
            self.row(one, "AddLink", who, Field="MergedInto", NewValue=uri)
        self.tickets[ticket]["EffectiveId"] = into

    def version(self, ticket: str) -> str:
        return self.history(ticket)[-1]["id"]

    def history(self, ticket: str) -> list[dict[str, Any]]:
        with_it = {k for k, t in self.tickets.items() if t["EffectiveId"] == ticket} | {ticket}
        return [row for row in self.rows if row["ObjectId"] in with_it]

    def _may_own(self, owner: str, who: str, value: str) -> bool:
        known = value == "Nobody" or self.users.get(value, {}).get("Privileged")
        return bool(known) and (owner in {"Nobody", who} or value == who)

    def _login(self, address: str) -> str:
        email = address.rpartition("<")[2].rstrip(">")
        found = [k for k, u in self.users.items() if email in (u["EmailAddress"], k)]
        return found[0] if found else ""

    def _number(self, login: str) -> str:
        if login in self.groups:
            return login
        return "6" if login == "Nobody" else str(self.users[login]["id"])


def _due(text: str) -> datetime:
    """With T and Z RT keeps never."""
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return NEVER


Call = Callable[..., Any]


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # heads and body are two writes: each answer waited 40 ms
    rt: FakeRt

    def log_message(self, *args: Any) -> None:
        pass

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except ConnectionError:
            self.close_connection = True

    def do_GET(self) -> None:
        self._any()

    def do_POST(self) -> None:
        self._any()

    def do_PUT(self) -> None:
        self._any()

    def _any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.rt.requests.append(f"{self.command} {self.path}")
        try:
            if self.path.startswith("/REST/2.0/"):
                self._rest(body)
            elif self.path.startswith("/NoAuth/"):
                self._login(body)
            else:
                self._send(200, b"<span>RT Version 5.0.3</span>", {}, "text/html")
        except RefusedError as no:
            self._send(no.status, json.dumps({"message": no.message}).encode(), {})
        except SqlError as no:
            self._send(400, json.dumps({"message": f"query: {no}"}).encode(), {})

    def _rest(self, body: bytes) -> None:
        writes = self.command in {"POST", "PUT"} and not self.path.endswith("/tickets")
        fate = self.rt.fates.pop(0) if writes and self.rt.fates else None
        if fate is Fate.LOSE_REQUEST:
            return self._hang_up()
        if fate is Fate.BUSY:
            raise RefusedError(503)
        if self.rt.delay:
            time.sleep(self.rt.delay)
        self.who = self._user()
        status, told, headers = self._routed(body)
        if fate is Fate.LOSE_ANSWER:
            return self._hang_up()
        if fate is Fate.PORTAL:
            return self._send(200, b"<html>Hotel</html>", {}, "text/html")
        data = b"" if told is None else json.dumps(told).encode()
        return self._send(status, data, headers)

    def _hang_up(self) -> None:
        self.close_connection = True

    def _send(self, status: int, data: bytes, headers: dict[str, str], kind: str = "") -> None:
        self.send_response_only(status)
        self.send_header("Date", format_datetime(self.rt.time, usegmt=True))
        self.send_header("Content-Type", kind or "application/json")
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if status != 304:
            self.wfile.write(data)

    def _login(self, body: bytes) -> None:
        form = {key: values[0] for key, values in parse_qs(body.decode()).items()}
        good = form["user"] in self.rt.users and form["pass"] == f"{form['user']}-password"
        headers = {"Set-Cookie": f"RT_SID={form['user']}; path=/"} if good else {}
        self._send(200, b"<html></html>", headers, "text/html")

    def _user(self) -> str:
        cookie = re.search(r"RT_SID=(\w+)", self.headers.get("Cookie", ""))
        if cookie:
            return cookie[1]
        kind, _, given = self.headers.get("Authorization", "").partition(" ")
        if kind == "Basic":
            login, _, secret = base64.b64decode(given).decode().partition(":")
            if login in self.rt.users and secret == f"{login}-password":
                return login
        raise RefusedError(401, "Unauthorized")

    # --- paths ----------------------------------------------------------------------------------

    def _routed(self, body: bytes) -> tuple[int, Any, dict[str, str]]:
        parts = urlsplit(self.path)
        path = unquote(parts.path.removeprefix("/REST/2.0"))
        self.params = parse_qs(parts.query)
        if path == "/tickets" and self.command == "POST":
            self.params = parse_qs(body.decode())
            body = b""
        for key in self.params:
            if key not in PARAMS and not key.startswith("fields["):
                raise RefusedError(400, f"parameter {key}")
        for pattern, call in _ROUTES:
            found = re.fullmatch(pattern, f"{self.command} {path}")
            if found:
                told = call(self, *found.groups(), *([json.loads(body)] if body else []))
                return told if isinstance(told, tuple) else (200, told, {})
        raise RefusedError(404, path)

    def _one(self, name: str, default: str = "") -> str:
        return self.params.get(name, [default])[0]

    def _listed(self, rows: list[Any], show: Call, total: int | None = None) -> dict[str, Any]:
        size, page = int(self._one("per_page", "20")), int(self._one("page", "1"))
        some = rows[(page - 1) * size : page * size]
        return {"items": [show(row) for row in some], "total": total, "count": len(some)}

    def _rt(self) -> Any:
        return {"Version": "5.0.3"}

    def _who(self, name: str) -> Any:
        users = self.rt.users
        found = users.get(name) or next((u for u in users.values() if u["id"] == name), None)
        if found is None:
            raise RefusedError(404)
        return dict(found)

    def _users(self) -> Any:
        wanted = json.loads(self._one("query"))
        fits = {
            "=": lambda user, t: user[t["field"]] == t["value"],
            "ENDSWITH": lambda user, t: user[t["field"]].endswith(t["value"]),
        }
        found = [
            user
            for user in self.rt.users.values()
            if any(fits[t.get("operator", "=")](user, t) for t in wanted)
        ]
        return self._listed(found, dict)

    def _queues(self) -> Any:
        links = [{"ref": "create", "type": "ticket", "_url": "http://elsewhere.test/"}]
        return self._listed(
            list(self.rt.queues.items()),
            lambda q: {"id": q[0], "Name": q[1], "Disabled": "0", "_hyperlinks": links},
        )

    def _queue(self, number: str) -> Any:
        fields = [{"id": key, "name": name} for key, name in self.rt.fields.items()]
        return {"id": number, "TicketCustomFields": fields if number == "1" else ""}

    def _field(self, number: str) -> Any:
        return {"id": number, "Name": self.rt.fields[number], "Type": "Freeform", "MaxValues": "1"}

    def _groups(self) -> Any:
        return self._listed([], dict)

    # --- tickets --------------------------------------------------------------------------------

    def _seen(self, number: str) -> dict[str, Any]:
        if number not in self.rt.tickets:
            raise RefusedError(404, "Not Found")
        found = self.rt.tickets[number]
        if number in self.rt.hidden:
            raise RefusedError(403, "Forbidden")
        return self._seen(found["EffectiveId"]) if found["EffectiveId"] != number else found

    def _shown(self, ticket: dict[str, Any], *, alone: bool) -> dict[str, Any]:
        def person(login: str) -> dict[str, Any]:
            whole = {} if alone else dict(self.rt.users.get(login, {"Name": login}))
            if login in self.rt.groups:
                return {"type": "group", **whole, "id": login}
            return {"type": "user", **whole, "id": login}

        links = [{"ref": "correspond"}, {"ref": "comment"}]
        links += [{"ref": "lifecycle", "to": to} for to in WAYS[ticket["Status"]]]
        links += [{"ref": "refers-to", "type": "ticket", "id": n} for n in ticket["RefersTo"]]
        told = {
            **{key: ticket[key] for key in ("Subject", "Status", "Priority", "Type")},
            **{key: _time(ticket[key]) for key in ("Due", "Created", "LastUpdated")},
            "id": ticket["id"] if self.rt.hostile or not alone else int(ticket["id"]),
            "Resolved": _time(NEVER),
            "Queue": {"id": ticket["Queue"]},
            "Owner": person(ticket["Owner"]),
            "Creator": person("lea"),
            **{role: [person(login) for login in ticket[role]] for role in ROLES},
            "EffectiveId": {"id": ticket["EffectiveId"]} if alone else ticket["EffectiveId"],
            "CustomFields": [
                {"id": key, "name": name, "values": [ticket["CustomFields"].get(key)]}
                for key, name in self.rt.fields.items()
            ],
            "_hyperlinks": links,
        }
        if self.rt.hostile:
            told |= {"Evil": {"x": [1]}, "_url": "http://elsewhere.test/x", "TimeWorked": None}
            told["Priority"] = int(told["Priority"])
        return told

    def _tickets(self) -> Any:
        fields = {"id", "Status", "Owner", "Queue", "Type", "LastUpdated", "EffectiveId"}
        query = self._one("query")
        if not self.rt.knows_effective and "EffectiveId" in query:
            raise RefusedError(400, "query")
        test = parsed(query, fields, self.rt.time)
        found = [
            ticket
            for number, ticket in self.rt.tickets.items()
            if ticket["EffectiveId"] == number or "EffectiveId" in query
            if number not in self.rt.hidden and ticket["Type"] == "ticket"
            if ticket["Status"] != "deleted" and test(ticket)
        ]
        reverse = self._one("order") == "DESC"
        key = self._one("orderby", "id")
        found.sort(key=lambda t: int(t["id"]) if key == "id" else t[key], reverse=reverse)
        return self._listed(found, self._told_whole, len(found))

    def _told_whole(self, ticket: dict[str, Any]) -> dict[str, Any]:
        if "Subject" in self._one("fields"):
            self.rt.told[ticket["id"]] += 1
        return self._shown(ticket, alone=False)

    def _ticket(self, number: str) -> Any:
        found = self._seen(number)
        version = f'"{self.rt.version(found["id"])}"'
        if self.headers.get("If-None-Match") == version:
            return 304, None, {"ETag": version}
        return 200, self._shown(found, alone=True), {"ETag": version}

    def _make(self, body: dict[str, Any]) -> Any:
        self._known(body, NEW)
        number = self.rt.make(self.who, body)
        where = {"Location": f"http://elsewhere.test/REST/2.0/ticket/{number}"}
        return 201, {"id": number, "type": "ticket"}, where

    def _write(self, number: str, how: str, body: dict[str, Any]) -> Any:
        self._known(body, TEXT)
        if "If-Match" in self.headers:
            raise RefusedError(412)  # RT does so whatever it says
        kind = "Correspond" if how == "correspond" else "Comment"
        made = self.rt.write(self._seen(number)["id"], kind, self.who, body)
        where = {"Location": f"http://elsewhere.test/REST/2.0/transaction/{made}"}
        return 201, ["Nachricht hinzugefügt"], where

    def _change(self, number: str, steal: str | None, body: dict[str, Any]) -> Any:
        self._known(body, FIELDS | LINKS | ROLES)
        ticket = self._seen(number)
        match = self.headers.get("If-Match", "").strip('"')
        if self.rt.cas and match and match != self.rt.version(ticket["id"]):
            raise RefusedError(412, "Precondition Failed")
        rt, said = self.rt, []
        if steal:
            said.append(rt.set(ticket["id"], self.who, "Owner", self.who))
        names = sorted(FIELDS & set(body) - {"CustomFields", "MergeInto"})
        said += [rt.set(ticket["id"], self.who, name, body[name]) for name in names]
        said += rt.answer(ticket, body.get("CustomFields", {}), self.who)
        for name in sorted(ROLES & set(body)):
            said += rt.role(ticket["id"], self.who, name, body[name])
        for name in sorted(LINKS & set(body)):
            self._link(ticket, name, body[name])
        if "MergeInto" in body:
            rt.merge(ticket["id"], body["MergeInto"], self.who)
        return said

    def _link(self, ticket: dict[str, Any], name: str, others: list[str]) -> None:
        uri = "fsck.com-rt://desk.test/ticket/{}".format
        for other in others if name.endswith("RefersTo") else ():
            if name == "AddRefersTo":
                ticket["RefersTo"].add(other)
                more = {"Field": "RefersTo", "NewValue": uri(other)}
                self.rt.row(ticket["id"], "AddLink", self.who, **more)
            elif other in ticket["RefersTo"]:
                ticket["RefersTo"].remove(other)
                more = {"Field": "RefersTo", "OldValue": uri(other)}
                self.rt.row(ticket["id"], "DeleteLink", self.who, **more)

    def _known(self, body: dict[str, Any], names: set[str]) -> None:
        if set(body) - names:
            raise RefusedError(400, f"unknown {sorted(set(body) - names)}")

    # --- history --------------------------------------------------------------------------------

    def _row(self, row: dict[str, Any]) -> dict[str, Any]:
        """With the fields that were asked for, and no other."""
        whole = {**row, "Created": _time(row["Created"]), "Creator": {"id": row["Creator"]}}
        told = {name: whole[name] for name in self._one("fields").split(",")} | {"id": row["id"]}
        return told | ({"Evil": "<script>", "id": int(row["id"])} if self.rt.hostile else {})

    def _ordered(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        assert self._one("orderby") == "id"
        return sorted(rows, key=lambda r: int(r["id"]), reverse=self._one("order") == "DESC")

    def _history(self, number: str) -> Any:
        try:
            rows = self.rt.history(self._seen(number)["id"])
        except RefusedError:
            rows = []  # RT answers with nothing, and no reason
        return self._listed(self._ordered(rows), self._row)

    def _transactions(self) -> Any:
        fields = {"id", "Type", "Creator", "ObjectType", "ObjectId"}
        test = parsed(self._one("query"), fields, self.rt.time)
        found = self._listed(self._ordered([row for row in self.rt.rows if test(row)]), dict)
        # RT takes out what may not be seen when the page is cut already.
        seen = [row for row in found["items"] if row["ObjectId"] not in self.rt.hidden]
        return {**found, "items": [self._row(row) for row in seen], "count": len(seen)}

    def _transaction(self, number: str) -> Any:
        found = next((row for row in self.rt.rows if row["id"] == number), None)
        if number in self.rt.also:
            raise RefusedError(self.rt.also[number])
        if found is None:
            raise RefusedError(500, "Internal Server Error")  # RT 5.0.3 says so
        self._seen(found["ObjectId"])
        return self._row(found)

    def _attachments(self) -> Any:
        terms = json.loads(self._one("query"))
        found = [p for p in self.rt.parts if any(p[t["field"]] == t["value"] for t in terms)]
        names = self._one("fields").split(",")

        def show(part: dict[str, Any]) -> dict[str, Any]:
            told = {name: part[name] for name in names}
            if "Content" in told:
                told["Content"] = told["Content"].decode("utf-8", "replace")
            return {"id": part["id"], **told}

        return self._listed(found, show)

    def _attachment(self, number: str) -> Any:
        part = next(p for p in self.rt.parts if p["id"] == number)
        content = base64.encodebytes(part["Content"]).decode()
        return {**part, "Content": content, "TransactionId": {"id": part["TransactionId"]}}


def _time(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


_A = _Answers
_ROUTES: list[tuple[str, Call]] = [
    ("GET /rt", _A._rt),
    ("GET /user/(.+)", _A._who),
    ("GET /users", _A._users),
    ("GET /queues/all", _A._queues),
    ("GET /queue/(\\d+)", _A._queue),
    ("GET /customfield/(\\d+)", _A._field),
    ("GET /groups", _A._groups),
    ("POST /tickets", _A._tickets),
    ("GET /ticket/(\\d+)", _A._ticket),
    ("POST /ticket", _A._make),
    ("POST /ticket/(\\d+)/(correspond|comment)", _A._write),
    ("PUT /ticket/(\\d+)(/steal)?", _A._change),
    ("GET /ticket/(\\d+)/history", _A._history),
    ("GET /transactions", _A._transactions),
    ("GET /transaction/(\\d+)", _A._transaction),
    ("GET /attachments", _A._attachments),
    ("GET /attachment/(\\d+)", _A._attachment),
]


@contextmanager
def fake_rt(**profile: Any) -> Iterator[FakeRt]:
    """Serve until the end of the block."""
    rt = FakeRt(**profile)
    for agent in ("sam", "ann", "lea"):
        rt.user(agent)
    rt.user("una", agent=False)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Answers", (_Answers,), {"rt": rt}))
    server.daemon_threads = True
    rt.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield rt
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
