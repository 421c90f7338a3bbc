"""One line that says what happened and offers the way back or on: no modal box."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from desk_app.ui.announcing import announce
from desk_app.ui.texts import tr


class NoticeBar(QFrame):
    """Shows one notice at a time; hidden when there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._label = QLabel(self)
        self._label.setTextFormat(Qt.TextFormat.PlainText)  # it may name a stranger's file
        self._label.setWordWrap(True)
        self._label.setTextFormat(Qt.TextFormat.PlainText)  # it names files and addresses
        self._act = QPushButton(self)
        self._act.clicked.connect(self._run)
        self._act.hide()
        self._dismiss = QPushButton(self)
        self._dismiss.setText("✕")
        self._dismiss.setAccessibleName(tr("Dismiss this message"))
        self._dismiss.clicked.connect(self.hide)
        self._call: Callable[[], None] | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 6, 4)
        row.addWidget(self._label, 1)
        row.addWidget(self._act)
        row.addWidget(self._dismiss)
        self.hide()

    def say(
        self,
        text: str,
        *,
        kind: str = "info",
        act: str = "",
        call: Callable[[], None] | None = None,
    ) -> None:
        """Show a notice; `kind` is info, refusal or error; `act` names the button for `call`."""
        self.setProperty("kind", kind)
        self.style().unpolish(self)
        self.style().polish(self)
        self._label.setText(text)
        self._call = call
        self._act.setText(act)
        self._act.setVisible(bool(act) and call is not None)
        self.setAccessibleName(text)
        self.show()
        announce(self, text)

    @property
    def text(self) -> str:
        return self._label.text() if not self.isHidden() else ""

    @property
    def button(self) -> QPushButton:
        return self._act

    def _run(self) -> None:
        call, self._call = self._call, None
        self.hide()
        if call is not None:
            call()
