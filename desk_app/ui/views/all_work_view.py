"""One queue over all of a person's desks: to look at, and to go from there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import (
    QHeaderView,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desk_app.ui.desk_colours import desk_icon
from desk_app.ui.overriding import override
from desk_app.ui.texts import tip, tr
from desk_app.ui.theme import colours

if TYPE_CHECKING:
    from desk_app.domain.ticket import TicketId
    from desk_app.ports.desks import DeskPlace


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkRow:
    """One ticket of one desk, as texts."""

    place: DeskPlace
    ticket: TicketId
    number: str
    subject: str
    requester: str
    status: str
    due: str
    overdue: bool
    badge: str
    """What is not settled with the server; '' if all is."""


class AllWorkView(QWidget):
    """Read only: Enter goes to the ticket in its own desk's window."""

    opened = Signal(object)
    """Emits: WorkRow."""
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = QLabel(tr("All my work"), self)
        font = title.font()
        font.setBold(True)
        title.setFont(font)
        self.said = self._label()
        self.servers = self._label()
        self.servers.setAccessibleName(tr("What the servers make sure of"))
        self.servers.hide()
        self.list = QTreeWidget(self)
        names = (
            *(tr("Server"), tr("Number"), tr("Subject"), tr("From")),
            *(tr("Status"), tr("Due"), tr("Waiting")),
        )
        self.list.setHeaderLabels(list(names))
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setAccessibleName(tr("All my work"))
        header = self.list.header()
        header.setStretchLastSection(False)
        for column in range(7):
            mode = QHeaderView.ResizeMode.ResizeToContents
            if column == 2:  # noqa: PLR2004 - the subject
                mode = QHeaderView.ResizeMode.Stretch
            header.setSectionResizeMode(column, mode)
        self.list.itemActivated.connect(self._open)
        column_ = QVBoxLayout(self)
        column_.setContentsMargins(8, 8, 8, 8)
        column_.addWidget(title)
        column_.addWidget(self.said)
        column_.addWidget(self.list, 1)
        column_.addWidget(self.servers)

    def _label(self) -> QLabel:
        label = QLabel(self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setProperty("dim", "true")
        return label

    def tell(self, words: str) -> None:
        """Something is being read, is not there, or could not be read."""
        self.said.setText(words)
        self.said.setVisible(bool(words))

    def show_rows(self, rows: Sequence[WorkRow], words: str) -> None:
        """Show these; the current line stays so if it is still there."""
        current = self.list.currentItem()
        before: WorkRow | None = None if current is None else current.data(0, _ROW)
        self.list.clear()
        for row in rows:
            item = self._item(row)
            self.list.addTopLevelItem(item)
            if before is not None and (row.place, row.ticket) == (before.place, before.ticket):
                self.list.setCurrentItem(item)
        if rows and before is None:
            self.list.setCurrentIndex(self.list.model().index(0, 0))
        self.tell(words)

    def show_servers(self, lines: Sequence[str]) -> None:
        """What each server makes sure of, beneath the tickets."""
        self.servers.setText("\n".join(lines))
        self.servers.setVisible(bool(lines))

    def _item(self, row: WorkRow) -> QTreeWidgetItem:
        texts = [row.place.name, row.number, row.subject, row.requester]
        texts += [row.status, row.due, row.badge]
        item = QTreeWidgetItem(texts)
        item.setIcon(0, desk_icon(row.place.colour, self.devicePixelRatioF()))
        item.setData(0, _ROW, row)
        item.setToolTip(2, tip(row.subject))
        if row.overdue:
            item.setForeground(5, QColor(colours().danger))
        return item

    def _open(self, item: QTreeWidgetItem) -> None:
        self.opened.emit(item.data(0, _ROW))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


_ROW = Qt.ItemDataRole.UserRole
