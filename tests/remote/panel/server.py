"""The fake panel over real sockets: sessions, tokens, locks, and what goes wrong on demand."""

from __future__ import annotations

import base64
import hashlib
import http.server
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email.parser import BytesParser
from email.policy import HTTP
from enum import StrEnum
from urllib.parse import parse_qsl, urlsplit

from tests.remote.answering import answering
from tests.remote.panel import html
from tests.remote.panel.html import Manner
from tests.remote.panel.truth import Agent, Forbidden, Missing, Refused, Truth

Form = list[tuple[str, str]]
WRITES = ("reply", "postnote", "open", "process")
_TRIES, _STRIKES = 5, 3


class Fate(StrEnum):
    """What happens to the next request that changes something."""

    LOSE_REQUEST = "lose_request"
    LOSE_ANSWER = "lose_answer"
    BUSY = "busy"
    CRASH = "crash"
    """It is carried out, and then the server fails."""
    SIGN_OUT = "sign_out"
    NONE = "none"
    """Nothing: it is the one after it that something happens to."""


@dataclass
class Session:
    token: str
    agent: Agent | None = None
    pending: Agent | None = None
    strikes: int = 0
    """Wrong codes."""
    searches: dict[str, list[tuple[str, str, list[str]]]] = field(default_factory=dict)
    exports: dict[str, tuple[list[str], str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    brought: set[str] = field(default_factory=set)
    """Files that may be attached: no others than came within it."""
    mark: str = field(default_factory=lambda: secrets.token_hex(4))
    """Ends the names of its forms' fields: those of another session mean nothing."""
    lock: threading.Lock = field(default_factory=threading.Lock)
    """One session's requests wait for each other, as PHP's do."""


@dataclass
class Request:
    method: str
    path: str
    query: dict[str, str]
    form: Form
    files: list[tuple[str, str, bytes]]
    session: Session

    def one(self, name: str, default: str = "") -> str:
        return next((v for k, v in self.form if k == name), default)

    def many(self, name: str) -> list[str]:
        return [v for k, v in self.form if k == name]


@dataclass
class Reply:
    status: int = 200
    body: bytes = b""
    kind: str = "text/html"
    location: str = ""


class Panel:
    """One help desk; `fates` are what is to go wrong with the next changes."""

    not_ready = 1
    """How often an export is asked for in vain."""
    not_noted = 0
    """How often before that it is not known at all."""

    def __init__(self, truth: Truth | None = None, manner: Manner | None = None) -> None:
        from tests.remote.panel.routes import Routes

        self.truth = truth or Truth()
        self.manner = manner or Manner()
        self.sessions: dict[str, Session] = {}
        self.fates: list[Fate] = []
        self.accidents: list[Callable[[], object]] = []
        """Each is called just before one of the next changes is carried out."""
        self.offline = False
        self.locks_off = False
        self.canned_gone = False
        """Whether the files of canned responses are not there any more."""
        self.further_queues = ""
        """In the head of every page, as HTML."""
        self.renewals = 0
        """How often a lock was renewed."""
        self.offset = timedelta(0)
        """Of the database's time zone."""
        self.tries: dict[str, int] = {}
        self.renamed: dict[str, str] = {}
        """Ids of sessions that the server gives another id at the next request."""
        self.log: list[str] = []
        """Method and path of every request."""
        self.agents_seen: set[str] = set()
        self.url = ""
        self._open = threading.Event()
        self._open.set()
        self._routes = Routes(self)

    def expire(self) -> None:
        """Every session has idled out."""
        self.sessions.clear()

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Answer nothing until the block ends."""
        self._open.clear()
        try:
            yield
        finally:
            self._open.set()

    @contextmanager
    def serving(self) -> Iterator[Panel]:
        with answering(self._handle) as address:
            self.url = f"{address}/help"
            yield self

    # --- one request -----------------------------------------------------------------------

    def _handle(self, handler: http.server.BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        size = int(handler.headers.get("Content-Length") or 0)
        body = handler.rfile.read(size)
        kind = handler.headers.get("Content-Type", "")
        form, files = _decoded(kind, body)
        key, session = self._session(handler.headers.get("Cookie", ""))
        self.log.append(f"{handler.command} {parts.path.removeprefix('/help')}")
        self.agents_seen.add(handler.headers.get("User-Agent", ""))
        path = parts.path.removeprefix("/help")
        request = Request(handler.command, path, dict(parse_qsl(parts.query)), form, files, session)
        token = handler.headers.get("X-CSRFToken") or request.one("__CSRFToken__")
        fate = self.fates.pop(0) if self.fates and self._changes(request) else None
        if self.accidents and self._changes(request):
            self.accidents.pop(0)()
        if fate is Fate.SIGN_OUT:
            self.expire()
        if key not in self.sessions:  # it ended just now
            key, session = self._session("")
            request.session = session
        if fate is Fate.LOSE_REQUEST:
            return self._cut(handler)
        if fate is Fate.BUSY:
            return self._send(handler, Reply(503, b"busy"), key)
        self._open.wait()
        with session.lock:
            reply = self._answer(request, token)
        if fate is Fate.LOSE_ANSWER:
            return self._cut(handler)
        if fate is Fate.CRASH:
            reply = Reply(500, b"")
        return self._send(handler, reply, key)

    def _changes(self, request: Request) -> bool:
        """Writes proper: what a client must not send twice."""
        if request.method != "POST":
            return False
        if request.path == "/scp/tickets.php":
            return request.one("a") in WRITES
        parts = request.path.split("/")
        return (
            len(parts) > 3
            and parts[3] in {"tickets", "tasks", "thread"}
            and parts[4]
            not in {
                "search",
                "export",
            }
        )

    def _answer(self, request: Request, token: str) -> Reply:
        session = request.session
        if request.method == "POST" and token != session.token:
            return Reply(400, b"Valid CSRF Token Required")
        if request.path == "/scp/login.php":
            return self._login(request)
        if self.offline:
            session.agent = None
        if session.agent is None:
            if request.path.startswith("/scp/ajax.php/"):
                return Reply(403, "Anmeldung nötig".encode())
            return Reply(302, location="/help/scp/login.php")
        return self._routed(request, session.agent)

    def _routed(self, request: Request, agent: Agent) -> Reply:
        try:
            return self._routes.answer(request, agent)
        except Refused as no:
            return Reply(200, html.refused(str(no)).encode())
        except Forbidden as no:
            return Reply(403, str(no).encode())
        except Missing as no:
            return Reply(404, str(no).encode())

    def _login(self, request: Request) -> Reply:
        session = request.session
        if request.method == "GET":
            words = "System Offline" if self.offline else "Authentication Required"
            return Reply(
                body=html.login(session.token, words, code=session.pending is not None).encode()
            )
        session.token = secrets.token_hex(20)
        if request.one("do") == "2fa":
            return self._second_factor(session, request.one("5f1e2d"))
        user = request.one("userid")
        agent = next((a for a in self.truth.agents.values() if a.user == user), None)
        wrong = self.tries.get(user, 0)
        if wrong >= _TRIES or agent is None or request.one("passwd") != agent.password:
            self.tries[user] = wrong + 1
            words = "Maximum reached" if wrong >= _TRIES else "Access denied"
            return _json({"status": 401, "message": words, "show_reset": True})
        if agent.code:
            session.pending, session.strikes = agent, 0
            return _json({"status": 302, "redirect": "login.php"})
        session.agent = agent
        return _json({"status": 302, "redirect": "index.php"})

    def _second_factor(self, session: Session, code: str) -> Reply:
        """At the fourth wrong code the sign-in is over, which looks like a way on."""
        agent = session.pending
        if agent is None or code != agent.code:
            session.strikes += 1
            if session.strikes > _STRIKES:
                session.pending = None
                return _json({"status": 302, "redirect": "login.php"})
            return _json({"status": 401, "message": "Invalid Code"})
        session.agent, session.pending = agent, None
        return _json({"status": 302, "redirect": "index.php"})

    def _session(self, cookie: str) -> tuple[str, Session]:
        found = dict(part.strip().partition("=")[::2] for part in cookie.split(";"))
        key = found.get("OSTSESSID", "")
        key = self.renamed.get(key, key)
        if key not in self.sessions:
            key = secrets.token_hex(8)
            self.sessions[key] = Session(token=secrets.token_hex(20))
        return key, self.sessions[key]

    def _cut(self, handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        handler.connection.shutdown(2)

    def _send(self, handler: http.server.BaseHTTPRequestHandler, reply: Reply, key: str) -> None:
        handler.send_response(reply.status)
        handler.send_header("Content-Type", reply.kind)
        handler.send_header("Content-Length", str(len(reply.body)))
        handler.send_header("Set-Cookie", f"OSTSESSID={key}; path=/; HttpOnly")
        if reply.location:
            handler.send_header("Location", reply.location)
        handler.end_headers()
        handler.wfile.write(reply.body)


def _json(value: object, status: int = 200) -> Reply:
    """JSON that is called HTML, as the live server does."""
    return Reply(status, json.dumps(value).encode())


def _decoded(kind: str, body: bytes) -> tuple[Form, list[tuple[str, str, bytes]]]:
    if not kind.startswith("multipart/"):
        return parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True), []
    mail = BytesParser(policy=HTTP).parsebytes(
        b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body
    )
    form: Form = []
    files = []
    for part in mail.iter_parts():
        name = str(part.get_param("name", header="content-disposition"))
        data = part.get_payload(decode=True)
        assert isinstance(data, bytes)
        if part.get_filename() is None:
            form.append((name, data.decode()))
        else:
            files.append((name, str(part.get_filename()), data))
    return form, files


def search_key(criteria: list[tuple[str, str, list[str]]]) -> str:
    """As the live server names a search in the session."""
    words = " ".join(f"{name} {method} {'+'.join(value)}" for name, method, value in criteria)
    digest = base64.b64encode(hashlib.sha1(words.encode()).digest()).decode()
    return "".join(c for c in digest if c not in "+/=")[-10:]
