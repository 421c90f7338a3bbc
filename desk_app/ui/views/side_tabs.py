"""Beside the thread: fields, requester, tasks, history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desk_app.domain.gate import Denial
from desk_app.domain.ticket import Task
from desk_app.ui.texts import denial_text, tip, tr


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRow:
    """A field as a button that shows its value and opens its choices."""

    key: str
    name: str
    value: str
    denied: Denial | None
    edit: Callable[[], None]
    undo: Callable[[], None] | None = None
    """Takes the last change of this field back; None where there is none to take back."""
    was: str = ""
    """What the field was before."""
    mark: str = ""
    """Where a change of it stands on its way to the server, and what the server has."""


_LEAST_WIDTH = 160
"""Room for the beginnings of all four tabs' names."""
_LEAST_VALUE = 60
"""What is seen of a field's value however narrow the tab is; its tip has all of it."""


class SideTabs(QTabWidget):
    """Four tabs; each says what it is for when it is empty."""

    refusal_shown = Signal(object)
    """A field that is off was chosen. Emits: Denial."""
    task_toggled = Signal(object)
    """A task's tick was changed. Emits: Task as it was."""
    task_wanted = Signal()
    """The agent wants to add a task."""
    ticket_wanted = Signal(object)
    """Another ticket of the requester was chosen. Emits: ticket id."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("details")
        self.setDocumentMode(True)
        self.setMinimumWidth(_LEAST_WIDTH)
        self.setElideMode(Qt.TextElideMode.ElideRight)
        self.setUsesScrollButtons(False)  # all four are there, however narrow it is
        self.fields = QWidget(self)
        self._form = QFormLayout(self.fields)
        self._form.setContentsMargins(8, 8, 8, 8)
        self.field_buttons: dict[str, QPushButton] = {}
        self._seen: list[tuple[object, ...]] = []
        self.undo_buttons: dict[str, QToolButton] = {}
        self.requester = QLabel(self)
        self.requester.setTextFormat(Qt.TextFormat.PlainText)
        self.requester.setWordWrap(True)
        self.others = _list_to_read(self)
        self.others.itemActivated.connect(
            lambda item: self.ticket_wanted.emit(item.data(Qt.ItemDataRole.UserRole))
        )
        self.tasks = _list_to_read(self)
        self.tasks.itemChanged.connect(self._toggle)
        self.history = QPlainTextEdit(self)
        self.history.setReadOnly(True)
        self.history.setFrameStyle(0)
        self._add_task = QPushButton(tr("Add task…"), self)
        self._add_task.clicked.connect(self.task_wanted.emit)
        self.addTab(_scrolled(self.fields), tr("Fields"))
        self.addTab(_stacked(self.requester, self.others), tr("Requester"))
        self.addTab(_stacked(self.tasks, self._add_task), tr("Tasks"))
        self.addTab(self.history, tr("History"))
        self._name_all()

    def _name_all(self) -> None:
        self.others.setAccessibleName(tr("Other tickets of this requester"))
        self.tasks.setAccessibleName(tr("Tasks"))
        self.history.setAccessibleName(tr("History"))
        self.setAccessibleName(tr("Details"))

    def show_fields(self, rows: Sequence[FieldRow]) -> None:
        """Show the rows; buttons stay as they are, with their focus, where nothing changed."""
        seen: list[tuple[object, ...]] = [
            (row.key, row.value, row.denied, row.was, row.undo is None, row.mark) for row in rows
        ]
        if seen == self._seen:
            return
        self._seen = seen
        buttons = [*self.field_buttons.items(), *self.undo_buttons.items()]
        focused = next((key for key, button in buttons if button.hasFocus()), "")
        while self._form.rowCount():
            self._form.removeRow(0)
        self.field_buttons, self.undo_buttons = {}, {}
        for row in rows:
            button = QPushButton(row.value.replace("&", "&&") or "-", self.fields)
            button.setStyleSheet("text-align: left")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard alone
            button.setAccessibleName(f"{row.name}: {row.value or '-'}")
            button.setProperty("denied", "true" if row.denied else "false")
            button.setMinimumWidth(_LEAST_VALUE)  # a long subject must not widen the rest
            why = row.value if row.denied is None else denial_text(row.denied)
            button.setToolTip(tip("\n".join(filter(None, (why, row.mark)))))
            button.setAccessibleDescription(row.mark)
            button.clicked.connect(lambda _=False, row=row: self._choose(row))
            self.field_buttons[row.key] = button
            self._form.addRow(
                f"⇡ {row.name}" if row.mark else row.name, self._with_undo(row, button)
            )
        if rows and not any(row.key.startswith("custom:") for row in rows):
            none = QLabel(tr("No extra fields"), self.fields)
            none.setProperty("dim", "true")
            self._form.addRow(none)
        if focused in self.field_buttons:
            self.field_buttons[focused].setFocus()

    def _with_undo(self, row: FieldRow, button: QPushButton) -> QWidget:
        if row.undo is None:
            return button
        undo = QToolButton(self.fields)
        undo.setText("↶")
        undo.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        words = tr("Back to “{value}”").format(value=row.was or "-")
        undo.setToolTip(tip(words))
        undo.setAccessibleName(f"{row.name}: {words}")
        undo.clicked.connect(lambda _=False, call=row.undo: call())
        self.undo_buttons[row.key] = undo
        both = QWidget(self.fields)
        line = QHBoxLayout(both)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(2)
        line.addWidget(button, 1)
        line.addWidget(undo)
        return both

    def show_requester(self, text: str, others: Sequence[tuple[int, str]]) -> None:
        self.requester.setText(text)
        self.others.clear()
        for ticket, line in others:
            item = QListWidgetItem(line)
            item.setData(Qt.ItemDataRole.UserRole, ticket)
            self.others.addItem(item)
        if not others:
            item = QListWidgetItem(tr("First ticket from this person"))
            item.setFlags(Qt.ItemFlag.NoItemFlags)
            self.others.addItem(item)

    def show_tasks(self, tasks: Sequence[Task]) -> None:
        self.tasks.blockSignals(True)  # noqa: FBT003 - Qt's own signature
        self.tasks.clear()
        for task in tasks:
            item = QListWidgetItem(task.title)
            item.setData(Qt.ItemDataRole.UserRole, task)
            state = Qt.CheckState.Unchecked if task.is_open else Qt.CheckState.Checked
            item.setCheckState(state)
            self.tasks.addItem(item)
        if not tasks:
            item = QListWidgetItem(tr("No tasks"))
            item.setFlags(Qt.ItemFlag.NoItemFlags)
            self.tasks.addItem(item)
        self.tasks.blockSignals(False)  # noqa: FBT003
        left = sum(task.is_open for task in tasks)
        self.setTabText(2, tr("Tasks {n}").format(n=left) if left else tr("Tasks"))

    def show_history(self, lines: Sequence[str]) -> None:
        self.history.setPlainText("\n".join(lines))

    def _choose(self, row: FieldRow) -> None:
        if row.denied is None:
            row.edit()
        else:
            self.refusal_shown.emit(row.denied)

    def _toggle(self, item: QListWidgetItem) -> None:
        self.task_toggled.emit(item.data(Qt.ItemDataRole.UserRole))


def _scrolled(page: QWidget) -> QScrollArea:
    """The page as high as its rows, also where the window is lower."""
    area = QScrollArea()
    area.setWidget(page)
    area.setWidgetResizable(True)
    area.setFrameStyle(0)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setAccessibleName(tr("Fields"))
    return area


def _stacked(*widgets: QWidget) -> QWidget:
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(8, 8, 8, 8)
    for widget in widgets:
        column.addWidget(widget)
    return page


def _list_to_read(parent: QWidget) -> QListWidget:
    """A list whose long lines break: nobody scrolls along to read on."""
    found = QListWidget(parent)
    found.setWordWrap(True)
    found.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return found
