"""Stands between a client and the real osTicket: counts, loses answers, ends sessions in time."""

from __future__ import annotations

import http.server
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import requests

from desk_app.remote.osticket.server import OsTicketServer
from tests.live.osticket_site import SITE
from tests.remote.answering import answering

_HOP = frozenset({"connection", "content-length", "transfer-encoding", "content-encoding"})
_NOT_ASKED = frozenset({"host", "connection", "accept-encoding"})
_PARTS = frozenset({"tickets", "tasks", "thread"})
_TIMEOUT_S = 120.0
_OK = 200


class Between:
    """Hands every request on; `before` and `lose` are for the next one that writes."""

    def __init__(self) -> None:
        self.url = ""
        self.log: list[str] = []
        """Method and path of every request."""
        self.before: Callable[[], object] | None = None
        """Called once, before that request reaches the server."""
        self.lose = False
        """Whether its answer is lost, once, after the server did what it asks."""
        self.lost: list[str] = []

    @property
    def sign_ins(self) -> int:
        """How often a password or a code was given."""
        return sum(line.startswith("POST ") and line.endswith("/login.php") for line in self.log)

    @contextmanager
    def serving(self) -> Iterator[Between]:
        with answering(self._hand_on) as address:
            self.url = f"{address}{urlsplit(SITE['URL']).path}"
            yield self

    def _hand_on(self, handler: http.server.BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        self.log.append(f"{handler.command} {handler.path.partition('?')[0]}")
        writes = _writes(handler.command, handler.path)
        act, self.before = (self.before, None) if writes else (None, self.before)
        if act is not None:
            act()
        parts = urlsplit(SITE["URL"])
        named = {k: v for k, v in handler.headers.items() if k.lower() not in _NOT_ASKED}
        with requests.Session() as line:
            line.trust_env = False
            line.headers.clear()
            answer = line.request(
                handler.command,
                f"{parts.scheme}://{parts.netloc}{handler.path}",
                data=body,
                headers={**named, "Accept-Encoding": "identity"},
                allow_redirects=False,
                timeout=_TIMEOUT_S,
            )
        if writes and self.lose:
            self.lose = False
            self.lost.append(handler.path)
            handler.close_connection = True
            handler.connection.shutdown(2)
            return
        handler.send_response(answer.status_code)
        for name, value in answer.raw.headers.items():
            if name.lower() not in _HOP:
                # This line has no certificate: a cookie for such lines alone would be kept back.
                handler.send_header(name, re.sub(r"(?i);\s*secure", "", value))
        handler.send_header("Content-Length", str(len(answer.content)))
        handler.end_headers()
        handler.wfile.write(answer.content)


def _writes(method: str, path: str) -> bool:
    """What a client must not send twice."""
    steps = urlsplit(path).path.partition("/scp/")[2].split("/")
    if method != "POST" or steps[0] == "login.php":
        return False
    if steps[0] == "tickets.php":
        return True
    return len(steps) > 2 and steps[1] in _PARTS and steps[2] not in {"search", "export"}


def sign_out(server: OsTicketServer) -> None:
    """End a session as its agent would in a browser; the server gives up all locks of theirs."""
    panel = f"{SITE['URL'].rstrip('/')}/scp/"
    with requests.Session() as browser:
        browser.trust_env = False
        browser.cookies.update(server.session.http.cookies)
        shown = browser.get(f"{panel}index.php", timeout=_TIMEOUT_S)
        link = re.search(r'"(?:/[^"]*/)?(logout\.php\?auth=[^"]+)"', shown.text)
        assert link is not None, shown.url
        browser.get(panel + link[1].replace("&amp;", "&"), timeout=_TIMEOUT_S)
        browser.cookies.clear()
        browser.cookies.update(server.session.http.cookies)
        after = browser.get(f"{panel}index.php", timeout=_TIMEOUT_S)
        assert after.status_code == _OK
        assert after.url.partition("?")[0].endswith("login.php"), after.url
