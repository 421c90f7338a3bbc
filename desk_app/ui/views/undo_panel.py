"""Shows what an undo would send to the server, in the ticket itself, before it is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from desk_app.ui.announcing import announce
from desk_app.ui.texts import tip, tr
from desk_app.ui.views.flow_row import FlowRow
from desk_app.ui.views.inline_panel import InlinePanel


class UndoPanel(InlinePanel):
    """Enter does it, Esc leaves it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._call: Callable[[], None] | None = None
        self.title = self._label()
        font = self.title.font()
        font.setBold(True)
        self.title.setFont(font)
        self.lines = self._label()
        self.later = self._label()
        self.later.setProperty("dim", "true")
        self.go = QPushButton(tr("&Undo it"), self)
        self.go.setProperty("primary", "true")
        self.go.setAutoDefault(True)
        self.go.setToolTip(tip(tr("Enter")))
        self.cancel = QPushButton(tr("&Leave it"), self)
        self.cancel.setToolTip(tip(tr("Esc")))
        ways = FlowRow(self)
        ways.add(self.go)
        ways.add(self.cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 6, 10, 6)
        for widget in (self.title, self.lines, self.later, ways):
            column.addWidget(widget)
        self.go.clicked.connect(self._take)
        self.cancel.clicked.connect(self.go_away)
        self.left.connect(self.go_away)

    def _label(self) -> QLabel:
        label = QLabel(self)
        label.setTextFormat(Qt.TextFormat.PlainText)  # subjects and answers of strangers
        label.setWordWrap(True)
        return label

    def ask(
        self, title: str, lines: Sequence[str], later: str, *, name: str, call: Callable[[], None]
    ) -> None:
        """Come; `name` is what the button says, `call` does it."""
        self._call = call
        self.title.setText(title)
        self.lines.setText("\n".join(lines))
        self.later.setText(later)
        self.go.setText(name)
        self.setAccessibleName(title)
        announce(self, " ".join([title, *lines, later]))
        self.come(self.go)

    def drop(self) -> None:
        """Another ticket comes: the question is about none any more."""
        self._call = None
        self.go_away()

    def _take(self) -> None:
        call, self._call = self._call, None
        self.go_away()
        if call is not None:
            call()
