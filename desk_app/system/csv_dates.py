"""Reads the dates of other help desks' exports, and says when one can be read in two ways."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
from email.utils import parsedate_to_datetime

from desk_app.domain.intake import DateOrder, RowOddityCode

YEARS = range(1970, 2200)
"""A date outside of these is taken for none."""

_DAY_FIRST_MARK = "."
"""03.04.2026 is the third of April wherever that is written."""

_CLOCK = r"(?:[ ,T]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:[.,]\d+)? ?(?:([AaPp])\.?[Mm]\.?)?)?"
_NUMERIC = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})" + _CLOCK)
_YEAR_FIRST = re.compile(r"(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})" + _CLOCK)
_ZULU = re.compile(r" ?(?:UTC|GMT)$")
_MAX_CHARS = 100


def read_moment(
    cell: str, order: DateOrder | None, zone: tzinfo
) -> tuple[datetime | None, RowOddityCode | None]:
    """Return a cell's date in UTC, and what is to be said about it.

    `zone` holds where the cell names none. Without an `order`, 03/04/2026 is not guessed.
    """
    text = " ".join(cell.split())
    if not text:
        return None, None
    moment, code = _read(text, order)
    if moment is None or moment.year not in YEARS:
        return None, code or RowOddityCode.BAD_DATE
    aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return aware.astimezone(UTC), code


def propose_date_order(cells: Iterable[str]) -> DateOrder | None:
    """Return the order that the dates which can be read in one way only agree on."""
    orders = {_only_order(found) for cell in cells if (found := _NUMERIC.fullmatch(cell.strip()))}
    orders.discard(None)
    return orders.pop() if len(orders) == 1 else None


def _read(text: str, order: DateOrder | None) -> tuple[datetime | None, RowOddityCode | None]:
    if len(text) > _MAX_CHARS:
        return None, RowOddityCode.BAD_DATE
    numeric = _NUMERIC.fullmatch(text)
    if numeric:
        return _read_numeric(numeric, order)
    return _find_iso(text) or _find_year_first(text) or _find_spelt(text), None


def _only_order(found: re.Match[str]) -> DateOrder | None:
    first, second = int(found[1]), int(found[3])
    if found[2] == _DAY_FIRST_MARK or first > 12:  # noqa: PLR2004 - months
        return DateOrder.DAY_FIRST
    return DateOrder.MONTH_FIRST if second > 12 else None  # noqa: PLR2004


def _read_numeric(
    found: re.Match[str], order: DateOrder | None
) -> tuple[datetime | None, RowOddityCode | None]:
    only = _only_order(found)
    chosen = only or order
    if chosen is None and found[1] != found[3]:
        return None, RowOddityCode.AMBIGUOUS_DATE
    day, month = found[1], found[3]
    if chosen is DateOrder.MONTH_FIRST:
        day, month = month, day
    moment = _find_made(found[4], month, day, found.groups()[4:])
    is_other = only is not None and order is not None and only is not order
    return moment, RowOddityCode.OTHER_DATE_ORDER if is_other and moment else None


def _find_made(year: str, month: str, day: str, clock: tuple[str | None, ...]) -> datetime | None:
    full_year = int(year) + (2000 if len(year) == 2 else 0)  # noqa: PLR2004
    hour, minute, second = (int(number or 0) for number in clock[:3])
    half = (clock[3] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        return datetime(full_year, int(month), int(day), hour, minute, second)  # noqa: DTZ001
    except ValueError:
        return None


def _find_iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(_ZULU.sub("+00:00", text))
    except ValueError:
        return None


def _find_year_first(text: str) -> datetime | None:
    found = _YEAR_FIRST.fullmatch(_ZULU.sub("", text))
    return _find_made(found[1], found[2], found[3], found.groups()[3:]) if found else None


def _find_spelt(text: str) -> datetime | None:
    """Read `Fri, 03 Apr 2026 10:11 +0200` and RT's `Fri Apr 03 10:11:12 2026`."""
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
