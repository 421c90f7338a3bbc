"""Colours: light, dark, or the system's own palette where contrast is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication


@dataclass(frozen=True, slots=True, kw_only=True)
class Colours:
    """The few colours that carry meaning; each also has a shape or a word."""

    window: str
    base: str
    text: str
    dim: str
    line: str
    accent: str
    accent_text: str
    note: str
    note_line: str
    reply_line: str
    message: str
    danger: str
    warning: str


LIGHT = Colours(
    window="#f4f5f7",
    base="#ffffff",
    text="#1c2128",
    dim="#59636e",
    line="#d0d6dd",
    accent="#1f5fbf",
    accent_text="#ffffff",
    note="#fff6d6",
    note_line="#b58a00",
    reply_line="#1f5fbf",
    message="#eef1f4",
    danger="#b3261e",
    warning="#8a5a00",
)
DARK = Colours(
    window="#1d2126",
    base="#14171b",
    text="#e4e8ed",
    dim="#a0a9b4",
    line="#39414b",
    accent="#6ea8ff",
    accent_text="#0b1626",
    note="#332b10",
    note_line="#e0b63a",
    reply_line="#6ea8ff",
    message="#22282f",
    danger="#ff8a80",
    warning="#f0c05a",
)


def colours() -> Colours:
    """The colours for what the window has now."""
    dark = QGuiApplication.palette().color(QPalette.ColorRole.Window).lightness() < 128  # noqa: PLR2004
    return DARK if dark else LIGHT


def apply_theme(app: QApplication, name: str = "") -> None:
    """Dress the program: `light`, `dark`, or '' to follow the system."""
    scheme = QGuiApplication.styleHints().colorScheme()
    dark = name == "dark" or (name != "light" and scheme == Qt.ColorScheme.Dark)
    app.setStyle("Fusion")
    app.setPalette(_palette(DARK if dark else LIGHT))
    app.setStyleSheet(_sheet(DARK if dark else LIGHT))


def _palette(c: Colours) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    pairs = (
        (role.Window, c.window),
        (role.Base, c.base),
        (role.AlternateBase, c.window),
        (role.Text, c.text),
        (role.WindowText, c.text),
        (role.ButtonText, c.text),
        (role.Button, c.window),
        (role.Highlight, c.accent),
        (role.HighlightedText, c.accent_text),
        (role.PlaceholderText, c.dim),
        (role.ToolTipBase, c.base),
        (role.ToolTipText, c.text),
        (role.Link, c.accent),
        (role.Mid, c.line),
    )
    for which, colour in pairs:
        palette.setColor(which, QColor(colour))
    for which in (role.Text, role.WindowText, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(c.dim))
    return palette


def _sheet(c: Colours) -> str:
    return f"""
    QSplitter::handle {{ background: {c.line}; }}
    QSplitter::handle:horizontal {{ width: 1px; }}
    QSplitter::handle:vertical {{ height: 1px; }}
    QTableView, QTreeView, QTextBrowser, QTextEdit, QListWidget {{ border: 0; }}
    QHeaderView::section {{ background: {c.window}; border: 0;
        border-bottom: 1px solid {c.line}; padding: 4px 6px; }}
    QLineEdit {{ border: 1px solid {c.line}; border-radius: 4px; padding: 4px 6px;
        background: {c.base}; }}
    QLineEdit:focus {{ border-color: {c.accent}; }}
    QPushButton, QToolButton {{ border: 1px solid {c.line}; border-radius: 4px;
        padding: 4px 9px; background: {c.base}; }}
    QToolButton[autoRaise="true"] {{ border-color: transparent; padding: 3px; }}
    QPushButton:focus, QToolButton:focus {{ border-color: {c.accent}; }}
    QPushButton:default, QPushButton[primary="true"] {{ background: {c.accent};
        color: {c.accent_text}; border-color: {c.accent}; }}
    QPushButton[denied="true"] {{ color: {c.dim}; border-style: dashed;
        background: {c.window}; }}
    QFrame#notice {{ background: {c.message}; border-left: 3px solid {c.accent}; }}
    QFrame#notice[kind="error"] {{ border-left-color: {c.danger}; }}
    QFrame#notice[kind="refusal"] {{ border-left-color: {c.warning}; }}
    QWidget#note_page {{ background: {c.note}; border-left: 3px solid {c.note_line}; }}
    QWidget#reply_page {{ background: {c.base}; border-left: 3px solid {c.reply_line}; }}
    QWidget#note_page QTextEdit {{ background: {c.note}; }}
    QLabel[dim="true"] {{ color: {c.dim}; }}
    QTabBar::tab {{ padding: 5px 10px; }}
    """
