"""Who asks and who else is told of a ticket: RT's roles, as it wants to be told them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk_app.ports.remote_errors import MovedOnError, RefusedByServerError
from desk_app.remote.request_tracker.bodies import address
from desk_app.remote.request_tracker.payloads import Ticket, id_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from desk_app.domain.entry import Change
    from desk_app.ports.remote import RemotePerson, RemoteTicket, Sending
    from desk_app.remote.request_tracker.payloads import Ref, Transaction
    from desk_app.remote.request_tracker.people import People
    from desk_app.remote.request_tracker.session import Session

PEOPLE = frozenset({"requester", "collaborators", "watchers"})
ROLES = frozenset({"Requestor", "Cc", "AdminCc"})
_ROLES_OF = {
    "requester": frozenset({"Requestor"}),
    "collaborators": frozenset({"Requestor", "Cc"}),
    "watchers": frozenset({"AdminCc"}),
}
ADDED, TAKEN = "AddWatcher", "DelWatcher"
_OK = 200


class Roles:
    """RT is told the whole of a role, so that it is read just before; groups in it stay.

    The desk's requester is the first Requestor; the others, and Cc, are its collaborators. AdminCc,
    whom RT sends comments too, are its watchers.
    """

    def __init__(self, session: Session, people: People) -> None:
        self._session = session
        self._people = people

    def body(self, sending: Sending, changes: Iterable[Change]) -> dict[str, list[str]]:
        """The roles that change, as they are to be.

        Raises:
            MovedOnError: the ticket is not as it was when this was decided.
            RefusedByServerError: somebody who is to be added has no address.
        """
        wanted = {change.field: change for change in changes if change.field in PEOPLE}
        if not wanted:
            return {}
        answer = self._session.ask(f"/ticket/{int(sending.ticket)}")
        version = answer.headers.get("ETag", "").removeprefix("W/").strip('"')
        if answer.status != _OK or (sending.version and version != sending.version):
            raise MovedOnError()
        found = answer.decoded(Ticket)
        self._people.learn(found.people)
        before = {
            "Requestor": self._named(found.requestors),
            "Cc": self._named(found.cc),
            "AdminCc": self._named(found.admin_cc),
        }
        roles = {name: list(there) for name, there in before.items()}
        if "collaborators" in wanted:
            _collaborators(roles, *_both(wanted["collaborators"], sending))
        if "watchers" in wanted:
            roles["AdminCc"] = _with(roles["AdminCc"], *_both(wanted["watchers"], sending))
        if "requester" in wanted:
            _requester(roles, wanted["requester"], sending)
        return {name: _texts(there) for name, there in roles.items() if there != before[name]}

    def _named(self, refs: Iterable[Ref]) -> list[tuple[str, str]]:
        """Each with what tells people apart, and how RT is told of them."""
        found = []
        for ref in refs:
            if not ref.is_user:
                found.append((f"group:{ref.id}", str(ref.id)))
                continue
            email = self._people.person(id_of(ref)).email
            found.append((email.casefold() or f"login:{ref.id}", email or str(ref.id)))
        return found


_Role = list[tuple[str, str]]


def _collaborators(
    roles: dict[str, _Role], wanted: dict[str, RemotePerson], had: dict[str, RemotePerson]
) -> None:
    """Add and take away; what a colleague did to others meanwhile stays."""
    first, *others = roles["Requestor"] or [("", "")]
    asking = {key for key, _ in (first, *others)}
    roles["Requestor"] = [
        first,
        *(one for one in others if one[0] not in had.keys() - wanted.keys()),
    ]
    added = {key: one for key, one in wanted.items() if key not in asking}
    roles["Cc"] = _with(roles["Cc"], added, had)


def _with(role: _Role, wanted: dict[str, RemotePerson], had: dict[str, RemotePerson]) -> _Role:
    """A role with those who are to be in it now, and without those who are not any more."""
    gone = had.keys() - wanted.keys()
    there = {key for key, _ in role}
    added = sorted(wanted.keys() - had.keys() - there)
    kept = [one for one in role if one[0] not in gone]
    return kept + [(key, _address(wanted[key])) for key in added]


def _requester(roles: dict[str, _Role], change: Change, sending: Sending) -> None:
    new = sending.people[int(str(change.new))]
    others = [one for one in roles["Requestor"][1:] if one[0] != _key(new)]
    roles["Requestor"] = [(_key(new), _address(new)), *others]


def _texts(role: Sequence[tuple[str, str]]) -> list[str]:
    return [text for _, text in role if text]


def _both(
    change: Change, sending: Sending
) -> tuple[dict[str, RemotePerson], dict[str, RemotePerson]]:
    wanted, had = (_named(sending, value) for value in (change.new, change.old))
    return wanted, had


def _named(sending: Sending, value: object) -> dict[str, RemotePerson]:
    listed = value if isinstance(value, (tuple, list)) else ()
    return {_key(person): person for person in (sending.people[int(str(one))] for one in listed)}


def _key(person: RemotePerson) -> str:
    return person.email.casefold()


def _address(person: RemotePerson) -> str:
    if not person.email:
        raise RefusedByServerError(words="", why="no_address")
    return address(person)


# --- what became of it -------------------------------------------------------------------------


def shows_people(told: RemoteTicket, change: Change, sending: Sending) -> bool:
    """Whether a ticket has the people that a change names."""
    if change.field == "requester":
        return _key(told.requester) == _key(sending.people[int(str(change.new))])
    wanted, had = _both(change, sending)
    if change.field == "watchers":
        there = {_key(person) for person in told.watchers or ()}
    else:
        there = {_key(person) for person in (told.requester, *(told.collaborators or ()))}
    return wanted.keys() <= there and not (had.keys() - wanted.keys()) & there


def recorded_people(
    change: Change, rows: Sequence[Transaction], people: People, sending: Sending
) -> bool:
    """Whether the history says that a change of people was made."""

    def of(kind: str, value: str) -> set[str]:
        found = (row for row in rows if row.type == kind and str(row.column) in roles)
        logins = (people.login_of(str(getattr(row, value) or "")) for row in found)
        return {_key(people.person(login)) for login in logins if login}

    roles = _ROLES_OF[change.field]
    if change.field == "requester":
        return _key(sending.people[int(str(change.new))]) in of(ADDED, "new")
    wanted, had = _both(change, sending)
    added, taken = wanted.keys() - had.keys(), had.keys() - wanted.keys()
    return added <= of(ADDED, "new") and taken <= of(TAKEN, "old")
