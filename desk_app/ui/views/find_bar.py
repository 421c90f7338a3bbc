"""A line to find words with, below what is searched; no box over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from desk_app.ui.overriding import override
from desk_app.ui.texts import tr

if TYPE_CHECKING:
    from collections.abc import Callable


class FindBar(QFrame):
    """Words, how many were found, back and forth; hidden until it is wanted."""

    words_changed = Signal(str)
    """Other words are looked for. Emits: the words."""
    step_wanted = Signal(int)
    """The agent wants the next find or the one before. Emits: 1 or -1."""
    more_wanted = Signal()
    """The agent wants what is not on screen to be shown."""
    left = Signal()
    """The bar was closed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = QLineEdit(self)
        self.edit.setPlaceholderText(tr("Find in this ticket"))
        self.edit.setAccessibleName(tr("Find in this ticket"))
        self.edit.textChanged.connect(self.words_changed)
        self.edit.installEventFilter(self)
        self.count = QLabel(self)
        self.more = QToolButton(self)
        self.more.clicked.connect(self.more_wanted)
        self.more.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 6, 4)
        row.addWidget(self.edit, 1)
        row.addWidget(self.count)
        row.addWidget(self.more)
        row.addWidget(self._button("▲", tr("Previous (Shift+Enter)"), self._back))
        row.addWidget(self._button("▼", tr("Next (Enter)"), self._on))
        row.addWidget(self._button("✕", tr("Close (Esc)"), self.leave))
        self.hide()

    def open(self) -> None:
        """Show the bar with its words selected, so that typing replaces them."""
        self.show()
        self.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.edit.selectAll()
        self.words_changed.emit(self.edit.text())

    def leave(self) -> None:
        self.hide()
        self.left.emit()

    def tell(self, current: int, total: int) -> None:
        """Say which find this is of how many; -1: none is chosen."""
        words = tr("{n} of {total}").format(n=current + 1, total=total)
        self.count.setText(words if total else tr("not found") if self.edit.text() else "")
        self.count.setAccessibleName(self.count.text())

    def tell_more(self, text: str) -> None:
        """Offer what was found off the screen; '' for nothing."""
        self.more.setText(text)
        self.more.setVisible(bool(text))

    def _button(self, sign: str, name: str, call: Callable[[], None]) -> QToolButton:
        button = QToolButton(self)
        button.setText(sign)
        button.setToolTip(name)
        button.setAccessibleName(name)
        button.clicked.connect(call)
        return button

    def _on(self) -> None:
        self.step_wanted.emit(1)

    def _back(self) -> None:
        self.step_wanted.emit(-1)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                is_back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
                self.step_wanted.emit(-1 if is_back else 1)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.leave()
                return True
        return super().eventFilter(watched, event)
