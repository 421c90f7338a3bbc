"""Users of RT, as far as this session met them: names for keys, and who is an agent."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from desk_app.ports.remote import RemotePerson
from desk_app.ports.remote_errors import UnreadableAnswerError
from desk_app.remote.request_tracker.payloads import Ref, User, Users

if TYPE_CHECKING:
    from collections.abc import Iterable

    from desk_app.remote.request_tracker.payloads import Id
    from desk_app.remote.request_tracker.session import Session

_FIELDS = (("fields", "Name,RealName,EmailAddress"), ("per_page", "100"))
_OK, _FORBIDDEN, _MISSING = 200, 403, 404
_PROGRAM = frozenset({"RT_System", "Nobody", ""})
"""Users that RT brings along: no people."""


class People:
    """Remembers who is who for one session. Names change seldom; a new session reads them anew."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[str, RemotePerson] = {}
        self._agents: dict[str, bool] = {}
        self._numbers: dict[str, str] = {}

    def note(self, refs: Iterable[Ref | User]) -> None:
        """Keep what an answer said of people anyway."""
        for ref in refs:
            if ref.login:
                name = ref.real_name or ref.email or ref.login
                self._known[ref.login] = RemotePerson(name=name, email=ref.email or "")

    def learn(self, refs: Iterable[Ref]) -> None:
        """Look up those that are not known yet, all in one request."""
        wanted = [str(ref.id) for ref in refs if str(ref.id) not in self._known]
        terms = [{"field": "Name", "value": name} for name in dict.fromkeys(wanted) if name]
        if terms:
            self.note(self._session.search_json(Users, "/users", terms, *_FIELDS).items)

    def person(self, login: str) -> RemotePerson:
        """By the name to sign in with; as that name alone if RT does not tell more."""
        if login not in self._known and login not in _PROGRAM:
            self.learn([Ref(id=login)])
        email = login if "@" in login else ""
        return self._known.setdefault(login, RemotePerson(name=login, email=email))

    def is_agent(self, login: str) -> bool:
        """Whether RT calls a user privileged; the program itself is none."""
        if login in _PROGRAM:
            return False
        if login not in self._agents:
            found = self._user(login)
            self._agents[login] = found is not None and bool(int(found.privileged or 0))
        return self._agents[login]

    def login_of(self, number: Id) -> str:
        """The name to sign in with of a user that history names by number; '' for nobody."""
        key = str(number)
        if key not in self._numbers:
            found = self._user(key) if key.isdigit() else None
            login = key if found is None and not key.isdigit() else getattr(found, "login", "")
            self._numbers[key] = "" if login in _PROGRAM else login
        return self._numbers[key]

    def _user(self, name: str) -> User | None:
        answer = self._session.ask(f"/user/{quote(name, safe='')}")
        if answer.status in {_FORBIDDEN, _MISSING}:
            return None
        if answer.status != _OK:
            raise UnreadableAnswerError(why="status", status=answer.status, detail="")
        found = answer.decoded(User)
        self.note([found])
        return found
