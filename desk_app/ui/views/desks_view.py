"""All of a person's desks: how each stands, what its server makes sure of, and the ways about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHeaderView,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desk_app.ui.desk_colours import desk_icon
from desk_app.ui.overriding import override
from desk_app.ui.texts import tip, tr
from desk_app.ui.views.flow_row import FlowRow
from desk_app.ui.views.notice_bar import NoticeBar
from desk_app.ui.views.take_off_panel import TakeOffPanel
from desk_app.ui.views.unsent_view import UnsentGroup, UnsentView

if TYPE_CHECKING:
    from desk_app.ports.desks import DeskPlace
    from desk_app.ui.report_texts import ReportLine


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskRow:
    """One desk, as texts."""

    place: DeskPlace
    state: str
    waiting: str
    badges: str
    lines: tuple[ReportLine, ...]
    """All that is known of it, for beneath the list."""


class DesksView(QWidget):
    """Enter goes to a desk, F2 gives it another name or colour, Del takes it off the list."""

    opened = Signal(object)
    """Emits: DeskPlace."""
    looks_wanted = Signal(object)
    """Emits: DeskPlace."""
    take_off_wanted = Signal(object)
    """Emits: DeskPlace."""
    add_wanted = Signal()
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[DeskRow] = []
        title = QLabel(tr("All desks"), self)
        font = title.font()
        font.setBold(True)
        title.setFont(font)
        self.notice = NoticeBar(self)
        self.panel = TakeOffPanel(self)
        self.list = QTreeWidget(self)
        names = (tr("Desk"), tr("State"), tr("Waiting"), tr("Server"))
        self.list.setHeaderLabels(list(names))
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setAccessibleName(tr("All desks"))
        header = self.list.header()
        for column in range(3):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        self.details = QListWidget(self)
        self.details.setWordWrap(True)
        self.details.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.details.setAccessibleName(tr("What is known of this desk"))
        self.unsent = UnsentView(self)
        self.unsent.hide()
        self.go = self._button(tr("Go to this desk"), tr("Enter"))
        self.looks = self._button(tr("Name and colour…"), tr("F2"))
        self.take_off = self._button(tr("Take off the list…"), tr("Del"))
        self.add = self._button(tr("Add a server…"), "")
        self._lay_out(title)
        self._connect()

    def _button(self, text: str, key: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setToolTip(tip(key))
        return button

    def _lay_out(self, title: QLabel) -> None:
        parts = QSplitter(Qt.Orientation.Vertical, self)
        parts.addWidget(self.list)
        parts.addWidget(self.unsent)
        parts.addWidget(self.details)
        parts.setStretchFactor(0, 2)
        parts.setStretchFactor(1, 2)
        parts.setStretchFactor(2, 3)
        parts.setChildrenCollapsible(False)
        ways = FlowRow(self)
        for button in (self.go, self.looks, self.take_off, self.add):
            ways.add(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        for widget in (title, self.notice, self.panel):
            column.addWidget(widget)
        column.addWidget(parts, 1)
        column.addWidget(ways)

    def _connect(self) -> None:
        self.list.currentItemChanged.connect(lambda *_: self._show_current())
        self.list.itemActivated.connect(lambda _: self._emit(self.opened))
        self.go.clicked.connect(lambda: self._emit(self.opened))
        self.looks.clicked.connect(lambda: self._emit(self.looks_wanted))
        self.take_off.clicked.connect(lambda: self._emit(self.take_off_wanted))
        self.add.clicked.connect(self.add_wanted)

    # --- what is listed --------------------------------------------------------------------

    def show_rows(self, rows: Sequence[DeskRow], wanted: DeskPlace | None = None) -> None:
        """Show these; the current one stays, or is the one that is wanted."""
        before = self.current()
        at = wanted or (None if before is None else before.place)
        row = max(0, self._row())
        self._rows = list(rows)
        self.list.clear()
        for one in rows:
            item = QTreeWidgetItem([one.place.name, one.state, one.waiting, one.badges])
            item.setIcon(0, desk_icon(one.place.colour, self.devicePixelRatioF()))
            item.setToolTip(0, tip(str(one.place.folder)))
            item.setToolTip(3, tip(one.badges))
            self.list.addTopLevelItem(item)
        places = [one.place.folder for one in rows]
        if at is not None and at.folder in places:
            row = places.index(at.folder)
        if rows:
            self.list.setCurrentIndex(self.list.model().index(min(row, len(rows) - 1), 0))
        for button in (self.go, self.looks, self.take_off):
            button.setEnabled(bool(rows))
        self._show_current()

    def show_unsent(self, groups: Sequence[UnsentGroup]) -> None:
        """What waits on all desks; nothing is shown of it where nothing does."""
        self.unsent.show_groups(groups)
        self.unsent.setVisible(bool(groups))

    def _row(self) -> int:
        return self.list.currentIndex().row()

    def current(self) -> DeskRow | None:
        row = self._row()
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def _show_current(self) -> None:
        row = self.current()
        self.details.clear()
        for line in () if row is None else row.lines:
            self.details.addItem(QListWidgetItem(f"{line.sign}  {line.text}"))

    def _emit(self, signal: object) -> None:
        row = self.current()
        if row is not None:
            signal.emit(row.place)  # type: ignore[attr-defined]

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = {
            Qt.Key.Key_F2: self.looks_wanted,
            Qt.Key.Key_Delete: self.take_off_wanted,
        }
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif Qt.Key(event.key()) in keys:
            self._emit(keys[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)
