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
    mails: Mails | None
    tables: tuple[Table, ...]
    bad: tuple[tuple[Path, BadCsvError], ...]
    """Tables that cannot be read."""
    others: tuple[Path, ...]
    """Neither mails nor tables nor folders."""


def sort_out(desk: Desk, paths: Sequence[Path]) -> Chosen:
    """Look at the files; blocks on their disk."""
    mails, tables, bad, others = [], [], [], []
    for path in paths:
        suffix = path.suffix.lower()
        if path.is_dir() or suffix in MAILS:
            mails.append(path)
        elif suffix == TABLE:
            try:
                tables.append(desk.table(path))
            except BadCsvError as error:
                bad.append((path, error))
        else:
            others.append(path)
    return Chosen(
        name=mails[0].name if mails else "",
        mails=desk.mails(mails) if mails else None,
        tables=tuple(tables),
        bad=tuple(bad),
        others=tuple(others),
    )
