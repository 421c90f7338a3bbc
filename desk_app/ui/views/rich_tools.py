"""The buttons under an editor."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

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
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self.buttons: dict[str, QToolButton] = {}
        tools: tuple[tuple[str, str, str, Callable[[], None]], ...] = (
            ("bold", "B", tr("Bold (Ctrl+B)"), edit.toggle_bold),
            ("italic", "I", tr("Italic (Ctrl+I)"), edit.toggle_italic),
            ("list", "•", tr("List (Ctrl+Shift+8)"), partial(edit.toggle_list, numbered=False)),
            (
                "numbers",
                "1.",
                tr("Numbered list (Ctrl+Shift+7)"),
                partial(edit.toggle_list, numbered=True),
            ),
            ("quote", "❝", tr("Quote (Ctrl+Shift+9)"), edit.toggle_quote),
            ("code", "</>", tr("Code"), edit.toggle_code),
            ("link", "🔗", tr("Link…"), self.link_wanted.emit),
            ("files", "⧉", tr("Attach files… (Ctrl+Shift+A)"), self.files_wanted.emit),
            ("canned", "≡", tr("Canned response… (Ctrl+;)"), self.canned_wanted.emit),
            ("versions", "⟲", tr("Earlier versions of this text…"), self.versions_wanted.emit),
        )
        for name, sign, hint, call in tools:
            button = QToolButton(self)
            button.setText(sign)
            button.setToolTip(hint)
            button.setAccessibleName(hint)
            button.setAutoRaise(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, call=call: call())
            row.addWidget(button)
            self.buttons[name] = button
