"""Settings: who works here, how it looks, which keys; each takes effect as it is changed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFormLayout,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from desk_app.ui.announcing import announce
from desk_app.ui.texts import tip, tr

if TYPE_CHECKING:
    from desk_app.ui.keys import KeyMap

_TITLE_BAR = 40


class SettingsWindow(QDialog):
    """Never modal: what is changed is seen at once beside it."""

    agent_chosen = Signal(str)
    """Somebody else works here now. Emits: agent key."""
    theme_chosen = Signal(str)
    keys_changed = Signal()
    holding_switched = Signal(bool)
    """Whether a ticket is to be held on the server while somebody types in it."""

    def __init__(self, keys: KeyMap, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Settings"))
        self._keys = keys
        self.agent = QComboBox(self)
        self.theme = QComboBox(self)
        self.letters = QCheckBox(tr("Single letters are keys in the queue and the thread"), self)
        self.hold = QCheckBox(tr("Hold a ticket on the server while I type in it"), self)
        self.hold.setToolTip(
            tip(tr("Others see that you are at it, and cannot write until you are done"))
        )
        self.told = QLabel(self)
        self.told.setTextFormat(Qt.TextFormat.PlainText)
        self.told.setWordWrap(True)
        self.wanted = QLineEdit(self)
        self.edits: dict[str, QKeySequenceEdit] = {}
        self._rows: dict[str, str] = {}
        self._form = QFormLayout()
        self._lay_out()
        room = self.screen().availableSize()
        self.resize(QSize(560, 520).boundedTo(room - QSize(0, _TITLE_BAR)))

    def _lay_out(self) -> None:
        tabs = QTabWidget(self)
        general = QWidget()
        form = QFormLayout(general)
        form.addRow(tr("&Agent who works here"), self.agent)
        form.addRow(tr("&Colours"), self.theme)
        form.addRow(self.letters)
        form.addRow(self.hold)
        self.hold.toggled.connect(self.holding_switched)
        self.agent.setAccessibleName(tr("Agent who works here"))
        self.theme.setAccessibleName(tr("Colours"))
        tabs.addTab(general, tr("General"))
        tabs.addTab(self._key_page(), tr("Keys"))
        column = QVBoxLayout(self)
        column.addWidget(tabs, 1)
        column.addWidget(self.told)
        self.agent.activated.connect(
            lambda _: self.agent_chosen.emit(str(self.agent.currentData()))
        )
        self.theme.activated.connect(
            lambda _: self.theme_chosen.emit(str(self.theme.currentData()))
        )
        self.letters.toggled.connect(self._switch_letters)

    def _key_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        self.wanted.setPlaceholderText(tr("Find an action"))
        self.wanted.setAccessibleName(tr("Find an action"))
        self.wanted.textChanged.connect(self._show_found)
        column.addWidget(self.wanted)
        inside = QWidget()
        inside.setLayout(self._form)
        area = QScrollArea(page)
        area.setWidgetResizable(True)
        area.setWidget(inside)
        column.addWidget(area, 1)
        again = QPushButton(tr("All keys as they were at first"), page)
        again.clicked.connect(self._reset)
        column.addWidget(again)
        return page

    def show_choices(
        self, agents: Sequence[tuple[str, str]], agent: str, themes: Sequence[tuple[str, str]]
    ) -> None:
        """Fill the lists; `themes` are (key, name)."""
        for combo, things in ((self.agent, agents), (self.theme, themes)):
            combo.clear()
            for key, name in things:
                combo.addItem(name, key)
        self.agent.setCurrentIndex(self.agent.findData(agent))
        self.letters.setChecked(self._keys.letters)

    def show_holding(self, *, on: bool | None) -> None:
        """None: there is no server that a ticket could be held on."""
        self.hold.setVisible(on is not None)
        self.hold.setChecked(bool(on))

    def show_keys(self, names: Sequence[tuple[str, str]]) -> None:
        """A line for each action that can have a key: (name, words)."""
        while self._form.rowCount():
            self._form.removeRow(0)
        self._rows = dict(names)
        self.edits = {}
        for name, words in names:
            edit = QKeySequenceEdit(QKeySequence(self._keys.key(name)), self)
            edit.setClearButtonEnabled(True)
            edit.setAccessibleName(words)
            edit.editingFinished.connect(partial(self._change, name))
            self.edits[name] = edit
            self._form.addRow(words, edit)

    def _change(self, name: str) -> None:
        edit = self.edits[name]
        conflict = self._keys.change(name, edit.keySequence().toString())
        if conflict is None:
            self.told.setText("")
            self.keys_changed.emit()
            return
        taken = self._rows.get(conflict.taken_by, tr("the composer"))
        words = tr("{key} belongs to “{other}”. Nothing was changed; take it away there first.")
        self.told.setText(words.format(key=conflict.key, other=taken))
        announce(self.told, self.told.text())
        edit.setKeySequence(QKeySequence(self._keys.key(name)))

    def _switch_letters(self, on: bool) -> None:  # noqa: FBT001 - a signal's own argument
        self._keys.letters = on
        self.keys_changed.emit()

    def _reset(self) -> None:
        self._keys.reset()
        for name, edit in self.edits.items():
            edit.setKeySequence(QKeySequence(self._keys.key(name)))
        self.keys_changed.emit()

    def _show_found(self, text: str) -> None:
        for name, words in self._rows.items():
            shown = text.casefold() in words.casefold()
            self._form.setRowVisible(self.edits[name], shown)
        self.wanted.setFocus(Qt.FocusReason.OtherFocusReason)
