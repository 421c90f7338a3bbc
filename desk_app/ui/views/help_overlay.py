"""The keys that work here, laid over the window; any key or click takes it away."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QTextBrowser, QVBoxLayout, QWidget

from desk_app.ui.overriding import override
from desk_app.ui.texts import tr

_MARGIN = 40
_COLUMN = 220
"""The width of a group of keys."""
Group = tuple[str, Sequence[tuple[str, str]]]
"""A heading, and (key, what it does)."""


class HelpOverlay(QFrame):
    """Shows groups of keys in columns."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self.text = QTextBrowser(self)
        self.text.setAccessibleName(tr("Keys that work here"))
        self.text.installEventFilter(self)
        QVBoxLayout(self).addWidget(self.text)
        self._over = parent
        self._back: QWidget | None = None
        self.hide()

    def show_groups(self, groups: Sequence[Group], back: QWidget | None) -> None:
        """Show keys; the focus goes to `back` afterwards."""
        self._back = back
        room = self._over.width() - 2 * _MARGIN
        rows = _rows([_group(*group) for group in groups], max(1, room // _COLUMN))
        title = escape(tr("Keys that work here"))
        hint = escape(tr("Esc closes this. Every key can be changed in the settings (Ctrl+,)."))
        self.text.setHtml(f"<h3>{title}</h3><p>{hint}</p><table cellspacing='12'>{rows}</table>")
        self.setGeometry(self._over.rect().adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN))
        self.show()
        self.raise_()
        self.text.setFocus()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        closing = {Qt.Key.Key_Escape, Qt.Key.Key_Question, Qt.Key.Key_F1, Qt.Key.Key_Return}
        is_key = event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent)
        if event.type() == QEvent.Type.FocusOut or (is_key and event.key() in closing):  # type: ignore[attr-defined]
            self.hide()
            if is_key and self._back is not None:
                self._back.setFocus()
            return bool(is_key)
        return super().eventFilter(watched, event)


def _rows(cells: Sequence[str], across: int) -> str:
    """So many cells beside each other as there is room for: no word is broken."""
    lines = [cells[start : start + across] for start in range(0, len(cells), across)]
    return "".join(
        "<tr>" + "".join(f"<td valign='top'>{cell}</td>" for cell in line) + "</tr>"
        for line in lines
    )


def _group(title: str, keys: Sequence[tuple[str, str]]) -> str:
    rows = "".join(
        f"<tr><td><b>{escape(key)}</b>&nbsp;</td><td>{escape(text)}</td></tr>" for key, text in keys
    )
    return f"<p><b>{escape(title)}</b></p><table>{rows}</table>"
