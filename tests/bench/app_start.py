"""The program's own start, by its command line, until the first rows are painted."""

import os
import sys
import time

from PySide6.QtWidgets import QTableView

from desk_app.cli import main
from desk_app.ui.views.queue_view import QueueView


def paint_and_stop(self, event):
    QTableView.paintEvent(self, event)
    if self._model.rowCount() and self._model.kept():
        os.write(1, str(time.monotonic_ns()).encode())
        os._exit(0)


QueueView.paintEvent = paint_and_stop
main(["--desk", sys.argv[1], "gui"])
