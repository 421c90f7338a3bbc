"""A ticket as a row of somebody else's table has it."""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenRow:
    """A row that is kept aside, as it was read."""

    row: int
    reason: BrokenRowReason
    detail: str = ""
    cells: tuple[str, ...] = ()
