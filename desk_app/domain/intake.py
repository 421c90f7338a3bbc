"""A ticket as a row of somebody else's table has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class TicketField(StrEnum):
    """What a column of a table of tickets may hold. Values are stored."""

    NUMBER = "number"
    SUBJECT = "subject"
    REQUESTER_NAME = "requester_name"
    REQUESTER_EMAIL = "requester_email"
    TEXT = "text"
    STATUS = "status"
    PRIORITY = "priority"
    DEPARTMENT = "department"
    TOPIC = "topic"
    OWNER = "owner"
    CREATED = "created"
    DUE = "due"
    SOURCE = "source"
    ORGANISATION = "organisation"
    PHONE = "phone"


class DateOrder(StrEnum):
    """How 03/04/2026 is meant. Values are stored."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


class RowOddityCode(StrEnum):
    """What was wrong with a row that can be used all the same. Values are stored."""

    SHORT_ROW = "short_row"
    AMBIGUOUS_DATE = "ambiguous_date"
    OTHER_DATE_ORDER = "other_date_order"
    BAD_DATE = "bad_date"
    BAD_EMAIL = "bad_email"
    NUL_BYTES = "nul_bytes"


class BrokenRowReason(StrEnum):
    """Why a row is kept aside. Values are stored."""

    TOO_MANY_CELLS = "too_many_cells"
    FIELD_TOO_LARGE = "field_too_large"
    BAD_QUOTES = "bad_quotes"
    NOTHING_IN_IT = "nothing_in_it"
    UNEXPECTED = "unexpected"
    """The program itself failed on it; one row must not stop the rest."""


class RowRefusal(StrEnum):
    """Why a row that reads well is kept aside: this desk lacks what it names. Values are stored."""

    UNKNOWN_STATUS = "unknown_status"
    UNKNOWN_PRIORITY = "unknown_priority"
    UNKNOWN_DEPARTMENT = "unknown_department"
    UNKNOWN_TOPIC = "unknown_topic"
    UNKNOWN_OWNER = "unknown_owner"
    AMBIGUOUS_NAME = "ambiguous_name"


class CsvProblem(StrEnum):
    """Why a whole table cannot be read."""

    EMPTY = "empty"
    NO_HEADER = "no_header"
    BINARY = "binary"
    UNREADABLE_FILE = "unreadable_file"


class BadCsvError(Exception):
    """A table cannot be read at all."""

    def __init__(self, problem: CsvProblem, detail: str = "") -> None:
        super().__init__(problem.value, detail)
        self.problem = problem
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class RowOddity:
    """One thing that was rescued; `detail` is the cell's own text."""

    code: RowOddityCode
    field: TicketField | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketRow:
    """One ticket of a table: its own words, only dates are read. '' where a cell is missing."""

    row: int
    """Counts records from 1, without the header."""
    number: str = ""
    subject: str = ""
    requester_name: str = ""
    requester_email: str = ""
    text: str = ""
    status: str = ""
    priority: str = ""
    department: str = ""
    topic: str = ""
    owner: str = ""
    source: str = ""
    organisation: str = ""
    phone: str = ""
    created: datetime | None = None
    """In UTC."""
    due: datetime | None = None
    """In UTC."""
    oddities: tuple[RowOddity, ...] = ()
    cells: tuple[str, ...] = field(default=(), compare=False)
    """The row as it was read, to be kept if it cannot be taken in."""

    @property
    def identity(self) -> tuple[str, ...]:
        """What makes the row known again, whatever became of its status or owner meanwhile."""
        created = "" if self.number or self.created is None else self.created.isoformat()
        who = self.requester_email.casefold() or self.requester_name
        return (self.number, self.subject, who, self.text, created)


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenRow:
    """A row that is kept aside, as it was read."""

    row: int
    reason: BrokenRowReason
    detail: str = ""
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """One row on its way in, and where to go on after it."""

    origin: str
    """`path#row`."""
    position: str
    done_bytes: int
    header: tuple[str, ...]
    row: TicketRow | BrokenRow
    again: int = 0
    """How many rows before it are the same and have no number to tell them apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportSource:
    """What an import takes in, so that it can be begun again."""

    name: str
    """For a person."""
    paths: tuple[str, ...]
    """Files and folders of mail, or one table."""
    columns: Mapping[str, TicketField] | None = None
    """What a table's columns hold; None for mail."""
    dates: DateOrder | None = None
    actor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnfinishedImport:
    """An import and how far it came."""

    key: str
    source: ImportSource
    total_bytes: int
    done_bytes: int = 0
    position: str | None = None
    """Behind the last thing that was taken in."""
    counted: Mapping[str, int] = field(default_factory=dict)
    """What became of what was taken in so far, by the value of `Taken`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAside:
    """Something that could not be taken in, and why."""

    id: int
    origin: str
    reason: str
    """The value of a `BrokenReason`, `BrokenRowReason` or `RowRefusal`."""
    detail: str
    at: datetime
    sha256: str | None
    """Where its bytes are kept; None if they were never read."""


def mapped(
    mapping: Mapping[str, TicketField], column: str, holds: TicketField | None
) -> dict[str, TicketField]:
    """The mapping with one column's field changed; another column that had the field loses it."""
    kept = {name: f for name, f in mapping.items() if name != column and f is not holds}
    return kept if holds is None else {**kept, column: holds}
