"""An agent's session on the staff panel: signing in, the token, and what says that it is over.

One session is one line at the server: its requests are carried out one after the other there, so
they are sent one after the other here. A password is given once for each time that it is asked
for; it is never tried again by itself, since the server counts (facts: five wrong ones lock out).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from desk_app.ports.remote_errors import (
    MovedOnError,
    NoAnswerError,
    ServerBusyError,
    SignInError,
    UnreadableAnswerError,
)
from desk_app.ports.sign_in import CODE_OVER, SESSION_OVER, WANTS_CODE
from desk_app.remote.http import USER_AGENT, Ask
from desk_app.remote.osticket.page import Page
from desk_app.remote.osticket.second_factor import SecondFactor, page_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desk_app.remote.http import Answer, HttpServer

PANEL = "/scp/"
_LOGIN = "login.php"
_ALIVE = "ajax.php/config/scp"
"""Small, and every agent may ask for it."""
_OFFLINE_S = 600.0
_LONGEST_WORDS = 300
_OK, _MOVED, _BAD, _FORBIDDEN = 200, 302, 400, 403

Form = tuple[tuple[str, str], ...]
Files = tuple[tuple[str, tuple[str, bytes, str]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What an agent signs in with; never shown."""

    user: str
    password: str = field(default="", repr=False)
    cookies: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Of a session that was begun in a browser, where there is no password to give."""


class _SignIn(msgspec.Struct):
    status: int
    redirect: str = ""
    message: str = ""


def panel_address(url: str) -> str:
    """The address of the help desk from what an agent may paste: any page of the panel."""
    head, found, _ = url.strip().partition(PANEL.rstrip("/") + "/")
    if not found:
        head = url.strip().removesuffix("/scp")
    return head.rstrip("/")


class PanelSession:
    """Sends one request at a time as the agent; signs in again once where the session is over."""

    def __init__(self, http: HttpServer, credentials: Credentials) -> None:
        self._http = http
        self._credentials = credentials
        self._token = ""
        self._signed_in = False
        self._refused = False
        self.code = SecondFactor()
        self.requests = 0
        self.begun = 0
        """How many sessions were begun; another number means another session."""
        self.version = ""
        """How the server calls its version; '' before its first page."""
        for name, value in credentials.cookies.items():
            http.keep_cookie(name, value)
            self._signed_in = True
        # Who runs the server can see which program asks, and whom to speak to about it.
        named = credentials.user.encode("ascii", "ignore").decode()
        self._headers = {"User-Agent": f"{USER_AGENT} (agent's client; contact: {named})"}

    @property
    def http(self) -> HttpServer:
        return self._http

    @property
    def pasted(self) -> Mapping[str, str]:
        """Cookies that were given in a password's place."""
        return self._credentials.cookies

    @property
    def skew(self) -> float:
        """Seconds that the server's clock is ahead of this machine's."""
        if self._http.clock_skew is None:
            self.get(_ALIVE)
        return self._http.clock_skew or 0.0

    # --- reading ---------------------------------------------------------------------------

    def page(self, path: str, what: str) -> Page:
        """A page of the panel, whole."""
        page = Page(self.get(path).body, what)
        self._token = page.token or self._token
        self.version = page.version or self.version
        page.check_whole()
        return page

    def get(self, path: str, *, referer: str = "", largest: int | None = None) -> Answer:
        """An answer to a question; what it says is for the caller to find out."""
        headers = {"Referer": self._http.url + PANEL + referer} if referer else {}
        ask = Ask(path=PANEL + path, headers={**self._headers, **headers}, largest=largest)
        return self._in_session(ask)

    def file(self, link: str, largest: int) -> bytes:
        """The bytes behind a link of a page, on this server alone."""
        parts = urlsplit(link)
        folder = urlsplit(self._http.url).path
        path = parts.path.removeprefix(folder) if folder else parts.path
        ask = Ask(path=f"{path}?{parts.query}", headers=self._headers, largest=largest)
        answer = self._in_session(ask)
        if answer.status != _OK:
            raise UnreadableAnswerError(why="file", detail=str(answer.status))
        return answer.body

    # --- asking and changing ---------------------------------------------------------------

    def ask(self, path: str, form: Form = ()) -> Answer:
        """A question that is put like a change, such as a search: it may be put again."""
        return self._post(path, form, writes=False)

    def change(self, path: str, form: Form = (), *, made_in: int | None = None) -> Answer:
        """Change something, once.

        `made_in`: what `begun` was before a form was made with names of fields, or files, that the
        server knows within one session alone: in another one it would take the rest without a
        word (seen on 1.18.1).

        Raises:
            NoAnswerError: it may have been carried out.
            MovedOnError: that session is over, and there is another one; nothing was done.
        """
        return self._post(path, form, writes=True, made_in=made_in)

    def send_file(self, path: str, field: str, file: tuple[str, bytes, str]) -> Answer:
        """Bring a file to the server; on its own it changes nothing, so it may be sent again."""
        return self._post(path, (), files=((field, file),), writes=False)

    def _post(
        self,
        path: str,
        form: Form,
        *,
        writes: bool,
        files: Files | None = None,
        made_in: int | None = None,
    ) -> Answer:
        self._ready()
        self._check_same(made_in)
        answer = self._send(path, form, writes, files)
        if answer.status == _BAD:  # the token is an old one: nothing was looked at
            self.page("index.php", "panel")
            self._check_same(made_in)
            answer = self._send(path, form, writes, files)
        if self._is_over(answer):
            self._again()
            self.page("index.php", "panel")
            self._check_same(made_in)
            answer = self._send(path, form, writes, files)
            if self._is_over(answer):
                raise SignInError(why="expired", detail="")
        return answer

    def _check_same(self, made_in: int | None) -> None:
        if made_in is not None and made_in != self.begun:
            raise MovedOnError()

    def _send(self, path: str, form: Form, writes: bool, files: Files | None) -> Answer:  # noqa: FBT001
        headers = {**self._headers, "X-CSRFToken": self._token}
        sent = (*form, ("__CSRFToken__", self._token))
        ask = Ask(
            path=PANEL + path,
            method="POST",
            headers=headers,
            form=sent,
            files=files,
            writes=writes,
            follow=False,
        )
        return self._asked(ask)

    # --- the session -----------------------------------------------------------------------

    def sign_in(self) -> None:
        """Begin a session.

        Raises:
            SignInError: `why`: `refused`, `second_factor`, `expired`, `no_password` or
                `session_over`; `detail`: the server's words.
            ServerBusyError: the help desk is offline for agents.
        """
        if self._refused:
            raise SignInError(why="refused", detail="")
        if not self._credentials.password:
            # A session of a browser has ended: nothing here can begin another one.
            why = SESSION_OVER if self._credentials.cookies else "no_password"
            raise SignInError(why=why, detail="")
        if self.code.is_wanted:  # another sign-in would send the agent another code
            raise SignInError(why=WANTS_CODE, detail="")
        self._http.forget_cookies()
        page = self._login_page()
        form = (
            ("__CSRFToken__", page.token),
            ("do", "scplogin"),
            ("userid", self._credentials.user),
            ("passwd", self._credentials.password),
            ("ajax", "1"),
        )
        told = self._decoded(self._plain("POST", _LOGIN, form))
        if told.status != _MOVED:
            self._refused = True
            raise SignInError(why="refused", detail=told.message[:_LONGEST_WORDS])
        if told.redirect.partition("?")[0].endswith(_LOGIN):
            raise self.code.want(self._login_page(), _LONGEST_WORDS)
        self._enter()

    def give_code(self, code: str) -> None:
        """Answer the second factor that a SignInError asked for.

        Raises:
            SignInError: `why`: `wrong_code` (`left`: how many tries are left), or `code_over`: no
                code is waited for any more. The last try that would end in a lock-out is not made.
        """
        form = self.code.form(self._login_page(), code)
        told = self._decoded(self._plain("POST", _LOGIN, form))
        if told.status != _MOVED:
            raise self.code.refused(told.message[:_LONGEST_WORDS])
        self.code = SecondFactor()
        if told.redirect.partition("?")[0].endswith(_LOGIN):
            raise SignInError(why=CODE_OVER, detail="")
        self._enter()

    def take_password(self, credentials: Credentials) -> None:
        """Use what the agent has given anew."""
        self._credentials = credentials
        self._refused = self._signed_in = False
        self.code = SecondFactor()

    def _login_page(self) -> Page:
        answer = self._plain("GET", _LOGIN)
        page = Page(answer.body, "login")
        if page.find("form#login") is None:
            if answer.asked.writes:
                raise NoAnswerError(why="portal")
            raise page.missing("form#login")
        return page

    def _enter(self) -> None:
        """See whether the panel lets the agent in who has just signed in."""
        answer = self._plain("GET", "index.php")
        page = Page(answer.body, "panel")
        if self._is_over(answer) or page.find("form#login") is not None:
            # The password was right, so this is no reason to ask for another one.
            raise ServerBusyError(
                retry_after=_OFFLINE_S, why="closed", detail=page_words(page)[:_LONGEST_WORDS]
            )
        if not page.token:
            raise page.missing("meta[name=csrf_token]")
        self._token = page.token
        self._signed_in = True
        self.begun += 1

    def _plain(self, method: str, path: str, form: Form | None = None) -> Answer:
        """A request without looking whether there is a session."""
        ask = Ask(path=PANEL + path, method=method, headers=self._headers, form=form)
        return self._asked(ask)

    def _asked(self, ask: Ask) -> Answer:
        self.requests += 1
        return self._http.ask(ask)

    def _decoded(self, answer: Answer) -> _SignIn:
        """The panel says JSON and calls it HTML."""
        try:
            return msgspec.json.decode(answer.body, type=_SignIn)
        except msgspec.DecodeError:
            pass
        raise UnreadableAnswerError(why="login", detail=f"status {answer.status}")

    def _ready(self) -> None:
        if not self._signed_in:
            self.sign_in()
        if not self._token:
            self.page("index.php", "panel")

    def _in_session(self, ask: Ask) -> Answer:
        if not self._signed_in:
            self.sign_in()
        answer = self._asked(ask)
        if self._is_over(answer):
            self._again()
            answer = self._asked(ask)
            if self._is_over(answer):
                raise SignInError(why="expired", detail="")
        return answer

    def _again(self) -> None:
        self._signed_in = False
        self.sign_in()

    def _is_over(self, answer: Answer) -> bool:
        """Whether the panel wants a sign-in; a 403 may also mean that one may not do something."""
        if answer.path.partition("?")[0] == PANEL + _LOGIN:
            return True
        if answer.status == _MOVED:
            return answer.headers.get("Location", "").partition("?")[0].endswith(_LOGIN)
        if answer.status != _FORBIDDEN:
            return False
        if answer.path.startswith(PANEL + _ALIVE):
            return True
        return self._plain("GET", _ALIVE).status == _FORBIDDEN
