"""What is late and what soon will be, in the status bar: a press lists it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from desk_app.domain.filters import SOON_MIN, QueueKind
from desk_app.ui.announcing import announce
from desk_app.ui.texts import tr

if TYPE_CHECKING:
    from desk_app.ui.queue_controller import QueueController

SOON = "soon"
"""The name under which what is due soon, or late already, is counted."""


class DueButton(QPushButton):
    """Hidden while nothing is late or due soon."""

    queue_wanted = Signal(object)
    """Emits: QueueKind."""

    def __init__(self, queues: QueueController, parent: QWidget) -> None:
        super().__init__(parent)
        self._late = self._soon = 0
        self.setFlat(True)
        self.setProperty("bar", "true")
        self.setToolTip(tr("Show these tickets"))
        self.clicked.connect(self._ask)
        queues.counted.connect(self._take)
        self.hide()

    def _take(self, counts: Mapping[str, int]) -> None:
        late = counts.get(str(QueueKind.OVERDUE), 0)
        soon = counts.get(SOON, late) - late
        if (late, soon) == (self._late, self._soon):
            return
        is_news = soon > self._soon or late > self._late
        self._late, self._soon = late, soon
        parts = [tr("{n} overdue").format(n=late)] if late else []
        if soon:
            parts.append(tr("{n} due within {m} min").format(n=soon, m=SOON_MIN))
        self.setText("  ·  ".join(parts))
        self.setVisible(bool(parts))
        if is_news:
            announce(self, self.text())

    def _ask(self) -> None:
        self.queue_wanted.emit(QueueKind.OVERDUE if self._late else QueueKind.DUE_TODAY)
