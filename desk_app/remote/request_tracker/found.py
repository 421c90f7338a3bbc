"""A Request Tracker at an address: whether it is one, and a session there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from desk_app.ports.connection import Detected
from desk_app.remote.http import Answer, Ask, HttpServer, Limits
from desk_app.remote.request_tracker.server import RequestTracker
from desk_app.remote.request_tracker.session import REST, Session

if TYPE_CHECKING:
    from desk_app.domain.lifecycle import Lifecycle
    from desk_app.domain.mirror import Account

PRODUCT = "Request Tracker"
_TOKEN = re.compile(r"\d+-\d+-[0-9a-f]{32}")
"""As RT makes them: such a secret is no password."""
_VERSION = re.compile(r"RT (?:Version )?(\d+\.\d+[\w.+~-]*)")
_TAILS = ("/index.html", "/REST/2.0", "/REST", "/NoAuth/Login.html")
"""What people copy along with an address."""
_QUICK = Limits(connect_s=8, read_s=15, whole_s=30, bytes=2_000_000)
_ASKED_TO_SIGN_IN = frozenset({401, 403})


def connect(account: Account, secret: str, lifecycle: Lifecycle) -> RequestTracker:
    """Nothing is asked yet."""
    session = Session(
        account.url,
        account.user,
        secret,
        token=_TOKEN.fullmatch(secret) is not None,
        certificates=account.certificates,
    )
    return RequestTracker(session, lifecycle=lifecycle)


def detect(url: str, certificates: str) -> Detected | None:
    """RT wants to know who asks, and says so in JSON; its start page tells the version."""
    for tail in _TAILS:
        url = url.removesuffix(tail).rstrip("/")
    http = HttpServer(url, certificates=certificates, limits=_QUICK)
    try:
        rest = http.ask(Ask(path=f"{REST}/rt", plain=True, follow=False))
        if rest.status not in _ASKED_TO_SIGN_IN or not _is_rest(rest):
            return None
        page = http.ask(Ask(path="/", plain=True)).body.decode("utf-8", "replace")
    finally:
        http.close()
    version = _VERSION.search(page)
    return Detected(
        kind="rt", url=url, product=PRODUCT, version="" if version is None else version[1]
    )


def _is_rest(answer: Answer) -> bool:
    return "json" in answer.headers.get("Content-Type", "") and b'"message"' in answer.body
