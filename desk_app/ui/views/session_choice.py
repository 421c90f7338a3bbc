"""A password, or as a last resort a session that was begun in a browser."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from desk_app.ports.sign_in import SESSION_COOKIES, session_secret
from desk_app.ui.announcing import announce
from desk_app.ui.sign_in_texts import no_session_words, session_words
from desk_app.ui.texts import tr


class SessionChoice(QWidget):
    """Stands below the line for the secret, which it gives another name while it is on."""

    toggled = Signal()

    def __init__(self, secret: QLineEdit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._secret = secret
        self._kind = ""
        self._other = ""
        """What was typed while the box was the other way."""
        self.box = QCheckBox(tr("I sign in there in another way (single sign-on)"), self)
        self.told = QLabel(self)
        self.told.setTextFormat(Qt.TextFormat.PlainText)
        self.told.setWordWrap(True)
        self.told.setProperty("dim", "true")
        self.told.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.box)
        column.addWidget(self.told)
        self.box.toggled.connect(self._switch)
        self.hide()

    def show_for(self, kind: str) -> None:
        """There only for kinds of servers where a browser's session can be used."""
        self._kind = kind
        if not self._cookie:
            self.box.setChecked(False)
        self.setVisible(bool(self._cookie))

    def forget(self) -> None:
        """As at first; nothing that was typed is left."""
        self.box.setChecked(False)
        self._other = ""
        self._secret.clear()

    @property
    def is_on(self) -> bool:
        return self.box.isChecked()

    def given(self) -> str:
        """What is to be signed in with; '' where that cannot be, which is said then."""
        text = self._secret.text()
        if not self.is_on or not text:
            return text
        found = session_secret(self._kind, text)
        if not found:
            words = no_session_words(self._cookie)
            self.told.setText(words + "\n" + session_words(self._cookie))
            announce(self, words)
        return found

    @property
    def _cookie(self) -> str:
        return SESSION_COOKIES.get(self._kind, "")

    def _switch(self, on: bool) -> None:  # noqa: FBT001 - a signal's own argument
        self.told.setText(session_words(self._cookie))
        self.told.setVisible(on)
        name = tr("Value of {cookie}") if on else tr("Password or token")
        name = name.format(cookie=self._cookie)
        before, self._other = self._other, self._secret.text()
        self._secret.setText(before)  # one is no beginning of the other
        self._secret.setAccessibleName(name)
        self._secret.setPlaceholderText(name)
        self._secret.setFocus()
        self.toggled.emit()
