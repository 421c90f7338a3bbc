"""What one window does to many tickets at once, and takes back at once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject

from desk_app.domain.batch import Batch
from desk_app.ui.jobs import Lane
from desk_app.ui.reassign_texts import last_batch_text, undone_text
from desk_app.ui.texts import error_text, tr
from desk_app.ui.undo_preview import UndoPreview

if TYPE_CHECKING:
    from collections.abc import Callable

    from desk_app.services.batches import BatchDone
    from desk_app.ui.main_window import MainWindow

_Done = TypeVar("_Done")


class AtOnce(QObject):
    """Carries out, tells with the one way back, goes that way."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._session = window.session
        self._done_here: set[int] = set()
        """Newest events of batches that this window's undo takes without asking."""
        self._under_way = 0
        self._later: list[Callable[[], object]] = []
        """What was asked for before a drop was done: an undo must not take something older."""
        self.preview = UndoPreview(window)

    def carry_out(self, work: Callable[[], _Done], tell: Callable[[_Done], None]) -> None:
        """Do something to many; an undo that is asked for meanwhile waits for it."""

        def done(found: _Done) -> None:
            tell(found)
            self._end()

        def failed(error: Exception) -> None:
            self._window.notice.say(error_text(error), kind="error")
            self._end()

        self._under_way += 1
        self._session.write(work, owner=self, done=done, failed=failed)

    def tell_done(self, words: str, done: BatchDone, *, kind: str = "info") -> None:
        """Say what was done to many, with the one way back for all of it."""
        if not done.events:
            self._window.notice.say(words, kind=kind)
            return
        self._done_here.add(max(event.id for event in done.events))
        back = partial(self._take_back, Batch(events=done.events))
        self._window.notice.say(words, kind=kind, act=tr("Undo (Ctrl+Z)"), call=back)

    def _end(self) -> None:
        """Something was carried out, or could not be; go on with what had to wait for it."""
        self._under_way -= 1
        later, self._later = self._later, []
        for call in later:
            call()

    def undo_or(self, otherwise: Callable[[], object], *, redo: bool = False) -> None:
        """Take the last batch back if nothing was done since, else do what is done otherwise.

        One from before this window was opened is named first: its undo is asked for twice.
        """
        if self._under_way:
            self._later.append(partial(self.undo_or, otherwise, redo=redo))
            return
        agent = self._session.agent

        def decide(found: Batch | None) -> None:
            if found is None:
                otherwise()
            elif found.newest in self._done_here:
                self._take_back(found, redo=redo)
            else:
                self._done_here.add(found.newest)
                take = partial(self._take_back, found, redo=redo)
                words = last_batch_text(found, redo=redo)
                act = tr("Redo it") if redo else tr("Undo it")
                self._window.notice.say(words, act=act, call=take)

        self._session.ask(
            Lane.ROWS,
            lambda reader: reader.last_batch(agent, redo=redo),
            owner=self,
            done=decide,
        )

    def _take_back(self, batch: Batch, *, redo: bool = False) -> None:
        events = tuple(reversed(batch.events)) if redo else batch.events
        agent, desk = self._session.agent, self._session.desk

        def tell(back: BatchDone) -> None:
            self._done_here.update(event.id for event in back.events)
            self._window.notice.say(undone_text(back, redo=redo) + ".")

        def go() -> None:
            self.carry_out(lambda: desk.batches.undo_all(events, agent), tell)

        self.preview.ask(events, go, redo=redo)
