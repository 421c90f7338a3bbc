"""Processes that end by a kill at a named point, and what they leave behind."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).parents[2]


def killed_at(point: str, *words: str) -> str:
    """Run Python with these words until it is killed at the point; what it printed until then.

    With '' for the point it is to come to its end.
    """
    child = subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env={**os.environ, "DESK_APP_FAILPOINT": point},
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert (child.returncode == 0) == (point == ""), child.stderr
    return child.stdout


def check_integrity(desk: Path) -> None:
    with closing(sqlite3.connect(desk / "desk.sqlite")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        connection.execute("INSERT INTO entry_fts(entry_fts) VALUES('integrity-check')")
        orphans = "SELECT count(*) FROM event WHERE command_id NOT IN (SELECT id FROM command)"
        orphans += " AND command_id NOT LIKE 'v:%'"  # what happened on a server
        assert connection.execute(orphans).fetchone() == (0,)
        connection.rollback()
