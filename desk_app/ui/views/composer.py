"""Writing: a reply and a note are two pages with two drafts, each saved as one types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QKeyEvent, QTextCharFormat, QTextListFormat
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTextEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from desk_app.domain.draft import Draft, DraftKey, DraftKind
from desk_app.ui.texts import error_text, tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from desk_app.ui.session import Session

SAVE_MS = 400
"""Quiet time after a key before the text is saved."""
LATEST_MS = 900
"""The longest that typing without a pause goes unsaved: under the promised second."""


class _Text(QTextEdit):
    """The editor; takes text and pictures but no foreign HTML loads."""

    @override
    def insertFromMimeData(self, source: QMimeData) -> None:
        if source.hasHtml() and not source.hasImage():
            self.textCursor().insertText(source.text())
        else:
            super().insertFromMimeData(source)


class ComposerPage(QWidget):
    """One draft of one kind: its text, its saving, its send button."""

    send_requested = Signal(str, str)
    """The agent wants this to go. Emits: html, status to set with it ('' for none)."""
    save_failed = Signal(str)
    """The text could not be saved; it is still here. Emits: the sentence."""

    def __init__(self, session: Session, kind: DraftKind, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.kind = kind
        self.setObjectName("note_page" if kind is DraftKind.NOTE else "reply_page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._key: DraftKey | None = None
        self._loading = False
        self._unsaved = False
        self._touched = False
        self.edit = _Text(self)
        self.edit.installEventFilter(self)
        self.edit.textChanged.connect(self._typed)
        self.who = QLabel(self)
        self.saved = QLabel(self)
        self.saved.setProperty("dim", "true")
        self.send = QPushButton(self)
        self.send.setProperty("primary", "true")
        self.send.clicked.connect(lambda: self.request_send(""))
        self._quiet = self._timer(SAVE_MS)
        self._latest = self._timer(LATEST_MS)
        self._lay_out()

    def _timer(self, ms: int) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(ms)
        timer.timeout.connect(self.save)
        return timer

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 6, 10, 6)
        column.setSpacing(4)
        column.addWidget(self.who)
        column.addWidget(self.edit, 1)
        row = QHBoxLayout()
        for button in self._tools():
            row.addWidget(button)
        row.addWidget(self.saved, 1)
        row.addWidget(self.send)
        column.addLayout(row)

    def _tools(self) -> list[QToolButton]:
        tools: tuple[tuple[str, str, Callable[[], None]], ...] = (
            ("B", tr("Bold (Ctrl+B)"), self.toggle_bold),
            ("I", tr("Italic (Ctrl+I)"), self.toggle_italic),
            ("•", tr("List"), self.make_list),
        )
        buttons = []
        for sign, name, call in tools:
            button = QToolButton(self)
            button.setText(sign)
            button.setToolTip(name)
            button.setAccessibleName(name)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(call)
            buttons.append(button)
        return buttons

    # --- what is shown ---------------------------------------------------------------------

    def show_ticket(self, key: DraftKey | None, who: str, send: str, hint: str) -> None:
        """Save what is here, then show the draft of another ticket."""
        if key != self._key:
            self.save()
            self._key = key
            self._touched = False
            self._fill("", "")
            if key is not None:
                self._session.ask_draft(key, owner=self, done=self._take)
        self.who.setText(who)
        self.send.setText(send)
        self.edit.setPlaceholderText(hint)
        self.edit.setAccessibleName(who)

    def reload(self) -> None:
        """Read the draft anew: an undo gave a text back."""
        if self._key is not None and not self._unsaved:
            self._touched = False
            self._session.ask_draft(self._key, owner=self, done=self._take)

    def clear(self) -> None:
        """The text was sent: its draft is closed in the desk."""
        self._unsaved = False
        self._fill("", "")

    @property
    def key(self) -> DraftKey | None:
        return self._key

    def draft(self) -> Draft | None:
        """What is in the editor now."""
        if self._key is None:
            return None
        text = self.edit.toPlainText()
        return Draft(key=self._key, html=self.edit.toHtml() if text.strip() else "", text=text)

    def request_send(self, status: str) -> None:
        if self.edit.toPlainText().strip():
            self.send_requested.emit(self.edit.toHtml(), status)

    def _take(self, draft: Draft | None) -> None:
        # What was typed while the draft was being read is newer than the draft.
        if self._touched or (draft is not None and draft.key != self._key):
            return
        if draft is None:
            self._fill("", "")
        else:
            self._fill(draft.html, self._saved_words(draft))

    def _fill(self, html: str, saved: str) -> None:
        self._loading = True
        self.edit.setHtml(html)
        self._loading = False
        self.saved.setText(saved)

    # --- saving ----------------------------------------------------------------------------

    def save(self) -> None:
        """Put the text on the disk now, on a worker; the label says when it is there."""
        self._quiet.stop()
        self._latest.stop()
        draft = self.draft()
        if not self._unsaved or draft is None:
            return
        self._unsaved = False
        self._session.write(
            lambda: self._session.desk.drafts.save(draft),
            owner=self,
            done=self._tell_saved,
            failed=self._tell_failed,
        )

    def _typed(self) -> None:
        if self._loading:
            return
        self._unsaved = self._touched = True
        self.saved.setText("…")
        self._quiet.start()
        if not self._latest.isActive():
            self._latest.start()

    def _tell_saved(self, draft: Draft) -> None:
        if draft.key == self._key and not self._unsaved:
            self.saved.setText(self._saved_words(draft))

    def _tell_failed(self, error: Exception) -> None:
        self._unsaved = True
        self.saved.setText(tr("Not saved"))
        self.save_failed.emit(error_text(error))

    def _saved_words(self, draft: Draft) -> str:
        if draft.saved_at is None:
            return ""
        at = draft.saved_at.astimezone().strftime("%H:%M")
        return tr("Saved here {at}").format(at=at)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut:
            self.save()
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key_pressed(event)
        return super().eventFilter(watched, event)

    def _key_pressed(self, event: QKeyEvent) -> bool:
        control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        keys: dict[Qt.Key, Callable[[], None]] = {
            Qt.Key.Key_Return: lambda: self.request_send(""),
            Qt.Key.Key_Enter: lambda: self.request_send(""),
            Qt.Key.Key_B: self.toggle_bold,
            Qt.Key.Key_I: self.toggle_italic,
        }
        call = keys.get(Qt.Key(event.key())) if control else None
        if call is None:
            return False
        call()
        return True

    def toggle_bold(self) -> None:
        bold = self.edit.fontWeight() == QFont.Weight.Bold
        self.edit.setFontWeight(QFont.Weight.Normal if bold else QFont.Weight.Bold)

    def toggle_italic(self) -> None:
        style = QTextCharFormat()
        style.setFontItalic(not self.edit.fontItalic())
        self.edit.mergeCurrentCharFormat(style)

    def make_list(self) -> None:
        self.edit.textCursor().createList(QTextListFormat.Style.ListDisc)
