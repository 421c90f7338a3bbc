"""What a start loads before its first rows are painted: each of these is tens of milliseconds."""

import subprocess
import sys
from pathlib import Path

from tests.desks import demo_folder, folder

__all__ = ["demo_folder", "folder"]
LATE = ("sqlalchemy", "alembic", "msgspec", "requests", "keyring", "nh3", "selectolax", "uuid")
PROGRAM = """
import os, sys
from PySide6.QtWidgets import QTableView
from desk_app.cli import main
from desk_app.ui.views.queue_view import QueueView

def paint_and_stop(self, event):
    QTableView.paintEvent(self, event)
    if self._model.rowCount() and self._model.kept():
        print(*sys.modules, flush=True)
        os._exit(0)

QueueView.paintEvent = paint_and_stop
main(["--desk", sys.argv[1], "gui"])
"""


def test_the_first_rows_are_painted_before_what_writing_and_servers_need_is_loaded(folder: Path):
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(folder)], capture_output=True, text=True, check=True
    )
    loaded = ran.stdout.split()
    assert "desk_app.store.reader" in loaded
    assert [name for name in LATE if name in loaded] == []
