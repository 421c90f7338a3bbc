"""Shows a thread: loads nothing from elsewhere, shows a link before it is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QPoint, QRectF, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QGuiApplication,
    QImage,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtWidgets import QMenu, QTextBrowser, QTextEdit, QWidget

from desk_app.services.turns import TURNS
from desk_app.ui.overriding import override
from desk_app.ui.texts import tr
from desk_app.ui.thread_links import Links
from desk_app.ui.views.card_painter import MARGIN, cards, paint_cards

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_MOST_MARKED = 500
"""Finds that are highlighted at once; the rest are counted, and reached one by one."""
_OBJECT = "\ufffc"


class ThreadView(QTextBrowser):
    """A `QTextBrowser` that asks nobody for anything."""

    link_clicked = Signal(str)
    """A link was clicked; nothing was opened. Emits: its address."""
    quote_wanted = Signal(str)
    """The agent wants to quote. Emits: the selected text; '' if nothing is selected."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.links = Links()
        self._pictures: dict[str, QImage] = {}
        self._nothing = QImage(1, 1, QImage.Format.Format_ARGB32)
        self._nothing.fill(Qt.GlobalColor.transparent)
        self.setOpenLinks(False)
        self.setAccessibleName(tr("Thread"))
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextBrowserInteraction
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.anchorClicked.connect(lambda url: self.link_clicked.emit(url.toString()))
        self.document().setDocumentMargin(MARGIN)

    # --- showing ---------------------------------------------------------------------------

    def show_html(self, html: str, *, at_end: bool, from_end: bool = False) -> None:
        """Show a thread; `at_end` goes to the newest entry, else the position stays.

        With `from_end` it stays as far from the end: earlier entries came above.
        """
        bar = self.verticalScrollBar()
        place, left = bar.value(), bar.maximum() - bar.value()
        self.setHtml(html)
        if at_end:
            bar.setValue(bar.maximum())
            QTimer.singleShot(0, self, self.go_to_end)  # once more when the layout has settled
        else:
            bar.setValue(bar.maximum() - left if from_end else place)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        with TURNS.painting():
            self._paint_cards()
            super().paintEvent(event)

    def _paint_cards(self) -> None:
        painter = QPainter(self.viewport())
        top = self.verticalScrollBar().value()
        left = self.horizontalScrollBar().value()
        painter.translate(-left, -top)
        room = self.viewport().rect().translated(left, top)
        width = max(room.width(), round(self.document().size().width()))
        shown = QRectF(0, room.top(), width, room.height())
        paint_cards(painter, self.document(), self.cursorForPosition(QPoint(0, 0)).block(), shown)
        painter.end()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """The newest entry stays in sight where a notice or the composer takes room from it."""
        was_at_end = self.is_at_end()
        super().resizeEvent(event)
        if was_at_end:
            self.go_to_end()

    def is_at_end(self) -> bool:
        """Whether the newest entry's end is on screen."""
        return self.verticalScrollBar().value() >= self.verticalScrollBar().maximum() - 2

    def go_to_end(self) -> None:
        """Scroll to the newest entry."""
        self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())

    # --- pictures --------------------------------------------------------------------------

    def has_picture(self, address: str) -> bool:
        return address in self._pictures

    def add_pictures(self, pictures: Mapping[str, QImage]) -> None:
        """Put pictures in their places; what is being read stays where it is on screen."""
        self._pictures.update(pictures)
        bar = self.verticalScrollBar()
        was_at_end = self.is_at_end()
        top = self.cursorForPosition(QPoint(self.viewport().width() // 2, 4))
        before = self.cursorRect(top).top()
        document = self.document()
        for address, image in pictures.items():
            document.addResource(
                QTextDocument.ResourceType.ImageResource.value, QUrl(address), image
            )
        document.markContentsDirty(0, document.characterCount())
        if was_at_end:
            self.go_to_end()
        else:
            bar.setValue(bar.value() + self.cursorRect(top).top() - before)

    def forget_pictures(self) -> None:
        """Another ticket comes."""
        self._pictures.clear()

    @override
    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """Answer with pictures that were read already; nothing is ever loaded from here."""
        return self._pictures.get(QUrl(name).toString(), self._nothing)

    # --- finding ---------------------------------------------------------------------------

    def mark_found(self, places: Sequence[tuple[int, int]], current: int) -> None:
        """Highlight the finds, and bring the current one (-1: none) into view."""
        first = max(0, min(current - _MOST_MARKED // 2, len(places) - _MOST_MARKED))
        shown = places[first : first + _MOST_MARKED]
        self.setExtraSelections(
            [
                self._mark(place, is_current=first + number == current)
                for number, place in enumerate(shown)
            ]
        )
        if 0 <= current < len(places):
            self.setTextCursor(self._cursor((places[current][0], places[current][0])))
            self.ensureCursorVisible()

    def _mark(self, place: tuple[int, int], *, is_current: bool) -> QTextEdit.ExtraSelection:
        look = QTextCharFormat()
        look.setBackground(QColor("#ff9632" if is_current else "#ffe45c"))
        look.setForeground(QColor("#000000"))
        look.setProperty(QTextFormat.Property.FontWeight, 600 if is_current else 400)
        if is_current:
            look.setFontUnderline(True)  # seen without colour too
        mark = QTextEdit.ExtraSelection()
        mark.cursor = self._cursor(place)
        mark.format = look
        return mark

    def _cursor(self, place: tuple[int, int]) -> QTextCursor:
        cursor = QTextCursor(self.document())
        cursor.setPosition(place[0])
        cursor.setPosition(place[1], QTextCursor.MoveMode.KeepAnchor)
        return cursor

    # --- copying and quoting ---------------------------------------------------------------

    def selected_text(self) -> str:
        """The selection as plain text."""
        return self.textCursor().selection().toPlainText().replace(_OBJECT, "").strip()

    def selected_cards(self) -> range:
        """Which cards the selection touches, by number from the top."""
        cursor = self.textCursor()
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        touched = [
            number
            for number, (first, last) in enumerate(card_places(self.document()))
            if first <= end and last >= start
        ]
        return range(touched[0], touched[-1] + 1) if touched else range(0)

    def quote(self) -> None:
        """Ask for the selection to be quoted."""
        self.quote_wanted.emit(self.selected_text())

    @override
    def createMimeDataFromSelection(self) -> QMimeData:
        """Text only: the HTML has links that mean nothing elsewhere."""
        data = super().createMimeDataFromSelection()
        # Emptied, not made here: one made by Python, still on the clipboard when the program ends,
        # is destroyed after Python is gone, and the program crashes.
        data.clear()
        data.setText(self.selected_text())
        return data

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        cursor = self.textCursor()
        link = cursor.charFormat().anchorHref() if by_key else self.anchorAt(event.pos())
        place = self.cursorRect(cursor).bottomLeft() if by_key else event.pos()
        self.menu_for(link).popup(self.viewport().mapToGlobal(place))

    def menu_for(self, link: str) -> QMenu:
        """What can be done with the selection, and with a link ('' for none)."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        has_text = bool(self.selected_text())
        copy = menu.addAction(tr("Copy\tCtrl+C"), self.copy)
        copy.setEnabled(has_text)
        if link and self.links.find(link) is None:
            menu.addAction(
                tr("Copy link address"), lambda: QGuiApplication.clipboard().setText(link)
            )
        menu.addAction(tr("Quote\tQ") if has_text else tr("Quote newest message\tQ"), self.quote)
        menu.addSeparator()
        menu.addAction(tr("Select all\tCtrl+A"), self.selectAll)
        return menu


def card_places(document: QTextDocument) -> list[tuple[int, int]]:
    """Where each card begins and ends: its head, what was written, and its files."""
    last = document.characterCount() - 1
    return [
        (head.position(), after.position() - 1 if after.isValid() else last)
        for head, after in cards(document)
    ]
