"""Grounds and edges of a thread's cards, painted behind its text.

A card in the document is plain paragraphs: its head, which carries the card's look as the state
of its block, and what was written. Frames and tables would show the same, and lay out twice as
long. No mail can begin or end a card: block states are not among the styles that cleaning keeps.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from desk_app.ui.theme import colours

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtGui import QTextBlock, QTextDocument

    from desk_app.ui.theme import Colours

MARGIN = 14
"""Pixels from the edge of the document to its text; cards reach out over half of it."""
GAP = 20
"""Pixels above a head and above a line between cards: more than any paragraph leaves below."""
PAPER, INK, LINK = "#ffffff", "#1c2128", "#1f5fbf"
"""A mail with colours of its own was made for a white ground, in the dark theme too."""
_AIR = 6
_ROUND = 4


class Mark(IntEnum):
    """State of a block that begins something; blocks of a card's own text have none (-1)."""

    BETWEEN = 0
    MESSAGE = 1
    REPLY = 2
    NOTE = 3
    BROKEN = 4
    ON_PAPER = 8
    """Added to a card's own."""


class Look(NamedTuple):
    """Colours of a card, as `#rrggbb`."""

    head: str
    edge: str
    ground: str


def look(mark: int, c: Colours) -> Look:
    """How a card with this mark looks in a theme."""
    kind = Mark(mark & ~Mark.ON_PAPER)
    found = {
        Mark.MESSAGE: Look(c.message, c.line, c.base),
        Mark.REPLY: Look(c.base, c.reply_line, c.base),
        Mark.NOTE: Look(c.note, c.note_line, c.note),
        Mark.BROKEN: Look(c.base, c.danger, c.base),
    }[kind]
    return found._replace(ground=PAPER) if mark & Mark.ON_PAPER else found


def cards(document: QTextDocument) -> Iterator[tuple[QTextBlock, QTextBlock]]:
    """Head of each card, and the block that begins what comes after it (invalid: nothing)."""
    head, block = None, document.begin()
    while block.isValid():
        mark = block.userState()
        if mark >= 0:
            if head is not None:
                yield head, block
            head = block if mark > 0 else None
        block = block.next()
    if head is not None:
        yield head, block


def paint_cards(
    painter: QPainter, document: QTextDocument, first: QTextBlock, shown: QRectF
) -> None:
    """Paint the cards from the one that the block `first` is in to the end of `shown`.

    `shown` is in the document's coordinates, and so is the painter.
    """
    layout = document.documentLayout()
    block = _begin(first)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    while block.isValid():
        mark, place = block.userState(), layout.blockBoundingRect(block)
        if place.top() - _AIR > shown.bottom():
            return
        after = block.next()
        while after.isValid() and after.userState() < 0:
            after = after.next()
        if mark > 0:
            end = (
                layout.blockBoundingRect(after).top() - GAP
                if after.isValid()
                else document.size().height() - MARGIN
            )
            top = place.top() - _AIR
            sheet = QRectF(MARGIN / 2, top, shown.right() - MARGIN, end + _AIR - top)
            _paint_card(painter, look(mark, colours()), sheet, head=place.bottom() + _AIR / 2 - top)
        block = after


def _begin(block: QTextBlock) -> QTextBlock:
    """The block that begins what this one is in."""
    while block.userState() < 0 and block.previous().isValid():
        block = block.previous()
    return block


def _paint_card(painter: QPainter, look: Look, sheet: QRectF, head: float) -> None:
    sheet = sheet.translated(0.5, 0.5)  # a line of one pixel, not of two grey ones
    painter.setPen(QPen(QColor(look.edge)))
    painter.setBrush(QColor(look.ground))
    painter.drawRoundedRect(sheet, _ROUND, _ROUND)
    if look.head != look.ground:
        band = QRectF(sheet.left(), sheet.top(), sheet.width(), head)
        painter.setBrush(QColor(look.head))
        painter.drawRoundedRect(band, _ROUND, _ROUND)
