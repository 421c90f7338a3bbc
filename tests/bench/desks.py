"""Desks to measure on: made once, kept in the system's folder for temporary files."""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
CACHE = Path(tempfile.gettempdir()) / "desk-app-bench-1"
"""The last number changes when what is in the desks does."""
SIZES = {"10k": 10_000, "100k": 100_000, "1m": 1_000_000}
LONG = 500
"""Entries of the one long ticket, which has the number `LONG_NUMBER`."""
LONG_NUMBER = "100020"


def desk_of(size: int) -> tuple[Path, float]:
    """A desk with so many tickets, and how many a second were written when it was made."""
    from desk_app.bootstrap import make_demo

    folder, note = CACHE / str(size), CACHE / f"{size}.json"
    if not (note.is_file() and _is_current(folder)):
        shutil.rmtree(folder, ignore_errors=True)
        CACHE.mkdir(exist_ok=True)
        start = time.perf_counter()
        make_demo(folder, tickets=size, at=datetime.now(UTC), progress=_tell(size))
        rate = size / (time.perf_counter() - start)
        _lengthen(folder)
        note.write_text(json.dumps({"tickets_a_second": rate}), "utf-8")
    rate = json.loads(note.read_text("utf-8"))["tickets_a_second"]
    return folder, rate


def _is_current(folder: Path) -> bool:
    """Whether the program as it is would make the desk with this schema."""
    from desk_app.domain.errors import DeskError
    from desk_app.store.version import is_current

    try:
        return is_current(folder)
    except DeskError:
        return False


def copy_of(folder: Path) -> Path:
    """A copy to write to."""
    copy = CACHE / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    return Path(shutil.copytree(folder, copy))


def _tell(size: int):
    def tell(step: str, done: int, total: int) -> None:
        print(f"\rwriting {size:,} tickets: {step} {done:,} of {total:,}   ", end="",
              file=sys.stderr, flush=True)  # fmt: skip

    return tell


def _lengthen(folder: Path) -> None:
    """Give one ticket as many entries as the thread is measured with."""
    from desk_app.bootstrap import OpenDesk
    from desk_app.services.writing import Writing

    desk = OpenDesk(folder)
    with closing(desk.reader()) as reader:
        directory = reader.directory()
        ticket = reader.ticket(reader.find_ticket(LONG_NUMBER))
        writing = Writing(desk, directory, directory.agents["jane"], ticket)
        for n in range(LONG):
            desk.bus.handle(writing.note(f"<p>{_WORDS}</p><p>{_WORDS[n % 40 :]} {n}</p>"))
    desk.close()
    with closing(sqlite3.connect(folder / "desk.sqlite")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


_WORDS = (
    "The charger was tried on another laptop and is fine; the battery holds no charge and the board"
    " shows no light. A spare is on its way, the disk goes into it in the afternoon."
)
