"""The table's order and columns without a mouse: what its header does, in the chooser."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desk_app.domain.filters import Column, SortKey
from desk_app.ui.models.queue_cells import COLUMNS, header_text
from desk_app.ui.texts import tr
from desk_app.ui.views.chooser import Choice

if TYPE_CHECKING:
    from desk_app.ui.main_window import MainWindow


class TableChoices(QObject):
    """Asks how the queue is to be sorted and which columns it is to show."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def sort(self) -> None:
        """List the columns; the one that sorts now is offered the other way round."""
        now = self._window.queues.order
        choices = []
        for column in COLUMNS:
            is_now = column is now.column
            down = not now.descending if is_now else column in _NEWEST_FIRST
            way = tr("descending") if down else tr("ascending")
            choices.append(
                Choice(
                    text=header_text(column),
                    detail=tr("sorts now; choose for {way}").format(way=way) if is_now else way,
                    call=partial(self._window.queues.sort, SortKey(column=column, descending=down)),
                )
            )
        self._window.chooser.open_with(tr("Sort by"), choices)

    def columns(self) -> None:
        """List the columns; choosing one shows or hides it."""
        header = self._window.queue.horizontalHeader()
        choices = []
        for section, column in enumerate(COLUMNS):
            hidden = header.isSectionHidden(section)
            choices.append(
                Choice(
                    text=header_text(column),
                    detail=tr("hidden: show it") if hidden else tr("shown: hide it"),
                    call=partial(self._turn, section, hide=not hidden),
                )
            )
        self._window.chooser.open_with(tr("Show or hide a column"), choices)

    def _turn(self, section: int, *, hide: bool) -> None:
        header = self._window.queue.horizontalHeader()
        if hide and header.count() - header.hiddenSectionCount() == 1:
            self._window.notice.say(tr("The last column stays."), kind="refusal")
            return
        header.setSectionHidden(section, hide)


_NEWEST_FIRST = {Column.UPDATED, Column.CREATED}
