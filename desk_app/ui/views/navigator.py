"""Where one can go: queues with live counts, saved searches, drafts, the team and its load."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMenu, QTreeWidget, QTreeWidgetItem, QWidget
from typing_extensions import override

from desk_app.domain.filters import QueueKind, SavedSearch
from desk_app.ui.texts import tip, tr

if TYPE_CHECKING:
    from desk_app.domain.people import Agent

_NAMES = {
    QueueKind.MINE: "My tickets",
    QueueKind.UNASSIGNED: "Unassigned",
    QueueKind.TEAMS: "My teams",
    QueueKind.OVERDUE: "Overdue",
    QueueKind.DUE_TODAY: "Due today",
    QueueKind.UNANSWERED: "Unanswered",
    QueueKind.OPEN: "Open",
    QueueKind.CLOSED: "Closed",
    QueueKind.ALL: "All",
    QueueKind.FOLLOWING: "Following",
    QueueKind.SNOOZED: "Snoozed",
    QueueKind.DELETED: "Deleted",
}
_PLACE = Qt.ItemDataRole.UserRole


def queue_name(kind: QueueKind) -> str:
    return tr(_NAMES[kind])


@dataclass(frozen=True, slots=True)
class Place:
    """What an item leads to; `name` is also what its count is called."""

    name: str
    value: Any


class Navigator(QTreeWidget):
    """The list at the left."""

    queue_chosen = Signal(object)
    """Emits: QueueKind."""
    search_chosen = Signal(object)
    """Emits: SavedSearch."""
    search_unwanted = Signal(object)
    """A saved search shall go. Emits: SavedSearch."""
    agent_chosen = Signal(str)
    """Emits: agent key."""
    drafts_chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("places")
        self.setAccessibleName(tr("Navigator"))
        self.setHeaderHidden(True)
        self.setColumnCount(2)
        self.setRootIsDecorated(False)
        self.setIndentation(10)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._offer_removal)
        self._items: dict[str, QTreeWidgetItem] = {}
        self._counts: Mapping[str, int] = {}
        self._sections: dict[str, QTreeWidgetItem] = {}
        for number, kind in enumerate(QueueKind, 1):
            item = self._add(None, queue_name(kind), Place(kind, kind))
            item.setToolTip(0, f"Ctrl+{number}" if number < 10 else "")  # noqa: PLR2004 - one digit
        self._add(None, tr("Drafts"), Place("drafts", None))
        self.header().setStretchLastSection(False)
        self.header().setMinimumSectionSize(24)
        self.header().setSectionResizeMode(0, self.header().ResizeMode.Stretch)
        self.header().setSectionResizeMode(1, self.header().ResizeMode.ResizeToContents)
        self.currentItemChanged.connect(self._tell)
        self.itemClicked.connect(self._tell_again)

    # --- what is listed --------------------------------------------------------------------

    def show_counts(self, counts: Mapping[str, int]) -> None:
        """Live counts by place name; an agent's overdue ones as `late:KEY`."""
        self._counts = counts
        for name, item in self._items.items():
            self._show_count(name, item)

    def show_searches(self, searches: Sequence[SavedSearch]) -> None:
        things = [(s.name, Place(f"search:{s.id}", s)) for s in searches]
        self._fill("searches", tr("Saved searches"), things)

    def show_team(self, agents: Sequence[Agent]) -> None:
        """Colleagues, each with open and overdue tickets; who is away is marked in words."""
        away = tr("{name} (away)")
        things = [
            (away.format(name=a.name) if a.away else a.name, Place(f"agent:{a.key}", a.key))
            for a in agents
        ]
        self._fill("team", tr("Team"), things)

    def _fill(self, key: str, title: str, things: Sequence[tuple[str, Place]]) -> None:
        old = self._sections.pop(key, None)
        if old is not None:
            self.blockSignals(True)  # noqa: FBT003 - an item that goes is no choice of another
            for child in old.takeChildren():
                self._items.pop(child.data(0, _PLACE).name, None)
            self.takeTopLevelItem(self.indexOfTopLevelItem(old))
            self.blockSignals(False)  # noqa: FBT003
        if not things:
            return
        section = QTreeWidgetItem([title, ""])
        section.setFlags(Qt.ItemFlag.ItemIsEnabled)
        font = section.font(0)
        font.setBold(True)
        section.setFont(0, font)
        self.addTopLevelItem(section)
        section.setFirstColumnSpanned(True)
        section.setExpanded(True)
        self._sections[key] = section
        for text, place in things:
            self._show_count(place.name, self._add(section, text, place))

    def _add(self, section: QTreeWidgetItem | None, text: str, place: Place) -> QTreeWidgetItem:
        item = QTreeWidgetItem([text, ""])
        item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight)
        item.setData(0, _PLACE, place)
        if section is None:
            self.addTopLevelItem(item)
        else:
            section.addChild(item)
        self._items[place.name] = item
        return item

    def _show_count(self, name: str, item: QTreeWidgetItem) -> None:
        number = self._counts.get(name, 0)
        late = self._counts.get(name.replace("agent:", "late:"), 0) if "agent:" in name else 0
        shown = f"{number}/{late}!" if late else str(number)
        item.setText(1, shown if number else "")
        spoken = tr("{name}: {n} tickets").format(name=item.text(0), n=number)
        if late:
            spoken += ", " + tr("{n} overdue").format(n=late)
            item.setToolTip(0, tip(spoken))
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, spoken)

    # --- choosing --------------------------------------------------------------------------

    def choose(self, kind: QueueKind) -> None:
        """Go to a queue, also to the one that was chosen before a search."""
        item = self._items[kind]
        if self.currentItem() is item:
            self._tell(item)
        else:
            self.setCurrentItem(item)

    def mark(self, name: str) -> None:
        """Show what is on screen without going there again."""
        self.blockSignals(True)  # noqa: FBT003 - Qt's own signature
        item = self._items.get(name)
        if item is None:
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())
        else:
            self.setCurrentItem(item)
        self.blockSignals(False)  # noqa: FBT003

    def _tell_again(self, item: QTreeWidgetItem) -> None:
        if item.data(0, _PLACE) == Place("drafts", None):
            self._tell(item)

    def _tell(self, item: QTreeWidgetItem | None) -> None:
        place: Place | None = None if item is None else item.data(0, _PLACE)
        if place is None:
            return
        if place.name == "drafts":
            self.drafts_chosen.emit()
        elif isinstance(place.value, QueueKind):
            self.queue_chosen.emit(place.value)
        elif isinstance(place.value, SavedSearch):
            self.search_chosen.emit(place.value)
        else:
            self.agent_chosen.emit(place.value)

    def _offer_removal(self, at: QPoint) -> None:
        item: QTreeWidgetItem | None = self.itemAt(at)
        place: Place | None = None if item is None else item.data(0, _PLACE)
        if place is not None and isinstance(place.value, SavedSearch):
            menu = QMenu(self)
            entry = menu.addAction(tr("Remove this search"))
            entry.triggered.connect(lambda _=False: self.search_unwanted.emit(place.value))
            menu.popup(self.viewport().mapToGlobal(at))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        item: QTreeWidgetItem | None = self.currentItem()
        place: Place | None = None if item is None else item.data(0, _PLACE)
        if event.key() == Qt.Key.Key_Delete and place and isinstance(place.value, SavedSearch):
            self.search_unwanted.emit(place.value)
            return
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._tell(item)
            return
        super().keyPressEvent(event)
