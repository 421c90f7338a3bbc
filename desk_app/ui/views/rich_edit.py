"""The text editor: a few formats, lists, quotes, code, links; foreign text comes in cleaned."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from PySide6.QtCore import QEvent, QMimeData, Qt, QUrl, Signal
from PySide6.QtGui import (
    QFont,
    QImage,
    QKeyEvent,
    QKeySequence,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextList,
    QTextListFormat,
)
from PySide6.QtWidgets import QTextEdit, QWidget

from desk_app.ui.document_html import QUOTE_MARGIN, document_html, is_code, quote_level
from desk_app.ui.overriding import override

_NO_PICTURE = QImage()
_LINK_SCHEMES = {"http", "https", "mailto"}
_WIDEST = 480
"""Pixels that a pasted picture takes at most on screen; it is kept whole."""


class RichEdit(QTextEdit):
    """Writes tidy HTML; loads nothing but the pictures that its owner hands over."""

    files_dropped = Signal(object)
    """Files were dropped or pasted. Emits: list of paths."""
    picture_pasted = Signal(object)
    """A picture was pasted. Emits: QImage."""
    html_pasted = Signal(str, object)
    """Formatted text was pasted, and is not here yet. Emits: html, the cursor where it goes."""
    picture_wanted = Signal(str)
    """A picture of the text is not at hand. Emits: its content id."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures: dict[str, QImage] = {}
        self._wanted: set[str] = set()
        self.setTabChangesFocus(True)
        self.setAcceptRichText(True)

    # --- the text --------------------------------------------------------------------------

    def html(self) -> str:
        """What is in the editor, as a mail would carry it; '' where there is nothing."""
        return document_html(self.document())

    def show_html(self, html: str) -> None:
        """Put a text in the place of what is there."""
        self._wanted.clear()
        self.setHtml(html)

    def picture_ids(self) -> set[str]:
        """Content ids of the pictures that the text still holds."""
        found = set()
        block = self.document().begin()
        while block.isValid():
            at = block.begin()
            while not at.atEnd():
                style = at.fragment().charFormat()
                if style.isImageFormat():
                    found.add(style.toImageFormat().name().removeprefix("cid:"))
                at += 1
            block = block.next()
        return found

    @property
    def is_blank(self) -> bool:
        return not self.toPlainText().replace("\ufffc", "x").strip()

    # --- pictures --------------------------------------------------------------------------

    def insert_picture(self, content_id: str, picture: QImage) -> None:
        """Show a picture at the cursor; the text names it by its content id."""
        self.take_picture(content_id, picture)
        width = min(picture.width(), _WIDEST)
        self.textCursor().insertHtml(f'<img src="cid:{escape(content_id)}" width="{width}">')

    def take_picture(self, content_id: str, picture: QImage) -> None:
        """A picture that was wanted is here."""
        name = f"cid:{content_id}"
        self._pictures[name] = picture
        kind = int(QTextDocument.ResourceType.ImageResource)
        self.document().addResource(kind, QUrl(name), picture)
        self.document().markContentsDirty(0, self.document().characterCount())

    @override
    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """Answer with pictures at hand; never ask anybody but the owner."""
        url = QUrl(name)
        key = url.toString()
        if key in self._pictures:
            return self._pictures[key]
        if url.scheme() == "cid" and key not in self._wanted:
            self._wanted.add(key)
            self.picture_wanted.emit(key.removeprefix("cid:"))
        return _NO_PICTURE

    # --- formats ---------------------------------------------------------------------------

    def toggle_bold(self) -> None:
        bold = self.fontWeight() >= QFont.Weight.Bold
        self.setFontWeight(QFont.Weight.Normal if bold else QFont.Weight.Bold)

    def toggle_italic(self) -> None:
        style = QTextCharFormat()
        style.setFontItalic(not self.fontItalic())
        self.mergeCurrentCharFormat(style)

    def toggle_code(self) -> None:
        """Mark the selection as code, or take the mark away."""
        style = QTextCharFormat()
        code = is_code(self.currentCharFormat())
        style.setFontFixedPitch(not code)
        style.setFontFamilies([self.font().family()] if code else ["monospace"])
        self.mergeCurrentCharFormat(style)

    def toggle_list(self, *, numbered: bool) -> None:
        """Make the selected paragraphs a list, or paragraphs again."""
        wanted = QTextListFormat.Style.ListDecimal if numbered else QTextListFormat.Style.ListDisc
        cursor = self.textCursor()
        present: QTextList | None = cursor.currentList()
        if present is not None and present.format().style() == wanted:
            self._leave_list(cursor)
        else:
            cursor.createList(wanted)

    def toggle_quote(self) -> None:
        """Set the selected paragraphs in as a quote, or back."""
        cursor = self.textCursor()
        quoted = quote_level(cursor.block()) > 0
        style = QTextBlockFormat()
        style.setLeftMargin(0 if quoted else QUOTE_MARGIN)
        cursor.mergeBlockFormat(style)

    def set_link(self, address: str) -> bool:
        """Lead the selection (or the address itself) to an address; False if it is none."""
        text = address.strip()
        if "@" in text and ":" not in text:
            text = f"mailto:{text}"
        elif "://" not in text and not text.startswith("mailto:"):
            text = f"https://{text}"
        url = QUrl(text, QUrl.ParsingMode.StrictMode)
        if not url.isValid() or url.scheme() not in _LINK_SCHEMES:
            return False
        cursor = self.textCursor()
        shown = cursor.selectedText() or address.strip()
        cursor.insertHtml(f'<a href="{escape(url.toString())}">{escape(shown)}</a>')
        plain = QTextCharFormat()
        plain.setAnchor(False)
        self.setCurrentCharFormat(plain)
        return True

    def quote(self, html: str) -> None:
        """Put a quoted text where the cursor is, and the cursor behind it."""
        cursor = self.textCursor()
        if not cursor.atBlockStart():
            cursor.insertBlock()
        cursor.insertHtml(f"<blockquote>{html}</blockquote>")
        cursor.insertBlock(QTextBlockFormat(), QTextCharFormat())
        self.setTextCursor(cursor)

    # --- keys ------------------------------------------------------------------------------

    @override
    def event(self, event: QEvent) -> bool:
        """Where the text has nothing to take back, the key is the window's: the last action's."""
        if event.type() == QEvent.Type.ShortcutOverride and self._has_nothing_for(event):
            event.ignore()
            return True
        return super().event(event)

    def _has_nothing_for(self, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent):
            return False
        text, keys = self.document(), QKeySequence.StandardKey
        back = event.matches(keys.Undo) and not text.isUndoAvailable()
        return back or (event.matches(keys.Redo) and not text.isRedoAvailable())

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        call = self._format_key(event)
        if call is not None:
            call()
        elif event.key() == Qt.Key.Key_Return and not event.modifiers() and self._end_structure():
            return
        else:
            super().keyPressEvent(event)

    def _format_key(self, event: QKeyEvent) -> Callable[[], None] | None:
        pressed = QKeySequence(event.keyCombination())
        keys: dict[str, Callable[[], None]] = {
            "Ctrl+B": self.toggle_bold,
            "Ctrl+I": self.toggle_italic,
            "Ctrl+Shift+V": self._paste_plain,
            "Ctrl+Shift+8": lambda: self.toggle_list(numbered=False),
            "Ctrl+Shift+7": lambda: self.toggle_list(numbered=True),
            "Ctrl+Shift+9": self.toggle_quote,
        }
        return next((call for key, call in keys.items() if pressed == QKeySequence(key)), None)

    def _end_structure(self) -> bool:
        """Enter on an empty item or quoted line leaves the list or the quote."""
        cursor = self.textCursor()
        block = cursor.block()
        inside: QTextList | None = cursor.currentList()
        if block.text() or (inside is None and not quote_level(block)):
            return False
        if inside is not None:
            self._leave_list(cursor)
        else:
            self.toggle_quote()
        return True

    def _leave_list(self, cursor: QTextCursor) -> None:
        style = QTextBlockFormat()
        style.setObjectIndex(-1)
        style.setIndent(0)
        cursor.mergeBlockFormat(style)
        clean = cursor.blockFormat()
        clean.clearProperty(QTextFormat.Property.ObjectIndex)
        cursor.setBlockFormat(clean)

    # --- what comes in ---------------------------------------------------------------------

    def _paste_plain(self) -> None:
        from PySide6.QtWidgets import QApplication

        self.textCursor().insertText(QApplication.clipboard().text())

    @override
    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasImage() or source.hasUrls() or super().canInsertFromMimeData(source)

    @override
    def insertFromMimeData(self, source: QMimeData) -> None:
        """Files and pictures are handed on, HTML is cleaned first, the rest is text."""
        files = [url.toLocalFile() for url in source.urls() if url.isLocalFile()]
        if files:
            self.files_dropped.emit(files)
        elif source.hasImage() and not source.text().strip():
            picture = source.imageData()
            if isinstance(picture, QImage) and not picture.isNull():
                self.picture_pasted.emit(picture)
        elif source.hasHtml():
            place = QTextCursor(self.textCursor())
            place.removeSelectedText()
            place.setKeepPositionOnInsert(True)  # what is typed meanwhile comes after it
            self.html_pasted.emit(source.html(), place)
        else:
            self.textCursor().insertText(source.text())
