"""What a window has for whoever shares work out: made once the rest of the window is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desk_app.ui.drop_site import drag
from desk_app.ui.reassigning import Reassigning
from desk_app.ui.team_list import TeamList

if TYPE_CHECKING:
    from desk_app.ui.main_window import MainWindow


class Supervising(QObject):
    """Makes and connects the parts; decides nothing."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.reassigning = Reassigning(window)
        self.team = TeamList(window, self.reassigning)
        self._connect_queue()

    def _connect_queue(self) -> None:
        queue, reassigning = self._window.queue, self.reassigning
        queue.drag_begun.connect(lambda tickets: drag(queue, tickets, reassigning))
        queue.cut_wanted.connect(reassigning.cut)
        queue.let_go_wanted.connect(reassigning.let_go)
