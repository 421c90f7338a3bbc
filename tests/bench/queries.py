"""Reads of the queue against the same statements on the bare driver, in one process."""

from __future__ import annotations

import gc
import json
import random
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path

from desk_app.domain.filters import QueueFilter, SortKey
from desk_app.domain.ticket import State
from desk_app.store import queue_sql
from desk_app.store.reader import SqliteReader
from tests.bench.figures import median

OPEN = QueueFilter(state=State.OPEN)
NEWEST = SortKey()
BLOCK = 128
WORDS = ("printer", '"shared drive"', "lap")
STRANGERS = "password again"
"""Two common words that never meet: to know it, both lists are walked from end to end."""
LETTER = "s"
"""What is searched for as soon as one letter is typed: it begins words in nearly every entry."""
PAGE = (
    f"SELECT {queue_sql.ROW_COLUMNS} FROM ticket t WHERE t.state = 0"
    " ORDER BY t.updated_ms DESC, t.id DESC LIMIT 50"
)


def interleaved(rounds: int, in_a_row: int = 1, **calls: Callable[[], object]) -> dict[str, float]:
    """Median milliseconds of each call, which is made so often in a row, then the next."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    for call in calls.values():
        call()
    gc.collect()
    for _ in range(rounds // in_a_row):
        for name, call in calls.items():
            for _ in range(in_a_row):
                start = time.perf_counter()
                call()
                times[name].append((time.perf_counter() - start) * 1000)
    return {name: median(found) for name, found in times.items()}


def main(desk: Path) -> dict[str, float]:
    reader = SqliteReader(desk)
    bare = sqlite3.connect(f"file:{desk}/desk.sqlite?mode=ro", uri=True)
    chance = random.Random(1)
    ids = reader.queue_ids(QueueFilter(), NEWEST)

    def block() -> object:
        start = chance.randrange(len(ids) - BLOCK)
        return reader.rows(ids[start : start + BLOCK], agent="sam")

    found = interleaved(
        300,
        page=lambda: reader.queue_head(OPEN, NEWEST, agent="sam", limit=50),
        page_floor=lambda: bare.execute(PAGE, ("sam",)).fetchall(),
        block=block,
    )
    searches = {
        word: (lambda text=word: reader.queue_head(
            QueueFilter(text=text), NEWEST, agent="sam", limit=50, quick=True
        ))
        for word in (*WORDS, STRANGERS, LETTER)
    }  # fmt: skip
    times = interleaved(20, **searches)
    found["search"] = max(times[word] for word in WORDS)
    found["search_pair"] = times[STRANGERS]
    found["search_letter"] = times[LETTER]
    found |= interleaved(
        5,
        snapshot=lambda: reader.queue_ids(QueueFilter(), NEWEST),
        snapshot_floor=lambda: [
            row
            for (row,) in bare.execute(
                "SELECT id FROM ticket WHERE state < 3 ORDER BY updated_ms DESC, id DESC"
            )
        ],
    )
    return found


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
