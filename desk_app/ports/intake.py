"""Files that tickets come out of. Every method blocks on the disk they are on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from desk_app.domain.intake import DateOrder, TableRow, TicketField
    from desk_app.domain.mail import RawMail, SourceProblem


class Mails(Protocol):
    """The mails in some files and folders."""

    @property
    def total_bytes(self) -> int: ...

    def read(self, after: str | None = None) -> Iterator[RawMail | SourceProblem]:
        """All of them, or those behind a `position`."""
        ...


class Table(Protocol):
    """A table of tickets, as another help desk exports it."""

    @property
    def path(self) -> Path: ...

    @property
    def total_bytes(self) -> int: ...

    @property
    def header(self) -> tuple[str, ...]: ...

    @property
    def samples(self) -> tuple[tuple[str, ...], ...]:
        """The first rows, cell by cell."""
        ...

    @property
    def proposed(self) -> Mapping[str, TicketField]:
        """What each recognised column seems to hold."""
        ...

    def date_order(self, mapping: Mapping[str, TicketField]) -> DateOrder | None:
        """How the first rows' dates are meant, if they agree."""
        ...

    def read(
        self,
        mapping: Mapping[str, TicketField],
        dates: DateOrder | None = None,
        after: str | None = None,
    ) -> Iterator[TableRow]:
        """All rows, or those behind a `position`; raise BadCsvError if the file went bad."""
        ...
