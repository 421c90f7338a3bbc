"""Asks for a password or token again; says where it will be kept."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desk_app.ui.announcing import announce
from desk_app.ui.texts import tr
from desk_app.ui.views.inline_panel import InlinePanel


class SignInPanel(InlinePanel):
    """What is typed here goes nowhere but to the server and the keyring."""

    wanted = Signal(str)
    """Emits: the password or token."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.said = QLabel(self)
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.said.setWordWrap(True)
        self.secret = QLineEdit(self)
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.secret.setAccessibleName(tr("Password or token"))
        self.secret.setPlaceholderText(tr("Password or token"))
        self.secret.returnPressed.connect(self._send)
        self.go = QPushButton(tr("Sign in"), self)
        self.go.setProperty("primary", "true")
        self.go.clicked.connect(self._send)
        self.cancel = QPushButton(tr("Not now"), self)
        self.cancel.clicked.connect(self.go_away)
        self.left.connect(self.go_away)
        line = QHBoxLayout()
        line.addWidget(self.secret, 1)
        line.addWidget(self.go)
        line.addWidget(self.cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 6, 10, 6)
        column.addWidget(self.said)
        column.addLayout(line)

    def ask(self, server: str, user: str) -> None:
        """Ask for the secret of one account."""
        words = tr(
            "Sign in to {server} as {user}. The password goes into this system's keyring, and into "
            "no file; where there is no keyring it is kept only until you quit."
        )
        self.said.setText(words.format(server=server, user=user))
        self._stand_still(still=False)
        self.come(self.secret)

    def tell_failure(self, words: str) -> None:
        """It did not work; what was typed stays, so that a slip is put right."""
        self.said.setText(words)
        announce(self, words)
        self._stand_still(still=False)
        self.secret.selectAll()
        self.secret.setFocus()

    def end(self) -> None:
        """It worked."""
        self.secret.clear()
        self.go_away()

    def _send(self) -> None:
        if self.secret.text():
            self._stand_still(still=True)
            self.wanted.emit(self.secret.text())

    def _stand_still(self, *, still: bool) -> None:
        self.secret.setReadOnly(still)
        self.go.setEnabled(not still)
