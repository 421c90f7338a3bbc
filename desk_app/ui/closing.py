"""Lets a window go when what was typed in it is on the disk, or when the agent says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QObject, QTimer

from desk_app.ui.jobs import Lane
from desk_app.ui.texts import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from PySide6.QtWidgets import QWidget

    from desk_app.ui.draft_keeper import DraftKeeper
    from desk_app.ui.session import Session
    from desk_app.ui.views.notice_bar import NoticeBar

UNSAVED = "unsaved"
"""The source of notices that a text is not on the disk."""
PATIENCE_MS = 40
"""How long a window that closes is held up for a save; most take one or two."""


class Closing(QObject):
    """Asks the keepers of a window's texts whether it may go."""

    def __init__(
        self,
        window: QWidget,
        session: Session,
        keepers: Callable[[], Iterable[DraftKeeper]],
        notice: Callable[[], NoticeBar],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._keepers = keepers
        self._notice = notice
        self._agreed = False
        self._waits_for: set[DraftKeeper] = set()

    def may_close(self) -> bool:
        """Save everything; False where that takes longer or fails.

        Then the window stays, and closes by itself once all is saved, or says why not.
        """
        keepers = [keeper for keeper in self._keepers() if shiboken6.isValid(keeper)]
        for keeper in keepers:
            keeper.save()
        if not all(keeper.is_safe for keeper in keepers):
            self._session.jobs.settle(Lane.WRITE, PATIENCE_MS)
        if self._agreed or all(keeper.is_safe for keeper in keepers):
            return True
        for keeper in keepers:
            if not keeper.is_safe and keeper not in self._waits_for:
                self._waits_for.add(keeper)
                keeper.settled.connect(self._look)
        return False

    def _look(self) -> None:
        keepers = [keeper for keeper in self._waits_for if shiboken6.isValid(keeper)]
        problem = next((k.problem for k in keepers if k.problem), "")
        if not problem and not all(keeper.is_safe for keeper in keepers):
            return
        for keeper in keepers:
            keeper.settled.disconnect(self._look)
        self._waits_for.clear()
        if problem:
            words = tr("This window stays open: what you typed is not saved. {problem}")
            self._notice().say(
                words.format(problem=problem),
                kind="error",
                act=tr("Close anyway"),
                call=self.close_anyway,
                source=UNSAVED,
            )
        else:
            QTimer.singleShot(0, self._window, self._window.close)

    def close_anyway(self) -> None:
        """The agent knows that something is not saved, and wants to go."""
        self._agreed = True
        self._window.close()
