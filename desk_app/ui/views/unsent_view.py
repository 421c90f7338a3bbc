"""What waits on every desk: one group a desk with how it stands, in it one line a command."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from desk_app.ui.desk_colours import desk_icon
from desk_app.ui.texts import tip, tr
from desk_app.ui.theme import colours

if TYPE_CHECKING:
    from pathlib import Path

    from desk_app.ports.desks import DeskPlace


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsentRow:
    """One command, as texts."""

    seq: int
    ticket: str
    subject: str
    what: str
    change: str
    state: str
    waits: str
    needs_you: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsentGroup:
    """One desk with something that its server does not have."""

    place: DeskPlace
    state: str
    """How the desk stands with its server, and so why its commands wait."""
    rows: tuple[UnsentRow, ...]


class UnsentView(QTreeWidget):
    """Enter goes to the command in its own desk's outbox, or to the desk."""

    opened = Signal(object, int)
    """Emits: DeskPlace, the command's `seq`; 0 for the desk itself."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: list[list[QTreeWidgetItem]] = []
        names = (
            *(tr("Outbox of all desks"), tr("What"), tr("Change")),
            *(tr("State"), tr("Waits for")),
        )
        self.setHeaderLabels(list(names))
        self.setUniformRowHeights(True)
        self.setAccessibleName(tr("Outbox of all desks"))
        header = self.header()
        header.setStretchLastSection(False)
        for column in range(len(names)):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_CHANGE, QHeaderView.ResizeMode.Stretch)
        self.itemActivated.connect(lambda item: self.opened.emit(*item.data(0, _HERE)))

    def show_groups(self, groups: Sequence[UnsentGroup]) -> None:
        """Show these; what is folded stays folded, and the current line stays."""
        folded = {self._folder(top) for top, *_ in self._shown if not top.isExpanded()}
        current = self.currentItem()
        before = None if current is None else current.data(0, _HERE)
        self.clear()
        self._shown = [self._group(group) for group in groups]
        for items in self._shown:
            items[0].setExpanded(self._folder(items[0]) not in folded)
            for item in items:
                place, seq = item.data(0, _HERE)
                if before is not None and (place.folder, seq) == (before[0].folder, before[1]):
                    self.setCurrentItem(item)

    def _folder(self, item: QTreeWidgetItem) -> Path:
        place: DeskPlace = item.data(0, _HERE)[0]
        return place.folder

    def _group(self, group: UnsentGroup) -> list[QTreeWidgetItem]:
        """The line of a desk, then those of its commands."""
        words = tr("{desk}: {state}").format(desk=group.place.name, state=group.state)
        top = QTreeWidgetItem([words])
        top.setIcon(0, desk_icon(group.place.colour, self.devicePixelRatioF()))
        top.setData(0, _HERE, (group.place, 0))
        font = top.font(0)
        font.setBold(True)
        top.setFont(0, font)
        self.addTopLevelItem(top)
        top.setFirstColumnSpanned(True)
        items = [top]
        for row in group.rows:
            item = QTreeWidgetItem([row.ticket, row.what, row.change, row.state, row.waits])
            item.setData(0, _HERE, (group.place, row.seq))
            item.setToolTip(0, tip(row.subject))
            item.setToolTip(_CHANGE, tip(row.change))
            if row.needs_you:
                item.setForeground(_STATE, QColor(colours().danger))
            top.addChild(item)
            items.append(item)
        return items


_CHANGE, _STATE = 2, 3
_HERE = Qt.ItemDataRole.UserRole
