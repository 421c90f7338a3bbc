"""Questions and orders to one server over HTTP; what goes wrong as the port's errors.

Nothing here is sent twice but a read. No error, log line or `repr` holds a secret, a cookie, a
body or a query: an error is made outside of the `except`, so that it does not carry along the one
it comes from.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar, TypeVar
from urllib.parse import urljoin, urlsplit
from weakref import WeakValueDictionary

import msgspec
import requests
from requests.utils import get_environ_proxies

from desk_app import __version__
from desk_app.ports.remote_errors import (
    NoAnswerError,
    NotReachedError,
    RemoteError,
    ServerBusyError,
    SignInError,
    UnreadableAnswerError,
)
from desk_app.remote.addresses import checked_address, origin
from desk_app.remote.http_faults import clock_skew, detail_of, retry_after, why_not_sent
from desk_app.remote.journal import Journal
from desk_app.remote.wire import AT_ONCE, Passage, WatchedAdapter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from requests.auth import AuthBase

T = TypeVar("T")

USER_AGENT = f"desk-app/{__version__}"
_REDIRECTS = 5
_TRIES = 2
"""Of a read whose line broke: a server may close an idle line just as it is used again."""
_SLOWEST_B_PER_S = 10_000
"""A body may take a second for so many bytes, on top of the whole time of a request."""
_CHUNK = 65_536
_MOVED = frozenset({301, 302, 303, 307, 308})
_SAME_METHOD = frozenset({307, 308})
_OWN_FAULT = 500

# urllib3 writes whole addresses, with what was searched for, and headers that it cannot read.
logging.getLogger("urllib3").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long and how large an answer may be."""

    connect_s: float = 10.0
    read_s: float = 60.0
    """Without a byte."""
    whole_s: float = 120.0
    """From the first byte sent to the last one read."""
    bytes: int = 20_000_000
    """Unpacked; of an answer that is no file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request to a server; `path` is below the server's address."""

    path: str
    method: str = "GET"
    params: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    form: tuple[tuple[str, str], ...] | None = field(default=None, repr=False)
    files: tuple[tuple[str, tuple[str, bytes, str]], ...] | None = field(default=None, repr=False)
    """Of a form: (field, (file name, bytes, MIME type))."""
    writes: bool = False
    """Whether it may change something: then it is sent once, and no answer is no `offline`."""
    follow: bool = True
    """Go on where the server points to, on itself alone; a form that was taken does so."""
    plain: bool = False
    """Hand every status out: it is just looked at who answers."""
    largest: int | None = None
    """Bytes of the answer; None: as `Limits` says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back, whole. Statuses that say the same of every request are errors already."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    """Their names in any case."""
    body: bytes = field(repr=False)
    path: str = field(repr=False)
    """Where it came from in the end, below the server's address; with the query."""
    asked: Ask
    host: str
    issuer: str = ""
    """Who issued the server's certificate, where the system tells; '' without TLS."""
    proxy: str = ""
    """Host and port of the proxy that it went through."""
    hops: int = 0
    """How often the server pointed on before it answered."""
    clock_skew: float | None = None
    """Seconds that the server's clock is ahead of this machine's, give or take one."""

    @property
    def is_html(self) -> bool:
        kind = self.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        return kind in {"text/html", "application/xhtml+xml"}

    def decoded(self, kind: type[T]) -> T:
        """The body as JSON of this type.

        Raises:
            NotReachedError: a page for people came instead, and nothing was to be changed.
            NoAnswerError: a page for people came instead, and something may have been changed.
            UnreadableAnswerError: it is no such JSON (`detail`: where it is not).
        """
        problem: RemoteError
        try:
            return msgspec.json.decode(self.body, type=kind)
        except msgspec.ValidationError as error:
            problem = UnreadableAnswerError(why="shape", detail=str(error))
        except (msgspec.DecodeError, UnicodeDecodeError):
            problem = self.portal() if self.is_html else UnreadableAnswerError(why="json")
        raise problem

    def portal(self) -> RemoteError:
        """The error for an answer that surely is not the server's own."""
        if self.asked.writes:
            return NoAnswerError(why="portal")
        return NotReachedError(host=self.host, why="portal", detail="")


class _Gate:
    """Lets so many requests at once to one server, whoever sends them."""

    _all: ClassVar[WeakValueDictionary[str, _Gate]] = WeakValueDictionary()
    _lock: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self) -> None:
        self.free = threading.BoundedSemaphore(AT_ONCE)

    @classmethod
    def to(cls, origin: str) -> _Gate:
        with cls._lock:
            found = cls._all.get(origin)
            if found is None:
                cls._all[origin] = found = cls()
            return found


class HttpServer:
    """One server by its address; keeps its lines open from one request to the next."""

    def __init__(
        self,
        url: str,
        *,
        auth: AuthBase | None = None,
        certificates: str = "",
        limits: Limits | None = None,
    ) -> None:
        """Raise ValueError if the address is none, OSError if `certificates` cannot be read."""
        self.url = checked_address(url)
        parts = urlsplit(self.url)
        self.host = parts.hostname or ""
        self._origin = origin(self.url)
        self._limits = limits or Limits()
        self._gate = _Gate.to(self._origin)
        self._under_way: set[Passage] = set()
        self._closed = 0
        self.clock_skew: float | None = None
        """Seconds that the server's clock is ahead, by its last answer; so are the next two."""
        self.issuer = ""
        self.proxy = ""
        self.requests = 0
        """How many went out or were to go out."""
        self.journal = Journal()
        self._session = requests.Session()
        self._session.trust_env = False  # no netrc; proxies are looked up here
        self._session.auth = auth
        self._session.headers.clear()
        self._session.headers.update({"User-Agent": USER_AGENT, "Accept-Encoding": "gzip"})
        adapter = WatchedAdapter(certificates)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)

    @property
    def cookies(self) -> Mapping[str, str]:
        return {cookie.name: cookie.value or "" for cookie in self._session.cookies}

    def keep_cookie(self, name: str, value: str) -> None:
        """Send a cookie to this server's host from now on."""
        self._session.cookies.set(name, value, domain=self.host, path="/")

    def forget_cookies(self) -> None:
        self._session.cookies.clear()

    def sign(self, auth: AuthBase | None) -> None:
        """Send other credentials from now on."""
        self._session.auth = auth

    def close(self) -> None:
        """Break off what is under way, from any thread, and close the lines that are idle.

        What is broken off fails as if the line had dropped; the next request opens a new one.
        """
        self._closed += 1
        for passage in list(self._under_way):
            passage.drop()
        self._session.close()

    def read(self, path: str, *params: tuple[str, str]) -> Answer:
        """Ask for something as JSON."""
        headers = {"Accept": "application/json"}
        return self.ask(Ask(path=path, params=params, headers=headers))

    def ask(self, ask: Ask) -> Answer:
        """Carry out one request.

        Raises:
            NotReachedError: it surely had no effect (`why`).
            NoAnswerError: it went out, might change something, and no whole answer came.
            SignInError: 401. ServerBusyError: 429 or 503.
            UnreadableAnswerError: the answer is too large, or the server's own failure (`status`).
        """
        tries = 1 if ask.writes or ask.method != "GET" else _TRIES
        while True:
            tries -= 1
            closed = self._closed
            found = self._try(ask)
            broke = isinstance(found, NotReachedError) and found.facts.get("why") == "cut"
            broke = broke and closed == self._closed
            if isinstance(found, Answer):
                return found if ask.plain else _checked(found)
            if not (tries and broke):
                raise found

    # --- one try ---------------------------------------------------------------------------

    def _try(self, ask: Ask) -> Answer | RemoteError:
        url, method = self.url + ask.path, ask.method
        for hop in range(_REDIRECTS + 1):
            with self._gate.free:
                call = partial(self._once, ask, method, url)
                found = self.journal.noted(ask, method, url.removeprefix(self.url), call)
            if not isinstance(found, Answer):
                return _after(found, ask, hop)
            if found.status not in _MOVED or "Location" not in found.headers:
                return replace(found, hops=hop)
            following = urljoin(url, found.headers["Location"])
            if origin(following) != self._origin:
                return self._elsewhere(found, following)
            if not ask.follow or (found.status in _SAME_METHOD and method != "GET"):
                return replace(found, hops=hop)
            url, method = following, "GET"
        return UnreadableAnswerError(why="redirects", detail="")

    def _elsewhere(self, answer: Answer, url: str) -> RemoteError:
        """Nothing is asked there: neither the question nor a credential is that place's."""
        if answer.asked.writes:
            return NoAnswerError(why="redirect")
        to = origin(url)
        return NotReachedError(host=self.host, why="portal", detail=to, to=to)

    def _once(self, ask: Ask, method: str, url: str) -> Answer | RemoteError:
        passage = Passage()
        self.requests += 1
        size = len(ask.body or b"") + sum(len(file[1]) for _, file in ask.files or ())
        largest = self._limits.bytes if ask.largest is None else ask.largest
        seconds = self._limits.whole_s + (size + (ask.largest or 0)) / _SLOWEST_B_PER_S
        proxies = get_environ_proxies(url, no_proxy=None)
        with passage.within(seconds):
            self._under_way.add(passage)
            try:
                start = time.time()
                with self._sent(ask, method, url, proxies) as response:
                    body = _body(response, largest)
                if body is None:
                    return UnreadableAnswerError(why="too_large", detail=f"> {largest}")
                if not passage.is_cut:  # else the end is where it was cut
                    return self._answer(ask, response, body, passage, proxies, start)
                error: Exception = OSError()
            except (requests.RequestException, OSError, ValueError) as caught:
                error = caught
            finally:
                self._under_way.discard(passage)
        return self._failed(ask, passage, error)

    def _sent(
        self, ask: Ask, method: str, url: str, proxies: Mapping[str, str]
    ) -> requests.Response:
        plain = method == ask.method and url == self.url + ask.path
        return self._session.request(
            method,
            url,
            params=list(ask.params) if plain and ask.params else None,
            headers=dict(ask.headers),
            data=(ask.body if ask.form is None else list(ask.form)) if plain else None,
            files=list(ask.files) if plain and ask.files else None,
            timeout=(self._limits.connect_s, self._limits.read_s),
            proxies=dict(proxies),
            allow_redirects=False,
            stream=True,
        )

    def _answer(
        self,
        ask: Ask,
        response: requests.Response,
        body: bytes,
        passage: Passage,
        proxies: Mapping[str, str],
        start: float,
    ) -> Answer:
        scheme = urlsplit(self.url).scheme
        proxy = urlsplit(proxies.get(scheme) or proxies.get("all") or "")
        self.proxy, self.issuer = proxy.netloc.rpartition("@")[2], passage.issuer
        self.clock_skew = clock_skew(response.headers.get("Date", ""), start, time.time())
        return Answer(
            status=response.status_code,
            headers=response.headers,
            body=body,
            path=response.url.removeprefix(self.url),
            asked=ask,
            host=self.host,
            issuer=self.issuer,
            proxy=self.proxy,
            clock_skew=self.clock_skew,
        )

    def _failed(self, ask: Ask, passage: Passage, error: Exception) -> RemoteError:
        late = passage.is_late or isinstance(error, (requests.Timeout, TimeoutError))
        if not passage.went_out:
            why = why_not_sent(error)
            detail = "timed out" if passage.is_late else detail_of(error)
            return NotReachedError(host=self.host, why=why, detail=detail)
        why = "timeout" if late else "cut"
        if ask.writes:
            return NoAnswerError(why=why)
        return NotReachedError(host=self.host, why=why, detail=detail_of(error))


def _body(response: requests.Response, largest: int) -> bytes | None:
    """The whole body; None if it is too large."""
    announced = response.headers.get("Content-Length", "")
    if announced.isdigit() and int(announced) > largest:
        return None
    data = bytearray()
    for piece in response.iter_content(_CHUNK):
        data += piece
        if len(data) > largest:
            return None
    return bytes(data)


def _after(error: RemoteError, ask: Ask, hop: int) -> RemoteError:
    """What was taken before the server pointed on stays taken, whatever failed then."""
    return NoAnswerError(why="redirect") if hop and ask.writes else error


def _checked(answer: Answer) -> Answer:
    """The answer, unless its status says the same whatever was asked."""
    status, asked = answer.status, answer.asked
    problems: dict[int, Callable[[], RemoteError]] = {
        401: lambda: SignInError(why="refused"),
        407: lambda: NotReachedError(host=answer.host, why="proxy", detail="407"),
        429: lambda: _busy(answer),
        503: lambda: _busy(answer),
        511: lambda: NotReachedError(host=answer.host, why="portal", detail="511"),
    }
    unsure = asked.writes and (answer.hops > 0 or status not in problems)
    if unsure and (status in problems or status >= _OWN_FAULT):
        raise NoAnswerError(why="status", status=status)
    if status in problems:
        raise problems[status]()
    if status >= _OWN_FAULT:
        raise UnreadableAnswerError(why="status", status=status, detail=str(status))
    return answer


def _busy(answer: Answer) -> ServerBusyError:
    headers = answer.headers
    seconds = retry_after(headers.get("Retry-After", ""), headers.get("Date", ""))
    return ServerBusyError(retry_after=seconds)
