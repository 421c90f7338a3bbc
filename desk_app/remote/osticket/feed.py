"""What changed: three searches for what has a time, and a comparison of all that is open.

The panel dates a creation, a change of status, a message and a reply; a note, an assignment, a
transfer or an edited field it does not (facts/osticket.md). So a round looks at three searches
for what is later than the cursor, as a span up to now (see `exports.within`), and every now and
then all open tickets are compared with how they were. A quiet round takes four requests: the
session keeps two searches, so two are only looked at and the third is put anew, each in its turn.
Once a day a round reads people and rights, too (`rights.TellsRights.directory_again`).
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zlib import crc32

import msgspec

from desk_app.ports.remote import FeedPage, Listing
from desk_app.ports.remote_errors import UnreadableAnswerError
from desk_app.remote.osticket.exports import Criterion, within
from desk_app.remote.osticket.told import row_ticket

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from desk_app.ports.remote import RemoteTicket, Wanted
    from desk_app.remote.osticket.clock import DatabaseClock
    from desk_app.remote.osticket.export_rows import ExportRow
    from desk_app.remote.osticket.exports import Exports, FoundPage
    from desk_app.remote.osticket.tickets import Tickets

DELTAS = ("lastupdate", "thread__lastmessage", "thread__lastresponse")
OPEN = Criterion(field="status__state", method="includes", values=("open",))
PAGE = 500
"""Tickets that are written in one transaction."""
_MARGIN = timedelta(seconds=20)
"""What changed so shortly before the last look is looked at again."""
_SHORTEST, _SPARE = 2, 1
"""Minutes that a search looks back at least, and that it may look back too far."""
_FEW = 10
"""So many tickets are read by their pages: an export holds a process of the server for long."""
_COMPARE_S = 180.0
_COMPARE_TIMES = 20
"""A comparison may take a twentieth of the time at most: large servers are spared."""
_BUCKETS = 256
_MOST_IDS = 20_000
_HINTS = 5
"""Tickets beside the first one that are looked at for the database's clock at most."""
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class Cursor(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where the feed goes on."""

    at: str
    """Nothing later than this was looked at."""
    digest: str = ""
    """Of the open tickets, by buckets: what was compared last."""
    open: str = ""
    """Their ids, each as the distance to the one before."""

    def text(self) -> str:
        return msgspec.json.encode(self).decode()

    @classmethod
    def of(cls, text: str) -> Cursor:
        return msgspec.json.decode(text, type=cls)


class Feed:
    """Lists of tickets."""

    def __init__(
        self,
        exports: Exports,
        tickets: Tickets,
        clock: DatabaseClock,
        *,
        now: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`now`: by the server's clock."""
        self._exports = exports
        self._tickets = tickets
        self._clock = clock
        self._now = now
        self._monotonic = monotonic
        self._keys: dict[str, tuple[str, int]] = {}
        """Each delta's key and the minutes that it looks back."""
        self._looked = _LONG_AGO
        """When the deltas were last looked at."""
        self._known: dict[str, int] | None = None
        self._compare_at = 0.0
        self._pending: list[str] = []
        self._following: tuple[str, str] = ("", "")
        """The cursor that was asked with, and the one after all that is pending."""
        self._listed: dict[str, list[str]] = {}
        self._fresh: set[str] = set()
        self._brought: set[str] = set()
        """Tickets of the first sync that is going on."""

    def newest(self) -> str:
        """The cursor of this moment."""
        return Cursor(at=(self._now() - _MARGIN).isoformat()).text()

    def changes(self, cursor: str) -> FeedPage:
        """What changed after a cursor; page by page if it is much."""
        if not self._pending or self._following[0] != cursor:
            found, following = self._look(Cursor.of(cursor))
            self._pending = found
            self._following = (cursor, following.text())
        page, self._pending = self._pending[:PAGE], self._pending[PAGE:]
        more = bool(self._pending)
        return FeedPage(
            cursor=cursor if more else self._following[1], tickets=tuple(page), more=more
        )

    def listing(self, wanted: Wanted, me: str, page: str | None) -> Listing:
        """One page of a whole list; it is exported once, unless the program ended between."""
        name = repr(wanted)
        start = int(page or 0)
        if start == 0 or name not in self._listed:
            criteria = _criteria(wanted, me, self._now())
            rows = self._exports.search_rows(criteria)
            self._listed[name] = self._take(self._without_earlier(rows, wanted))
            if criteria == (OPEN,):  # as good as a comparison
                self._known = _values(rows)
                self._compare_at = self._monotonic() + _COMPARE_S
        ids = self._listed[name]
        end = start + PAGE
        told = [self.row(ticket) for ticket in ids[start:end]]
        if end >= len(ids):
            del self._listed[name]
        return Listing(
            tickets=tuple(one for one in told if one is not None),
            next_page=str(end) if end < len(ids) else None,
            total=len(ids),
        )

    def _without_earlier(self, rows: list[ExportRow], wanted: Wanted) -> list[ExportRow]:
        """What the parts of a first sync before this one did not bring.

        By their ids: two agents may have one name, and a name is all that a row tells.
        """
        if wanted.owner is not None:
            self._brought = {row.id for row in rows}
        elif wanted.not_owner is not None or wanted.closed_only:
            rows = [row for row in rows if row.id not in self._brought]
            self._brought.update(row.id for row in rows)
        return rows

    def row(self, ticket: str) -> RemoteTicket | None:
        """A ticket by the row that a list has just brought, once; None if none did."""
        rows, names, clock = self._tickets.rows, self._tickets.names, self._clock
        if ticket not in self._fresh or ticket not in rows:
            return None
        self._fresh.discard(ticket)
        return row_ticket(rows[ticket], names, clock)

    def taken(self, rows: Iterable[ExportRow]) -> list[str]:
        """Ids of what another list brought; each row then tells its ticket, once."""
        return self._take(rows)

    def saw(self, ticket: str) -> None:
        """An open ticket that no comparison has had yet: the next one is to miss it if it goes."""
        if self._known is not None:
            self._known.setdefault(ticket, 0)

    def open_rows(self) -> list[ExportRow] | None:
        """Of all tickets that the last comparison found open; None before the first."""
        if self._known is None:
            return None
        return [self._tickets.rows[one] for one in self._known if one in self._tickets.rows]

    def owe(self, tickets: Iterable[str]) -> None:
        """Bring these with the next comparison whether they changed or not."""
        if self._known is not None:
            self._known |= dict.fromkeys(tickets, 0)

    # --- what changed ----------------------------------------------------------------------

    def _look(self, cursor: Cursor) -> tuple[list[str], Cursor]:
        if self._monotonic() >= self._compare_at:
            found, following, gone = self._compare(cursor)
            if not gone:
                return found, following
            late, following = self._delta(following)  # most of what went was closed
            listed = {*found, *late}
            return [*found, *late, *(one for one in gone if one not in listed)], following
        return self._delta(cursor)

    def _delta(self, cursor: Cursor) -> tuple[list[str], Cursor]:
        """The three searches; the ones that the session still has come first."""
        start, since = self._now(), datetime.fromisoformat(cursor.at)
        if self._following[1] == cursor.text():  # what was found then has been kept
            since = max(since, self._looked)
        minutes = _minutes(start - since + _MARGIN)
        found: dict[str, None] = {}
        for field in sorted(DELTAS, key=lambda field: not self._is_kept(field, minutes)):
            page = self._search(field, minutes)
            many = len(page.tickets) > _FEW
            ids = self._take(self._exports.rows(page.key)) if many else page.tickets
            found |= dict.fromkeys(ids)
        self._looked = start
        if not found:
            return [], cursor
        return list(found), msgspec.structs.replace(cursor, at=start.isoformat())

    def _is_kept(self, field: str, minutes: int) -> bool:
        """Whether the session has a search for about this span: a little more is as good."""
        key, span = self._keys.get(field, ("", 0))
        return minutes <= span <= minutes + _SPARE and self._exports.is_kept(key)

    def _search(self, field: str, minutes: int) -> FoundPage:
        if self._is_kept(field, minutes):
            found = self._exports.look(self._keys[field][0])
            if found is not None:
                return found
        found = self._exports.search((within(field, minutes),))
        self._keys[field] = (found.key, minutes)
        return found

    def _compare(self, cursor: Cursor) -> tuple[list[str], Cursor, list[str]]:
        """All open tickets: those that differ from how they were, and those that went."""
        start = self._monotonic()
        rows = self._exports.search_rows((OPEN,))
        took = self._monotonic() - start
        self._compare_at = start + max(_COMPARE_S, _COMPARE_TIMES * took)
        now, before = _values(rows), self._known
        digest = _digest(now)
        differs = _differing(now, before, digest, cursor.digest)
        gone = (set(before) if before is not None else _ids(cursor.open)) - set(now)
        self._known = now
        self._tickets.rows |= {row.id: row for row in rows}
        found = self._take(row for row in rows if row.id in differs)
        # What went is asked for one by one: the panel has no list of what is not there.
        following = msgspec.structs.replace(cursor, digest=digest, open=_distances(now))
        return found, following, sorted(gone, key=int)

    def _take(self, rows: Iterable[ExportRow]) -> list[str]:
        """Keep rows as the newest; their ids, the last change first."""
        listed = sorted(rows, key=lambda row: (row.updated, int(row.id)), reverse=True)
        for row in listed:
            self._tickets.rows[row.id] = row
        self._fresh.update(row.id for row in listed)
        if listed and not self._clock.is_known:
            self._learn_clock(listed)
        return [row.id for row in listed]

    def _learn_clock(self, rows: list[ExportRow]) -> None:
        """By the first and the last of some tickets, and by others where their pages are broken."""
        learnt, failed = 0, None
        for row in (rows[0], *rows[:0:-1][:_HINTS]):
            try:
                self._tickets.page(row.id)
                learnt += 1
            except UnreadableAnswerError as error:
                failed = error
            if learnt > 1:
                return
        if not learnt and failed is not None:  # without a clock all times would be wrong
            raise failed


def _minutes(span: timedelta) -> int:
    return max(_SHORTEST, int(span / timedelta(minutes=1)) + 1)


def _criteria(wanted: Wanted, me: str, now: datetime) -> tuple[Criterion, ...]:
    found: list[Criterion] = []
    if wanted.open_only:
        found.append(OPEN)
    if wanted.owner is not None:
        who = "M" if wanted.owner == me else f"s{wanted.owner}"
        found.append(Criterion(field="assignee", method="includes", values=(who,)))
    if wanted.departments is not None:
        found.append(
            Criterion(field="dept_id", method="includes", values=tuple(sorted(wanted.departments)))
        )
    if wanted.changed_since is not None or not found:
        span = now - (wanted.changed_since or _LONG_AGO) + _MARGIN
        found.append(within("lastupdate", _minutes(span)))
    return tuple(found)


def _differing(
    now: dict[str, int], before: dict[str, int] | None, digest: str, old: str
) -> set[str]:
    """Ids whose row is another one; after a start all of a bucket that differs as a whole."""
    if before is not None:
        return {ticket for ticket, value in now.items() if before.get(ticket) != value}
    if len(old) != len(digest):
        return set(now)
    width = len(digest) // _BUCKETS
    same = {
        bucket
        for bucket in range(_BUCKETS)
        if old[bucket * width : (bucket + 1) * width]
        == digest[bucket * width : (bucket + 1) * width]
    }
    return {ticket for ticket in now if int(ticket) % _BUCKETS not in same}


def _values(rows: Iterable[ExportRow]) -> dict[str, int]:
    return {row.id: crc32(repr(row).encode()) for row in rows}


def _digest(values: dict[str, int]) -> str:
    sums = [0] * _BUCKETS
    for ticket, value in values.items():
        sums[int(ticket) % _BUCKETS] += crc32(f"{ticket}.{value}".encode())
    return "".join(f"{total & 0xFFFFFF:06x}" for total in sums)


def _distances(values: dict[str, int]) -> str:
    ids = sorted(int(ticket) for ticket in values)
    if len(ids) > _MOST_IDS:
        return ""
    return " ".join(f"{one - before:x}" for before, one in zip([0, *ids], ids, strict=False))


def _ids(distances: str) -> set[str]:
    found, at = set(), 0
    for distance in distances.split():
        at += int(distance, 16)
        found.add(str(at))
    return found
