"""The board with the line above it: what the columns are, and what can be done here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desk_app.domain.board import Grouping
from desk_app.ui.texts import tr
from desk_app.ui.views.board_view import BoardView

if TYPE_CHECKING:
    from collections.abc import Sequence

BREACHES = "breaches"
"""The SLA board, among the groupings."""
ANY, NONE = "any", "none"
"""For tickets with, and without, a breach reason: as in a search."""
HOURS = (1, 4, 8, 24, 72)


class BoardPage(QWidget):
    """Lays out; `Boarding` fills it."""

    kind_chosen = Signal(str)
    """Emits: a `Grouping`, or `BREACHES`."""
    hours_chosen = Signal(int)
    reason_chosen = Signal(str)
    """Emits: why a ticket is late, `ANY`, `NONE`, or '' for all that breaches."""

    def __init__(self, view: BoardView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kinds = QComboBox(self)
        self.kinds.setAccessibleName(tr("Columns of the board"))
        for key, name in (
            (str(Grouping.AGENT), tr("By agent")),
            (str(Grouping.TEAM), tr("By team")),
            (str(Grouping.STAGE), tr("By stage")),
            (str(Grouping.STATUS), tr("By status")),
            (BREACHES, tr("Breaches by team")),
        ):
            self.kinds.addItem(name, key)
        self.hours = QComboBox(self)
        self.hours.setAccessibleName(tr("Due within"))
        for hours in HOURS:
            words = tr("in the next hour") if hours == 1 else tr("in the next {n} hours")
            self.hours.addItem(words.format(n=hours), hours)
        self.hours.setCurrentIndex(HOURS.index(8))
        self.hours.hide()
        self.reasons = QComboBox(self)
        self.reasons.setAccessibleName(tr("Breach reason"))
        self.reasons.hide()
        self.told = QLabel(self)
        self.told.setTextFormat(Qt.TextFormat.PlainText)
        self.share = QPushButton(tr("Share out…"), self)
        self.escalate = QPushButton(tr("Escalate…"), self)
        self.close_button = QPushButton(tr("Back to the list"), self)
        self._lay_out(view)
        self.kinds.activated.connect(lambda _: self.kind_chosen.emit(self.kinds.currentData()))
        self.hours.activated.connect(lambda _: self.hours_chosen.emit(self.hours.currentData()))
        self.reasons.activated.connect(
            lambda _: self.reason_chosen.emit(self.reasons.currentData())
        )

    def _lay_out(self, view: BoardView) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(4, 0, 4, 0)
        row.addWidget(self.kinds)
        row.addWidget(self.hours)
        row.addWidget(self.reasons)
        row.addWidget(self.told, 1)
        for button in (self.share, self.escalate, self.close_button):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(view, 1)

    def show_kind(self, kind: str) -> None:
        """Put the choice where the board is."""
        self.kinds.setCurrentIndex(self.kinds.findData(kind))
        self.hours.setVisible(kind == BREACHES)
        self.reasons.setVisible(kind == BREACHES)

    def offer_reasons(self, reasons: Sequence[str], chosen: str) -> None:
        """Which reasons can be looked for, and which one is."""
        self.reasons.clear()
        self.reasons.addItem(tr("whatever the reason"), "")
        self.reasons.addItem(tr("no reason given"), NONE)
        self.reasons.addItem(tr("any reason given"), ANY)
        for reason in reasons:
            self.reasons.addItem(reason, reason)
        self.reasons.setCurrentIndex(max(0, self.reasons.findData(chosen)))
