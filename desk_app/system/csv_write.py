"""Writes tables as CSV files that spreadsheets open without carrying anything out."""

from __future__ import annotations

import csv
import errno
import os
from typing import TYPE_CHECKING

from desk_app.domain.errors import FileUnwritableError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a cell begins with that a spreadsheet would calculate (OWASP, "CSV Injection")."""


def write_table(path: Path, rows: Sequence[Sequence[str]]) -> None:
    """Write the rows in UTF-8, with a mark that tells spreadsheets so.

    Raises:
        FileUnwritableError: the place cannot be written; what was there before is there still.
    """
    if path.is_dir():
        raise FileUnwritableError(path=str(path), detail=os.strerror(errno.EISDIR))
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([harmless(cell) for cell in row] for row in rows)
        part.replace(path)
    except OSError as error:
        raise FileUnwritableError(path=str(path), detail=error.strerror or "") from error


def harmless(cell: str) -> str:
    """The cell as text: an apostrophe goes before what would be a formula."""
    text = cell.replace("\0", "")
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
