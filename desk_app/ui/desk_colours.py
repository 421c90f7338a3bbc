"""The colours that desks are told apart by; each stands beside the desk's name, never alone."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap

from desk_app.ui.texts import tr

_RGB = {
    "blue": "#2f6fdb",
    "green": "#2e8b57",
    "orange": "#d97706",
    "purple": "#8b5cf6",
    "teal": "#0d9488",
    "red": "#d64545",
    "brown": "#9a6b3f",
    "grey": "#7b8794",
}
"""Seen on light and on dark ground."""
_NAMES = {
    "blue": "Blue",
    "green": "Green",
    "orange": "Orange",
    "purple": "Purple",
    "teal": "Teal",
    "red": "Red",
    "brown": "Brown",
    "grey": "Grey",
}
_SIZE, _DOT = 16, 10


def colour_name(colour: str) -> str:
    return tr(_NAMES[colour])


def desk_icon(colour: str, scale: float = 1.0) -> QIcon:
    """A dot of the desk's colour."""
    picture = QPixmap(round(_SIZE * scale), round(_SIZE * scale))
    picture.setDevicePixelRatio(scale)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(_RGB.get(colour, _RGB["grey"])))
    edge = (_SIZE - _DOT) / 2
    painter.drawEllipse(QRectF(edge, edge, _DOT, _DOT))
    painter.end()
    return QIcon(picture)
