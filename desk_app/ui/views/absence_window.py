"""An agent's working time: limit, absence, who stands in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QDateTime, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateTimeEdit,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from desk_app.domain.workload import Availability
from desk_app.ui.overriding import override
from desk_app.ui.texts import tr

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST = 9999


class AbsenceWindow(QWidget):
    """A form; what it says is kept when `Save` is pressed."""

    agent_chosen = Signal(str)
    """Another agent's is to be shown. Emits: agent key."""
    saved = Signal(object)
    """Emits: Availability."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle(tr("Working time"))
        self.agents = QComboBox(self)
        self.limit = QSpinBox(self)
        self.limit.setRange(0, _MOST)
        self.limit.setSpecialValueText(tr("no limit"))
        self.away = QCheckBox(tr("Out of office"), self)
        self.has_end = QCheckBox(tr("until"), self)
        self.until = QDateTimeEdit(self)
        self.until.setCalendarPopup(True)
        self.until.setDisplayFormat("yyyy-MM-dd HH:mm")
        self.until.setAccessibleName(tr("Back at"))
        self.substitute = QComboBox(self)
        self.told = QLabel(self)
        self.told.setTextFormat(Qt.TextFormat.PlainText)
        self.told.setWordWrap(True)
        self.save = QPushButton(tr("Save"), self)
        self._lay_out()
        self.agents.activated.connect(lambda _: self.agent_chosen.emit(self.agents.currentData()))
        self.save.clicked.connect(self._tell)
        for box in (self.away, self.has_end):
            box.toggled.connect(self._enable)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.addRow(tr("&Agent"), self.agents)
        form.addRow(tr("Open tickets at &most"), self.limit)
        form.addRow("", self.away)
        until = QHBoxLayout()
        until.addWidget(self.has_end)
        until.addWidget(self.until, 1)
        form.addRow("", until)
        form.addRow(tr("&Substitute"), self.substitute)
        row = QHBoxLayout()
        row.addWidget(self.told, 1)
        row.addWidget(self.save)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addLayout(row)
        self.resize(420, 260)

    def offer(self, agents: Sequence[tuple[str, str]]) -> None:
        """Key and name of everybody."""
        self.agents.clear()
        for key, name in agents:
            self.agents.addItem(name, key)

    def show_one(self, kept: Availability, others: Sequence[tuple[str, str]]) -> None:
        """Show one agent's; `others` are those who could stand in."""
        self.agents.setCurrentIndex(self.agents.findData(kept.agent))
        self.limit.setValue(kept.capacity or 0)
        self.away.setChecked(kept.away)
        self.has_end.setChecked(kept.until is not None)
        end = datetime.now(UTC) if kept.until is None else kept.until
        self.until.setDateTime(QDateTime.fromSecsSinceEpoch(int(end.timestamp())))
        self.substitute.clear()
        self.substitute.addItem(tr("nobody"), "")
        for key, name in others:
            self.substitute.addItem(name, key)
        self.substitute.setCurrentIndex(self.substitute.findData(kept.substitute or ""))
        self.told.clear()
        self._enable()

    def _enable(self) -> None:
        self.has_end.setEnabled(self.away.isChecked())
        self.until.setEnabled(self.away.isChecked() and self.has_end.isChecked())
        self.substitute.setEnabled(self.away.isChecked())

    def _tell(self) -> None:
        until = None
        if self.has_end.isChecked():
            until = datetime.fromtimestamp(self.until.dateTime().toSecsSinceEpoch(), UTC)
        self.saved.emit(
            Availability(
                agent=self.agents.currentData(),
                capacity=self.limit.value(),
                away=self.away.isChecked(),
                until=until,
                substitute=self.substitute.currentData() or None,
            )
        )

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)
