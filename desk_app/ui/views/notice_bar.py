"""One line that says what happened and offers the way back or on: no modal box."""

from __future__ import annotations

from collections.abc import Callable

import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from desk_app.ui.announcing import announce
from desk_app.ui.overriding import override
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
        self._dismiss.clicked.connect(self.dismiss)
        self._call: Callable[[], object] | None = None
        self._source = ""
        self._before: QWidget | None = None
        for button in (self._act, self._dismiss):
            # A click leaves the keyboard where it is: the next key is for the list, as before.
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
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
        call: Callable[[], object] | None = None,
        source: str = "",
        quiet: bool = False,
    ) -> None:
        """Show a notice; `kind` is info, refusal or error; `act` names the button for `call`.

        What is said with a `source` can be taken back with `withdraw` once it is no longer true.
        A `quiet` one is written only: seconds that are counted are not read out one by one.
        """
        self._source = source
        self.setProperty("kind", kind)
        self.style().unpolish(self)
        self.style().polish(self)
        self._label.setText(text)
        self._call = call
        self._act.setText(act)
        if self._act.hasFocus() and not act:
            self._give_back()
        self._act.setVisible(bool(act) and call is not None)
        self.setAccessibleName(text)
        self.show()
        if not quiet:
            announce(self, text)

    def says(self, source: str) -> bool:
        """Whether what this source said stands here."""
        return not self.isHidden() and self._source == source

    @property
    def text(self) -> str:
        return self._label.text() if not self.isHidden() else ""

    @property
    def button(self) -> QPushButton:
        return self._act

    def take_keyboard(self) -> None:
        """Put the keyboard on the way out that is offered; Esc gives it back."""
        focus = QApplication.focusWidget()
        if self._act.isHidden() or focus is None or self.isAncestorOf(focus):
            return
        self._before = focus
        self._act.setFocus()

    def withdraw(self, source: str) -> None:
        """Take back what `source` said, if it still stands here."""
        if self._source == source:
            self.dismiss()

    def dismiss(self) -> None:
        """Hide, with the keyboard back where it was."""
        focus = QApplication.focusWidget()
        if focus is not None and self.isAncestorOf(focus):
            self._give_back()
        self._source = ""
        self.hide()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)

    def _give_back(self) -> None:
        before, self._before = self._before, None
        if before is not None and shiboken6.isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)

    def _run(self) -> None:
        call, self._call = self._call, None
        self.dismiss()
        if call is not None:
            call()
