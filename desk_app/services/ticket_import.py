"""Takes rows of other help desks' tables in as tickets: each once, or kept aside with a reason."""

from __future__ import annotations

import csv
import io
import re
import uuid
from collections import Counter
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from desk_app.domain.commands import Create
from desk_app.domain.directory import find_by_name
from desk_app.domain.entry import Entry, EntryKind
from desk_app.domain.errors import AmbiguousNameError, DeskError, NotFoundError
from desk_app.domain.intake import (
    BrokenRow,
    BrokenRowReason,
    RowOddityCode,
    RowRefusal,
    TableRow,
    TicketField,
    TicketRow,
)
from desk_app.domain.moment import whole_ms
from desk_app.domain.rich_text import text_to_html
from desk_app.domain.ticket import EntryId, Source, State, Ticket, TicketId
from desk_app.services.intake import Outcome, Taken
from desk_app.services.opening import find_or_make

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from desk_app.domain.directory import Directory
    from desk_app.domain.people import Requester
    from desk_app.ports.reader import TicketReader
    from desk_app.services.desk import Desk

LOOKED_AT = 200
"""Rows that are tried before anything is taken in."""

_ROWS = uuid.UUID("5d0f3f0e-7a4c-4f0b-9a3e-2a9f5f3c1b77")
"""Makes commands' ids from rows, so that the bus itself knows a row again."""

_NUMBER = re.compile(r"(?=[A-Za-z-]*[0-9])[A-Za-z0-9-]{1,32}")
"""Numbers that the subject of a mail can carry (see `domain.mail.number_hint`)."""

_NOBODY = frozenset({"-", "nobody", "nobody in particular", "none", "unassigned"})
_SOURCES = {
    Source.EMAIL: ("email", "e-mail", "mail"),
    Source.WEB: ("web", "web form", "portal", "api"),
    Source.PHONE: ("phone", "telephone", "telefon", "call"),
}
_SUBJECT_CHARS = 250


class RefusedRowError(Exception):
    """A row names something that this desk does not have."""

    def __init__(self, reason: RowRefusal, field: TicketField, name: str) -> None:
        super().__init__(reason.value, field.value)
        self.reason = reason
        self.field = field
        self.name = name


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """Something that the first rows show; `field` is None where it is about whole rows."""

    code: str
    """The value of a `RowRefusal`, a `BrokenRowReason` or a `RowOddityCode`."""
    field: TicketField | None
    example: str
    rows: int
    refuses: bool
    """Whether such a row is kept aside."""


class TicketImport:
    """Takes rows in one at a time, so that stopping between two loses nothing."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def take_all(self, rows: Iterable[TableRow], *, actor: str = "") -> Iterator[Outcome]:
        """Take rows in as they come; one that cannot be is kept aside and the rest goes on."""
        reader = self._desk.reader()
        try:
            directory = reader.directory()
            for row in rows:
                yield self._take_or_keep(reader, directory, row, actor)
        finally:
            reader.close()

    def _take_or_keep(
        self, reader: TicketReader, directory: Directory, row: TableRow, actor: str
    ) -> Outcome:
        try:
            return self._take(reader, directory, row, actor)
        except DeskError:
            raise  # the desk, not the row: the next one would fare no better
        except Exception as error:  # noqa: BLE001 - listed with its name, never swallowed
            return self._aside(row, str(BrokenRowReason.UNEXPECTED), type(error).__name__)

    def _take(
        self, reader: TicketReader, directory: Directory, row: TableRow, actor: str
    ) -> Outcome:
        if isinstance(row.row, BrokenRow):
            return self._aside(row, str(row.row.reason), row.row.detail)
        command_id = _command_id(row.row, row.again)
        with self._desk.unit() as unit:
            known = unit.has_command(command_id)
        if known:
            return _outcome(row, Taken.KNOWN)
        try:
            named = first_values(directory, row.row)
        except RefusedRowError as error:
            return self._aside(row, str(error.reason), error.name)
        requester = self._requester(reader, row.row)
        command = self._create(row, named, requester, command_id, actor)
        done = self._desk.bus.handle(command)
        if done.event.id == 0:  # another process took the same row in just now
            return _outcome(row, Taken.KNOWN)
        return replace(_outcome(row, Taken.NEW_TICKET), ticket=command.ticket)

    def _requester(self, reader: TicketReader, row: TicketRow) -> Requester:
        """Who asked: by address, else the one of that very name who has none either."""
        name, email = row.requester_name, row.requester_email
        if not email:
            for found in reader.find_requesters(name or "?", limit=LOOKED_AT):
                if not found.email and found.name == (name or "?"):
                    return found
        found = find_or_make(self._desk, name, email)
        fuller = replace(
            found,
            phone=found.phone or row.phone,
            organisation=found.organisation or row.organisation,
        )
        if fuller != found:
            with self._desk.unit() as unit:
                unit.save_requester(fuller)
                unit.commit()
        return fuller

    def _create(
        self,
        row: TableRow,
        named: Mapping[str, str | None],
        requester: Requester,
        command_id: str,
        actor: str,
    ) -> Create:
        found = row.row
        assert isinstance(found, TicketRow)  # noqa: S101 - broken ones went another way
        at = self._at(found)
        start = self._start(found, named, requester, at)
        return Create(
            id=command_id,
            ticket=start.id,
            actor=actor,
            at=at,
            comment=_where_from(row, found),
            start=start,
            entry=self._entry(found, requester, start.id, at),
        )

    def _start(
        self,
        row: TicketRow,
        named: Mapping[str, str | None],
        requester: Requester,
        at: datetime,
    ) -> Ticket:
        state = State(int(named["state"] or 0))
        return Ticket(
            id=TicketId(self._desk.ids.number(at)),
            number=row.number if _NUMBER.fullmatch(row.number) else None,
            subject=(row.subject or _first_line(row.text))[:_SUBJECT_CHARS],
            requester=requester.id,
            department=named["department"] or "",
            status=named["status"] or "",
            state=state,
            priority=named["priority"] or "normal",
            topic=named["topic"],
            sla=named["sla"],
            owner=named["owner"],
            team=named["team"],
            source=_source(row.source),
            due_at=None if row.due is None else whole_ms(row.due),
            created_at=at,
            updated_at=at,
            last_message_at=at,
            # No table says when; but a clock that runs on would call every old ticket overdue.
            closed_at=None if state is State.OPEN else at,
            restore_to=named["restore_to"] if state is State.DELETED else None,
        )

    def _entry(
        self, row: TicketRow, requester: Requester, ticket: TicketId, at: datetime
    ) -> Entry | None:
        text = row.text
        if len(row.subject) > _SUBJECT_CHARS:  # nothing of it is lost
            text = f"{row.subject}\n\n{text}".rstrip()
        if not text:
            return None
        return Entry(
            id=EntryId(self._desk.ids.number(at)),
            ticket=ticket,
            kind=EntryKind.MESSAGE,
            at=at,
            author_name=requester.name,
            author_email=requester.email,
            requester=requester.id,
            html=text_to_html(text),
            text=text,
        )

    def _aside(self, row: TableRow, reason: str, detail: str) -> Outcome:
        data = _as_table(row)
        kept = self._desk.files.add(data, name="row.csv", mime_type="text/csv").sha256
        with self._desk.unit() as unit:
            unit.keep_aside(row.origin, reason, detail, kept)
            unit.commit()
        return replace(_outcome(row, Taken.KEPT_ASIDE), reason=reason, detail=detail)

    def _at(self, row: TicketRow) -> datetime:
        now = self._desk.now()
        return whole_ms(min(row.created or now, now))


def look(rows: Iterable[TableRow], directory: Directory) -> list[Noted]:
    """Try the first rows without writing anything; say what would be kept aside or guessed."""
    counted: Counter[tuple[str, TicketField | None, bool]] = Counter()
    examples: dict[tuple[str, TicketField | None, bool], str] = {}
    for row in islice(rows, LOOKED_AT):
        for key, example in _notes(row.row, directory):
            counted[key] += 1
            examples.setdefault(key, example)
    return [
        Noted(code=code, field=field, example=examples[key], rows=count, refuses=refuses)
        for key, count in counted.most_common()
        for code, field, refuses in [key]
    ]


def _notes(
    row: TicketRow | BrokenRow, directory: Directory
) -> Iterator[tuple[tuple[str, TicketField | None, bool], str]]:
    if isinstance(row, BrokenRow):
        yield (str(row.reason), None, True), row.detail
        return
    for oddity in row.oddities:
        if oddity.code is not RowOddityCode.SHORT_ROW:  # programs leave empty cells out
            yield (str(oddity.code), oddity.field, False), oddity.detail
    try:
        first_values(directory, row)
    except RefusedRowError as error:
        yield (str(error.reason), error.field, True), error.name


def first_values(directory: Directory, row: TicketRow) -> dict[str, str | None]:
    """What a ticket begins with: keys of this desk for the names that the row gives.

    The lifecycle's conditions are not asked: the ticket went that way on another desk.

    Raises:
        RefusedRowError: this desk has no such thing, or more than one.
    """
    topic = _key(directory.topics, TicketField.TOPIC, row.topic, RowRefusal.UNKNOWN_TOPIC)
    about = directory.topics.get(topic or "")
    department = _key(
        directory.departments,
        TicketField.DEPARTMENT,
        row.department,
        RowRefusal.UNKNOWN_DEPARTMENT,
    )
    priority = _key(
        directory.priorities, TicketField.PRIORITY, row.priority, RowRefusal.UNKNOWN_PRIORITY
    )
    lifecycle = directory.lifecycle
    status = _key(lifecycle.statuses, TicketField.STATUS, row.status, RowRefusal.UNKNOWN_STATUS)
    status = status or lifecycle.initial
    owner, team = _owner(directory, row.owner)
    return {
        "topic": topic,
        "department": department
        or (about.department if about else None)
        or next(iter(directory.departments)),
        "priority": priority or (about.priority if about else None) or "normal",
        "sla": about.sla if about else None,
        "status": status,
        "state": str(int(lifecycle.statuses[status].state)),
        "restore_to": lifecycle.initial,
        "owner": owner,
        "team": team,
    }


def _owner(directory: Directory, name: str) -> tuple[str | None, str | None]:
    """The agent or the team that has the ticket."""
    if name.casefold() in _NOBODY:
        return None, None
    field, refusal = TicketField.OWNER, RowRefusal.UNKNOWN_OWNER
    try:
        return _key(directory.agents, field, name, refusal), None
    except RefusedRowError as error:
        if error.reason is RowRefusal.AMBIGUOUS_NAME:
            raise
        return None, _key(directory.teams, field, name, refusal)


def _key(
    things: Mapping[str, object], field: TicketField, name: str, refusal: RowRefusal
) -> str | None:
    if not name:
        return None
    try:
        return find_by_name(things, field.value, name)
    except NotFoundError as error:
        raise RefusedRowError(refusal, field, name) from error
    except AmbiguousNameError as error:
        raise RefusedRowError(RowRefusal.AMBIGUOUS_NAME, field, name) from error


def _source(name: str) -> Source:
    plain = name.casefold()
    return next((s for s, names in _SOURCES.items() if plain in names), Source.OTHER)


def _command_id(row: TicketRow, again: int) -> str:
    return str(uuid.uuid5(_ROWS, "\0".join((*row.identity, str(again)))))


def _where_from(row: TableRow, found: TicketRow) -> str:
    """The file's name, row and number there: what the history says of where a ticket is from."""
    name = re.split(r"[/\\]", row.origin)[-1]
    return f"{name} · {found.number}" if found.number else name


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


def _outcome(row: TableRow, taken: Taken) -> Outcome:
    return Outcome(origin=row.origin, taken=taken, position=row.position, done_bytes=row.done_bytes)


def _as_table(row: TableRow) -> bytes:
    """The row as a table of its own: put right, it can be imported."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(row.header)
    if row.row.cells:
        writer.writerow(row.row.cells)
    elif isinstance(row.row, BrokenRow):
        text.write(row.row.detail)
    return text.getvalue().encode("utf-8-sig")
