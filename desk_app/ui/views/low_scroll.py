"""Room for a page in a window that is too low for it: then it scrolls, and nothing is squashed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QWidget


class LowScroll(QScrollArea):
    """Looks like the page itself for as long as there is room for it."""

    def __init__(self, page: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.page = page
        page.setMinimumWidth(1)  # narrow, the page's own rules shorten it; it does not scroll
        self.setWidget(page)
        self.setWidgetResizable(True)
        self.setFrameStyle(0)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)


def stretches(part: QWidget, least: int) -> None:
    """Let a part of such a page take what is left, `least` points of height or more.

    Beside labels that wrap, Qt would make the page as high as the part would like to be, and
    scroll where there is no need.
    """
    policy = part.sizePolicy()
    policy.setVerticalPolicy(QSizePolicy.Policy.Ignored)
    part.setSizePolicy(policy)
    part.setMinimumHeight(least)
