"""Gives one column of a table what the others leave of its width."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QTableView

from desk_app.ui.overriding import override


class ColumnRoom(QObject):
    """Keeps a column at its least width, or as wide as there is room for."""

    def __init__(self, table: QTableView, section: int, least: int) -> None:
        """`least` is in pixels; once the person has set a width, that one is."""
        super().__init__(table)
        self._table = table
        self._section = section
        self._least = least
        self._is_sharing = False
        table.viewport().installEventFilter(self)
        table.horizontalHeader().sectionResized.connect(self._take)

    def share(self) -> None:
        """Look again: the table or another column has another width."""
        header = self._table.horizontalHeader()
        left = self._table.viewport().width() - header.length() + header.sectionSize(self._section)
        self._is_sharing = True
        header.resizeSection(self._section, max(self._least, left))
        self._is_sharing = False

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.share()
        return False

    def _take(self, section: int, _old: int, new: int) -> None:
        if self._is_sharing or not new or not self._table.isVisible():
            return
        if section == self._section:
            self._least = new
        else:
            self.share()
