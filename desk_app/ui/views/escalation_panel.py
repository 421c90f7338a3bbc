"""Asks for an escalation in one go: priority, team, breach reason, note."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desk_app.ui.texts import tr
from desk_app.ui.views.flow_row import FlowRow
from desk_app.ui.views.inline_panel import InlinePanel

if TYPE_CHECKING:
    from collections.abc import Sequence


class EscalationPanel(InlinePanel):
    """Enter does it, Esc leaves everything as it is."""

    wanted = Signal(str, str, str, object)
    """Emits: priority and team ('' for as they are), note, why it is late (None: as it is)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = QLabel(self)
        self.priority = QComboBox(self)
        self.priority.setAccessibleName(tr("Priority"))
        self.team = QComboBox(self)
        self.team.setAccessibleName(tr("Team"))
        self.reason = QComboBox(self)
        self.reason.setAccessibleName(tr("Breach reason"))
        self.note = QLineEdit(self)
        self.note.setPlaceholderText(tr("Why (internal note)"))
        self.note.setAccessibleName(tr("Why, as an internal note"))
        self.do = QPushButton(tr("Escalate"), self)
        cancel = QPushButton(tr("Cancel"), self)
        boxes = FlowRow(self)
        for box in (self.priority, self.team, self.reason):
            boxes.add(box)
        # Beside each other, in a narrow column, none of them could be read.
        column, row = QVBoxLayout(self), QHBoxLayout()
        column.addWidget(self.label)
        column.addWidget(boxes)
        column.addLayout(row)
        row.addWidget(self.note, stretch=1)
        row.addWidget(self.do)
        row.addWidget(cancel)
        self.note.returnPressed.connect(self._tell)
        self.do.clicked.connect(self._tell)
        cancel.clicked.connect(self.go_away)
        self.left.connect(self.go_away)

    def ask(
        self,
        count: int,
        priorities: Sequence[tuple[str, str]],
        teams: Sequence[tuple[str, str]],
        reasons: Sequence[str],
        *,
        note: str,
    ) -> None:
        """Come with the first priority proposed, and a note to be changed."""
        words = tr("Escalate 1 ticket:") if count == 1 else tr("Escalate {n} tickets:")
        self.label.setText(words.format(n=count))
        for box, things, none in (
            (self.priority, priorities, tr("priority as it is")),
            (self.team, teams, tr("team as it is")),
        ):
            box.clear()
            for key, name in things:
                box.addItem(name, key)
            box.addItem(none, "")
        self.reason.clear()
        self.reason.addItem(tr("breach reason as it is"), None)
        for reason in reasons:
            self.reason.addItem(reason, reason)
        self.team.setCurrentIndex(self.team.count() - 1)
        self.note.setText(note)
        self.come(self.note)
        self.note.selectAll()

    def _tell(self) -> None:
        priority, team = self.priority.currentData(), self.team.currentData()
        self.go_away()
        self.wanted.emit(priority, team, self.note.text().strip(), self.reason.currentData())
