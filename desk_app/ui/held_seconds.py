"""Counts the seconds of held replies down where their cards say them, word by word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from desk_app.domain.outbox import OutboxState
from desk_app.ui.sync_texts import item_state

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from desk_app.domain.outbox import OutboxItem
    from desk_app.ui.session import Session
    from desk_app.ui.views.thread_view import ThreadView

SECOND_MS = 1000
SIGN = "⇡"
"""Before the words, so that nobody's text is taken for them."""


class HeldSeconds(QObject):
    """The thread is not made anew for this: what is selected in it, and where it stands, stays."""

    def __init__(self, session: Session, view: ThreadView) -> None:
        super().__init__(view)
        self._session = session
        self._view = view
        self._items: list[OutboxItem] = []
        self._shown: dict[int, str] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(SECOND_MS)
        self._timer.timeout.connect(self._count)

    def follow(self, items: Collection[OutboxItem], now: datetime) -> None:
        """A thread is shown that was made at this moment."""
        held = [i for i in items if i.state is OutboxState.HELD and i.next_try is not None]
        self._items = held
        self._shown = {item.seq: self._words(item, now) for item in held}
        if held:
            self._timer.start()
        else:
            self._timer.stop()

    def _count(self) -> None:
        now = self._session.desk.now()
        for item in self._items:
            words = self._words(item, now)
            if words != self._shown[item.seq]:
                self._write(self._shown[item.seq], words)
                self._shown[item.seq] = words

    def _write(self, old: str, new: str) -> None:
        cursor = self._view.document().find(old)
        if not cursor.isNull():
            cursor.insertText(new)

    def _words(self, item: OutboxItem, now: datetime) -> str:
        return f"{SIGN} {item_state(item, '', now)}"
