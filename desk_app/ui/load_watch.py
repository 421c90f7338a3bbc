"""Everybody's figures, kept up to date while a window is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from desk_app.domain.workload import day_end_ms
from desk_app.ui.jobs import Lane

if TYPE_CHECKING:
    from desk_app.domain.workload import Workload
    from desk_app.ports.unit_of_work import Changes
    from desk_app.ui.session import Session

MINUTE_MS = 60_000


class LoadWatch(QObject):
    """Counts after every change, and every minute: tickets become due by themselves."""

    counted = Signal(object)
    """Figures are here, or new ones. Emits: Workload."""

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self.workload: Workload | None = None
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(0)
        self._again.timeout.connect(self.count)
        self._minute = QTimer(self)
        self._minute.setInterval(MINUTE_MS)
        self._minute.timeout.connect(self.count)
        self._minute.start()
        session.changed.connect(self._refresh)
        session.directory_loaded.connect(self.count)
        self.count()

    def count(self) -> None:
        """Ask for everybody's figures; a desk whose people were not read yet has none."""
        if self._session.directory is None:
            return
        now = self._session.desk.now()
        end = day_end_ms(now)
        self._session.ask(
            Lane.LIST,
            lambda reader: reader.workload(now, day_end_ms=end),
            owner=self,
            done=self._take,
        )

    def _refresh(self, changes: Changes) -> None:
        if changes.everything or changes.tickets or changes.availability:
            self._again.start()

    def _take(self, found: Workload) -> None:
        self.workload = found
        self.counted.emit(found)
