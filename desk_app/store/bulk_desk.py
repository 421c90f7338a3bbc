"""Fills a new demo desk with any number of tickets, inside SQLite: 20,000 and more a second."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from dataclasses import astuple
from itertools import product
from typing import TYPE_CHECKING, Any

from desk_app.domain.entry import EntryKind
from desk_app.domain.moment import to_ms
from desk_app.store import bulk_pool, mapping
from desk_app.store.bulk_pool import ENTRIES, Cast
from desk_app.store.driver import database_path, mapped_errors
from desk_app.store.schema import FIRST_NUMBER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from desk_app.domain.directory import Directory

_SPAN_MS = 3 * 365 * 24 * 3600 * 1000
"""The years that a desk's tickets are spread over."""
_AFTER_MS = (0, 2_400_000, 10_800_000, 86_400_000, 172_800_000)
"""How long after its ticket's creation each entry comes, about."""
_CHUNK = 50_000
_LOW_BITS = 22
"""Below the milliseconds of an id (system.ids.TimeIds)."""
_GATHER_BYTES, _USUAL_BYTES = 64 << 20, 1 << 20
_FAST = (
    "locking_mode = EXCLUSIVE",
    "journal_mode = OFF",
    "synchronous = OFF",
    "temp_store = MEMORY",
    "cache_size = -262144",
    "threads = 2",
    "mmap_size = 8589934592",
)


class BulkDesk:
    """One filling of one desk. Nothing that is there already is changed.

    Time is cut into slots, one a ticket. Slot s holds the first entry of ticket s, the second of
    an older one, and so on: so entries are made in the order of their ids, which is the order of
    the file.
    """

    def __init__(
        self,
        desk: Path,
        directory: Directory,
        pool: Mapping[str, Sequence[str]],
        *,
        seed: int,
        progress: Callable[[str, int, int], None],
    ) -> None:
        """Prepare; `progress` hears a step's name, how much of it is done, and of how much."""
        self._desk = desk
        self._directory = directory
        self._pool = pool
        self._chance = random.Random(seed)  # noqa: S311 - to vary, not to be secret
        self._progress = progress
        self._sizes: dict[str, int] = {}

    def fill(self, tickets: int, at: datetime) -> None:
        """Add tickets, the newest shortly before `at`.

        The file has another name meanwhile, so that what an interruption leaves half-way does not
        pass for a desk: nothing is journalled or synced while it is written.

        Raises:
            DiskFullError, DeskReadOnlyError
        """
        path = database_path(self._desk)
        unfinished = path.with_suffix(".unfinished")
        path.replace(unfinished)
        with mapped_errors(self._desk), closing(_connect(unfinished)) as self._sql:
            dropped = self._drop_indexes()
            self._sql.execute("BEGIN")
            self._write(tickets, to_ms(at))
            self._sql.execute("COMMIT")
            self._finish(dropped)
            self._sql.execute("PRAGMA journal_mode = WAL")
        unfinished.replace(path)

    def _drop_indexes(self) -> list[tuple[str, str]]:
        """Drop the indexes of the two big tables; return their names and how to make them."""
        found = self._sql.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
            " AND tbl_name IN ('ticket', 'entry') ORDER BY name"
        ).fetchall()
        for name, _ in found:
            self._sql.execute(f"DROP INDEX {name}")
        return found

    def _finish(self, dropped: Iterable[tuple[str, str]]) -> None:
        steps = [(f"index {name}", text) for name, text in dropped]
        steps += [
            (f"words in {name}", f"INSERT INTO {name}({name}) VALUES ('rebuild')")
            for name in ("ticket_fts", "entry_fts")
        ]
        self._gather_words(_GATHER_BYTES)
        for done, (name, text) in enumerate(steps):
            self._progress(name, done, len(steps))
            self._sql.execute(text)
        self._gather_words(_USUAL_BYTES)

    def _gather_words(self, size: int) -> None:
        """How many bytes of words FTS5 gathers before it writes; more means less merging."""
        for table in ("ticket_fts", "entry_fts"):
            self._sql.execute(f"INSERT INTO {table}({table}, rank) VALUES ('hashsize', ?)", (size,))

    def _write(self, tickets: int, at_ms: int) -> None:
        step = max(_SPAN_MS // tickets, 2 * ENTRIES)
        lags: list[int] = []
        for after in _AFTER_MS:
            lags.append(max(lags[-1] + 1 if lags else 0, after // step))
        slots = tickets + lags[-1]
        start = at_ms - (slots + 1) * step
        self._write_pool(lags)
        self._write_people(start)
        number = self._next_number()
        given = {
            "start": start,
            "step": step,
            "part": step // ENTRIES,
            "number": number,
            "bits": _LOW_BITS,
        }
        self._draw(tickets, given)
        for name, total, statement in (
            ("tickets", tickets, _tickets(given)),
            ("entries", slots, _entries(given, self._sizes)),
        ):
            for first in range(0, total, _CHUNK):
                self._progress(name, first, total)
                self._sql.execute(statement, (first, min(first + _CHUNK, total) - 1))
        meta = "INSERT OR REPLACE INTO meta(key, value) VALUES ('next_number', ?)"
        self._sql.execute(meta, (str(number + tickets),))

    def _next_number(self) -> int:
        found = self._sql.execute("SELECT value FROM meta WHERE key = 'next_number'").fetchone()
        return int(found[0]) if found else FIRST_NUMBER

    def _table(self, name: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
        """A temporary table whose rows are numbered from 0, in their order."""
        self._sql.execute(f"CREATE TEMP TABLE {name}(n INTEGER PRIMARY KEY, {columns})")
        marks = ", ".join("?" * (columns.count(",") + 2))
        numbered = [(number, *row) for number, row in enumerate(rows)]
        self._sql.executemany(f"INSERT INTO {name} VALUES ({marks})", numbered)
        self._sizes[name] = len(numbered)

    def _write_pool(self, lags: list[int]) -> None:
        plots = bulk_pool.plots(self._directory)
        casts = bulk_pool.casts(self._directory)
        self._chance.shuffle(plots)
        self._chance.shuffle(casts)
        heard, worked = (EntryKind.MESSAGE,), (EntryKind.REPLY, EntryKind.NOTE)
        texts = self._write_texts()
        self._table("moment", "lag", [(lag,) for lag in lags])
        self._table(
            "plot",
            "status, state, stage, answered, owned, in_team, heard, worked, replied",
            [
                (
                    *(p.status, p.state, p.stage, p.answered, p.owned, p.in_team),
                    *(p.last(*heard), p.first(*worked), p.last(EntryKind.REPLY)),
                )
                for p in plots
            ],
        )
        self._table(
            "role",
            "kind, author, agent, first_text, texts",
            [
                (int(kind), None, None, *texts[kind])
                if kind is EntryKind.MESSAGE
                else (int(kind), cast.owner_name, cast.owner, *texts[kind])
                for plot, cast in product(plots, casts)
                for kind in plot.kinds
            ],
        )
        self._table("casting", ", ".join(Cast.__dataclass_fields__), map(astuple, casts))
        subjects = bulk_pool.subjects(self._pool, self._chance)
        self._table("subjects", "text", [(subject,) for subject in subjects])

    def _write_texts(self) -> dict[EntryKind, tuple[int, int]]:
        """Texts of all kinds in one table; where each kind begins, and how many there are."""
        places: dict[EntryKind, tuple[int, int]] = {}
        texts: list[str] = []
        for kind, found in bulk_pool.texts(self._pool, self._chance).items():
            places[kind] = (len(texts), len(found))
            texts += found
        self._table("said", "text", [(text,) for text in texts])
        return places

    def _write_people(self, start: int) -> None:
        """Requesters, with ids from before the first slot."""
        rows = []
        for person in bulk_pool.people(self._pool, self._chance):
            values = mapping.requester_values(person)
            values["id"] += (start - 1) << _LOW_BITS
            self._sql.execute(_REQUESTER, values)
            rests = [bulk_pool.entry_rest(kind, person.email) for kind in EntryKind]
            rows.append((values["id"], person.name, *rests))
        self._table("person", "id, name, rest_0, rest_1, rest_2", rows)

    def _draw(self, tickets: int, given: Mapping[str, int]) -> None:
        """Draw each ticket's parts: remainders of products, as even as dice and repeatable."""
        self._sql.execute(
            "CREATE TEMP TABLE draw(n INTEGER PRIMARY KEY, id, dice, plot, casting, person,"
            " subject, said)"
        )
        offsets = (self._chance.randrange(_PRIME), self._chance.randrange(_PRIME))
        self._sql.execute(
            _DRAW.format(prime=_PRIME, **self._sizes, **given), (tickets - 1, *offsets)
        )


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in _FAST:
        connection.execute(f"PRAGMA {pragma}")
    return connection


_PRIME = 4_294_967_291
_REQUESTER = (
    "INSERT INTO requester(id, name, email, phone, organisation, notes, images_allowed)"
    " VALUES (:id, :name, :email, :phone, :organisation, :notes, :images_allowed)"
)
_DRAW = """
INSERT INTO draw
WITH RECURSIVE
  ticket_number(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM ticket_number WHERE n < ?),
  dice(n, a, b) AS (
    SELECT n, (n * 2654435761 + ?) % {prime}, (n * 2246822519 + ?) % {prime}
    FROM ticket_number)
SELECT n, ({start} + n * {step} + a % {part}) << {bits} | (a & ((1 << {bits}) - 1)), a,
  (a >> 8) % {plot}, (b >> 4) % {casting}, (a >> 3) % {person},
  (b >> 9) % {subjects}, b >> 2
FROM dice
"""


def _object(**members: str) -> str:
    """JSON text, as an expression of SQL, without what is null: as the desk writes it."""
    told = [f"coalesce(',\"{name}\":' || ({value}), '')" for name, value in members.items()]
    return f"'{{' || substr({' || '.join(told)}, 2) || '}}'"


def _moment(given: Mapping[str, int], which: str) -> str:
    """SQL for the milliseconds of a ticket's entry `which` (0 to 4), NULL if that is NULL."""
    return (
        "({start} + (d.n + (SELECT lag FROM moment WHERE n = {which})) * {step} + {which} * {part}"
        " + (d.dice >> (3 * {which})) % {part})"
    ).format(which=which, **given)


def _tickets(given: Mapping[str, int]) -> str:
    """SQL that writes the tickets of a range of draws."""
    created, updated = _moment(given, "0"), _moment(given, str(ENTRIES - 1))
    closed = f"CASE WHEN p.state = 0 THEN NULL ELSE {updated} END"
    values = {
        "id": "d.id",
        "number": f"CAST(d.n + {given['number']} AS TEXT)",
        "subject": "s.text",
        "requester_id": "r.id",
        "requester": "r.name",
        "department": "c.department",
        "status": "p.status",
        "state": "p.state",
        "stage": "p.stage",
        "priority": "c.priority",
        "priority_rank": "c.rank",
        "topic": "c.topic",
        "sla": "c.sla",
        "owner": "CASE WHEN p.owned THEN c.owner END",
        "team": "CASE WHEN p.in_team THEN c.team END",
        "source": "c.source",
        "due_ms": f"{created} + c.due_after_ms",
        "created_ms": created,
        "updated_ms": updated,
        "last_message_ms": _moment(given, "p.heard"),
        "answered": "p.answered",
        "open_tasks": "0",
        "has_files": "0",
        "rest": _object(
            closed_by="CASE WHEN p.state <> 0 AND c.owner IS NOT NULL THEN json_quote(c.owner) END",
            worked_ms=_moment(given, "p.worked"),
            response_ms=_moment(given, "p.replied"),
            closed_ms=closed,
        ),
    }
    return (
        f"INSERT INTO ticket({', '.join(values)}) SELECT {', '.join(values.values())}"
        " FROM draw d CROSS JOIN plot p ON p.n = d.plot CROSS JOIN casting c ON c.n = d.casting"
        " CROSS JOIN subjects s ON s.n = d.subject CROSS JOIN person r ON r.n = d.person"
        " WHERE d.n BETWEEN ? AND ?"
    )


def _entries(given: Mapping[str, int], sizes: Mapping[str, int]) -> str:
    """SQL that writes the entries of a range of slots, in the order of their ids."""
    at = "({start} + slot.n * {step} + m.n * {part} + (d.dice >> (3 * m.n)) % {part})".format(
        **given
    )
    values = {
        "id": "{0} << {1} | (d.dice & ((1 << {1}) - 1))".format(at, given["bits"]),
        "ticket_id": "d.id",
        "kind": "k.kind",
        "at_ms": at,
        "author": "coalesce(k.author, r.name)",
        "agent": "k.agent",
        "requester_id": "iif(k.kind = 0, r.id, NULL)",
        "text": "t.text",
        "files": "''",
        "automatic": "0",
        "withdrawn": "0",
        "rest": "CASE k.kind WHEN 0 THEN r.rest_0 WHEN 1 THEN r.rest_1 ELSE r.rest_2 END",
    }
    return (
        "WITH RECURSIVE slot(n) AS (SELECT ? UNION ALL SELECT n + 1 FROM slot WHERE n < ?)"
        f" INSERT INTO entry({', '.join(values)}) SELECT {', '.join(values.values())}"
        " FROM slot CROSS JOIN moment m CROSS JOIN draw d ON d.n = slot.n - m.lag"
        f" CROSS JOIN role k ON k.n = (d.plot * {sizes['casting']} + d.casting) * {ENTRIES} + m.n"
        " CROSS JOIN said t ON t.n = k.first_text + (d.said + 17 * m.n) % k.texts"
        " CROSS JOIN person r ON r.n = d.person"
    )
