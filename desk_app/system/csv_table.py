"""One table of tickets in a file: how it is written, and its rows one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cached_property
from pathlib import Path

from typing_extensions import override

from desk_app.domain.intake import (
    BadCsvError,
    CsvProblem,
    DateOrder,
    TableRow,
    TicketField,
    TicketRow,
)
from desk_app.system.csv_dates import propose_date_order
from desk_app.system.csv_mapping import propose_mapping
from desk_app.system.mail_text import scrubbed
from desk_app.system.ticket_csv import read_rows, read_shape

_DATES = frozenset({TicketField.CREATED, TicketField.DUE})


class CsvTable:
    """A table whose shape is known; its rows are read when they are asked for."""

    def __init__(self, path: Path) -> None:
        """Find out how the table is written.

        Raises:
            BadCsvError: it is empty, has no header, is no table, or cannot be read.
        """
        self.path = path.absolute()
        self._shape = read_shape(self.path)
        try:
            self.total_bytes = self.path.stat().st_size
        except OSError as error:
            raise BadCsvError(CsvProblem.UNREADABLE_FILE, error.strerror or "") from error

    @property
    def header(self) -> tuple[str, ...]:
        return self._shape.header

    @property
    def samples(self) -> tuple[tuple[str, ...], ...]:
        return self._shape.samples

    @cached_property
    def proposed(self) -> Mapping[str, TicketField]:
        return propose_mapping(self.header)

    def date_order(self, mapping: Mapping[str, TicketField]) -> DateOrder | None:
        columns = [at for at, name in enumerate(self.header) if mapping.get(name) in _DATES]
        return propose_date_order(
            row[at] for row in self.samples for at in columns if at < len(row)
        )

    def read(
        self,
        mapping: Mapping[str, TicketField],
        dates: DateOrder | None = None,
        after: str | None = None,
    ) -> Iterator[TableRow]:
        """Read from the start, as quotes may hide where a row begins; what is behind is yielded."""
        behind = int(after or 0)
        origin = scrubbed(str(self.path))
        done_bytes = 0

        def hear(count: int) -> None:
            nonlocal done_bytes
            done_bytes = count

        seen: Counter[int] = Counter()
        rows = read_rows(self.path, mapping, shape=self._shape, dates=dates, zone=_HERE, heard=hear)
        for row in rows:
            again = 0
            if isinstance(row, TicketRow) and not row.number:
                same = hash(row.identity)
                again = seen[same]
                seen[same] += 1
            if row.row > behind:
                yield TableRow(
                    origin=f"{origin}#{row.row}",
                    position=str(row.row),
                    done_bytes=done_bytes,
                    header=self.header,
                    row=row,
                    again=again,
                )


class _Here(tzinfo):
    """This machine's own clock, summer time and all: what an export without a zone means."""

    @override
    def utcoffset(self, when: datetime | None) -> timedelta:
        if when is None:
            return timedelta(0)
        try:
            return when.replace(tzinfo=None).astimezone().utcoffset() or timedelta(0)
        except (OSError, OverflowError, ValueError):  # out of the platform's calendar
            return timedelta(0)

    @override
    def dst(self, when: datetime | None) -> timedelta:
        return timedelta(0)

    @override
    def tzname(self, when: datetime | None) -> str:
        return "local" if when is not None else str(UTC)


_HERE = _Here()
