"""Every action of the window: in a menu, in the palette, with a key where it has one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from desk_app.ui.keys import ALSO, KeyMap, in_lists_only

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMenuBar


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a menu."""

    name: str
    """What its key is kept under."""
    text: str
    call: Callable[[], object]


class Menus(QObject):
    """Makes the actions, once each, and puts their keys where they may work."""

    def __init__(self, bar: QMenuBar, keys: KeyMap, lists: Sequence[QWidget]) -> None:
        """`lists` are the widgets in which single letters are keys and not text."""
        super().__init__(bar)
        self._bar = bar
        self._lists = lists
        self.keys = keys
        self.entries: dict[str, QAction] = {}
        self.groups: dict[str, list[str]] = {}

    def add(self, title: str, lines: Sequence[Entry | None]) -> None:
        """Add a menu; None is a line between groups."""
        menu = self._bar.addMenu(title)
        names = self.groups.setdefault(title, [])
        for line in lines:
            if line is None:
                menu.addSeparator()
                continue
            action = QAction(line.text, self)
            action.setProperty("reason", "")
            action.triggered.connect(lambda _=False, call=line.call: call())
            menu.addAction(action)
            self.entries[line.name] = action
            names.append(line.name)
            self._give_key(line.name, action)

    def refresh_keys(self) -> None:
        """The keys were changed."""
        for name, action in self.entries.items():
            self._give_key(name, action)

    def key_text(self, name: str) -> str:
        """The key as the person's system writes it."""
        sequence = QKeySequence(self.keys.key(name))
        return sequence.toString(QKeySequence.SequenceFormat.NativeText)

    def is_letter(self, name: str) -> bool:
        """Whether the entry's key works in lists only."""
        return in_lists_only(self.keys.key(name))

    def _give_key(self, name: str, action: QAction) -> None:
        key = self.keys.key(name)
        if in_lists_only(key) and not self.keys.letters:
            key = ""
        keys = [key, ALSO[name]] if key and name in ALSO else [key]
        action.setShortcuts([QKeySequence(one) for one in keys])
        for widget in self._lists:
            widget.removeAction(action)
        if in_lists_only(key):
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            for widget in self._lists:
                widget.addAction(action)
        else:
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
