"""Where one can go: queues with live counts, drafts."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem, QWidget

from desk_app.domain.filters import QueueKind
from desk_app.ui.texts import tr

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
    QueueKind.DELETED: "Deleted",
}


def queue_name(kind: QueueKind) -> str:
    return tr(_NAMES[kind])


class Navigator(QTreeWidget):
    """The list at the left."""

    queue_chosen = Signal(object)
    """Emits: QueueKind."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Navigator"))
        self.setHeaderHidden(True)
        self.setColumnCount(2)
        self.setRootIsDecorated(False)
        self.setIndentation(12)
        self._items: dict[QueueKind, QTreeWidgetItem] = {}
        for number, kind in enumerate(QueueKind, 1):
            item = QTreeWidgetItem([queue_name(kind), ""])
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight)
            item.setData(0, Qt.ItemDataRole.UserRole, kind)
            item.setToolTip(0, f"Ctrl+{number}" if number < 10 else "")  # noqa: PLR2004 - one digit
            self.addTopLevelItem(item)
            self._items[kind] = item
        self.header().setStretchLastSection(False)
        self.header().setSectionResizeMode(0, self.header().ResizeMode.Stretch)
        self.header().setSectionResizeMode(1, self.header().ResizeMode.ResizeToContents)
        self.currentItemChanged.connect(self._tell)

    def show_counts(self, counts: Mapping[str, int]) -> None:
        for kind, item in self._items.items():
            number = counts.get(kind, 0)
            item.setText(1, str(number) if number else "")
            spoken = tr("{name}: {n} tickets").format(name=queue_name(kind), n=number)
            item.setData(0, Qt.ItemDataRole.AccessibleTextRole, spoken)

    def choose(self, kind: QueueKind) -> None:
        self.setCurrentItem(self._items[kind])

    def _tell(self, item: QTreeWidgetItem | None) -> None:
        if item is not None:
            self.queue_chosen.emit(item.data(0, Qt.ItemDataRole.UserRole))
