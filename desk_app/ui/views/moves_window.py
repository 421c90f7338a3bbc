"""Who gave which ticket to whom: a list to look through and to save."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from desk_app.domain.move_record import MoveKind
from desk_app.ui.models.move_model import MoveModel
from desk_app.ui.overriding import override
from desk_app.ui.reassign_texts import move_name
from desk_app.ui.texts import tr

DAYS = (1, 7, 30, 365)
_WIDTHS = (120, 110, 120, 70, 210, 110, 110, 120)


class MovesWindow(QWidget):
    """Filters above, the list, and what it can be saved as."""

    filtered = Signal()
    """Something else is to be listed."""
    save_wanted = Signal()
    ticket_wanted = Signal(object)
    """Emits: ticket id."""

    def __init__(self, model: MoveModel, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle(tr("Reassignments"))
        self.model = model
        self.actor, self.person = QComboBox(self), QComboBox(self)
        self.actor.setAccessibleName(tr("By whom"))
        self.person.setAccessibleName(tr("Whose tickets"))
        self.kind = QComboBox(self)
        self.kind.setAccessibleName(tr("What"))
        self.kind.addItem(tr("everything"), "")
        for kind in MoveKind:
            self.kind.addItem(move_name(kind), str(kind))
        self.days = QComboBox(self)
        self.days.setAccessibleName(tr("Since when"))
        for days in DAYS:
            words = tr("today and yesterday") if days == 1 else tr("the last {n} days")
            self.days.addItem(words.format(n=days), days)
        self.days.addItem(tr("ever"), 0)
        self.days.setCurrentIndex(1)
        self.text = QLineEdit(self)
        self.text.setPlaceholderText(tr("Number, subject, comment"))
        self.text.setAccessibleName(tr("Number, subject or comment"))
        self.table = QTableView(self)
        self.told = QLabel(self)
        self.told.setTextFormat(Qt.TextFormat.PlainText)
        self.save = QPushButton(tr("Save as CSV…"), self)
        self._lay_out()
        for box in (self.actor, self.person, self.kind, self.days):
            box.activated.connect(lambda _: self.filtered.emit())
        self.text.textChanged.connect(lambda _: self.filtered.emit())
        self.save.clicked.connect(self.save_wanted)
        self.table.activated.connect(
            lambda index: self.ticket_wanted.emit(model.moves[index.row()].ticket)
        )

    def _lay_out(self) -> None:
        table = self.table
        table.setModel(self.model)
        table.setAccessibleName(tr("Reassignments"))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 10)
        for section, width in enumerate(_WIDTHS):
            table.setColumnWidth(section, width)
        table.horizontalHeader().setStretchLastSection(True)
        top, bottom = QHBoxLayout(), QHBoxLayout()
        for widget in (self.actor, self.person, self.kind, self.days):
            top.addWidget(widget)
        top.addWidget(self.text, 1)
        bottom.addWidget(self.told, 1)
        bottom.addWidget(self.save)
        column = QVBoxLayout(self)
        column.addLayout(top)
        column.addWidget(table, 1)
        column.addLayout(bottom)
        self.resize(980, 520)

    def offer(self, agents: list[tuple[str, str]]) -> None:
        """Key and name of everybody, for both questions about persons."""
        for box, none in ((self.actor, tr("by anybody")), (self.person, tr("anybody's tickets"))):
            chosen = box.currentData()
            box.clear()
            box.addItem(none, "")
            for key, name in agents:
                box.addItem(name, key)
            box.setCurrentIndex(max(0, box.findData(chosen)))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)
