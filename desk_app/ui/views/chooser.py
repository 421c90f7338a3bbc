"""A list to type into: the command palette, and every 'assign to…', 'status…', 'priority…'."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desk_app.domain.calm_text import calm
from desk_app.ui.overriding import override
from desk_app.ui.texts import tip, tr

_LONGEST = 60
_WIDTH = 460
_HEIGHT = 340
_TOP, _EDGE = 60, 8
"""What stays free of its window above, and at the other sides."""
_MOVES = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One line; with a `reason` it is off and says why when it is taken."""

    text: str
    call: Callable[[], None]
    detail: str = ""
    reason: str = ""


class Chooser(QFrame):
    """Filters its choices as one types; Enter takes, Esc leaves, what is off comes last."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._over = parent
        self._choices: list[Choice] = []
        self._more: Callable[[str], Sequence[Choice]] | None = None
        self._ask: Callable[[str, Callable[[Sequence[Choice]], None]], None] | None = None
        self._found: Sequence[Choice] = ()
        self.edit = QLineEdit(self)
        self.edit.setAccessibleName(tr("Type to find"))
        self.edit.installEventFilter(self)
        self.edit.textChanged.connect(self._filter)
        self.list = QListWidget(self)
        self.list.setAccessibleName(tr("Choices"))
        self.list.itemClicked.connect(lambda _: self._take())
        self._hint = QLabel(self)
        self._hint.setTextFormat(Qt.TextFormat.PlainText)
        self._hint.setWordWrap(True)
        self._hint.setProperty("dim", "true")
        column = QVBoxLayout(self)
        for widget in (self.edit, self.list, self._hint):
            column.addWidget(widget)
        self.list.currentRowChanged.connect(self._show_hint)

    def open_with(
        self,
        prompt: str,
        choices: Sequence[Choice],
        *,
        free: Callable[[str], Sequence[Choice]] | None = None,
        ask: Callable[[str, Callable[[Sequence[Choice]], None]], None] | None = None,
    ) -> None:
        """Show choices; `free` adds some for what was typed (a title, a date, a number).

        `ask(text, take)` looks further ones up on a worker and hands them to `take`; an answer
        to what is no longer typed is dropped.
        """
        self._choices = sorted(choices, key=lambda choice: bool(choice.reason))
        self._more = free
        self._ask = ask
        self._found = ()
        self.edit.setPlaceholderText(prompt)
        self.edit.setAccessibleName(prompt)
        parent = self._over
        width = min(_WIDTH, parent.width() - 2 * _EDGE)
        self.resize(width, min(_HEIGHT, parent.height() - _TOP - _EDGE))
        self.move(parent.mapToGlobal(QPoint((parent.width() - width) // 2, _TOP)))
        self.show()
        self.edit.blockSignals(True)  # noqa: FBT003 - Qt's own signature
        self.edit.clear()
        self.edit.blockSignals(False)  # noqa: FBT003
        self._filter("")
        self.edit.setFocus()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in _MOVES:
                self.list.event(event)
                return True
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self._take()
                return True
        return super().eventFilter(watched, event)

    def _filter(self, text: str) -> None:
        self._found = ()
        self._list(text)
        if self._ask is not None:
            self._ask(text.strip(), lambda found: self._take_found(text, found))

    def _take_found(self, text: str, found: Sequence[Choice]) -> None:
        if self.isVisible() and text == self.edit.text():
            self._found = found
            self._list(text)

    def _list(self, text: str) -> None:
        words = text.casefold().split()
        found = [
            c for c in self._choices if all(w in f"{c.text} {c.detail}".casefold() for w in words)
        ]
        if self._more is not None and text.strip():
            found += self._more(text.strip())
        found += self._found
        found.sort(key=lambda choice: bool(choice.reason))
        self.list.clear()
        for choice in found[:200]:
            label = choice.text if not choice.detail else f"{choice.text}   —   {choice.detail}"
            item = QListWidgetItem(label if not choice.reason else f"{label}   ⊘")
            item.setData(Qt.ItemDataRole.UserRole, choice)
            item.setToolTip(tip(choice.reason))
            if choice.reason:
                item.setForeground(self.palette().placeholderText())
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self._show_hint(self.list.currentRow())

    def _show_hint(self, row: int) -> None:
        item: QListWidgetItem | None = self.list.item(row)
        reason = tr("There is nothing to choose.")
        if item is not None:
            reason = item.data(Qt.ItemDataRole.UserRole).reason
        elif self.edit.text():
            reason = tr("Nothing here is called “{text}”. Esc closes this.").format(
                text=calm(self.edit.text(), _LONGEST)
            )
        self._hint.setText(reason)
        self._hint.setVisible(bool(reason))

    def _take(self) -> None:
        item: QListWidgetItem | None = self.list.currentItem()
        if item is None:
            return
        choice: Choice = item.data(Qt.ItemDataRole.UserRole)
        if not choice.reason:
            self.hide()
            choice.call()
