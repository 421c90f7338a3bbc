"""What needs the agent: fields side by side, texts beside what is new, and the ways out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desk_app.ui.texts import tip, tr
from desk_app.ui.views.flow_row import FlowRow


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChoice:
    """One field of a conflict, as texts; `result` is what it is to be."""

    field: str
    name: str
    base: str
    mine: str
    theirs: str
    who: str
    values: tuple[object, object]
    """Mine and theirs, as the desk has them."""
    result: object = None
    result_text: str = ""
    picked: int = 1
    """1 mine, 2 theirs, 3 another value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictLine:
    """One line of the list."""

    seq: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictShown:
    """What is shown of the current line."""

    heading: str
    fields: tuple[FieldChoice, ...] = ()
    against: str = ""
    mine: str = ""
    ways: tuple[str, ...] = field(default=())
    """Names of the buttons that are there: send, edit, discard, arrived."""


class ConflictView(QWidget):
    """Keyboard first: 1 mine, 2 theirs, 3 another; Alt+Down the next field; Ctrl+Enter applies."""

    chosen = Signal(int)
    """Another command is the current one. Emits: its seq."""
    applied = Signal(int, object)
    """Emits: seq, dict of field to result."""
    other_wanted = Signal(int, object)
    """Another value than mine or theirs is wanted. Emits: seq, FieldChoice."""
    way_chosen = Signal(int, str)
    """Emits: seq, `send`, `edit`, `discard` or `arrived`."""
    later = Signal()
    """Not now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fields: list[FieldChoice] = []
        self.list = QListWidget(self)
        self.list.setAccessibleName(tr("What needs you"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentItemChanged.connect(lambda *_: self._tell_chosen())
        self.empty = QLabel(tr("No conflicts"), self)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.heading = self._label()
        self.table = QTableWidget(0, 5, self)
        self.against = self._text(tr("What stands against it"))
        self.mine = self._text(tr("Yours"))
        self.buttons: dict[str, QPushButton] = {}
        self._stack = QStackedWidget(self)
        self._prepare_table()
        self._lay_out()
        self._add_keys()
        self.show_lines([])

    def _label(self) -> QLabel:
        label = QLabel(self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        return label

    def _text(self, name: str) -> QPlainTextEdit:
        text = QPlainTextEdit(self)
        text.setReadOnly(True)
        text.setTabChangesFocus(True)
        text.setFrameStyle(0)
        text.setAccessibleName(name)
        return text

    def _prepare_table(self) -> None:
        names = [tr("Field"), tr("Before"), tr("Mine (1)"), tr("Theirs (2)"), tr("Result")]
        self.table.setHorizontalHeaderLabels(names)
        self.table.setAccessibleName(tr("Fields that differ"))
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setTabKeyNavigation(False)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def _lay_out(self) -> None:
        fields = QWidget(self)
        column = QVBoxLayout(fields)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.table, 1)
        texts = QWidget(self)
        sides = QHBoxLayout(texts)
        sides.setContentsMargins(0, 0, 0, 0)
        for name, text in ((tr("New or said there"), self.against), (tr("Yours"), self.mine)):
            side = QVBoxLayout()
            side.addWidget(QLabel(name, texts))
            side.addWidget(text, 1)
            sides.addLayout(side, 1)
        self._stack.addWidget(fields)
        self._stack.addWidget(texts)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(8, 4, 8, 8)
        outer.addWidget(self.empty)
        outer.addWidget(self.list, 1)
        outer.addWidget(self.heading)
        outer.addWidget(self._stack, 3)
        outer.addWidget(self._button_row())

    def _button_row(self) -> QWidget:
        self._row = FlowRow(self)
        seen: tuple[tuple[str, str, str, Callable[[], None]], ...] = (
            ("mine", tr("Mine"), "1", lambda: self.pick(1)),
            ("theirs", tr("Theirs"), "2", lambda: self.pick(2)),
            ("other", tr("Another value…"), "3", lambda: self.pick(3)),
            ("all_mine", tr("All mine"), "", lambda: self.pick_all(1)),
            ("all_theirs", tr("All theirs"), "", lambda: self.pick_all(2)),
            ("apply", tr("Apply"), "Ctrl+Return", self.apply),
            ("send", tr("Send anyway"), "Ctrl+Return", lambda: self._choose_way("send")),
            ("arrived", tr("It arrived"), "", lambda: self._choose_way("arrived")),
            ("edit", tr("Edit"), "", lambda: self._choose_way("edit")),
            ("discard", tr("Discard"), "", lambda: self._choose_way("discard")),
            ("later", tr("Decide later"), "Esc", self.later.emit),
        )
        for name, text, key, call in seen:
            button = QPushButton(text, self._row)
            native = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
            button.setToolTip(tip(native))
            button.clicked.connect(lambda _=False, call=call: call())
            self.buttons[name] = button
            self._row.add(button)
        for name in ("apply", "send"):
            self.buttons[name].setProperty("primary", "true")
        return self._row

    def _add_keys(self) -> None:
        keys: dict[str, Callable[[], None]] = {
            "1": lambda: self.pick(1),
            "2": lambda: self.pick(2),
            "3": lambda: self.pick(3),
            "Alt+Down": lambda: self.step(1),
            "Alt+Up": lambda: self.step(-1),
            "Ctrl+Return": self.apply,
            "Ctrl+Enter": self.apply,
        }
        for key, call in keys.items():
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(call)

    # --- what is shown ---------------------------------------------------------------------

    @property
    def current(self) -> int | None:
        """The seq of the current line."""
        item: QListWidgetItem | None = self.list.currentItem()
        return None if item is None else int(item.data(Qt.ItemDataRole.UserRole))

    def show_lines(self, lines: Sequence[ConflictLine], wanted: int | None = None) -> None:
        """List what needs the agent; the current line stays so if it is still there."""
        wanted = self.current if wanted is None else wanted
        row = self.list.currentRow()
        self.list.blockSignals(True)  # noqa: FBT003 - told once, below
        self.list.clear()
        for line in lines:
            item = QListWidgetItem(line.text)
            item.setToolTip(tip(line.text))
            item.setData(Qt.ItemDataRole.UserRole, line.seq)
            self.list.addItem(item)
        seqs = [line.seq for line in lines]
        if seqs:
            place = seqs.index(wanted) if wanted in seqs else min(max(row, 0), len(seqs) - 1)
            self.list.setCurrentRow(place)
        self.list.blockSignals(False)  # noqa: FBT003
        self.empty.setVisible(not lines)
        for widget in (self.list, self.heading, self._stack, self._row):
            widget.setVisible(bool(lines))
        self._tell_chosen()

    def show_case(self, shown: ConflictShown) -> None:
        """Show what there is to decide the current line by."""
        self.heading.setText(shown.heading)
        self._fields = list(shown.fields)
        self._stack.setCurrentIndex(0 if shown.fields else 1)
        self.against.setPlainText(shown.against)
        self.mine.setPlainText(shown.mine)
        for name in ("mine", "theirs", "other", "all_mine", "all_theirs", "apply"):
            self.buttons[name].setVisible(bool(shown.fields))
        for name in ("send", "edit", "discard", "arrived"):
            self.buttons[name].setVisible(name in shown.ways)
        self._write_fields()
        if self._fields:
            self.table.setCurrentCell(0, 0)

    def _write_fields(self) -> None:
        self.table.setRowCount(len(self._fields))
        for row, choice in enumerate(self._fields):
            theirs = f"{choice.theirs}\n{choice.who}" if choice.who else choice.theirs
            texts = (choice.name, choice.base, choice.mine, theirs, _result(choice))
            for place, text in enumerate(texts):
                item = QTableWidgetItem(text)
                item.setToolTip(tip(text))
                font = item.font()
                font.setBold(place == 4 or place == choice.picked + 1)  # noqa: PLR2004 - the result
                item.setFont(font)
                self.table.setItem(row, place, item)
        self.table.resizeRowsToContents()

    def _tell_chosen(self) -> None:
        if self.current is not None:
            self.chosen.emit(self.current)

    # --- deciding --------------------------------------------------------------------------

    def step(self, by: int) -> None:
        """The next or previous field."""
        row = self.table.currentRow() + by
        if self._fields:
            self.table.setFocus()
            self.table.setCurrentCell(max(0, min(row, len(self._fields) - 1)), 0)

    def pick(self, which: int) -> None:
        """Mine (1), theirs (2) or another value (3) for the current field."""
        row = self.table.currentRow()
        if not 0 <= row < len(self._fields) or self.current is None:
            return
        if which == 3:  # noqa: PLR2004 - the third key
            self.other_wanted.emit(self.current, self._fields[row])
            return
        self._fields[row] = _picked(self._fields[row], which)
        self._write_fields()

    def pick_all(self, which: int) -> None:
        self._fields = [_picked(choice, which) for choice in self._fields]
        self._write_fields()

    def take_other(self, name: str, value: object, text: str) -> None:
        """Another value was chosen for a field."""
        self._fields = [
            replace(c, picked=3, result=value, result_text=text) if c.field == name else c
            for c in self._fields
        ]
        self._write_fields()
        self.table.setFocus()

    def apply(self) -> None:
        """Carry out what was decided; for a text, send it anyway."""
        if self.current is None:
            return
        if self._fields:
            results = {c.field: c.result for c in self._fields}
            self.applied.emit(self.current, results)
        elif not self.buttons["send"].isHidden():
            self._choose_way("send")

    def _choose_way(self, way: str) -> None:
        if self.current is not None:
            self.way_chosen.emit(self.current, way)


def _picked(choice: FieldChoice, which: int) -> FieldChoice:
    text = choice.mine if which == 1 else choice.theirs
    return replace(choice, picked=which, result=choice.values[which - 1], result_text=text)


def _result(choice: FieldChoice) -> str:
    marks = {1: tr("mine"), 2: tr("theirs"), 3: tr("other")}
    return f"{choice.result_text}  ({marks[choice.picked]})"
