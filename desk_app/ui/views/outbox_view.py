"""The outbox: one row a command, beneath it all of it, and every action by key and button."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from desk_app.ui.models.outbox_model import CHANGE, OutboxModel
from desk_app.ui.outbox_texts import ACTION_KEYS, OutboxAction, outbox_action_name, refusal
from desk_app.ui.overriding import override
from desk_app.ui.texts import tip, tr
from desk_app.ui.views.flow_row import FlowRow

if TYPE_CHECKING:
    from desk_app.ports.outbox_reader import OutboxRow

_WIDTHS = (74, 92, 0, 150, 44, 66, 120)


class OutboxTable(QTableView):
    """Each action has a key while the table has the focus."""

    pressed_action = Signal(object)
    """Emits: OutboxAction."""

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        pressed = QKeySequence(event.keyCombination())
        if event.key() == Qt.Key.Key_Enter:
            pressed = QKeySequence("Return")
        for action, key in ACTION_KEYS.items():
            if pressed == QKeySequence(key):
                self.pressed_action.emit(action)
                return
        super().keyPressEvent(event)

    @override
    def keyboardSearch(self, search: str) -> None:
        """Single letters are actions here, not type-ahead."""


class OutboxView(QWidget):
    """Shows an `OutboxModel`."""

    wanted = Signal(object, object)
    """Emits: OutboxAction, list of OutboxRow (the selected ones)."""
    refused = Signal(str)
    """An action that is off was chosen. Emits: the reason."""

    def __init__(self, model: OutboxModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self.table = OutboxTable(self)
        self.table.setModel(model)
        self.table.setAccessibleName(tr("Outbox"))
        self.table.pressed_action.connect(self.act)
        self.table.doubleClicked.connect(lambda _: self.act(OutboxAction.OPEN))
        self.empty = QLabel(tr("Nothing waiting"), self)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.whole = QPlainTextEdit(self)
        self.whole.setReadOnly(True)
        self.whole.setTabChangesFocus(True)
        self.whole.setFrameStyle(0)
        self.whole.setAccessibleName(tr("This command in full"))
        self.buttons: dict[OutboxAction, QPushButton] = {}
        self._lay_out()
        self.table.selectionModel().currentRowChanged.connect(self._show_current)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self.gate())
        model.rowsInserted.connect(self._fit)
        model.rowsRemoved.connect(self._fit)
        self._fit()

    current_changed = Signal()
    """Another command is the current one, or it stands otherwise."""

    def _lay_out(self) -> None:
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(self.table.fontMetrics().height() + 10)
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        scale = self.table.fontMetrics().averageCharWidth() / 7
        for section, width in enumerate(_WIDTHS):
            if width:
                header.resizeSection(section, int(width * max(scale, 1)))
        header.setSectionResizeMode(CHANGE, QHeaderView.ResizeMode.Stretch)
        parts = QSplitter(Qt.Orientation.Vertical, self)
        parts.addWidget(self.table)
        parts.addWidget(self.whole)
        parts.setStretchFactor(0, 3)
        parts.setStretchFactor(1, 2)
        parts.setChildrenCollapsible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 8)
        column.addWidget(self.empty)
        column.addWidget(parts, 1)
        column.addWidget(self._button_row())
        self._parts = parts

    def _button_row(self) -> QWidget:
        row = FlowRow(self)
        for action in OutboxAction:
            button = QPushButton(outbox_action_name(action), row)
            button.clicked.connect(partial(self.act, action))
            self.buttons[action] = button
            row.add(button)
        self._row = row
        return row

    # --- what is chosen --------------------------------------------------------------------

    def current(self) -> OutboxRow | None:
        index = self.table.currentIndex()
        return self.model.rows[index.row()] if index.isValid() else None

    def selected(self) -> list[OutboxRow]:
        """The selected commands, in order; the current one where none is."""
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        current = self.current()
        if not rows and current is not None:
            return [current]
        return [self.model.rows[row] for row in rows]

    def go_to(self, seq: int) -> None:
        """Make a command the current row, if it is still there."""
        row = self.model.row_of(seq)
        if row is not None:
            flags = QItemSelectionModel.SelectionFlag
            index = self.model.index(row, 0)
            chosen = flags.ClearAndSelect | flags.Rows
            self.table.selectionModel().setCurrentIndex(index, chosen)

    def act(self, action: OutboxAction) -> None:
        """Ask for an action on what is selected, or say why it is off."""
        rows = self.selected()
        if not rows and action is not OutboxAction.EXPORT:
            self.refused.emit(tr("Nothing waits, so there is nothing to do here."))
            return
        reasons = [refusal(action, row.item) for row in rows]
        if rows and all(reasons):
            self.refused.emit(reasons[0])
            return
        possible = [row for row, reason in zip(rows, reasons, strict=True) if not reason]
        self.wanted.emit(action, possible)

    def show_whole(self, text: str) -> None:
        if text != self.whole.toPlainText():
            self.whole.setPlainText(text)

    def gate(self) -> None:
        """Write on every button whether it is off, and why."""
        row = self.current()
        for action, button in self.buttons.items():
            reason = "" if row is None else refusal(action, row.item)
            button.setProperty("denied", "true" if reason else "false")
            button.style().unpolish(button)
            button.style().polish(button)
            key = QKeySequence(ACTION_KEYS[action]).toString(QKeySequence.SequenceFormat.NativeText)
            button.setToolTip(tip(reason or key))
            button.setAccessibleDescription(reason)

    def _show_current(self, _current: QModelIndex, _previous: QModelIndex) -> None:
        self.gate()
        self.current_changed.emit()

    def _fit(self) -> None:
        there = self.model.rowCount() > 0
        self.empty.setVisible(not there)
        self._parts.setVisible(there)
        self._row.setVisible(there)
        if there and not self.table.currentIndex().isValid():
            self.go_to(self.model.rows[0].item.seq)
