"""Where one can go: queues with live counts, saved searches, drafts, the team and its load."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent
from PySide6.QtWidgets import QMenu, QTreeWidget, QTreeWidgetItem, QWidget

from desk_app.domain.filters import QueueKind, SavedSearch
from desk_app.ui.overriding import override
from desk_app.ui.queue_texts import queue_holds
from desk_app.ui.texts import tip, tr

if TYPE_CHECKING:
    from desk_app.domain.reassignment import Target

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


SERVER_QUEUE = "server_queue:"
"""So begins the name of a place that is a queue of the server's; its id follows."""


class Place:
    """What an item leads to; `name` is also what its count is called."""

    __slots__ = ("name", "value")

    def __init__(self, name: str, value: Any) -> None:
        self.name = name
        self.value = value


class Line(NamedTuple):
    """One line of a section, with those that it unfolds to."""

    text: str
    place: Place
    inner: tuple[Line, ...] = ()
    unfolded: bool = False
    """Whether they are seen before anybody folds or unfolds them."""


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
    team_chosen = Signal(str)
    """Emits: team key."""
    department_chosen = Signal(str)
    """Emits: department key."""
    paste_wanted = Signal(object, object)
    """What was cut shall go here. Emits: Place, keyboard modifiers."""
    let_go_wanted = Signal()
    """Esc."""
    drafts_chosen = Signal()
    server_queue_chosen = Signal(object)
    """Emits: ServerQueue."""

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
        self._keys: dict[str, str] = {}
        self._sections: dict[str, QTreeWidgetItem] = {}
        self.is_quiet = False
        """Moving about chooses nothing: something is in the hand."""
        for number, kind in enumerate(QueueKind, 1):
            item = self._add(None, queue_name(kind), Place(kind, kind))
            self._keys[kind] = f"Ctrl+{number}" if number < 10 else ""  # noqa: PLR2004 - one digit
            item.setToolTip(0, self._hint(kind))
        self._add(None, tr("Drafts"), Place("drafts", None))
        self.header().setStretchLastSection(False)
        self.header().setMinimumSectionSize(24)
        self.header().setSectionResizeMode(0, self.header().ResizeMode.Stretch)
        self.header().setSectionResizeMode(1, self.header().ResizeMode.ResizeToContents)
        self.currentItemChanged.connect(self._tell)
        self.itemClicked.connect(self._tell_again)

    # --- what is listed --------------------------------------------------------------------

    def show_counts(self, counts: Mapping[str, int]) -> None:
        """Live counts by place name."""
        self._counts = counts
        for name, item in self._items.items():
            if name in counts:
                self._show_count(name, item)

    def show_searches(self, searches: Sequence[SavedSearch]) -> None:
        things = [Line(s.name, Place(f"search:{s.id}", s)) for s in searches]
        self.fill("searches", tr("Saved searches"), things)

    def fill(self, key: str, title: str, lines: Sequence[Line], *, at: int | None = None) -> None:
        """Put a section in the place of the one that was there; what is unfolded stays so.

        A new one goes to the end, or to the place `at`.
        """
        old = self._sections.get(key)
        end = self.topLevelItemCount() if at is None else at
        place = end if old is None else self.indexOfTopLevelItem(old)
        was = self._current_below(old)
        unfolded = self._take_away(key)
        is_new = old is None
        if not lines:
            return
        section = QTreeWidgetItem([title, ""])
        section.setFlags(Qt.ItemFlag.ItemIsEnabled)
        font = section.font(0)
        font.setBold(True)
        section.setFont(0, font)
        self.insertTopLevelItem(place, section)
        section.setFirstColumnSpanned(True)
        section.setExpanded(True)
        self._sections[key] = section
        for line in lines:
            self._add_line(section, line, unfolded, is_new=is_new)
        self._go_back_to(was)

    def _current_below(self, section: QTreeWidgetItem | None) -> str:
        """The name of the current place, if it is in this section; '' else."""
        current = self.currentItem()
        if section is None or current not in _below(section):
            return ""
        name: str = current.data(0, _PLACE).name
        return name

    def _go_back_to(self, was: str) -> None:
        """Where one was, one is, though its line was made anew; nowhere if it is gone.

        What was cut must not be put on the neighbour of somebody who left.
        """
        if was:
            self.blockSignals(True)  # noqa: FBT003 - it is the same place
            item = self._items.get(was)
            self.setCurrentIndex(QModelIndex() if item is None else self.indexFromItem(item))
            self.blockSignals(False)  # noqa: FBT003

    def _add_line(
        self, above: QTreeWidgetItem, line: Line, unfolded: set[str], *, is_new: bool
    ) -> None:
        item = self._add(above, line.text, line.place)
        for inner in line.inner:
            self._add_line(item, inner, unfolded, is_new=is_new)
        item.setExpanded(line.place.name in unfolded or (is_new and line.unfolded))
        self._show_count(line.place.name, item)

    def say(self, name: str, text: str, spoken: str, *, off: bool = False) -> None:
        """Write a figure beside a place; `spoken` says it in words, `off` that it takes nothing."""
        item = self._items.get(name)
        if item is None:
            return
        item.setText(1, text)
        if isinstance(item.data(0, _PLACE).value, QueueKind) and not off:
            spoken_tip = self._hint(item.data(0, _PLACE).value)
        else:
            spoken_tip = tip(spoken)
        item.setToolTip(0, spoken_tip)
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{item.text(0)}: {spoken}")
        # A colour of its own would stay when the theme changes: black on black.
        colour = self.palette().placeholderText() if off else None
        for column in (0, 1):
            item.setData(column, Qt.ItemDataRole.ForegroundRole, colour)

    def _hint(self, kind: QueueKind) -> str:
        """Its key, and what one would not expect in it."""
        return "\n".join(filter(None, (self._keys[kind], queue_holds(kind))))

    def place_after(self, name: str) -> int:
        """Where a section stands that comes right after a place of the first level."""
        return self.indexOfTopLevelItem(self._items[name]) + 1

    def paint(self, name: str, icon: QIcon) -> None:
        """Put a sign before a place."""
        item = self._items.get(name)
        if item is not None:
            item.setIcon(0, icon)

    def place_at(self, at: QPoint) -> Place | None:
        """What lies at a point of the viewport."""
        item: QTreeWidgetItem | None = self.itemAt(at)
        place: Place | None = None if item is None else item.data(0, _PLACE)
        return place

    def places(self) -> list[Place]:
        return [item.data(0, _PLACE) for item in self._items.values()]

    def _take_away(self, key: str) -> set[str]:
        """Remove a section; the names of its places that were unfolded."""
        old = self._sections.pop(key, None)
        if old is None:
            return set()
        unfolded: set[str] = set()
        self.blockSignals(True)  # noqa: FBT003 - an item that goes is no choice of another
        for item in _below(old):
            name = item.data(0, _PLACE).name
            unfolded |= {name} if item.isExpanded() else set()
            self._items.pop(name, None)
        self.takeTopLevelItem(self.indexOfTopLevelItem(old))
        self.blockSignals(False)  # noqa: FBT003
        return unfolded

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
        spoken = tr("{n} tickets").format(n=number)
        self.say(name, str(number) if number else "", spoken)

    # --- choosing --------------------------------------------------------------------------

    def choose(self, kind: QueueKind) -> None:
        """Go to a queue, also to the one that was chosen before a search."""
        item = self._items[kind]
        if self.currentItem() is item:
            self._tell(item)
        else:
            self.setCurrentItem(item)

    def stand_at(self, kind: QueueKind, *, searching: bool) -> None:
        """Mark the queue that is shown, or none while something else is searched for."""
        item = self.currentItem()
        place: Place | None = None if item is None else item.data(0, _PLACE)
        if item is None or (place is not None and isinstance(place.value, QueueKind)):
            self.mark("" if searching else kind)

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
        """A click on what is current already; what opens a window waits for one, or for Enter."""
        place: Place | None = item.data(0, _PLACE)
        if place is not None and callable(place.value):
            place.value()
        elif place is not None and place.name == "drafts":
            self._tell(item)

    def _tell(self, item: QTreeWidgetItem | None) -> None:
        place: Place | None = None if item is None else item.data(0, _PLACE)
        if place is None or self.is_quiet:
            return
        if place.name == "drafts":
            self.drafts_chosen.emit()
        elif isinstance(place.value, QueueKind):
            self.queue_chosen.emit(place.value)
        elif isinstance(place.value, SavedSearch):
            self.search_chosen.emit(place.value)
        elif place.name.startswith(SERVER_QUEUE):
            self.server_queue_chosen.emit(place.value)
        elif place.value is not None and not callable(place.value):
            self._tell_target(place.value)

    def _tell_target(self, target: Target) -> None:
        told = {
            "agent": self.agent_chosen,
            "team": self.team_chosen,
            "department": self.department_chosen,
        }.get(str(target.kind))
        if told is not None:
            told.emit(target.key)

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
            if place is not None and callable(place.value):
                place.value()
            else:
                self._tell(item)
            return
        if event.key() == Qt.Key.Key_V and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.paste_wanted.emit(place, event.modifiers())
            return
        if event.key() == Qt.Key.Key_Escape:
            self.let_go_wanted.emit()
        super().keyPressEvent(event)


def _below(item: QTreeWidgetItem) -> list[QTreeWidgetItem]:
    """All that stands under it, at any depth."""
    children = [item.child(n) for n in range(item.childCount())]
    found = [child for child in children if child is not None]
    return found + [below for child in found for below in _below(child)]
