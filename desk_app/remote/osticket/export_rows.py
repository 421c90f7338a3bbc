"""The rows of an exported queue, as values; columns are told by their place, never by a title."""

from __future__ import annotations

import csv
import re
from datetime import datetime
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple
from unicodedata import digit

from desk_app.ports.remote_errors import UnreadableAnswerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SEPARATOR = "\x1f"
"""No text has it, so that a row can be read whatever else is in it."""
_QUOTED = re.compile(
    r'"(?P<quoted>(?:[^"\\]|""|\\+(?!"(?:\x1f|\n|\Z))(?:"|[^"\\]))*\\*)"(?P<end>\x1f|\n|\Z)'
    r"|(?P<plain>[^\x1f\n]*)(?P<stop>\x1f|\n|\Z)"
)

FIELDS = (
    *("number", "created", "cdata__subject", "user__name", "user__emails__address"),
    *("cdata__priority", "dept_id", "topic_id", "source", "status__id", "lastupdate"),
    *("est_duedate", "sla_id", "duedate", "closed", "merged", "linked", "isanswered"),
    *("staff_id", "team_id", "thread_count", "task_count", "ticket_id"),
)
"""What is asked for. The server puts them in an order of its own: see `order`."""


class ExportRow(NamedTuple):
    """One ticket; times are the database's, and names those of the agent's language.

    There may be a hundred thousand of them.
    """

    number: str
    created: datetime
    subject: str
    requester_name: str
    requester_email: str
    priority: str
    department: str
    topic: str
    source: str
    status: str
    updated: datetime
    estimated: datetime | None
    sla: str
    due: datetime | None
    closed: datetime | None
    merged: str
    linked: str
    answered: str
    agent: str
    team: str
    entries: int
    tasks: int
    id: str


def order(offered: list[str]) -> list[str]:
    """The columns of the answer: as the dialog lists them, and then what it does not list."""
    listed = [name for name in offered if name in FIELDS]
    return listed + [name for name in FIELDS if name not in listed]


def rows_of(text: str, columns: list[str]) -> list[ExportRow]:
    """Raise UnreadableAnswerError if a row does not fit `columns`."""
    chosen = itemgetter(*(columns.index(name) for name in FIELDS))
    width = len(columns)
    found: list[ExportRow] = []
    table = _with_backslashes(text) if "\\" in text else csv.reader(_lines(text), delimiter="\x1f")
    for line, cells in enumerate(table):
        if line == 0 or not cells:
            continue
        if len(cells) != width:
            raise UnreadableAnswerError(
                why="export", detail=f"row {line}: {len(cells)} of {width} columns"
            )
        try:
            found.append(_row(chosen(cells)))
        except ValueError as error:
            raise UnreadableAnswerError(why="export", detail=f"row {line}: {error}") from None
    return found


def _lines(text: str) -> Iterator[str]:
    """By line feeds alone: a subject may hold what Python takes for another line's end."""
    return (line + "\n" for line in text.split("\n") if line)


def _with_backslashes(text: str) -> Iterator[list[str]]:
    """The server's own dialect: a quote after a backslash is not doubled."""
    cells: list[str] = []
    place, size = 0, len(text)
    while place < size:
        found = _QUOTED.match(text, place)
        if found is None or found.end() == place:
            raise UnreadableAnswerError(why="export", detail=f"character {place}")
        quoted = found["quoted"]
        cells.append(quoted.replace('""', '"') if quoted is not None else found["plain"])
        place = found.end()
        if (found["end"] or found["stop"]) != "\x1f":
            yield cells
            cells = []


def _row(cells: tuple[str, ...]) -> ExportRow:
    values: list[object] = [*cells]
    for place, read in _READ:
        values[place] = read(cells[place])
    return ExportRow._make(values)


def _moment(text: str) -> datetime:
    """An ISO time, in the digits of the agent's language (seen on a live server: Arabic ones)."""
    if not text.isascii():
        text = "".join(str(digit(c)) if c.isdigit() else c for c in text)
    return datetime.fromisoformat(text)


def _no_moment(text: str) -> datetime | None:
    """A time, or none: also the server's own way to keep a date that it could not read."""
    return None if not text or int(text[:4] or 0) == 0 else _moment(text)


def _count(text: str) -> int:
    return int(text) if text else 0


_READERS: dict[str, Callable[[str], object]] = {
    "created": _moment,
    "lastupdate": _moment,
    "est_duedate": _no_moment,
    "duedate": _no_moment,
    "closed": _no_moment,
    "thread_count": _count,
    "task_count": _count,
}
_READ = tuple((FIELDS.index(name), read) for name, read in _READERS.items())
