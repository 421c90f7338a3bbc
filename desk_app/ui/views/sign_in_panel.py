"""Asks for a password, a code or a session again; says where it will be kept."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desk_app.ui.announcing import announce
from desk_app.ui.texts import tip, tr
from desk_app.ui.views.code_row import CodeRow
from desk_app.ui.views.inline_panel import InlinePanel
from desk_app.ui.views.session_choice import SessionChoice


class SignInPanel(InlinePanel):
    """What is typed here goes nowhere but to the server and the keyring."""

    wanted = Signal(str)
    """Emits: the password or token; '' for the one that is kept."""
    code_given = Signal(str)
    """Emits: the code of the second factor."""
    anew_wanted = Signal()
    """No code came, say: the sign-in is to begin again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._kind = ""
        self.said = QLabel(self)
        self.secret = QLineEdit(self)
        self.secret.returnPressed.connect(self._send)
        self.session = SessionChoice(self.secret, self)
        self.code = CodeRow(self)
        self.code.given.connect(self.code_given)
        self.go = QPushButton(tr("Sign in"), self)
        self.go.setProperty("primary", "true")
        self.go.clicked.connect(self._send)
        self.cancel = QPushButton(tr("Not now"), self)
        self.cancel.clicked.connect(self.go_away)
        self.left.connect(self.go_away)
        self.anew = QPushButton(tr("Sign in anew"), self)
        self.anew.setToolTip(tip(tr("Give the password again; the server makes another code")))
        self.anew.clicked.connect(self.anew_wanted)
        self._lay_out()

    def _lay_out(self) -> None:
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.said.setWordWrap(True)
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.secret.setAccessibleName(tr("Password or token"))
        self.secret.setPlaceholderText(tr("Password or token"))
        line = QHBoxLayout()
        line.addWidget(self.secret, 1)
        line.addWidget(self.go)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.anew)
        foot.addWidget(self.cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 6, 10, 6)
        column.addWidget(self.said)
        column.addLayout(line)
        column.addWidget(self.session)
        column.addWidget(self.code)
        column.addLayout(foot)

    def ask(self, server: str, user: str, kind: str = "", why: str = "") -> None:
        """Ask for the secret of one account; `why` says what became of the last one."""
        words = tr(
            "Sign in to {server} as {user}. The password goes into this system's keyring, and into "
            "no file; where there is no keyring it is kept only until you quit."
        )
        said = words.format(server=server, user=user)
        self.said.setText(f"{why} {said}".strip())
        self._kind = kind
        self._ask_for(code=False)
        self.come(self.secret)

    def ask_code(self, words: str, *, quietly: bool = False) -> None:
        """A code is wanted. `quietly`: nobody asked for it, so the keyboard stays where it is."""
        self._ask_for(code=True)
        self.code.ask(words)
        if quietly:
            self.show()
        else:
            self.come(self.code.code)

    def tell_failure(self, words: str) -> None:
        """It did not work; what was typed stays, so that a slip is put right."""
        self.said.setText(words)
        announce(self, words)
        self._ask_for(code=False)
        self.secret.selectAll()
        self.secret.setFocus()

    def end(self) -> None:
        """It worked."""
        self.session.forget()
        self.code.end()
        self.go_away()

    def _ask_for(self, *, code: bool) -> None:
        """Show what is asked for: the code, or what comes before it."""
        self._stand_still(still=False)
        for part in (self.said, self.secret, self.go):
            part.setHidden(code)
        if code:
            self.session.hide()
        else:
            self.session.show_for(self._kind)
        self.anew.setVisible(code)
        if not code:
            self.code.end()

    def _send(self) -> None:
        given = self.session.given()
        if self.go.isEnabled() and (given or not self.secret.text()):
            self._stand_still(still=True)
            self.wanted.emit(given)

    def _stand_still(self, *, still: bool) -> None:
        self.secret.setReadOnly(still)
        self.go.setEnabled(not still)
