"""The keys of everything that has one; an agent may give others, never the same one twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence

from desk_app.domain.lifecycle import Action

if TYPE_CHECKING:
    from PySide6.QtCore import QSettings

KEYS: dict[str, str] = {
    Action.REPLY: "R",
    Action.NOTE: "N",
    Action.ASSIGN: "A",
    Action.CLAIM: "Shift+A",
    Action.RELEASE: "U",
    Action.TRANSFER: "T",
    Action.REFER: "Y",
    Action.SET_STATUS: "S",
    Action.EDIT_PRIORITY: "P",
    Action.REOPEN: "Shift+E",
    Action.EDIT_DUE: "D",
    Action.LINK: "L",
    Action.MERGE: "M",
    "snooze": "Z",
    "follow": "F",
    "resolve": "E",
    "reply_all": "Shift+R",
    "info": "I",
    "next_ticket": "]",
    "previous_ticket": "[",
    "filter": "/",
    "go_queue": "G, Q",
    "go_board": "G, D",
    "go_drafts": "G, T",
    "go_soonest": "G, S",
    "go_outbox": "G, O",
    "go_conflicts": "G, C",
    "sync_log": "G, L",
    "outbox": "Ctrl+Shift+O",
    "conflicts": "Ctrl+Shift+C",
    "select": "X",
    "help_here": "?",
    "new_ticket": "Ctrl+N",
    "new_window": "Ctrl+Shift+N",
    "import": "Ctrl+Shift+I",
    "quit": "Ctrl+Q",
    "undo": "Ctrl+Z",
    "redo": "Ctrl+Y",
    "find": "Ctrl+F",
    "quote": "Q",
    "palette": "Ctrl+K",
    "search": "Ctrl+Shift+F",
    "next_pane": "F6",
    "previous_pane": "Shift+F6",
    "back": "Alt+Left",
    "forward": "Alt+Right",
    "refresh": "F5",
    "help": "F1",
    "knowledge_base": "Ctrl+'",
    "settings": "Ctrl+,",
    "print": "Ctrl+P",
    "close_ticket": "Ctrl+W",
    "next_tab": "Ctrl+Tab",
    "previous_tab": "Ctrl+Shift+Tab",
    **{f"queue_{n}": f"Ctrl+{n}" for n in range(1, 10)},
}
"""By the name of an action or of a menu entry. One without Ctrl, Alt or F works in lists only."""

ALSO: dict[str, str] = {"palette": "Ctrl+Shift+P"}
"""Second keys that people know from other programs; they go with the first."""

FIXED: dict[str, str] = {
    "send": "Ctrl+Return",
    "send_and_resolve": "Ctrl+Shift+Return",
    "switch": "Ctrl+Shift+M",
    "attach": "Ctrl+Shift+A",
    "canned": "Ctrl+;",
    "paste_plain": "Ctrl+Shift+V",
    "bold": "Ctrl+B",
    "italic": "Ctrl+I",
}
"""Keys of the composer; they work while it has the focus."""


@dataclass(frozen=True, slots=True)
class KeyConflict:
    """Why a key was not given: something has it."""

    key: str
    taken_by: str


class KeyMap:
    """The keys in use: the program's own, with the agent's in their place."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    def key(self, name: str) -> str:
        """The key of an action or entry; '' if it has none."""
        return str(self._settings.value(f"keys/{name}", KEYS.get(name, "")))

    def change(self, name: str, key: str) -> KeyConflict | None:
        """Give a key ('' takes it away); with an answer nothing was changed."""
        wanted = QKeySequence(key).toString()
        second = {other: key for other, key in ALSO.items() if other != name}
        taken = {**FIXED, **second, **{other: self.key(other) for other in KEYS if other != name}}
        for other, theirs in taken.items():
            if wanted and QKeySequence(theirs).toString() == wanted:
                return KeyConflict(wanted, other)
        self._settings.setValue(f"keys/{name}", wanted)
        return None

    @property
    def letters(self) -> bool:
        """Whether single letters are keys at all (some people speak to their computer)."""
        return str(self._settings.value("letters", "true")) == "true"

    @letters.setter
    def letters(self, on: bool) -> None:
        self._settings.setValue("letters", "true" if on else "false")

    def reset(self) -> None:
        """Back to the program's own keys."""
        self._settings.remove("keys")


def in_lists_only(key: str) -> bool:
    """Whether a key would be a letter in a text: it works in the queue and the thread alone."""
    first = key.split(", ", maxsplit=1)[0].removeprefix("Shift+")
    is_function_key = first[:1] == "F" and first[1:].isdigit()
    return bool(key) and not is_function_key and not first.startswith(("Ctrl+", "Alt+"))
