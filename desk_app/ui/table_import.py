"""Shows tables one after the other before they are taken in, and makes an import of each."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desk_app.domain.intake import ImportSource
from desk_app.services.import_run import ImportRun, begin
from desk_app.services.ticket_import import Noted, look
from desk_app.ui.import_texts import import_error_text
from desk_app.ui.jobs import Lane
from desk_app.ui.views.mapping_view import MappingView

if TYPE_CHECKING:
    from desk_app.ports.intake import Table
    from desk_app.ui.session import Session
    from desk_app.ui.views.notice_bar import NoticeBar


class TableImport(QObject):
    """Connects one `MappingView` with the tables that wait for it."""

    run_made = Signal(object)
    """Emits: ImportRun."""
    looked = Signal()
    """The first rows of the shown table were tried, as it is mapped now."""

    def __init__(self, session: Session, notice: NoticeBar) -> None:
        super().__init__(notice)
        self._session = session
        self._notice = notice
        self._tables: deque[Table] = deque()
        self._asked = 0
        self.view = MappingView()
        self.view.changed.connect(self._look)
        self.view.import_wanted.connect(self._begin)
        self.view.cancelled.connect(self._next)
        session.directory_loaded.connect(self._look)

    def add(self, tables: Sequence[Table]) -> None:
        """Show these, after those that are waiting."""
        self._tables.extend(tables)
        if tables and len(self._tables) == len(tables):
            self._show()

    def _show(self) -> None:
        table = self._tables[0]
        mapping = table.proposed
        dates = table.date_order(mapping)
        self.view.show_table(table.path.name, table.header, table.samples, mapping, dates)
        self._look()

    def _next(self) -> None:
        self._asked += 1
        self._tables.popleft()
        if self._tables:
            self._show()
        else:
            self.view.go_away()

    def _begin(self) -> None:
        table, mapping, dates = self._tables[0], dict(self.view.mapping), self.view.dates
        desk, agent = self._session.desk, self._session.agent
        source = ImportSource(
            name=table.path.name,
            paths=(str(table.path.absolute()),),
            columns=mapping,
            dates=dates,
            actor=agent,
        )
        begun = begin(desk, source, table.total_bytes)
        run = ImportRun(desk, begun, partial(table.read, mapping, dates))
        self._next()
        self.run_made.emit(run)

    def _look(self) -> None:
        """Try the first rows on a worker, as they are mapped now."""
        self._asked += 1
        number, directory = self._asked, self._session.directory
        if directory is None or not self._tables:
            return
        rows = partial(self._tables[0].read, dict(self.view.mapping), self.view.dates)

        def take(noted: list[Noted]) -> None:
            if number == self._asked:
                self.view.show_noted(noted)
                self.looked.emit()

        self._session.jobs.run(
            Lane.FILES,
            lambda: look(rows(), directory),
            owner=self,
            done=take,
            failed=partial(self._fail, number),
        )

    def _fail(self, number: int, error: Exception) -> None:
        if number != self._asked:
            return
        name = self._tables[0].path.name
        self._notice.say(import_error_text(error, name), kind="error")
        self._next()
