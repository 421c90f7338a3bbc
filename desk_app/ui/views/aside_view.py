"""What could not be taken in: why, what, when, and the way to its original."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desk_app.domain.intake import KeptAside
from desk_app.ui.import_texts import aside_text
from desk_app.ui.texts import tr
from desk_app.ui.views.inline_panel import InlinePanel


class AsideView(InlinePanel):
    """A list with one line for each thing, newest first."""

    save_wanted = Signal(object)
    """Emits: KeptAside."""
    forget_wanted = Signal(object)
    """Emits: KeptAside."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kept: list[KeptAside] = []
        self._title = QLabel(self)
        self.list = QTreeWidget(self)
        self.list.setHeaderLabels([tr("Why"), tr("What"), tr("When")])
        self.list.setRootIsDecorated(False)
        self.list.setMinimumHeight(140)
        self.list.setAccessibleName(tr("Kept aside"))
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for narrow in (1, 2):
            mode = QHeaderView.ResizeMode.ResizeToContents
            self.list.header().setSectionResizeMode(narrow, mode)
        self.list.currentItemChanged.connect(lambda *_: self._show_whole())
        self._whole = QLabel(self)
        self._whole.setTextFormat(Qt.TextFormat.PlainText)
        self._whole.setWordWrap(True)
        self._whole.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.save = QPushButton(tr("Save original…"), self)
        self.save.clicked.connect(self._ask_to_save)
        self.forget = QPushButton(tr("Take off the list"), self)
        self.forget.clicked.connect(self._ask_to_forget)
        self.leave = QPushButton(tr("Close"), self)
        self.leave.clicked.connect(self.go_away)
        self.left.connect(self.go_away)
        self._lay_out()

    def show_kept(self, kept: Sequence[KeptAside]) -> None:
        """Show these; the line that was current stays so if it is still there."""
        row = max(0, self._row())
        self._kept = list(kept)
        self._title.setText(
            tr("Kept aside: {n}").format(n=len(kept)) if kept else tr("Nothing is kept aside")
        )
        self.list.clear()
        for one in kept:
            item = QTreeWidgetItem(
                [aside_text(one.reason, one.detail), _name(one.origin), _when(one.at)]
            )
            self.list.addTopLevelItem(item)
        if kept:
            self.list.setCurrentIndex(self.list.model().index(min(row, len(kept) - 1), 0))
        self._show_whole()
        self.come(self.list)

    def current(self) -> KeptAside | None:
        row = self._row()
        return self._kept[row] if 0 <= row < len(self._kept) else None

    @property
    def said(self) -> str:
        """The current line in full."""
        return self._whole.text()

    def _row(self) -> int:
        return self.list.currentIndex().row()

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        for button in (self.save, self.forget, self.leave):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 6, 10, 6)
        column.addWidget(self._title)
        column.addWidget(self.list, 1)
        column.addWidget(self._whole)
        column.addLayout(buttons)

    def _show_whole(self) -> None:
        kept = self.current()
        self.save.setVisible(kept is not None)
        self.forget.setVisible(kept is not None)
        said = "" if kept is None else f"{kept.origin}\n{aside_text(kept.reason, kept.detail)}"
        self._whole.setText(said)

    def _ask_to_save(self) -> None:
        kept = self.current()
        if kept is not None and kept.sha256 is None:
            said = tr("It was never read, so there is no copy here: it is where it was, at {path}")
            self._whole.setText(said.format(path=kept.origin))
        elif kept is not None:
            self.save_wanted.emit(kept)

    def _ask_to_forget(self) -> None:
        kept = self.current()
        if kept is not None:
            self.forget_wanted.emit(kept)


def _name(origin: str) -> str:
    return origin.replace("\\", "/").rpartition("/")[2] or origin


def _when(at: datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M}"
