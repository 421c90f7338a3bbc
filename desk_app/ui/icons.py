"""The signs on buttons: strokes on a grid of 16, in the colour of texts, sharp at every scale."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer

_STROKES = {
    "bold": ('<path d="M5 3h3.5a2.4 2.4 0 0 1 0 4.9H5zM5 7.9h4.2a2.5 2.5 0 0 1 0 5.1H5z"/>'),
    "canned": ('<path d="M3 3.5h10v7H8L5 13.5v-3H3z"/><path d="M5.5 6h5M5.5 8h3"/>'),
    "clip": (
        '<path d="M13 7.5L7.8 12.7a3 3 0 0 1-4.3-4.3l5.6-5.6a2 2 0 0 1 2.9 2.9'
        'L6.5 11.2a1 1 0 0 1-1.4-1.4L10 5"/>'
    ),
    "code": ('<path d="M5.5 4.5L2 8l3.5 3.5M10.5 4.5L14 8l-3.5 3.5M9 3.5l-2 9"/>'),
    "italic": ('<path d="M7 3h4M5 13h4M9 3L7 13"/>'),
    "link": (
        '<path d="M6.5 9.5l3-3"/>'
        '<path d="M7.5 4.5l1.6-1.6a2.8 2.8 0 0 1 4 4L11.5 8.5"/>'
        '<path d="M8.5 11.5l-1.6 1.6a2.8 2.8 0 0 1-4-4L4.5 7.5"/>'
    ),
    "list": (
        '<path d="M6.5 4h7M6.5 8h7M6.5 12h7"/>'
        '<path d="M3 4h.01M3 8h.01M3 12h.01" stroke-width="2.2"/>'
    ),
    "numbers": (
        '<path d="M7 4h6.5M7 8h6.5M7 12h6.5"/><path d="M3 2.8v3M2.3 10h1.5L2.3 12.8h1.7"/>'
    ),
    "quote": (
        '<path d="M3 5.5h3v3.5H3zM9 5.5h3v3.5H9z"/>'
        '<path d="M6 9c0 1.5-.8 2.5-2 3M12 9c0 1.5-.8 2.5-2 3"/>'
    ),
    "versions": (
        '<path d="M3 8a5 5 0 1 0 1.7-3.7"/><path d="M3 3v2.5h2.5"/><path d="M8 5.5V8l1.8 1.2"/>'
    ),
}
_SIZE = 16
_SCALES = (1, 1.5, 2, 3)


def icon(name: str) -> QIcon:
    """A sign by name, drawn for every scale of a screen."""
    return _drawn(name, QGuiApplication.palette().color(QPalette.ColorRole.ButtonText).name())


@lru_cache(maxsize=256)
def _drawn(name: str, colour: str) -> QIcon:
    renderer = QSvgRenderer(QByteArray(_svg(_STROKES[name], colour).encode()))
    found = QIcon()
    for scale in _SCALES:
        pixmap = QPixmap(round(_SIZE * scale), round(_SIZE * scale))
        pixmap.setDevicePixelRatio(scale)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        renderer.render(painter, QRectF(0, 0, _SIZE, _SIZE))
        painter.end()
        found.addPixmap(pixmap)
    return found


def _svg(strokes: str, colour: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIZE} {_SIZE}" fill="none"'
        f' stroke="{colour}" stroke-width="1.5" stroke-linecap="round"'
        f' stroke-linejoin="round">{strokes}</svg>'
    )
