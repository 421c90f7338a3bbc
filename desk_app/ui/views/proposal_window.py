"""Who could take what: looked through and changed before it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from desk_app.domain.balance import ShareBy
from desk_app.ui.models.proposal_model import SUBJECT, TO, ProposalModel
from desk_app.ui.overriding import override
from desk_app.ui.texts import tr

if TYPE_CHECKING:
    from collections.abc import Sequence

_WIDTHS = (70, 260, 90, 110, 110, 150)
_Index = QModelIndex | QPersistentModelIndex


class _Chooses(QStyledItemDelegate):
    """A line's agent is chosen from those who may take the ticket."""

    @override
    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:
        box = QComboBox(parent)
        model = index.model()
        if isinstance(model, ProposalModel):
            for key, name in model.choices(index.row()):
                box.addItem(name, key)
        box.activated.connect(lambda _: self.commitData.emit(box))
        return box

    @override
    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        if isinstance(editor, QComboBox):
            editor.setCurrentIndex(editor.findData(index.data(Qt.ItemDataRole.EditRole)))

    @override
    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: _Index) -> None:
        if isinstance(editor, QComboBox):
            here = model.index(index.row(), index.column())
            model.setData(here, editor.currentData())


class ProposalWindow(QWidget):
    """A table, by what it was made, who takes part, a note, and one button that does it."""

    made_anew = Signal()
    """By another measure, or among others: the lines shall be proposed again."""
    handed_over = Signal()
    copy_wanted = Signal()

    def __init__(self, model: ProposalModel, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.model = model
        self.by = QComboBox(self)
        self.by.setAccessibleName(tr("Share out"))
        self.among = QComboBox(self)
        self.among.setAccessibleName(tr("Among"))
        self.table = QTableView(self)
        self.note = QLineEdit(self)
        self.note.setPlaceholderText(tr("Internal note for each ticket (may stay empty)"))
        self.note.setAccessibleName(tr("Internal note for each ticket"))
        self.told = QLabel(self)
        self.told.setTextFormat(Qt.TextFormat.PlainText)
        self.told.setWordWrap(True)
        self.capped = QLabel(self)
        """Says that there are more tickets than are looked through line by line."""
        self.capped.setTextFormat(Qt.TextFormat.PlainText)
        self.capped.setWordWrap(True)
        self.capped.hide()
        self.copy = QPushButton(tr("Copy as a list"), self)
        self.cancel = QPushButton(tr("Cancel"), self)
        self.do = QPushButton(tr("Hand over"), self)
        self.do.setProperty("primary", "true")
        self._fill_boxes()
        self._lay_out()
        self._connect()
        self.resize(840, 520)

    def _fill_boxes(self) -> None:
        for by, name in (
            (ShareBy.LOAD, tr("By load")),
            (ShareBy.SKILL, tr("By skill: own department first")),
            (ShareBy.ROUND_ROBIN, tr("One after another")),
        ):
            self.by.addItem(name, by)

    def _lay_out(self) -> None:
        table = self.table
        table.setModel(self.model)
        table.setItemDelegateForColumn(TO, _Chooses(table))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setAccessibleName(tr("Proposal"))
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        table.setEditTriggers(
            QAbstractItemView.EditTrigger.SelectedClicked
            | QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )
        for section, width in enumerate(_WIDTHS):
            table.setColumnWidth(section, width)
        table.horizontalHeader().setStretchLastSection(True)
        top, bottom = QHBoxLayout(), QHBoxLayout()
        for widget in (self.by, self.among):
            top.addWidget(widget)
        top.addStretch(1)
        top.addWidget(self.copy)
        bottom.addWidget(self.told, 1)
        bottom.addWidget(self.cancel)
        bottom.addWidget(self.do)
        column = QVBoxLayout(self)
        column.addLayout(top)
        column.addWidget(self.capped)
        column.addWidget(table, 1)
        column.addWidget(self.note)
        column.addLayout(bottom)

    def _connect(self) -> None:
        self.by.activated.connect(lambda _: self.made_anew.emit())
        self.among.activated.connect(lambda _: self.made_anew.emit())
        self.copy.clicked.connect(self.copy_wanted)
        self.cancel.clicked.connect(self.close)
        self.do.clicked.connect(self.handed_over)

    def offer(self, groups: Sequence[tuple[str, Any]], chosen: int = 0) -> None:
        """Among whom it can be shared out, by name."""
        self.among.clear()
        for name, agents in groups:
            self.among.addItem(name, agents)
        self.among.setCurrentIndex(chosen)

    def selected_rows(self) -> list[int]:
        return sorted(index.row() for index in self.table.selectionModel().selectedRows(SUBJECT))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        elif event.key() == Qt.Key.Key_Delete:
            self.model.take_off(self.selected_rows())
        else:
            super().keyPressEvent(event)
