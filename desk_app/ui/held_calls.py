"""What was asked of a ticket that is still being read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk_app.ui.texts import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from desk_app.ui.views.notice_bar import NoticeBar


class HeldCalls:
    """Keeps calls until the chosen ticket is on screen.

    A quick hand is ahead of the desk: what it means is not the ticket that is still shown.
    """

    def __init__(self, is_there: Callable[[], bool], notice: NoticeBar) -> None:
        self._is_there = is_there
        self._notice = notice
        self._calls: list[Callable[[], object]] = []

    def when_shown(self, call: Callable[[], object]) -> None:
        """Do something to the chosen ticket: now, or as soon as it is on screen."""
        if self._is_there():
            call()
        else:
            self._calls.append(call)

    def settle(self) -> None:
        """A ticket is on screen, or none could be shown."""
        if not self._is_there():
            self.drop()
        calls, self._calls = self._calls, []
        for call in calls:
            call()

    def drop(self) -> None:
        """Another ticket was chosen before the calls could be made."""
        calls, self._calls = self._calls, []
        if calls:
            words = tr("You went on before the ticket was read: nothing was done to it.")
            self._notice.say(words, kind="refusal")
