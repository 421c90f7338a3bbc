"""Colours: light, dark, or the system's own palette where contrast is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette, QStyleHints

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication


class Colours(NamedTuple):
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


CONTRAST = Colours(
    window="#000000",
    base="#000000",
    text="#ffffff",
    dim="#ffffff",
    line="#ffffff",
    accent="#ffff00",
    accent_text="#000000",
    note="#000000",
    note_line="#ffff00",
    reply_line="#00ffff",
    message="#000000",
    danger="#ffb3b3",
    warning="#ffff00",
)
"""Every pair at 7:1 or better; what is told by colour elsewhere is told by words and frames."""

THEMES = ("", "light", "dark", "contrast")
"""'' follows the system."""

_worn = LIGHT


def colours() -> Colours:
    """The colours that the program wears now."""
    return _worn


def apply_theme(app: QApplication, name: str = "") -> None:
    """Dress the program in one of `THEMES`."""
    global _worn  # noqa: PLW0603 - one program has one dress, as it has one QPalette
    _worn = _chosen(name)
    app.setPalette(_palette(_worn))
    app.setStyleSheet(_sheet(_worn) + ("" if _worn is LIGHT else _dark_sheet(_worn)))


def _chosen(name: str) -> Colours:
    named = {"light": LIGHT, "dark": DARK, "contrast": CONTRAST}
    if name in named:
        return named[name]
    hints = QGuiApplication.styleHints()
    if _wants_contrast(hints):
        return _of_system(QPalette())
    return DARK if hints.colorScheme() == Qt.ColorScheme.Dark else LIGHT


def _wants_contrast(hints: QStyleHints) -> bool:
    """Whether a contrast theme is on (Qt 6.10 tells; before, nothing does)."""
    accessibility = getattr(hints, "accessibility", None)
    if accessibility is None:
        return False
    preference = accessibility().contrastPreference()
    return bool(preference == Qt.ContrastPreference.HighContrast)


def _of_system(palette: QPalette) -> Colours:
    """The colours of a contrast theme are the person's own: only its roles are used."""
    role = QPalette.ColorRole

    def name(which: QPalette.ColorRole) -> str:
        return palette.color(which).name()

    return Colours(
        window=name(role.Window),
        base=name(role.Base),
        text=name(role.Text),
        dim=name(role.Text),
        line=name(role.Text),
        accent=name(role.Highlight),
        accent_text=name(role.HighlightedText),
        note=name(role.Base),
        note_line=name(role.Highlight),
        reply_line=name(role.Link),
        message=name(role.Base),
        danger=name(role.Text),
        warning=name(role.Text),
    )


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
    QPushButton[bar="true"] {{ border: 0; padding: 1px 6px; background: transparent; }}
    QPushButton[bar="true"]:hover, QPushButton[bar="true"]:focus {{ color: {c.accent};
        text-decoration: underline; }}
    QPushButton[bar="true"]:checked {{ background: {c.accent}; color: {c.accent_text}; }}
    QLabel[dim="true"] {{ color: {c.dim}; }}
    QLabel[warning="true"] {{ color: {c.warning}; font-weight: bold; }}
    QTabBar::tab {{ padding: 5px 10px; }}
    QTreeWidget#places::item {{ padding: 3px 4px; }}
    QListWidget::item {{ padding: 3px 2px; }}
    QStatusBar QLabel {{ padding-left: 6px; }}
    #details QTabBar::tab {{ padding: 5px 7px; }}
    """


def _dark_sheet(c: Colours) -> str:
    """What the style would draw in a darker shade of the window, which nobody sees on black."""
    return f"""
    QCheckBox::indicator, QListView::indicator, QTreeView::indicator {{ width: 12px; height: 12px;
        border: 1px solid {c.dim}; border-radius: 2px; background: {c.base}; }}
    QCheckBox::indicator:checked, QListView::indicator:checked, QTreeView::indicator:checked {{
        border: 3px solid {c.base}; outline: 1px solid {c.dim}; background: {c.accent}; }}
    QCheckBox:focus {{ color: {c.accent}; }}
    QComboBox {{ border: 1px solid {c.line}; border-radius: 4px; padding: 3px 8px;
        background: {c.base}; }}
    QComboBox:focus {{ border-color: {c.accent}; }}
    QScrollBar {{ background: {c.base}; }}
    QScrollBar:vertical {{ width: 13px; border-left: 1px solid {c.line}; }}
    QScrollBar:horizontal {{ height: 13px; border-top: 1px solid {c.line}; }}
    QScrollBar::handle {{ background: {c.dim}; border-radius: 3px; margin: 2px; }}
    QScrollBar::handle:vertical {{ min-height: 28px; }}
    QScrollBar::handle:horizontal {{ min-width: 28px; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: {c.base}; }}
    """
