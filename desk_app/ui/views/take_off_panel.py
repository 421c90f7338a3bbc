"""Asks before a desk is taken off the list, in the page itself: what is not sent is named first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLabel, QPushButton, QVBoxLayout, QWidget

from desk_app.ui.announcing import announce
from desk_app.ui.texts import tr
from desk_app.ui.views.flow_row import FlowRow
from desk_app.ui.views.inline_panel import InlinePanel


class TakeOffPanel(InlinePanel):
    """Enter on the button does it, Esc leaves the desk where it is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._call: Callable[[bool], None] | None = None
        self.said = QLabel(self)
        self.said.setTextFormat(Qt.TextFormat.PlainText)  # subjects and names of strangers
        self.said.setWordWrap(True)
        self.secret = QCheckBox(tr("Remove the &password from this system's keyring too"), self)
        self.go = QPushButton(tr("&Take it off the list"), self)
        self.go.setProperty("primary", "true")
        self.cancel = QPushButton(tr("&Leave it"), self)
        ways = FlowRow(self)
        ways.add(self.go)
        ways.add(self.cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 6, 10, 6)
        for widget in (self.said, self.secret, ways):
            column.addWidget(widget)
        self.go.setAutoDefault(True)
        self.go.clicked.connect(self._take)
        self.cancel.clicked.connect(self.go_away)
        self.left.connect(self.go_away)

    def ask(
        self, title: str, lines: Sequence[str], *, has_secret: bool, call: Callable[[bool], None]
    ) -> None:
        """Come; `call` is told whether the password shall go too."""
        self._call = call
        self.said.setText("\n".join([title, *lines]))
        self.secret.setChecked(False)
        self.secret.setVisible(has_secret)
        self.setAccessibleName(title)
        announce(self, self.said.text())
        self.come(self.go)

    def _take(self) -> None:
        call, self._call = self._call, None
        secret = self.secret.isChecked()
        self.go_away()
        if call is not None:
            call(secret)
