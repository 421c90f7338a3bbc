"""Sorts what a person chose or dropped into mails, tables, and what is neither."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from desk_app.domain.intake import BadCsvError

if TYPE_CHECKING:
    from desk_app.ports.intake import Mails, Table
    from desk_app.services.desk import Desk

MAILS = (".eml", ".mbox", ".mbx")
TABLE = ".csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What is in the files that were chosen."""

    name: str
    """Of the first mail file or folder, for the progress."""
    paths: tuple[str, ...]
    """Of the mail files and folders."""
    mails: Mails | None
    tables: tuple[Table, ...]
    bad: tuple[tuple[Path, BadCsvError], ...]
    """Tables that cannot be read."""
    others: tuple[Path, ...]
    """Neither mails nor tables nor folders."""


def sort_out(desk: Desk, paths: Sequence[Path]) -> Chosen:
    """Look at the files, and at the tables in the folders; blocks on their disk."""
    named: list[Path] = []
    mails: list[Path] = []
    others: list[Path] = []
    for path in paths:
        suffix = path.suffix.lower()
        if path.is_dir():
            within = desk.tables_in(path)
            named += within
            if not within or desk.mails([path]).total_bytes:
                mails.append(path)
        elif suffix in MAILS:
            mails.append(path)
        else:
            (named if suffix == TABLE else others).append(path)
    tables, bad = _opened(desk, named)
    return Chosen(
        name=mails[0].name if mails else "",
        paths=tuple(str(path.absolute()) for path in mails),
        mails=desk.mails(mails) if mails else None,
        tables=tuple(tables),
        bad=tuple(bad),
        others=tuple(others),
    )


def _opened(
    desk: Desk, paths: Sequence[Path]
) -> tuple[list[Table], list[tuple[Path, BadCsvError]]]:
    tables, bad = [], []
    for path in dict.fromkeys(paths):
        try:
            tables.append(desk.table(path))
        except BadCsvError as error:
            bad.append((path, error))
    return tables, bad
