"""Saves that are on the disk when they return, against the same rows by the bare driver."""

from __future__ import annotations

import json
import sqlite3
import sys
from collections import deque
from itertools import count
from pathlib import Path

from desk_app.bootstrap import OpenDesk
from desk_app.domain.commands import Note
from desk_app.domain.draft import Draft, DraftKey, DraftKind
from desk_app.domain.filters import QueueFilter, SortKey
from desk_app.domain.ticket import State, Ticket
from desk_app.services.writing import Writing
from tests.bench.desks import LONG_NUMBER
from tests.bench.queries import interleaved

ROUNDS = 400
IN_A_ROW = 10
"""A commit empties the other connection's cache: not a thing that an agent's window lives with."""
TEXT = "The spare part is on its way, I will bring it to your office in the afternoon."


class Bare:
    """Writes what the program writes, and nothing else."""

    def __init__(self, desk: Path, ticket: int) -> None:
        self._ticket = ticket
        self._sql = sqlite3.connect(desk / "desk.sqlite", isolation_level=None)
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            self._sql.execute(f"PRAGMA {pragma}")
        newest = self._sql.execute("SELECT max(id) FROM entry").fetchone()[0]
        self._ids = count(max(newest + 1, 1 << 62))

    def save_draft(self) -> None:
        run = self._sql.execute
        run("BEGIN IMMEDIATE")
        run("SELECT max(id) FROM draft WHERE ticket_id = ? AND kind = 'note'", (self._ticket,))
        run(
            "INSERT INTO draft(ticket_id, kind, started_ms, saved_ms, closed, html, text, rest)"
            " VALUES (?, 'note', 1, 1, 0, ?, ?, '{}')",
            (self._ticket, f"<p>{TEXT}</p>", TEXT),
        )
        run("COMMIT")

    def note(self) -> None:
        run, entry = self._sql.execute, next(self._ids)
        run("BEGIN IMMEDIATE")
        rest = run("SELECT * FROM ticket WHERE id = ?", (self._ticket,)).fetchone()[-1]
        run(
            "INSERT INTO entry VALUES (?, ?, 2, 1, 'Jane', 'jane', NULL, ?, ?, '', NULL, 0, 0, '')",
            (entry, self._ticket, TEXT, f"<p>{TEXT}</p>"),
        )
        run("INSERT INTO entry_fts(rowid, text, files) VALUES (?, ?, '')", (entry, TEXT))
        run(
            "UPDATE ticket SET updated_ms = updated_ms + 1, rest = ? WHERE id = ?",
            (rest, self._ticket),
        )
        run(
            "INSERT INTO event VALUES (?, ?, ?, 'note', 'jane', 1, '[]', '', ?, NULL, 0)",
            (entry, self._ticket, str(entry), entry),
        )
        run(
            "INSERT INTO command VALUES (?, ?, 1, 'jane', 'note', ?)",
            (str(entry), self._ticket, TEXT),
        )
        run("COMMIT")


def main(desk: Path) -> dict[str, float]:
    opened = OpenDesk(desk)
    reader = opened.reader()
    directory = reader.directory()
    ticket = reader.ticket(reader.find_ticket(LONG_NUMBER))
    other = reader.ticket(reader.queue_ids(QueueFilter(state=State.OPEN), SortKey())[0])
    bare = Bare(desk, ticket.id)
    key = DraftKey(ticket=ticket.id, kind=DraftKind.REPLY)
    numbers = count()

    def save_draft() -> None:
        opened.drafts.save(Draft(key=key, html=f"<p>{TEXT}</p>", text=f"{next(numbers)} {TEXT}"))

    def made(where: Ticket) -> Note:
        return Writing(opened, directory, directory.agents["sam"], where).note(f"<p>{TEXT}</p>")

    # In their order, on a ticket of their own: a note that is older than what its ticket has
    # already costs more, and is rare.
    notes = deque(made(ticket) for _ in range(ROUNDS + 1))

    def note() -> None:
        opened.bus.handle(notes.popleft())

    def written() -> None:
        """What an agent waits for after the click on Add note."""
        opened.bus.handle(made(other))

    found = interleaved(
        ROUNDS,
        IN_A_ROW,
        draft=save_draft,
        draft_floor=bare.save_draft,
        note=note,
        note_floor=bare.note,
        written=written,
    )
    opened.close()
    return found


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
