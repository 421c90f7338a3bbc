"""A ticket's thread out of its history: entries with their texts, and what else happened."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from desk_app.domain.entry import EntryKind
from desk_app.ports.remote import RemoteEntry, RemoteEvent, RemoteThread
from desk_app.ports.remote_errors import UnreadableAnswerError
from desk_app.remote.request_tracker.changed import VALUES, change_of, ticket_named
from desk_app.remote.request_tracker.history import WRITTEN, history
from desk_app.remote.request_tracker.parts import Written, written
from desk_app.remote.request_tracker.payloads import Attachment, id_of, time_of
from desk_app.remote.request_tracker.roles import ADDED, ROLES, TAKEN

if TYPE_CHECKING:
    from datetime import datetime

    from desk_app.remote.request_tracker.payloads import Transaction
    from desk_app.remote.request_tracker.people import People
    from desk_app.remote.request_tracker.session import Session

_OK = 200
_KINDS = {"Create": EntryKind.MESSAGE, "Correspond": EntryKind.REPLY, "Comment": EntryKind.NOTE}
_ACTIONS = {
    "Status": "set_status",
    "Owner": "assign",
    "Queue": "transfer",
    "MergedInto": "merge",
    "RefersTo": "link",
}
_NAMED = {"CustomField": "edit_custom", "DeleteLink": "unlink"}
_PEOPLE = {ADDED: "+", TAKEN: "−"}  # noqa: RUF001 - a minus sign
_PEOPLE_ACTIONS = {
    "Requestor": "edit_requester",
    "Cc": "edit_collaborators",
    "AdminCc": "edit_watchers",
}
_TOLD = frozenset({"Set", "Status", "CustomField", "AddLink", "DeleteLink"})
"""Types that say what changed. An owner's change has a second one, SetWatcher."""


class ThreadReader:
    """Reads threads and files."""

    def __init__(self, session: Session, people: People) -> None:
        self._session = session
        self._people = people

    def thread(self, ticket: str, after: str = "") -> RemoteThread:
        """Raise UnreadableAnswerError (`why`: `gone`) if nothing of it can be seen."""
        start = int(after or 0)
        rows = history(self._session, ticket, max(0, start - 1))
        if not rows:  # not even what was read before
            raise UnreadableAnswerError(why="gone", detail="")
        new = [row for row in rows if row.number != start]
        texts = [row for row in new if row.type in WRITTEN]
        found = written(self._session, [str(row.id) for row in texts])
        return RemoteThread(
            version=str(rows[-1].number),
            entries=tuple(self._entry(row, found.get(str(row.id), Written())) for row in texts),
            events=tuple(self._event(row) for row in new if self._is_event(row)),
        )

    def file(self, file: str) -> bytes:
        answer = self._session.file(f"/attachment/{int(file)}")
        if answer.status != _OK:
            raise UnreadableAnswerError(why="status", status=answer.status, detail="")
        found = answer.decoded(Attachment)
        try:
            return base64.b64decode(found.content or "")
        except binascii.Error:
            raise UnreadableAnswerError(why="shape", detail="$.Content") from None

    def _entry(self, row: Transaction, text: Written) -> RemoteEntry:
        login = id_of(row.creator)
        agent = login if self._people.is_agent(login) else None
        person = self._people.person(login)  # known by now: the same answer has both
        kind = _KINDS[row.type]
        if kind is EntryKind.REPLY and agent is None:
            kind = EntryKind.MESSAGE
        return RemoteEntry(
            id=str(row.id),
            kind=kind,
            at=_at(row),
            author_name=person.name,
            author_email=person.email,
            agent=agent,
            html=text.html,
            text=text.text,
            command=text.command,
            files=text.files,
        )

    def _event(self, row: Transaction) -> RemoteEvent:
        login = id_of(row.creator)
        if row.type in _PEOPLE:
            return self._person_event(row, login)
        change = change_of(row, self._people)
        action = _ACTIONS.get(str(row.column), "edit")
        if row.type in _NAMED:
            action = _NAMED[row.type]
        other = ticket_named(str(row.new or row.old or ""))
        return RemoteEvent(
            id=str(row.id),
            at=_at(row),
            actor=login if self._people.is_agent(login) else "",
            action=action,
            changes=() if change is None else (change,),
            words=f"#{other}" if other else "",
        )

    def _person_event(self, row: Transaction, login: str) -> RemoteEvent:
        number = row.new if row.type == ADDED else row.old
        known = self._people.login_of(str(number or ""))
        whom = self._people.person(known).name if known else f"group {number}"
        return RemoteEvent(
            id=str(row.id),
            at=_at(row),
            actor=login if self._people.is_agent(login) else "",
            action=_PEOPLE_ACTIONS[str(row.column)],
            words=f"{_PEOPLE[row.type]} {whom}",
        )

    def _is_event(self, row: Transaction) -> bool:
        """What this agent does to people is told by the desk that did it, with its old values."""
        if row.type in _PEOPLE:
            return str(row.column) in ROLES and id_of(row.creator) != self._session.user
        return _is_event(row)


def _is_event(row: Transaction) -> bool:
    if row.type not in _TOLD:
        return False
    if row.type in {"AddLink", "DeleteLink"}:
        return str(row.column) in {"RefersTo", "MergedInto"}
    return row.type == "CustomField" or str(row.column) in {*VALUES, "Owner"}


def _at(row: Transaction) -> datetime:
    found = time_of(row.created)
    if found is None:
        raise UnreadableAnswerError(why="shape", detail="$.Created")
    return found
