"""What changed, by the ids of RT's transactions: a cursor that loses nothing.

Two things make that less simple than "all after N". An id is given when a transaction begins and
is seen when it is committed: RT sends mail in between, so that 100 may turn up seconds after 101.
And RT takes hidden ones out of a page after it was cut: a short page, or an empty one, is not the
last. Hence a cursor names the id up to which all is old enough to be complete, and what was seen
after it; and an end is believed only where the newest transaction of all says so.

A cursor also says of which ticket and when the highest of them was. After RT was set back to a
backup, its ids begin anew behind what is in that: the one that was read last is another one then.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from desk_app.ports.remote import FeedPage
from desk_app.ports.remote_errors import UnreadableAnswerError
from desk_app.remote.request_tracker.payloads import Transaction, Transactions, time_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desk_app.remote.request_tracker.session import Session

SETTLED_S = 60.0
"""A transaction that is older than this by the server's clock has no older one to come."""
_MOST_SEEN = 500
_PAGE, _OK, _MISSING = 100, 200, 404
_FEW = 20
_PAGES = 50
"""So many pages of hidden transactions are walked through at most, 5,000 of them."""
_SQL = "ObjectType = 'RT::Ticket'"
_UP = (("orderby", "id"), ("order", "ASC"))
_DOWN = (("orderby", "id"), ("order", "DESC"))
_FIELDS = ("fields", "ObjectId,Created")


@dataclass(frozen=True, slots=True)
class Cursor:
    """Everything up to `floor` was told, and `seen` after it."""

    floor: int
    seen: frozenset[int] = frozenset()
    mark: str = ""
    """Ticket and time of the highest; '' if an earlier version wrote the cursor."""

    @classmethod
    def of(cls, text: str) -> Cursor:
        """Raise UnreadableAnswerError if it is none: then the first sync begins anew."""
        numbers, _, mark = text.partition("@")
        floor, _, seen = numbers.partition(":")
        try:
            return cls(int(floor or 0), frozenset(int(one) for one in seen.split(",") if one), mark)
        except ValueError:
            raise UnreadableAnswerError(why="cursor", detail="") from None

    @property
    def highest(self) -> int:
        """Of all that was told."""
        return max(self.floor, *self.seen) if self.seen else self.floor

    def text(self) -> str:
        seen = ",".join(str(one) for one in sorted(self.seen))
        numbers = f"{self.floor}:{seen}" if seen else str(self.floor)
        return f"{numbers}@{self.mark}" if self.mark else numbers

    def marked(self, rows: Sequence[Transaction], before: Cursor) -> Cursor:
        """With the mark of its highest, which is among the rows or was the highest before."""
        mark = before.mark if before.highest == self.highest else ""
        found = (_mark(row) for row in rows if row.number == self.highest)
        return replace(self, mark=next(found, mark))


class Feed:
    """The transactions of all tickets that the agent sees."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._is_short = False

    def be_short(self) -> None:
        """Believe the next end that is met: something else was asked in the same round."""
        self._is_short = True

    def newest(self) -> str:
        rows, now = self._page(_SQL, 1, *_DOWN)
        ordered = sorted(rows, key=lambda row: row.number)
        lowest = ordered[0].number - 1 if ordered else 0
        return _moved(Cursor(lowest), ordered, now).text()

    def changes(self, text: str) -> FeedPage:
        cursor = Cursor.of(text)
        is_short, self._is_short = self._is_short, False
        rows, now, full = self._beyond(cursor) if is_short else self._after(cursor)
        new = [row for row in rows if row.number not in cursor.seen]
        last: dict[str, str] = {}
        for row in new:
            ticket = str(row.ticket)
            last.pop(ticket, None)  # to where its last change stands
            last[ticket] = str(row.number)
        if is_short:  # what is committed late is looked for in the next round
            seen = cursor.seen | {row.number for row in rows}
            moved = replace(cursor, seen=seen).marked(rows, cursor)
        else:
            moved = _moved(cursor, rows, now)
        return FeedPage(
            cursor=moved.text(),
            tickets=tuple(last),
            versions=last,
            more=full and bool(new),
        )

    def still_has(self, text: str) -> bool:
        cursor = Cursor.of(text)
        if not cursor.highest:
            return True
        rows, _ = self._page(f"{_SQL} AND id > {cursor.highest - 1}", 1, *_UP, few=True)
        found = next((row for row in rows if row.number == cursor.highest), None)
        if found is not None:
            return cursor.mark in {"", _mark(found)}
        if self._is_there(
            f"/transaction/{cursor.highest}"
        ):  # and may not be seen, or is no ticket's
            return True
        ticket = cursor.mark.partition("/")[0]  # purged with all its transactions?
        return bool(rows) and not (ticket and self._is_there(f"/ticket/{ticket}"))

    def _is_there(self, path: str) -> bool:
        """Of what it does not have RT says 500 (5.0.3) or 404."""
        try:
            return self._session.ask(path).status != _MISSING
        except UnreadableAnswerError:
            return False

    def _beyond(self, cursor: Cursor) -> tuple[list[Transaction], datetime, bool]:
        """In one request, those after all that was seen; an end is believed."""
        rows, now = self._page(f"{_SQL} AND id > {cursor.highest}", 1, *_UP)
        return rows, now, len(rows) > _PAGE // 2

    def _after(self, cursor: Cursor) -> tuple[list[Transaction], datetime, bool]:
        """Transactions after the floor, on past those seen; the server's time; if more may come."""
        sql = f"{_SQL} AND id > {cursor.floor}"
        found: list[Transaction] = []
        for page in range(1, _PAGES + 1):
            rows, now = self._page(sql, page, *_UP)
            found += rows
            if any(row.number not in cursor.seen for row in rows):
                return found, now, len(rows) > _PAGE // 2
            if len(rows) < _PAGE and not self._is_more(found, cursor):
                break
        return found, now, False

    def _is_more(self, found: Sequence[Transaction], cursor: Cursor) -> bool:
        """Whether something newer than all that was found can be seen."""
        highest = max([cursor.highest, *(row.number for row in found)])
        for page in range(1, _PAGES + 1):
            rows, _ = self._page(_SQL, page, *_DOWN, few=True)
            if rows:
                return max(row.number for row in rows) > highest
        return False

    def _page(
        self, sql: str, page: int, *order: tuple[str, str], few: bool = False
    ) -> tuple[list[Transaction], datetime]:
        size = _FEW if few else _PAGE
        params = (("query", sql), _FIELDS, ("per_page", str(size)), ("page", str(page)), *order)
        answer = self._session.ask("/transactions", *params)
        found = answer.decoded(Transactions).items if answer.status == _OK else None
        if found is None:
            raise UnreadableAnswerError(why="status", status=answer.status, detail="")
        return found, _date(answer.headers.get("Date", ""))


def _moved(cursor: Cursor, rows: Sequence[Transaction], now: datetime) -> Cursor:
    """The cursor after these rows, which are all there are up to the last of them."""
    floor = cursor.floor
    ordered = sorted(rows, key=lambda row: row.number)
    for place, row in enumerate(ordered):
        at = time_of(row.created)
        young = at is None or (now - at).total_seconds() < SETTLED_S
        if young and len(ordered) - place <= _MOST_SEEN:
            break
        floor = row.number
    seen = {row.number for row in rows} | cursor.seen
    return Cursor(floor, frozenset(one for one in seen if one > floor)).marked(rows, cursor)


def _mark(row: Transaction) -> str:
    """Ticket and second, however this version of RT writes times; '' where it tells none."""
    at = time_of(row.created)
    return "" if at is None else f"{row.ticket}/{int(at.timestamp())}"


def _date(text: str) -> datetime:
    """The server's own time; this machine's where it does not tell."""
    try:
        found = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return datetime.now(UTC)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
