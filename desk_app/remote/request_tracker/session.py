"""One agent's session with RT: signed in, and with RT's refusals as the port's errors."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote, urlsplit

import msgspec
from requests.auth import AuthBase, HTTPBasicAuth
from typing_extensions import override

from desk_app.ports.remote_errors import (
    MovedOnError,
    NotReachedError,
    RefusedByServerError,
    RemoteError,
    UnreadableAnswerError,
)
from desk_app.remote.http import Answer, Ask, HttpServer, Limits
from desk_app.remote.request_tracker.payloads import Message, User, Version

if TYPE_CHECKING:
    from collections.abc import Sequence

    from requests import PreparedRequest

T = TypeVar("T")

REST = "/REST/2.0"
PAGE = 100
"""RT gives no more on a page."""
_JSON = {"Accept": "application/json", "Content-Type": "application/json"}
_FILE_BYTES = 300_000_000
"""Of an answer that has a file in it, which RT sends as base64 in JSON."""
_LOGIN = "/NoAuth/Login.html"
_OK, _CREATED, _MOVED = 200, 201, 412
_ELSEWHERE = frozenset({301, 302, 303, 307, 308})
_REFUSED = frozenset({400, 403, 404, 405, 409, 413, 415, 422})


class _Token(AuthBase):
    def __init__(self, token: str) -> None:
        self._token = token

    @override
    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        r.headers["Authorization"] = f"token {self._token}"
        return r


class Session:
    """Requests as one agent. Every request says who asks; a cookie makes that cheap.

    RT hashes a password anew for each request, which takes a third of a second. With the cookie
    of its sign-in page it does not (RT 5.0.3: 35 ms instead of 330). Without that page, or when
    the cookie has run out, all works as before, only slower.
    """

    def __init__(
        self,
        url: str,
        user: str,
        secret: str,
        *,
        token: bool = False,
        certificates: str = "",
        limits: Limits | None = None,
    ) -> None:
        self.user = user
        """The name of the signed-in user; with a token not known before `sign_in`."""
        self._secret = "" if token else secret
        self._token_user = secret.split("-")[1] if token and secret.count("-") > 1 else ""
        auth = _Token(secret) if token else HTTPBasicAuth(user.encode(), secret.encode())
        self.http = HttpServer(url, auth=auth, certificates=certificates, limits=limits)
        self._has_cookie = False
        self.version = ""

    def sign_in(self) -> User:
        """Find out whether the credentials are good, and whose they are."""
        self.version = self.get(Version, "/rt").version
        if self._secret and not self._has_cookie:
            self._has_cookie = self._fetch_cookie()
        name = self._token_user or self.user
        found = self.get(User, f"/user/{quote(name, safe='')}")
        self.user = found.login or self.user
        return found

    def _fetch_cookie(self) -> bool:
        form = (("user", self.user), ("pass", self._secret))
        try:
            self.http.ask(Ask(path=_LOGIN, method="POST", form=form))
        except RemoteError:
            self.http.forget_cookies()  # a server with a sign-in of its own: a luxury, no more
            return False
        return bool(self.http.cookies)

    # --- reading ---------------------------------------------------------------------------

    def get(self, kind: type[T], path: str, *params: tuple[str, str]) -> T:
        """Read one thing that has to be there."""
        answer = self.ask(path, *params)
        if answer.status != _OK:
            raise self._odd(answer)
        return answer.decoded(kind)

    def ask(self, path: str, *params: tuple[str, str], **headers: str) -> Answer:
        """Read something that need not be there: statuses are the caller's business."""
        told = _JSON | {name.replace("_", "-"): value for name, value in headers.items()}
        return self._asked(Ask(path=REST + path, params=params, headers=told, follow=False))

    def file(self, path: str) -> Answer:
        """Read something large."""
        ask = Ask(path=REST + path, headers=_JSON, follow=False, largest=_FILE_BYTES)
        return self._asked(ask)

    def search(self, kind: type[T], path: str, sql: str, *params: tuple[str, str]) -> T:
        """Search by RT's SQL; as a form, since many ids make a long question."""
        return self._searched(kind, path, (("query", sql), *params))

    def search_json(
        self, kind: type[T], path: str, terms: Sequence[dict[str, str]], *params: tuple[str, str]
    ) -> T:
        """Search by RT's list of fields: those of the same field are alternatives."""
        query = ("query", json.dumps(list(terms)))
        return self.get(kind, path, query, *params)

    def _searched(self, kind: type[T], path: str, form: tuple[tuple[str, str], ...]) -> T:
        headers = {"Accept": "application/json"}
        ask = Ask(path=REST + path, method="POST", form=form, headers=headers, follow=False)
        answer = self._asked(ask)
        if answer.status != _OK:
            raise self._odd(answer)
        return answer.decoded(kind)

    # --- writing ---------------------------------------------------------------------------

    def write(self, method: str, path: str, body: object, *, version: str = "") -> Answer:
        """Change something, once.

        Raises:
            MovedOnError: it is not as `version` says.
            RefusedByServerError: RT said no to all of it.
        """
        headers = _JSON | ({"If-Match": f'"{version}"'} if version else {})
        data = msgspec.json.encode(body)
        ask = Ask(
            path=REST + path, method=method, body=data, headers=headers, writes=True, follow=False
        )
        answer = self._asked(ask)
        if answer.status in {_OK, _CREATED}:
            return answer
        if answer.status == _MOVED:
            raise MovedOnError()
        if answer.status in _REFUSED:
            raise RefusedByServerError(words=words_of(answer), status=answer.status)
        raise answer.portal()

    # --- what is odd -----------------------------------------------------------------------

    def _asked(self, ask: Ask) -> Answer:
        answer = self.http.ask(ask)
        if answer.status in _ELSEWHERE and self._has_cookie and self._is_start(answer):
            # RT sends a browser, which is whoever has a cookie, to its start page instead of 401.
            self.http.forget_cookies()
            self._has_cookie = False
            return self._asked(ask)
        return answer

    def _is_start(self, answer: Answer) -> bool:
        start = urlsplit(self.http.url).path.rstrip("/")
        return urlsplit(answer.headers.get("Location", "")).path.rstrip("/") == start

    def _odd(self, answer: Answer) -> RemoteError:
        if answer.is_html or answer.status in _ELSEWHERE:
            return NotReachedError(host=self.http.host, why="portal", detail="")
        return UnreadableAnswerError(
            why="status", status=answer.status, detail=words_of(answer) or str(answer.status)
        )


def words_of(answer: Answer) -> str:
    """What RT says in its own words; to be shown, never to be decided by."""
    try:
        found = msgspec.json.decode(answer.body, type=Message | list[str | None])
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return ""
    return found.message if isinstance(found, Message) else "\n".join(one or "" for one in found)
