"""The port's values of what pages and tables tell. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

from desk_app.domain.entry import EntryKind
from desk_app.domain.lifecycle import Action
from desk_app.domain.people import Permission
from desk_app.domain.rich_text import html_to_text
from desk_app.ports.remote import RemoteEntry, RemoteFile, RemotePerson, RemoteTicket
from desk_app.remote.osticket.names import key_of, key_or_none, source_of
from desk_app.remote.osticket.statuses import steps_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from desk_app.domain.ticket import Referral, Task
    from desk_app.remote.osticket.clock import DatabaseClock
    from desk_app.remote.osticket.dialogs import CollaboratorRow
    from desk_app.remote.osticket.export_rows import ExportRow
    from desk_app.remote.osticket.names import Names
    from desk_app.remote.osticket.thread_page import PageEntry, PageFile
    from desk_app.remote.osticket.ticket_page import TicketPage

_PICTURE = re.compile(r'<img\b[^>]*\bdata-cid="(?P<cid>[^"]+)"[^>]*>', re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
CREATED, REFERRED, LATE = "magic", "exchange", "time"
_NOT_IN_A_ROW = frozenset({"links", "tasks", "custom", "merged_into", "overdue_since"})
_NOT_ON_A_PAGE = frozenset({"due_at"})
"""A page shows it in the agent's own way of writing dates, which is nothing to read."""
_DOORS = {
    "assign": (Action.ASSIGN,),
    "claim": (Action.CLAIM,),
    "release": (Action.RELEASE,),
    "transfer": (Action.TRANSFER,),
    "referrals": (Action.REFER, Action.UNREFER),
    "reply": (Action.REPLY,),
    "note": (Action.NOTE, Action.BREACH_REASON),
    "link": (Action.LINK, Action.UNLINK),
    "merge": (Action.MERGE,),
    "mark/answered": (Action.MARK_ANSWERED,),
    "mark/unanswered": (Action.MARK_UNANSWERED,),
    "overdue": (Action.MARK_OVERDUE,),
    "status/delete": (Action.DELETE,),
    "status": (Action.SET_STATUS, Action.REOPEN),
    "change-user": (Action.EDIT_REQUESTER,),
    "collaborators": (Action.EDIT_COLLABORATORS,),
    "edit": (
        *(Action.EDIT_SUBJECT, Action.EDIT_PRIORITY, Action.EDIT_SLA, Action.EDIT_TOPIC),
        *(Action.EDIT_SOURCE, Action.EDIT_DUE, Action.EDIT_CUSTOM),
    ),
}
_RIGHTS = {
    "assign": Permission.ASSIGN,
    "release": Permission.RELEASE,
    "transfer": Permission.TRANSFER,
    "referrals": Permission.REFER,
    "reply": Permission.REPLY,
    "link": Permission.LINK,
    "merge": Permission.MERGE,
    "mark/answered": Permission.MARK_ANSWERED,
    "mark/unanswered": Permission.MARK_ANSWERED,
    "overdue": Permission.MARK_OVERDUE,
    "status/delete": Permission.DELETE,
    "edit": Permission.EDIT,
}


def version_of(
    entries: int,
    tasks: int,
    *,
    is_open: bool,
    keys: tuple[str | None, ...],
    assigned: object,
) -> str:
    """One word for all that both a page and a table tell of a ticket.

    What changes without changing this (a due time, an extra answer) is compared by its value.
    """
    told = repr((tasks, is_open, keys, assigned if is_open else None))
    return f"{entries}.{crc32(told.encode()):08x}"


class _Keys(NamedTuple):
    """The numbers of what a row names."""

    status: str
    department: str
    priority: str | None
    topic: str | None
    sla: str | None
    owner: str | None
    team: str | None


def _keys(row: ExportRow, names: Names) -> _Keys:
    return _Keys(
        key_of(names.statuses, row.status),
        key_of(names.departments, row.department),
        key_or_none(names.priorities, row.priority),
        _unless_none(names.topics, row.topic),
        _unless_none(names.slas, row.sla),
        key_or_none(names.agents, row.agent),
        key_or_none(names.teams, row.team),
    )


def row_version(row: ExportRow, names: Names) -> str:
    """The version by a table's row."""
    return _row_version(row, _keys(row, names))


def _row_version(row: ExportRow, keys: _Keys) -> str:
    return version_of(
        row.entries,
        row.tasks,
        is_open=row.closed is None,
        keys=(*keys[:5], plain(row.subject)),
        assigned=keys[5:],
    )


def page_version(page: TicketPage, names: Names) -> str:
    """The version by a ticket's page."""
    return version_of(
        len(page.entries),
        page.tasks,
        is_open=page.is_open,
        keys=(
            status_key(page, names),
            key_of(names.departments, page.department),
            key_or_none(names.priorities, page.priority),
            _unless_none(names.topics, page.topic),
            _unless_none(names.slas, page.sla),
            plain(page.subject),
        ),
        assigned=names.assigned(page.assignees),
    )


def status_key(page: TicketPage, names: Names) -> str:
    """By the number of the reply form, or by name where this agent has no such form."""
    return page.status_id or key_of(names.statuses, page.status)


def _unless_none(names: Mapping[str, str], name: str) -> str | None:
    """A page says `None` in the agent's language where there is nothing: that is no name."""
    if not name:
        return None
    return names.get(name) or names.get(name.rpartition(" / ")[2])


def plain(subject: str) -> str:
    """A subject as both say it: a page leaves out tags and doubled spaces."""
    bare = _TAG.sub("", subject) if "<" in subject else subject
    return " ".join(bare.split())


def row_ticket(row: ExportRow, names: Names, clock: DatabaseClock) -> RemoteTicket:
    """What a table's row tells."""
    keys = _keys(row, names)
    due = row.due or row.estimated
    return RemoteTicket(
        id=row.id,
        number=row.number,
        version=_row_version(row, keys),
        subject=row.subject,
        requester=RemotePerson(name=row.requester_name, email=row.requester_email),
        department=keys.department,
        status=keys.status,
        created_at=clock.moment(row.created),
        updated_at=clock.moment(row.updated),
        owner=keys.owner,
        team=keys.team,
        priority=keys.priority or "",
        topic=keys.topic,
        sla=keys.sla,
        source=source_of(names, row.source),
        due_at=None if due is None else clock.moment(due),
        closed_at=None if row.closed is None else clock.moment(row.closed),
        untold=_NOT_IN_A_ROW,
    )


def page_times(page: TicketPage) -> list[datetime]:
    """Every moment that a page tells safely, oldest first."""
    return sorted([*(e.at for e in page.entries), *(e.at for e in page.events)])


def created_at(page: TicketPage) -> datetime | None:
    """When the ticket began, as its history tells; None if it tells nothing."""
    made = next((event.at for event in page.events if event.icon == CREATED), None)
    return made or next(iter(page_times(page)), None)


def actions_of(page: TicketPage) -> frozenset[Action]:
    """What the panel has a button for."""
    found = {action for door in page.doors for action in _DOORS.get(door, ())}
    tasks = {Action.ADD_TASK, Action.CLOSE_TASK, Action.REOPEN_TASK}
    return frozenset(found | (tasks if page.is_open else set()))


def rights_of(page: TicketPage) -> frozenset[Permission]:
    """What the agent's role in the ticket's department allows, by an open ticket's buttons."""
    found = {right for door, right in _RIGHTS.items() if door in page.doors}
    if any(status.way == "close" for status in page.offered):
        found.add(Permission.CLOSE)
    if page.is_overdue:  # it has no button then, whoever looks: the server says no where it must
        found.add(Permission.MARK_OVERDUE)
    if Permission.ASSIGN in found and not page.assignees:
        found.add(Permission.RELEASE)  # there is nothing to release, so the page has no button
    # Whether tasks may be made is seen in a dialog only: the server says no where it must.
    return frozenset(found | {Permission.TASK_CREATE, Permission.TASK_CLOSE})


def remote_entry(entry: PageEntry, page: TicketPage, names: Names) -> RemoteEntry:
    """An entry; who wrote it is told by name alone."""
    is_agents = entry.kind is not EntryKind.MESSAGE
    own = not is_agents and entry.author == page.requester_name
    html = _titled(entry)
    return RemoteEntry(
        id=entry.id,
        kind=entry.kind,
        at=entry.at,
        author_name=entry.author,
        author_email=page.requester_email if own else "",
        agent=names.agents.get(entry.author) if is_agents else None,
        html=html,
        text=html_to_text(html),
        command=entry.command,
        files=tuple(remote_file(file, page.id) for file in entry.files),
    )


def _shown(entry: PageEntry) -> str:
    """The words with their pictures named as files of the entry: links end with the day."""
    if not any(file.content_id for file in entry.files):
        return entry.html
    return _PICTURE.sub(lambda found: f'<img src="cid:{found["cid"].lower()}">', entry.html)


def _titled(entry: PageEntry) -> str:
    """A note's title is a part of what was written; that of a message is the subject."""
    if entry.kind is not EntryKind.NOTE or not entry.title:
        return _shown(entry)
    title = entry.title.replace("&", "&amp;").replace("<", "&lt;")
    return f"<p><b>{title}</b></p>{_shown(entry)}"


def remote_file(file: PageFile, ticket: str) -> RemoteFile:
    """A file of an entry."""
    return RemoteFile(
        id=f"{ticket}/{file.id}",
        name=file.name,
        mime_type=_mime_type(file.name),
        size=file.size,
        content_id=file.content_id or None,
    )


def _mime_type(name: str) -> str:
    from mimetypes import guess_type

    return guess_type(name)[0] or "application/octet-stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tied:
    """What the panel tells of a ticket beside its page."""

    related: tuple[str, ...] = ()
    """Server's ids of tickets."""
    tasks: tuple[Task, ...] = ()
    referrals: tuple[Referral, ...] | None = ()
    """None: this agent is not told."""
    people: tuple[CollaboratorRow, ...] | None = ()
    """None: this agent is not told."""


def _persons(
    rows: tuple[CollaboratorRow, ...] | None, *, muted: bool = False
) -> tuple[RemotePerson, ...] | None:
    if rows is None:
        return None
    return tuple(
        RemotePerson(name=row.name, email=row.email)
        for row in rows
        if not (muted and row.is_active)
    )


def whole_ticket(
    page: TicketPage,
    row: ExportRow | None,
    names: Names,
    clock: DatabaseClock,
    tied: Tied,
) -> RemoteTicket:
    """What a page tells; `row`: of the same ticket, if there is one that is as new."""
    times = page_times(page)
    start = created_at(page)
    owner, team = names.assigned(page.assignees)
    due = None if row is None else row.due or row.estimated
    created = clock.moment(row.created) if row is not None else start
    changed = [*times[-1:], *([clock.moment(row.updated)] if row is not None else [])]
    if created is None or not changed:
        raise LookupError("a ticket without any time")
    messages = [e.at for e in page.entries if e.kind is EntryKind.MESSAGE]
    return RemoteTicket(
        id=page.id,
        number=page.number,
        version=page_version(page, names),
        subject=page.subject if row is None else row.subject,
        requester=RemotePerson(name=page.requester_name, email=page.requester_email),
        department=key_of(names.departments, page.department),
        status=status_key(page, names),
        created_at=created,
        updated_at=max(changed),
        owner=owner,
        team=team if row is None else key_or_none(names.teams, row.team),
        priority=key_or_none(names.priorities, page.priority) or "",
        topic=_unless_none(names.topics, page.topic),
        sla=_unless_none(names.slas, page.sla),
        source=source_of(names, page.source),
        due_at=None if due is None else clock.moment(due),
        overdue_since=_overdue_since(page, max(changed)),
        answered=page.answered,
        last_message_at=max(messages, default=None),
        closed_at=_closed_at(page, row, clock),
        merged_into=next(iter(tied.related), None) if page.is_merged else None,
        links=tied.related if not page.is_merged and "link" in page.doors else (),
        tasks=tied.tasks,
        referrals=tied.referrals,
        collaborators=_persons(tied.people),
        muted=_persons(tied.people, muted=True),
        custom=tuple(sorted((key, value) for key, value in page.custom if value)),
        steps=steps_of((status.id for status in page.offered), page.doors),
        blocked=page.blocked if _tells_of_closing(page) else None,
        can=actions_of(page),
        untold=_NOT_ON_A_PAGE if row is None else frozenset(),
    )


def _overdue_since(page: TicketPage, changed: datetime) -> datetime | None:
    """When the panel began to call it overdue; None if it does not."""
    if not page.is_overdue:
        return None
    return max((e.at for e in page.events if e.icon == LATE), default=changed)


def _tells_of_closing(page: TicketPage) -> bool:
    """Only whoever may reply and close is told what is in the way of it."""
    closes = any(status.way == "close" for status in page.offered)
    return "reply" in page.doors and (closes or not page.is_open)


def _closed_at(page: TicketPage, row: ExportRow | None, clock: DatabaseClock) -> datetime | None:
    if page.is_open:
        return None
    if row is not None and row.closed is not None:
        return clock.moment(row.closed)
    return max((e.at for e in page.events if e.icon == "thumbs-up-alt"), default=None)
