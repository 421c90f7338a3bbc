"""How a card and the head of a column look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QPainter, QPen

from desk_app.domain.calm_text import calm
from desk_app.ui.models.queue_cells import COLUMNS
from desk_app.ui.texts import tr
from desk_app.ui.theme import colours

if TYPE_CHECKING:
    from desk_app.ui.models.board_model import Card
    from desk_app.ui.theme import Colours

from desk_app.domain.filters import Column

_GAP, _ROOM = 4, 7
_LINES = 4
_LONGEST = 200
"""Letters that are measured of a stranger's line; a card shows some thirty."""
_ONE_LINE = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
_LEFT = int(Qt.AlignmentFlag.AlignLeft | _ONE_LINE)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | _ONE_LINE)
_PLACE = {column: place for place, column in enumerate(COLUMNS)}


def card_height(metrics: QFontMetrics) -> int:
    """Pixels of a card with the room around it: the same for all, so that none is measured."""
    return _LINES * metrics.height() + 2 * (_GAP + _ROOM)


def paint_card(
    painter: QPainter, rect: QRect, card: Card | None, *, selected: bool, current: bool
) -> None:
    """Number and due time, subject, requester, then who and what: four lines."""
    c = colours()
    box = rect.adjusted(_GAP, _GAP, -_GAP, -_GAP)
    _paint_box(painter, box, card, c, selected=selected, current=current)
    inside = box.adjusted(_ROOM, _ROOM, -_ROOM, -_ROOM)
    ink = QColor(c.accent_text if selected else c.text)
    painter.setPen(ink)
    if card is None:
        painter.drawText(inside, _LEFT, "…")
        return
    texts, row, metrics = card.cells.texts, card.cells.row, painter.fontMetrics()
    height = metrics.height()
    due = texts[_PLACE[Column.DUE]]
    lines = [
        f"#{texts[_PLACE[Column.NUMBER]]} {card.cells.marks}",
        texts[_PLACE[Column.SUBJECT]][:_LONGEST],
        texts[_PLACE[Column.REQUESTER]][:_LONGEST],
        _last_line(card),
    ]
    for number, text in enumerate(lines):
        line = QRect(inside.left(), inside.top() + number * height, inside.width(), height)
        room = line.width() - (metrics.horizontalAdvance(due) + _ROOM if number == 0 else 0)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        if number == 1 and row.unread:
            font = painter.font()
            font.setBold(True)
            painter.setFont(font)
            shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room)
            painter.drawText(line, _LEFT, shown)
            font.setBold(False)
            painter.setFont(font)
        else:
            painter.drawText(line, _LEFT, shown)
    if due:
        if not selected and (card.cells.overdue or card.cells.due_soon):
            painter.setPen(QColor(c.danger if card.cells.overdue else c.warning))
        painter.drawText(QRect(inside.left(), inside.top(), inside.width(), height), _RIGHT, due)


def _last_line(card: Card) -> str:
    """What waits or needs somebody, before who has it: no sign stands for itself alone."""
    who = _who(card.cells.texts)
    if card.needs_you:
        return "⚠ " + (calm(card.words, _LONGEST) or tr("needs you"))
    if card.sync is not None:
        return tr("waiting · {who}").format(who=who)
    return card.words or who


def _who(texts: tuple[str, ...]) -> str:
    named = (texts[_PLACE[column]] for column in (Column.STATUS, Column.PRIORITY, Column.OWNER))
    return " · ".join(text for text in named if text)


def _paint_box(
    painter: QPainter, box: QRect, card: Card | None, c: Colours, *, selected: bool, current: bool
) -> None:
    """The card itself; hatched while a server does not know of what was done to it."""
    painter.fillRect(box, QColor(c.accent if selected else c.base))
    if card is not None and card.sync is not None and not card.needs_you:
        painter.fillRect(box, QBrush(QColor(c.dim), Qt.BrushStyle.BDiagPattern))
        room = box.adjusted(_ROOM - 1, _ROOM - 1, 1 - _ROOM, 1 - _ROOM)
        painter.fillRect(room, QColor(c.accent if selected else c.base))  # words stay readable
    edge, width = (c.text if current else c.line), 2 if current else 1
    if card is not None and card.needs_you:
        edge, width = c.danger, 2
    painter.setPen(QPen(QColor(edge), width))
    painter.drawRect(box.adjusted(0, 0, -1, -1))


def paint_head(painter: QPainter, rect: QRect, text: str, *, allowed: bool | None) -> None:
    """A column's name and figures; a mark says whether what is in the hand may go there."""
    c = colours()
    painter.fillRect(rect, QColor(c.window if allowed is not True else c.message))
    painter.setPen(QColor(c.line))
    painter.drawLine(rect.bottomLeft(), rect.bottomRight())
    painter.drawLine(rect.topRight(), rect.bottomRight())
    inside = rect.adjusted(_ROOM, _GAP, -_ROOM, -_GAP)
    metrics = painter.fontMetrics()
    mark = "" if allowed is None else ("✓ " if allowed else "⊘ ")
    name, *figures = text.split("\n")
    font = painter.font()
    for number, line in enumerate([mark + name, *figures]):
        font.setBold(number == 0)
        painter.setFont(font)
        painter.setPen(QColor(c.dim if allowed is False else c.text))
        shown = painter.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, inside.width())
        place = QRect(
            inside.left(),
            inside.top() + number * metrics.height(),
            inside.width(),
            metrics.height(),
        )
        painter.drawText(place, _LEFT, shown)
    font.setBold(False)
    painter.setFont(font)


def paint_bar(painter: QPainter, rect: QRect, full: float) -> None:
    """How full somebody is; over the limit the bar is of another colour and has an end mark."""
    c = colours()
    inside = QRect(rect.left() + _ROOM, rect.bottom() - 6, rect.width() - 2 * _ROOM, 4)
    painter.fillRect(inside, QColor(c.line))
    done = QRect(inside)
    done.setWidth(round(inside.width() * min(1.0, full)))
    painter.fillRect(done, QColor(c.danger if full > 1 else c.accent))
    if full > 1:
        painter.fillRect(QRect(inside.right() - 3, inside.top() - 2, 4, 8), QColor(c.danger))
