"""The buttons under an editor."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from desk_app.ui.icons import icon
from desk_app.ui.overriding import override
from desk_app.ui.texts import tr
from desk_app.ui.views.rich_edit import RichEdit


class RichTools(QWidget):
    """Formats, and what can be put into a text."""

    link_wanted = Signal()
    files_wanted = Signal()
    canned_wanted = Signal()
    versions_wanted = Signal()

    def __init__(self, edit: RichEdit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: dict[str, QToolButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        tools: tuple[tuple[str, str, Callable[[], None]], ...] = (
            ("bold", tr("Bold (Ctrl+B)"), edit.toggle_bold),
            ("italic", tr("Italic (Ctrl+I)"), edit.toggle_italic),
            ("list", tr("List (Ctrl+Shift+8)"), partial(edit.toggle_list, numbered=False)),
            (
                "numbers",
                tr("Numbered list (Ctrl+Shift+7)"),
                partial(edit.toggle_list, numbered=True),
            ),
            ("quote", tr("Quote (Ctrl+Shift+9)"), edit.toggle_quote),
            ("code", tr("Code"), edit.toggle_code),
            ("link", tr("Link…"), self.link_wanted.emit),
            ("clip", tr("Attach files… (Ctrl+Shift+A)"), self.files_wanted.emit),
            ("canned", tr("Canned response… (Ctrl+;)"), self.canned_wanted.emit),
            ("versions", tr("Earlier versions of this text…"), self.versions_wanted.emit),
        )
        for name, hint, call in tools:
            button = QToolButton(self)
            button.setIcon(icon(name))
            button.setToolTip(hint)
            button.setAccessibleName(hint)
            button.setAutoRaise(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, call=call: call())
            row.addWidget(button)
            self.buttons[name] = button
        self.rest = QToolButton(self)
        self.rest.setText("⋯")
        self.rest.setToolTip(tr("More tools"))
        self.rest.setAccessibleName(tr("More tools"))
        self.rest.setAutoRaise(True)
        self.rest.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.rest.setMenu(QMenu(self.rest))
        self.rest.hide()
        row.addWidget(self.rest)

    def whole_width(self) -> int:
        """What all of them take beside each other, in points."""
        return sum(button.sizeHint().width() for button in self.buttons.values())

    def fit(self, width: int) -> None:
        """Show as many as there is room for; the others go into a menu behind them."""
        room = width if self.whole_width() <= width else width - self.rest.sizeHint().width()
        menu = self.rest.menu()
        menu.clear()
        for button in self.buttons.values():
            room -= button.sizeHint().width()
            button.setVisible(room >= 0)
            if room < 0:
                entry = menu.addAction(button.icon(), button.toolTip())
                entry.triggered.connect(button.click)
        self.rest.setVisible(room < 0)

    @override
    def changeEvent(self, event: QEvent) -> None:
        """Draw the signs in the text's colour, light or dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            for name, button in self.buttons.items():
                button.setIcon(icon(name))
