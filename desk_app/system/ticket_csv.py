"""Reads tickets out of the tables that other help desks export.

Cells are text and stay text: nothing that looks like a formula is ever evaluated.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from itertools import islice
from pathlib import Path
from typing import BinaryIO, TextIO

from desk_app.domain.intake import (
    BadCsvError,
    BrokenRow,
    BrokenRowReason,
    CsvProblem,
    DateOrder,
    RowOddity,
    RowOddityCode,
    TicketField,
    TicketRow,
)
from desk_app.system.csv_dates import propose_date_order, read_moment
from desk_app.system.csv_mapping import propose_mapping
from desk_app.system.mail_text import folded, scrubbed

__all__ = ["CsvShape", "propose_date_order", "propose_mapping", "read_rows", "read_shape"]

DELIMITERS = ",;\t|"
MAX_FIELD_CHARS = 10_000_000
_SAMPLE_ROWS = 20
_BLOCK_BYTES = 1_000_000
_PROBED_BYTES = 4_000

_BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_OTHER_FILES = {b"PK\x03\x04": "zip", b"\xd0\xcf\x11\xe0": "ole", b"%PDF": "pdf"}
"""Spreadsheets that were not exported as a table: people drop those too."""

_NUL_SHARE = 0.25
_TEXT_BYTES = bytes({*b"\t\n\v\f\r\x1b", *range(0x20, 0x100)})
_CONTROL_SHARE = 0.03
"""Pictures and archives have 10 % of them, exports a stray one."""
_FEW_CONTROLS = 10
_SEPARATOR_LINE = re.compile(r"sep=(.)\s*", re.IGNORECASE)
_NAMED = re.compile(r"\s*\"?([^<>\"]*)\"?\s*<\s*([^<>\s]+@[^<>\s]+)\s*>.*", re.DOTALL)
_EMAIL = re.compile(r"[^\s<>,;:\"]+@[^\s<>,;:\"]+")
_MAX_WHO_CHARS = 500
_DATES = frozenset({TicketField.CREATED, TicketField.DUE})


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvShape:
    """How a table is written."""

    encoding: str
    delimiter: str
    header: tuple[str, ...]
    """Each name once and never empty: `#3` for a third column without one, `Name (2)`."""
    samples: tuple[tuple[str, ...], ...]
    """The first rows, for showing the columns before anything is taken in."""


@dataclass(frozen=True, slots=True)
class _Bad:
    """A record that `csv` could not read."""

    reason: BrokenRowReason
    detail: str


def read_shape(path: Path) -> CsvShape:
    """Find out how a table is written.

    Raises:
        BadCsvError: it is empty, has no header, is no table, or cannot be read.
    """
    try:
        with path.open("rb") as stream:
            encoding = _encoding(stream)
        with _opened(path, encoding) as text:
            delimiter = _delimiter(text)
            text.seek(0)
            records = _filled(_records(text, delimiter))
            header = _header(next(records, ()))
            return CsvShape(
                encoding=encoding,
                delimiter=delimiter,
                header=header,
                samples=tuple(islice(records, _SAMPLE_ROWS)),
            )
    except OSError as exc:
        raise BadCsvError(CsvProblem.UNREADABLE_FILE, exc.strerror or "") from exc


def read_rows(
    path: Path,
    mapping: Mapping[str, TicketField],
    *,
    shape: CsvShape | None = None,
    dates: DateOrder | None = None,
    zone: tzinfo = UTC,
    heard: Callable[[int], None] | None = None,
) -> Iterator[TicketRow | BrokenRow]:
    """Yield the rows one by one; `mapping` goes from a column of the header to its field.

    `dates` says how 03/04/2026 is meant, `zone` where the clocks of undeclared times hang;
    `heard` is told before each row how many bytes of the file were read.

    Raises:
        BadCsvError: the table cannot be read at all; never for one row.
    """
    shape = shape or read_shape(path)
    fields = [mapping.get(column) for column in shape.header]
    try:
        with _opened(path, shape.encoding) as text:
            records = _records(text, shape.delimiter)
            next(_filled(records), None)  # the header
            for row, record in enumerate(records, start=1):
                built = _row(row, record, fields, lambda cell: read_moment(cell, dates, zone))
                if built is not None:
                    if heard is not None:
                        heard(text.buffer.tell())
                    yield built
    except OSError as exc:
        raise BadCsvError(CsvProblem.UNREADABLE_FILE, exc.strerror or "") from exc


def _encoding(stream: BinaryIO) -> str:
    """Return the encoding by its mark, by where the NULs are, or by trying UTF-8."""
    start = stream.read(_PROBED_BYTES)
    if not start:
        raise BadCsvError(CsvProblem.EMPTY)
    for magic, kind in _OTHER_FILES.items():
        if start.startswith(magic):
            raise BadCsvError(CsvProblem.BINARY, kind)
    for mark, encoding in _BOMS.items():
        if start.startswith(mark):
            return encoding
    for odd, encoding in enumerate(("utf-16-be", "utf-16-le")):
        if start[odd::2].count(0) > len(start) * _NUL_SHARE:
            return encoding
    _check_text(start)
    stream.seek(0)
    return "utf-8" if _is_utf8(stream) else "windows-1252"


def _check_text(start: bytes) -> None:
    controls = len(start.translate(None, delete=_TEXT_BYTES))
    if controls > max(_FEW_CONTROLS, len(start) * _CONTROL_SHARE):
        raise BadCsvError(CsvProblem.BINARY)


def _is_utf8(stream: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while block := stream.read(_BLOCK_BYTES):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _opened(path: Path, encoding: str) -> TextIO:
    return path.open(encoding=encoding, errors="replace", newline="")


def _delimiter(text: TextIO) -> str:
    """Return the delimiter that cuts the first rows into most columns, evenly."""
    named = _SEPARATOR_LINE.fullmatch(text.readline(_PROBED_BYTES))
    if named:
        return named[1]
    return max(DELIMITERS, key=lambda delimiter: _evenness(text, delimiter))


def _evenness(text: TextIO, delimiter: str) -> float:
    text.seek(0)
    widths = [len(row) for row in islice(_filled(_records(text, delimiter)), _SAMPLE_ROWS)]
    if not widths or widths[0] == 1:
        return 0
    return widths[0] * widths.count(widths[0]) / len(widths)


class _Tape:
    """Remembers the lines of the record being read, and can give them again."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._again: deque[str] = deque()
        self.taken: list[str] = []
        self.has_ended = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines, None)
        if line is None:
            self.has_ended = True
            raise StopIteration
        self.taken.append(line)
        return line

    def give_again_from_second(self) -> None:
        self._again.extendleft(reversed(self.taken[1:]))
        self.has_ended = False


def _records(text: TextIO, delimiter: str) -> Iterator[tuple[str, ...] | _Bad]:
    """Yield all records; one whose quotes are wrong is bad, the lines it swallowed are not."""
    # The limit is the process's; nothing else here reads CSV, and 128 KB cut long threads.
    csv.field_size_limit(max(csv.field_size_limit(), MAX_FIELD_CHARS))
    tape = _Tape(text)
    reader = csv.reader(tape, delimiter=delimiter, strict=True)
    while True:
        tape.taken.clear()
        try:
            yield tuple(next(reader))
        except StopIteration:
            return
        except csv.Error as exc:
            yield _rescued(tape, delimiter, str(exc))
            tape.give_again_from_second()
            reader = csv.reader(tape, delimiter=delimiter, strict=True)


def _rescued(tape: _Tape, delimiter: str, error: str) -> tuple[str, ...] | _Bad:
    """Read a single line less strictly: `"a "b" c"` is clear enough.

    Not more than one line: a quote that was never closed looks the same, and would hide the
    tickets behind it.
    """
    if "limit" in error:
        return _Bad(BrokenRowReason.FIELD_TOO_LARGE, error)
    if len(tape.taken) == 1 and not tape.has_ended:
        for cells in csv.reader(tape.taken, delimiter=delimiter):
            return tuple(cells)
    return _Bad(BrokenRowReason.BAD_QUOTES, tape.taken[0][:_PROBED_BYTES].rstrip())


def _filled(records: Iterator[tuple[str, ...] | _Bad]) -> Iterator[tuple[str, ...]]:
    """Leave out what is bad, blank, or Excel's line that names the delimiter."""
    for record in records:
        if isinstance(record, _Bad) or not any(cell.strip() for cell in record):
            continue
        if not _SEPARATOR_LINE.fullmatch("".join(record) + " "):
            yield record


def _header(cells: Sequence[str]) -> tuple[str, ...]:
    if not cells:
        raise BadCsvError(CsvProblem.NO_HEADER)
    names: list[str] = []
    for at, cell in enumerate(cells, start=1):
        plain = folded(cell) or f"#{at}"
        name, again = plain, 1
        while name in names:
            again += 1
            name = f"{plain} ({again})"
        names.append(name)
    return tuple(names)


_ReadMoment = Callable[[str], tuple[datetime | None, RowOddityCode | None]]


def _row(
    row: int,
    record: tuple[str, ...] | _Bad,
    fields: Sequence[TicketField | None],
    moment: _ReadMoment,
) -> TicketRow | BrokenRow | None:
    """Return a row, None if it is blank."""
    if isinstance(record, _Bad):
        return BrokenRow(row=row, reason=record.reason, detail=scrubbed(record.detail))
    cells = tuple(scrubbed(cell).strip() for cell in record)
    if not any(cells):
        return None
    if any(cells[len(fields) :]):
        detail = str(len(cells))
        return BrokenRow(row=row, reason=BrokenRowReason.TOO_MANY_CELLS, detail=detail, cells=cells)
    values = {field: cell for field, cell in zip(fields, cells, strict=False) if field}
    if not values.get(TicketField.SUBJECT) and not values.get(TicketField.TEXT):
        return BrokenRow(row=row, reason=BrokenRowReason.NOTHING_IN_IT, cells=cells)
    oddities: list[RowOddity] = []
    if len(cells) < len(fields):
        oddities.append(RowOddity(code=RowOddityCode.SHORT_ROW, detail=str(len(cells))))
    if any("\0" in cell for cell in record):
        oddities.append(RowOddity(code=RowOddityCode.NUL_BYTES))
    return replace(_ticket_row(row, values, moment, oddities), cells=cells)


def _ticket_row(
    row: int,
    values: Mapping[TicketField, str],
    moment: _ReadMoment,
    oddities: list[RowOddity],
) -> TicketRow:
    moments: dict[TicketField, datetime | None] = {}
    for field in TicketField:
        if field in _DATES:
            cell = values.get(field, "")
            moments[field], code = moment(cell)
            if code is not None:
                oddities.append(RowOddity(code=code, field=field, detail=cell))
    name, email = _requester(values, oddities)
    return TicketRow(
        row=row,
        number=values.get(TicketField.NUMBER, ""),
        subject=folded(values.get(TicketField.SUBJECT, "")),
        requester_name=name,
        requester_email=email,
        text=values.get(TicketField.TEXT, ""),
        status=values.get(TicketField.STATUS, ""),
        priority=values.get(TicketField.PRIORITY, ""),
        department=values.get(TicketField.DEPARTMENT, ""),
        topic=values.get(TicketField.TOPIC, ""),
        owner=values.get(TicketField.OWNER, ""),
        source=values.get(TicketField.SOURCE, ""),
        organisation=values.get(TicketField.ORGANISATION, ""),
        phone=values.get(TicketField.PHONE, ""),
        created=moments[TicketField.CREATED],
        due=moments[TicketField.DUE],
        oddities=tuple(oddities),
    )


def _requester(values: Mapping[TicketField, str], oddities: list[RowOddity]) -> tuple[str, str]:
    """Return name and address; either column may hold both, as `Ann <ann@example.org>`."""
    name = values.get(TicketField.REQUESTER_NAME, "")[:_MAX_WHO_CHARS]
    cell = values.get(TicketField.REQUESTER_EMAIL, "")[:_MAX_WHO_CHARS]
    for text in (cell, name):
        named = _NAMED.fullmatch(text)
        if named:
            given = name if text is cell and name else named[1].strip()
            return given, named[2]
    email = _EMAIL.search(cell) or _EMAIL.search(name)
    if cell and (email is None or email.string is not cell):
        oddities.append(
            RowOddity(code=RowOddityCode.BAD_EMAIL, field=TicketField.REQUESTER_EMAIL, detail=cell)
        )
    if email is None:
        return name, ""
    return ("" if email[0] == name else name), email[0]
